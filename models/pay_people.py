"""Who is paid in a period: on which days by which scheme.

Of several schemes that fit a person the nearest counts: one that names the person
before one for the grade, that before one for the post, that before one for the
department and what is below it, the nearest upwards, that before one for all.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, references
from models.entries import load
from models.pay_inputs import STAFF, STAFF_REGISTER
from models.pay_stretches import History, histories
from models.pay_tables import PayScheme
from models.preparing import Row
from models.rules.periods import DateRange, Period, PeriodKind
from models.scopes import Departments

_ONE_DAY = timedelta(days=1)
_NO_CHANGES = History()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which one scheme pays a person, with what held of them."""

    days: DateRange
    staff: Row
    scheme: PayScheme


@dataclass(frozen=True, slots=True)
class Payee:
    """A person to be paid: what held of them last, and each stretch of the period."""

    staff: Row
    scheme: PayScheme
    post: str
    stretches: tuple[Stretch, ...]


def schemes_at(session: Session, span: DateRange) -> list[PayScheme]:
    """Return the schemes as they are kept that may pay on a day of a period.

    Those of quarters pay in quarters only, all others in months.
    """
    query = select(PayScheme).where(PayScheme.starts_on < span.end)
    kept = session.scalars(query.where(PayScheme.every == every_of(span)))
    return counting(kept, span.first)


def counting(schemes: Iterable[PayScheme], first: date) -> list[PayScheme]:
    """Return the versions that count on some day from the first one on.

    Of those that have begun by then only the last of each scheme does.
    """
    by_day: dict[tuple[str, int | None], dict[date, PayScheme]] = {}
    for one in sorted(schemes, key=lambda one: (one.starts_on, one.version)):
        begins = max(one.starts_on, first)
        by_day.setdefault((one.code, one.department_id), {})[begins] = one
    return [
        one
        for versions in by_day.values()
        for one in versions.values()
        if one.ends_on is None or one.ends_on >= first
    ]


def every_of(span: DateRange) -> str:
    """Return how often the schemes pay that are reckoned in a period of this kind."""
    is_period = isinstance(span, Period) and span.kind is PeriodKind.QUARTER
    return (PeriodKind.QUARTER if is_period else PeriodKind.MONTH).value


def payees(
    session: Session,
    span: DateRange,
    scope: int = 0,
    schemes: Sequence[PayScheme] | None = None,
) -> list[Payee]:
    """Return who is employed in the period and has a scheme, by staff number.

    Args:
        session: Any session; reading is enough.
        span: The period.
        scope: A department and what is below it; 0 is the company.
        schemes: To be looked among, in place of those kept.
    """
    if schemes is None:
        schemes = schemes_at(session, span)
    departments = Departments(session)
    choice = SchemeChoice(schemes, departments)
    staff = _employed(session, span)
    changes = histories(session)
    posts = references.labels(
        session, "post", {row["post"] for row in staff if row["post"]}
    )
    found = []
    for row in staff:
        history = changes.get(row["id"], _NO_CHANGES)
        stretches = tuple(_stretches(row, history, span, choice))
        if not stretches:
            continue
        last = stretches[-1]
        above = departments.upwards(last.staff["department"])
        if not scope or scope in set(above):
            post = posts.get(last.staff["post"], "")
            found.append(Payee(last.staff, last.scheme, post, stretches))
    return found


