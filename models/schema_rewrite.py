"""Copying a table of SQLite into its new shape: what ALTER TABLE there cannot do.

The way is the one SQLite's documentation gives: a new table, the values, the old one
dropped, the new one renamed, then indexes and triggers as they were. It runs inside the
planner's transaction with foreign keys off. Columns that nobody declares (a retired
field, another program's) come along with their type, default and reference.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.schema import CreateTable

from models.schema_steps import SchemaRefusedError
from models.schema_tables import Wanted

TEMPORARY = "_being_rewritten"


def back_up(connection: Connection, generation: int) -> Path | None:
    """Copy the database file as it was committed last; None without a file.

    The copy stands beside the file, named after the generation that it can bring back.
    """
    file = connection.engine.url.database
    if not file or file == ":memory:":
        return None
    copy = Path(file).with_name(f"{Path(file).name}.generation-{generation}")
    with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return copy


def rewrite(
    connection: Connection, wanted: Wanted, expressions: Mapping[str, str]
) -> None:
    """Copy a table into its declared shape; `expressions` turn some columns' values.

    Raises:
        SchemaRefusedError: Some entries refer to what does not exist.
    """
    name = wanted.table.name
    kept = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_schema"
        " WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
        (name,),
    ).scalars()
    after = list(kept)
    old = _columns(connection, name)
    _make(
        connection, wanted, {one: old[one] for one in old if one not in wanted.table.c}
    )
    shared = [wanted.quoted(one) for one in old]
    values = [expressions.get(one, wanted.quoted(one)) for one in old]
    connection.exec_driver_sql(
        f"INSERT INTO {TEMPORARY} ({', '.join(shared)})"
        f" SELECT {', '.join(values)} FROM {wanted.name}"
    )
    connection.exec_driver_sql(f"DROP TABLE {wanted.name}")
    # Without this, views that speak of the table would stop its return.
    connection.exec_driver_sql("PRAGMA legacy_alter_table = ON")
    connection.exec_driver_sql(f"ALTER TABLE {TEMPORARY} RENAME TO {wanted.name}")
    connection.exec_driver_sql("PRAGMA legacy_alter_table = OFF")
    for statement in after:
        connection.exec_driver_sql(statement)
    _check_references(connection, wanted)


def _columns(connection: Connection, name: str) -> dict[str, str]:
    """Return {column: its definition as ADD COLUMN takes it}, in the table's order."""
    references = {
        row[3]: f' REFERENCES "{row[2]}" ("{row[4]}")'
        for row in connection.exec_driver_sql(f'PRAGMA foreign_key_list("{name}")')
    }
    found = {}
    for _, column, kind, is_required, default, _ in connection.exec_driver_sql(
        f'PRAGMA table_info("{name}")'
    ):
        said = f'"{column}" {kind}'
        if default is not None:
            said += f"{' NOT NULL' if is_required else ''} DEFAULT {default}"
        found[column] = said + references.get(column, "")
    return found


def _make(connection: Connection, wanted: Wanted, extras: Mapping[str, str]) -> None:
    made = str(CreateTable(wanted.table).compile(dialect=wanted.dialect))
    as_named = f"CREATE TABLE {wanted.name} "
    connection.exec_driver_sql(made.replace(as_named, f"CREATE TABLE {TEMPORARY} ", 1))
    for said in extras.values():
        connection.exec_driver_sql(f"ALTER TABLE {TEMPORARY} ADD COLUMN {said}")


def _check_references(connection: Connection, wanted: Wanted) -> None:
    broken = connection.exec_driver_sql(
        f"PRAGMA foreign_key_check({wanted.name})"
    ).fetchall()
    if broken:
        title = wanted.declared.title
        raise SchemaRefusedError(
            "{zh}：有 {count} 处引用了不存在的记录（最先在 {target} 中找不到）。"
            "请先修正或清空这些引用，再更新。",
            "{en}: {count} references lead to entries that do not exist (the first is "
            "missing in {target}). Correct or empty them first, then update.",
            zh=title.zh,
            en=title.en,
            count=len(broken),
            target=broken[0][2],
        )
