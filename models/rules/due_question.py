"""One question about business time as plain values, and its answer.

    {"id": 7, "start": "2026-09-30T17:30", "within_s": 86400, "mode": "rolled",
     "pauses": [["2026-09-30T18:00", "2026-09-30T19:00"]]}

is answered by {"id": 7, "due": "2026-10-08T17:30:00+08:00"}; with "end" in place of
"within_s" by {"id": 7, "elapsed_s": 1800}, the time a clock has run in that mode. The
mode is business when left out. Times without an offset are those of the calendar's
zone, and so is the answer.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from models.rules.business_calendar import BusinessCalendar
from models.rules.deadlines import due_after, time_used
from models.rules.how_long import Count
from models.rules.open_time import FIRST_YEAR, LAST_YEAR, check_year
from models.rules.pauses import Pause
from models.words import PersonError

_MODES: Mapping[object, Count] = {one.value: one for one in Count}
_PAIR = 2
_MOST_SECONDS = (LAST_YEAR - FIRST_YEAR) * 366 * 86_400
_SECOND = timedelta(seconds=1)
_MICROSECONDS = 1_000_000


class QuestionError(PersonError):
    """A question cannot be answered as it is written; names the key."""


def answer(asked: Mapping[str, Any], calendar: BusinessCalendar) -> dict[str, Any]:
    """Answer a question in a calendar: `due` or `elapsed_s`.

    Raises:
        PersonError: A value cannot be read, or there is no answer; see
            `deadlines.due_instant` for the kinds.
    """
    within, end = asked.get("within_s"), asked.get("end")
    if (within is None) == (end is None):
        raise QuestionError(
            "within_s 和 end 要写且只写一个。",
            "Give either within_s or end, and not both.",
        )
    count = _mode(asked.get("mode"))
    start = moment("start", asked.get("start"), calendar)
    pauses = _pauses(asked.get("pauses"), calendar)
    if end is None:
        due = due_after(start, _length(within), count, calendar, pauses)
        check_year(due.year)
        return {"due": due.astimezone(calendar.zone).isoformat()}
    used = time_used(start, moment("end", end, calendar), count, calendar, pauses)
    return {"elapsed_s": _seconds(used)}


def moment(key: str, written: object, calendar: BusinessCalendar) -> datetime:
    """Read an ISO time (UTC out); without an offset it is of the calendar's zone."""
    try:
        read = datetime.fromisoformat(written if isinstance(written, str) else "")
    except ValueError:
        raise QuestionError(
            "{key}：「{found}」不是时间，应写成 2026-09-30T17:30。",
            "{key}: '{found}' is not a time; write it as 2026-09-30T17:30.",
            key=key,
            found=_shown(written),
        ) from None
    check_year(read.year)
    if read.tzinfo is None:
        read = read.replace(tzinfo=calendar.zone)
    return read.astimezone(UTC)


def _mode(written: object) -> Count:
    if written is None:
        return Count.BUSINESS
    found = _MODES.get(written) if isinstance(written, str) else None
    if found is None:
        raise QuestionError(
            "mode：「{found}」不是计时方式，可用的有 {known}。",
            "mode: '{found}' is not a way to count; there are {known}.",
            found=_shown(written),
            known=", ".join(map(str, _MODES)),
        )
    return found


def _length(written: object) -> timedelta:
    if (
        not isinstance(written, int | float)
        or isinstance(written, bool)
        or not 0 <= written <= _MOST_SECONDS  # nor is NaN
    ):
        raise QuestionError(
            "within_s：「{found}」不是秒数，应为 0 至 {most} 的数。",
            "within_s: '{found}' is not a number of seconds from 0 to {most}.",
            found=_shown(written),
            most=_MOST_SECONDS,
        )
    return timedelta(seconds=written)


def _pauses(written: object, calendar: BusinessCalendar) -> list[Pause]:
    if written is None:
        return []
    if not isinstance(written, list):
        raise _no_pauses(written)
    return [_pause(one, calendar) for one in written]


def _pause(written: object, calendar: BusinessCalendar) -> Pause:
    if not isinstance(written, list) or len(written) != _PAIR:
        raise _no_pauses(written)
    begin, end = written
    until = None if end is None else moment("pauses", end, calendar)
    return moment("pauses", begin, calendar), until


def _no_pauses(written: object) -> QuestionError:
    return QuestionError(
        "pauses：「{found}」不是暂停时段，应写成 [[开始, 结束], ...]。",
        "pauses: '{found}' is not a list of pauses; write [[from, to], ...].",
        found=_shown(written),
    )


def _seconds(length: timedelta) -> int | float:
    """Return seconds, a whole number where there is no fraction."""
    whole, rest = divmod(length, _SECOND)
    return whole + rest.microseconds / _MICROSECONDS if rest else whole


def _shown(written: object) -> str:
    """Quote what was found, short enough for a line."""
    if isinstance(written, float) and not math.isfinite(written):
        return "NaN"
    shown = written if isinstance(written, str) else repr(written)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"  # noqa: PLR2004 - a line's worth
