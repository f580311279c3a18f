"""What other programs' entries lack: defaults, number, computed fields; and checks.

What the panel would have refused stays as it was written and is reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models import catalogue, defaults, references
from models.checking import Problem
from models.history import Writer
from models.numbering import free_numbers
from models.preparing import prepare
from models.register import NOW, TODAY, Declaration

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Noticed:
    """One write as a trigger saw it."""

    what: str  # created, changed, deleted or, until it is settled, replaced
    at: datetime
    before: Row | None
    after: Row | None
    has_whole_seconds: bool  # an instant in it is to be written as the panel does


Chain = Sequence[Noticed]
"""The writes of one entry, in their order."""


def born_at(chain: Chain) -> datetime | None:
    """Return when the entry came into being by these writes; None: it was there.

    An entry that was deleted and inserted again, or replaced, is a new one of its id.
    """
    return next((one.at for one in reversed(chain) if one.what == "created"), None)


def is_new(chain: Chain) -> bool:
    """Whether the entry came into being by one of these writes."""
    return born_at(chain) is not None


def written(declared: Declaration, chain: Chain) -> set[str] | None:
    """Return the fields that these writes gave other values; None: the entry is new."""
    if is_new(chain):
        return None
    return {
        one.name
        for noticed in chain
        for one, _ in declared.columns
        if (noticed.before or {}).get(one.name) != (noticed.after or {}).get(one.name)
    }


def complete(
    session: Session,
    declared: Declaration,
    rows: Sequence[Row],
    chains: Sequence[Chain],
    writer: Writer,
) -> tuple[list[Row], list[Problem]]:
    """Return entries as a save would have left them, and what it would have refused.

    Args:
        session: The writing session.
        declared: Their register.
        rows: The entries as they are now.
        chains: What was written to each of them.
        writer: Another program, and when its writing is taken over.
    """
    begun = [dict(row) for row in rows]
    new = [
        (row, at)
        for row, chain in zip(begun, chains, strict=True)
        if (at := born_at(chain)) is not None
    ]
    if new:
        _begin(session, declared, new, writer)
    told = [written(declared, chain) for chain in chains]
    typed = [one.name for one, _ in declared.columns if not one.is_given]
    given = [_given(typed, row, names) for row, names in zip(begun, told, strict=True)]
    afters, problems = prepare(session, declared, given, writer, begun)
    _number(session, declared, afters, chains, writer)
    return afters, [
        one
        for one in problems
        if one.field is None or (names := told[one.row]) is None or one.field in names
    ]


def _begin(
    session: Session,
    declared: Declaration,
    new: Sequence[tuple[Row, datetime]],
    writer: Writer,
) -> None:
    """Fill in what an entry has from its beginning, dated by its own insertion."""
    rows = [row for row, _ in new]
    told = [
        {name: value for name, value in row.items() if value is not None}
        for row in rows
    ]
    blank = defaults.blank(declared, writer)
    dated = [one for one, _ in declared.columns if one.default in (NOW, TODAY)]
    for (row, at), given in zip(new, told, strict=True):
        moment = replace(writer, now=at)
        days = {one.name: defaults.given_value(one.default, moment) for one in dated}
        row.update(blank() | days | given)
    defaults.fill(session, declared, rows, told, writer)
    _place(session, rows)
    for row, at in new:
        row["created_at"] = row["created_at"] or at
        row["changed_at"] = row["changed_at"] or at


def _place(session: Session, rows: Sequence[Row]) -> None:
    """Put entries without a department into their holder's, for people to find them."""
    lost = [row for row in rows if row["department"] is None and row["holder"]]
    holders = references.fetch(
        session, "staff", {row["holder"] for row in lost}, ("department", "branch")
    )
    for row in lost:
        found = holders.get(row["holder"], {})
        row["department"] = found.get("department")
        row["branch"] = row["branch"] or found.get("branch")
    apart = [row for row in rows if row["branch"] is None and row["department"]]
    departments = references.fetch(
        session, "department", {row["department"] for row in apart}, ("branch",)
    )
    for row in apart:
        row["branch"] = departments.get(row["department"], {}).get("branch")


def _given(typed: Sequence[str], row: Row, names: set[str] | None) -> Row:
    """Return what is cleaned and checked as if somebody had typed it."""
    return {
        name: value
        for name in typed
        if (value := row[name]) is not None and (names is None or name in names)
    }


def _number(
    session: Session,
    declared: Declaration,
    rows: Sequence[Row],
    chains: Sequence[Chain],
    writer: Writer,
) -> None:
    """Give a number to each entry that has none, dated by its first write here."""
    without = [
        (row, born_at(chain) or chain[0].at)
        for row, chain in zip(rows, chains, strict=True)
        if row["number"] is None
    ]
    if not declared.numbering or not without:
        return
    numbers = free_numbers(
        session,
        catalogue.current().table(declared.code),
        declared.numbering,
        [at for _, at in without],
        writer.zone,
        branches=references.branch_codes(
            session, declared.numbering, [row for row, _ in without]
        ),
    )
    for (row, _), number in zip(without, numbers, strict=True):
        row["number"] = number
