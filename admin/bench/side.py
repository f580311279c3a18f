"""What one side is: something that answers the questions in a process of its own."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZipFile


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one operation: how much, and of which rows."""

    bytes: int
    # Ids in the order shown, or how many rows; asked for after the measuring.
    seen: list[int] | int | Callable[[], int]
    first_byte: float | None = None  # seconds until the first piece of a download


Operation = Callable[[], Answer]
Side = dict[str, Operation]
"""The operations of a side, by name; what it cannot do is not in it."""


class RefusedError(RuntimeError):
    """A side answered with something else than what it was asked for."""


def streamed(
    download: Callable[[], Iterable[bytes]], rows: Callable[[bytes], int]
) -> Answer:
    """Take a download piece by piece, as a slow reader would; keep none of it.

    `rows` counts the rows that a piece brings.
    """
    began = time.perf_counter()
    first, size, seen = None, 0, 0
    for part in download():
        if first is None and part:
            first = time.perf_counter() - began
        size += len(part)
        seen += rows(part)
    return Answer(size, seen, first)


def workbook(download: Callable[[], Iterable[bytes]]) -> Answer:
    """Take a workbook piece by piece; its rows are counted after the measuring."""
    file = TemporaryFile()  # noqa: SIM115 - read by whoever counts

    def kept(part: bytes) -> int:
        file.write(part)
        return 0

    found = streamed(download, kept)
    return Answer(found.bytes, lambda: rows_of(file), found.first_byte)


def rows_of(file: IO[bytes]) -> int:
    """Return how many rows a workbook's only sheet has below its heads; close it."""
    end = b"</row>"
    with file, ZipFile(file) as archive:
        (name,) = (one for one in archive.namelist() if "/worksheets/" in one)
        found, tail = 0, b""
        with archive.open(name) as sheet:
            while piece := sheet.read(1 << 20):
                both = tail + piece
                found += both.count(end)
                tail = both[1 - len(end) :]
    return found - 1


def csv_lines(part: bytes) -> int:
    """Return how many lines end in a piece of a CSV file; no text here has two."""
    return part.count(b"\r\n")


def without_head(found: Answer) -> Answer:
    """Return the answer of a CSV file whose first line is no row."""
    lines = found.seen if isinstance(found.seen, int) else 1
    return Answer(found.bytes, lines - 1, found.first_byte)
