"""Attachments and comments: what is kept beside an entry and is no field of it.

A file's content is kept once, under its hash, in the data folder; the row names it.
What a file is, is judged by its content alone, never by its name: nothing that a
browser or a desktop would run is taken in.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import BigInteger, Index, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.amid import among
from models.column_types import BigId, UtcDateTime
from models.database import Base
from models.file_kinds import content_type
from models.history import Happening, Writer, remember
from models.words import PersonError

PIECE = 1 << 20  # bytes read at a time
NAME_LENGTH = 120
COMMENT_LENGTH = 2000


class FileRefusedError(PersonError):
    """A file that is not taken in: its kind, its size, or nothing in it."""


class DiskFullError(PersonError):
    """There is no room for the file; nothing was saved."""


class Attachment(Base):
    """One file beside an entry, or a signature of it."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_entry", "register", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    field: Mapped[str | None] = mapped_column(String(41))  # None: of the entry itself
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    size: Mapped[int] = mapped_column(BigInteger)  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    content_type: Mapped[str] = mapped_column(String(100))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Comment(Base):
    """What somebody wrote about an entry."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_entry", "register", "entry_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(41))
    entry_id: Mapped[int] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Stored:
    """A content that lies in the folder."""

    sha256: str
    size: int
    content_type: str


class Storage:
    """The folder of all contents, each under its hash."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; it is made with the first file."""
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where a content lies."""
        return self.folder / sha256[:2] / sha256

    def keep(self, stream: IO[bytes], name: str, most: int) -> Stored:
        """Write a file's content into the folder, unless it lies there already.

        Safe to kill: the file gets its name only when it is whole.

        Args:
            stream: The content.
            name: What the person calls it, for the messages.
            most: Bytes above which it is refused.

        Raises:
            FileRefusedError: It is empty, too large, or of a kind that is not taken.
            DiskFullError: There is no room.
        """
        try:
            return self._keep(stream, name, most)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFullError(
                    "磁盘已满，“{name}”没有保存。请通知管理员清理磁盘后再上传。",
                    "The disk is full and “{name}” was not saved. Tell an admin to "
                    "make room, then send it again.",
                    name=name,
                ) from error
            raise

    def _keep(self, stream: IO[bytes], name: str, most: int) -> Stored:
        self.folder.mkdir(parents=True, exist_ok=True)
        number, path = tempfile.mkstemp(dir=self.folder, prefix="new-")
        draft = Path(path)
        try:
            with os.fdopen(number, "wb") as file:
                stored = _written(stream, file, name, most)
            final = self.path(stored.sha256)
            final.parent.mkdir(exist_ok=True)
            draft.replace(final)
            _settle(final.parent)
            _settle(self.folder)
        finally:
            draft.unlink(missing_ok=True)
        return stored


def _settle(folder: Path) -> None:
    """Bring the names in a folder to the disk: a file without its name is lost."""
    if os.name == "nt":
        return  # Windows opens no folders, and writes their names through by itself
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _written(stream: IO[bytes], file: IO[bytes], name: str, most: int) -> Stored:
    """Copy a content to the disk for good, looking at what it is."""
    hashed, size, head = hashlib.sha256(), 0, b""
    while piece := stream.read(PIECE):
        head = head or piece
        size += len(piece)
        if size > most:
            raise _too_large(name, most)
        hashed.update(piece)
        file.write(piece)
    kind = content_type(head, whole=size == len(head)) if size else None
    if kind is None:
        raise _unknown_kind(name, empty=not size)
    file.flush()
    os.fsync(file.fileno())
    return Stored(hashed.hexdigest(), size, kind)


def _too_large(name: str, most: int) -> FileRefusedError:
    return FileRefusedError(
        "“{name}”超过了 {most} MB 的上限，请压缩后再上传。",
        "“{name}” is larger than {most} MB. Make it smaller and send it again.",
        name=name,
        most=max(most // 2**20, 1),
    )


def _unknown_kind(name: str, *, empty: bool) -> FileRefusedError:
    if empty:
        return FileRefusedError(
            "“{name}”是空文件，请检查后再上传。",
            "“{name}” is empty. Check it and send it again.",
            name=name,
        )
    return FileRefusedError(
        "“{name}”的内容不是可以保存的类型。"
        "可以上传：图片、PDF、Word、Excel、PPT、文本、录音和视频。",
        "The content of “{name}” is of no kind that is kept. Send pictures, PDF, "
        "office documents, text, sound or video.",
        name=name,
    )


def add(
    session: Session,
    place: tuple[str, int],
    stored: Stored,
    name: str,
    writer: Writer,
    *,
    field: str | None = None,
) -> Attachment:
    """Write down that a kept content belongs to an entry, in the open transaction.

    Args:
        session: A writing session.
        place: The register's code and the entry's id; the caller has checked the right.
        stored: What `Storage.keep` returned.
        name: What the person calls it.
        writer: Who adds it, and when.
        field: The attachment or signature field it was given for.
    """
    register, entry_id = place
    made = Attachment(
        register=register,
        entry_id=entry_id,
        field=field,
        name=plain_name(name),
        size=stored.size,
        sha256=stored.sha256,
        content_type=stored.content_type,
        added_at=writer.now,
        staff_id=writer.person.staff_id,
        by_name=writer.person.name,
    )
    session.add(made)
    session.flush()
    _remember(session, made, [None, made.name], writer)
    return made


def remove(session: Session, one: Attachment, writer: Writer) -> None:
    """Take a file off its entry; the content stays, as the history does."""
    gone = update(Attachment).where(
        Attachment.id == one.id, Attachment.removed_at.is_(None)
    )
    done = session.execute(gone.values(removed_at=writer.now).returning(Attachment.id))
    if done.all():
        _remember(session, one, [one.name, None], writer)


FILES = "attachments"
"""By which name the history knows files that belong to no field."""


def _remember(
    session: Session, one: Attachment, change: list[str | None], writer: Writer
) -> None:
    happened = Happening(one.entry_id, 0, "changed", {one.field or FILES: change})
    remember(session, one.register, [happened], writer)


def plain_name(name: str) -> str:
    """Return a file's name without folders and what no file system takes."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    if len(clean) <= NAME_LENGTH:
        return clean or "file"
    stem, dot, ending = clean.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) < 10 else ""  # noqa: PLR2004 - longer is no ending
    return clean[: NAME_LENGTH - len(kept)] + kept


