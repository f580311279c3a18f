"""Makes the files that clerks have, and damaged ones, for tests of reading them."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from models.rules.cell_values import Cell
from models.sheets import HeaderGuess, Sheet, find_header, table_rows

LABELS = ["编号", "日期", "客户", "电话", "内容", "工程师", "金额"]
"""The labels of a register that the sheets of these tests are made for."""

Rows = Sequence[Sequence[Any]]


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def one_sheet(rows: Rows, *merged: str, name: str = "9月") -> bytes:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.title = name
        fill_sheet(sheet, rows, *merged)

    return workbook(fill)


def fill_sheet(sheet: Worksheet, rows: Rows, *merged: str) -> None:
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    for cells in merged:
        sheet.merge_cells(cells)


def csv_bytes(rows: Rows, encoding: str, delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def with_sheet_xml(xml: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(one_sheet([[1]]))) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["xl/worksheets/sheet1.xml"] = xml
    return archive(parts)


def entries(
    sheet: Sheet, header: HeaderGuess | None = None
) -> list[tuple[int, dict[str, Cell]]]:
    return list(table_rows(sheet, header or find_header(sheet, LABELS)))
