"""The figures of one limit: asked of the database by days, compared with its bounds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    case,
    func,
    null,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked
from models.amid import among
from models.conditions import sql_column, to_sql
from models.limit import Allowance, Limit
from models.register import INSTANT, Declaration
from models.rules import formula as formulas
from models.rules.periods import DateRange, Period, PeriodKind, period_of
from models.rules.wall_clock import at_minute
from models.words import Label

_ONE_DAY = timedelta(days=1)
_NO = Decimal(0)
_KINDS = {one.value: one for one in PeriodKind}  # of which EVER is none


def kind_of(limit: Limit) -> PeriodKind | None:
    """Return the limit's kind of period; None where there is only one, for ever."""
    return None if limit.by is None else _KINDS.get(limit.per)


@dataclass(frozen=True, slots=True)
class Part:
    """What one entry is to a limit: whose, on which day, whether and for how much."""

    of: int | None
    day: date | None
    counts: bool
    amount: Decimal = Decimal(1)

    def is_placed(self, limit: Limit) -> bool:
        """Whether the entry lies in any period of the limit."""
        return self.day is not None or (kind_of(limit) is None and not limit.in_a_row)

    def place(self, limit: Limit) -> tuple[int | None, date | Period | None]:
        """Return whose figure of which period it is part of."""
        kind = kind_of(limit)
        if limit.in_a_row:
            return self.of, self.day
        if kind is None or self.day is None:
            return self.of, None
        return self.of, period_of(kind, self.day)


@dataclass(frozen=True, slots=True)
class Broken:
    """A figure beyond its bound: whose, in which days, how much."""

    limit: Limit
    of: int
    days: DateRange | None
    found: Decimal
    bound: Decimal

    @property
    def label(self) -> Label:
        """The limit's words, with what was found and what is allowed."""
        said, days = self.limit.message, self.days
        least = self.limit.least is not None and self.found < self.bound
        when = _NO_DAYS
        if isinstance(days, Period):
            when = Label(f"{days.label.zh} ", f"{days.label.en}: ")
        elif days is not None:
            text = f"{days.first.isoformat()}–{days.last.isoformat()}"
            when = Label(f"{text} ", f"{text}: ")
        found, bound = plain(self.found), plain(self.bound)
        bounds = Label("至少", "least") if least else Label("最多", "most")
        return Label(
            f"{said.zh}（{when.zh}已达 {found}，{bounds.zh} {bound}）",
            f"{said.en} ({when.en}{found}, at {bounds.en} {bound})",
        )


_NO_DAYS = Label("", "")


def plain(figure: Decimal) -> str:
    """Write a figure without zeros that say nothing."""
    text = f"{figure:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(slots=True)
class _Day:
    """What there is of one person on one day."""

    entries: int = 0  # all, also those that do not count
    counted: int = 0
    amount: Decimal = _NO


@dataclass(slots=True)
class Figures:
    """A limit's figures of some people in some days."""

    limit: Limit
    allowed: Mapping[int, Decimal]  # by whom, where another register says so
    _days: dict[int | None, dict[date | None, _Day]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Day))
    )

    def put(
        self, of: int, day: date | None, entries: int, counted: int, amount: Decimal
    ) -> None:
        """Add what the database has of a day, or of an instant of it."""
        there = self._days[of][day]
        there.entries += entries
        there.counted += counted
        there.amount += amount

    def add(self, part: Part, sign: int = 1) -> None:
        """Add what one row brings, or take it away again."""
        if part.of is None or not part.is_placed(self.limit):
            return
        counted = sign if part.counts else 0
        self.put(part.of, part.day, sign, counted, counted * part.amount)

    def broken(self, part: Part) -> Broken | None:
        """Return the figure that a row is part of, if it is beyond a bound."""
        if part.of is None:
            return None
        if self.limit.in_a_row:
            return self._row(part.of, part.day)
        days = self._days.get(part.of, {})
        _, period = part.place(self.limit)
        if isinstance(period, Period):
            days = {day: one for day, one in days.items() if day and day in period}
        total = sum((one.amount for one in days.values()), _NO)
        most = self._most(part.of)
        within = period if isinstance(period, Period) else None
        if most is not None and total > most:
            return Broken(self.limit, part.of, within, total, most)
        least = self.limit.least
        if least is None or within is None or total >= least:
            return None
        filled = sum(1 for one in days.values() if one.entries > 0)
        if filled < (within.end - within.first).days:
            return None
        return Broken(self.limit, part.of, within, total, least)

    def left(self, of: int) -> tuple[Decimal, Decimal]:
        """Return what somebody may use up for ever, and how much is used."""
        days = self._days.get(of, {})
        used = sum((one.amount for one in days.values()), _NO)
        return self._most(of) or _NO, used

    def _most(self, of: int) -> Decimal | None:
        if self.limit.within is not None:
            return self.allowed.get(of, _NO)
        return self.limit.most

    def _row(self, of: int, day: date | None) -> Broken | None:
        """Return the days in a row around one, if they are too many."""
        days, most = self._days.get(of, {}), self.limit.most
        if day is None or most is None or not _is_there(days, day):
            return None
        first, end = day, day + _ONE_DAY
        while _is_there(days, first - _ONE_DAY):
            first -= _ONE_DAY
        while _is_there(days, end):
            end += _ONE_DAY
        found = Decimal((end - first).days)
        if found <= most:
            return None
        return Broken(self.limit, of, DateRange(first, end), found, most)


