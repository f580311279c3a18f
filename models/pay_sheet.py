"""The sheet of a run for the payroll program: one row a person, one sum below."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from models import references
from models.pay_tables import PaySlip
from models.rules.formula_guard import guard_text
from models.rules.pay import LineKind
from models.words import Label

HEADS = (
    Label("工号", "No."),
    Label("姓名", "Name"),
    Label("部门", "Department"),
    Label("应发", "Earned"),
    Label("扣款", "Deducted"),
    Label("实发绩效", "Paid"),
    Label("备注", "Remark"),
)
TEXTS = 3  # heads before the first figure
FIGURES = ("earnings", "deductions", "total")
SUM = Label("合计", "Sum")
Line = tuple[str, Label]
Row = tuple[Any, ...]


def money_lines(slips: Sequence[PaySlip]) -> list[Line]:
    """Return the lines that are added or taken away on any slip, in their order.

    Two schemes may use one code for different lines, so the name tells them apart.
    """
    return list(
        dict.fromkeys(
            (item.code, item.label)
            for slip in slips
            for item in slip.items
            if item.kind != LineKind.INFORMATION.value
        )
    )


def rows(
    session: Session, slips: Sequence[PaySlip], lines: Sequence[Line] = ()
) -> Iterator[Row]:
    """Yield a row a person: the heads' values, then the amount of each line.

    Amounts are yuan to the fen, None where there is no such line or it is in error.
    """
    departments = references.labels(
        session, "department", {one.department_id for one in slips if one.department_id}
    )
    for one in slips:
        amounts = {(item.code, item.label): item.amount for item in one.items}
        yield (
            one.staff_number,
            one.name,
            departments.get(one.department_id or 0, ""),
            *(getattr(one, name) for name in FIGURES),
            f"有 {one.errors} 项没有算出来" if one.errors else "",
            *(amounts.get(line) for line in lines),
        )


def sum_row(found: Sequence[Row], language: str) -> Row:
    """Return the row of sums; a column that lacks somebody's figure has none."""
    # A bare 合计 would be guarded as what an import takes for a sum.
    many = Label(f"合计 {len(found)} 人", f"{len(found)} people")
    texts = (many.text(language), "", "")
    columns = list(zip(*found, strict=True))[TEXTS:]
    paid = [None if None in one else _sum(one) for one in columns[: len(FIGURES)]]
    lines = [_sum(one) for one in columns[len(FIGURES) + 1 :]]
    return (*texts, *paid, "", *lines)


def _sum(column: Sequence[Decimal | None]) -> Decimal:
    return sum((one for one in column if one is not None), Decimal("0.00"))


def sheet(session: Session, slips: Sequence[PaySlip]) -> str:
    """Return the sheet for the payroll program as CSV text, one line a person."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([head.zh for head in HEADS])
    for row in rows(session, slips):
        figures = ["" if it is None else f"{it:.2f}" for it in row[TEXTS:-1]]
        texts = (guard_text(text) for text in row[:TEXTS])
        lines.writerow([*texts, *figures, row[-1]])
    return out.getvalue()
