"""An entry and its parts, saved together or not at all: a plan and its trainings.

A part is written as by its own form, with the rights of its own register, its version,
its history, its figures. Whatever is wrong is told of the whole and of every part at
once, each part by its place among the rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import access, catalogue, choosing, entries
from models.access import Action
from models.checking import Problem
from models.entries import Change
from models.entry_errors import EntryRefusedError, LostUpdateError, NotAllowedError
from models.history import Writer
from models.preparing import Row, prepare
from models.register import INTEGER, Declaration, Field
from models.words import Label, PersonError

GONE = Label(
    "这一行已被别人删除，或您无权修改。填写的内容还在：再保存就登记为新的一行，"
    "不要则移除。",
    "This row was deleted meanwhile, or is not yours to change. What you typed is "
    "kept: save again to enter it as a new row, or remove it.",
)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One row of a whole's form: a new part, or the change or removal of one."""

    values: Mapping[str, Any]
    entry_id: int | None = None
    version: int | None = None  # on which the change was made
    removed: bool = False


class WholeRefusedError(PersonError):
    """The whole or its parts break their registers' rules; nothing was saved."""

    def __init__(
        self, problems: Sequence[Problem], parts: Mapping[str, Sequence[Problem]]
    ) -> None:
        """Keep the problems of the whole, and of each register of parts by row."""
        self.problems, self.parts = tuple(problems), parts
        every = [*problems, *(one for some in parts.values() for one in some)]
        super().__init__(
            " ".join(one.label.zh for one in every),
            " ".join(one.label.en for one in every),
        )


class WholeLostError(PersonError):
    """Somebody else saved the whole or a part meanwhile; nothing was overwritten."""

    def __init__(
        self, current: Row | None, parts: Mapping[str, Mapping[int, Row]]
    ) -> None:
        """Keep the whole as it is now, if it changed, and the parts by row."""
        self.current, self.parts = current, parts
        lost = LostUpdateError(current or {})
        super().__init__(lost.text("zh"), lost.text("en"))


def place_of(declared: Declaration) -> Field | None:
    """Return the field that keeps a part's place, where its rows can be moved."""
    name = declared.order
    if name == "id" or name.startswith("-"):
        return None
    one = declared.field(name)
    return one if one.type is INTEGER and not one.is_given else None


def save(
    session: Session,
    write: Callable[[Session], int],
    whole_id: int | None,
    rows: Mapping[str, Sequence[PartRow]],
    writer: Writer,
) -> int:
    """Write a whole by `write`, then its parts, and return the whole's id.

    Args:
        session: The caller's one transaction; left to be rolled back on any error.
        write: Writes the whole and returns its id.
        whole_id: The whole's id, if there is one already.
        rows: By register of parts, in the order in which they stand.
        writer: Who writes.

    Raises:
        NotAllowedError: The writer may not write such a whole or such parts.
        WholeRefusedError: With every problem.
        WholeLostError: With everything that was changed meanwhile.
    """
    problems: list[Problem] = []
    lost: Row | None = None
    saved = None
    try:
        saved = write(session)
    except EntryRefusedError as error:
        problems = list(error.problems)
    except LostUpdateError as error:
        lost = error.current
    wrong: dict[str, list[Problem]] = {}
    changed: dict[str, dict[int, Row]] = {}
    for register, given in rows.items():
        parts = _Parts(session, register, saved or whole_id, given, writer)
        changed[register] = parts.lost
        wrong[register] = parts.gone
        if not (parts.lost or parts.gone):
            wrong[register] = parts.rehearse() if saved is None else parts.write()
    if lost is not None or any(changed.values()):
        raise WholeLostError(lost, changed)
    if saved is None or any(wrong.values()):
        raise WholeRefusedError(problems, wrong)
    return saved


