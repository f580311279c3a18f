"""What a clock should hold by the facts of its entry: its due instant and verdict."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from models.calendars import Calendar, Calendars
from models.clock_facts import Facts, Promise, Row
from models.clock_table import CLOCKS
from models.history import Writer
from models.rules.business_calendar import BusinessCalendar
from models.rules.clock_standing import standing
from models.rules.deadlines import due_instant
from models.rules.escalation import in_order
from models.rules.open_time import NeverOpensError
from models.rules.pauses import Pause, StillPausedError
from models.targets import SlaTarget

NEWS_FOR = timedelta(days=7)
"""How long after its due instant a breach is still worth a message."""

FILES = frozenset({"import", "template"})
"""Origins of entries whose past is known to whoever brings them."""

# What a clock knows of one due instant, and forgets when it gets another.
_FORGOTTEN: Mapping[str, None] = dict.fromkeys(
    (
        "warned_at",
        "breached_at",
        "explained_at",
        "excused_at",
        "excused_by_id",
        "excused_because",
        "proposed_at",
    )
)
Values = dict[str, Any]
_EMPTY: Values = {name: None for name in CLOCKS.c.keys() if name != "id"}  # noqa: SIM118 - a collection of columns, whose keys are names


def voided(before: Row, now: datetime) -> Values:
    """Return the values of a clock whose promise no longer holds."""
    kept = {name: before[name] for name in before if name != "id"}
    return kept | {"voided_at": before["voided_at"] or now, "next_at": None}


class Reckoning:
    """Works out clocks for one register's saved entries, with its calendars at hand."""

    def __init__(self, session: Session, facts: Facts, writer: Writer) -> None:
        """Keep where to look; calendars are read when the first is needed."""
        self._session = session
        self._facts = facts
        self._writer = writer
        self._opened: dict[int, BusinessCalendar] = {}
        self._here: dict[tuple[str, int | None, int | None], int] = {}

    def clock(self, row: Row, code: str, before: Row | None) -> Values | None:
        """Return the clock's values by the entry's facts; None if there is none."""
        promise = self._facts.promise(row, code, before)
        if promise is None:
            return None if before is None else voided(before, self._writer.now)
        target = promise.target
        stands = (
            before is not None
            and before["target_id"] == target.id
            and before["started_at"] == promise.started_at
        )
        values = self._kept_values(before) | {
            "register": target.register,
            "entry_id": row["id"],
            "target_code": code,
            "target_id": target.id,
            "started_at": promise.started_at,
            "voided_at": None,
            "number": row.get("number"),
            "holder_id": row.get(target.responsible),
            "department_id": row.get("department"),
        }
        if not stands:
            values["calendar_id"] = self._calendar_here(target, row)
        paused = pauses_written(promise.pauses)
        if not stands or target.needed_field is not None or paused != values["paused"]:
            values["paused"] = paused
            self._reckon_due(values, row, promise, before)
        self._judge(values, promise, before)
        return values

    def _kept_values(self, before: Row | None) -> Values:
        if before is not None:
            return {name: value for name, value in before.items() if name != "id"}
        return _EMPTY | {
            "paused": [],
            "moves": [],
            "turn": 0,
            "escalation_level": 0,
        }

    def _reckon_due(
        self, values: Values, row: Row, promise: Promise, before: Row | None
    ) -> None:
        """Set the due instant and the warning; note it if the clock had another."""
        target = promise.target
        calendar = self._calendar_of(values["calendar_id"])
        needed = target.needed_field
        due_at, values["paused_at"] = due_and_pause(
            promise.started_at,
            target,
            calendar,
            {needed: row[needed]} if needed else {},
            promise.pauses,
        )
        if before is not None and before["due_at"] == due_at:
            return
        values["due_at"] = due_at
        values["warn_at"] = warning_before(due_at, promise.started_at, target, calendar)
        values |= _FORGOTTEN
        values["escalation_level"] = 0
        values["escalate_at"] = step_at(target, due_at, calendar, 0)
        if before is not None:
            values["turn"] = before["turn"] + 1
            values["moves"] = [
                *before["moves"],
                move(
                    self._writer.now,
                    before["due_at"],
                    due_at,
                    _why_moved(values, before),
                ),
            ]

    def _judge(self, values: Values, promise: Promise, before: Row | None) -> None:
        """Set what the facts say of the promise: met, broken, or still awaited."""
        now = self._writer.now
        stop = promise.stop
        if stop is not None and not isinstance(stop, datetime):
            # A yes or a choice has no moment of its own: the one it was entered at.
            stop = values["met_at"] or now
        values["met_at"] = stop
        due_is_new = before is None or before["due_at"] != values["due_at"]
        by_file = self._writer.origin in FILES
        settled_before = now if by_file else now - NEWS_FOR
        is_news = values["due_at"] >= settled_before
        if due_is_new and not is_news:
            values["escalate_at"] = None  # nobody is to be woken by history
        found = standing(
            values["due_at"],
            values["warn_at"],
            met_at=stop,
            breached_at=values["breached_at"],
            warned_at=values["warned_at"],
            settled_before=settled_before if due_is_new else None,
            escalate_at=values["escalate_at"] if values["excused_at"] is None else None,
        )
        if values["breached_at"] is not None and found.breached_at is None:
            due = values["due_at"]
            values["moves"] = [*values["moves"], move(now, due, due, "kept after all")]
        is_broken_now = values["breached_at"] is None and found.breached_at is not None
        if is_broken_now and is_news and promise.target.proposes:
            values["proposed_at"] = found.breached_at
        if found.breached_at is None:
            values["proposed_at"] = values["explained_at"] = None
        values["breached_at"] = found.breached_at
        values["next_at"] = None if values["paused_at"] else found.next_at

    @cached_property
    def _calendars(self) -> Calendars:
        """The newest calendars that the targets name."""
        versions = (one for some in self._facts.codes.values() for one in some)
        return Calendars(self._session, {one.calendar for one in versions})

    def _calendar_here(self, target: SlaTarget, row: Row) -> int:
        """Return the calendar that holds for an entry, by its branch and department."""
        place = (target.calendar, row.get("branch"), row.get("department"))
        found = self._here.get(place)
        if found is None:
            calendar = self._calendars.at(*place, self._facts.departments)
            found = self._here[place] = calendar.id
        return found

    def _calendar_of(self, calendar_id: int) -> BusinessCalendar:
        """Return the version a clock was reckoned with, also when there is a newer."""
        found = self._opened.get(calendar_id)
        if found is None:
            kept = self._session.get_one(Calendar, calendar_id)
            found = self._opened[calendar_id] = kept.opened()
        return found


