"""Call lists: which calls a register asks its people to make today.

Plain frozen objects, like everything a declaration says. They are part of the register
in which each call is written down; whom to call comes from other registers. How a
list is drawn up is in `calling.py`, how it is shared out in `call_shares.py`, how it is
written in `stanza_calling.py`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.words import Label


@dataclass(frozen=True, slots=True)
class Asks:
    """Entries of another register, each of which asks for one call.

    The other register says in its `makes` how a call is made of an entry. An entry asks
    until there is a call whose `via` refers to it, or it is too old.
    """

    register: str
    via: str  # the call's field that refers to the entry
    at: str  # the entry's instant from which on it asks
    when: str | None = None  # a condition on the entry's own fields
    title: Label | None = None  # what its part of the list is called; none: as it is
    days: int = 14  # of asking; afterwards nobody is reminded any more
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Round:
    """Whom to call besides: those of a register who were not called for longest."""

    register: str
    via: str
    last: str  # their instant of the last call, which the list is walked by
    when: str | None = None
    title: Label | None = None
    rest: int = 7  # days after a call in which nobody is called again
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempts:
    """The parts of a call that hold the further attempts, and what they say where."""

    register: str
    at: str
    outcome: str
    caller: str
    again_at: str | None = None


@dataclass(frozen=True, slots=True)
class CallList:
    """What makes a register's entries calls of a list.

    A call's outcome says whether the customer was `reached`, and in `again` after how
    many minutes a retry is proposed; any other outcome ends it. What stands in
    `again_at` was agreed with the customer and goes before the minutes.
    """

    title: Label
    at: str  # when the call was made
    outcome: str
    caller: str
    reached: tuple[str, ...]
    again: Mapping[str, int] = dataclasses.field(default_factory=dict)
    again_at: str | None = None
    attempts: Attempts | None = None  # without, nothing is tried again
    retries: int = 3
    days: int = 5  # after the last attempt, or the time agreed, in which it is tried
    closes: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # given up
    asks: tuple[Asks, ...] = ()
    round: Round | None = None
    a_day: int = 10  # first attempts of each person, filled up from the round
    # Posts that share it; none: whoever owes a duty that counts these calls.
    posts: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Asks | Round, ...]:
        """Return where whom to call comes from."""
        return (*self.asks, *([self.round] if self.round else []))

    def source(self, register: str | None, via: str | None) -> Asks | Round | None:
        """Return the source of a register and field; None if there is none."""
        return next(
            (one for one in self.sources if (one.register, one.via) == (register, via)),
            None,
        )
