"""The day-by-day account of a due time: what counted, what did not, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.rules.business_calendar import Day, DayKind
from models.rules.how_long import (
    Before,
    Count,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    ValueOf,
    WeekdayTime,
    Workdays,
)
from models.rules.how_long_words import how_long_label
from models.rules.landing import Landing, Question, elapsed_due, moment_in
from models.rules.open_time import Span
from models.rules.pauses import NEVER, pause_over
from models.rules.wall_clock import (
    day_label,
    length_label,
    moment_label,
    span_label,
)
from models.words import Label

_ONE_DAY = timedelta(days=1)
_ZERO = timedelta()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the account.

    `kind` is a DayKind for a day, else started, paused, counted, rolled, provisional
    or result; `counted` is the business time that the line adds.
    """

    kind: str
    on: date
    label: Label
    counted: timedelta = _ZERO


def account(
    how_long: HowLong, asked: Question, landing: Landing, *, provisional: bool
) -> tuple[Step, ...]:
    """Tell how a due time came about, from the start to the result."""
    zone = asked.calendar.zone
    began = moment_label(asked.started_at, zone)
    limit = how_long_label(how_long)
    due = moment_label(landing.at, zone)
    day = asked.calendar.day(landing.landed)
    steps = [
        Step(
            "started",
            asked.start_day,
            Label(
                f"{began.zh} 起算，时限：{limit.zh}",
                f"Started {began.en}; time allowed: {limit.en}",
            ),
        ),
        *_counting(how_long, asked, landing),
        *_rolling(asked, landing),
    ]
    told = {step.on for step in steps if step.kind in list(DayKind)}
    if day.kind is DayKind.MAKE_UP and day.on not in told:
        steps.append(_make_up_day(day))
    if provisional:
        steps.append(_provisional(landing))
    result = Label(f"到期：{due.zh}", f"Due {due.en}")
    steps.append(Step("result", landing.landed, result))
    return tuple(steps)


def _counting(how_long: HowLong, asked: Question, landing: Landing) -> Iterator[Step]:
    match how_long:
        case Hours(length, Count.BUSINESS):
            yield from _business_days(length, asked)
        case Hours(length):
            yield from _elapsed_hours(length, asked)
        case Days(days):
            yield from _calendar_days(days, asked, landing)
        case Workdays():
            yield from _workdays(asked, landing)
        case DayOfMonth() | WeekdayTime():
            day = day_label(landing.named)
            yield Step(
                "counted",
                landing.named,
                Label(f"约定日期：{day.zh}", f"The day named is {day.en}"),
            )
        case Before(_, field):
            moment = moment_label(moment_in(field, asked), asked.calendar.zone)
            yield _field_step(field, moment, landing)
        case ValueOf(field):
            yield _field_step(field, day_label(landing.named), landing)


def _field_step(field: str, value: Label, landing: Landing) -> Step:
    label = Label(f"{field} 所填：{value.zh}", f"{field} holds {value.en}")
    return Step("counted", landing.named, label)


def _business_days(length: timedelta, asked: Question) -> Iterator[Step]:
    calendar = asked.calendar
    left, cursor = length, asked.started_at
    # The night hours of the evening before may still be running at the start.
    day = asked.start_day - _ONE_DAY
    while left > _ZERO:
        if day >= asked.start_day:
            yield from _pauses_of(asked, day)
        pieces: list[Span] = []
        for opens, closes in calendar.spans_on(day):
            for start, end in _unpaused(max(opens, cursor), closes, asked):
                piece = (start, min(end, start + left))
                pieces.append(piece)
                left -= piece[1] - piece[0]
                if not left:
                    break
            cursor = max(cursor, closes)
            if not left:
                break
        if pieces or day >= asked.start_day:
            yield _business_day(calendar.day(day), pieces, left, asked)
        day += _ONE_DAY


def _unpaused(start: datetime, end: datetime, asked: Question) -> Iterator[Span]:
    for paused_at, runs_at in asked.pauses:
        if paused_at >= end:
            break
        if start < paused_at:
            yield start, paused_at
        start = max(start, runs_at)
    if start < end:
        yield start, end


def _business_day(
    day: Day, pieces: list[Span], left: timedelta, asked: Question
) -> Step:
    if not pieces:
        return _idle_day(day, asked)
    zone = asked.calendar.zone
    counted = sum((end - start for start, end in pieces), _ZERO)
    spans = [span_label(start, end, day.on, zone) for start, end in pieces]
    shown = Label(
        "、".join(each.zh for each in spans), ", ".join(each.en for each in spans)
    )
    named, adds, rest = day_label(day.on), length_label(counted), length_label(left)
    return Step(
        day.kind,
        day.on,
        Label(
            f"{named.zh}{_reason(day).zh}{shown.zh} 营业，计入{adds.zh}，还剩{rest.zh}",
            f"{named.en}{_reason(day).en}, open {shown.en}: "
            f"{adds.en} counted, {rest.en} left",
        ),
        counted,
    )


