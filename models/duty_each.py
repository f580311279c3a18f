"""Duties owed once for each entry of a register: each project, each key customer.

The holder of an entry owes for it, whoever does it. An entry is asked for in a period
if it was there before the period began, its condition holds (as of now, like post and
department), and its age at the period's beginning lies within the limits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import access, catalogue, measure_checks, measures
from models.access import SYSTEM
from models.measures import Measure
from models.register import DATE, INSTANT, PERSON, Declaration, FieldType
from models.rules.periods import Period, months_later
from models.words import Label

KEYS = (
    "register",
    "via",
    "holder",
    "condition",
    "since",
    "from_months",
    "until_months",
)
ADDED_UP = frozenset({"count", "sum", "distinct"})  # what can be asked of each entry
MOST_MONTHS = 1_200


@dataclass(frozen=True, slots=True)
class ForEach:
    """Which entries a duty is owed for; read from the column of that name."""

    register: str
    via: str  # the field of the counted register that names the entry
    holder: str  # the entry's person who owes it
    condition: str | None = None  # a formula over the entry
    since: str | None = None  # the date its age counts from; None: no limits of age
    from_months: int = 0  # older than so many months when the period begins
    until_months: int | None = None  # and no older than so many


class Asked(NamedTuple):
    """One entry that may be owed for: its holder, and when its age began."""

    entry_id: int
    holder_id: int
    since: date


def read(said: Mapping[str, Any]) -> ForEach:
    """Return what the column says."""
    return ForEach(**said)


def asked(session: Session, one: ForEach, zone: ZoneInfo) -> list[Asked]:
    """Return the entries that stand so that they may be owed for, by one statement."""
    declared = catalogue.current()[one.register]
    table = catalogue.current().table(one.register)
    since = table.c[_column(declared, one.since)] if one.since else table.c.created_at
    holder = table.c[_column(declared, one.holder)]
    query = access.visible(SYSTEM, one.register).where(
        holder.is_not(None), since.is_not(None)
    )
    condition = measures.condition_of(declared, table, one.condition)
    if condition is not None:
        query = query.where(condition)
    columns = query.with_only_columns(table.c.id, holder, since)
    return [
        Asked(key, who, at.astimezone(zone).date() if isinstance(at, datetime) else at)
        for key, who, at in session.execute(columns.order_by(table.c.id))
    ]


def owed_in(
    one: ForEach, some: Iterable[Asked], period: Period
) -> dict[int, list[int]]:
    """Return {holder: the entries owed for in a period}."""
    found: dict[int, list[int]] = defaultdict(list)
    for it in some:
        is_old = months_later(it.since, one.from_months) < period.first
        is_past = one.until_months is not None and (
            months_later(it.since, one.until_months) < period.first
        )
        if is_old and not is_past:
            found[it.holder_id].append(it.entry_id)
    return found


class Owing(Protocol):
    """What a duty says beside the entries that it is owed for."""

    at_least: Any
    at_most: Any
    times: Any
    topics: Any


def wrong(
    duty: Owing, said: Mapping[str, Any], measure: Measure, counted: Declaration
) -> Iterator[tuple[str, Label]]:
    """Yield what is wrong with a duty for each entry, with the column it is about."""
    for label in _wrong_entries(said, measure, counted):
        yield "for_each", label
    if duty.at_least is None:
        said_too = Label("请填写每条至少多少。", "Say how many at least for each.")
        yield "at_least", said_too
    for name in ("at_most", "times", "topics"):
        if getattr(duty, name):
            yield (
                name,
                Label(
                    "按每条记录各算的任务没有这一项。",
                    "This cannot be said of what is owed for each entry.",
                ),
            )


def _wrong_entries(
    said: Mapping[str, Any], measure: Measure, counted: Declaration
) -> Iterator[Label]:
    strange = [key for key in said if key not in KEYS]
    if strange or not all(said.get(key) for key in KEYS[:3]):
        yield Label(
            f"每条记录各一次要写 register、via、holder，可加 {'、'.join(KEYS[3:])}。",
            "What is owed for each entry has register, via and holder, and may have "
            f"{', '.join(KEYS[3:])}.",
        )
        return
    one = read(said)
    if one.register not in catalogue.current():
        yield Label(
            f"没有台账“{one.register}”。", f"There is no register “{one.register}”."
        )
        return
    declared = catalogue.current()[one.register]
    if not counted.has(one.via) or counted.field(one.via).refers_to != one.register:
        yield Label(
            f"{counted.title.zh}没有指向{declared.title.zh}的字段“{one.via}”。",
            f"{counted.title.en} has no field “{one.via}” of {declared.title.en}.",
        )
    yield from _wrong_field(declared, one.holder, (PERSON,))
    if one.since is not None:
        yield from _wrong_field(declared, one.since, (DATE, INSTANT))
    problem = measure_checks.condition_problem(declared, one.condition)
    if problem is not None:
        yield problem
    yield from _wrong_limits(one, measure)


def _wrong_limits(one: ForEach, measure: Measure) -> Iterator[Label]:
    if measure.aggregate not in ADDED_UP:
        yield Label(
            "平均数和比率不能按每条记录各算一次，请换一个指标。",
            "A share or an average cannot be owed for each entry; choose another.",
        )
    until = MOST_MONTHS if one.until_months is None else one.until_months
    if not 0 <= one.from_months < until <= MOST_MONTHS:
        yield Label(
            f"月数应从 0 起，止大于起，最多 {MOST_MONTHS}。",
            f"Months go from 0 to at most {MOST_MONTHS}, the end after the beginning.",
        )
    if one.since is None and (one.from_months or one.until_months is not None):
        yield Label(
            "有月数就要写从哪个日期算起（since）。",
            "With months, say the date that they count from (since).",
        )


def _wrong_field(
    declared: Declaration, name: str, types: Sequence[FieldType]
) -> Iterator[Label]:
    if not declared.has(name) or declared.field(name).type not in types:
        yield Label(
            f"{declared.title.zh}的字段“{name}”不存在或类型不对。",
            f"{declared.title.en} has no field “{name}” of the right type.",
        )


def _column(declared: Declaration, name: str) -> str:
    return declared.field(name).column or ""
