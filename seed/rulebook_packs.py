"""Which regulations of the rulebook are in use: those of a template, or of an admin.

Each regulation is a pack: its clauses are loaded as a whole or not at all. What was
switched off by hand stays off when a template that has it is applied again.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import setting_history
from models.applied import AppliedItem
from models.history import Writer
from models.rulebook import RulebookRegulation, forget_texts
from models.words import Label, PersonError
from seed.apply import COMPANY, remember
from seed.items import RegulationItem, regulation_item
from seed.regulation_files import read_regulation, regulation_codes

SETTING = "rulebook.packs"  # under which the history of the switches is kept
BY_HAND = "by_hand"  # in place of a template's name, for what an admin switched on


class UnknownPackError(PersonError):
    """There is no regulation of this code."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One regulation that can be switched on."""

    code: str
    title: Label
    summary: Label
    clauses: int
    on: bool
    newer: bool  # its words were written anew since they were loaded


def packs(session: Session) -> list[Pack]:
    """Return every regulation there is, by code; those without a file come along."""
    known = regulation_codes()
    loaded = {one.code: one for one in session.scalars(select(RulebookRegulation))}
    found = [_pack(session, code, on=code in loaded) for code in known]
    for code, one in loaded.items():
        if code not in known:
            many = len(one.clauses)
            found.append(Pack(code, one.title, one.summary, many, on=True, newer=False))
    return sorted(found, key=lambda one: one.code)


def switch_on(session: Session, code: str, writer: Writer) -> None:
    """Load a regulation's clauses, or write them anew; needs a writing session.

    Raises:
        UnknownPackError: There is none of this code.
    """
    item = _item(code)
    before = item.read(session, COMPANY)
    if before == item.wanted:
        return
    item.write(session, COMPANY, item.wanted, writer)
    if _applied(session, code) is None:
        remember(session, BY_HAND, item, COMPANY)
    changes = {code: [before is not None, True]}
    setting_history.keep(session, SETTING, 0, changes, writer)


def switch_off(session: Session, code: str, writer: Writer) -> None:
    """Take a regulation out with all its clauses; what cites them stays as it is."""
    found = session.get(RulebookRegulation, code)
    if found is None:
        return
    session.delete(found)
    session.flush()
    forget_texts()
    # Remembered from now on, so that no template brings it back by itself.
    if _applied(session, code) is None and code in regulation_codes():
        remember(session, BY_HAND, _item(code), COMPANY)
    setting_history.keep(session, SETTING, 0, {code: [True, False]}, writer)


def _pack(session: Session, code: str, *, on: bool) -> Pack:
    item = _item(code)
    newer = on and item.read(session, COMPANY) != item.wanted
    zh, en = item.wanted["summary"]
    many = sum(name.startswith("clause ") for name in item.wanted)
    return Pack(code, item.label, Label(zh, en), many, on=on, newer=newer)


def _item(code: str) -> RegulationItem:
    if code not in regulation_codes():
        raise UnknownPackError(
            "制度库里没有“{code}”，请从列表中选择。",
            "There is no regulation “{code}”. Choose one of the list.",
            code=code,
        )
    return regulation_item(read_regulation(code))


def _applied(session: Session, code: str) -> AppliedItem | None:
    query = select(AppliedItem).filter_by(
        kind=RegulationItem.kind, code=code, scope=COMPANY
    )
    return session.scalar(query)
