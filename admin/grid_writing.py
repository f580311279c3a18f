"""What is written through the month grid: some days of somebody, or a week copied.

All goes through `models.entries`, with its rights, checks and history.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from admin import visit
from admin.grid_month import REST, Month
from models import entries, references
from models.entries import Change
from models.entry_errors import LostUpdateError
from models.fields import From

WEEK = timedelta(weeks=1)
EMPTY = ""


def fill(
    session: Session,
    month: Month,
    person: int,
    days: Sequence[date],
    value: str,
    version: int | None = None,
) -> int:
    """Set some days of a person to a value and return how many were touched.

    Args:
        session: A writing one.
        month: The grid.
        person: Whose days.
        days: Which, in order.
        value: A choice's value; EMPTY takes what is there into the bin.
        version: Of the one day's entry as it was shown, 0 for none; None: whatever.

    Raises:
        LostUpdateError: Somebody else changed the day meanwhile.
        PersonError: As `models.entries` refuses it.
    """
    code = month.declared.code
    found = month.entries(session, [person], days[0], days[-1])
    there = {day: found[person, day] for day in days if (person, day) in found}
    if version is not None:
        now = there.get(days[0])
        if version != (now["version"] if now else 0):
            raise LostUpdateError(now or {})
    if value == EMPTY:
        if there:
            ids = [one["id"] for one in there.values()]
            entries.bin_many(session, code, ids, visit.writer())
        return len(there)
    said = _said(session, month, value)
    changes = [
        Change(one["id"], said, one["version"])
        for one in there.values()
        if month.value(one) != value
    ]
    if changes:
        entries.change_many(session, code, changes, visit.writer())
    new = [_new(month, person, day, said) for day in days if day not in there]
    _create(session, month, new)
    return len(changes) + len(new)


def copy_week(
    session: Session, month: Month, people: Sequence[int], monday: date
) -> int:
    """Copy the week before to the days that are still empty; return how many."""
    found = month.entries(session, people, monday - WEEK, monday + timedelta(6))
    kept = [month.grid.cell, *month.grid.sums]
    kept += [month.grid.rest] if month.grid.rest is not None else []
    new = [
        _new(month, person, day + WEEK, {name: before[name] for name in kept})
        for (person, day), before in sorted(found.items())
        if day < monday and (person, day + WEEK) not in found
    ]
    _create(session, month, new)
    return len(new)


def _create(session: Session, month: Month, rows: list[dict[str, Any]]) -> None:
    entries.create_many(
        session,
        month.declared.code,
        rows,
        visit.writer(),
        vouched={"department": month.department},
    )


def _new(month: Month, person: int, day: date, said: dict[str, Any]) -> dict[str, Any]:
    grid = month.grid
    # Of the department whose grid it is, whoever plans it.
    here = {} if month.department is None else {"department": month.department}
    told = {name: value for name, value in said.items() if value is not None}
    return {grid.rows: person, grid.columns: day} | here | told


def _said(session: Session, month: Month, value: str) -> dict[str, Any]:
    """Return the fields that a choice sets, with those that begin with its entry's."""
    declared, grid = month.declared, month.grid
    free = {} if grid.rest is None else {grid.rest: value == REST}
    if value == REST:
        return free | {grid.cell: None}
    target = declared.field(grid.cell).refers_to
    if target is None:
        return free | {grid.cell: value}
    taken = {
        one.name: one.default.path.partition(".")[2]
        for one in declared.fields
        if isinstance(one.default, From)
        and one.default.path.startswith(f"{grid.cell}.")
    }
    key = int(value)
    rows = references.fetch(session, target, [key], [*taken.values()])
    held = rows.get(key, {})
    follows = {name: held.get(there) for name, there in taken.items()}
    return free | {grid.cell: key} | follows
