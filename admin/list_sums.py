"""Sums of the number columns of what a list's conditions match, when somebody asks."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Numeric, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from admin import listing
from admin.column_converters import show
from admin.listing import Desk, Wanted
from models import access, catalogue
from models.register import DECIMAL, DURATION, INTEGER, MONEY, Declaration, Field

SUMMED = frozenset({INTEGER, DECIMAL, MONEY, DURATION})
MOST_ROWS = 200_000  # that are added up; of more the list is to be narrowed


def summed(fields: list[Field]) -> list[Field]:
    """Return those columns of a list that can be added up."""
    return [one for one in fields if one.type in SUMMED and not one.personal]


def sums(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: list[Field],
) -> tuple[int, list[tuple[Field, str]]] | None:
    """Return how many rows there are, and each field's sum as people read it.

    None if there are more rows than are added up.
    """
    chosen = summed(fields)
    table = catalogue.current().table(declared.code)
    query = listing.conditioned(session, declared, wanted, desk)
    # As they are kept: whole fen, tenths, seconds.
    kept = [
        type_coerce(table.c[one.column or ""], BigInteger).label(f"sum_{at}")
        for at, one in enumerate(chosen)
    ]
    rows = query.with_only_columns(table.c.id, *kept, maintain_column_froms=True)
    inner = rows.limit(MOST_ROWS + 1).subquery()
    columns = [
        cast(func.sum(inner.c[one.name]), Numeric(40, 0)).label(one.name)
        for one in kept
    ]
    marks = query.get_execution_options()["access"]
    asked = access.marked(select(func.count(inner.c.id), *columns), *marks)
    count, *found = session.execute(asked).one()
    if count > MOST_ROWS:
        return None
    return int(count), [
        (one, show(one, _value(one, int(total or 0)), desk.language, desk.zone))
        for one, total in zip(chosen, found, strict=True)
    ]


def _value(one: Field, total: int) -> Any:
    """Return a sum of what is kept as the field has it."""
    if one.type is DURATION:
        return timedelta(seconds=total)
    if one.type is INTEGER:
        return total
    return Decimal(total).scaleb(-2 if one.type is MONEY else -one.places)
