"""Saving a form with the parts in it, and telling what keeps it from being saved."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import request
from sqlalchemy.orm import Session

from admin import visit
from admin.line_item import Line
from admin.line_items import LineTable
from admin.value_words import words
from models import choosing, references, wholes
from models.entry_errors import LostUpdateError
from models.preparing import Row
from models.register import Field
from models.wholes import WholeLostError, WholeRefusedError

if TYPE_CHECKING:
    from admin.form_page import EntryForm


def save(page: "EntryForm", session: Session, write: Callable[[Session], int]) -> int:
    """Write an entry with its parts, in the session's transaction; return its id."""
    if not page.lines:
        return write(session)
    rows = {table.declared.code: table.rows() for table in page.lines}
    whole_id = page.entry["id"] if page.entry else None
    return wholes.save(session, write, whole_id, rows, visit.editor())


def refuse(page: "EntryForm", error: WholeRefusedError) -> None:
    """Put the problems of a save at their fields and rows."""
    page.refuse(error.problems)
    for table in page.lines:
        table.refuse(error.parts[table.declared.code])


def lost(page: "EntryForm", error: WholeLostError) -> None:
    """Show what stands now beside what was typed, of the whole and of its parts."""
    parts = [
        (table, line, row)
        for table in page.lines
        for line, row in table.lost(error.parts[table.declared.code])
    ]
    if error.current is not None:
        page.lost(LostUpdateError(error.current))
    else:
        page.conflict = {
            **_stamp(parts[0][2]),
            "rows": [],
            "version": request.form.get("version", ""),
        }
    rows = (page.conflict or {})["rows"]
    for table, line, row in parts:
        rows += _conflicts(table, line, row)


def _stamp(row: Row) -> dict[str, str]:
    """Return who changed an entry last, and when."""
    by = row.get("changed_by")
    names = references.labels(visit.session(), "staff", [by]) if by else {}
    at = row["changed_at"].astimezone(visit.zone())
    return {"by": names.get(by or 0, ""), "at": at.strftime("%m-%d %H:%M")}


def _conflicts(table: LineTable, line: Line, row: Row) -> list[dict[str, Any]]:
    """Return what two people made of one part, for register/form_conflict.html."""
    number = table.lines.index(line) + 1
    title = table.declared.title.text(visit.language())
    name = visit.t(f"{title}第 {number} 行", f"{title}, row {number}")
    if line.removed:
        return [
            {
                "name": f"{line.prefix}removed",
                "label": name,
                "was": "",
                "theirs": references.called(table.declared, row),
                "mine": visit.t("移除", "Remove"),
            }
        ]
    return [
        {
            "name": line.prefix + one.name,
            "label": f"{name} {one.label.text(visit.language())}",
            "was": "",
            "theirs": _words(one, row.get(one.name)),
            "mine": _typed_words(one, mine),
        }
        for one, mine in _typed(table, line)
        if mine != row.get(one.name) and one.name not in line.masked
    ]


def _typed(table: LineTable, line: Line) -> list[tuple[Field, Any]]:
    given = line.given()
    return [(one, given[one.name]) for one in table.typed if one.name in given]


def _words(one: Field, value: Any) -> str:
    return words(visit.session(), one, value, visit.language(), visit.zone())


def _typed_words(one: Field, value: Any) -> str:
    """Return what was typed; it may be an id of what the person may not even list."""
    if one.refers_to is None or value is None:
        return _words(one, value)
    session, person = visit.session(), visit.person()
    found = choosing.labels(session, person, one.refers_to, [value])
    return found.get(value, str(value))
