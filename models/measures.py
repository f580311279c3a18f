"""Measures: a number taken from a register for each person over a period.

The same measure feeds pay, duties, appraisals and charts. One statement gives it for
all people of a period; the rows behind one person's figure are the same statement
without its grouping.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    ColumnElement,
    FromClause,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    case,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import access, catalogue, measure_splits
from models.access import Action, Person, marked
from models.clock_table import Clock
from models.column_types import BigId
from models.conditions import SqlColumn, sql_column, to_sql
from models.database import Base
from models.entries import load
from models.preparing import Row
from models.register import DATE, INSTANT, Declaration
from models.rules import formula as formulas
from models.rules.formula import UNITS, Unit, Value
from models.rules.formula_units import EXACT
from models.rules.periods import DateRange
from models.words import Label, PersonError

AGGREGATES = ("count", "sum", "average", "daily", "share", "distinct")
WHOSE = ("person", "superior")
NEED_FIELD = ("sum", "average", "daily", "distinct")
ADDED_UP = ("sum", "average", "daily")  # a field's values, which may be weighed


class MeasureError(PersonError):
    """A measure that cannot be taken, or is not known."""


class Measure(Base):
    """What is counted, over which rows, for whom, by which day.

    `share` is the part of the rows for which `share_of` holds too; `daily` is the sum
    over the days of the period, those without a row as well, as balances are averaged.
    With `weight` each row counts its field times another one. With `split` a row counts
    for several people by their shares (measure_splits.py). With `target` the rows are
    those whose clock of that time limit has the verdict `verdict`, dated by its due
    instant and counted for the clock's holder.
    """

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    register: Mapped[str] = mapped_column(String(41))
    aggregate: Mapped[str] = mapped_column(String(12))
    field: Mapped[str | None] = mapped_column(String(41))
    weight: Mapped[str | None] = mapped_column(String(41))
    condition: Mapped[str | None] = mapped_column(Text)
    share_of: Mapped[str | None] = mapped_column(Text)
    date_field: Mapped[str | None] = mapped_column(String(41))
    person_field: Mapped[str | None] = mapped_column(String(41))
    whose: Mapped[str] = mapped_column(String(12), default="person")
    split: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    target: Mapped[str | None] = mapped_column(String(60))
    verdict: Mapped[str | None] = mapped_column(String(8))  # late, met, excused or any
    unit: Mapped[str] = mapped_column(String(20), default="number")
    clause: Mapped[str] = mapped_column(Text, default="")

    @property
    def label(self) -> Label:
        """What people call it."""
        return Label(self.name_zh, self.name_en)

    @property
    def is_plain(self) -> bool:
        """Whether a row counts as a whole, by itself and whatever the period."""
        return not (self.weight or self.split or self.aggregate == "daily")

    @property
    def formula_unit(self) -> Unit:
        """The unit in which formulas read it."""
        return UNITS[self.unit]


@dataclass(frozen=True, slots=True)
class Source:
    """A measure's statement before it is grouped or listed."""

    rows: Select[Any]
    person: ColumnElement[Any]
    at: ColumnElement[Any]  # the moment or day that dates a row
    is_dated: bool  # by a day, not a moment
    marks: tuple[str, ...]
    weight: ColumnElement[Any] | None = None  # what a row's value is multiplied by
    share: ColumnElement[Any] | None = None  # in per cent; NULL: the whole of it


def by_code(session: Session, codes: Sequence[str]) -> dict[str, Measure]:
    """Return measures by code; MeasureError names what is not there."""
    found = {
        one.code: one
        for one in session.scalars(select(Measure).where(Measure.code.in_(codes)))
    }
    for code in codes:
        if code not in found:
            raise MeasureError(
                "没有考核指标“{code}”，请先建立或改正名称。",
                "There is no measure “{code}”. Make it first, or mend the name.",
                code=code,
            )
    return found


