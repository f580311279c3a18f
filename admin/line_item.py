"""One part in the form of its whole: what it holds, what was sent, what is wrong."""

from functools import cached_property
from typing import TYPE_CHECKING

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Form

from admin import visit
from models import masking
from models.checking import Problem
from models.preparing import Row
from models.register import Field

if TYPE_CHECKING:
    from admin.line_items import LineTable

LONGEST_ID = 18  # digits


class Line:
    """One row: its form, the part it is of, what is wrong with it."""

    def __init__(self, table: "LineTable", index: str, entry: Row | None) -> None:
        """Begin with the part's values, or with what a new one begins with."""
        self.table, self.index, self.entry = table, index, entry
        self.prefix = f"{table.declared.code}-{index}-"
        self.errors: list[str] = []
        self.sent_id: int | None = None  # of a part that may be gone by now
        self.version: int | None = entry["version"] if entry else None
        self.removed = self.filled = False
        self.begun: Row = {}  # what was filled in here and now, without being sent
        self.values: Row = entry if entry is not None else dict(table.first)
        self.form: Form = self._form(None)

    def _form(self, sent: MultiDict[str, str] | None) -> Form:
        return self.table.form_class(sent, data=self.values, prefix=self.prefix)

    @cached_property
    def masked(self) -> frozenset[str]:
        """The fields whose value this person may not read here."""
        entry, declared = self.entry, self.table.declared
        if entry is None:
            return frozenset()
        return frozenset(
            one.name
            for one in self.table.columns
            if entry.get(one.name) is not None
            and masking.masks(visit.person(), declared, one, entry)
        )

    @property
    def may_change(self) -> bool:
        """Whether this person may change the row."""
        if self.entry is None:
            return self.table.may_add
        return self.entry["id"] in self.table.changeable

    @property
    def may_remove(self) -> bool:
        """Whether this person may put the part into the bin."""
        return self.entry is not None and self.entry["id"] in self.table.removable

    def is_fixed(self, one: Field) -> bool:
        """Whether a value was carried from elsewhere, and is not to be typed."""
        known = self.filled or self.entry is not None
        return known and one.name in self.table.carried

    def begin(self, values: Row) -> None:
        """Fill in what is carried from what the whole is made of."""
        self.filled = True
        self.values = {**self.values, **values}
        self.form = self._form(None)
        self.begun = {
            name: self.form[name].data
            for name in self.table.carried
            if name in self.form
        }

    def is_sent(self, one: Field) -> bool:
        """Whether the page sent a value for a field, and not its mask."""
        name = self.prefix + one.name
        if name not in request.form:
            return False
        is_mask = masking.is_masked(request.form[name])
        return not (one.name in self.masked and is_mask)

    def take(self) -> None:
        """Read what the page sent of this row."""
        said = request.form
        self.sent_id = number(said.get(f"{self.prefix}id"))
        self.version = number(said.get(f"{self.prefix}version"))
        self.removed = f"{self.prefix}removed" in said and not self._keeps("removed")
        self.filled = self.sent_id is None and f"{self.prefix}filled" in said
        if self.sent_id is not None and self.entry is not None and not self.may_change:
            return
        sent: MultiDict[str, str] = MultiDict(
            (self.prefix + one.name, value)
            for one in self.table.typed
            if self.is_sent(one)
            for value in said.getlist(self.prefix + one.name)
        )
        self.form = self._form(sent)

    def _keeps(self, name: str) -> bool:
        """Whether theirs was chosen where two people had changed a value."""
        return request.form.get(f"keep_{self.prefix}{name}") == "theirs"

    def given(self) -> Row:
        """Return the values to save."""
        values = self.begun | {
            one.name: self.form[one.name].data
            for one in self.table.typed
            if self.is_sent(one) and not self._keeps(one.name)
        }
        if self.sent_id is not None:
            return values
        first = self.table.first
        return {
            name: value
            for name, value in values.items()
            if value not in (None, []) or name in first
        }

    def is_blank(self) -> bool:
        """Whether a new row holds nothing that somebody typed."""
        if self.sent_id is not None or self.filled or self.form.errors:
            return False
        first = self.table.first
        return all(
            value in (None, [], first.get(name)) for name, value in self.given().items()
        )

    def refuse(self, problem: Problem) -> None:
        """Put a problem at its cell, else at the row."""
        text = problem.label.text(visit.language())
        name = problem.field or ""
        if name in self.form and self.table.shows(name):
            self.form[name].errors = [*self.form[name].errors, text]
        elif name and name != self.table.declared.part_of:
            label = self.table.declared.field(name).label.text(visit.language())
            self.errors.append(f"{label}{visit.t('：', ': ')}{text}")
        else:
            self.errors.append(text)

    @property
    def is_wrong(self) -> bool:
        """Whether anything is wrong with it."""
        return bool(self.errors or self.form.errors)


def number(text: str | None) -> int | None:
    """Return a whole number that a hidden control sent; None for anything else."""
    if text is None or not text.isdecimal() or len(text) > LONGEST_ID:
        return None
    return int(text)
