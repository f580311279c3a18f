"""What entries say of the promises on them: when each began and when it was kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from models import catalogue, computing
from models.access import marked
from models.amid import among
from models.clock_passages import Passage, ended, entered, passages, spells
from models.register import DATE, Declaration
from models.rules.formula import FormulaError
from models.rules.pauses import Pause
from models.rules.wall_clock import at_time
from models.scopes import Departments, in_force
from models.targets import SlaTarget

Row = Mapping[str, Any]
Code = str
Begun = tuple[str, str]  # field, states
Stopper = tuple[str, str, str, str]  # register, field that refers, field, states


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise that holds on an entry, by the entry's own facts."""

    target: SlaTarget
    started_at: datetime
    stop: Any  # a moment, another value that says it is done, or None
    pauses: tuple[Pause, ...] = ()  # in which it stands still; the last may run on


@dataclass(slots=True)
class Facts:
    """Answers for the saved entries of one register, from a few reads for them all."""

    session: Session
    declared: Declaration
    codes: Mapping[Code, list[SlaTarget]]  # every version of each target, oldest first
    rows: Sequence[Row]
    zone: ZoneInfo
    departments: Departments = field(init=False)
    _contexts: dict[int, computing.Context] = field(init=False)
    _stops: dict[Stopper, dict[int, list[Any]]] = field(
        init=False, default_factory=dict
    )
    _passages: Mapping[int, Passage] = field(init=False)
    # The ways in which clocks of a code begin, the newest first.
    _beginnings: Mapping[Code, dict[Begun, SlaTarget]] = field(init=False)
    _found: dict[tuple[Code, Begun, date, int | None], SlaTarget | None] = field(
        init=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Read what conditions and other registers say."""
        self.departments = Departments(self.session)
        self._beginnings = {
            code: {_begun(one): one for one in reversed(versions)}
            for code, versions in self.codes.items()
        }
        versions = [one for some in self.codes.values() for one in some]
        texts = [one.condition for one in versions if one.condition]
        self._contexts = {}
        if texts:
            found = computing.contexts(
                self.session, self.declared, self.rows, texts, self.zone
            )
            ids = (row["id"] for row in self.rows)
            self._contexts = dict(zip(ids, found, strict=True))
        self._passages = {}
        if any(_goes_by_states(one) for one in versions):
            self._passages = passages(self.session, self.declared, self.rows)
        for one in versions:
            if one.stop_register is not None and one.stop_via is not None:
                key = _stopper(one)
                if key not in self._stops:
                    self._stops[key] = self._stopping(*key, versions)

    def promise(self, row: Row, code: Code, kept: Row | None) -> Promise | None:
        """Return the promise of a target on an entry; None if it does not hold there.

        `kept` is the clock there is. As long as its start stands, the version it was
        started under goes on judging it.
        """
        found = self._kept(row, code, kept) or self._chosen(row, code)
        if found is None:
            return None
        target, started_at = found
        if target.condition and not self._holds(target.condition, row):
            return None
        if target.needed_field is not None and row.get(target.needed_field) is None:
            return None
        stop = self._stop(target, row, started_at)
        return Promise(target, started_at, stop, self._pauses(target, row, stop))

    def _pauses(self, target: SlaTarget, row: Row, stop: Any) -> tuple[Pause, ...]:
        if not target.pause_states or row["id"] not in self._passages:
            return ()
        until = stop if isinstance(stop, datetime) else None
        states = target.pause_states.split()
        return spells(self._passages[row["id"]], states, until)

    def start(self, target: SlaTarget, row: Row) -> datetime | None:
        """Return when a target's promise begins on an entry; None if it has not."""
        if not target.start_states:
            return self.moment(row.get(target.start_field))
        passage = self._passages.get(row["id"], ())
        return next(iter(entered(passage, target.start_states.split())), None)

    def _kept(
        self, row: Row, code: Code, kept: Row | None
    ) -> tuple[SlaTarget, datetime] | None:
        if kept is None:
            return None
        for one in self.codes[code]:
            if one.id == kept["target_id"]:
                if self.start(one, row) == kept["started_at"]:
                    return one, kept["started_at"]
                return None
        return None

    def _chosen(self, row: Row, code: Code) -> tuple[SlaTarget, datetime] | None:
        # A version may start from another field than the one before it did.
        for begun, one in self._beginnings[code].items():
            started_at = self.start(one, row)
            if started_at is None:
                continue
            started_on = started_at.astimezone(self.zone).date()
            target = self._in_force(code, begun, started_on, row.get("department"))
            if target is not None:
                return target, started_at
        return None

    def _in_force(
        self, code: Code, begun: Begun, on: date, department: int | None
    ) -> SlaTarget | None:
        """Return the version for a day and a department, if its clocks begin so.

        It is looked for once: many entries share their day and department.
        """
        place = (code, begun, on, department)
        if place not in self._found:
            found = in_force(self.codes[code], on, department, self.departments)
            is_so = found is not None and _begun(found) == begun
            self._found[place] = found if is_so else None
        return self._found[place]

    def _holds(self, condition: str, row: Row) -> bool:
        try:
            return computing.holds(condition, self._contexts[row["id"]])
        except FormulaError:
            # It cannot be worked out for this entry: rather watched than forgotten.
            return True

    def _stop(self, target: SlaTarget, row: Row, started_at: datetime) -> Any:
        states = target.stop_states.split()
        if states and target.stop_register is None:
            passage = self._passages.get(row["id"], ())
            return ended(passage, target.start_states.split(), states, started_at)
        if target.stop_register is None or target.stop_via is None:
            value = row.get(target.stop_field)
            return self._stop_moment(value, started_at) if value else None
        for value in self._stops[_stopper(target)].get(row["id"], ()):
            moment = self._stop_moment(value, started_at)
            if moment >= started_at:
                return moment
        return None

    def _stop_moment(self, value: Any, started_at: datetime) -> Any:
        """Return the moment of a stop; a date on the day of the start is no earlier."""
        moment = self.moment(value)
        if moment is None:
            return value
        if not isinstance(value, datetime) and moment < started_at:
            same_day = started_at.astimezone(self.zone).date() == value
            return started_at if same_day else moment
        return moment

    def moment(self, value: Any) -> datetime | None:
        """Return an instant as it is and a date as its beginning in the desk's zone."""
        if isinstance(value, datetime):
            return value
        return at_time(value, time(), self.zone) if isinstance(value, date) else None

    def _stopping(
        self,
        register: str,
        via: str,
        name: str,
        states: str,
        versions: Iterable[SlaTarget],
    ) -> dict[int, list[Any]]:
        """Return {our entry's id: the moments of the other register, in order}."""
        starts = [
            moment
            for one in versions
            for row in self.rows
            if (moment := self.start(one, row)) is not None
        ]
        if not starts:
            return {}
        declared = catalogue.current()[register]
        table = catalogue.current().table(register)
        if states:
            return self._stopping_states(declared, via, states.split(), min(starts))
        link, at = (_column(table, declared, one) for one in (via, name))
        # Of a customer with years of visits only those that can matter are read.
        since: Any = min(starts) - timedelta(days=1)
        if declared.field(name).type is DATE:
            since = since.astimezone(self.zone).date()
        query = (
            select(link, at)
            .where(among(link, {row["id"] for row in self.rows}), at >= since)
            .where(table.c.binned_at.is_(None))
            .order_by(at)
        )
        found: dict[int, list[Any]] = {}
        for entry_id, value in self.session.execute(marked(query, register)):
            found.setdefault(entry_id, []).append(value)
        return found

    def _stopping_states(
        self,
        declared: Declaration,
        via: str,
        states: Sequence[str],
        since: datetime,
    ) -> dict[int, list[Any]]:
        """Return {our entry's id: when entries of the other entered some states}."""
        table = catalogue.current().table(declared.code)
        query = (
            select(table)
            .where(
                among(_column(table, declared, via), (row["id"] for row in self.rows))
            )
            .where(table.c.binned_at.is_(None), table.c.changed_at >= since)
        )
        names = {column: one.name for one, column in declared.columns}
        rows = [
            {names.get(key, key): value for key, value in row.items()}
            for row in self.session.execute(marked(query, declared.code)).mappings()
        ]
        passed = passages(self.session, declared, rows)
        found: dict[int, list[Any]] = {}
        for row in rows:
            moments = entered(passed.get(row["id"], ()), states)
            found.setdefault(row[via], []).extend(moments)
        return {key: sorted(moments) for key, moments in found.items()}


def _stopper(target: SlaTarget) -> Stopper:
    return (
        target.stop_register or "",
        target.stop_via or "",
        target.stop_field,
        target.stop_states,
    )


def _goes_by_states(target: SlaTarget) -> bool:
    return bool(target.start_states or target.stop_states or target.pause_states)


def _begun(target: SlaTarget) -> Begun:
    return target.start_field, target.start_states


def _column(table: Table, declared: Declaration, name: str) -> Any:
    return table.c[declared.field(name).column or name]
