"""Files and comments beside an entry: what is taken, who may, how it is sent."""

import base64
import errno
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models import attachments
from models.attachments import DiskFullError, FileRefusedError, Storage
from models.file_kinds import content_type
from tests.admin.late_desk import order
from tests.company import Company

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def send(
    company: Company, login: str, entry: int, content: bytes, name: str
) -> TestResponse:
    return company.client(login).post(
        f"/register/service_order/{entry}/files",
        data={"file": (BytesIO(content), name)},
        follow_redirects=True,
    )


def test_file_is_shown_on_the_entry_and_comes_back_as_it_was(company: Company) -> None:
    entry = order(company)

    page = send(company, "A02", entry, PNG, "现场照片.png").text
    answer = company.client("A02").get(f"/register/service_order/{entry}/files/1")

    assert "现场照片.png" in page
    assert answer.data == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.close()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_page_in_a_pictures_clothes_is_refused(company: Company) -> None:
    entry = order(company)

    page = send(company, "A02", entry, b"<html><script>", "照片.png").text

    assert "“照片.png”的内容不是可以保存的类型" in page
    assert (
        company.client("A02")
        .get(f"/register/service_order/{entry}/files/1")
        .status_code
        == 404
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook", "spreadsheetml.sheet"),
        ("时间,号码\n".encode("gb18030"), "text/plain"),
        (b"RIFF0000WAVEfmt ", "audio/wav"),
        (b"0000ftypisom", "video/mp4"),
        (b"PK\x03\x04 program.exe", None),
        (b"MZ\x90\x00", None),
        (b"<!doctype html>", None),
        (b"\xef\xbb\xbf<svg onload=x>", None),
        (b"#!/bin/sh", None),
        (b"\x7fELF", None),
        (b"BM and some text", "text/plain"),
    ],
)
def test_content_says_what_a_file_is(content: bytes, kind: str | None) -> None:
    found = content_type(content, whole=True)

    assert found == kind if kind is None else (found or "").endswith(kind)


def test_file_of_an_entry_one_may_not_read_is_not_there(company: Company) -> None:
    entry = order(company)
    send(company, "A02", entry, PNG, "照片.png")
    client = company.client("B01")

    for address in ("files/1", "files/1/picture"):
        answer = client.get(f"/register/service_order/{entry}/{address}")
        assert answer.status_code == 404
    assert send(company, "B01", entry, PNG, "照片.png").status_code == 404


def test_file_is_not_to_be_had_by_way_of_another_entry(company: Company) -> None:
    secret, own = order(company, "A02"), order(company, "B01")
    send(company, "A02", secret, PNG, "照片.png")

    answer = company.client("B01").get(f"/register/service_order/{own}/files/1")

    assert answer.status_code == 404


def test_file_taken_off_is_gone_but_stays_in_the_history(company: Company) -> None:
    entry = order(company)
    send(company, "A02", entry, PNG, "照片.png")
    client = company.client("A02")

    page = client.post(
        f"/register/service_order/{entry}/files/1/remove", follow_redirects=True
    ).text

    assert "<del>照片.png</del>" in page
    assert client.get(f"/register/service_order/{entry}/files/1").status_code == 404


def test_drawn_signature_is_kept_with_the_save_and_shown(company: Company) -> None:
    entry = order(company)
    drawn = "data:image/png;base64," + base64.b64encode(PNG).decode()

    page = (
        company.client("A02")
        .post(
            f"/register/service_order/edit/?id={entry}",
            data={"version": "1", "customer_signature": drawn},
            follow_redirects=True,
        )
        .text
    )

    assert f'src="/register/service_order/{entry}/files/1/picture"' in page


def test_broken_signature_is_said_and_nothing_is_saved(company: Company) -> None:
    entry = order(company)

    answer = company.client("A02").post(
        f"/register/service_order/edit/?id={entry}",
        data={
            "version": "1",
            "symptom": "改过",
            "customer_signature": "data:text/html,x",
        },
    )

    assert answer.status_code == 422
    assert "签字没有收到完整的图片" in answer.text
    assert company.get("service_order", entry)["symptom"] == "机器不启动"


def test_comment_stands_under_the_entry_and_its_writer_takes_it_back(
    company: Company,
) -> None:
    entry = order(company)
    client = company.client("A02")
    place = f"/register/service_order/{entry}/comments"

    said = client.post(place, data={"text": "客户 <b>催</b> 了"}, follow_redirects=True)
    other = company.client("A01").post(f"{place}/1/remove")
    gone = client.post(f"{place}/1/remove", follow_redirects=True)

    assert "客户 &lt;b&gt;催&lt;/b&gt; 了" in said.text
    assert other.status_code == 404
    assert "&lt;b&gt;催" not in gone.text


def test_empty_comment_is_answered_with_what_is_expected(company: Company) -> None:
    entry = order(company)

    page = company.client("A02").post(
        f"/register/service_order/{entry}/comments",
        data={"text": "  "},
        follow_redirects=True,
    )

    assert "应为 1 到 2000 个字" in page.text


def test_full_disk_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_number: int) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)

    with pytest.raises(DiskFullError, match="磁盘已满，“照片”没有保存"):
        Storage(tmp_path).keep(BytesIO(PNG), "照片", 1_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"), [(b"", "是空文件"), (PNG * 20, "超过了 1 MB 的上限")]
)
def test_empty_and_large_files_are_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(FileRefusedError, match=message):
        Storage(tmp_path).keep(BytesIO(content), "照片.png", 1_000)


def test_same_content_is_kept_once(tmp_path: Path) -> None:
    storage = Storage(tmp_path)

    first, second = (storage.keep(BytesIO(PNG), "照片", 1_000) for _ in range(2))

    assert first == second
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [
        storage.path(first.sha256)
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\照片\\现场.png", "现场.png"),
        ("../../etc/passwd", "passwd"),
        ("a\nb.txt", "ab.txt"),
        ("..", "file"),
        ("长" * 200 + ".xlsx", "长" * 115 + ".xlsx"),
    ],
)
def test_name_of_a_file_loses_folders_and_odd_signs(given: str, kept: str) -> None:
    assert attachments.plain_name(given) == kept
