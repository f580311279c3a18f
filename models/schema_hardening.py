"""Triggers that refuse to move figures of a period whose pay is locked.

For whatever is not the panel, and for a save that began before the lock: the panel's
own saves are refused with a sentence in `pay_hardening.py` before they come here.
SQLite has triggers of its own for each register, PostgreSQL one function for all.
"""

from collections.abc import Iterator

from sqlalchemy import Dialect

from models.catalogue import Catalogue
from models.hardens import Hardens
from models.register import INSTANT
from models.schema_tables import Wanted
from models.schema_triggers import HARDENED, PREFIX, Piece

CLOSED = "pay_closed"
NAMED = "hardened"  # in the names of these triggers


def hardening(catalogue: Catalogue, dialect: Dialect) -> Iterator[Piece]:
    """Return what refuses the writes, for every register that hardens something."""
    wanted = [
        (
            Wanted(declared, catalogue.schema_tables[declared.code], dialect),
            declared.hardens,
        )
        for declared in catalogue
        if declared.hardens is not None
    ]
    if wanted and dialect.name != "sqlite":
        yield _function()
    for one, hardens in wanted:
        yield from (_of_sqlite if one.is_sqlite else _of_postgres)(one, hardens)


def _columns(wanted: Wanted, hardens: Hardens) -> tuple[str, list[str], bool]:
    """Return the columns by their names, and whether the first holds a moment."""
    by = wanted.declared.field(hardens.by)
    names = [wanted.declared.field(name).column for name in hardens.fields]
    return by.column or "", [name for name in names if name], by.type is INSTANT


def _message(wanted: Wanted) -> str:
    code = wanted.declared.code
    return (
        f"{code}: 绩效已关账，这一期间计薪的内容不能再改；需要时请先反关账。"
        " The pay of this period is locked, what it counts cannot be changed; unlock"
        " it first if it must be."
    )


def _of_sqlite(wanted: Wanted, hardens: Hardens) -> Iterator[Piece]:
    by, columns, is_instant = _columns(wanted, hardens)
    name = wanted.quoted

    def filled(row: str) -> str:
        some = " OR ".join(f"{row}.{name(one)} IS NOT NULL" for one in columns)
        return f"({row}.binned_at IS NULL AND ({some}))"

    def closed(row: str) -> str:
        at = f"{row}.{name(by)}"
        if is_instant:  # an instant without decimals comes before the same with them
            at = f"CASE length({at}) WHEN 19 THEN {at} || '.000000' ELSE {at} END"
        first, end = ("first_at", "end_at") if is_instant else ("first_on", "end_on")
        return (
            f"({filled(row)} AND EXISTS (SELECT 1 FROM {CLOSED} AS p"
            f" WHERE p.department_id IN (0, {row}.department_id)"
            f" AND {at} >= p.{first} AND {at} < p.{end}))"
        )

    def differ(row: str, other: str) -> str:
        pairs = [
            f"{row}.{name(one)} IS NOT {other}.{name(one)}" for one in (by, *columns)
        ]
        binned = f"({row}.binned_at IS NULL) <> ({other}.binned_at IS NULL)"
        return f"({' OR '.join([*pairs, binned])})"

    replaced = (
        f"EXISTS (SELECT 1 FROM {wanted.name} AS e WHERE e.id = NEW.id"
        f" AND {closed('e')} AND {differ('e', 'NEW')})"
    )
    for event, when in (
        ("insert", f"{closed('NEW')} OR {replaced}"),
        ("update", f"{differ('OLD', 'NEW')} AND ({closed('OLD')} OR {closed('NEW')})"),
        ("delete", closed("OLD")),
    ):
        called = f"{PREFIX}{wanted.declared.code}${NAMED}_{event}"
        made = (
            f'CREATE TRIGGER "{called}" BEFORE {event.upper()} ON {wanted.name}\n'
            f"WHEN {when}\nBEGIN\n  SELECT RAISE(ABORT, '{_message(wanted)}');\nEND"
        )
        yield Piece(
            "trigger",
            called,
            wanted.declared.code,
            (made,),
            f'DROP TRIGGER "{called}"',
            frozenset({wanted.table.name}),
        )


def _of_postgres(wanted: Wanted, hardens: Hardens) -> Iterator[Piece]:
    by, columns, is_instant = _columns(wanted, hardens)
    kind = "instant" if is_instant else "date"
    given = ", ".join(f"'{one}'" for one in (_message(wanted), kind, by, *columns))
    for event, each in (
        ("insert", "ROW"),
        ("update", "ROW"),
        ("delete", "ROW"),
        ("truncate", "STATEMENT"),
    ):
        name, on = f'"{PREFIX}{NAMED}_{event}"', wanted.name
        made = (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event.upper()} ON {on}"
            f" FOR EACH {each} EXECUTE FUNCTION {HARDENED}({given})"
        )
        yield Piece(
            "trigger",
            f"{PREFIX}{NAMED}_{event} ON {wanted.declared.code}",
            wanted.declared.code,
            (made,),
            f"DROP TRIGGER {name} ON {on}",
        )


def _function() -> Piece:
    """Return the function behind all these triggers of PostgreSQL.

    Its arguments are the message, "date" or "instant", the column that tells the period
    and those that harden. It runs with the rights of its owner, since other programs
    need none on the engine's tables.
    """
    return Piece(
        "function",
        HARDENED,
        None,
        (
            f"""
CREATE OR REPLACE FUNCTION {HARDENED}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  old_row jsonb; new_row jsonb; one jsonb; place text; at text;
  figures text[] := TG_ARGV[2:TG_NARGS - 1];
  was_filled boolean := false; now_filled boolean := false; differ boolean;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    IF EXISTS (SELECT 1 FROM {CLOSED}) THEN
      RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END IF;
  IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
  IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
  differ := (old_row ->> 'binned_at' IS NULL)
    IS DISTINCT FROM (new_row ->> 'binned_at' IS NULL);
  FOREACH place IN ARRAY figures LOOP
    IF old_row ->> place IS DISTINCT FROM new_row ->> place THEN differ := true; END IF;
    IF place <> figures[1] THEN
      was_filled := was_filled OR old_row ->> place IS NOT NULL;
      now_filled := now_filled OR new_row ->> place IS NOT NULL;
    END IF;
  END LOOP;
  IF differ OR old_row IS NULL OR new_row IS NULL THEN
    FOREACH one IN ARRAY ARRAY[
      CASE WHEN was_filled AND old_row ->> 'binned_at' IS NULL THEN old_row END,
      CASE WHEN now_filled AND new_row ->> 'binned_at' IS NULL THEN new_row END
    ] LOOP
      at := one ->> figures[1];
      CONTINUE WHEN at IS NULL;
      IF EXISTS (
        SELECT 1 FROM {CLOSED} AS p
        WHERE p.department_id IN (0, (one ->> 'department_id')::bigint)
          AND CASE TG_ARGV[1]
            WHEN 'date' THEN at::date >= p.first_on AND at::date < p.end_on
            ELSE at::timestamptz >= p.first_at AND at::timestamptz < p.end_at
          END
      ) THEN
        RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'check_violation';
      END IF;
    END LOOP;
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$""",
            f"""
DO $$ BEGIN
  EXECUTE 'ALTER FUNCTION {HARDENED}() SET search_path = '
    || quote_ident(current_schema()) || ', pg_temp';
END $$""",
        ),
        f"DROP FUNCTION {HARDENED}()",
    )