def due_and_pause(
    started_at: datetime,
    target: SlaTarget,
    calendar: BusinessCalendar,
    values: Mapping[str, Any],
    pauses: Sequence[Pause],
) -> tuple[datetime, datetime | None]:
    """Return when a promise is due, and since when its clock stands still.

    While it stands still it has no due instant: what is returned then is the one it
    would have if it ran again at once. A pause that began after the due instant stops
    nothing.
    """

    def due(some: Sequence[Pause]) -> datetime:
        length = target.length
        return due_instant(started_at, length, calendar, values=values, pauses=some)

    try:
        return due(pauses), None
    except StillPausedError:
        over = [one for one in pauses if one[1] is not None]
        return due(over), next(begin for begin, end in pauses if end is None)


def step_at(
    target: SlaTarget, due_at: datetime, calendar: BusinessCalendar, level: int
) -> datetime | None:
    """Return when the next step is taken after so many; None if none is left."""
    steps = target.steps
    if level >= len(steps):
        return None
    return in_order(steps, due_at, calendar)[level][0]


def warning_before(
    due_at: datetime,
    started_at: datetime,
    target: SlaTarget,
    calendar: BusinessCalendar,
) -> datetime | None:
    """Return when to warn; None if not at all, or if it would be at the very start."""
    if target.warn_before is None:
        return None
    try:
        warn_at = calendar.subtract_business_time(due_at, target.warn_before)
    except NeverOpensError:
        warn_at = due_at - target.warn_before
    return warn_at if warn_at > started_at else None


def pauses_of(
    written: Iterable[Sequence[str | None]],
) -> list[tuple[datetime, datetime | None]]:
    """Return the paused spells of a clock as the rules take them."""
    return [
        (datetime.fromisoformat(start), datetime.fromisoformat(end) if end else None)
        for start, end in written
        if start is not None
    ]


def pauses_written(pauses: Iterable[Pause]) -> list[list[str | None]]:
    """Return paused spells as a clock keeps them."""
    return [
        [start.isoformat(), None if end is None else end.isoformat()]
        for start, end in pauses
    ]


def _why_moved(values: Values, before: Row) -> str:
    """Return the word for why a due instant moved, as `clock_account` explains it."""
    if before["started_at"] != values["started_at"]:
        return "start"
    return "pause" if before["paused"] != values["paused"] else "field"


def move(at: datetime, old: datetime, new: datetime, why: str) -> dict[str, str]:
    """Return the note that a due instant moved, as a clock keeps it."""
    return {
        "at": at.isoformat(),
        "from": old.isoformat(),
        "to": new.isoformat(),
        "why": why,
    }
