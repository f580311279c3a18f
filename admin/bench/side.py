"""What one side is: something that answers the questions in a process of its own."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one operation: how much, and of which rows."""

    bytes: int
    seen: list[int] | int  # ids in the order shown, or how many rows
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


def csv_lines(part: bytes) -> int:
    """Return how many lines end in a piece of a CSV file; no text here has two."""
    return part.count(b"\r\n")


def without_head(found: Answer) -> Answer:
    """Return the answer of a CSV file whose first line is no row."""
    lines = found.seen if isinstance(found.seen, int) else len(found.seen)
    return Answer(found.bytes, lines - 1, found.first_byte)
