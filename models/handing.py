"""How entries pass from one person to another: what a register says of it.

Plain frozen objects, like everything a declaration says. What anybody may take down is
done by `first_asked.py`, a shift's hand-over by `hand_over.py`; mistakes are found by
`register_checks_handing.py`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.words import Label

HOLDER = "holder"  # the standard field of whoever answers for an entry


@dataclass(frozen=True, slots=True)
class Anyone:
    """What every employee may take down here, without any right on the register.

    Whoever does so holds the entry until somebody who keeps the register accepts it.
    `sets` maps fields that the page does not ask for to a literal, `NOW`, `TODAY` or
    `ME`. Who took it down, who accepted it and when go into read-only fields.
    """

    title: Label  # what the page is called
    fields: tuple[str, ...]  # what it asks for, in this order
    taken_by: str
    accepted_by: str
    accepted_at: str
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the fields that nobody ever types."""
        return (self.taken_by, self.accepted_by, self.accepted_at)


@dataclass(frozen=True, slots=True)
class HandsOver:
    """A register whose entries hand the open work of one shift over to the next.

    Each matter is an entry of the register of its parts; `entries` are fields of that
    register, each of which refers to what is handed over. Whoever confirms a matter
    answers for what it refers to from then on.
    """

    title: Label  # what the page is called on which it is made
    by: str  # who hands over
    to: str  # who takes over; empty: whoever confirms
    confirmed_at: str
    items: str  # the register of its parts
    matter: str  # fields of a part: what it is about
    ticked: str  # whether it was confirmed
    entries: tuple[str, ...]
    due_at: str | None = None
    remark: str | None = None  # of the hand-over: what the next shift says


@dataclass(frozen=True, slots=True)
class Absence:
    """A register whose entries are absences: nobody owes a duty meanwhile.

    When one with a deputy begins that stands in one of the states, the deputy takes
    over what the absent person has in hand (`absences.py`). Without a flow there are no
    states, and every entry counts.
    """

    person: str
    from_at: str  # an instant, or a day; the day of the end is counted in
    until_at: str
    deputy: str | None = None  # None: nothing is handed over
    states: tuple[str, ...] = ()  # in which it was agreed to
    over: tuple[str, ...] = ()  # in which it was agreed to and has ended
    on_duty: bool = False  # at work elsewhere, as on a trip
