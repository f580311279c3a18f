"""How promises were kept: by person, department, register, target or month.

Every figure counts only clocks on entries that the person may list. A clock belongs to
the day of its due instant, in the zone. Breaches that were excused are told by
themselves and count in no share, mean or percentile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    case,
    func,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from models import clock_lists
from models.access import Action, Person, marked
from models.clock_table import Clock
from models.rules.periods import DateRange
from models.rules.wall_clock import at_time

MOST = (9, 10)
"""The part of the clocks that a percentile is of."""


class By(StrEnum):
    """What the lines of a board are."""

    TARGET = "target"
    PERSON = "person"
    DEPARTMENT = "department"
    REGISTER = "register"
    MONTH = "month"


class Verdict(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    BROKEN = "broken"
    EXCUSED = "excused"
    RUNNING = "running"
    # Not one of them, but two together: every breach, whether it was excused or not.
    BREACHED = "breached"


VERDICTS = (Verdict.KEPT, Verdict.BROKEN, Verdict.EXCUSED, Verdict.RUNNING)
"""What a promise can have come to, each of them one of these."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which clocks a board is about; None: all."""

    days: DateRange
    register: str | None = None
    target: str | None = None
    holder_id: int | None = None
    department_id: int | None = None
    verdict: Verdict | None = None

    def criteria(self, zone: ZoneInfo) -> list[ColumnElement[bool]]:
        """Return the conditions on clocks; days are days of the zone."""
        first, after = self.days.instants(zone)
        asked = {
            Clock.register: self.register,
            Clock.target_code: self.target,
            Clock.holder_id: self.holder_id,
            Clock.department_id: self.department_id,
        }
        return [
            Clock.voided_at.is_(None),
            Clock.due_at >= first,
            Clock.due_at < after,
            *(column == value for column, value in asked.items() if value is not None),
            *([] if self.verdict is None else [_judged(Clock)[self.verdict]]),
        ]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some promises. Lengths of time are elapsed ones."""

    key: Any  # a code, an id, the first day of a month; None: of nobody
    kept: int  # done in time
    broken: int  # late or not done at all, and not excused
    excused: int
    running: int  # neither yet
    mean: timedelta | None  # from start to done
    most: timedelta | None  # in which nine of ten were done
    late_by: timedelta | None  # the mean of what was done late

    @property
    def judged(self) -> int:
        """What the share is taken of."""
        return self.kept + self.broken

    @property
    def all(self) -> int:
        """Every promise of the line."""
        return self.judged + self.excused + self.running


def tallies(
    session: Session, person: Person, by: By, wanted: Narrowed, zone: ZoneInfo
) -> list[Tally]:
    """Return a line for each key that has clocks, in the order of the keys."""
    clocks = _clocks(session, person, wanted, zone)
    if clocks is None:
        return []
    months = _months(wanted.days)
    key = _key(clocks, by, months, zone).label("key")
    counted = select(key, *_counts(clocks)).group_by(key)
    found = session.execute(marked(counted, *_registers(session, wanted))).all()
    most = _most(session, clocks, key, _registers(session, wanted))
    lines = [
        Tally(
            _named(by, one.key, months),
            int(one.kept),
            int(one.broken),
            int(one.excused),
            int(one.running),
            _mean(one.taken, one.done),
            _span(most.get(one.key)),
            _mean(one.late, one.done_late),
        )
        for one in found
    ]
    return sorted(lines, key=lambda one: (one.key is None, one.key))


@dataclass(frozen=True, slots=True)
class Kept:
    """How many promises were kept, and how many broken and not excused."""

    kept: int = 0
    broken: int = 0

    @property
    def share(self) -> Decimal | None:
        """The part that was kept, in per cent; None of nothing."""
        judged = self.kept + self.broken
        return Decimal(100 * self.kept) / judged if judged else None


def kept(
    session: Session,
    person: Person,
    wanted: Narrowed,
    zone: ZoneInfo,
    targets: Sequence[str],
    action: Action = Action.LIST,
) -> dict[tuple[str, date], Kept]:
    """Return what became of some targets' promises, by target and month."""
    clocks = _clocks(session, person, wanted, zone, action)
    if clocks is None:
        return {}
    months, judged = _months(wanted.days), _judged(clocks.c)
    month = _key(clocks, By.MONTH, months, zone).label("month")
    query = (
        select(
            clocks.c.target_code,
            month,
            _sum(judged[Verdict.KEPT], 1),
            _sum(judged[Verdict.BROKEN], 1),
        )
        .where(clocks.c.target_code.in_(targets))
        .group_by(clocks.c.target_code, month)
    )
    return {
        (code, months[int(place)]): Kept(int(kept_), int(broken))
        for code, place, kept_, broken in session.execute(
            marked(query, *_registers(session, wanted))
        )
    }


def total(lines: Sequence[Tally]) -> Tally:
    """Return the sums of the counts; times of several lines are not to be had."""
    return Tally(
        None,
        kept=sum(one.kept for one in lines),
        broken=sum(one.broken for one in lines),
        excused=sum(one.excused for one in lines),
        running=sum(one.running for one in lines),
        mean=None,
        most=None,
        late_by=None,
    )


