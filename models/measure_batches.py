"""Many measures in few statements: those over the same rows are taken together.

Measures of one register that are dated and counted for the same people differ only in
their conditions and in what they add up; one pass over the period's rows serves all.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, or_
from sqlalchemy.orm import Session

from models import access, catalogue, measures
from models.access import marked
from models.amid import among
from models.measures import Measure, Source
from models.rules.formula import Value
from models.rules.periods import DateRange

Figures = dict[int, dict[str, Value]]
# What two measures must have in common to be taken of the same rows.
_SHARED = ("register", "date_field", "person_field", "whose", "target", "verdict")


def taken(
    session: Session,
    wanted: Mapping[str, Measure],
    period: DateRange,
    zone: ZoneInfo,
    people: Collection[int] | None = None,
) -> Figures:
    """Return {person: {measure's code: figure}} of those who have rows at all.

    The same figures as `measures.figures` gives one by one.

    Args:
        session: Any session; reading is enough.
        wanted: The measures by code.
        period: The days of which rows count.
        zone: Where those days begin and end.
        people: Only they; None is everybody.
    """
    found: Figures = defaultdict(dict)
    together: dict[tuple[str | None, ...], list[Measure]] = defaultdict(list)
    for measure in wanted.values():
        if measure.is_plain:
            key = tuple(getattr(measure, name) for name in _SHARED)
            together[key].append(measure)
            continue
        for person, value in measures.figures(session, measure, period, zone).items():
            found[person][measure.code] = value
    for some in together.values():
        _take(session, some, period, zone, people, found)
    return found


def _take(
    session: Session,
    some: Sequence[Measure],
    period: DateRange,
    zone: ZoneInfo,
    people: Collection[int] | None,
    found: Figures,
) -> None:
    """Take the measures of the same rows by one statement."""
    rows = Measure(**{name: getattr(some[0], name) for name in _SHARED})
    source = measures.source_of(rows, period, zone, access.SYSTEM)
    conditions = [_condition(one) for one in some]
    columns: list[ColumnElement[Any]] = [source.person.label("person")]
    for one, condition in zip(some, conditions, strict=True):
        columns += _aggregates(one, condition)
    query = source.rows.with_only_columns(*columns, maintain_column_froms=True)
    asked = [one for one in conditions if one is not None]
    if len(asked) == len(conditions):  # no measure counts the other rows
        query = query.where(or_(*asked))
    query = query.where(_among(source, people)).group_by(source.person)
    for who, *cells in session.execute(marked(query, *source.marks)):
        own = found[int(who)]
        for place, one in enumerate(some):
            total, count = cells[2 * place : 2 * place + 2]
            own[one.code] = measures.figure_of(one, total, count)


def _among(source: Source, people: Collection[int] | None) -> ColumnElement[bool]:
    if people is None:
        return source.person.is_not(None)
    return among(source.person, people)


def _condition(measure: Measure) -> ColumnElement[bool] | None:
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)
    return measures.condition_of(declared, table, measure.condition)


def _aggregates(
    measure: Measure, condition: ColumnElement[bool] | None
) -> list[ColumnElement[Any]]:
    """Return what is added up and the number it may be divided by, of some rows."""
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)

    def of(value: Any) -> Any:
        return value if condition is None else case((condition, value))

    rows = func.count() if condition is None else func.count(of(1))
    if measure.aggregate == "count":
        return [rows, rows]
    if measure.aggregate == "share":
        met = measures.condition_of(declared, table, measure.share_of or "yes")
        one_if_met = case((met, 1), else_=0)  # type: ignore[arg-type]  # a text is given
        return [func.sum(of(one_if_met)), rows]
    column = table.c[declared.field(measure.field or "").column or ""]
    if measure.aggregate == "distinct":
        return [func.count(of(column).distinct()), rows]
    return [func.sum(of(column)), func.count(of(column))]
