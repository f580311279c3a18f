"""Parts in the form of their whole: a row a part, read, saved and shown again.

What was typed stays where it was typed, whatever was wrong with it. The rules of each
part are those of its own form; `models.wholes` writes them with the whole.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from flask import request
from wtforms import Form
from wtforms.fields import Field as FormField

from admin import visit
from admin.form_typed import typed_fields
from admin.line_forms import carried, columns, line_form, typed
from admin.line_item import Line, number
from models import access, catalogue, choosing, defaults, wholes
from models.access import Action, Rows
from models.checking import Problem
from models.defaults import given_value
from models.entry_errors import NotAllowedError
from models.preparing import Row
from models.register import (
    ME,
    MY_BRANCH,
    MY_DEPARTMENT,
    Count,
    Declaration,
    Field,
    FirstOf,
    From,
    Given,
    Lookup,
)
from models.wholes import MOST, PartRow

MOST_SENT = 500  # rows of one register that a form may send
MOST_INDEX = 9_000  # rows are numbered below 10,000
NEW = "__row__"  # the index that the page puts a number for
SHOWN = (ME, MY_DEPARTMENT, MY_BRANCH)  # the others are filled in by the save
FILLED_IN = (Given, From, Lookup, Count, FirstOf)


class LineTable:
    """The rows of one register of parts in a form."""

    def __init__(
        self, declared: Declaration, whole: Row | None, form: Form | None
    ) -> None:
        """Make the rows: those that were sent, else the whole's parts.

        Args:
            declared: The register of parts; the person may list it.
            whole: The whole as it is, if it is there already.
            form: The form of the whole; None for no rows to begin with.
        """
        self.declared, self._whole = declared, whole
        self.may_add = visit.person().may(declared.code, Action.CREATE)
        self.errors: list[str] = []
        self._saved: list[Line] = []
        self._standing = self._standing_now()
        self.is_cut = len(self._standing) > MOST
        if request.method == "POST":
            self.lines = self._sent()
        else:
            self.lines = [
                Line(self, str(index), row)
                for index, row in enumerate(self._standing[:MOST])
            ]
        # A browser that runs scripts has asked for them, and some may be taken away.
        if whole is None and f"{declared.code}-scripted" not in request.form:
            self.lines = self.lines or self.begun(self._chosen(form), 0)

    def _standing_now(self) -> list[Row]:
        if self._whole is None:
            return []
        return wholes.standing(
            visit.session(), visit.person(), self.declared, self._whole["id"]
        )

    def _sent_indexes(self) -> list[str]:
        pattern = re.compile(rf"{self.declared.code}-(\d{{1,4}})-")
        found = (pattern.match(name) for name in request.form)
        indexes = list(dict.fromkeys(one[1] for one in found if one))
        if len(indexes) > MOST_SENT:
            self.errors.append(
                visit.t(
                    f"有 {len(indexes)} 行，最多 {MOST_SENT} 行，多出的没有读入。",
                    f"{len(indexes)} rows; at most {MOST_SENT} fit. "
                    "The others were left out.",
                )
            )
        return indexes[:MOST_SENT]

    def _sent(self) -> list[Line]:
        known: dict[int | None, Row] = {row["id"]: row for row in self._standing}
        lines = []
        for index in self._sent_indexes():
            given = number(request.form.get(f"{self.declared.code}-{index}-id"))
            lines.append(Line(self, index, known.get(given)))
            lines[-1].take()
        self._show_what_follows([line for line in lines if line.filled])
        return lines

    def _show_what_follows(self, lines: Sequence[Line]) -> None:
        """Show in rows that were filled what is taken from what they are made of.

        Only what nobody types, and nothing of what this person may not choose.
        """
        rows = [
            {name: line.form[name].data for name in self.carried if name in line.form}
            for line in lines
        ]
        for name in self.carried:
            one = self.declared.field(name)
            ids = {row[name] for row in rows if row.get(name)}
            if one.refers_to is not None and ids:
                fine = choosing.reached(
                    visit.session(), visit.person(), one.refers_to, ids
                )
                rows = [
                    row | {name: row[name] if row.get(name) in fine else None}
                    for row in rows
                ]
        for line, row in zip(lines, self._followed(rows), strict=True):
            line.values = {**line.values, **row}

    def _followed(self, rows: Sequence[Row]) -> list[Row]:
        """Return rows with what the save will fill in and the row shows."""
        full = [dict(row) for row in rows]
        defaults.fill(visit.session(), self.declared, full, rows, visit.writer())
        shown = [one.name for one in self.columns if one.is_given and not one.personal]
        return [
            row | {name: more.get(name) for name in shown}
            for row, more in zip(rows, full, strict=True)
        ]

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """The fields that a row shows."""
        return columns(self.declared)

    @cached_property
    def carried(self) -> frozenset[str]:
        """The fields that are filled from what the whole is made of."""
        return carried(self.declared)

    @cached_property
    def typed(self) -> tuple[Field, ...]:
        """The fields that a row sends."""
        return typed(self.declared)

    @property
    def controls(self) -> Iterator[FormField]:
        """The controls of all rows."""
        return (control for line in self.lines for control in line.form)

    @cached_property
    def form_class(self) -> type[Form]:
        """The class of a row's form."""
        return line_form(self.declared, self.typed)

    @cached_property
    def first(self) -> Row:
        """What a new row opens with; the save fills in what else has a default."""
        writer = visit.writer()
        found = {
            one.name: given_value(one.default, writer)
            if isinstance(one.default, Given)
            else one.default
            for one in self.columns
            if not one.is_given
            and (one.default in SHOWN or not isinstance(one.default, FILLED_IN))
        }
        return {name: value for name, value in found.items() if value is not None}

    @property
    def is_arranged(self) -> bool:
        """Whether the rows can be moved: their places are kept."""
        place = wholes.place_of(self.declared)
        return place is not None and visit.person().sees(self.declared, place)

    def shows(self, name: str) -> bool:
        """Whether a row has a cell for a field."""
        return any(one.name == name for one in self.columns)

    @cached_property
    def changeable(self) -> set[int]:
        """The ids of the parts that this person may change."""
        return self._reached(Action.CHANGE)

    @cached_property
    def removable(self) -> set[int]:
        """The ids of the parts that this person may delete."""
        return self._reached(Action.DELETE)

    def _reached(self, action: Action) -> set[int]:
        code, person = self.declared.code, visit.person()
        ids = {row["id"] for row in self._standing}
        if not ids or person.rows(code, action) is Rows.ALL:
            return ids
        if not person.may(code, action):
            return set()
        table = catalogue.current().table(code)
        query = access.visible(person, code, action).where(table.c.id.in_(sorted(ids)))
        found = query.with_only_columns(table.c.id, maintain_column_froms=True)
        return set(visit.session().scalars(found))

    def _chosen(self, form: Form | None) -> int | None:
        """Return what the form of a whole says of what the parts are made of."""
        begins = self.declared.begins_with
        if begins is None or form is None or begins.by not in form:
            return None
        value = form[begins.by].data
        return value if isinstance(value, int) else None

    def begun(self, chosen: int | None, first_index: int) -> list[Line]:
        """Return the rows of a whole whose field holds some entry, numbered on."""
        if chosen is None or not self.may_add:
            return []
        session, person = visit.session(), visit.person()
        try:
            found = wholes.begin(session, person, self.declared, chosen)[:MOST]
        except NotAllowedError:
            return []
        lines = []
        for index, values in enumerate(self._followed(found), first_index):
            lines.append(Line(self, str(index), None))
            lines[-1].begin(values)
        return lines

    def is_valid(self) -> bool:
        """Whether everything typed could be read."""
        sound = [line.form.validate() for line in self.lines if not line.removed]
        return all(sound) and not self.errors

    @property
    def is_wrong(self) -> bool:
        """Whether anything is wrong with the rows."""
        return bool(self.errors) or any(line.is_wrong for line in self.lines)

    def rows(self) -> list[PartRow]:
        """Return the rows to save, without the blank and those not to be changed."""
        place = wholes.place_of(self.declared)
        self._saved, found, count = [], [], 0
        for line in self.lines:
            if line.is_blank() or (line.removed and line.sent_id is None):
                continue
            values = {} if line.removed else line.given()
            if not line.removed:
                count += 1
                if place is not None and self.is_arranged:
                    values[place.name] = count
            if line.entry is not None and not (line.removed or line.may_change):
                continue
            row = PartRow(values, line.sent_id, line.version, removed=line.removed)
            found.append(row)
            self._saved.append(line)
        return found

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Put the problems of a save at their rows."""
        for problem in problems:
            line = self._saved[problem.row]
            line.refuse(problem)
            if problem.label is wholes.GONE:
                line.removed = False

    def lost(self, current: Mapping[int, Row]) -> list[tuple[Line, Row]]:
        """Return the rows that were changed meanwhile, with the parts as they are."""
        found = []
        for place, row in current.items():
            line = self._saved[place]
            line.version = row["version"]
            found.append((line, row))
        return found


def tables(
    declared: Declaration, whole: Row | None, form: Form | None
) -> tuple[LineTable, ...]:
    """Return the tables of parts in a form, for this person; mostly none."""
    return tuple(LineTable(one, whole, form) for one in _parts(declared))


def _parts(declared: Declaration) -> list[Declaration]:
    """Return the registers of parts in a form that this person may list."""
    may = visit.person().may
    found = catalogue.current().parts.get(declared.code, ())
    return [one for one in found if may(one.code, Action.LIST)]


def forms(declared: Declaration) -> list[tuple[Declaration, Sequence[Field]]]:
    """Return the fields that a form sends: the entry's own, then those of its parts."""
    parts = [(one, typed(one)) for one in _parts(declared)]
    return [(declared, typed_fields(declared)), *parts]
