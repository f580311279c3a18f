"""Clocks follow their entries: opened, moved, met and voided in a save's transaction.

What passes by time alone, warnings and breaches, is the sweep's. A promise that had
already passed when its entry was written gets its verdict at once: without a message if
the entry came from a file, or if it was due more than a week before; nobody is to be
woken by history.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from models import catalogue, target_versions
from models.access import marked
from models.amid import among
from models.bulk_rows import insert_columns
from models.clock_facts import Facts, Row
from models.clock_reckoning import Reckoning, Values, voided
from models.clock_table import CLOCKS
from models.history import Writer
from models.references import CHUNK
from models.register import Declaration
from models.targets import SlaTarget

# Built once: every save asks it, and building costs more than asking.
_KEPT = (
    select(*CLOCKS.c)
    .where(
        CLOCKS.c.register == bindparam("register"),
        CLOCKS.c.entry_id.in_(bindparam("ids", expanding=True)),
        CLOCKS.c.target_code.in_(bindparam("codes", expanding=True)),
    )
    .order_by(CLOCKS.c.id)
    .with_for_update()
)


def follow(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row | None],
    afters: Sequence[Row | None],
    writer: Writer,
) -> None:
    """Bring the clocks of written entries up to date, inside their transaction.

    Args:
        session: The writing session.
        declared: The register that was written.
        befores: Each entry as it was; None if it was not there or in the bin.
        afters: Each entry as it is now; None if it went into the bin.
        writer: Who wrote, when, and by which way.
    """
    concerned = target_versions.concerning(session, declared.code)
    own = [one for one in concerned if one.register == declared.code]
    if own:
        alive = [row for row in afters if row is not None]
        gone = [
            before["id"]
            for before, after in zip(befores, afters, strict=True)
            if before is not None and after is None
        ]
        _bring(session, declared, own, alive, writer, gone)
    stopping = [one for one in concerned if one.stop_register == declared.code]
    for register in sorted({one.register for one in stopping}):
        here = [one for one in stopping if one.register == register]
        ids = _stopped(here, befores, afters)
        if ids:
            codes = {one.code for one in here}
            its = [one for one in concerned if one.code in codes]
            bearer = catalogue.current()[register]
            _bring(session, bearer, its, _locked(session, bearer, ids), writer)


def _stopped(
    versions: Iterable[SlaTarget],
    befores: Sequence[Row | None],
    afters: Sequence[Row | None],
) -> list[int]:
    """Return the entries whose clocks these entries of another register may stop."""
    found: set[int] = set()
    for via, name in {(one.stop_via or "", one.stop_field) for one in versions}:
        for before, after in zip(befores, afters, strict=True):
            said = [
                (row.get(via), row.get(name)) if row else None
                for row in (before, after)
            ]
            if said[0] != said[1]:
                found.update(one[0] for one in said if one and one[0] is not None)
    return sorted(found)


def _locked(session: Session, declared: Declaration, ids: list[int]) -> list[Row]:
    """Return entries outside the bin, locked so that their own save waits for this.

    Without the lock an order finished at the same moment would not see the callback
    that is being written, nor the callback its clock.
    """
    table = catalogue.current().table(declared.code)
    names = {column: one.name for one, column in declared.columns}
    query = (
        select(table)
        .where(among(table.c.id, ids), table.c.binned_at.is_(None))
        .order_by(table.c.id)
        # Two callbacks of one order may both hold the lock that its reference takes;
        # one that excluded it would make them wait for each other.
        .with_for_update(key_share=True)
    )
    return [
        {names.get(key, key): value for key, value in row.items()}
        for row in session.execute(marked(query, declared.code)).mappings()
    ]


def _bring(
    session: Session,
    declared: Declaration,
    versions: list[SlaTarget],
    rows: Sequence[Row],
    writer: Writer,
    gone: Sequence[int] = (),
) -> None:
    """Write what has changed about the clocks of these entries, all at once."""
    codes = target_versions.by_code(versions)
    facts = Facts(session, declared, codes, rows, writer.zone)
    ids = [row["id"] for row in rows]
    kept = _kept(session, declared.code, [*ids, *gone], list(codes))
    reckoning = Reckoning(session, facts, writer)
    opened: list[Values] = []
    changed: list[Values] = []
    for row in rows:
        for code in codes:
            before = kept.pop((row["id"], code), None)
            after = reckoning.clock(row, code, before)
            if after is None:
                continue
            if before is None:
                opened.append(after)
            elif any(before[name] != value for name, value in after.items()):
                changed.append({"clock_id": before["id"], **after})
    changed += [  # their entries went into the bin
        {"clock_id": before["id"], **voided(before, writer.now)}
        for before in kept.values()
        if before["voided_at"] is None
    ]
    if opened:
        # All are of the same names, in the same order.
        columns = zip(*(one.values() for one in opened), strict=True)
        insert_columns(session, CLOCKS, dict(zip(opened[0], columns, strict=True)))
    if changed:
        by_id = update(CLOCKS).where(CLOCKS.c.id == bindparam("clock_id"))
        session.execute(by_id, changed)


def _kept(
    session: Session, register: str, ids: Sequence[int], codes: list[str]
) -> dict[tuple[int, str], Row]:
    """Return the clocks there are, locked, by entry and target."""
    found: dict[tuple[int, str], Row] = {}
    for start in range(0, len(ids), CHUNK):
        asked = {
            "register": register,
            "ids": ids[start : start + CHUNK],
            "codes": codes,
        }
        for row in session.execute(_KEPT, asked).mappings():
            found[row["entry_id"], row["target_code"]] = dict(row)
    return found
