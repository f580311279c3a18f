"""What a rule states as facts: its kind, its numbers with units, its named parts.

Nothing here says how a template carries the rule; coverage and tests measure templates
by these facts, so that a number is written down twice, by two hands.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

KINDS = (
    "access",
    "cadence",
    "conduct",
    "deadline",
    "field",
    "flow",
    "numbering",
    "org",
    "pay",
    "penalty",
    "quota",
    "register",
    "report",
    "retention",
    "schedule",
    "score",
)
# Kinds whose numbers a program can be seen to keep: a case in time, one late.
MEASURED = frozenset(
    {
        "access",
        "cadence",
        "deadline",
        "numbering",
        "pay",
        "penalty",
        "quota",
        "schedule",
        "score",
    }
)
# Kinds that ask for something in time, again and again, or so much of it.
TIMED = frozenset({"cadence", "deadline", "quota"})
PERIODS = ("day", "week", "month", "quarter", "year")
ACTIONS = (
    "list",
    "read",
    "create",
    "change",
    "delete",
    "export",
    "import",
    "approve",
    "unmask",
)
STRENGTHS = ("number", "step", "right", "record")
_UNITS = ("minutes", "hours", "days", "months", "years", "yuan", "percent", "count")

Clock = str  # 09:00
Span = tuple[Clock, Clock]


class Facts(BaseModel):
    """Base of all facts: no other keys, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Amount(Facts):
    """One number with its unit: {hours: 24}, {percent: 30}, {count: 3}."""

    minutes: Decimal | None = None
    hours: Decimal | None = None
    days: Decimal | None = None
    months: Decimal | None = None
    years: Decimal | None = None
    yuan: Decimal | None = None
    percent: Decimal | None = None
    count: Decimal | None = None  # times, persons, characters, calls

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError(f"one of {', '.join(_UNITS)} is expected")
        return self

    @property
    def unit(self) -> str:
        """The unit it is given in."""
        return next(one for one in _UNITS if getattr(self, one) is not None)

    @property
    def number(self) -> Decimal:
        """The number itself."""
        found: Decimal = getattr(self, self.unit)
        return found


class By(Facts):
    """A date or time by which something is done."""

    day: int | None = Field(default=None, ge=1, le=31)  # of the month
    weekday: int | None = Field(default=None, ge=1, le=7)  # Monday is 1
    time: Clock | None = None


class Deed(Facts):
    """What the holder of a role may do, or may not."""

    role: str
    action: Literal[ACTIONS]  # type: ignore[valid-type]  # one list for both
    register_: str = Field(alias="register")
    rows: Literal["own", "department", "all"] = "own"  # at least so many


class Params(Facts):
    """The numbers and names of one rule."""

    within: Amount | None = None  # the longest time from a start
    before: Amount | None = None  # the shortest time ahead of something
    by: By | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    exactly: Amount | None = None
    each: Amount | None = None  # the least that makes one of them count
    share: Amount | None = None  # of what another line or a time comes to
    charge: Amount | None = None  # what a customer pays
    pays: Amount | None = None  # what a person gets
    of: Amount | None = None  # an example: of so much ...
    makes: Amount | None = None  # ... it makes so much
    counts_as: Amount | None = None
    awards: tuple[Decimal, ...] = ()  # yuan, the first place first
    top: int | None = None  # how many places are awarded
    per: Literal[PERIODS] | None = None  # type: ignore[valid-type]  # as above
    months: tuple[int, ...] = ()  # of the year
    weekdays: tuple[int, ...] = ()  # Monday is 1
    open: tuple[Span, ...] = ()
    closed: tuple[Span, ...] = ()
    pattern: str | None = None  # of a number: YYMMNN
    level: int | None = None  # of a ladder
    phase: int | None = None
    place: int | None = None  # in an order of steps
    fields: tuple[str, ...] = ()  # of the record that is named
    choices: tuple[str, ...] = ()  # that a field of it has
    states: tuple[str, ...] = ()  # or steps, in order
    right: str | None = None
    may: tuple[Deed, ...] = ()
    may_not: tuple[Deed, ...] = ()

    @property
    def amounts(self) -> Iterator[tuple[str, Amount]]:
        """Every amount with its key."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Amount):
                yield name, value

    @property
    def numbers(self) -> dict[str, Any]:
        """What of it is a number, by key."""
        named = {"fields", "choices", "states", "right", "may", "may_not", "per"}
        said = self.model_dump(exclude_defaults=True, exclude=named)
        return {name: getattr(self, name) for name in said}

    @property
    def strength(self) -> str | None:
        """What makes the rule a strong one, the strongest reason first; None if weak.

        A rule with a number, a named step, right or record works as behaviour; any
        other may be carried by a line that people tick.
        """
        reasons = {
            "number": bool(self.numbers),
            "step": bool(self.states),
            "right": bool(self.right or self.may or self.may_not),
            "record": bool(self.fields or self.choices),
        }
        return next((one for one in STRENGTHS if reasons[one]), None)
