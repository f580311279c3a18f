"""Which registers stand in the menu; the others are one click away, under one group."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import preferences
from models.history import ChangeEvent, Happening, Writer, remember
from models.preferences import REGISTERS_ON
from models.register import Declaration

# Where the history of the switches is kept: no register has this name.
SWITCHES = "menu.registers"
ENTRY = 0
_HERE = (ChangeEvent.register == SWITCHES, ChangeEvent.entry_id == ENTRY)


@dataclass(frozen=True, slots=True)
class Switched:
    """Who turned which registers on and off, and when."""

    at: datetime
    by_name: str
    on: tuple[str, ...]
    off: tuple[str, ...]


def split(
    registers: Iterable[Declaration], on: Collection[str] | None
) -> tuple[list[Declaration], list[Declaration]]:
    """Return the registers of the menu, as they were turned on, and the folded ones.

    Where nobody has said which are on, all are, in the order given.
    """
    shown: list[Declaration] = []
    folded: list[Declaration] = []
    for one in registers:
        (shown if on is None or one.code in on else folded).append(one)
    place = {code: index for index, code in enumerate(on or ())}
    return sorted(shown, key=lambda one: place.get(one.code, 0)), folded


def switch(
    session: Session, known: Iterable[str], chosen: Collection[str], writer: Writer
) -> bool:
    """Turn the chosen registers on and the other known ones off.

    Codes that are on and not among the known ones stay: their register may come back.
    The order in which a template turned them on stays, too.

    Args:
        session: A writing session.
        known: The registers that can be turned on and off.
        chosen: Those that are to be on.
        writer: Who switches, for the history.

    Returns:
        Whether anything changed.
    """
    codes = list(known)
    before: list[str] | None = preferences.get(session, REGISTERS_ON)
    was = codes if before is None else before
    now = [one for one in was if one in chosen or one not in codes]
    now += [one for one in codes if one in chosen and one not in was]
    if now == was:
        return False
    preferences.put(session, REGISTERS_ON, now)
    counted = select(func.count()).select_from(ChangeEvent).where(*_HERE)
    version = 1 + (session.scalar(counted) or 0)
    changes = {REGISTERS_ON: [was, now]}
    remember(session, SWITCHES, [Happening(ENTRY, version, "changed", changes)], writer)
    return True


def switched(session: Session, limit: int) -> list[Switched]:
    """Return the last times somebody switched, the latest first."""
    query = select(ChangeEvent).where(*_HERE).order_by(ChangeEvent.id.desc())
    found = []
    for event in session.scalars(query.limit(limit)):
        was, now = event.changes[REGISTERS_ON]
        on = tuple(one for one in now if one not in was)
        off = tuple(one for one in was if one not in now)
        found.append(Switched(event.at, event.by_name, on, off))
    return found
