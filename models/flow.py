"""What a flow is: the states of a register, and who may move an entry to the next.

Plain frozen objects, like everything a declaration says; how steps are taken is in
`flow_steps.py`, mistakes in flows are found by `register_checks_flow.py`.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import Any

from models.fields import CHOICE, Field, Option
from models.words import Label


class WhoKind(StrEnum):
    """In which way a transition says who may take it."""

    RIGHT = "right"  # whoever has a right on the row
    PERSON = "person"  # the person in a field of the entry
    SUPERIOR = "superior"  # the superior of the person in a field of the entry
    POST = "post"  # whoever holds the post of that name
    MANAGER = "manager"  # the manager of the department in a field of the entry


class Said(Enum):
    """A value that a step sets and that comes from the step itself."""

    COMMENT = "comment"


COMMENT = Said.COMMENT
# Where a rule means certain persons, a deputy may stand in for them.
NAMES_PERSONS = frozenset(set(WhoKind) - {WhoKind.RIGHT})


@dataclass(frozen=True, slots=True)
class Who:
    """One way to be allowed a step; a transition's ways are alternatives."""

    kind: WhoKind
    of: str  # an action, a field, or the name of a post
    on: str | None = None  # a right of its own ("claim.finance") instead of the row's


def right(action: str, on: str | None = None) -> Who:
    """Whoever may do this to the row; `on` names a right of its own, with a dot.

    A right with a dot in its name is no register's: "*" never gives it.
    """
    return Who(WhoKind.RIGHT, action, on)


def person(field_name: str) -> Who:
    """Whoever stands in a person field of the entry."""
    return Who(WhoKind.PERSON, field_name)


def holder() -> Who:
    """Whoever holds the entry."""
    return person("holder")


def superior(field_name: str) -> Who:
    """Whom the person of a field reports to: by name, else along the posts."""
    return Who(WhoKind.SUPERIOR, field_name)


def post(name: str) -> Who:
    """Whoever holds the post of this name."""
    return Who(WhoKind.POST, name)


def manager(field_name: str = "department") -> Who:
    """Who manages the department of a field, or the nearest one above that has one."""
    return Who(WhoKind.MANAGER, field_name)


@dataclass(frozen=True, slots=True)
class State:
    """One state of an entry; a locked one is left by a step only, nothing is edited."""

    code: str
    label: Label
    tone: str = ""
    final: bool = False
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One step from some states to another.

    `asks` are fields that must be filled, typed in the step's own dialog. `sets` maps
    fields to a literal, None (emptied), `NOW`, `TODAY`, `ME`, the step's `COMMENT` or
    `From` another field of the entry. An approval without `who` is for those with the
    right to approve, and nobody approves their own unless `own_too`.
    """

    code: str
    label: Label
    sources: tuple[str, ...]
    to: str
    who: tuple[Who, ...] = ()
    when: str | None = None  # a condition over the entry's own fields
    asks: tuple[str, ...] = ()
    sets: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    comment: bool = False  # must be given
    approves: bool = False
    sends_back: bool = False
    own_too: bool = False
    clauses: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[Who, ...]:
        """Return the ways to be allowed this step."""
        return self.who or ((right("approve"),) if self.approves else ())


@dataclass(frozen=True)
class Flow:
    """The states of a register's entries, kept in one of its choice fields."""

    field: str
    states: tuple[State, ...]  # a new entry begins in the first
    transitions: tuple[Transition, ...]

    @property
    def first(self) -> str:
        """Return the state of a new entry; an entry without a state counts as new."""
        return self.states[0].code if self.states else ""

    @property
    def options(self) -> tuple[Option, ...]:
        """Return the states as options of the field that keeps them."""
        return tuple(Option(one.code, one.label, one.tone) for one in self.states)

    def state(self, code: str | None) -> State:
        """Return a state by its code; the first one where there is none."""
        found = (one for one in self.states if one.code == code)
        return next(found, self.states[0])

    def transition(self, code: str) -> Transition | None:
        """Return a transition by its code, None if there is none."""
        return next((one for one in self.transitions if one.code == code), None)

    def state_of(self, row: Mapping[str, Any]) -> str:
        """Return the state of an entry."""
        return row.get(self.field) or self.first

    def is_locked(self, row: Mapping[str, Any]) -> bool:
        """Whether nothing of the entry may be edited where it stands."""
        return self.state(self.state_of(row)).locked

    def governed(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """Return the fields with the state's own one as only steps may write it."""
        return tuple(
            replace(
                one,
                options=one.options or self.options,
                default=self.first if one.default is None else one.default,
                read_only=True,
                required=False,
                editable=False,
            )
            if one.name == self.field and one.type is CHOICE
            else one
            for one in fields
        )


def state(
    code: str,
    zh: str,
    en: str,
    tone: str = "",
    *,
    final: bool = False,
    locked: bool = False,
) -> State:
    """Return a state with its two wordings."""
    return State(code, Label(zh, en), tone, final, locked)


def step(code: str, zh: str, en: str, sources: str, to: str, **more: Any) -> Transition:
    """Return a transition; `sources` are its from-states, parted by blanks."""
    return Transition(code, Label(zh, en), tuple(sources.split()), to, **more)
