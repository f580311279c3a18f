"""What people say and do about a clock: 说明, 剔除, 催办, 改派; each kept for good.

A breach is explained by the holder and excused by somebody above. The verdict stays;
shares, measures and pay leave it out. Nobody excuses their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, excuses, proposals, references
from models.access import Action, Person
from models.amid import among
from models.clock_table import Clock, ClockNote
from models.entry_errors import NotAllowedError
from models.excuse_columns import Excusable
from models.excuses import Doing
from models.history import Writer
from models.outbox import Notice, enqueue
from models.reporting import Reporting
from models.rules.wall_clock import at_time
from models.targets import SlaTarget
from models.words import Label, PersonError

SAID = {
    Doing.REMIND: Label("请尽快办理，应在{at}前完成。", "please do it by {at}."),
    Doing.REASSIGN: Label(
        "已改派给您，应在{at}前完成。", "is yours now; it is due by {at}."
    ),
    Doing.EXPLAIN: Label(
        "逾期已有说明，请确认。", "was late and is explained; please answer."
    ),
    Doing.EXCUSE: Label("的逾期已剔除。", "the breach is excused."),
    Doing.REFUSE: Label("的逾期说明未获同意。", "the explanation is not taken."),
    Doing.TAKE_BACK: Label("的剔除已撤销。", "the breach is no longer excused."),
    Doing.ENTER: Label("逾期的处理已登记。", "what followed from it is entered."),
    Doing.DECLINE: Label("逾期不另作处理。", "nothing follows from it."),
}


class ClockRefusedError(PersonError):
    """Something that cannot be done about a clock as it stands."""


@dataclass(frozen=True, slots=True)
class About(excuses.Matter):
    """A clock that something is done about, with who does it."""

    clock: Clock
    target: SlaTarget
    refused = ClockRefusedError

    @property
    def row(self) -> Excusable:
        """The clock."""
        return self.clock

    @property
    def whose(self) -> int | None:
        """The holder of the entry."""
        return self.clock.holder_id

    def is_excused(self) -> None:
        """Escalate and propose nothing more."""
        self.clock.proposed_at = self.clock.next_at = None

    def counts_again(self) -> None:
        """Take the steps that are left; propose again what was not decided."""
        clock = self.clock
        is_open = clock.met_at is None and clock.voided_at is None
        clock.next_at = clock.escalate_at if is_open else None
        if self.target.proposes and not _is_decided(self.session, clock.id):
            clock.proposed_at = clock.breached_at

    def keep(self, doing: Doing, text: str) -> None:
        """Write the note of it."""
        said = excuses.note(doing, text, self.writer)
        self.session.add(ClockNote(clock_id=self.clock.id, **said))
        self.session.flush()

    def tell(self, doing: Doing, people: Iterable[int | None]) -> None:
        """Queue the message of it to some people, whoever is away to the deputy."""
        said, name = SAID[doing], self.target.label
        notes = self.session.scalar(
            select(func.count()).where(ClockNote.clock_id == self.clock.id)
        )
        enqueue(
            self.session,
            (
                Notice(
                    key=f"clock.{doing}/{self.clock.id}/{notes}/{staff_id}",
                    kind=f"clock.{doing}",
                    text=Label(f"“{name.zh}”{said.zh}", f"“{name.en}” {said.en}"),
                    staff_id=staff_id,
                    register=self.clock.register,
                    entry_id=self.clock.entry_id,
                    number=self.clock.number,
                    clock_id=self.clock.id,
                    about_at=self.clock.due_at,
                )
                for staff_id in self.told(people)
            ),
            self.writer.now,
        )


def open_to(
    session: Session, clocks: Sequence[Clock], writer: Writer
) -> dict[int, frozenset[Doing]]:
    """Return {clock: what the writer may do about it}, of clocks they may see.

    To remind is open to all who see the clock, to reassign to those who may change the
    entry, to explain to whoever answers for it or stands in, to answer to those who may
    approve the entry or are the holder's superior.
    """
    reporting = Reporting(session, writer.now, writer.zone)
    rights = {
        action: _allowed(session, writer.person, clocks, action)
        for action in (Action.CHANGE, Action.APPROVE)
    }
    found = {
        one.id: set(_ways(one, writer.person, rights, reporting)) for one in clocks
    }
    for one in clocks:
        if Doing.ENTER in found[one.id] and not _may_enter(session, one, writer):
            found[one.id].discard(Doing.ENTER)
    return {key: frozenset(ways) for key, ways in found.items()}


def _may_enter(session: Session, clock: Clock, writer: Writer) -> bool:
    register = proposals.register_of(session.get_one(SlaTarget, clock.target_id))
    return register is not None and writer.person.may(register.code, Action.CREATE)


def _allowed(
    session: Session, person: Person, clocks: Sequence[Clock], action: Action
) -> set[tuple[str, int]]:
    by_register: dict[str, set[int]] = defaultdict(set)
    for one in clocks:
        by_register[one.register].add(one.entry_id)
    found = set()
    for register, ids in by_register.items():
        if not person.may(register, action):
            continue
        key = catalogue.current().table(register).c.id
        query = access.visible(person, register, action).where(among(key, ids))
        query = query.with_only_columns(key)
        found |= {(register, one) for one in session.scalars(query)}
    return found


def _ways(
    clock: Clock,
    person: Person,
    rights: dict[Action, set[tuple[str, int]]],
    reporting: Reporting,
) -> Iterator[Doing]:
    entry = (clock.register, clock.entry_id)
    is_own = person.staff_id is not None and clock.holder_id == person.staff_id
    if clock.voided_at is not None:
        return
    if clock.met_at is None and clock.holder_id is not None and not is_own:
        yield Doing.REMIND
    if clock.met_at is None and entry in rights[Action.CHANGE]:
        yield Doing.REASSIGN
    if clock.breached_at is None:
        return
    if clock.excused_at is None and excuses.stands_in(
        reporting, person.staff_id, clock.holder_id
    ):
        yield Doing.EXPLAIN
    above = entry in rights[Action.APPROVE] or (
        person.staff_id in reporting.superiors(clock.holder_id)
    )
    if above and not is_own:
        yield from _answers(clock)


def _answers(clock: Clock) -> Iterator[Doing]:
    yield from excuses.answers(clock)
    if clock.proposed_at is not None:
        yield from (Doing.ENTER, Doing.DECLINE)


def explain(session: Session, clock_id: int, text: str, writer: Writer) -> None:
    """Say why a promise was not kept; whoever is above the holder is told.

    Raises:
        NotAllowedError: The clock is not there, or on an entry one may not read.
        ClockRefusedError: It is not one's own, was not broken, or nothing is said.
    """
    excuses.explain(_about(session, clock_id, Doing.EXPLAIN, writer), text)


def excuse(session: Session, clock_id: int, text: str, writer: Writer) -> None:
    """Leave a breach out of shares and pay; nothing more is escalated.

    Raises as `explain` does.
    """
    excuses.excuse(_about(session, clock_id, Doing.EXCUSE, writer), text)


def refuse(session: Session, clock_id: int, text: str, writer: Writer) -> None:
    """Answer an explanation with no; the holder may explain again."""
    excuses.refuse(_about(session, clock_id, Doing.REFUSE, writer), text)


def take_back(session: Session, clock_id: int, text: str, writer: Writer) -> None:
    """Count a breach again that was excused; the steps that are left are taken."""
    excuses.take_back(_about(session, clock_id, Doing.TAKE_BACK, writer), text)


def _is_decided(session: Session, clock_id: int) -> bool:
    kinds = (Doing.ENTER.value, Doing.DECLINE.value)
    query = select(ClockNote.id).where(
        ClockNote.clock_id == clock_id, ClockNote.kind.in_(kinds)
    )
    return session.scalar(query.limit(1)) is not None


def enter(session: Session, clock_id: int, writer: Writer) -> tuple[str, int]:
    """Make the entry that a breach proposes; return its register and id.

    Raises as `explain` does, and as a new entry of that register does.
    """
    about = _about(session, clock_id, Doing.ENTER, writer)
    made = proposals.enter(session, about.clock, about.target, writer)
    about.clock.proposed_at = None
    register = proposals.register_of(about.target)
    if register is None:
        raise NotAllowedError
    labels = references.labels(session, register.code, [made])
    about.keep(Doing.ENTER, f"{register.title.zh} {labels.get(made, made)}")
    about.tell(Doing.ENTER, [about.clock.holder_id])
    return register.code, made


def decline(session: Session, clock_id: int, text: str, writer: Writer) -> None:
    """Let nothing follow from a breach; the verdict stays and counts."""
    about = _about(session, clock_id, Doing.DECLINE, writer)
    said = about.said(text)
    about.clock.proposed_at = None
    about.keep(Doing.DECLINE, said)
    about.tell(Doing.DECLINE, [about.clock.holder_id])


def remind(session: Session, clock_id: int, writer: Writer) -> None:
    """Send the holder a message, once a day however many ask for it."""
    about = _about(session, clock_id, Doing.REMIND, writer)
    midnight = at_time(writer.now.astimezone(writer.zone).date(), time(), writer.zone)
    today = select(ClockNote.by_name).where(
        ClockNote.clock_id == clock_id,
        ClockNote.kind == Doing.REMIND.value,
        ClockNote.at >= midnight,
    )
    by = session.scalar(today.limit(1))
    if by is not None:
        raise ClockRefusedError(
            "今天已由{by}催办过，每天最多一次，请明天再试。",
            "{by} sent a reminder today; one a day is the most. Try tomorrow.",
            by=by,
        )
    about.keep(Doing.REMIND, "")
    about.tell(Doing.REMIND, [about.clock.holder_id])


def reassign(session: Session, clock_id: int, to_id: int, writer: Writer) -> None:
    """Make another answer for the entry, by the register's own field of persons.

    Raises as a save of the entry does, besides `explain`'s.
    """
    about = _about(session, clock_id, Doing.REASSIGN, writer)
    clock, field = about.clock, about.target.responsible
    if clock.holder_id == to_id:
        raise ClockRefusedError(
            "这条记录已由所选的人负责，请另选一位。",
            "This person answers for it already. Choose another.",
        )
    entries.change(session, clock.register, clock.entry_id, {field: to_id}, writer)
    session.refresh(clock)
    name = session.scalar(
        access.marked(
            select(catalogue.current().table("staff").c.name).where(
                catalogue.current().table("staff").c.id == to_id
            ),
            "staff",
        )
    )
    about.keep(Doing.REASSIGN, name or "")
    about.tell(Doing.REASSIGN, [to_id])


def notes_of(session: Session, ids: Iterable[int]) -> dict[int, list[ClockNote]]:
    """Return the notes of clocks that may be seen, the first one first."""
    query = select(ClockNote).where(among(ClockNote.clock_id, set(ids)))
    found: dict[int, list[ClockNote]] = defaultdict(list)
    for one in session.scalars(query.order_by(ClockNote.id)):
        found[one.clock_id].append(one)
    return found


def seen(session: Session, person: Person, clock_id: int) -> Clock:
    """Return a clock on an entry that the person may read, or NotAllowedError."""
    clock = session.get(Clock, clock_id)
    if clock is None or clock.register not in catalogue.current():
        raise NotAllowedError
    _demand_seen(session, person, clock)
    return clock


def _demand_seen(session: Session, person: Person, clock: Clock) -> None:
    if (clock.register, clock.entry_id) not in _allowed(
        session, person, [clock], Action.READ
    ):
        raise NotAllowedError


def _about(session: Session, clock_id: int, doing: Doing, writer: Writer) -> About:
    """Return a clock, locked, once the writer may do this about it.

    To reassign is a save, which locks the entry before its clocks: so it is not yet.
    """
    query = select(Clock).where(Clock.id == clock_id)
    if doing is not Doing.REASSIGN:
        query = query.with_for_update()
    clock: Any = session.scalar(query.execution_options(populate_existing=True))
    if clock is None or clock.register not in catalogue.current():
        raise NotAllowedError
    _demand_seen(session, writer.person, clock)
    if doing not in open_to(session, [clock], writer)[clock.id]:
        raise ClockRefusedError(
            "这个时限现在不能这样处理：可能已有人处理，或不由您办理。请刷新后再看。",
            "This cannot be done now: somebody may have done it, or it is not yours "
            "to do. Look at the page anew.",
        )
    target = session.get_one(SlaTarget, clock.target_id)
    reporting = Reporting(session, writer.now, writer.zone)
    return About(session, writer, reporting, clock, target)