class _Parts:
    """The rows of one register of parts, against what stands there now."""

    def __init__(
        self,
        session: Session,
        register: str,
        whole_id: int | None,
        rows: Sequence[PartRow],
        writer: Writer,
    ) -> None:
        """Look up the parts that the rows change or remove."""
        self._session, self._writer, self._whole_id = session, writer, whole_id
        self._declared = catalogue.current()[register]
        self._via = self._declared.part_of or ""
        self._new = [
            (place, row)
            for place, row in enumerate(rows)
            if row.entry_id is None and not row.removed
        ]
        self._changed = _of(rows, removed=False)
        self._removed = _of(rows, removed=True)
        found = self._standing(Action.CHANGE, self._changed)
        found |= self._standing(Action.DELETE, self._removed)
        self._found = found
        every = self._changed + self._removed
        self.gone = [
            Problem(None, GONE, place)
            for place, row in every
            if row.entry_id not in found
        ]
        self.lost = {
            place: found[row.entry_id]
            for place, row in every
            if row.entry_id in found and _is_lost(row, found[row.entry_id])
        }

    def _standing(
        self, action: Action, rows: Sequence[tuple[int, PartRow]]
    ) -> dict[int | None, Row]:
        """Return by id those that are parts of this whole and the writer's to act on.

        Locked until the end, so that the versions compared are those written over.
        """
        if not rows or self._whole_id is None:
            return {}
        table = catalogue.current().table(self._declared.code)
        via = self._declared.field(self._via).column or ""
        query = access.visible(self._writer.person, self._declared.code, action)
        query = query.where(
            table.c[via] == self._whole_id,
            table.c.id.in_(sorted({row.entry_id or 0 for _, row in rows})),
        )
        query = query.order_by(table.c.id).with_for_update(of=table, key_share=True)
        return {
            row["id"]: row for row in entries.load(self._session, self._declared, query)
        }

    def rehearse(self) -> list[Problem]:
        """Return what is wrong with the rows while the whole itself was refused.

        Of a whole that is not there yet nothing can be taken: what a part would be
        filled in with is then not missed.
        """
        here = {} if self._whole_id is None else {self._via: self._whole_id}
        given = [{**row.values, **here} for _, row in self._new]
        problems = self._wrong(given, None)
        if self._whole_id is None:
            problems = [one for one in problems if self._is_own(one)]
        befores = [self._found[row.entry_id] for _, row in self._changed]
        changes = [row.values for _, row in self._changed]
        return [
            *_placed(problems, self._new),
            *_placed(self._wrong(changes, befores), self._changed),
        ]

    def _wrong(
        self, given: Sequence[Mapping[str, Any]], befores: Sequence[Row] | None
    ) -> list[Problem]:
        if not given:
            return []
        session, declared, writer = self._session, self._declared, self._writer
        _, found = prepare(session, declared, given, writer, befores)
        return found + choosing.refused(
            session,
            declared,
            given,
            writer.person,
            found,
            befores=befores,
            vouched={self._via: self._whole_id},
        )

    def _is_own(self, problem: Problem) -> bool:
        if problem.field is None or problem.field == self._via:
            return False
        _, row = self._new[problem.row]
        one = self._declared.field(problem.field)
        told = row.values.get(one.name) is not None
        return told or (one.default is None and one.computed is None)

    def write(self) -> list[Problem]:
        """Write the rows; return what is wrong with them."""
        # First what makes room: an old part's place, number or stock.
        steps = (
            (self._remove, self._removed),
            (self._change, self._changed),
            (self._create, self._new),
        )
        problems = []
        for step, rows in steps:
            try:
                if rows:
                    step()
            except EntryRefusedError as error:
                problems += _placed(error.problems, rows)
        return problems

    def _remove(self) -> None:
        ids = [row.entry_id or 0 for _, row in self._removed]
        entries.bin_many(self._session, self._declared.code, ids, self._writer)

    def _change(self) -> None:
        # The version was compared above, and the row is locked since.
        changes = [Change(row.entry_id or 0, row.values) for _, row in self._changed]
        entries.change_many(self._session, self._declared.code, changes, self._writer)

    def _create(self) -> None:
        values = [{**row.values, self._via: self._whole_id} for _, row in self._new]
        entries.create_many(
            self._session,
            self._declared.code,
            values,
            self._writer,
            vouched={self._via: self._whole_id},
        )


def _of(rows: Iterable[PartRow], *, removed: bool) -> list[tuple[int, PartRow]]:
    return [
        (place, row)
        for place, row in enumerate(rows)
        if row.entry_id is not None and row.removed is removed
    ]


def _is_lost(row: PartRow, current: Row) -> bool:
    """Whether a row was changed by somebody else, and is to be changed here."""
    if row.version == current["version"]:
        return False
    return row.removed or any(
        current.get(name) != value for name, value in row.values.items()
    )


def _placed(
    problems: Iterable[Problem], rows: Sequence[tuple[int, PartRow]]
) -> list[Problem]:
    """Return problems with the places that their rows have among all."""
    return [Problem(one.field, one.label, rows[one.row][0]) for one in problems]


def begin(
    session: Session, person: access.Person, declared: Declaration, chosen_id: int
) -> list[Row]:
    """Return the first values of the parts that a whole begins with, in their order.

    Args:
        session: Any session.
        person: Who makes the whole; takes only what they may list.
        declared: The register of parts, which says what it begins with.
        chosen_id: The entry that the whole's field refers to.

    Raises:
        NotAllowedError: The person may not list what the parts are made of.
    """
    begins = declared.begins_with
    if begins is None or not person.may(begins.register, Action.LIST):
        raise NotAllowedError
    source = catalogue.current()[begins.register]
    parts = standing(session, person, source, chosen_id)
    return [
        {name: part.get(path) for name, path in begins.carry.items()} for part in parts
    ]


MOST = 200  # parts of one whole that its form shows


def standing(
    session: Session, person: access.Person, declared: Declaration, whole_id: int
) -> list[Row]:
    """Return the parts of a whole that a person may list, in their order, MOST + 1."""
    table = catalogue.current().table(declared.code)
    via = declared.field(declared.part_of or "").column or ""
    query = access.visible(person, declared.code, Action.LIST)
    query = query.where(table.c[via] == whole_id)
    name = declared.order
    if name != "id" and not name.startswith("-"):
        column = table.c[declared.field(name).column or name]
        query = query.order_by(column.is_(None), column)
    return entries.load(session, declared, query.order_by(table.c.id).limit(MOST + 1))