def of_entry(session: Session, register: str, entry_id: int) -> Sequence[Attachment]:
    """Return an entry's files in the order they came; checks no right."""
    query = select(Attachment).where(
        Attachment.register == register,
        Attachment.entry_id == entry_id,
        Attachment.removed_at.is_(None),
    )
    return session.scalars(query.order_by(Attachment.id)).all()


def fields_with_files(
    session: Session, register: str, entries: Collection[int], since: datetime
) -> dict[int, dict[str, bool]]:
    """Return for entries the fields that hold files, and whether any came since.

    Args:
        session: Any session.
        register: The register's code.
        entries: The ids of some entries.
        since: The instant from which a file counts as new.
    """
    query = select(Attachment.entry_id, Attachment.field, Attachment.added_at).where(
        Attachment.register == register,
        among(Attachment.entry_id, entries),
        Attachment.removed_at.is_(None),
    )
    found: dict[int, dict[str, bool]] = {one: {} for one in entries}
    for entry_id, field, added_at in session.execute(query):
        if field is None:  # of the entry itself
            continue
        held = found[entry_id]
        held[field] = held.get(field, False) or added_at >= since
    return found


def comments_of(session: Session, register: str, entry_id: int) -> Sequence[Comment]:
    """Return what was written about an entry, the oldest first; checks no right."""
    query = select(Comment).where(
        Comment.register == register,
        Comment.entry_id == entry_id,
        Comment.removed_at.is_(None),
    )
    return session.scalars(query.order_by(Comment.id)).all()


def say(session: Session, place: tuple[str, int], text: str, writer: Writer) -> Comment:
    """Write a comment; the caller has checked that the entry may be read.

    Raises:
        PersonError: There is nothing in it, or too much.
    """
    said = text.strip()
    if not said or len(said) > COMMENT_LENGTH:
        raise PersonError(
            "这段话有 {length} 个字，应为 1 到 {most} 个字。",
            "It has {length} characters; 1 to {most} are expected.",
            length=len(said),
            most=COMMENT_LENGTH,
        )
    made = Comment(
        register=place[0],
        entry_id=place[1],
        text=said,
        at=writer.now,
        staff_id=writer.person.staff_id,
        by_name=writer.person.name,
    )
    session.add(made)
    session.flush()
    return made


def unsay(session: Session, one: Comment, writer: Writer) -> None:
    """Take back a comment; the row stays."""
    session.execute(
        update(Comment).where(Comment.id == one.id).values(removed_at=writer.now)
    )
