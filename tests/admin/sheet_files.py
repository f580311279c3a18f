"""Columns of every type, rows of them as files, and what an import reads of those."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from admin.sheet_writing import (
    SheetColumn,
    Wording,
    blocks,
    csv_chunks,
    xlsx_chunks,
)
from models.register import FieldType
from models.sheets import header_at, read_workbook, table_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORDING = Wording(SHANGHAI)
NOW = datetime(2026, 9, 3, 0, 30, 15, tzinfo=UTC)

COLUMNS = [
    SheetColumn("单号"),
    SheetColumn("次数", FieldType.INTEGER),
    SheetColumn("工时", FieldType.DECIMAL, places=1),
    SheetColumn("金额", FieldType.MONEY),
    SheetColumn("日期", FieldType.DATE),
    SheetColumn("受理时间", FieldType.INSTANT),
    SheetColumn("上班", FieldType.TIME),
    SheetColumn("用时", FieldType.DURATION),
    SheetColumn("有效", FieldType.YES_NO),
]
ROW: list[Any] = [
    "报修 <1> & “换件”",
    -3,
    Decimal("132.5"),
    Decimal("-500.00"),
    date(2026, 9, 3),
    NOW,
    time(8, 30),
    timedelta(hours=30, minutes=5),
    True,
]
NOTHING: list[Any] = [None] * len(ROW)


def csv(
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Any]],
    wording: Wording = WORDING,
) -> bytes:
    """Return the whole CSV file."""
    return b"".join(csv_chunks(columns, blocks(rows, columns), wording))


def xlsx(
    columns: Sequence[SheetColumn],
    rows: Iterable[Sequence[Any]],
    wording: Wording = WORDING,
    **options: Any,
) -> bytes:
    """Return the whole workbook."""
    return b"".join(xlsx_chunks(columns, blocks(rows, columns), wording, **options))


def by_openpyxl(data: bytes) -> Any:
    """Return a workbook's first sheet as another program sees it."""
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def imported(data: bytes, name: str) -> list[dict[str, Any]]:
    """Return the rows of a file as an import reads them."""
    sheet = read_workbook(data, name)[0]
    return [row for _, row in table_rows(sheet, header_at(sheet, 1, 1, []))]
