"""Slips as they are kept: every line with its formula, inputs and result.

A month of thousands of people has hundreds of thousands of lines. They are made and
written a few hundred slips at a time, column by column, and never are objects each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from models.bulk_rows import insert_columns, take_ids
from models.pay_kept_values import keep_unit, keep_value
from models.pay_people import Payee
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules import pay
from models.rules.formula import parse

Line = dict[str, Any]
"""A line's columns by the names that they have in Python."""
AT_ONCE = 200  # slips
_SLIPS, _LINES = (
    one.metadata.tables[one.__tablename__] for one in (PaySlip, PayItemRow)
)
_NAMES = {one.key: one.columns[0].name for one in PayItemRow.__mapper__.column_attrs}
_SLIP_NAMES = {one.key: one.columns[0].name for one in PaySlip.__mapper__.column_attrs}
GIVEN = tuple(name for name in _NAMES if name not in ("id", "slip_id"))
"""What every line has, if only None."""


@dataclass(slots=True)
class SlipRow:
    """A slip before it is kept."""

    staff_id: int
    staff_number: str
    name: str
    department_id: int | None
    post: str
    scheme: str
    scheme_version: int
    earnings: Decimal | None
    deductions: Decimal | None
    total: Decimal | None
    errors: int
    items: list[Line]


@dataclass(slots=True)
class Written:
    """What the slips that were written come to together."""

    errors: int = 0
    total: Decimal | None = Decimal(0)  # None: some slip has none


def write(session: Session, run: PayRun, slips: Iterable[SlipRow]) -> Written:
    """Write the slips of a run, whose former ones are gone."""
    written, coming = Written(), iter(slips)
    while some := list(islice(coming, AT_ONCE)):
        for one in some:
            written.errors += one.errors
            if one.total is None or written.total is None:
                written.total = None
            else:
                written.total += one.total
        _write(session, run, some)
    return written


def _write(session: Session, run: PayRun, slips: Sequence[SlipRow]) -> None:
    ids = take_ids(session, _SLIPS, len(slips))
    own = [one.name for one in fields(SlipRow) if one.name != "items"]
    columns: dict[str, Sequence[Any]] = {
        _SLIP_NAMES[name]: [getattr(one, name) for one in slips] for name in own
    }
    columns |= {"id": ids, "run_id": [run.id] * len(ids)}
    insert_columns(session, _SLIPS, columns)
    lines = [line for one in slips for line in one.items]
    if not lines:
        return
    columns = {_NAMES[name]: [line[name] for line in lines] for name in GIVEN}
    columns["slip_id"] = [
        key for key, one in zip(ids, slips, strict=True) for _ in one.items
    ]
    insert_columns(session, _LINES, columns)


def slip_row(payee: Payee, slip: pay.Slip) -> SlipRow:
    """Return a slip as it is kept, with every line as it was reckoned."""
    staff = payee.staff
    return SlipRow(
        staff["id"],
        staff["staff_number"],
        staff["name"],
        staff["department"],
        payee.post,
        slip.scheme,
        slip.version,
        slip.earnings,
        slip.deductions,
        slip.total,
        len(slip.errors),
        [line_values(position, one) for position, one in enumerate(slip.items)],
    )


def line_values(position: int, item: pay.PayItem) -> Line:
    """Return the columns of a line; words only where they cannot be made again."""
    rule, value, error, days = item.rule, item.value, item.error, item.days
    label, is_answered = item.label, item.is_answered
    return {
        "position": position,
        "code": item.code,
        "name_zh": label.zh,
        "name_en": label.en,
        "kind": rule.kind.value,
        "formula": rule.formula,
        "condition": rule.condition,
        "cap": rule.cap,
        "floor": rule.floor,
        "first_on": None if days is None else days.first,
        "last_on": None if days is None else days.last,
        "applies": item.applies,
        "inputs": {name: keep_value(one) for name, one in item.inputs.items()},
        "unread": None if is_answered else _unread(item),
        "result": None if value is None else keep_value(value),
        "why_zh": list(item.why("zh")) if is_answered else [],
        "why_en": list(item.why("en")) if is_answered else [],
        "shown_zh": value.text("zh") if value else "",
        "shown_en": value.text("en") if value else "",
        "amount": item.amount,
        "bound": item.bound.value if item.bound else None,
        "error_zh": error.label.zh if error else None,
        "error_en": error.label.en if error else None,
        "clause": rule.clause,
        "of_period": None,
        "of_code": None,
    }


def _unread(item: pay.PayItem) -> Mapping[str, Any] | None:
    """Return the units of names that the formulas have and nobody looked at."""
    names = [name for _, text in item.rule.parts for name in parse(text).names]
    return {
        name: keep_unit(item.values[name].unit)
        for name in names
        if name not in item.inputs and name in item.values
    } or None