def _registers(session: Session, wanted: Narrowed) -> list[str]:
    only = None if wanted.register is None else [wanted.register]
    return list(clock_lists.registers_with_targets(session, only))


def _clocks(
    session: Session,
    person: Person,
    wanted: Narrowed,
    zone: ZoneInfo,
    action: Action = Action.LIST,
) -> CTE | None:
    """Return the clocks of all registers that are asked for; None without any."""
    columns = (
        Clock.register,
        Clock.target_code,
        Clock.holder_id,
        Clock.department_id,
        Clock.due_at,
        Clock.met_at,
        Clock.breached_at,
        Clock.excused_at,
        _Seconds(Clock.started_at, Clock.met_at).label("taken"),
        _Seconds(Clock.due_at, Clock.met_at).label("over"),
    )
    parts = [
        clock_lists.seen(select(*columns), person, register, action).where(
            *wanted.criteria(zone)
        )
        for register in _registers(session, wanted)
    ]
    return union_all(*parts).cte("clocks") if parts else None


def _judged(of: Any) -> dict[Verdict, ColumnElement[bool]]:
    """Return what makes each verdict, over the columns of clocks."""
    met, broken = of.met_at.is_not(None), of.breached_at.is_not(None)
    excused = of.excused_at.is_not(None)
    return {
        Verdict.KEPT: met & ~broken,
        Verdict.BROKEN: broken & ~excused,
        Verdict.EXCUSED: broken & excused,
        Verdict.RUNNING: ~met & ~broken,
        Verdict.BREACHED: broken,
    }


def _counts(clocks: CTE) -> list[ColumnElement[Any]]:
    of, judged = clocks.c, _judged(clocks.c)
    met = of.met_at.is_not(None)
    done, late = met & ~judged[Verdict.EXCUSED], met & judged[Verdict.BROKEN]
    return [
        *(_sum(judged[one], 1).label(one.value) for one in VERDICTS),
        _sum(done, 1).label("done"),
        _sum(done, of.taken).label("taken"),
        _sum(late, 1).label("done_late"),
        _sum(late, of.over).label("late"),
    ]


def _sum(where: ColumnElement[bool], value: Any) -> ColumnElement[Any]:
    return func.sum(case((where, value), else_=0))


def _most(
    session: Session, clocks: CTE, key: ColumnElement[Any], registers: Sequence[str]
) -> dict[Any, int]:
    """Return {key: the seconds in which nine of ten were done}, by nearest rank."""
    of = clocks.c
    counts = of.met_at.is_not(None) & ~_judged(of)[Verdict.EXCUSED]
    ranked = (
        select(
            key,
            of.taken,
            func.row_number().over(partition_by=key, order_by=of.taken).label("place"),
            func.count().over(partition_by=key).label("many"),
        )
        .where(counts)
        .cte("ranked")
    )
    part, of_all = MOST
    reached = ranked.c.place * of_all >= ranked.c.many * part
    query = select(ranked.c.key, func.min(ranked.c.taken)).where(reached)
    query = query.group_by(ranked.c.key)
    return {
        one: int(taken) for one, taken in session.execute(marked(query, *registers))
    }


def _key(
    clocks: CTE, by: By, months: Sequence[date], zone: ZoneInfo
) -> ColumnElement[Any]:
    if by is By.MONTH:
        # The month's place, so that no database must know zones.
        ends = [at_time(one, time(), zone) for one in months[1:]]
        places = [(clocks.c.due_at < end, place) for place, end in enumerate(ends)]
        last = len(months) - 1
        return case(*places, else_=last) if places else func.coalesce(last)
    return {
        By.TARGET: clocks.c.target_code,
        By.PERSON: clocks.c.holder_id,
        By.DEPARTMENT: clocks.c.department_id,
        By.REGISTER: clocks.c.register,
    }[by]


def _named(by: By, key: Any, months: Sequence[date]) -> Any:
    return months[int(key)] if by is By.MONTH else key


def _months(days: DateRange) -> list[date]:
    """Return the first days of the months that some days touch."""
    first = days.first.replace(day=1)
    found = [first]
    while (first := (first + timedelta(days=31)).replace(day=1)) < days.end:
        found.append(first)
    return found


def _mean(total: Any, count: Any) -> timedelta | None:
    return timedelta(seconds=round(int(total) / int(count))) if count else None


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


class _Seconds(FunctionElement[int]):
    """Whole seconds from one instant to another; NULL where either is."""

    type = BigInteger()
    inherit_cache = True


@compiles(_Seconds, "sqlite")
def _of_sqlite(element: _Seconds, compiler: Any, **options: Any) -> str:
    begin, end = (compiler.process(one, **options) for one in element.clauses)
    return f"(strftime('%s', {end}) - strftime('%s', {begin}))"


@compiles(_Seconds, "postgresql")
def _of_postgres(element: _Seconds, compiler: Any, **options: Any) -> str:
    begin, end = (compiler.process(one, **options) for one in element.clauses)
    seconds = "CAST(floor(EXTRACT(epoch FROM {})) AS bigint)"
    return f"({seconds.format(end)} - {seconds.format(begin)})"