def figures(
    session: Session,
    measure: Measure,
    period: DateRange,
    zone: ZoneInfo,
    viewer: Person = access.SYSTEM,
) -> dict[int, Value]:
    """Return each person's figure of a period by one statement.

    People without rows are not in it: `nothing` is what they have. With a viewer only
    the rows count that this one may list.
    """
    source = source_of(measure, period, zone, viewer)
    by = [one for one in (source.weight, source.share) if one is not None]
    columns = [source.person.label("person"), *_aggregates(measure), *by]
    grouped = source.rows.with_only_columns(*columns, maintain_column_froms=True)
    grouped = grouped.where(source.person.is_not(None)).group_by(source.person, *by)
    found = session.execute(marked(grouped, *source.marks)).all()
    days = (period.end - period.first).days
    if not by:
        return {int(row[0]): figure_of(measure, row[1], row[2], days) for row in found}
    # Multiplied here, once for each weight there is: exact, and no sum overflows.
    added: dict[int, tuple[Decimal, Decimal]] = {}
    for who, total, count, *factors in found:
        times = _times(source, factors)
        sums, counts = added.get(int(who), (Decimal(0), Decimal(0)))
        value = EXACT.multiply(_number(total), times)
        weighed = EXACT.multiply(Decimal(count), times)
        added[int(who)] = EXACT.add(sums, value), EXACT.add(counts, weighed)
    return {who: figure_of(measure, *both, days) for who, both in added.items()}


def _times(source: Source, factors: Sequence[Any]) -> Decimal:
    """Return what the rows of a group are multiplied by: their weight, their share."""
    found, left = Decimal(1), list(factors)
    if source.weight is not None:
        found = _number(left.pop(0))
    if source.share is not None and left[0] is not None:
        found = EXACT.divide(EXACT.multiply(found, Decimal(left[0])), Decimal(100))
    return found


def _number(raw: Any) -> Decimal:
    """Return a total or a weight as a figure; formulas see a length as hours."""
    if isinstance(raw, timedelta):
        return Decimal(raw // timedelta(seconds=1)) / Decimal(3600)
    return Decimal(raw or 0)


def nothing(measure: Measure) -> Value:
    """Return the figure of somebody without rows: zero, or empty for a share."""
    if measure.aggregate in ("average", "share"):
        return Value(None, measure.formula_unit)
    return Value(Decimal(0), measure.formula_unit)


def rows_behind(
    session: Session,
    measure: Measure,
    period: DateRange,
    zone: ZoneInfo,
    staff_id: int,
    viewer: Person,
    limit: int = 500,
) -> list[Row]:
    """Return the rows behind one person's figure that the viewer may see."""
    source = source_of(measure, period, zone, viewer)
    table = catalogue.current().table(measure.register)
    query = source.rows.where(source.person == staff_id).order_by(table.c.id)
    declared = catalogue.current()[measure.register]
    narrowed = query.with_only_columns(*table.c, maintain_column_froms=True)
    return load(session, declared, marked(narrowed.limit(limit), *source.marks))


def ids_behind(
    measure: Measure,
    period: DateRange,
    zone: ZoneInfo,
    staff_id: int,
    viewer: Person,
) -> tuple[Select[tuple[int]], tuple[str, ...]]:
    """Return the select of the ids of those rows, and the registers that it reads."""
    source = source_of(measure, period, zone, viewer)
    table = catalogue.current().table(measure.register)
    query = source.rows.where(source.person == staff_id)
    ids = query.with_only_columns(table.c.id, maintain_column_froms=True)
    return ids.correlate(None), source.marks


def source_of(
    measure: Measure, period: DateRange, zone: ZoneInfo, viewer: Person
) -> Source:
    """Return the rows of a period that a measure is taken of, as far as one sees."""
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)
    query = access.visible(viewer, measure.register, Action.LIST)
    marks = [measure.register]
    if measure.target is not None:
        query, person = _of_clocks(measure, query, table, period, zone)
        at: ColumnElement[Any] = Clock.__table__.c.due_at
        is_dated = False
    else:
        at = table.c[_column(declared, measure.date_field)]
        is_dated = declared.field(measure.date_field or "").type is DATE
        bounds = _bounds(declared, measure.date_field or "", period, zone)
        query = query.where(at >= bounds[0], at < bounds[1])
        person = table.c[_column(declared, measure.person_field)]
    condition = condition_of(declared, table, measure.condition)
    if condition is not None:
        query = query.where(condition)
    share: ColumnElement[Any] | None = None
    if measure.split is not None:
        query, person, share = _shared(measure, query, table, person, at)
        split = measure_splits.read(measure.split)
        marks += [split.register, measure_splits.shared_register(split, declared)]
    if measure.whose == "superior":
        staff = known.table("staff").alias("whose")
        query = query.join(staff, staff.c.id == person)
        person = staff.c.superior_id
        marks.append("staff")
    weight = None
    if measure.weight is not None:
        weight = table.c[_column(declared, measure.weight)]
        query = query.where(weight.is_not(None))
    return Source(query, person, at, is_dated, tuple(marks), weight, share)


