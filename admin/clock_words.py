"""A clock in people's words: what is left of it, and why it is due when it is."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from admin.column_converters import show_duration, show_instant
from models.clock_account import why
from models.clock_lists import ClockLine
from models.clock_table import Clock
from models.rules.due_account import Step
from models.rules.escalation import step_label
from models.rules.how_long_words import how_long_label
from models.rules.wall_clock import WEEKDAYS_ZH, length_label
from models.words import Label, PersonError

NEARLY = timedelta(hours=1)  # where a target gives no warning of its own
LEFT = Label("剩余 {length}", "{length} left")
SOON = Label("即将逾期 {length}", "Due soon: {length}")
LATE = Label("已逾期 {length}", "{length} late")
PAUSED = Label("计时暂停", "Paused")
PAUSED_SINCE = Label("自 {at} 起暂停计时", "stands still since {at}")
MET = Label("按时完成", "In time")
MET_LATE = Label("逾期完成", "Done late")
# How a line of the account looks; days that count nothing are rest.
TONES = {
    "normal": "work",
    "make_up": "work",
    "special": "work",
    "rest": "rest",
    "holiday": "rest",
    "paused": "pause",
}
# Told by the page itself, at the head and the foot of the account.
TOLD = frozenset({"started", "result"})


def length(span: timedelta, language: str) -> str:
    """Return a length to the minute; of whole days only days and hours."""
    if span >= timedelta(days=1):
        span -= timedelta(minutes=span // timedelta(minutes=1) % 60)
    return show_duration(span, language)


def is_near(clock: "Standing", now: datetime) -> bool:
    """Whether a clock that is not late yet soon will be."""
    return now >= (clock.warn_at or clock.due_at - NEARLY)


class Standing(Protocol):
    """What is told of a clock: a whole one, or a row of these columns."""

    @property
    def due_at(self) -> datetime: ...  # noqa: D102 - as in Clock
    @property
    def warn_at(self) -> datetime | None: ...  # noqa: D102 - as in Clock
    @property
    def met_at(self) -> datetime | None: ...  # noqa: D102 - as in Clock
    @property
    def breached_at(self) -> datetime | None: ...  # noqa: D102 - as in Clock
    @property
    def paused_at(self) -> datetime | None: ...  # noqa: D102 - as in Clock


def badge(
    clock: Standing, now: datetime, zone: ZoneInfo, language: str
) -> dict[str, str]:
    """Return the template's Due of a clock: text, tone, and the instant as title."""
    text, tone = told(clock, now, language)
    title = show_instant(clock.due_at, zone)
    if clock.met_at is None and clock.paused_at is not None:
        since = show_instant(clock.paused_at, zone)
        title = PAUSED_SINCE.text(language).format(at=since)
    return {"text": text, "tone": tone, "title": title}


def told(clock: Standing, now: datetime, language: str) -> tuple[str, str]:
    """Return how a clock stands in words, and the tone in which they are shown."""
    if clock.met_at is not None:
        late = clock.breached_at is not None
        return (MET_LATE if late else MET).text(language), "late" if late else "met"
    if clock.paused_at is not None:
        return PAUSED.text(language), "ok"
    left = clock.due_at - now
    if left < timedelta():
        words, tone = LATE, "late"
    elif is_near(clock, now):
        words, tone = SOON, "warn"
    else:
        words, tone = LEFT, "ok"
    return words.text(language).format(length=length(abs(left), language)), tone


def most_urgent(clocks: Sequence[Standing]) -> Standing | None:
    """Return the clock a list shows for an entry: the first due of what runs.

    Where all is done, a broken promise is shown rather than a kept one.
    """
    if len(clocks) == 1:
        return clocks[0]
    running = [one for one in clocks if one.met_at is None]
    if running:
        return min(running, key=lambda one: (one.paused_at is not None, one.due_at))
    broken = [one for one in clocks if one.breached_at is not None]
    return next(iter(broken or clocks), None)


def days(session: Session, clock: Clock, language: str) -> list[dict[str, str]]:
    """Return the account of a due time, a line a day, as entry_clocks.html takes it."""
    try:
        steps = why(session, clock.id).why
    except PersonError as error:
        # What it depended on is empty by now; the verdict stands all the same.
        said = {"day": "", "text": error.text(language), "tone": "rest", "counted": ""}
        return [said | {"kind": ""}]
    return [_day(one, language) for one in steps if one.kind not in TOLD]


def _day(step: Step, language: str) -> dict[str, str]:
    weekday = Label(f"周{WEEKDAYS_ZH[step.on.weekday()]}", f"{step.on:%a}")
    counted = length_label(step.counted).text(language) if step.counted else ""
    return {
        "day": f"{step.on:%m-%d} {weekday.text(language)}",
        "text": step.label.text(language),
        "tone": TONES.get(step.kind, "due"),
        "counted": counted,
        "kind": step.kind,
    }


def entry_clock(
    session: Session,
    line: ClockLine,
    now: datetime,
    zone: ZoneInfo,
    language: str,
) -> dict[str, Any]:
    """Return a clock as register/entry_clocks.html shows it, but for its clause."""
    clock, target = line.clock, line.target
    shown = badge(clock, now, zone, language)
    since = target.valid_from.isoformat()
    version = Label(f"{since} 起的版本", f"version in force from {since}")
    told = days(session, clock, language)
    return {
        "label": target.label.text(language),
        "badge": shown,
        "hard": target.hard,
        "started": show_instant(clock.started_at, zone),
        "due": show_instant(clock.due_at, zone),
        "met": show_instant(clock.met_at, zone) if clock.met_at else None,
        "breached": show_instant(clock.breached_at, zone)
        if clock.breached_at
        else None,
        "sentence": how_long_label(target.length).text(language),
        "clause": None,
        "version": version.text(language),
        "excused": clock.excused_at is not None,
        "explained": clock.explained_at is not None,
        "escalation": "；".join(step_label(one).text(language) for one in target.steps),
        "days": told,
        # It rests on a year whose days off are not published yet.
        "provisional": any(day["kind"] == "provisional" for day in told),
        "open": shown["tone"] in ("late", "warn"),
    }
