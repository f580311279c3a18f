"""Jobs in words: when each is due, what came of a run."""

import re
from datetime import datetime
from typing import Any

from admin import visit
from admin.column_converters import show_instant
from models.job_tables import JobRun
from models.rules.wall_clock import WEEKDAYS_ZH
from models.words import Label

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_EN = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_EVERY = re.compile(r"\*/(\d+)")


def rule(due: str) -> Label:
    """Return when a job is due, from how a crontab says it.

    What is put together in a way that has no sentence here is shown as it is written.
    """
    minute, hour, day, month, weekday = due.split()
    found = None
    if (day, month, weekday) == ("*", "*", "*"):
        found = _within_a_day(minute, hour)
    elif minute.isdecimal() and hour.isdecimal():
        at = f"{int(hour)}:{int(minute):02}"
        found = _on_a_day(day, month, weekday, at)
    return found or Label(due, due)


def _on_a_day(day: str, month: str, weekday: str, at: str) -> Label | None:
    if (day, month) == ("*", "*") and weekday in _DAYS:
        place = _DAYS.index(weekday)
        week = f"每周{WEEKDAYS_ZH[place]} {at}"
        return Label(week, f"each {_DAYS_EN[place]} at {at}")
    if not day.isdecimal() or weekday != "*":
        return None
    if month == "*":
        return Label(f"每月{day}日 {at}", f"day {day} of each month at {at}")
    if month.isdecimal():
        return Label(
            f"每年{month}月{day}日 {at}", f"each year on {month}-{day} at {at}"
        )
    return None


def _within_a_day(minute: str, hour: str) -> Label | None:
    every = _EVERY.fullmatch(minute)
    if (minute, hour) == ("*", "*"):
        return Label("每分钟", "each minute")
    if every and hour == "*":
        number = every.group(1)
        return Label(f"每{number}分钟", f"every {number} minutes")
    if minute.isdecimal() and hour == "*":
        return Label(f"每小时第{int(minute)}分", f"each hour, minute {int(minute)}")
    if minute.isdecimal() and hour.isdecimal():
        at = f"{int(hour)}:{int(minute):02}"
        return Label(f"每天 {at}", f"each day at {at}")
    return None


def state(run: JobRun | None, *, asked: bool = False) -> dict[str, str]:
    """Return the pill that says how a run ended."""
    t = visit.t
    if asked:
        return {"text": t("等待运行", "to be run"), "tone": "info"}
    if run is None:
        return {"text": t("未运行过", "never run"), "tone": "plain"}
    if run.finished_at is None:
        return {"text": t("运行中", "running"), "tone": "info"}
    if run.failure is not None:
        return {"text": t("失败", "failed"), "tone": "late"}
    return {"text": t("正常", "well"), "tone": "ok"}


def figures(run: JobRun) -> str:
    """Return how much a run did and how long it took."""
    seconds = f"{run.milliseconds / 1000:.2f}"
    return visit.t(f"{run.rows} 行，{seconds} 秒", f"{run.rows} rows, {seconds} s")


def by(run: JobRun) -> str:
    """Return who let a job run."""
    if run.asked_by is not None:
        return run.asked_by
    if run.fence is None:
        return visit.t("命令行", "command line")
    return visit.t("自动", "by itself")


def moment(at: datetime | None) -> str:
    """Return an instant as the desk's clocks show it; "" for none."""
    return show_instant(at, visit.zone()) if at else ""


def heads(*labels: str, ends: int = 0) -> list[dict[str, Any]]:
    """Return heads of settings/table.html; the last ones for figures."""
    first = len(labels) - ends
    return [
        {"label": label, "css": "end" if place >= first else ""}
        for place, label in enumerate(labels)
    ]
