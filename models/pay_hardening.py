"""Periods whose pay is locked, and entries that would move its figures all the same.

A register names the fields that harden (`hardens.py`). Here a save is refused with a
sentence; `schema_hardening.py` has the triggers that refuse it to every other program.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked
from models.checking import Problem
from models.entry_errors import EntryRefusedError
from models.pay_run_tables import PayClosed
from models.pay_tables import PayRun
from models.register import Declaration
from models.rules.periods import parse_period
from models.scopes import DEPARTMENT, Departments
from models.words import Label

Row = dict[str, Any]


class Closed(NamedTuple):
    """A period whose pay is locked; department 0 is the whole company."""

    department_id: int
    first_on: date
    end_on: date
    period: str


def close(session: Session, run: PayRun, zone: ZoneInfo) -> None:
    """Harden the period of a run, in the transaction that locks it."""
    period = parse_period(run.period)
    first_at, end_at = period.instants(zone)
    session.add_all(
        PayClosed(
            run_id=run.id,
            department_id=department,
            period=run.period,
            first_on=period.first,
            end_on=period.end,
            first_at=first_at,
            end_at=end_at,
        )
        for department in _departments(session, run.scope)
    )
    session.flush()


def reopen(session: Session, run: PayRun) -> None:
    """Let the period of a run be written again."""
    session.execute(delete(PayClosed).where(PayClosed.run_id == run.id))


def _departments(session: Session, scope: int) -> list[int]:
    """Return a department and all below it; of the company 0 alone."""
    if not scope:
        return [0]
    table = catalogue.current().table(DEPARTMENT)
    departments = Departments(session)
    ids = session.scalars(marked(select(table.c.id), DEPARTMENT))
    return [one for one in ids if scope in set(departments.upwards(one))]


def keep(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row | None],
    afters: Sequence[Row | None],
    zone: ZoneInfo,
) -> None:
    """Refuse a write that moves figures of a period whose pay is locked.

    Raises:
        EntryRefusedError: With a problem for each row.
    """
    problems = refused(session, declared, befores, afters, zone)
    if problems:
        raise EntryRefusedError(problems)


def refused(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row | None],
    afters: Sequence[Row | None],
    zone: ZoneInfo,
) -> list[Problem]:
    """Return what is wrong with each row that moves figures of a locked period."""
    if declared.hardens is None:
        return []
    closed = _closed(session)
    if not closed:
        return []
    found = []
    for index, (before, after) in enumerate(zip(befores, afters, strict=True)):
        moved = list(_moved(declared, before, after))
        if not moved:
            continue
        for row in (before, after):
            period = _period(declared, row, closed, zone)
            if period is not None:
                found.append(Problem(moved[0], _said(declared, moved, period), index))
                break
    return found


def _closed(session: Session) -> list[Closed]:
    query = select(
        PayClosed.department_id,
        PayClosed.first_on,
        PayClosed.end_on,
        PayClosed.period,
    )
    return [Closed(*row) for row in session.execute(query)]


def _figures(declared: Declaration, row: Row | None) -> Row:
    """Return what of an entry counts: nothing in the bin, or if none is filled."""
    hardens = declared.hardens
    if hardens is None or row is None or row.get("binned_at") is not None:
        return {}
    if all(row.get(name) is None for name in hardens.fields):
        return {}
    return {name: row.get(name) for name in (*hardens.fields, hardens.by)}


def _moved(
    declared: Declaration, before: Row | None, after: Row | None
) -> Iterator[str]:
    was, now = _figures(declared, before), _figures(declared, after)
    for name in now or was:
        if was.get(name) != now.get(name):
            yield name


def _period(
    declared: Declaration, row: Row | None, closed: Sequence[Closed], zone: ZoneInfo
) -> str | None:
    """Return the locked period that an entry counts in, if it counts in one."""
    hardens = declared.hardens
    figures = _figures(declared, row)
    at = figures.get(hardens.by) if hardens else None
    if row is None or at is None:
        return None
    on = at.astimezone(zone).date() if isinstance(at, datetime) else at
    return next(
        (
            one.period
            for one in closed
            if one.department_id in (0, row.get("department"))
            and one.first_on <= on < one.end_on
        ),
        None,
    )


def _said(declared: Declaration, moved: Sequence[str], period: str) -> Label:
    labels = [declared.field(name).label for name in moved]
    names = "、".join(one.zh for one in labels)
    english = ", ".join(one.en for one in labels)
    return Label(
        f"{period} 的绩效已关账，不能再改“{names}”。需要时请先反关账。",
        f"The pay of {period} is locked: {english} cannot be changed. Unlock it first"
        " if it must be.",
    )
