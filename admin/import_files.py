"""Uploaded files on their way to a register: kept under their hash until applied."""

import re
from pathlib import Path

from models.importing import file_hash_of
from models.rules.sheet_basics import SheetError
from models.settings import Settings

_HASH = re.compile(r"[0-9a-f]{64}")


def keep(settings: Settings, data: bytes) -> str:
    """Keep a file's content and return its hash.

    Raises:
        SheetError: It is too large, or there is no room for it.
    """
    if len(data) > settings.upload_limit:
        raise SheetError(
            "文件有 {size} MB，最多 {limit} MB，请分成几个文件。",
            "The file has {size} MB, at most {limit} MB are taken. Split it.",
            size=-(-len(data) // 2**20),
            limit=int(settings.upload_limit) // 2**20,
        )
    found = file_hash_of(data)
    path = _path(settings, found)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        raise SheetError(
            "服务器磁盘已满或不可写，文件没有保存。请联系管理员。",
            "The server's disk is full or cannot be written; the file was not kept.",
        ) from error
    return found


def content(settings: Settings, file_hash: str) -> bytes:
    """Return a kept file; SheetError if it is gone."""
    if not _HASH.fullmatch(file_hash) or not _path(settings, file_hash).is_file():
        raise SheetError(
            "上传的文件已清理，请重新选择文件。",
            "The uploaded file is gone. Choose it again.",
        )
    return _path(settings, file_hash).read_bytes()


def _path(settings: Settings, file_hash: str) -> Path:
    return settings.data_folder / "imports" / file_hash
