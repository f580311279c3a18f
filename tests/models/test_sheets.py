"""Workbooks as clerks have them are opened and their entries read."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import xlwt

from models.rules.cell_values import read_date
from models.sheets import SkippedRow, SkipReason, find_header, read_workbook, table_rows
from tests.sheet_files import (
    LABELS,
    csv_bytes,
    entries,
    fill_sheet,
    one_sheet,
    workbook,
)

# The sheet of a clerk: a merged title, a line of remarks, the header in row 3, a
# customer merged over her orders, 同上, blank rows, totals, signatures.
CLERKS_ROWS: list[list[Any]] = [
    ["2026年来电登记表（客服部）"],
    ["单位：苏州恒越机电", None, None, "制表日期：2026.9.30"],
    ["编号", "日  期", "客户*", "联系\n电话", "内容", "金额（元）"],
    [1, "2026.9.3", "恒越", 13800138000, "开机报警", 12.5],
    [2, "9月4日", None, 13800138000, "同上", 0],
    [],
    [3, datetime(2026, 9, 5), None, "1.38E+10", "〃", None],  # noqa: DTZ001 - a date cell
    ["小  计", None, None, None, None, 12.5],
    [4, "20260906", "华新", "0512-68881234", "换件", 30],
    ["合计", None, None, None, None, 42.5],
    ["制表：张三", None, None, "审核：李四"],
]
CLERKS_MERGES = ("A1:F1", "C4:C7")


def test_a_clerks_sheet_is_found_under_its_title() -> None:
    [sheet] = read_workbook(one_sheet(CLERKS_ROWS, *CLERKS_MERGES), "来电.xlsx")

    header = find_header(sheet, LABELS)

    assert (header.first_row, header.last_row) == (3, 3)
    assert [(column.label, column.known) for column in header.columns] == [
        ("编号", "编号"),
        ("日期", "日期"),
        ("客户*", "客户"),
        ("联系电话", None),
        ("内容", "内容"),
        ("金额(元)", "金额"),
    ]
    assert header.title.startswith("2026年来电登记表")
    assert (header.period.year, header.period.month) == (2026, 9)


def test_merged_cells_and_ditto_marks_take_the_value_above() -> None:
    [sheet] = read_workbook(one_sheet(CLERKS_ROWS, *CLERKS_MERGES), "来电.xlsx")

    found = entries(sheet)

    assert [number for number, _ in found] == [4, 5, 7, 9]
    assert [row["客户*"] for _, row in found] == ["恒越", "恒越", "恒越", "华新"]
    assert [row["内容"] for _, row in found] == ["开机报警"] * 3 + ["换件"]
    assert [row["金额(元)"] for _, row in found] == [12.5, 0, None, 30]


def test_days_of_a_clerks_sheet_take_their_year_from_its_title() -> None:
    [sheet] = read_workbook(one_sheet(CLERKS_ROWS, *CLERKS_MERGES), "来电.xlsx")
    header = find_header(sheet, LABELS)

    days = [
        read_date(row["日期"], year=header.period.year)
        for _, row in table_rows(sheet, header)
    ]

    assert days == [date(2026, 9, day) for day in (3, 4, 5, 6)]


def test_totals_and_signatures_are_skipped_and_reported() -> None:
    [sheet] = read_workbook(one_sheet(CLERKS_ROWS, *CLERKS_MERGES), "来电.xlsx")
    skipped: list[SkippedRow] = []

    list(table_rows(sheet, find_header(sheet, LABELS), skipped))

    assert skipped == [
        SkippedRow(8, SkipReason.TOTAL, "小  计"),
        SkippedRow(10, SkipReason.TOTAL, "合计"),
        SkippedRow(11, SkipReason.REMARK, "制表：张三"),
    ]


def test_a_gbk_csv_gives_the_same_entries_as_the_workbook_beside_it() -> None:
    rows = [["客户", "内容", "电话"], ["恒越", "开机报警", "13800138000"]]
    [from_excel] = read_workbook(one_sheet(rows), "a.xlsx")
    [from_csv] = read_workbook(csv_bytes(rows, "gbk"), "2026年9月.csv")

    assert entries(from_csv) == entries(from_excel)
    assert from_csv.name == "2026年9月"


def test_an_old_xls_is_read_with_its_merges_and_dates() -> None:
    book = xlwt.Workbook()
    old = book.add_sheet("九月")
    old.write_merge(0, 0, 0, 2, "来电登记")
    for column, label in enumerate(["客户", "日期", "电话"]):
        old.write(1, column, label)
    old.write_merge(2, 3, 0, 0, "恒越")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for row in (2, 3):
        old.write(row, 1, date(2026, 9, row), style)
        old.write(row, 2, 13800138000)
    out = io.BytesIO()
    book.save(out)

    [sheet] = read_workbook(out.getvalue(), "旧表.xls")

    assert find_header(sheet, LABELS).period.month == 9
    assert entries(sheet) == [
        (3, {"客户": "恒越", "日期": date(2026, 9, 2), "电话": 13800138000.0}),
        (4, {"客户": "恒越", "日期": date(2026, 9, 3), "电话": 13800138000.0}),
    ]


def test_a_sheet_for_each_month_tells_its_month() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for name in ("8月", "2026年9月", "2026.10", "十一月", "说明"):
            fill_sheet(book.create_sheet(name), [["客户", "日期"], ["恒越", "3日"]])
        book.remove(book.worksheets[0])

    sheets = read_workbook(workbook(fill), "2025年来电.xlsx")

    periods = [find_header(sheet, LABELS).period for sheet in sheets]
    assert [(one.year, one.month) for one in periods] == [
        (2025, 8),
        (2026, 9),
        (2026, 10),
        (2025, 11),
        (2025, None),
    ]


def test_errors_and_formulas_never_computed_are_shown_not_dropped() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.worksheets[0]
        fill_sheet(sheet, [["客户", "金额", "内容"], ["恒越", "=A1+1", "#N/A"], ["甲"]])
        sheet["C3"] = "#REF!"

    [sheet] = read_workbook(workbook(fill), "a.xlsx")

    assert [tuple(row.values()) for _, row in entries(sheet)] == [
        ("恒越", "=A1+1", "#N/A"),
        ("甲", None, "#REF!"),
    ]


def test_hidden_sheets_are_marked_and_chart_sheets_left_out() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.create_chartsheet("图")
        book.create_sheet("旧").sheet_state = "hidden"

    sheets = read_workbook(workbook(fill), "a.xlsx")

    assert [(sheet.name, sheet.hidden) for sheet in sheets] == [
        ("Sheet", False),
        ("旧", True),
    ]
