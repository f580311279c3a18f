"""What held of a person on which days: the staff entry and the dated changes of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import access, catalogue
from models.entries import load
from models.preparing import Row

CHANGES = "staff_change"
NEW, OLD = "new_", "old_"


@dataclass(frozen=True, slots=True)
class History:
    """The dated changes of one person, the earliest first."""

    changes: Sequence[Row] = ()

    def days_within(self, first: date, last: date) -> Iterable[date]:
        """Return the days after the first from which on something is different."""
        days = (one["effective_on"] for one in self.changes)
        return sorted({day for day in days if first < day <= last})

    def on(self, day: date, staff: Row) -> Row:
        """Return the staff entry as it was on a day.

        Before a change holds what it says was before it. From the last one on holds
        the entry itself, unless it still says what was before that change.
        """
        if not self.changes:
            return staff
        return staff | {name: self._value(name, day, staff) for name in self._names}

    @property
    def _names(self) -> set[str]:
        return {
            name.removeprefix(NEW)
            for one in self.changes
            for name in one
            if name.startswith(NEW) and one[name] is not None
        }

    def _value(self, name: str, day: date, staff: Row) -> Any:
        new, old = NEW + name, OLD + name
        telling = [one for one in self.changes if one.get(new) is not None]
        done = [one for one in telling if one["effective_on"] <= day]
        coming = [one for one in telling if one["effective_on"] > day]
        if coming:
            if coming[0].get(old) is not None:
                return coming[0][old]
            return done[-1][new] if done else staff.get(name)
        is_behind = staff.get(name) == done[-1].get(old)
        return done[-1][new] if is_behind else staff.get(name)


def histories(session: Session) -> Mapping[int, History]:
    """Return the dated changes of everybody who has any, by staff id."""
    known = catalogue.current()
    if CHANGES not in known:
        return {}
    table = known.table(CHANGES)
    query = access.visible(access.SYSTEM, CHANGES)
    query = query.order_by(table.c.effective_on, table.c.id)
    found: dict[int, list[Row]] = defaultdict(list)
    for row in load(session, known[CHANGES], query):
        found[row["person"]].append(row)
    return {person: History(rows) for person, rows in found.items()}
