"""What a sample plan (`sample.yaml`) may say: keys, types, short ways to write them.

Only the shape is checked here. Whether registers, fields, words and posts are there is
the matter of `plan_checks.py`.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from seed.stanza_base import Stanza

# What says how a value comes about; a field has one of them, or none for the usual.
KINDS = (
    *("value", "text", "one_of", "between", "about", "after", "before"),
    *("person", "same", "case"),
)
# When an office is open, and how busy each hour is: mornings are fuller.
USUAL_HOURS = {
    hour: Decimal(busy)
    for hour, busy in zip(
        (8, 9, 10, 11, 13, 14, 15, 16, 17), (3, 9, 8, 5, 4, 7, 6, 5, 3), strict=True
    )
}
LENGTH = re.compile(r"(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")

Plain = str | bool | int | Decimal | date
Share = Annotated[Decimal, Field(ge=0, le=1)]
Weight = Annotated[Decimal, Field(gt=0)]


def _one_or_more(said: Any) -> Any:
    """Let a single word, yes or no stand for a list of one."""
    if isinstance(said, list):
        return [_word(one) for one in said]
    return [_word(said)] if isinstance(said, str | bool | int) else said


def _word(said: Any) -> Any:
    if isinstance(said, bool):
        return "yes" if said else "no"
    return str(said) if isinstance(said, int) else said


def _written_out(said: Any) -> Any:
    """Let a text, a list or a plain value stand for the value that it means."""
    if isinstance(said, Mapping):
        return said
    if isinstance(said, str):
        return {"text": said}
    if isinstance(said, list):
        return {"one_of": said}
    return {"value": said}


def _weighed(said: Any) -> Any:
    """Let a list stand for things that are equally likely."""
    return {str(one): 1 for one in said} if isinstance(said, list) else said


def _wording(said: Any) -> Any:
    return {"text": said} if isinstance(said, str) else said


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_more)]
When = dict[str, Names]  # field: its values; yes and no for what is ticked
Weights = Annotated[dict[str, Weight], BeforeValidator(_weighed), Field(min_length=1)]


class ValueStanza(Stanza):
    """How the value of a field comes about."""

    value: Plain | list[str] | None = None
    text: str | None = None  # with {words}, {other field}, {field.of what it refers to}
    one_of: Weights | None = None
    between: tuple[Decimal | str, Decimal | str] | None = None
    about: Decimal | str | None = None  # half of all are below
    spread: Decimal = Field(default=Decimal("0.6"), ge=0, le=3)  # of the logarithm
    step: Decimal | None = Field(default=None, gt=0)
    after: str | None = None
    before: str | None = None
    late: Share = Decimal(0)  # this share takes about `late_about`
    late_about: str = "2d"
    clock: Literal["desk", "wall"] = "desk"  # whose hours and days a length counts
    ahead: bool = False  # may lie after the end of the sample: an appointment
    # Of a reference that says nothing else: which entries are chosen, and how.
    prefer: Literal["regular", "recent", "any"] = "regular"
    where: When = Field(default_factory=dict)
    person: Names | None = None
    same: str | None = None
    case: str | None = None
    of: dict[str, "Value"] = Field(default_factory=dict)
    otherwise: "Value | None" = None
    empty: Share = Decimal(0)
    when: When = Field(default_factory=dict)

    @cached_property
    def kinds(self) -> list[str]:
        """What says how the value comes about; one of them, unless it is a mistake."""
        said = [one for one in KINDS if one in self.model_fields_set]
        if said[1:] and "about" in said and {"after", "before"} & set(said):
            said.remove("about")
        return said

    @cached_property
    def kind(self) -> str:
        """How the value comes about; `usual` where nothing says it."""
        return (self.kinds or ["usual"])[0]

    @cached_property
    def likely(self) -> tuple[list[str], list[float]]:
        """What it is one of, and the weights added up."""
        weights = self.one_of or {}
        return list(weights), list(accumulate(map(float, weights.values())))


Value = Annotated[ValueStanza, BeforeValidator(_written_out)]
Values = dict[str, Value]


class WordingStanza(Stanza):
    """One text of a list of words."""

    text: str = Field(min_length=1)
    weight: Weight = Decimal(1)


Wordings = Annotated[
    tuple[Annotated[WordingStanza, BeforeValidator(_wording)], ...],
    Field(min_length=1),
]


class DelayStanza(Stanza):
    """How much later something comes."""

    field: str | None = None  # of the entry before; unless said, when it came in
    about: str
    spread: Decimal = Field(default=Decimal("0.6"), ge=0, le=3)
    late: Share = Decimal(0)
    late_about: str = "2d"
    clock: Literal["desk", "wall"] = "desk"


class StepStanza(Stanza):
    """A step of the flow that some entries take."""

    step: str
    share: Share = Decimal(1)
    when: When = Field(default_factory=dict)
    after: DelayStanza = DelayStanza(about="2h")
    by: Names | None = None  # posts; unless said, whoever the flow lets
    # What is asked for, and what was written down before, also on parts by register.
    fields: Values = Field(default_factory=dict)
    parts: dict[str, Values] = Field(default_factory=dict)
    comment: str = ""


class RowsStanza(Stanza):
    """What entries of a register have in common, wherever they come from."""

    register_: str = Field(alias="register")
    rows: tuple[dict[str, Plain], ...] = ()  # just these, with what they say
    by: Names | None = None  # posts of those who enter them
    fields: Values = Field(default_factory=dict)
    steps: tuple[StepStanza, ...] = ()
    then: tuple["FollowStanza", ...] = ()


class BeginsStanza(Stanza):
    """The parts of another whole that parts are made of, as a register says it."""

    by: str  # the field of the whole that refers to the other one
    register_: str = Field(alias="register")
    carry: dict[str, str] = Field(min_length=1)


class FollowStanza(RowsStanza):
    """Entries that follow from others: parts, callbacks, what is made of them."""

    via: str | None = None  # the field that refers back
    share: Share = Decimal(1)
    each: tuple[int, int] = (1, 1)
    when: When = Field(default_factory=dict)
    after: DelayStanza | None = None
    begins: BeginsStanza | None = None  # unless said, as the register says
    needed_for: str | None = None  # a step: what follows is there before it


class PlanStanza(RowsStanza):
    """Entries of a register over the sample's days."""

    count: int | None = Field(default=None, ge=1)
    per_day: Decimal | None = Field(default=None, gt=0)
    hours: dict[int, Weight] | None = None
    before: int | None = Field(default=None, ge=1)  # days: all are older than that
    grows: bool = True  # with the number of rows that is asked for


