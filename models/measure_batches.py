"""Many measures in few statements: those over the same rows are taken together.

Measures of one register that are dated and counted for the same people differ only in
their conditions and in what they add up; one pass over the period's rows serves all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    column,
    func,
    or_,
    text,
)
from sqlalchemy.orm import Session

from models import access, catalogue, measures
from models.access import marked
from models.json_text import dumps
from models.measures import Measure, Source
from models.rules.formula import Value
from models.rules.periods import DateRange

Own = dict[str, Value]
"""Somebody's figures by the measure's code."""
Figures = dict[int, Own]
Stretch = tuple[int, DateRange]
"""A person, and some days of a period."""
# What two measures must have in common to be taken of the same rows.
_SHARED = ("register", "date_field", "person_field", "whose", "target", "verdict")


def taken(
    session: Session, wanted: Mapping[str, Measure], period: DateRange, zone: ZoneInfo
) -> Figures:
    """Return {person: {measure's code: figure}} of those who have rows at all.

    The same figures as `measures.figures` gives one by one.

    Args:
        session: Any session; reading is enough.
        wanted: The measures by code.
        period: The days of which rows count.
        zone: Where those days begin and end.
    """
    found: Figures = defaultdict(dict)
    together, others = _sorted(wanted)
    for measure in others:
        for person, value in measures.figures(session, measure, period, zone).items():
            found[person][measure.code] = value
    for some in together:
        source = _source(some, period, zone)
        query = source.rows.where(source.person.is_not(None))
        _take(session, some, source, query, source.person, found)
    return found


def taken_of(
    session: Session,
    wanted: Mapping[str, Measure],
    stretches: Sequence[Stretch],
    period: DateRange,
    zone: ZoneInfo,
) -> list[Own]:
    """Return the figures of each of some stretches, which lie within a period.

    By one statement for the same rows, however many stretches there are: each of them
    is looked up by its person and days.
    """
    found: Figures = defaultdict(dict)
    together, others = _sorted(wanted)
    for measure in others:
        for days in {days for _, days in stretches}:
            figures = measures.figures(session, measure, days, zone)
            for place, (person, own) in enumerate(stretches):
                if own == days and person in figures:
                    found[place][measure.code] = figures[person]
    for some in together if stretches else ():
        source = _source(some, period, zone)
        given = _given(session, source, stretches, zone)
        query = source.rows.join(
            given,
            and_(
                source.person == given.c.person,
                source.at >= given.c.first,
                source.at < given.c.after,
            ),
        )
        _take(session, some, source, query, given.c.place, found)
    return [found[place] for place in range(len(stretches))]


def _sorted(
    wanted: Mapping[str, Measure],
) -> tuple[list[list[Measure]], list[Measure]]:
    """Return the measures that may be taken of the same rows, and all others."""
    together: dict[tuple[str | None, ...], list[Measure]] = defaultdict(list)
    for measure in wanted.values():
        if measure.is_plain:
            key = tuple(getattr(measure, name) for name in _SHARED)
            together[key].append(measure)
    return list(together.values()), [one for one in wanted.values() if not one.is_plain]


def _source(some: Sequence[Measure], period: DateRange, zone: ZoneInfo) -> Source:
    rows = Measure(**{name: getattr(some[0], name) for name in _SHARED})
    return measures.source_of(rows, period, zone, access.SYSTEM)


def _take(
    session: Session,
    some: Sequence[Measure],
    source: Source,
    query: Select[Any],
    by: ColumnElement[int],
    found: Figures,
) -> None:
    """Take the measures of the same rows by one statement, grouped by a column."""
    conditions = [_condition(one) for one in some]
    columns: list[ColumnElement[Any]] = [by.label("whose")]
    cells: list[tuple[Measure, slice, dict[Any, Value]]] = []
    for one, condition in zip(some, conditions, strict=True):
        begin = len(columns)
        columns += _aggregates(one, condition)
        cells.append((one, slice(begin, len(columns)), {}))
    query = query.with_only_columns(*columns, maintain_column_froms=True)
    asked = [one for one in conditions if one is not None]
    if len(asked) == len(conditions):  # no measure counts the other rows
        query = query.where(or_(*asked))
    for row in session.execute(marked(query.group_by(by), *source.marks)):
        plain = tuple(row)
        own = found[int(plain[0])]
        for one, place, made in cells:
            cell = plain[place]
            # Many people have the same: it is made once for all of them.
            value = made.get(cell)
            if value is None:
                value = made[cell] = measures.figure_of(one, cell[0], cell[-1])
            own[one.code] = value


# Our own words; the rows are a parameter.
_ROWS = {
    "sqlite": "SELECT json_extract(value, '$[0]') AS place,"
    " json_extract(value, '$[1]') AS person, json_extract(value, '$[2]') AS first,"
    " json_extract(value, '$[3]') AS after FROM json_each(:rows)",
    "postgresql": "SELECT CAST(value ->> 0 AS bigint) AS place,"
    " CAST(value ->> 1 AS bigint) AS person, CAST(value ->> 2 AS {kind}) AS first,"
    " CAST(value ->> 3 AS {kind}) AS after"
    " FROM json_array_elements(CAST(:rows AS json)) AS given",
}


def _given(
    session: Session, source: Source, stretches: Sequence[Stretch], zone: ZoneInfo
) -> Subquery:
    """Return the stretches as a table: the place of each, whose it is, its bounds."""
    dialect = session.get_bind().dialect
    kind = source.at.type
    keep = kind.dialect_impl(dialect).bind_processor(dialect)
    rows = []
    for place, (person, days) in enumerate(stretches):
        bounds: tuple[Any, Any] = (days.first, days.end)
        if not source.is_dated:
            bounds = days.instants(zone)
        kept = bounds if keep is None else map(keep, bounds)
        rows.append((place, person, *map(str, kept)))
    words = _ROWS[dialect.name].format(kind=kind.compile(dialect))
    given = text(words).bindparams(rows=dumps(rows))
    columns = (column("place", BigInteger), column("person", BigInteger))
    return given.columns(
        *columns, column("first", kind), column("after", kind)
    ).subquery("given_stretches")


def _condition(measure: Measure) -> ColumnElement[bool] | None:
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)
    return measures.condition_of(declared, table, measure.condition)


def _aggregates(
    measure: Measure, condition: ColumnElement[bool] | None
) -> list[ColumnElement[Any]]:
    """Return what is added up, and what it is divided by if anything, of some rows."""
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)

    def of(value: Any) -> Any:
        return value if condition is None else case((condition, value))

    rows = func.count() if condition is None else func.count(of(1))
    if measure.aggregate == "count":
        return [rows]
    if measure.aggregate == "share":
        met = measures.condition_of(declared, table, measure.share_of or "yes")
        one_if_met = case((met, 1), else_=0)  # type: ignore[arg-type]  # a text is given
        return [func.sum(of(one_if_met)), rows]
    column = table.c[declared.field(measure.field or "").column or ""]
    if measure.aggregate == "distinct":
        return [func.count(of(column).distinct())]
    total = func.sum(of(column))
    if measure.aggregate == "average":
        return [total, func.count(of(column))]
    return [total]
