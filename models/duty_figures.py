"""How much of its duty each person did in each of some periods: one statement for all.

The measure's rows are read once, put into their periods, and added up for each person;
rows that are too short are kept apart, so that one sees why they do not count.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Subquery,
    Table,
    Text,
    and_,
    case,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from models import access, catalogue, measures
from models.access import marked
from models.amid import among
from models.duties import Duty
from models.measures import Measure, Source
from models.register import CHOICES, DURATION, Declaration
from models.rules.periods import DateRange, Period

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A period with the instant at which it is due, which may come before its end."""

    period: Period
    due_at: datetime  # UTC; what is done at that very instant counts


@dataclass(frozen=True, slots=True)
class Taken:
    """What one person did in one period: the figure and the entries behind it."""

    figure: Decimal | None
    counted: tuple[int, ...] = ()
    too_short: tuple[int, ...] = ()
    covered: frozenset[str] = frozenset()
    lacking: tuple[int, ...] = ()  # entries owed for that did not get their share


class _Ids(FunctionElement[str]):
    """The numbers of a group as a JSON array; NULL stands in it as null."""

    name = "ids"
    inherit_cache = True
    type = Text()


@compiles(_Ids, "sqlite")
def _of_sqlite(element: _Ids, compiler: Any, **options: Any) -> str:
    return f"json_group_array({compiler.process(element.clauses, **options)})"


@compiles(_Ids, "postgresql")
def _of_postgres(element: _Ids, compiler: Any, **options: Any) -> str:
    return f"CAST(json_agg({compiler.process(element.clauses, **options)}) AS text)"


def nothing(measure: Measure) -> Taken:
    """Return what somebody without any row did."""
    content = measures.nothing(measure).content
    return Taken(content if isinstance(content, Decimal) else None)


def together(some: Mapping[int, Taken], ids: Sequence[int], least: Decimal) -> Taken:
    """Return what was done for some entries: of each no more than is owed counts."""
    found = {key: some[key] for key in ids if key in some}
    done = {key: min(one.figure or Decimal(0), least) for key, one in found.items()}
    return Taken(
        sum(done.values(), Decimal(0)),
        tuple(sorted(one for it in found.values() for one in it.counted)),
        tuple(sorted(one for it in found.values() for one in it.too_short)),
        lacking=tuple(key for key in ids if done.get(key, Decimal(0)) < least),
    )


def taken(
    session: Session,
    duty: Duty,
    measure: Measure,
    windows: Sequence[Window],
    zone: ZoneInfo,
    people: Sequence[int] | None = None,
) -> dict[tuple[int, int], Taken]:
    """Return {(person, place of the window): what they did}; who did nothing is not in.

    Of a duty owed for each entry it is the entry instead of the person.

    Args:
        session: Any session.
        duty: What is owed; says which rows count and which topics are looked for.
        measure: What it is a measure of.
        windows: The periods, in order and apart from each other.
        zone: In which days begin.
        people: Whose figures are asked for; None: everybody's.
    """
    if not windows:
        return {}
    span = DateRange(windows[0].period.first, windows[-1].period.end)
    source = measures.source_of(measure, span, zone, access.SYSTEM)
    rows = _rows(duty, measure, source, windows, zone)
    counts = rows.c.duty_counts
    query = (
        select(
            rows.c.duty_person,
            rows.c.duty_window,
            *_totals(measure, rows),
            _Ids(case((counts, rows.c.duty_entry))),
            _Ids(case((~counts, rows.c.duty_entry))),
            *(_any(rows, f"duty_topic_{at}") for at in range(len(duty.topics))),
        )
        .where(rows.c.duty_person.is_not(None), rows.c.duty_window.is_not(None))
        .group_by(rows.c.duty_person, rows.c.duty_window)
    )
    if people is not None:
        query = query.where(among(rows.c.duty_person, people))
    found: dict[tuple[int, int], Taken] = {}
    for person, window, total, count, good, short, *topics in session.execute(
        marked(query, *source.marks)
    ):
        value = measures.figure_of(measure, total, count).content
        found[int(person), int(window)] = Taken(
            value if isinstance(value, Decimal) else None,
            _numbers(good),
            _numbers(short),
            frozenset(
                one for one, is_met in zip(duty.topics, topics, strict=True) if is_met
            ),
        )
    return found