class PeopleStanza(Stanza):
    """Somebody of the sample, or several of one post."""

    post: str
    role: str
    name: str | None = None
    count: int = Field(default=1, ge=1, le=60)
    department: str | None = None
    leads: bool = False
    base_pay: Decimal | None = None
    performance_base: Decimal | None = None
    # More of the staff list, by its fields.
    fields: dict[str, Plain] = Field(default_factory=dict)


class SampleStanza(Stanza):
    """The sample as a whole: where it is, when its desk is open, what is expected."""

    company: str = Field(min_length=1)
    city: str = Field(min_length=1)
    department: str = Field(min_length=1)
    departments: tuple[str, ...] = ()  # below the first one
    # In front of everybody's number, and in phone numbers: no other sample's.
    prefix: str = Field(pattern="[A-Z]{2}")
    block: int = Field(ge=10, le=99)
    seed: int = 1
    days: Literal["workdays", "every"] = "workdays"
    hours: dict[int, Weight] = Field(default_factory=USUAL_HOURS.copy)
    late: tuple[Share, Share] = (Decimal(0), Decimal(1))  # share of clocks broken


class SampleFile(Stanza):
    """The file."""

    sample: SampleStanza
    people: tuple[PeopleStanza, ...] = Field(min_length=1)
    words: dict[str, Wordings] = Field(default_factory=dict)
    entries: tuple[PlanStanza, ...] = Field(min_length=1)


class PoolFile(Stanza):
    """The words that every plan may use."""

    words: dict[str, Wordings]
