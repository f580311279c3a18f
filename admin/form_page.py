"""What the form page shows: fields in paper order, six first, the rest folded.

Errors of a save land at their fields; a lost update shows both versions with nothing of
what was typed lost.
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask import request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from admin import (
    clause_links,
    form_alike,
    form_counts,
    form_drawn,
    form_rows,
    form_settling,
    line_cells,
    line_items,
    side_panel,
    visit,
)
from admin.addresses import fixed
from admin.form_fields import control, is_looked_up
from admin.form_shown import Shown
from admin.form_typed import entry_form_class, form_fields, typed_fields
from admin.value_words import words
from models import catalogue, choosing, masking, references
from models.checking import Problem
from models.defaults import given_value
from models.entry_errors import LostUpdateError
from models.register import (
    CUSTOMER,
    MACHINE,
    PHONE,
    REFERENCES,
    STANDARD_NAMES,
    Declaration,
    Field,
    Given,
)

Row = dict[str, Any]
Mask = Mapping[str, str]
"""What stands for a value that is masked: its text, and where it is revealed."""
ROWS = "form_rows"  # where a table keeps the rows that were rendered before
WIDE = frozenset({"choices", "radio"})


class EntryForm:
    """The form of one new or changed entry."""

    def __init__(
        self,
        declared: Declaration,
        entry: Row | None,
        first_values: Row | None = None,
        hidden: Mapping[str, Mask] | None = None,
    ) -> None:
        """Make the form: posted values, else the entry's, else the first ones.

        `hidden` are the masks of those first values that the person may not read.
        """
        self.declared, self.entry = declared, entry
        self.hidden = dict(hidden or {})
        self.language = visit.language()
        # What the page of anyone notes is on the entry, not in the form.
        notes = declared.anyone.notes if declared.anyone else ()
        self.fields = tuple(
            one for one in form_fields(declared) if one.name not in notes
        )
        self.drawn = line_items.forms(declared)
        self.settled = form_settling.Settled()
        if request.method == "POST":
            self.settled = form_settling.settle(self.drawn)
        made = entry_form_class(declared, self.language)
        self.masked = self._masked()
        posted = self._sent() if request.method == "POST" else None
        values = dict(entry) if entry is not None else self._defaults()
        if entry is None:
            values.update(side_panel.typed_already(declared))
        values.update(first_values or {})
        # What is taken from other entries is filled in by the save: it may be masked.
        self.counted: Row = {}
        if entry is None and posted is None:
            self.counted = form_counts.suggested(declared, self.fields, values)
            empty = {name for name in self.counted if values.get(name) is None}
            values.update({name: self.counted[name] for name in empty})
        # What is hidden stays on the server: the form neither shows nor posts it.
        values = {name: it for name, it in values.items() if name not in self.hidden}
        self.values = values
        self._named: dict[str, dict[int, str]] | None = None
        self.form = made(formdata=posted, data=values)
        self.lines = line_items.tables(declared, entry, self.form)
        self.conflict: dict[str, Any] | None = None
        self.clauses: dict[str, dict[str, Any]] = {}

    def _sent(self) -> MultiDict[str, str]:
        """Return what the page sent, without masks that came back as they were."""
        return MultiDict(
            (name, value)
            for name, value in request.form.items(multi=True)
            if not (name in self.masked and _is_mask(name))
        )

    def _masked(self) -> frozenset[str]:
        """Return the fields whose value this person may not read here."""
        if self.entry is None:
            return frozenset(self.hidden)
        return frozenset(
            one.name
            for one in self.fields
            if self.entry.get(one.name) is not None
            and masking.masks(visit.person(), self.declared, one, self.entry)
        )

    def _defaults(self) -> Row:
        writer = visit.writer()
        return {
            one.name: given_value(one.default, writer)
            if isinstance(one.default, Given)
            else one.default
            for one in self.fields
            if isinstance(one.default, Given | str | int | bool)
        }

    def is_valid(self) -> bool:
        """Whether everything typed could be read; the save itself checks the rest."""
        lines = [table.is_valid() for table in self.lines]
        sound = bool(self.form.validate()) and all(lines)
        self._tell_beside()
        return sound and not self.settled.asks

    def _tell_beside(self) -> None:
        """Say at the controls what was typed for a field that takes it no more."""
        controls = [*self.form, *(it for one in self.lines for it in one.controls)]
        for one in controls if self.settled.beside else ():
            said = self.settled.beside.get(one.name)
            if said is not None:
                one.errors = [*one.errors, said]

    @property
    def is_wrong(self) -> bool:
        """Whether the page has something to tell before it can be saved."""
        wrong = bool(self.form.errors or self.conflict or self.settled.asks)
        return wrong or any(table.is_wrong for table in self.lines)

    def posted(self) -> Row:
        """Return the values to save: only those of controls the page really sent.

        A masked field counts as sent only when it was revealed. A switch that is off
        sends nothing, so the page names its switches in `switches`.
        """
        sent = set(request.form) | set(request.form.getlist("switches"))
        return {
            one.name: self.form[one.name].data
            for one in typed_fields(self.declared)
            if one.name in sent and not (one.name in self.masked and _is_mask(one.name))
        }

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Put the problems of a save at their fields."""
        for problem in problems:
            text = problem.label.text(self.language)
            if problem.field is not None and problem.field in self.form:
                field = self.form[problem.field]
                field.errors = [*field.errors, text]
            else:
                label = self._label(problem.field)
                self.form.form_errors.append(f"{label}{text}")

    def _label(self, name: str | None) -> str:
        if name is None or not self.declared.has(name):
            return ""
        return self.declared.field(name).label.text(self.language) + visit.t("：", ": ")

    def lost(self, error: LostUpdateError) -> None:
        """Show what stands now beside what was typed."""
        session, zone = visit.session(), visit.zone()
        was = self.entry or {}
        rows = []
        for one in typed_fields(self.declared):
            mine = self.posted().get(one.name, error.current.get(one.name))
            if one.name in self.masked or mine == error.current.get(one.name):
                continue
            shown = [
                words(session, one, value, self.language, zone)
                for value in (was.get(one.name), error.current.get(one.name))
            ]
            # What was typed may be an id of what the person may not even list.
            shown += [
                (self._called(one, mine) or str(mine))
                if one.refers_to and mine
                else words(session, one, mine, self.language, zone)
            ]
            rows.append(
                {
                    "name": one.name,
                    "label": one.label.text(self.language),
                    "was": shown[0],
                    "theirs": shown[1],
                    "mine": shown[2],
                }
            )
        by = error.current.get("changed_by")
        names = references.labels(session, "staff", [by]) if by else {}
        self.conflict = {
            "by": names.get(by or 0, ""),
            "at": error.current["changed_at"].astimezone(zone).strftime("%m-%d %H:%M"),
            "rows": rows,
            "version": error.current["version"],
        }

    def context(self, entry_url: str | None) -> dict[str, Any]:
        """Return the template's context; see register/form.html."""
        declared, language = self.declared, self.language
        title = declared.title.text(language)
        shown = [one.name for one in self.fields]
        usual = [one.name for one in self.fields if one.first] or shown[:6]
        own = [n for n in shown if n not in usual and n not in STANDARD_NAMES]
        last = [n for n in shown if n not in usual and n in STANDARD_NAMES]
        wrong = set(self.form.errors)
        rest = own + last
        number = (self.entry or {}).get("number")
        self.clauses = clause_links.links(one.clause for one in self.fields)
        return {
            "page_title": visit.t(
                f"修改 {number or title}", f"Change {number or title}"
            )
            if self.entry
            else visit.t(f"新建{title}", f"New: {title}"),
            "register": {
                "code": declared.code,
                "title": title,
                "icon": declared.icon,
                "list_url": fixed("register.index_view", register=declared.code),
            },
            "form": Shown(self),
            "entry": {
                "number": number or f"#{self.entry['id']}",
                "url": entry_url,
                "version": request.form.get("version", self.entry["version"]),
            }
            if self.entry
            else None,
            "first": usual,
            "more": [{"label": None, "names": rest, "open": bool(wrong & set(rest))}]
            if rest
            else [],
            "row": self._row,
            "line_tables": [line_cells.context(declared, one) for one in self.lines],
            "line_problems": [
                it for one in self.lines for it in line_cells.problems(one)
            ],
            "conflict": self.conflict,
            "alike": form_alike.context(
                declared, self.entry["id"] if self.entry else None
            ),
            "can_save_next": self.entry is None,
            "drawn": form_drawn.text_of(self.drawn),
            "began": self._began(),
            "left": self.settled.left,
            "left_text": form_settling.left_text(self.settled.left),
            "left_anew": self.settled.asks,
            "draft": f"{declared.code}:{self.entry['id'] if self.entry else 'new'}",
            "counts": self._counts(),
            "side_url": side_panel.address(declared),
            **self._side(),
            "from_entry": None,
        }

    def _began(self) -> str:
        """Return marks of what the form opened with, to know what was typed."""
        if request.method == "POST":
            return request.form.get(form_drawn.BEGAN, "{}")
        shown = [one for one in self.drawn[0][1] if one.name not in self.masked]
        return form_drawn.marks_of(shown, self.values)

    def _counts(self) -> dict[str, Any] | None:
        """Return what the page asks for again while a new entry is filled in."""
        if self.entry is not None:
            return None
        if request.method == "POST":
            self.counted = form_counts.suggested(
                self.declared, self.fields, self._known()
            )
        return form_counts.context(self.declared, self.fields, self.counted)

    def _side(self) -> dict[str, Any]:
        """Return what stands beside the form, or where it comes from afterwards."""
        if self.entry is not None and request.method == "GET":
            later = side_panel.later(self.declared, self.entry)
            return {"side": None, "side_later": later}
        side = side_panel.beside(self.declared, self._known())
        return {"side": side, "side_later": None}

    def _known(self) -> Row:
        """Return what the form opens with, without what is masked for this person."""
        values = {**self.values, **self.form.data}
        return {
            name: value for name, value in values.items() if name not in self.masked
        }

    def _called(self, one: Field, value: Any) -> str | None:
        """Return the words of what a picker holds; None where it may not be chosen.

        What the form opened with is named; what was posted only if it may be listed.
        """
        session, register = visit.session(), one.refers_to or ""
        if value == self.values.get(one.name):
            return self._names(register).get(value)
        found = choosing.labels(session, visit.person(), register, [value])
        return found.get(value)

    def _names(self, register: str) -> dict[int, str]:
        """Return what all the form opened with of one register is called."""
        if self._named is None:
            held: dict[str, list[int]] = {}
            for one in self.fields:
                if one.refers_to and self.values.get(one.name):
                    held.setdefault(one.refers_to, []).append(self.values[one.name])
            self._named = references.labels_of(visit.session(), held)
        return self._named.get(register, {})

    def row_anew(self, name: str, row: form_rows.Row) -> Markup:
        """Return one row of a form that asks for a field otherwise than others do."""
        return row(Shown(self)[name], self._meta(self.declared.field(name)))

    def _row(self, name: str, row: form_rows.Row) -> Markup:
        """Return one row of the form, by the template's macro or as it was kept."""
        one = self.declared.field(name)
        kind = control(one)
        if kind not in form_rows.KEPT or name in self.masked or name in self.hidden:
            return row(Shown(self)[name], self._meta(one))
        typed = self.form[name]
        if typed.errors:
            return row(typed, self._meta(one))
        clause = clause_links.first(self.clauses, one.clause)
        said = tuple((clause or {}).values())
        key = (name, self.language, self.entry is None, said)
        table = catalogue.current().table(self.declared.code)
        return form_rows.render(
            table.info.setdefault(ROWS, {}),
            key,
            row,
            typed,
            kind,
            lambda: self._meta(one),
            lambda: self._called(one, typed.data),
        )

    def _meta(self, one: Field) -> SimpleNamespace:
        """Return what the template asks about a field, as attributes.

        Of a dict, each answer would cost it an AttributeError first: two thousand a
        page.
        """
        kind = control(one)
        value = self.form[one.name].data if one.name in self.form else None
        text = None
        if one.type in REFERENCES and value:
            text = self._called(one, value)
        masked = None
        if one.name in self.hidden and _is_mask(one.name):
            masked = dict(self.hidden[one.name])
        elif one.name in self.masked and _is_mask(one.name):
            masked = {
                "text": masking.mask(one, (self.entry or {})[one.name]),
                "reveal_url": url_for(
                    ".reveal_view", id=(self.entry or {})["id"], field=one.name
                ),
            }
        condition = one.only_if
        return SimpleNamespace(
            kind=kind,
            required=one.required or one.required_if is not None,
            help=one.help.text(self.language) if one.help else None,
            wide=kind in WIDE,
            fills=one.default is not None and not isinstance(one.default, Given),
            told=self.entry is not None or not is_looked_up(one),
            unit=one.unit.text(self.language) if one.unit else None,
            max_length=one.max_length if kind == "text" else None,
            clause=clause_links.first(self.clauses, one.clause),
            picker_url=fixed(
                "register.ajax_lookup", register=self.declared.code, name=one.name
            )
            if one.type in REFERENCES
            else None,
            picker_of=one.only_of,
            picker_text=text,
            shown_if={"field": condition.field, "values": sorted(condition.values)}
            if condition
            else None,
            masked=masked,
            lookup=one.type in (PHONE, CUSTOMER, MACHINE),
        )


def _is_mask(name: str) -> bool:
    """Whether the page did not send this masked field, or sent the mask back."""
    return name not in request.form or masking.is_masked(request.form[name])
