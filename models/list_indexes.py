"""The indexes of a register's table, derived from what its lists are asked.

A list is walked in the register's order or by a column, narrowed to a choice or to
whatever an entry refers to, and always kept to what a person may see. Each index costs
every write, so that an index that can serve two purposes replaces two.
"""

from typing import Any
from zlib import crc32

from sqlalchemy import Column, Index, Table, TextClause, text

from models.register import (
    CHOICE,
    CHOICES,
    ID_NUMBER,
    LONG_TEXT,
    PHONE,
    PLATE,
    STANDARD_NAMES,
    YES_NO,
    Declaration,
    Field,
)

NUMBERS = frozenset({PHONE, ID_NUMBER, PLATE})
FEW_VALUES = frozenset({CHOICE, YES_NO})
LONGEST_NAME = 63
PLACES = ("department_id", "branch_id")  # by which rights are given, beside owners


def add(table: Table, declared: Declaration) -> None:
    """Add every index but the unique ones to a table whose columns are made."""
    order = ordered_by(declared)
    for one, name in declared.columns:
        if _is_wanted(one) or (name == order and not one.unique):
            where = _only_where(table.c[name], one)
            for suffix, columns in _of_column(table, declared, one, order):
                called = fitting(f"ix_{table.name}_{name}{suffix}")
                Index(called, *columns, sqlite_where=where, postgresql_where=where)
    _of_bin(table, order)


def ordered_by(declared: Declaration) -> str | None:
    """Return the column that lists are ordered by; None where it is the id alone."""
    name = declared.order.removeprefix("-")
    one = declared.field(name) if declared.has(name) else None
    return one.column if one is not None and _is_short(one) else None


def is_sorted_by(one: Field) -> bool:
    """Whether a list can be sorted by a field: there is an index in its order."""
    if one.column is None or one.refers_to is not None or not _is_short(one):
        return False
    return one.listed or (one.filterable and one.type not in FEW_VALUES)


def judged_by(declared: Declaration) -> tuple[str, ...]:
    """Return the columns that say whether somebody may see an entry."""
    owners = [name for one, name in declared.columns if one.owner]
    secret = [name for one, name in declared.columns if one.name == declared.secrecy]
    return tuple(dict.fromkeys(("binned_at", *PLACES, *owners, *secret)))


def fitting(name: str) -> str:
    """Return a name that PostgreSQL keeps whole, of at most 63 characters."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 9]}_{crc32(name.encode()):08x}"


def _is_short(one: Field) -> bool:
    # PostgreSQL refuses an index entry of more than 2,704 bytes, so a long text must
    # never be in one; the set of options is searched from the middle.
    return one.type not in (LONG_TEXT, CHOICES)


def _is_wanted(one: Field) -> bool:
    if one.unique or not _is_short(one):
        return False
    if one.filterable or one.listed:
        return True
    if one.name in STANDARD_NAMES:  # only rights ask for these: not who changed it last
        return one.owner or one.column in PLACES
    # The search looks complete numbers up, though they stand in no list.
    return bool(one.refers_to) or one.type in NUMBERS


def _of_column(
    table: Table, declared: Declaration, one: Field, order: str | None
) -> list[tuple[str, list[Column[object]]]]:
    """Return the indexes that begin with a column, each as (end of name, columns)."""
    column, key = table.c[str(one.column)], table.c.id
    if column.name == order:
        # A page with a typed number walks all keys before it: by this index alone,
        # without fetching an entry to see whether it is in the bin or somebody else's.
        judged = [table.c[it] for it in judged_by(declared) if it != order]
        return [("", [column, key, *judged])]
    if order is None:
        return [("", [column, key])]
    if one.refers_to:
        # Nobody sorts by what is referred to: narrowed, in the order of the list.
        return [("", [column, table.c[order], key])]
    plain = ("", [column, key])
    if one.type not in FEW_VALUES or not one.filterable:
        return [plain]
    # Half of all entries may have the value that is asked for: a page of them must not
    # sort them all.
    narrowed = (f"__{order}", [column, table.c[order], key])
    return [plain, narrowed] if is_sorted_by(one) else [narrowed]


def _only_where(column: Column[Any], one: Field) -> TextClause | None:
    """Return which entries the index on a column is for; None for all of them.

    An entry that refers to nothing needs no place in the index by which the referring
    ones are found, unless the list can be narrowed to it: in the order of the list each
    such place is another page that a write brings to memory.
    """
    if one.refers_to and column.nullable and not one.filterable:
        return text(f'"{column.name}" IS NOT NULL')
    return None


def _of_bin(table: Table, order: str | None) -> None:
    """Keep the few entries in the bin together; the others never touch this index."""
    binned = text("binned_at IS NOT NULL")
    names = [name for name in (order, "id") if name is not None]
    Index(
        fitting(f"ix_{table.name}_binned_at"),
        *(table.c[name] for name in names),
        sqlite_where=binned,
        postgresql_where=binned,
    )
