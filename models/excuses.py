"""A verdict explained by whoever answers for it, and excused by somebody above.

One mechanism for all that is judged: the clock of a promise, the period of a duty. The
verdict itself never moves; what is excused counts in no share, measure or pay. Nobody
excuses their own. Who is above, and who is told how, is the matter's own.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from models.attachments import COMMENT_LENGTH
from models.excuse_columns import Excusable
from models.history import Writer
from models.reporting import Reporting
from models.words import PersonError


class Doing(StrEnum):
    """What may be done about what was promised or owed; also what a note of it is."""

    REMIND = "remind"  # 催办
    REASSIGN = "reassign"  # 改派
    EXPLAIN = "explain"  # 说明
    EXCUSE = "excuse"  # 剔除
    REFUSE = "refuse"  # the explanation is not taken
    TAKE_BACK = "take_back"  # of an excuse
    ENTER = "enter"  # what the breach proposes
    DECLINE = "decline"  # nothing is entered


def note(doing: Doing, text: str, writer: Writer) -> dict[str, Any]:
    """Return the columns of what a writer says."""
    by = writer.person
    return {
        "kind": doing.value,
        "text": text,
        "by_id": by.staff_id,
        "by_name": by.name,
        "at": writer.now,
    }


@dataclass(frozen=True, slots=True)
class Matter(ABC):
    """Something that was judged, locked, with who does something about it."""

    session: Session
    writer: Writer
    reporting: Reporting
    refused: ClassVar[type[PersonError]]  # what is raised for what cannot be done

    @property
    @abstractmethod
    def row(self) -> Excusable:
        """What was judged."""

    @property
    @abstractmethod
    def whose(self) -> int | None:
        """Who answers for it."""

    @abstractmethod
    def keep(self, doing: Doing, text: str) -> None:
        """Write the note of it."""

    @abstractmethod
    def tell(self, doing: Doing, people: Iterable[int | None]) -> None:
        """Queue the message of it to some people."""

    def is_excused(self) -> None:  # noqa: B027 - most have nothing more to do
        """Do what else an excuse means."""

    def counts_again(self) -> None:  # noqa: B027 - as above
        """Do what else it means that an excuse is taken back."""

    def said(self, text: str) -> str:
        """Return what was typed, without the blanks around it; refuse nothing said."""
        said = text.strip()
        if not said:
            raise self.refused("请写明原因。", "Say why.")
        if len(said) > COMMENT_LENGTH:
            raise self.refused(
                "最多 {most} 个字，请缩短。",
                "At most {most} characters; make it shorter.",
                most=COMMENT_LENGTH,
            )
        return said

    def told(self, people: Iterable[int | None]) -> list[int]:
        """Return whom to tell: whoever is away gives way to the deputy, not oneself."""
        present = (self.reporting.present(one) for one in people)
        own = self.writer.person.staff_id
        return [one for one in dict.fromkeys(present) if one is not None and one != own]


def explain(matter: Matter, text: str) -> None:
    """Say why; whoever is above is told."""
    said = matter.said(text)
    matter.row.explained_at = matter.writer.now
    matter.keep(Doing.EXPLAIN, said)
    matter.tell(Doing.EXPLAIN, matter.reporting.superiors(matter.whose))


def excuse(matter: Matter, text: str) -> None:
    """Leave it out of all that is counted; the verdict stays."""
    row, said = matter.row, matter.said(text)
    row.excused_at = matter.writer.now
    row.excused_by_id = matter.writer.person.staff_id
    row.excused_because = said
    row.explained_at = None
    matter.is_excused()
    matter.keep(Doing.EXCUSE, said)
    matter.tell(Doing.EXCUSE, [matter.whose])


def refuse(matter: Matter, text: str) -> None:
    """Answer an explanation with no; it may be explained again."""
    said = matter.said(text)
    matter.row.explained_at = None
    matter.keep(Doing.REFUSE, said)
    matter.tell(Doing.REFUSE, [matter.whose])


def take_back(matter: Matter, text: str) -> None:
    """Count again what was excused."""
    row, said = matter.row, matter.said(text)
    row.excused_at = row.excused_by_id = row.excused_because = None
    matter.counts_again()
    matter.keep(Doing.TAKE_BACK, said)
    matter.tell(Doing.TAKE_BACK, [matter.whose])


def answers(row: Excusable) -> Iterator[Doing]:
    """Yield what somebody above may do about a verdict that is not kept."""
    if row.excused_at is not None:
        yield Doing.TAKE_BACK
        return
    yield Doing.EXCUSE
    if row.explained_at is not None:
        yield Doing.REFUSE


def stands_in(reporting: Reporting, staff_id: int | None, whose: int | None) -> bool:
    """Whether somebody answers for it: it is theirs, or they stand in now."""
    return staff_id is not None and staff_id in (whose, reporting.present(whose))
