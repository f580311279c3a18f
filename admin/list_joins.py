"""A register's rows joined to what they refer to, which a list calls by its words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select

from models import access, catalogue, references
from models.keeping import kept
from models.register import Declaration, Field

Source = tuple[list[ColumnElement[Any]], FromClause, frozenset[str]]
"""The columns of some fields, what they are selected from, and whose tables it is."""


def joined(
    declared: Declaration, query: Select[*tuple[Any, ...]], fields: Sequence[Field]
) -> tuple[list[ColumnElement[Any]], Select[*tuple[Any, ...]]]:
    """Return the columns of the fields, and the select joined to what they refer to.

    Each reference brings its display fields as `<field>.<display field>`.
    """
    columns, source, marks = _source(declared, tuple(fields))
    marks |= query.get_execution_options().get("access", frozenset())
    return columns, access.marked(query.select_from(source), *marks)


def _source(declared: Declaration, fields: tuple[Field, ...]) -> Source:
    """Return the joined tables; made once for the same fields of the same table."""
    table = catalogue.current().table(declared.code)
    names = tuple(one.name for one in fields)
    return kept(table, "joined", names, lambda: _joined(declared, fields))


def _joined(declared: Declaration, fields: tuple[Field, ...]) -> Source:
    known = catalogue.current()
    table = known.table(declared.code)
    columns: list[ColumnElement[Any]] = [table.c.id, table.c.version]
    columns.append(table.c.holder_id.label("holder"))
    marks = {declared.code}
    source: Any = table
    for one in fields:
        if one.column is None:
            continue
        if one.name != "holder":
            columns.append(table.c[one.column].label(one.name))
        if one.refers_to is None:
            continue
        marks.add(one.refers_to)
        other = known.table(one.refers_to).alias(f"of_{one.name}")
        source = source.outerjoin(other, other.c.id == table.c[one.column])
        target = known[one.refers_to]
        for name in dict.fromkeys((*target.display, "number")):
            column = target.field(name).column
            if column is not None:
                columns.append(other.c[column].label(f"{one.name}.{name}"))
    return columns, source, frozenset(marks)


def called(one: Field, row: dict[str, Any]) -> str:
    """Return the words of what a row's field refers to, from the joined columns."""
    if row.get(one.name) is None or one.refers_to is None:
        return ""
    target = catalogue.current()[one.refers_to]
    values = {
        name: row.get(f"{one.name}.{name}") for name in (*target.display, "number")
    }
    values["id"] = row[one.name]
    return references.called(target, values)