def _shared(
    measure: Measure,
    query: Select[Any],
    table: Table,
    person: ColumnElement[Any],
    day: ColumnElement[Any],
) -> tuple[Select[Any], ColumnElement[Any], ColumnElement[Any]]:
    """Join the shares in a measure's rows; without any a row is its own person's."""
    known, split = catalogue.current(), measure_splits.read(measure.split or {})
    counted, declared = known[measure.register], known[split.register]
    whole = table.c[_column(counted, split.via)] if split.via else table.c.id
    parts = measure_splits.parts_of(split)
    condition = condition_of(declared, parts, split.condition)
    agreed: ColumnElement[bool] | None = None
    if split.whole_when is not None:
        code = measure_splits.shared_register(split, counted)
        wholes = known.table(code).alias("wholes")
        held = condition_of(known[code], wholes, split.whole_when)
        agreed = whole.in_(select(wholes.c.id).where(held))  # type: ignore[arg-type]  # a text is given
    found = measure_splits.shared(split, parts, query, whole, day, condition, agreed)
    return found.rows, func.coalesce(found.person, person), found.share


def _of_clocks(
    measure: Measure,
    query: Select[Any],
    table: Table,
    period: DateRange,
    zone: ZoneInfo,
) -> tuple[Select[Any], ColumnElement[Any]]:
    """Join the clocks of a target; a breach that was excused counts as excused only."""
    first, after = period.instants(zone)
    query = query.join(
        Clock.__table__,
        and_(Clock.register == measure.register, Clock.entry_id == table.c.id),
    ).where(
        Clock.target_code == measure.target,
        Clock.voided_at.is_(None),
        Clock.due_at >= first,
        Clock.due_at < after,
    )
    if measure.verdict == "excused":
        return query.where(Clock.excused_at.is_not(None)), Clock.__table__.c.holder_id
    query = query.where(Clock.excused_at.is_(None))
    if measure.verdict == "late":
        query = query.where(Clock.breached_at.is_not(None))
    elif measure.verdict == "met":
        query = query.where(Clock.breached_at.is_(None), Clock.met_at.is_not(None))
    return query, Clock.__table__.c.holder_id


def _bounds(
    declared: Declaration, name: str, period: DateRange, zone: ZoneInfo
) -> tuple[Any, Any]:
    if declared.field(name).type is INSTANT:
        return period.instants(zone)
    return period.first, period.end


def _column(declared: Declaration, name: str | None) -> str:
    column = declared.field(name or "").column
    if column is None:
        raise ValueError(f"{declared.code}.{name} has no column")
    return column


def condition_of(
    declared: Declaration, table: FromClause, text: str | None
) -> ColumnElement[bool] | None:
    """Return a condition as the database is asked; None where there is none."""
    if not text:
        return None

    def lookup(name: str) -> SqlColumn:
        one = declared.field(name)
        return sql_column(one, table.c[_column(declared, name)])

    return to_sql(formulas.parse(text), lookup)


def _aggregates(measure: Measure) -> list[ColumnElement[Any]]:
    """Return two columns: what is added up, and the number it may be divided by.

    Averages and shares are divided in Python: both databases then agree exactly.
    """
    known = catalogue.current()
    declared, table = known[measure.register], known.table(measure.register)
    if measure.aggregate == "count":
        return [func.count(), func.count()]
    if measure.aggregate == "share":
        met = condition_of(declared, table, measure.share_of or "yes")
        return [func.sum(case((met, 1), else_=0)), func.count()]  # type: ignore[arg-type]  # a text is given
    column = table.c[_column(declared, measure.field)]
    if measure.aggregate == "distinct":
        return [func.count(column.distinct()), func.count()]
    return [func.sum(column), func.count(column)]


def figure_of(
    measure: Measure, total: Any, count: Decimal | int, days: int = 1
) -> Value:
    """Return the figure that a total, and what it is divided by, come to."""
    content: Decimal | None = _number(total)
    if measure.aggregate == "daily":
        content = EXACT.divide(_number(total), Decimal(days))
    elif measure.aggregate in ("average", "share"):
        content = EXACT.divide(_number(total), Decimal(count)) if count else None
    return Value(content, measure.formula_unit)


def for_people(
    session: Session,
    measures: Mapping[str, Measure],
    period: DateRange,
    zone: ZoneInfo,
    people: Sequence[int],
) -> dict[int, dict[str, Value]]:
    """Return {person: {measure's code: figure}}, one statement a measure."""
    result: dict[int, dict[str, Value]] = {person: {} for person in people}
    for code, measure in measures.items():
        found = figures(session, measure, period, zone)
        empty = nothing(measure)
        for person in people:
            result[person][code] = found.get(person, empty)
    return result
