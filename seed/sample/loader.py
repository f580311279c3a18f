"""How the sample department is written: as its own people would have entered it.

Rows go through the one way to write, so they have numbers, history, clocks and figures;
each is dated by its own day and by whoever would have typed it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import (
    catalogue,
    entries,
    flow_steps,
    preferences,
    references,
    samples,
)
from models.access import SYSTEM, Action, Grant, Person, Rows
from models.entry_errors import EntryRefusedError
from models.flow import WhoKind
from models.flow_steps import Take
from models.history import Writer
from models.numbering import next_numbers
from models.preparing import prepare
from models.register import Declaration
from models.words import PersonError

Row = dict[str, Any]
# Said of a row beside its fields: when it was entered, and by whom.
AT, BY = "@at", "@by"


def demand_absent(session: Session, sample: str) -> None:
    """Refuse to load a sample twice; asked within the transaction that loads it.

    Raises:
        PersonError: It is there.
    """
    if sample in samples.loaded(session):
        raise PersonError(
            "样例“{name}”已经载入。要重新载入，请先清除。",
            "The sample “{name}” is loaded already. Take it away first to load it "
            "again.",
            name=sample,
        )


def shown_in_menu(session: Session) -> list[str]:
    """Return the registers that stand in the menu."""
    return list(preferences.get(session, preferences.REGISTERS_ON, []))


def keep_in_menu(session: Session, before: Sequence[str]) -> None:
    """Show again what other samples work with, after a template was applied."""
    both = list(dict.fromkeys([*before, *shown_in_menu(session)]))
    if before:
        preferences.put(session, preferences.REGISTERS_ON, both)


@dataclass
class Loader:
    """Writes the rows of one sample and marks them as its own."""

    session: Session
    now: datetime  # when the sample stands still: everything was entered before
    zone: ZoneInfo
    sample: str  # the template it belongs to
    branch: int | None = None
    department: int | None = None
    names: dict[int, str] = field(default_factory=dict)  # of staff, by id
    homes: dict[int, int] = field(
        default_factory=dict
    )  # departments of staff elsewhere

    def add(self, register: str, rows: Sequence[Row]) -> list[int]:
        """Write rows and return their ids in the order given.

        A row may say AT, when it was entered, and BY, the id of who entered it. As the
        past is written, it may also say what the panel fills in by itself.

        Raises:
            EntryRefusedError: With every problem of every row.
        """
        declared = catalogue.current()[register]
        plain = [self._given(row) for row in rows]
        if declared.numbering:
            self._number(register, declared.numbering, rows, plain)
        groups: dict[int | None, list[int]] = {}
        for index, row in enumerate(rows):
            groups.setdefault(row.get(BY), []).append(index)
        found: dict[int, int] = {}
        for by, indexes in groups.items():
            some = [plain[index] for index in indexes]
            ids = self._save(declared, some, self.writer(by))
            found |= dict(zip(indexes, ids, strict=True))
        ids = [found[index] for index in range(len(rows))]
        samples.mark(self.session, register, ids, self.sample)
        return ids

    def _save(
        self, declared: Declaration, rows: Sequence[Row], writer: Writer
    ) -> list[int]:
        afters, problems = prepare(self.session, declared, rows, writer, by_flow=True)
        if problems:
            raise EntryRefusedError(problems)
        return entries.save_prepared(self.session, declared, afters, writer)

    def step(
        self,
        register: str,
        ids: Sequence[int],
        code: str,
        by: int,
        at: datetime,
        comment: str = "",
    ) -> None:
        """Move entries by a step of their flow, as somebody did at a moment."""
        writer = self._mover(register, by, at)
        takes = [Take(one) for one in ids]
        flow_steps.take_many(
            self.session, register, takes, code, writer, comment=comment
        )

    def take(
        self,
        register: str,
        takes: Sequence[Take],
        code: str,
        by: int,
        at: datetime,
        comment: str = "",
    ) -> list[Row]:
        """Move those entries on which the step is open; return them as they are then.

        Each was moved at its own moment, if it says so.
        """
        writer = self._mover(register, by, at)
        declared, today = catalogue.current()[register], at.astimezone(self.zone).date()
        ids = [one.entry_id for one in takes]
        found = flow_steps.may_take_many(
            *(self.session, writer.person, declared, ids, today, code)
        )
        open_ = [one for one in takes if found.get(one.entry_id)]
        return flow_steps.take_many(
            self.session, register, open_, code, writer, comment=comment
        )

    def note(self, register: str, noted: Mapping[int, Row], by: int) -> None:
        """Change entries as somebody did: {id: what was written down}."""
        changes = [entries.Change(key, values) for key, values in noted.items()]
        some = [one for one in changes if one.values]
        if some:
            entries.change_many(self.session, register, some, self.writer(by))

    def _mover(self, register: str, by: int, at: datetime) -> Writer:
        """Return somebody with every right that a step of the register may ask for."""
        writer = replace(self.writer(by), now=at)
        flow = flow_steps.flow_of(catalogue.current()[register])
        rights = {
            who.on
            for one in flow.transitions
            for who in one.allowed
            if who.kind is WhoKind.RIGHT and who.on is not None
        }
        every = tuple(Grant(one, frozenset(Action), Rows.ALL) for one in rights)
        person = replace(writer.person, grants=(*writer.person.grants, *every))
        return replace(writer, person=person)

    def writer(self, by: int | None = None) -> Writer:
        """Return whoever enters something, with every right: the past is written."""
        return Writer(self.person(by), self.now, self.zone, "template", "sample")

    def person(self, by: int | None) -> Person:
        """Return one of the department as the person who writes."""
        if by is None:
            return replace(SYSTEM, branch_id=self.branch, department_id=self.department)
        return replace(
            SYSTEM,
            name=self.names[by],
            staff_id=by,
            branch_id=self.branch,
            department_id=self.homes.get(by, self.department),
        )

    def _given(self, row: Mapping[str, Any]) -> Row:
        given = {name: value for name, value in row.items() if name not in (AT, BY)}
        if AT in row:
            given["created_at"] = row[AT]
        return given

    def _number(
        self, register: str, pattern: str, rows: Iterable[Row], plain: Sequence[Row]
    ) -> None:
        """Give numbers by the rows' own days, the earliest first."""
        dated = sorted(
            ((row.get(AT, self.now), index) for index, row in enumerate(rows)),
        )
        numbers = next_numbers(
            self.session,
            register,
            pattern,
            [at for at, _ in dated],
            self.zone,
            branches=references.branch_codes(
                self.session, pattern, [{"branch": self.branch}] * len(dated)
            ),
        )
        for (_, index), number in zip(dated, numbers, strict=True):
            plain[index]["number"] = number
