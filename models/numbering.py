"""How entries are numbered: a pattern, and a counter for each scope of it.

A pattern has the places {year} {month} {day} {branch} {serial}, each with an
optional width as in "{serial:03}". The scope is the number without its serial, so a
serial starts again wherever the rest changes. The width is a minimum: the thousandth of
three digits gets four. Only a year of two digits, {year:02}, is cut to its last two.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import String, Table, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.access import marked
from models.amid import among
from models.column_types import BigId
from models.database import Base

PLACES = frozenset({"year", "month", "day", "branch", "serial"})


class NumberCounter(Base):
    """The last serial given in one scope of a register's numbers."""

    __tablename__ = "number_counter"

    register: Mapped[str] = mapped_column(String(41), primary_key=True)
    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int] = mapped_column(BigId)


def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a pattern; None if nothing is."""
    try:
        places = [name for _, name, _, _ in string.Formatter().parse(pattern) if name]
    except ValueError as error:
        return str(error)
    unknown = set(places) - PLACES
    if unknown:
        return f"unknown places {sorted(unknown)}; allowed are {sorted(PLACES)}"
    if places.count("serial") != 1:
        return "exactly one {serial} is needed"
    return None


def next_numbers(
    session: Session,
    register: str,
    pattern: str,
    at: Sequence[datetime],
    zone: ZoneInfo,
    *,
    branches: Sequence[str] = (),
) -> list[str]:
    """Take the next number for each instant, in order, inside the open transaction.

    The counter's row is locked until the transaction ends, so no number is given twice
    and a rolled-back entry gives its number back.

    Args:
        session: A writing session.
        register: Whose counters are raised.
        pattern: As above.
        at: When each entry is entered; the day is that of the zone.
        zone: The desk's.
        branches: The short code of each entry's branch, as many as instants; nothing
            where the pattern does not ask.
    """
    frames = _frames(pattern, at, zone, branches)
    taken: dict[str, int] = {}
    # Sorted, so that two transactions lock several counters in the same order.
    for frame, count in sorted(Counter(frames).items()):
        taken[frame] = _advance(session, register, frame, count) - count
    numbers = []
    for frame in frames:
        taken[frame] += 1
        numbers.append(_serial(frame, taken[frame]))
    return numbers


def free_numbers(
    session: Session,
    table: Table,
    pattern: str,
    at: Sequence[datetime],
    zone: ZoneInfo,
    *,
    branches: Sequence[str] = (),
) -> list[str]:
    """Take numbers that no row has, whoever brought that row and its number.

    An import or another program may have brought numbers that the counter would come
    to; then it goes on after the highest of them.
    """
    args = (session, table.name, pattern, at, zone)
    numbers = next_numbers(*args, branches=branches)
    if not _is_any_taken(session, table, numbers):
        return numbers
    for frame in set(_frames(pattern, at, zone, branches)):
        _raise_to(session, table.name, frame, _highest(session, table, frame))
    return next_numbers(*args, branches=branches)


def asks_branch(pattern: str) -> bool:
    """Whether numbers of this pattern differ by branch."""
    return any(name == "branch" for _, name, _, _ in string.Formatter().parse(pattern))


def _frames(
    pattern: str, at: Sequence[datetime], zone: ZoneInfo, branches: Sequence[str]
) -> list[str]:
    """Return the number of each entry but for its serial."""
    local = [one.astimezone(zone) for one in at]
    keys = [
        ((one.year, one.month, one.day), branch)
        for one, branch in zip(local, branches or [""] * len(local), strict=True)
    ]
    filled = {key: _frame(pattern, *key) for key in set(keys)}
    return [filled[key] for key in keys]


def _is_any_taken(session: Session, table: Table, numbers: Sequence[str]) -> bool:
    # With the words of the unique index, which alone finds a number at once.
    alive = (table.c.binned_at.is_(None), among(table.c.number, numbers))
    found = select(table.c.id).where(*alive).limit(1)
    return session.scalar(marked(found, table.name)) is not None


def _highest(session: Session, table: Table, frame: str) -> int:
    """Return the highest serial among the numbers of a scope."""
    before, _, after = frame.split(_SERIAL)
    number = table.c.number
    alike = number.startswith(before, autoescape=True)
    query = select(number).where(alike, number.endswith(after, autoescape=True))
    serial = re.compile(f"{re.escape(before)}([0-9]{{1,18}}){re.escape(after)}")
    found = session.scalars(marked(query, table.name))
    matches = (serial.fullmatch(one) for one in found)
    return max((int(one[1]) for one in matches if one), default=0)


def _raise_to(session: Session, register: str, frame: str, serial: int) -> None:
    scope = frame.replace(_SERIAL, "#")
    behind = (NumberCounter.register == register, NumberCounter.scope == scope)
    session.execute(
        update(NumberCounter)
        .where(*behind, NumberCounter.last < serial)
        .values(last=serial)
        .execution_options(synchronize_session=False)
    )


_SERIAL = "\x00"


def _frame(pattern: str, day: tuple[int, int, int], branch: str) -> str:
    """Fill everything but the serial, whose place and width stay marked."""
    filled = []
    for text, name, width, _ in string.Formatter().parse(pattern):
        filled.append(text)
        if name == "serial":
            filled.append(f"{_SERIAL}{width or ''}{_SERIAL}")
        elif name is not None:
            value = dict(zip(("year", "month", "day"), day, strict=True)).get(name)
            said = branch if value is None else format(value, width or "")
            filled.append(said[-2:] if (name, width) == ("year", "02") else said)
    return "".join(filled)


def _serial(frame: str, serial: int) -> str:
    before, width, after = frame.split(_SERIAL)
    return f"{before}{format(serial, width)}{after}"


def _advance(session: Session, register: str, frame: str, count: int) -> int:
    """Raise the scope's counter and return its new value."""
    scope = frame.replace(_SERIAL, "#")
    values = {"register": register, "scope": scope, "last": count}
    raised = {"last": NumberCounter.last + count}
    key = ["register", "scope"]
    if session.get_bind().dialect.name == "sqlite":
        light = sqlite.insert(NumberCounter).values(values)
        upsert = light.on_conflict_do_update(index_elements=key, set_=raised)
        return session.execute(upsert.returning(NumberCounter.last)).scalar_one()
    heavy = postgresql.insert(NumberCounter).values(values)
    grown = heavy.on_conflict_do_update(index_elements=key, set_=raised)
    return session.execute(grown.returning(NumberCounter.last)).scalar_one()
