"""The views by which other programs read registers: `v_` before the register's code.

A view shows what is not in the bin, in units that need no explanation, under the
fields' own names, and what an entry refers to by its words. Personal data and secret
fields are not in it: whoever may read a view may read all of it.
"""

from collections.abc import Iterator

from sqlalchemy import Dialect

from models.catalogue import Catalogue
from models.register import (
    CHOICES,
    DECIMAL,
    MONEY,
    REFERENCES,
    Declaration,
    Field,
)
from models.schema_tables import Wanted
from models.schema_triggers import OURS, Piece

PREFIX = "v_"


def views(catalogue: Catalogue, dialect: Dialect) -> Iterator[Piece]:
    """Return the view of every register."""
    for declared in catalogue:
        yield _view(
            catalogue, Wanted(declared, catalogue.schema_tables[declared.code], dialect)
        )


def _view(catalogue: Catalogue, wanted: Wanted) -> Piece:
    declared, name = wanted.declared, wanted.quoted(PREFIX + wanted.declared.code)
    columns: dict[str, str] = {"id": "e.id"}
    reads = {declared.code}
    shown = [one for one in declared.all_fields if one.column and _is_open(one)]
    for one in shown:
        columns[_name(one)] = _value(one, wanted)
    for one in shown:
        if one.refers_to is not None:
            said = _words(catalogue[one.refers_to], str(one.column), wanted)
            words_name = f"{one.name}_name"
            if words_name not in columns:
                columns[words_name] = said
                reads.add(one.refers_to)
    listed = ",\n  ".join(
        f"{said} AS {wanted.quoted(name)}" for name, said in columns.items()
    )
    made = (
        f"CREATE VIEW {name} AS /* {OURS} */ SELECT\n  {listed}\n"
        f"FROM {wanted.name} AS e WHERE e.binned_at IS NULL"
    )
    return Piece(
        "view",
        PREFIX + declared.code,
        declared.code,
        (made,),
        f"DROP VIEW {name}",
        frozenset(reads),
    )


def _is_open(one: Field) -> bool:
    return not (one.personal or one.secret)


def _name(one: Field) -> str:
    """Return a field's column in the view; a reference's tells that it is an id."""
    return f"{one.name}_id" if one.type in REFERENCES else one.name


def _value(one: Field, wanted: Wanted) -> str:
    column = f"e.{wanted.quoted(str(one.column))}"
    if one.type in (MONEY, DECIMAL):
        return _unscaled(column, 2 if one.type is MONEY else one.places, wanted)
    if one.type is CHOICES:
        return f"trim({column}, ',')"
    return column


def _unscaled(column: str, places: int, wanted: Wanted) -> str:
    """Return the exact decimal: a number on PostgreSQL, a text on SQLite.

    SQLite knows no exact decimals, and a binary one would not add up.
    """
    scale = 10**places
    if not wanted.is_sqlite:
        return f"round({column}::numeric / {scale}, {places})"
    if not places:
        return f"CAST({column} AS TEXT)"
    zeros = "0" * places
    return (
        f"CASE WHEN {column} < 0 THEN '-' ELSE '' END || (abs({column}) / {scale})"
        f" || '.' || substr('{zeros}' || (abs({column}) % {scale}), -{places})"
    )


def _words(target: Declaration, column: str, wanted: Wanted) -> str:
    """Return what the entry referred to is called; its number when nothing else is."""
    words = [
        one
        for one in map(target.field, target.display)
        if one.column and one.refers_to is None and _is_open(one)
    ]
    said = [f"CAST(o.{wanted.quoted(str(one.column))} AS TEXT)" for one in words]
    joined = " || ' ' || ".join(f"coalesce({one}, '')" for one in said) or "''"
    value = f"coalesce(nullif(trim({joined}), ''), o.number)"
    there = wanted.quoted(target.code)
    held = f"e.{wanted.quoted(column)}"
    return f"(SELECT {value} FROM {there} AS o WHERE o.id = {held})"
