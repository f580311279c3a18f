"""Duties: what people owe in each period; one row a version, never changed.

A duty is a measure that must reach a number in each day, week, month... A version holds
for periods that begin on its `valid_from` or later, so that nobody is judged backwards.
A department's own version of a code takes the place of the company's. Measure and
period stay through all versions of a code: what is kept of it stays comparable.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import catalogue, duty_each, rule_versions
from models.calendars import CalendarMissingError, Calendars, of_department
from models.column_types import BigId, Scaled, Seconds, UtcDateTime
from models.database import Base
from models.duty_each import ForEach
from models.fields import CHOICE, CHOICES
from models.measures import Measure
from models.register import DECIMAL, DURATION, INTEGER, Declaration
from models.rules.business_calendar import BusinessCalendar
from models.rules.how_long import HowLong, HowLongError, needed_field
from models.rules.how_long_notation import parse_how_long
from models.rules.periods import Period, PeriodKind
from models.scopes import Departments
from models.words import Label, PersonError

SUBORDINATES = "subordinates"
TIMES = (SUBORDINATES,)
DECEMBER = 12
PLACES = 6  # of the figures that are kept
LENGTHS = frozenset({INTEGER, DECIMAL, DURATION})
WITHOUT_SHARE = ("average", "share")  # aggregates that days not worked do not lessen
_HOURS = [["09:00", "12:00"], ["13:00", "18:00"]]
PLAIN_WEEK = BusinessCalendar.from_object(
    {
        "zone": "Asia/Shanghai",
        "weekly": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _HOURS),
    }
)
"""Where nobody has set a calendar up."""
Wrong = tuple[str, Label]
"""What is wrong: the column it is about, and the sentence."""

_USUAL: dict[str, Any] = {
    "posts": [],
    "people": [],
    "topics": [],
    "months": [],
    "on_trips": False,
    "enabled": True,
    "clauses": "",
    "note": "",
    **dict.fromkeys(
        (
            "at_least",
            "at_most",
            "times",
            "calendar",
            "each_field",
            "each_least",
            "topics_field",
            "due",
            "remind_before",
            "department_id",
            "for_each",
        )
    ),
}


class DutyRefusedError(PersonError):
    """A duty that could not be reckoned; has every problem with its column."""

    def __init__(self, code: str, problems: list[Wrong]) -> None:
        """Join the problems under the duty's code."""
        self.problems = problems
        super().__init__(
            f"定期任务 {code}：" + "".join(one.zh for _, one in problems),
            f"Duty {code}: " + " ".join(one.en for _, one in problems),
        )


