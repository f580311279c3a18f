"""Asked again when a message is sent: is it still true, and may they still see it?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import SYSTEM, Action, Person
from models.accounts import Account, person_of
from models.clock_table import Clock
from models.message_kinds import Holds, MessageKind, kind_of
from models.outbox import Message


@dataclass(slots=True)
class Checks:
    """Answers for the messages of one letter; who reads it is looked up once."""

    session: Session
    now: datetime
    _people: dict[int, Person | None] = field(default_factory=dict)

    def why_not(self, message: Message, staff_id: int | None) -> str | None:
        """Return the word of `deliveries.DROPPED` that forbids it; None to send it.

        Args:
            message: What is to be told.
            staff_id: To whom; None for a group, which is told no personal data.
        """
        kind = kind_of(message.kind)
        return self._stale(message, kind) or self._hidden(message, staff_id)

    def _stale(self, message: Message, kind: MessageKind) -> str | None:
        if kind.holds is Holds.ALWAYS or message.clock_id is None:
            return None
        clock = self.session.get(Clock, message.clock_id)
        if clock is None or clock.voided_at is not None:
            return "gone"
        if clock.met_at is not None or clock.excused_at is not None:
            return "done"
        if clock.due_at != message.about_at:
            return "moved"
        if kind.holds is Holds.BEFORE_DUE and clock.due_at < self.now:
            return "overdue"
        # Not by the reader: of one who is away it was told to who stands in.
        handed = kind.to_holder and clock.holder_id != message.holder_id
        return "handed" if handed else None

    def _hidden(self, message: Message, staff_id: int | None) -> str | None:
        person = SYSTEM if staff_id is None else self._person(staff_id)
        if person is None:
            return "account"
        register, entry_id = message.register, message.entry_id
        if register is None or entry_id is None:
            return None
        if register not in catalogue.current() or not self._sees(
            SYSTEM, register, entry_id
        ):
            return "gone"
        if staff_id is None:
            # Who reads along in a group is not known: nothing of what has levels.
            graded = catalogue.current()[register].secrecy is not None
            return "hidden" if graded else None
        told = _is_told(message) or self._sees(person, register, entry_id)
        return None if told else "hidden"

    def _sees(self, person: Person, register: str, entry_id: int) -> bool:
        rows = access.visible(person, register, Action.READ)
        entry = catalogue.current().table(register).c.id
        query = rows.with_only_columns(entry).where(entry == entry_id)
        return self.session.scalar(query) is not None

    def _person(self, staff_id: int) -> Person | None:
        if staff_id not in self._people:
            query = select(Account).where(Account.staff_id == staff_id, Account.active)
            account = self.session.scalar(query)
            found = person_of(self.session, account) if account else None
            self._people[staff_id] = found
        return self._people[staff_id]


def readable(session: Session, person: Person, messages: Iterable[Message]) -> set[int]:
    """Return which messages on somebody's bell tell of what they may still see."""
    found = set()
    asked: dict[str, list[Message]] = {}
    for one in messages:
        if one.entry_id is None or _is_told(one):
            found.add(one.id)
        else:
            asked.setdefault(one.register or "", []).append(one)
    for register, some in asked.items():
        entry = catalogue.current().table(register).c.id
        rows = access.visible(person, register, Action.READ)
        query = rows.with_only_columns(entry)
        query = query.where(entry.in_({one.entry_id for one in some}))
        seen = set(session.scalars(query))
        found |= {one.id for one in some if one.entry_id in seen}
    return found


def _is_told(message: Message) -> bool:
    """Whether a person is told without a right on the entry's register.

    Of what is about themselves, and of what anybody may take down and then answers for.
    """
    known, register = catalogue.current(), message.register
    if kind_of(message.kind).about_reader:
        return True
    if register is None or register not in known:
        return True
    return known[register].anyone is not None
