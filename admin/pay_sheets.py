"""Workbooks of pay: the month for the accountant, and a month beside another."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from admin.sheet_writing import SheetColumn, Wording, blocks, xlsx_chunks
from models import pay_sheet, references
from models.pay_comparison import Difference
from models.pay_tables import PaySlip
from models.register import FieldType
from models.words import Label

_TEXTS = pay_sheet.TEXTS
_PAID = len(pay_sheet.FIGURES)
COMPARED = (
    Label("工号", "No."),
    Label("姓名", "Name"),
    Label("部门", "Department"),
    Label("项目", "Line"),
    Label("原来", "Before"),
    Label("现在", "After"),
    Label("增减", "Change"),
)


def month(
    session: Session, slips: Sequence[PaySlip], wording: Wording, language: str
) -> bytes:
    """Return the month: the accountant's seven columns, one a line, a row of sums.

    Amounts are numbers with two decimals; texts are texts whatever they begin with.
    """
    lines = pay_sheet.money_lines(slips)
    heads = [head.text(language) for head in pay_sheet.HEADS]
    columns = [
        *(SheetColumn(head) for head in heads[:_TEXTS]),
        *(SheetColumn(it, FieldType.MONEY) for it in heads[_TEXTS : _TEXTS + _PAID]),
        SheetColumn(heads[-1]),
        *(SheetColumn(one.text(language), FieldType.MONEY) for _, one in lines),
    ]
    rows = list(pay_sheet.rows(session, slips, lines))
    if rows:
        rows.append(pay_sheet.sum_row(rows, language))
    return _workbook(columns, rows, wording, Label("绩效汇总", "Pay").text(language))


def comparison(
    session: Session, found: Sequence[Difference], wording: Wording, language: str
) -> bytes:
    """Return what differs, a row a line, each person's total below their lines."""
    heads = [head.text(language) for head in COMPARED]
    columns = [
        *(SheetColumn(head) for head in heads[:4]),
        *(SheetColumn(head, FieldType.MONEY) for head in heads[4:]),
    ]
    departments = references.labels(
        session,
        "department",
        {one.who.department_id for one in found if one.who.department_id},
    )
    rows: list[Sequence[Any]] = [
        (
            one.who.number,
            one.who.name,
            departments.get(one.who.department_id or 0, ""),
            line.label.text(language),
            line.before,
            line.after,
            line.change,
        )
        for one in found
        for line in (*one.lines, one.total)
    ]
    return _workbook(columns, rows, wording, Label("对比", "Comparison").text(language))


def _workbook(
    columns: Sequence[SheetColumn],
    rows: Sequence[Sequence[Any]],
    wording: Wording,
    title: str,
) -> bytes:
    found = blocks(rows, columns)
    return b"".join(xlsx_chunks(columns, found, wording, title=title))
