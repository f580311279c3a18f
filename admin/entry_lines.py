"""Entries of any register in one line each: desk, lists of late work, search hits.

One statement a register, whatever it refers to; only rows the person may list.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from admin import list_joins
from admin.column_converters import show_instant
from admin.listing import TONES, Desk
from models import access, catalogue, masking
from models.access import Action
from models.register import INSTANT, LONG_TEXT, Declaration, Field

Row = dict[str, Any]
Key = tuple[str, int]  # a register's code and an entry's id
LONGEST = 80  # characters of an entry's text in a line


def of(session: Session, desk: Desk, wanted: Iterable[Key]) -> dict[Key, Row]:
    """Return the lines of entries; one that may not be listed has none."""
    ids: dict[str, set[int]] = defaultdict(set)
    for register, entry_id in wanted:
        ids[register].add(entry_id)
    lines: dict[Key, Row] = {}
    known = catalogue.current()
    for register, some in ids.items():
        declared, table = known[register], known.table(register)
        query = access.visible(desk.person, register, Action.LIST)
        query = query.where(table.c.id.in_(sorted(some)))
        for line in described(session, desk, declared, query):
            lines[register, line["id"]] = line
    return lines


def described(
    session: Session, desk: Desk, declared: Declaration, query: Any
) -> list[Row]:
    """Return the lines of a select that began with `access.visible`, in its order."""
    fields = _fields(desk, declared)
    columns, joined = list_joins.joined(declared, query, fields)
    found = session.execute(
        joined.with_only_columns(*columns, maintain_column_froms=True)
    )
    return [_line(desk, declared, fields, dict(row)) for row in found.mappings()]


def _fields(desk: Desk, declared: Declaration) -> list[Field]:
    """Return the fields that a line is made of."""
    seen = [one for one in desk.person.fields(declared) if one.column]
    about = next((one for one in seen if one.first and one.refers_to), None)
    text = next(
        (one for one in seen if one.type is LONG_TEXT and not one.personal), None
    )
    state = declared.state_field
    names = {*declared.display, "number", "holder", "created_at"}
    names |= {one.name for one in (about, text, state) if one is not None}
    names.add(moment_name(declared))
    return [one for one in seen if one.name in names]


def moment_name(declared: Declaration) -> str:
    """Return the instant by which a register is ordered: when an entry happened."""
    name = declared.order.removeprefix("-")
    ordered = name != "id" and declared.field(name).type is INSTANT
    return name if ordered else "created_at"


def pill(one: Field, value: str, language: str) -> dict[str, str]:
    """Return the template's Pill of a choice's value."""
    tone = next((it.tone for it in one.options if it.value == value), "")
    text = one.option_label(value).text(language)
    return {"text": text, "tone": TONES.get(tone, "plain")}


def _line(desk: Desk, declared: Declaration, fields: Sequence[Field], row: Row) -> Row:
    state = declared.state_field
    value = row.get(state.name) if state else None
    by_name = {one.name: one for one in fields}
    at = row.get(moment_name(declared)) or row.get("created_at")
    about, what = _text(desk, declared, fields, row)
    text = " · ".join(filter(None, (about, what)))
    return {
        "id": row["id"],
        "register": declared.code,
        "kind": declared.title.text(desk.language),
        "icon": declared.icon,
        "number": row.get("number") or f"#{row['id']}",
        "url": url_for("register.details_view", register=declared.code, id=row["id"]),
        "text": _short(text) or str(row.get("number") or row["id"]),
        "what": _short(what) or str(row.get("number") or row["id"]),
        "state": pill(state, value, desk.language) if state and value else None,
        "holder": list_joins.called(by_name["holder"], row)
        if "holder" in by_name
        else None,
        "at": show_instant(at, desk.zone)
        if isinstance(at, datetime)
        else str(at or ""),
        "due": None,
        "asked": None,
    }


def _text(
    desk: Desk, declared: Declaration, fields: Sequence[Field], row: Row
) -> tuple[str, str]:
    """Return whom and what an entry is about; what is masked stays masked."""
    about, what = [], []
    for one in fields:
        value = row.get(one.name)
        if value is None or one.name in ("number", "holder"):
            continue
        if one.name in declared.display and one.refers_to is None:
            masked = masking.masks(desk.person, declared, one, row)
            what.append(str(masking.mask(one, value) if masked else value))
        elif one.first and one.refers_to:
            about.append(list_joins.called(one, row))
        elif one.type is LONG_TEXT and not one.personal:
            what.append(" ".join(str(value).split()))
    return " · ".join(filter(None, about)), " · ".join(filter(None, what))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
