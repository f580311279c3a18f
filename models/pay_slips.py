"""Slips as they are kept: every line with its formula, inputs and result.

A month of thousands of people has hundreds of thousands of lines. They are made and
written a few hundred slips at a time, column by column, and never are objects each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from models.bulk_rows import insert_columns, take_ids
from models.pay_kept_values import keep_unit, keep_value
from models.pay_people import Payee
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules import pay
from models.rules.pay_items import why
from models.words import Label

AT_ONCE = 200  # slips
_NO_WORDS = Label("", "")
_NOTHING_SAID: list[str] = []


class Line(NamedTuple):
    """A line's columns by the names that they have in Python; see PayItemRow."""

    position: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    formula: str
    condition: str | None
    cap: str | None
    floor: str | None
    first_on: date | None
    last_on: date | None
    applies: bool
    inputs: Mapping[str, Any]
    unread: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    why_zh: Sequence[str]
    why_en: Sequence[str]
    shown_zh: str
    shown_en: str
    amount: Decimal | None
    bound: str | None
    error_zh: str | None
    error_en: str | None
    clause: str
    of_period: str | None = None
    of_code: str | None = None


_SLIPS, _LINES = (
    one.metadata.tables[one.__tablename__] for one in (PaySlip, PayItemRow)
)
_SLIP_NAMES = {one.key: one.columns[0].name for one in PaySlip.__mapper__.column_attrs}
_LINE_NAMES = tuple(
    PayItemRow.__mapper__.column_attrs[name].columns[0].name for name in Line._fields
)


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
    columns = dict(zip(_LINE_NAMES, zip(*lines, strict=True), strict=True))
    columns["slip_id"] = [
        key for key, one in zip(ids, slips, strict=True) for _ in one.items
    ]
    insert_columns(session, _LINES, columns)


class Unread:
    """The units of names that a line's formulas have and nobody looked at.

    They are the same for everybody of whom the same names were looked at.
    """

    def __init__(self) -> None:
        """Begin with nothing; rules are told apart as they lie in memory."""
        self._found: dict[tuple[Any, ...], Mapping[str, Any] | None] = {}

    def of(self, item: pay.PayItem) -> Mapping[str, Any] | None:
        """Return the units by name; None where every name was looked at."""
        key = (id(item.rule), *item.inputs)
        if key not in self._found:
            self._found[key] = {
                name: keep_unit(item.values[name].unit)
                for name in item.rule.reads
                if name not in item.inputs and name in item.values
            } or None
        return self._found[key]


def slip_row(payee: Payee, slip: pay.Slip, unread: Unread) -> SlipRow:
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
        [line_values(position, one, unread) for position, one in enumerate(slip.items)],
    )


def line_values(position: int, item: pay.PayItem, unread: Unread) -> Line:
    """Return the columns of a line; words only where they cannot be made again."""
    rule, value, error, days = item.rule, item.value, item.error, item.days
    label, is_answered = item.label, item.is_answered
    shown = _NO_WORDS if value is None else value.words
    said = list(why(item)) if is_answered else ()
    return Line(
        position,
        item.code,
        label.zh,
        label.en,
        rule.kind.value,
        rule.formula,
        rule.condition,
        rule.cap,
        rule.floor,
        None if days is None else days.first,
        None if days is None else days.last,
        item.applies,
        {name: keep_value(one) for name, one in item.inputs.items()},
        None if is_answered else unread.of(item),
        None if value is None else keep_value(value),
        [one.zh for one in said] if said else _NOTHING_SAID,
        [one.en for one in said] if said else _NOTHING_SAID,
        shown.zh,
        shown.en,
        item.amount,
        item.bound.value if item.bound else None,
        error.label.zh if error else None,
        error.label.en if error else None,
        rule.clause,
    )
