"""What a save of many entries would refuse, entry by entry, and why; writes nothing.

A save is all or none. Whoever changes hundreds of entries is told beforehand which of
them it would refuse, by the very checks of the save, so that the others can be saved.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from models import choosing, flow_locks, limits, pay_hardening, row_reach
from models.access import Action
from models.checking import Problem
from models.history import Writer
from models.preparing import Row, duplicates, prepare
from models.register import Declaration
from models.words import Label

OUT_OF_REACH = Label(
    "改成这样以后就不归您管了，您不能这样改。",
    "It would no longer be yours to change.",
)


@dataclass(slots=True)
class Judged:
    """The entries as they would be saved, and why some would be refused, by place."""

    befores: Sequence[Row]
    afters: list[Row]
    refused: dict[int, list[Label]] = field(default_factory=lambda: defaultdict(list))

    @property
    def fine(self) -> list[int]:
        """The places of the entries that would be saved."""
        return [at for at in range(len(self.afters)) if at not in self.refused]

    def refuse(self, problems: Iterable[Problem], places: Sequence[int]) -> None:
        """Keep what is wrong with some entries; a problem's row counts in `places`."""
        for one in problems:
            told = self.refused[places[one.row]]
            if one.label not in told:
                told.append(one.label)


Check = Callable[[list[Row], list[Row]], list[Problem]]


def changed(
    session: Session,
    declared: Declaration,
    given: Sequence[Mapping[str, Any]],
    befores: Sequence[Row],
    writer: Writer,
    *,
    locks: bool = False,
) -> Judged:
    """Return what would come of new values for entries that the writer may change.

    Args:
        session: Any session; a writing one with `locks`.
        declared: The register.
        given: The new values of each entry.
        befores: The entries as they are, in the same order.
        writer: Who would save them, and when.
        locks: Whether the save follows, and limits are to stand still until then.
    """
    person = writer.person
    afters, problems = prepare(session, declared, given, writer, befores)
    problems += choosing.refused(
        session, declared, given, person, problems, befores=befores
    )
    found = Judged(befores, afters)
    found.refuse(problems, range(len(afters)))
    _refuse_locked(session, found, declared)
    for at in found.fine:
        if not row_reach.reaches(person, declared, Action.CHANGE, afters[at]):
            found.refused[at].append(OUT_OF_REACH)
    _refuse_together(found, _hardened(session, declared, writer))
    _refuse_together(
        found,
        lambda old, new: limits.refused(
            session, declared, old, new, writer.zone, locks=locks
        ),
    )
    return found


def moved(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row],
    writer: Writer,
    *,
    into_bin: bool,
    locks: bool = False,
) -> Judged:
    """Return what would come of binning or restoring entries; see `changed`."""
    at = writer.now if into_bin else None
    found = Judged(befores, [row | {"binned_at": at} for row in befores])
    _refuse_locked(session, found, declared)
    _refuse_together(found, _hardened(session, declared, writer))
    if not into_bin:
        _refuse_together(found, lambda _, new: duplicates(session, declared, new))
        _refuse_together(
            found,
            lambda _, new: limits.refused(
                session, declared, None, new, writer.zone, locks=locks
            ),
        )
    return found


def _hardened(session: Session, declared: Declaration, writer: Writer) -> Check:
    return lambda old, new: pay_hardening.refused(
        session, declared, old, new, writer.zone
    )


def _refuse_locked(session: Session, found: Judged, declared: Declaration) -> None:
    for rows in (found.befores, found.afters):
        for at, state in flow_locks.closed(session, declared, rows).items():
            said = Label(
                f"在“{state.zh}”环节，内容已锁定。",
                f"It stands at “{state.en}” and is locked.",
            )
            if said not in found.refused[at]:
                found.refused[at].append(said)


def _refuse_together(found: Judged, check: Check) -> None:
    """Ask what looks at several entries at once about those that are fine so far."""
    places = found.fine
    old = [found.befores[at] for at in places]
    found.refuse(check(old, [found.afters[at] for at in places]), places)
