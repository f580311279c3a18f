"""Entries that may be the same thing twice: a customer of one number or one name.

A register says by `alike` which of its fields two such entries share. Numbers are
compared as they are kept, texts by `same_names.core`. Found is only what the person may
list, and personal data by its complete value alone.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from models import access, catalogue, search
from models.access import Action, Person
from models.list_indexes import NUMBERS
from models.register import Declaration, Field
from models.rules.ngrams import PIECE
from models.rules.same_names import core

MOST = 5  # entries that are told of for one field
LOOKED_AT = 200  # hits of a text that are compared letter by letter


def fields(person: Person, declared: Declaration) -> list[Field]:
    """Return the fields two entries of the same thing share, of those there for one."""
    return [
        declared.field(name)
        for name in declared.alike
        if person.sees(declared, declared.field(name))
    ]


def found(
    session: Session,
    person: Person,
    declared: Declaration,
    typed: Mapping[str, str],
    *,
    but: int | None = None,
) -> dict[str, list[int]]:
    """Return {field: ids of other entries with the same}, the newest first.

    Args:
        session: Any session.
        person: Whoever asks.
        declared: The register.
        typed: What the fields hold, as it is typed.
        but: The entry that is being changed, which is not another one.
    """
    if not person.may(declared.code, Action.LIST):
        return {}
    table = catalogue.current().table(declared.code)
    entries = access.visible(person, declared.code, Action.LIST)
    if but is not None:
        entries = entries.where(table.c.id != but)
    result = {}
    for one in fields(person, declared):
        text = typed.get(one.name, "").strip()
        same = _same_number if one.type in NUMBERS else _same_text
        ids = same(session, declared, one, entries, text) if text else []
        if ids:
            result[one.name] = ids
    return result


def _same_number(
    session: Session, declared: Declaration, one: Field, entries: Select[Any], text: str
) -> list[int]:
    table = catalogue.current().table(declared.code)
    same = search.equality(one, table, text)
    if same is None:
        return []
    newest = entries.where(same).order_by(table.c.id.desc()).limit(MOST)
    return list(session.scalars(newest.with_only_columns(table.c.id)))


def _same_text(
    session: Session, declared: Declaration, one: Field, entries: Select[Any], text: str
) -> list[int]:
    wanted = core(text)
    if len(wanted) < PIECE:
        return []
    table = catalogue.current().table(declared.code)
    condition = search.criteria(
        declared, table, wanted, session.get_bind().dialect.name
    )
    if condition is None:
        return []
    likely = entries.where(condition).order_by(table.c.id.desc()).limit(LOOKED_AT)
    rows = session.execute(
        likely.with_only_columns(table.c.id, table.c[one.column or ""])
    )
    return [key for key, name in rows if core(name or "") == wanted][:MOST]
