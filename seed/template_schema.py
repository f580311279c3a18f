"""What the stanzas of a template may say: keys, types, and what is told of a mistake.

Only the shape is checked here. Whether registers, fields, formulas and lengths of time
make sense is the matter of `template_checks.py`.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel, Field, ValidationError

from models.access import Action
from models.duties import TIMES
from models.measures import AGGREGATES, WHOSE
from models.rules.formula import UNITS
from models.rules.periods import PeriodKind
from models.words import Label
from seed.chart_stanzas import ChartStanza
from seed.pay_stanzas import (
    PayCheckStanza,
    PayRunStanza,
    RateStanza,
    SchemeStanza,
    TableStanza,
)
from seed.rule_facts import KINDS, Params
from seed.stanza_base import Stanza, Wording, Words
from seed.template_error import Fault, TemplateError, one_of
from seed.view_stanza import ViewStanza
from seed.yaml_source import Path_, Source

ROWS = ("none", "own", "department", "branch", "all")
EVERY_REGISTER = "*"

Read = TypeVar("Read", bound="Stanza")


class Head(Stanza):
    """What a template is, on what it builds, and what it turns on."""

    title: Words
    summary: Words
    extends: tuple[str, ...] = ()
    regulations: tuple[str, ...] = ()
    registers_on: tuple[str, ...] = ()
    carries: tuple["Carries", ...] = ()
    later: tuple["Later", ...] = ()
    beyond: tuple["Beyond", ...] = ()


class Carries(Stanza):
    """A register that is itself what some clauses ask for."""

    register_: str = Field(alias="register")
    clauses: tuple[str, ...]


class Later(Stanza):
    """Clauses that nothing carries yet, and what will."""

    clauses: tuple[str, ...]
    what: Words
    # The key of a template that will say it, such as duties or schemes.period.
    part: str | None = Field(default=None, pattern=r"[a-z_]+(\.[a-z_]+)*")

    @property
    def waits_for(self) -> str:
        """The part of the engine that is still to come, by one word."""
        return self.part or self.what.en.replace(" ", "_")


class Beyond(Stanza):
    """Clauses that no software can carry, and why."""

    clauses: tuple[str, ...]
    reason: Words


class CalendarStanza(Stanza):
    """Opening hours, as rules/calendar_object.py writes them."""

    code: str
    title: Words
    official_days: Literal["china", "none"] = "none"
    hours: dict[str, Any]
    clauses: tuple[str, ...] = ()


class ProposesStanza(Stanza):
    """The entry that a breach proposes; nothing is entered by itself."""

    register_: str = Field(alias="register")
    person: str  # its field that names who answered for the promise
    values: dict[str, bool | int | str] = Field(default_factory=dict)
    carry: dict[str, str] = Field(
        default_factory=dict
    )  # its field -> a field of the entry, or id


class TargetStanza(Stanza):
    """A promise: which moment starts it, how long it may take, which one stops it."""

    code: str
    title: Words
    register_: str = Field(alias="register")
    condition: str | None = None
    start: str | None = None  # a field; with start_states it is the flow's own
    stop: str | None = None
    stop_register: str | None = None
    stop_via: str | None = None
    start_states: tuple[str, ...] = ()
    stop_states: tuple[str, ...] = ()
    pause_states: tuple[str, ...] = ()
    how_long: str
    calendar: str
    hard: bool = True
    warn_before: str | None = None  # a length such as 2h, in business time
    escalation: tuple[str, ...] = ()  # steps such as "4h superior"
    proposes: ProposesStanza | None = None
    responsible: str = "holder"
    valid_from: date
    enabled: bool = True
    clauses: tuple[str, ...] = ()
    note: str = ""


class SplitStanza(Stanza):
    """Where the shares of several people in what is counted stand."""

    register_: str = Field(alias="register")
    of: str  # its field that names what is shared
    person: str
    share: str  # in per cent
    via: str | None = None  # the counted field that names the same; none: the row
    since: str | None = None  # the first day on which a share holds
    until: str | None = None  # and the last
    condition: str | None = None  # over the share
    whole_when: str | None = None  # over what is shared


class MeasureStanza(Stanza):
    """A number taken from a register for each person."""

    code: str
    title: Words
    register_: str = Field(alias="register")
    aggregate: Literal[AGGREGATES]  # type: ignore[valid-type]  # one list for both
    field: str | None = None
    weight: str | None = None
    condition: str | None = None
    share_of: str | None = None
    date_field: str | None = None
    person_field: str | None = None
    whose: Literal[WHOSE] = "person"  # type: ignore[valid-type]  # one list for both
    split: SplitStanza | None = None
    target: str | None = None
    verdict: Literal["late", "met", "excused", "any"] | None = None
    unit: Literal[tuple(UNITS)] = "number"  # type: ignore[valid-type]  # as above
    clauses: tuple[str, ...] = ()


class ForEachStanza(Stanza):
    """The entries of a register for each of which a duty is owed, by their holders."""

    register_: str = Field(alias="register")
    via: str  # the field of the counted register that names the entry
    holder: str
    condition: str | None = None
    since: str | None = None  # the date its age counts from
    from_months: int = 0  # older than so many when the period begins
    until_months: int | None = None  # and no older than so many


class DutyStanza(Stanza):
    """What is owed in each period: so much of a measure, by people of some posts."""

    code: str
    title: Words
    measure: str
    period: Literal[tuple(PeriodKind)]  # type: ignore[valid-type]  # one list for both
    at_least: Decimal | None = Field(default=None, ge=0)
    at_most: Decimal | None = Field(default=None, ge=0)
    times: Literal[TIMES] | None = None  # type: ignore[valid-type]  # as above
    each_field: str | None = None
    each_least: int | None = None  # minutes of a duration
    topics_field: str | None = None
    topics: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    for_each: ForEachStanza | None = None
    posts: tuple[str, ...] = ()
    on_trips: bool = False
    calendar: str | None = None
    due: str | None = None  # a length from the period's beginning, such as day 5
    remind_before: str | None = None  # a length such as 2h, in business time
    valid_from: date
    enabled: bool = True
    clauses: tuple[str, ...] = ()
    note: str = ""


class GrantStanza(Stanza):
    """Some actions on some registers over some rows."""

    registers: tuple[str, ...] = Field(min_length=1)
    actions: tuple[Literal[tuple(one.value for one in Action)], ...]  # type: ignore[valid-type]  # as above
    rows: Literal[ROWS]  # type: ignore[valid-type]  # one list for both
    unmasked: bool = False
    secrets: tuple[str, ...] = ()
    secrecy: int = Field(default=0, ge=0)  # the highest level of its rows


class BundleStanza(Stanza):
    """Grants that several roles share."""

    code: str
    grants: tuple[GrantStanza, ...]


class RoleStanza(Stanza):
    """A preset of rights: those of its bundles and its own."""

    code: str
    title: Words
    bundles: tuple[str, ...] = ()
    grants: tuple[GrantStanza, ...]
    clauses: tuple[str, ...] = ()


class EntriesStanza(Stanza):
    """Rows that the template brings to a register, found again by some fields."""

    register_: str = Field(alias="register")
    key: tuple[str, ...] = Field(min_length=1)
    clauses: tuple[str, ...] = ()  # that these rows carry
    rows: tuple[dict[str, Any], ...]


class TemplateFile(Stanza):
    """One file of a template; any of them may hold any kind of stanza."""

    template: Head | None = None
    calendars: tuple[CalendarStanza, ...] = ()
    targets: tuple[TargetStanza, ...] = ()
    measures: tuple[MeasureStanza, ...] = ()
    duties: tuple[DutyStanza, ...] = ()
    charts: tuple[ChartStanza, ...] = ()
    rates: tuple[RateStanza, ...] = ()
    tables: tuple[TableStanza, ...] = ()
    schemes: tuple[SchemeStanza, ...] = ()
    pay_checks: tuple[PayCheckStanza, ...] = ()
    pay_runs: tuple[PayRunStanza, ...] = ()
    views: tuple[ViewStanza, ...] = ()
    bundles: tuple[BundleStanza, ...] = ()
    roles: tuple[RoleStanza, ...] = ()
    entries: tuple[EntriesStanza, ...] = ()
    # What the department calls things itself.
    labels: dict[str, Wording] = Field(default_factory=dict)
    # Read by models/stanza.py, which finds all their mistakes at once.
    registers: tuple[dict[str, Any], ...] = ()
    fields: tuple[dict[str, Any], ...] = ()


class ClauseStanza(Stanza):
    """One clause of a regulation in our own words."""

    code: str = Field(pattern=r"S\d-\d\d-\d{2,3}")
    section: str
    kind: Literal[KINDS]  # type: ignore[valid-type]  # one list for both
    params: Params = Params()
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class RegulationFile(Stanza):
    """One regulation of the rulebook."""

    code: str = Field(pattern=r"S\d-\d\d")
    template: str  # the kind of organisation it comes from
    title: Words
    summary: Words
    clauses: tuple[ClauseStanza, ...] = Field(min_length=1)


def validated(source: Source, model: type[Read]) -> Read:
    """Return a file's data as stanzas.

    Raises:
        TemplateError: With every mistake of the file.
    """
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        faults = [_fault(source, model, dict(one)) for one in error.errors()]
        raise TemplateError(faults) from None


def _fault(source: Source, model: type[BaseModel], error: dict[str, Any]) -> Fault:
    path: Path_ = tuple(error["loc"])
    return source.fault(path, _problem(model, path, error))


def _problem(model: type[BaseModel], path: Path_, error: dict[str, Any]) -> Label:
    """Say what is wrong in our words; what is rare is told as the checker does."""
    found, kind = error["input"], error["type"]
    if kind == "extra_forbidden":
        allowed = _keys(_model_at(model, path[:-1]))
        return one_of(path[-1], allowed, Label("这里可用的项目", "a key of this place"))
    if kind == "missing":
        return Label(f"缺少“{path[-1]}”，请补上。", f"“{path[-1]}” is missing. Add it.")
    if kind == "literal_error":
        allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return one_of(found, allowed.split(", "), Label("可用的值", "an allowed value"))
    expected = _EXPECTED.get(kind.partition("_")[0])
    if expected is not None:
        return Label(
            f"“{found}”应是{expected.zh}，请改正。",
            f"“{found}” should be {expected.en}. Correct it.",
        )
    return Label(
        f"“{found}”不合要求（{error['msg']}）。",
        f"“{found}” does not fit ({error['msg']}).",
    )


_EXPECTED = {
    "string": Label("文字", "a text"),
    "bool": Label("yes 或 no", "yes or no"),
    "decimal": Label("数字", "a figure"),
    "int": Label("整数", "a whole number"),
    "date": Label("日期，如 2026-10-01", "a day such as 2026-10-01"),
    "tuple": Label("一个列表", "a list"),
    "too": Label("至少一项的列表", "a list of at least one"),
    "dict": Label("一组项目", "some keys with values"),
    "model": Label("一组项目", "some keys with values"),
}


def _keys(model: type[BaseModel]) -> list[str]:
    return [one.alias or name for name, one in model.model_fields.items()]


def _model_at(model: type[BaseModel], path: Path_) -> type[BaseModel]:
    """Return the stanza that stands at a path; keys of people's own lead no further."""
    is_own = False
    for part in path:
        if isinstance(part, int) or is_own:
            is_own = False
            continue
        found = next(
            one for name, one in model.model_fields.items() if part in (name, one.alias)
        )
        inner = _stanza_in(found.annotation)
        if inner is None:
            return model
        is_own = get_origin(found.annotation) is dict
        model = inner
    return model


def _stanza_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _stanza_in(inner)
        if found is not None:
            return found
    return None
