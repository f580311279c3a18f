"""What a dispatch board is: a register's entries by person and day, given out there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A register whose entries are given to people for a day.

    An entry without a person waits at the left of the board. What `settled` holds for
    is done with: it stays where it is. `shows` are the fields that a card shows. Who
    gives an entry out is kept in `by`.
    """

    person: str
    at: str  # the day, or the instant, that an entry is given for
    settled: str  # a condition
    shows: tuple[str, ...] = ()
    by: str | None = None
