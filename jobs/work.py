"""What a job is: its name, when it is due, and one step of its work."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from models.database import Database
from models.settings import Settings
from models.words import Label


def never() -> bool:
    """Say that nobody has asked for a stop."""
    return False


@dataclass(frozen=True, slots=True)
class Work:
    """What a step works on; `now` is read once, where the run begins."""

    database: Database
    settings: Settings
    now: datetime  # aware
    is_stopping: Callable[[], bool] = never


@dataclass(frozen=True, slots=True)
class Done:
    """What one step did: how many rows, and whether to look again."""

    rows: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A job: when it is due in the desk's zone, and its step.

    A step does one small transaction that may be repeated: killed at any line, or run
    by two processes at once, the books are right afterwards. It is called until it says
    that there is nothing left.
    """

    name: str
    label: Label
    due: str  # as in a crontab: minute, hour, day, month, weekday
    step: Callable[[Work], Done]