def _is_there(days: Mapping[date | None, _Day], day: date) -> bool:
    return day in days and days[day].counted > 0


def figures_of(
    session: Session,
    declared: Declaration,
    limit: Limit,
    parts: Sequence[Part],
    zone: ZoneInfo,
    *,
    without: Sequence[int] = (),
) -> Figures:
    """Return the figures that some parts belong to, by one statement.

    Args:
        session: Any session; checks no right, since a limit is of all entries.
        declared: The limit's register.
        limit: One of its limits.
        parts: Whose figures, of which days.
        zone: In which an instant is of a day.
        without: Entries left out, since their new values are added by the caller.
    """
    of = sorted({one.of for one in parts if one.of is not None})
    figures = Figures(limit, _allowed(session, limit.within, of))
    table = catalogue.current().table(declared.code)
    query = select(*_columns(declared, table, limit)).where(
        table.c.binned_at.is_(None),
        among(_column(declared, table, limit.of), of),
        *_within(declared, table, limit, parts, zone),
    )
    if without:
        query = query.where(~among(table.c.id, without))
    if limit.when and limit.least is None:
        query = query.where(_condition(declared, table, limit.when))
    grouped = [_column(declared, table, limit.of)]
    if limit.by is not None:
        grouped.append(_column(declared, table, limit.by))
    step = _step(declared, limit.sum)
    found = session.execute(marked(query.group_by(*grouped), declared.code))
    for one, at, entries, counted, total in found:
        day = at.astimezone(zone).date() if hasattr(at, "astimezone") else at
        figures.put(one, day, entries, int(counted or 0), _exact(total, step))
    return figures


def _columns(
    declared: Declaration, table: Table, limit: Limit
) -> list[ColumnElement[Any]]:
    """Return whose, which day, all entries, those that count, what they add up to."""
    by: ColumnElement[Any] = (
        null() if limit.by is None else _column(declared, table, limit.by)
    )
    figure: Any = 1
    if limit.sum is not None:
        figure = type_coerce(_column(declared, table, limit.sum), BigInteger)
    counted: ColumnElement[Any] = func.count()
    total = func.sum(figure) if limit.sum is not None else func.count()
    if limit.when and limit.least is not None:
        met = _condition(declared, table, limit.when)
        counted = func.sum(case((met, 1), else_=0))
        total = func.sum(case((met, figure), else_=0))
    return [_column(declared, table, limit.of), by, func.count(), counted, total]


def _within(
    declared: Declaration,
    table: Table,
    limit: Limit,
    parts: Sequence[Part],
    zone: ZoneInfo,
) -> list[ColumnElement[bool]]:
    """Return the condition that an entry lies in the days that are looked at."""
    days = [one.day for one in parts if one.day is not None]
    kind = kind_of(limit)
    if limit.by is None or not days or (kind is None and not limit.in_a_row):
        return []
    first, end = min(days), max(days) + _ONE_DAY
    if limit.in_a_row:
        # A longer row than twice what is allowed is told as if it ended there.
        beside = timedelta(days=2 * int(limit.most or 0) + 1)
        first, end = first - beside, end + beside
    elif kind is not None:
        first, end = period_of(kind, first).first, period_of(kind, max(days)).end
    column = _column(declared, table, limit.by)
    if declared.field(limit.by).type is INSTANT:
        return [column >= at_minute(first, 0, zone), column < at_minute(end, 0, zone)]
    return [column >= first, column < end]


def _allowed(
    session: Session, within: Allowance | None, of: Sequence[int]
) -> dict[int, Decimal]:
    """Return what each one may use up."""
    if within is None:
        return {}
    known = catalogue.current()
    declared, table = known[within.register], known.table(within.register)
    whom = _column(declared, table, within.of)
    figure = type_coerce(_column(declared, table, within.sum), BigInteger)
    query = select(whom, func.sum(figure)).where(
        table.c.binned_at.is_(None), among(whom, of)
    )
    if within.when:
        query = query.where(_condition(declared, table, within.when))
    step = _step(declared, within.sum)
    found = session.execute(marked(query.group_by(whom), declared.code))
    return {one: _exact(total, step) for one, total in found}


def _condition(declared: Declaration, table: Table, text: str) -> ColumnElement[bool]:
    return to_sql(
        formulas.parse(text),
        lambda name: sql_column(declared.field(name), _column(declared, table, name)),
    )


def _column(declared: Declaration, table: Table, name: str) -> ColumnElement[Any]:
    return table.c[declared.field(name).column or name]


def _step(declared: Declaration, name: str | None) -> Fraction:
    if name is None:
        return Fraction(1)
    table = catalogue.current().table(declared.code)
    return sql_column(declared.field(name), _column(declared, table, name)).step


def _exact(total: Any, step: Fraction) -> Decimal:
    """Return a sum of whole steps as formulas see the figure."""
    whole = int(total or 0) * step.numerator
    return Decimal(whole) / Decimal(step.denominator)