class Duty(Base):
    """One version of what is owed: how much of a measure, by whom, in each period.

    Who owes it: people of the department it holds in and below, and of them those of
    the `posts` or named in `people`; without either everybody. `at_least` is owed
    `times` the number of one's subordinates where that is said. Only rows count whose
    `each_field` is `each_least` or more (minutes of a duration), and every one of the
    `topics` must be dealt with by a row that counts. `due` is a length from the
    beginning of the period, such as "day 5"; None is the period's end. With `for_each`
    so much is owed for each of the entries that duty_each.py finds, by their holders.
    """

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("ix_duty_measure", "measure"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    measure: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(10))
    at_least: Mapped[Decimal | None] = mapped_column(Scaled(PLACES))
    at_most: Mapped[Decimal | None] = mapped_column(Scaled(PLACES))
    times: Mapped[str | None] = mapped_column(String(20))
    each_field: Mapped[str | None] = mapped_column(String(41))
    each_least: Mapped[int | None] = mapped_column(Integer)
    topics_field: Mapped[str | None] = mapped_column(String(41))
    topics: Mapped[list[str]] = mapped_column(JSON)
    # In which months of the year a period may begin; none: in every one.
    months: Mapped[list[int]] = mapped_column(JSON)
    posts: Mapped[list[int]] = mapped_column(JSON)  # ids of posts
    people: Mapped[list[int]] = mapped_column(JSON)  # ids of staff
    for_each: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    on_trips: Mapped[bool] = mapped_column(Boolean(name=None))  # owed on a trip too
    # None: the hours of the department it holds in, or a plain week without any.
    calendar: Mapped[str | None] = mapped_column(String(40))
    due: Mapped[str | None] = mapped_column(String(100))  # rules/how_long_notation.py
    # Business time before the due point; None: nobody is reminded.
    remind_before: Mapped[timedelta | None] = mapped_column(Seconds)
    department_id: Mapped[int | None] = mapped_column(BigId)  # None: the whole company
    valid_from: Mapped[date] = mapped_column(Date)
    enabled: Mapped[bool] = mapped_column(Boolean(name=None))
    clauses: Mapped[str] = mapped_column(Text)  # ids, with blanks between
    note: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def __init__(self, **values: Any) -> None:
        """Fill what is the same for most duties."""
        super().__init__(**(_USUAL | values))

    @property
    def label(self) -> Label:
        """The duty in people's words."""
        return Label(self.name_zh, self.name_en)

    @property
    def kind(self) -> PeriodKind:
        """How long its periods last."""
        return PeriodKind(self.period)

    def is_owed_in(self, period: Period) -> bool:
        """Whether a period is one of those in which something is owed."""
        return not self.months or period.first.month in self.months

    @property
    def each_entry(self) -> ForEach | None:
        """The entries of which each is owed for; None: it is owed as a whole."""
        return None if self.for_each is None else duty_each.read(self.for_each)

    @property
    def due_length(self) -> HowLong | None:
        """How long after the period's beginning it is due; None: at its end."""
        return None if self.due is None else _length(self.due)


_length = lru_cache(maxsize=1_000)(parse_how_long)


def save(session: Session, duty: Duty, now: datetime) -> Duty:
    """Save a duty as the next version of its code, unless it says nothing new.

    Args:
        session: A writing session.
        duty: A new object that was never saved; its version is given here.
        now: When it is saved.

    Returns:
        The saved duty, or the newest one of its scope if that says the same.

    Raises:
        DutyRefusedError: It names what is not there, or cannot be understood.
    """
    found = list(wrong_columns(session, duty))
    if found:
        raise DutyRefusedError(duty.code, found)
    return rule_versions.save(session, duty, now)


def versions(session: Session, code: str | None = None) -> dict[str, list[Duty]]:
    """Return every version of every code, or of one, the oldest first."""
    query = select(Duty).order_by(Duty.id)
    if code is not None:
        query = query.where(Duty.code == code)
    found: dict[str, list[Duty]] = {}
    for one in session.scalars(query):
        found.setdefault(one.code, []).append(one)
    return found


def calendar_of(
    session: Session, duty: Duty, departments: Departments
) -> BusinessCalendar:
    """Return the calendar that a duty is counted in.

    Raises:
        CalendarMissingError: There is none of its code.
    """
    if duty.calendar is None:
        own = of_department(session, duty.department_id, departments)
        return own or PLAIN_WEEK
    found = Calendars(session, [duty.calendar])
    return found.at(duty.calendar, None, duty.department_id, departments).opened()


def wrong_columns(session: Session, duty: Duty) -> Iterator[Wrong]:
    """Yield what is wrong with a duty, each with the column it is about."""
    measure = session.scalar(select(Measure).filter_by(code=duty.measure))
    if measure is None:
        yield (
            "measure",
            Label(
                f"没有考核指标“{duty.measure}”，请先建立指标。",
                f"There is no measure “{duty.measure}”. Make it first.",
            ),
        )
    else:
        yield from declared_wrong(duty, measure)
    try:
        calendar_of(session, duty, Departments(session))
    except CalendarMissingError as error:
        yield "calendar", error.label
    other = session.scalars(
        select(Duty).where(
            Duty.code == duty.code,
            (Duty.period != duty.period) | (Duty.measure != duty.measure),
        )
    ).first()
    if other is not None:
        yield (
            "period",
            Label(
                "同一任务的指标和周期不能改，请新建一个任务。",
                "A duty keeps its measure and period; make another duty instead.",
            ),
        )