def _any(rows: Subquery, name: str) -> ColumnElement[int]:
    """Return 1 if one of the rows that count has a mark, else 0."""
    return func.max(case((and_(rows.c.duty_counts, rows.c[name]), 1), else_=0))


def _numbers(array: str) -> tuple[int, ...]:
    return tuple(sorted(one for one in json.loads(array) if one is not None))


def _rows(
    duty: Duty,
    measure: Measure,
    source: Source,
    windows: Sequence[Window],
    zone: ZoneInfo,
) -> Subquery:
    """Return the measure's rows, each with its person, window and what it counts."""
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)
    value: ColumnElement[Any] = literal(1)
    if measure.field is not None:
        value = table.c[declared.field(measure.field).column or ""]
    met = measures.condition_of(declared, table, measure.share_of or "yes")
    topics = [
        _topic(duty, declared, table, one).label(f"duty_topic_{index}")
        for index, one in enumerate(duty.topics)
    ]
    each = duty.each_entry
    whose = source.person
    if each is not None:
        whose = table.c[declared.field(each.via).column or ""]
    wanted = source.rows.with_only_columns(
        table.c.id.label("duty_entry"),
        whose.label("duty_person"),
        _window(source, windows, zone).label("duty_window"),
        _counts(duty, declared, table).label("duty_counts"),
        value.label("duty_value"),
        func.coalesce(met, literal(value=False)).label("duty_met"),
        *topics,
        maintain_column_froms=True,
    )
    return wanted.subquery()


def _window(
    source: Source, windows: Sequence[Window], zone: ZoneInfo
) -> ColumnElement[Any]:
    """Return the place of the window that a row's date lies in; NULL for none."""
    places = []
    for index, one in enumerate(windows):
        first: Any = one.period.first
        end: Any = one.period.end
        if source.is_dated:
            end = min(end, one.due_at.astimezone(zone).date() + timedelta(days=1))
        else:
            first, end = one.period.instants(zone)
            end = min(end, one.due_at + _MOMENT)
        places.append((and_(source.at >= first, source.at < end), index))
    return case(*places)


def _counts(duty: Duty, declared: Declaration, table: Table) -> ColumnElement[bool]:
    """Return whether a row is long enough; one without a length is not."""
    if duty.each_field is None or duty.each_least is None:
        return literal(value=True)
    one = declared.field(duty.each_field)
    least: Any = duty.each_least
    if one.type is DURATION:
        least = timedelta(minutes=duty.each_least)
    return func.coalesce(table.c[one.column or ""] >= least, literal(value=False))


def _topic(
    duty: Duty, declared: Declaration, table: Table, topic: str
) -> ColumnElement[bool]:
    one = declared.field(duty.topics_field or "")
    column = table.c[one.column or ""]
    if one.type is CHOICES:  # kept as ",a,b,"
        said = type_coerce(column, Text).contains(f",{topic},", autoescape=True)
        return func.coalesce(said, literal(value=False))
    return func.coalesce(column == topic, literal(value=False))


def _totals(measure: Measure, rows: Subquery) -> tuple[ColumnElement[Any], Any]:
    """Return what is added up, and the number it may be divided by."""
    counts = rows.c.duty_counts
    one_each = func.sum(case((counts, 1), else_=0))
    if measure.aggregate == "count":
        return one_each, one_each
    if measure.aggregate == "share":
        met = and_(counts, rows.c.duty_met)
        return func.sum(case((met, 1), else_=0)), one_each
    value = case((counts, rows.c.duty_value))
    if measure.aggregate == "distinct":
        return func.count(value.distinct()), one_each
    return func.sum(value), func.count(value)
