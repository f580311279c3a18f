"""What the rows of parts show: cells by their kinds, names of what they refer to."""

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from flask import url_for
from wtforms import Form

from admin import visit
from admin.addresses import fixed
from admin.column_converters import show
from admin.line_forms import kind_of
from admin.line_item import Line
from admin.line_items import NEW, LineTable
from models import choosing, masking, references
from models.preparing import Row
from models.register import REFERENCES, Declaration, Field, Given

BLANK = 3  # rows to fill in where no script adds them


class Names:
    """What the entries that rows refer to are called, asked once a register.

    What the parts hold is named; what was sent only if this person may choose it.
    """

    def __init__(self, table: LineTable, lines: list[Line]) -> None:
        """Look up every name that these rows need."""
        held: dict[str, set[int]] = defaultdict(set)
        sent: dict[str, set[int]] = defaultdict(set)
        for line in lines:
            for one in (*table.columns, *table.typed):
                register = one.refers_to
                kept = (line.entry or {}).get(one.name)
                if register is None:
                    continue
                if kept is not None:
                    held[register].add(kept)
                for value in (_data(line.form, one), line.values.get(one.name)):
                    if isinstance(value, int) and value != kept:
                        sent[register].add(value)
        session, person = visit.session(), visit.person()
        self._held = {
            register: references.labels(session, register, ids)
            for register, ids in held.items()
        }
        self._sent = {
            register: choosing.labels(session, person, register, ids)
            for register, ids in sent.items()
        }

    def of(self, line: Line, one: Field, value: Any) -> str | None:
        """Return what an entry is called; None where it may not be told."""
        is_kept = value == (line.entry or {}).get(one.name)
        names = self._held if is_kept else self._sent
        return names.get(one.refers_to or "", {}).get(value)


def _field(form: Form, one: Field) -> Any:
    """Return the control of a field; None for what nobody types."""
    return form[one.name] if one.name in form else None  # noqa: SIM401 - a WTForms form has no get


def _data(form: Form, one: Field) -> Any:
    field = _field(form, one)
    return None if field is None else field.data


def context(whole: Declaration, table: LineTable) -> dict[str, Any]:
    """Return what register/line_items.html shows of one register of parts."""
    declared, language = table.declared, visit.language()
    blank = [Line(table, NEW, None)] if table.may_add else []
    more = [
        Line(table, str(len(table.lines) + number), None) for number in range(BLANK)
    ]
    begins = declared.begins_with
    used = {line.index for line in table.lines}
    return {
        "code": declared.code,
        "title": declared.title.text(language),
        "icon": declared.icon,
        "list_url": fixed("register.index_view", register=declared.code),
        "columns": [_column(one) for one in table.columns],
        "rows": rows(table, table.lines),
        "new": rows(table, blank),
        "blank": rows(table, [one for one in more if one.index not in used])
        if table.may_add
        else [],
        "may_add": table.may_add,
        "is_arranged": table.is_arranged,
        "is_cut": table.is_cut,
        "errors": table.errors,
        "begins": {
            "by": begins.by,
            "url": fixed("register.lines_view", register=whole.code)
            + f"?part={declared.code}",
        }
        if begins and table.may_add
        else None,
    }


def problems(table: LineTable) -> list[dict[str, str]]:
    """Return every mistake of the rows with the id of its cell."""
    found = []
    title = table.declared.title.text(visit.language())
    for number, line in enumerate(table.lines, start=1):
        row = visit.t(f"{title}第 {number} 行", f"{title}, row {number}")
        found += [
            {"id": f"{line.prefix}row", "label": row, "message": error}
            for error in line.errors
        ]
        for one in table.columns:
            errors = line.form[one.name].errors if one.name in line.form else ()
            label = one.label.text(visit.language())
            found += [
                {
                    "id": line.prefix + one.name,
                    "label": f"{row} {label}",
                    "message": error,
                }
                for error in errors
            ]
    return found