def declared_wrong(duty: Duty, measure: Measure) -> Iterator[Wrong]:
    """Yield what does not go with the measure's register; asks no database."""
    if measure.register not in catalogue.current():
        return  # told of the measure itself
    declared = catalogue.current()[measure.register]
    if not measure.is_plain:
        yield (
            "measure",
            Label(
                "日均、加权和分成的指标不能作定期任务，请换一个指标。",
                "A daily average, a weighed or shared figure cannot be owed; choose "
                "another.",
            ),
        )
    yield from _wrong_amounts(duty)
    yield from _wrong_each(duty, declared)
    yield from _wrong_topics(duty, declared)
    yield from _wrong_times(duty)
    if duty.for_each is not None:
        yield from duty_each.wrong(duty, duty.for_each, measure, declared)


def _wrong_amounts(duty: Duty) -> Iterator[Wrong]:
    if duty.at_least is None and duty.at_most is None:
        yield (
            "at_least",
            Label("请填写至少多少或至多多少。", "Say how many at least, or at most."),
        )
    for name in ("at_least", "at_most"):
        value = getattr(duty, name)
        if value is not None and value < 0:
            yield name, Label("不能小于零。", "This may not be below zero.")
    least, most = duty.at_least, duty.at_most
    if least is not None and most is not None and least > most:
        yield (
            "at_most",
            Label("至多不能小于至少。", "At most may not be less than at least."),
        )
    if duty.times is not None and duty.times not in TIMES:
        words = ", ".join(TIMES)
        yield (
            "times",
            Label(
                f"“{duty.times}”应是 {words} 之一。",
                f"“{duty.times}” is not one of {words}.",
            ),
        )


def _wrong_each(duty: Duty, declared: Declaration) -> Iterator[Wrong]:
    name = duty.each_field
    if (name is None) != (duty.each_least is None):
        yield (
            "each_least",
            Label(
                "每次的字段和最少数要一起填写。",
                "Give the field and the least of each time together.",
            ),
        )
    if name is not None and not (
        declared.has(name) and declared.field(name).type in LENGTHS
    ):
        yield (
            "each_field",
            Label(
                f"{declared.title.zh}没有数字或时长字段“{name}”。",
                f"{declared.title.en} has no number or length “{name}”.",
            ),
        )


def _wrong_topics(duty: Duty, declared: Declaration) -> Iterator[Wrong]:
    name = duty.topics_field
    if not duty.topics and name is None:
        return
    if name is None or not (
        declared.has(name) and declared.field(name).type in (CHOICE, CHOICES)
    ):
        yield (
            "topics_field",
            Label(
                f"{declared.title.zh}没有选择字段“{name or ''}”。",
                f"{declared.title.en} has no choice field “{name or ''}”.",
            ),
        )
        return
    there = [one.value for one in declared.field(name).options]
    for topic in duty.topics:
        if topic not in there:
            words = ", ".join(there)
            yield (
                "topics",
                Label(
                    f"没有选项“{topic}”，有 {words}。",
                    f"There is no option “{topic}”; there are {words}.",
                ),
            )


def _wrong_times(duty: Duty) -> Iterator[Wrong]:
    if duty.period not in tuple(PeriodKind):
        words = ", ".join(PeriodKind)
        yield (
            "period",
            Label(
                f"“{duty.period}”应是 {words} 之一。",
                f"“{duty.period}” is not one of {words}.",
            ),
        )
    if any(not 1 <= one <= DECEMBER for one in duty.months):
        yield "months", Label("月份应是 1 到 12。", "A month is one of 1 to 12.")
    if duty.remind_before is not None and duty.remind_before <= timedelta():
        yield (
            "remind_before",
            Label(
                "提前提醒的时间应当大于零。",
                "The reminder must come before the due point.",
            ),
        )
    try:
        length = duty.due_length
    except HowLongError as error:
        yield "due", error.label
        return
    if length is not None and needed_field(length) is not None:
        yield (
            "due",
            Label(
                "到期点从周期开始算起，不能取字段的值。",
                "The due point counts from the period's beginning, not from a field.",
            ),
        )
