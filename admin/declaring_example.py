"""What a changed field would come to: on entries there are, and on their values."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from admin import visit
from admin.column_converters import read, show
from models import access, catalogue, checking, computing, unread_names
from models.access import marked
from models.register import Declaration, Field
from models.words import Label, PersonError

NEWEST = 5  # entries on which a formula is shown
MOST = 2_000  # different values that are looked at
TOLD = 10  # of those that do not fit


def of_formula(declared: Declaration, one: Field) -> list[list[str]] | None:
    """Return what a formula gives on the newest entries; None where that may not be.

    Args:
        declared: The register as it would be.
        one: The field with the formula.
    """
    session, person = visit.session(), visit.person()
    known = catalogue.current()[declared.code]
    names = computing.names_of((one.computed or "",))
    if unread_names.unread(person, known, [one.computed], []) is not None:
        return None
    table = catalogue.current().table(declared.code)
    query = access.visible(person, declared.code).where(table.c.binned_at.is_(None))
    found = session.execute(query.order_by(table.c.id.desc()).limit(NEWEST)).mappings()
    there = {it.name: column for it, column in known.columns}
    rows = [
        {"id": row["id"]} | {name: row[column] for name, column in there.items()}
        for row in found
    ]
    computing.compute(session, declared, rows, visit.zone())
    own = [known.field(name) for name in names if "." not in name and known.has(name)]
    return [
        [
            str(row.get("number") or f"#{row['id']}"),
            "；".join(
                f"{it.label.text(visit.language())} {_words(it, row)}" for it in own
            ),
            _words(one, row) or visit.t("（空）", "(empty)"),
        ]
        for row in rows
    ]


def _words(one: Field, row: dict[str, Any]) -> str:
    return show(one, row.get(one.name), visit.language(), visit.zone())


def filled(declared: Declaration, one: Field) -> int:
    """Return in how many entries a field is filled in."""
    column = catalogue.current().table(declared.code).c[one.column or ""]
    query = select(func.count()).select_from(column.table).where(column.is_not(None))
    return int(visit.session().scalar(marked(query, declared.code)) or 0)


def misfits(declared: Declaration, wanted: Field) -> tuple[int, Sequence[str]]:
    """Return how many values a field of another type would not take, and which.

    Values, not entries, are looked at, the most frequent first; personal ones are
    counted and not told.
    """
    before = declared.field(wanted.name)
    column = catalogue.current().table(declared.code).c[before.column or ""]
    many = func.count()
    query = select(column, many).where(column.is_not(None)).group_by(column)
    query = query.order_by(many.desc()).limit(MOST)
    rows = visit.session().execute(marked(query, declared.code)).all()
    wrong = [(value, count) for value, count in rows if not _takes(wanted, value)]
    told = [] if before.personal else [f"{value}（{count}）" for value, count in wrong]
    return sum(count for _, count in wrong), told[:TOLD]


def _takes(wanted: Field, value: Any) -> bool:
    """Whether a field would take a value, as its form would."""
    try:
        kept = read(wanted, value, visit.zone()) if isinstance(value, str) else value
    except PersonError:
        return False
    return not isinstance(checking.clean(wanted, kept), Label)