def _column(one: Field) -> dict[str, Any]:
    language = visit.language()
    return {
        "name": one.name,
        "label": one.label.text(language),
        "kind": kind_of(one),
        "required": one.required and not one.is_given,
        "unit": one.unit.text(language) if one.unit else None,
        "help": one.help.text(language) if one.help else None,
    }


def rows(table: LineTable, lines: list[Line]) -> list[dict[str, Any]]:
    """Return what the template shows of some rows."""
    names = Names(table, lines)
    return [
        {
            "index": line.index,
            "prefix": line.prefix,
            "id": line.entry["id"] if line.entry else None,
            "url": url_for(
                "register.details_view",
                register=table.declared.code,
                id=line.entry["id"],
            )
            if line.entry
            else None,
            "version": line.version if line.entry else None,
            "filled": line.filled,
            "removed": line.removed,
            "may_change": line.may_change,
            "may_remove": line.may_remove,
            "errors": line.errors,
            "wrong": line.is_wrong,
            "cells": [_cell(line, one, names) for one in table.columns],
            "hidden": _carried(line),
        }
        for line in lines
    ]


def _carried(line: Line) -> list[tuple[str, Any]]:
    """Return what a row that was filled sends back without a control for it."""
    if not line.filled:
        return []
    return [
        (line.prefix + one.name, _data(line.form, one))
        for one in line.table.typed
        if line.is_fixed(one) and _data(line.form, one) is not None
    ]


def _cell(line: Line, one: Field, names: Names) -> dict[str, Any]:
    is_text = one.is_given or line.is_fixed(one) or not line.may_change
    masked, field = _masked(line, one), _field(line.form, one)
    return {
        "name": one.name,
        "label": one.label.text(visit.language()),
        "kind": kind_of(one),
        "text": _text(line, one, names) if is_text else None,
        "field": field,
        "it": None if is_text else _meta(line, one, names, masked),
        "errors": field.errors if field is not None else (),
    }


def _text(line: Line, one: Field, names: Names) -> str:
    held: Row = line.entry if line.entry is not None else line.values
    value = held.get(one.name)
    if value is None:
        return ""
    if one.name in line.masked:
        return str(masking.mask(one, value))
    if one.refers_to is not None:
        return names.of(line, one, value) or ""
    return show(one, value, visit.language(), visit.zone())


def _masked(line: Line, one: Field) -> dict[str, str] | None:
    """Return what stands for a value that this person may not read."""
    if one.name not in line.masked or line.entry is None or line.is_sent(one):
        return None
    return {
        "text": str(masking.mask(one, line.entry[one.name])),
        "reveal_url": url_for(
            "register.reveal_view",
            register=line.table.declared.code,
            id=line.entry["id"],
            field=one.name,
        ),
    }


def _meta(
    line: Line, one: Field, names: Names, masked: dict[str, str] | None
) -> SimpleNamespace:
    """Return what the macros of register/fields.html ask about a control."""
    value, condition = _data(line.form, one), one.only_if
    if condition is not None and not line.table.shows(condition.field):
        condition = None  # the save empties what does not apply
    return SimpleNamespace(
        kind=kind_of(one),
        required=one.required or one.required_if is not None,
        help=None,
        wide=False,
        fills=one.default is not None
        and not isinstance(one.default, Given)
        and one.name not in line.table.first,
        unit=None,
        max_length=one.max_length if one.type.value == "text" else None,
        clause=None,
        picker_url=fixed(
            "register.ajax_lookup", register=line.table.declared.code, name=one.name
        )
        if one.type in REFERENCES
        else None,
        picker_of=line.prefix + one.only_of if one.only_of else None,
        picker_text=names.of(line, one, value) if one.refers_to and value else None,
        shown_if={
            "field": line.prefix + condition.field,
            "values": sorted(condition.values),
        }
        if condition
        else None,
        masked=masked,
        lookup=False,
    )