def _reason(day: Day) -> Label:
    """Name only what is unusual about an open day."""
    if day.kind is DayKind.NORMAL:
        return Label("", "")
    return Label(day.name.zh, f", {day.name.en}")


def _idle_day(day: Day, asked: Question) -> Step:
    named = day_label(day.on)
    if not day.is_workday:
        label = Label(
            f"{named.zh}{day.name.zh}，休息，不计",
            f"{named.en}: {day.name.en}, closed",
        )
    elif pause_over(asked.calendar.closing(day.on), asked.pauses):
        label = Label(f"{named.zh}暂停，不计", f"{named.en}: paused, not counted")
    else:
        label = Label(
            f"{named.zh}当日已下班，不计",
            f"{named.en}: business had already closed, not counted",
        )
    return Step(day.kind, day.on, label)


def _pauses_of(asked: Question, on: date | None = None) -> Iterator[Step]:
    """Tell the pauses that begin on a date, or all of them."""
    zone = asked.calendar.zone
    for paused_at, runs_at in asked.pauses:
        day = asked.calendar.date_of(paused_at)
        if on is not None and on != day:
            continue
        begins = moment_label(paused_at, zone)
        ends = Label("现在", "now")
        if runs_at != NEVER:
            ends = moment_label(runs_at, zone)
        label = Label(
            f"{begins.zh} 至 {ends.zh} 暂停，不计",
            f"Paused from {begins.en} to {ends.en}: not counted",
        )
        yield Step("paused", day, label)


def _elapsed_hours(length: timedelta, asked: Question) -> Iterator[Step]:
    yield from _pauses_of(asked)
    plain = elapsed_due(length, asked)
    shown, moment = length_label(length), moment_label(plain, asked.calendar.zone)
    yield Step(
        "counted",
        asked.calendar.date_of(plain),
        Label(f"满{shown.zh}：{moment.zh}", f"{shown.en} have passed on {moment.en}"),
    )


def _calendar_days(days: int, asked: Question, landing: Landing) -> Iterator[Step]:
    yield from _pauses_of(asked)
    day = day_label(landing.named)
    yield Step(
        "counted",
        landing.named,
        Label(
            f"自次日起算，第{days}天：{day.zh}（民法典第二百零一条）",
            f"Counted from the next day, day {days} is {day.en} (Civil Code, art. 201)",
        )
        if days
        else Label(f"当日：{day.zh}", f"The same day, {day.en}"),
    )


def _workdays(asked: Question, landing: Landing) -> Iterator[Step]:
    yield from _pauses_of(asked)
    day, number = asked.start_day, 0
    while day < landing.named:
        day += _ONE_DAY
        seen = asked.calendar.day(day)
        if not seen.is_workday or pause_over(asked.calendar.closing(day), asked.pauses):
            yield _idle_day(seen, asked)
            continue
        number += 1
        named = day_label(day)
        yield Step(
            seen.kind,
            day,
            Label(
                f"{named.zh}{_reason(seen).zh}第{number}个工作日",
                f"{named.en}{_reason(seen).en}: workday {number}",
            ),
        )


def _rolling(asked: Question, landing: Landing) -> Iterator[Step]:
    """Tell the days between the one that was named and the one it rolled to."""
    calendar = asked.calendar
    named, landed, at = landing
    if named == landed:
        return
    later = landed > named
    day = named
    while day != landed:
        yield _idle_day(calendar.day(day), asked)
        day += _ONE_DAY if later else -_ONE_DAY
    to = day_label(landed)
    zh, en = ("同一时刻", "at the same time of day")
    if at == calendar.closing(landed):
        zh, en = ("下班时", "at the close of business")
    yield Step(
        "rolled",
        landed,
        Label(
            f"{'顺延至下一个' if later else '提前至上一个'}工作日：{to.zh}{zh}",
            f"Rolled to the {'next' if later else 'previous'} workday, {to.en}, {en}",
        ),
    )


def _make_up_day(day: Day) -> Step:
    named = day_label(day.on)
    label = Label(
        f"{named.zh}{day.name.zh}，按工作日计",
        f"{named.en}: {day.name.en}, counts as a workday",
    )
    return Step(day.kind, day.on, label)


def _provisional(landing: Landing) -> Step:
    year = landing.landed.year
    return Step(
        "provisional",
        landing.landed,
        Label(
            f"{year}年放假安排尚未公布，暂按推定的日历计算，公布后会重算",
            f"The holidays of {year} are not published yet; the date is provisional "
            "and will be reckoned again",
        ),
    )
