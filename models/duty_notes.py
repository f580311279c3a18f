"""What people say and do about a duty that was missed: 说明, 剔除; each kept for good.

As with the breach of a time limit (`excuses.py`): the verdict stays, and what is
excused counts in no share. Only what was kept can be explained: before, it may change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import duty_people, duty_rights, excuses
from models.access import Person
from models.duties import Duty
from models.duty_people import Owner
from models.duty_verdicts import DutyNote, DutyVerdict
from models.entry_errors import NotAllowedError
from models.excuse_columns import Excusable
from models.excuses import Doing
from models.history import Writer
from models.measures import Measure
from models.outbox import Notice, enqueue
from models.reporting import Reporting
from models.rules.duty_share import Verdict
from models.rules.periods import parse_period
from models.words import Label, PersonError

SAID = {
    Doing.EXPLAIN: Label("未达标已有说明，请确认。", "is explained; please answer."),
    Doing.EXCUSE: Label("未达标已剔除。", "is excused."),
    Doing.REFUSE: Label("的说明未获同意。", "is not excused by what was said."),
    Doing.TAKE_BACK: Label("的剔除已撤销。", "is no longer excused."),
}
WAYS = {
    Doing.EXPLAIN: excuses.explain,
    Doing.EXCUSE: excuses.excuse,
    Doing.REFUSE: excuses.refuse,
    Doing.TAKE_BACK: excuses.take_back,
}
"""What may be done about a verdict."""


class DutyNoteRefusedError(PersonError):
    """Something that cannot be done about a verdict as it stands."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A kept verdict with whose it is and what it was of."""

    row: DutyVerdict
    owner: Owner
    duty: Duty
    measure: Measure


@dataclass(frozen=True, slots=True)
class About(excuses.Matter):
    """A verdict that something is done about, with who does it."""

    seen: Seen
    refused = DutyNoteRefusedError

    @property
    def row(self) -> Excusable:
        """The verdict."""
        return self.seen.row

    @property
    def whose(self) -> int | None:
        """Who owed it."""
        return self.seen.owner.id

    def keep(self, doing: Doing, text: str) -> None:
        """Write the note of it."""
        said = excuses.note(doing, text, self.writer)
        self.session.add(DutyNote(verdict_id=self.seen.row.id, **said))
        self.session.flush()

    def tell(self, doing: Doing, people: Iterable[int | None]) -> None:
        """Queue the message of it to some people, whoever is away to the deputy."""
        row, name, said = self.seen.row, self.seen.duty.label, SAID[doing]
        notes = self.session.scalar(
            select(func.count()).where(DutyNote.verdict_id == row.id)
        )
        text = Label(
            f"定期任务“{name.zh}”{row.period} {said.zh}",
            f"The duty “{name.en}” of {row.period} {said.en}",
        )
        enqueue(
            self.session,
            (
                Notice(
                    key=f"duty.{doing}/{row.id}/{notes}/{staff_id}",
                    kind=f"duty.{doing}",
                    text=text,
                    staff_id=staff_id,
                )
                for staff_id in self.told(people)
            ),
            self.writer.now,
        )


def open_to(session: Session, seen: Seen, writer: Writer) -> frozenset[Doing]:
    """Return what a writer may do about a verdict that they see.

    To explain is open to who owed it or stands in, to answer to the superior and to
    who approves the entries that are counted; nobody answers for their own.
    """
    reporting = Reporting(session, writer.now, writer.zone)
    return frozenset(_ways(seen, writer.person, reporting))


def _ways(seen: Seen, person: Person, reporting: Reporting) -> Iterator[Doing]:
    row, whose = seen.row, seen.owner.id
    if row.verdict != Verdict.MISSED:
        return
    if row.excused_at is None and excuses.stands_in(reporting, person.staff_id, whose):
        yield Doing.EXPLAIN
    above = person.staff_id in reporting.superiors(whose) or duty_rights.approves(
        person, seen.owner, seen.measure.register
    )
    if above and person.staff_id != whose:
        yield from excuses.answers(row)


def do(
    session: Session, verdict_id: int, doing: Doing, text: str, writer: Writer
) -> None:
    """Explain a verdict, excuse it, refuse the explanation, or take the excuse back.

    Raises:
        NotAllowedError: It is not there, or not one that the writer may see.
        DutyNoteRefusedError: It is not theirs to do now, or nothing is said.
    """
    locked = select(DutyVerdict.id).where(DutyVerdict.id == verdict_id)
    session.scalar(locked.with_for_update())
    found = see(session, writer.person, verdict_id)
    if doing not in open_to(session, found, writer) or doing not in WAYS:
        raise DutyNoteRefusedError(
            "这条结论现在不能这样处理：可能已有人处理，或不由您办理。请刷新后再看。",
            "This cannot be done now: somebody may have done it, or it is not yours "
            "to do. Look at the page anew.",
        )
    reporting = Reporting(session, writer.now, writer.zone)
    WAYS[doing](About(session, writer, reporting, found), text)


def see(session: Session, person: Person, verdict_id: int) -> Seen:
    """Return a verdict that the person may see, or raise NotAllowedError."""
    row = session.get(DutyVerdict, verdict_id, populate_existing=True)
    duty = None if row is None else session.get(Duty, row.duty_id)
    if row is None or duty is None:
        raise NotAllowedError
    measure = session.scalar(select(Measure).filter_by(code=duty.measure))
    owners = duty_people.owners(session, parse_period(row.period), [row.staff_id])
    if (
        measure is None
        or not owners
        or not duty_rights.may_see(person, owners[0], measure.register)
    ):
        raise NotAllowedError
    return Seen(row, owners[0], duty, measure)


def notes_of(session: Session, verdict_id: int) -> list[DutyNote]:
    """Return the notes of a verdict that may be seen, the first one first."""
    query = select(DutyNote).filter_by(verdict_id=verdict_id).order_by(DutyNote.id)
    return list(session.scalars(query))
