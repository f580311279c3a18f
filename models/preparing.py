"""Rows as they would be saved: cleaned, completed, computed, checked; not written.

This is the whole check of a save, and a rehearsal of an import is nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, checking, computing, defaults, references
from models.access import marked
from models.amid import among
from models.checking import Problem
from models.entry_errors import NotAllowedError, StateByStepsError
from models.history import Writer
from models.register import Declaration, Field
from models.words import Label

Row = dict[str, Any]


def prepare(
    session: Session,
    declared: Declaration,
    rows: Sequence[Mapping[str, Any]],
    writer: Writer,
    befores: Sequence[Row] | None = None,
    *,
    by_flow: bool = False,
) -> tuple[list[Row], list[Problem]]:
    """Return the rows as they would be saved, and all problems; writes nothing.

    With `befores` the rows change those entries; without, they are new ones. What a
    step of the flow writes may be what nobody types.
    """
    cleaning = _Cleaning(declared, writer, new=befores is None, by_flow=by_flow)
    problems: list[Problem] = []
    if befores is None:
        blank = defaults.blank(declared, writer)
        afters = [blank() for _ in rows]
    else:
        afters = [dict(before) for before in befores]
    for index, (after, given) in enumerate(zip(afters, rows, strict=True)):
        problems += cleaning.clean(after, given, index)
    if befores is None:
        defaults.fill(session, declared, afters, rows, writer)
        _begin(afters, writer)
    _empty_what_does_not_apply(declared, afters)
    problems += computing.compute(session, declared, afters, writer.zone)
    # A value that could not be read is not also reported as missing.
    wrong = {(one.row, one.field) for one in problems}
    problems += [
        one
        for one in _incomplete(declared, afters)
        if (one.row, one.field) not in wrong
    ]
    problems += _unknown_references(session, declared, afters, befores)
    problems += duplicates(session, declared, afters)
    return afters, sorted(problems, key=lambda one: one.row)


class _Cleaning:
    """Cleans what was given; what is the same for all rows is found out once."""

    def __init__(
        self, declared: Declaration, writer: Writer, *, new: bool, by_flow: bool
    ) -> None:
        self._declared, self._writer, self._new = declared, writer, new
        self._by_flow = by_flow
        self._cleaners: dict[str, Callable[[Any], Any]] = {}

    def clean(self, row: Row, given: Mapping[str, Any], index: int) -> list[Problem]:
        """Put the given values into the row; a refused one leaves what there was."""
        cleaners, problems = self._cleaners, []
        for name, raw in given.items():
            clean = cleaners.get(name) or self._cleaner(name)
            value = clean(raw)
            if isinstance(value, Label):
                problems.append(Problem(name, value, index))
                if self._new:  # no default takes the place of what was given
                    row[name] = None
            else:
                row[name] = value
        return problems

    def _cleaner(self, name: str) -> Callable[[Any], Any]:
        one = self._declared.field(name)
        if not self._by_flow:
            flow = self._declared.flow
            if flow is not None and flow.field == name:
                raise StateByStepsError(one.label)
            if not _may_give(self._declared, one, self._writer):
                raise NotAllowedError
        made = self._cleaners[name] = checking.cleaner(one)
        return made


def _begin(rows: Sequence[Row], writer: Writer) -> None:
    """Set what the panel itself keeps of a new entry."""
    staff_id = writer.person.staff_id
    for row in rows:
        row.update(
            version=1,
            created_at=row["created_at"] or writer.now,
            created_by=staff_id,
            changed_at=writer.now,
            changed_by=staff_id,
        )


def _empty_what_does_not_apply(declared: Declaration, rows: Sequence[Row]) -> None:
    for one in declared.fields:
        if one.only_if is None:
            continue
        for row in rows:
            if row.get(one.name) is not None and not checking.applies(one, row):
                row[one.name] = None


def _incomplete(declared: Declaration, rows: Sequence[Row]) -> Iterator[Problem]:
    """Find required fields that are empty and declared checks that fail."""
    for one in declared.fields:
        if not (one.required or one.required_if):
            continue
        for index, row in enumerate(rows):
            if row.get(one.name) is None and checking.demanded(one, row):
                yield Problem(one.name, checking.must_be_filled(one), index)
    for check in declared.checks:
        for index, row in enumerate(rows):
            if not checking.holds(check, row):
                yield Problem(check.left, check.message, index)


def _may_give(declared: Declaration, one: Field, writer: Writer) -> bool:
    """Whether a value for this field may come from outside at all."""
    if not writer.person.sees(declared, one):
        return False
    if one.name in ("number", "created_at") and writer.origin != "form":
        return True  # rows of other systems bring theirs
    return not one.is_given


def _unknown_references(
    session: Session,
    declared: Declaration,
    afters: Sequence[Row],
    befores: Sequence[Row] | None,
) -> list[Problem]:
    problems = []
    for one in declared.all_fields:
        if one.refers_to is None:
            continue
        ids = {row[one.name] for row in afters}
        ids.discard(None)
        kept = {row[one.name] for row in befores or ()}
        wrong = references.unknown(session, one, ids, binned_ok=kept)
        if not wrong:
            continue
        problems += [
            Problem(
                one.name,
                Label(
                    f"{one.label.zh}：没有这条记录（{row[one.name]}），请重新选择。",
                    f"{one.label.en}: no such entry ({row[one.name]}). Choose again.",
                ),
                index,
            )
            for index, row in enumerate(afters)
            if row.get(one.name) in wrong
        ]
    return problems


def duplicates(
    session: Session,
    declared: Declaration,
    afters: Sequence[Row],
) -> list[Problem]:
    """Return a problem for each value that must be unique and is not."""
    keys: list[tuple[str, ...]] = [
        (one.name,) for one, _ in declared.columns if one.unique
    ]
    keys += declared.unique_together
    problems = []
    for key in keys:
        if all(row.get(key[0]) is None for row in afters):
            continue
        taken = _taken(session, declared, key, afters)
        for index, row in enumerate(afters):
            held = tuple(row.get(name) for name in key)
            if any(value is None for value in held):
                continue
            own = row.get("id", f"new {index}")
            if taken.setdefault(held, own) != own:
                problems.append(_duplicate(declared, key, held, index))
    return problems


def _taken(
    session: Session, declared: Declaration, key: tuple[str, ...], rows: Sequence[Row]
) -> dict[tuple[Any, ...], Any]:
    table = catalogue.current().table(declared.code)
    columns = [table.c[declared.field(name).column or name] for name in key]
    values = [row[key[0]] for row in rows if row.get(key[0]) is not None]
    query = select(table.c.id, *columns).where(table.c.binned_at.is_(None))
    if all(type(value) in (str, int) for value in values):
        wanted = [query.where(among(columns[0], values))]
    else:
        wanted = [
            query.where(columns[0].in_(values[start : start + references.CHUNK]))
            for start in range(0, len(values), references.CHUNK)
        ]
    return {
        tuple(row[1:]): row[0]
        for one in wanted
        for row in session.execute(marked(one, declared.code))
    }


def _duplicate(
    declared: Declaration, key: tuple[str, ...], held: tuple[Any, ...], index: int
) -> Problem:
    fields = [declared.field(name) for name in key]
    names = [one.label for one in fields]
    # Not every part of the key need be what this person typed, or may read.
    plain = [
        str(value)
        for one, value in zip(fields, held, strict=True)
        if not (one.personal or one.secret)
    ]
    zh, en = (f"“{'、'.join(plain)}”", f" “{'、'.join(plain)}”") if plain else ("", "")
    return Problem(
        key[0],
        Label(
            f"{'、'.join(one.zh for one in names)}{zh}已经登记过，请核对。",
            f"{', '.join(one.en for one in names)}{en} is already there. Check.",
        ),
        index,
    )
