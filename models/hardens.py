"""What of a register hardens when the pay of a period is locked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hardens:
    """Fields that nobody writes any more once the pay of an entry's period is locked.

    `by` is the day or moment that tells an entry's period. An entry none of whose
    `fields` is filled in is of no period: it may come and go at any time.
    """

    fields: tuple[str, ...]
    by: str