@dataclass(slots=True)
class SchemeChoice:
    """Finds the scheme that pays a person on a day."""

    schemes: Sequence[PayScheme]
    departments: Departments
    _found: dict[tuple[object, ...], PayScheme | None] = field(
        init=False, default_factory=dict
    )
    _named: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        """Gather who is named, since everybody else is alike by post and place."""
        self._named = frozenset(
            one for each in self.schemes for one in each.people or ()
        )

    def days_within(self, first: date, last: date) -> Iterator[date]:
        """Yield the days after the first on which a version begins or one has ended."""
        for one in self.schemes:
            after = None if one.ends_on is None else one.ends_on + _ONE_DAY
            for day in (one.starts_on, after):
                if day is not None and first < day <= last:
                    yield day

    def on(self, day: date, staff: Row) -> PayScheme | None:
        """Return the scheme that is nearest to a person on a day."""
        person = staff["id"] if staff["id"] in self._named else None
        key = (day, person, staff["department"], staff["post"], staff.get("grade"))
        if key not in self._found:
            self._found[key] = self._nearest(day, staff)
        return self._found[key]

    def _nearest(self, day: date, staff: Row) -> PayScheme | None:
        upwards = list(self.departments.upwards(staff["department"]))
        ranked = [
            (rank, one.starts_on, one.version, one.code, one)
            for one in _in_force(self.schemes, day)
            if (rank := _rank(one, staff, upwards)) is not None
        ]
        return max(ranked, key=lambda one: one[:4])[4] if ranked else None


def _in_force(schemes: Sequence[PayScheme], day: date) -> list[PayScheme]:
    """Return of each scheme the version that counts on a day, if it has not ended."""
    newest: dict[tuple[str, int | None], PayScheme] = {}
    begun = (one for one in schemes if one.starts_on <= day)
    for one in sorted(begun, key=lambda one: (one.starts_on, one.version)):
        newest[one.code, one.department_id] = one
    return [one for one in newest.values() if one.ends_on is None or day <= one.ends_on]


def _rank(
    scheme: PayScheme, staff: Row, upwards: Sequence[int]
) -> tuple[bool, bool, bool, int] | None:
    """Return how near a scheme is to a person; None if it does not fit."""
    distance = len(upwards)
    if scheme.department_id is not None:
        if scheme.department_id not in upwards:
            return None
        distance = upwards.index(scheme.department_id)
    # One that was never kept has no defaults yet.
    asked: list[tuple[Collection[object], object]] = [
        (scheme.people or (), staff["id"]),
        (scheme.grades or (), staff.get("grade")),
        (scheme.posts or (), staff["post"]),
    ]
    if any(some and value not in some for some, value in asked):
        return None
    people, grades, posts = (bool(some) for some, _ in asked)
    return people, grades, posts, -distance


def _stretches(
    staff: Row, history: History, span: DateRange, choice: SchemeChoice
) -> Iterator[Stretch]:
    """Yield a person's stretches, joined where their formulas see no difference."""
    first = max(span.first, staff["hired_on"] or span.first)
    last = min(span.last, staff["left_on"] or span.last)
    if first > last:
        return
    cuts = {first, *choice.days_within(first, last), *history.days_within(first, last)}
    days = sorted(cuts)
    ends = [*days[1:], last + _ONE_DAY]
    before: Stretch | None = None
    for begins, ends_at in zip(days, ends, strict=True):
        then = history.on(begins, staff)
        scheme = choice.on(begins, then)
        if scheme is None:
            continue
        now = Stretch(DateRange(begins, ends_at), then, scheme)
        if before is not None and _is_one(before, now):
            now = Stretch(DateRange(before.days.first, ends_at), then, scheme)
        elif before is not None:
            yield before
        before = now
    if before is not None:
        yield before


def _is_one(before: Stretch, now: Stretch) -> bool:
    if before.scheme is not now.scheme or before.days.end != now.days.first:
        return False
    if before.staff is now.staff:
        return True
    read = {
        name.removeprefix(STAFF)
        for rule in now.scheme.scheme().rules
        for name in rule.reads
        if name.startswith(STAFF)
    }
    return all(before.staff.get(one) == now.staff.get(one) for one in read)


def _employed(session: Session, span: DateRange) -> list[Row]:
    known = catalogue.current()
    table = known.table(STAFF_REGISTER)
    query = access.visible(access.SYSTEM, STAFF_REGISTER).where(
        (table.c.hired_on.is_(None)) | (table.c.hired_on < span.end),
        (table.c.left_on.is_(None)) | (table.c.left_on >= span.first),
    )
    return load(session, known[STAFF_REGISTER], query.order_by(table.c.staff_number))
