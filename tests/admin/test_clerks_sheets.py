"""One year's calls as clerks keep them in Excel, and the GBK file beside it."""

from typing import Any

import openpyxl

from tests.admin.import_desk import exported, import_file
from tests.company import Company
from tests.sheet_files import csv_bytes, fill_sheet, workbook

HEADS = ["日期", "来电号码", "联系人", "类别", "内容", "处理结果"]
MAPPING = {
    "fields": {
        "received_at": "日期",
        "phone": "来电号码",
        "contact_name": "联系人",
        "category": "类别",
        "content": "内容",
        "result": "处理结果",
    }
}
SEPTEMBER: list[list[Any]] = [
    ["2026年9月来电登记表"],
    ["部门：客服部"],
    HEADS,
    ["2026.9.3", 13800138000.0, "张伟", "报修", "激光不出光", "已解决"],
    [None, "138-0013-8001", "李娜", "同上", "打标偏移", "待回复"],
    ["9月4日", "0512-66661234", "王磊", "备件询价", "振镜多少钱", "〃"],
    ["合计", None, None, None, "3 个", None],
]
OCTOBER: list[list[Any]] = [
    ["2026年10月来电登记表"],
    ["部门：客服部"],
    HEADS,
    ["20261009", 13800138002.0, "赵强", "投诉", "等配件太久", "转投诉"],
    ["10月12日", "同上", "赵强", "进度催办", "还没有来人", "待回复"],
    ["本月合计", None, None, None, "2 个", None],
]
EXPECTED = [
    ("2026-09-03 00:00:00", "13800138000", "张伟", "报修", "激光不出光", "已解决"),
    ("2026-09-03 00:00:00", "13800138001", "李娜", "报修", "打标偏移", "待回复"),
    (
        "2026-09-04 00:00:00",
        "051266661234",
        "王磊",
        "备件询价",
        "振镜多少钱",
        "待回复",
    ),
    ("2026-10-09 00:00:00", "13800138002", "赵强", "投诉", "等配件太久", "转投诉"),
    ("2026-10-12 00:00:00", "13800138002", "赵强", "进度催办", "还没有来人", "待回复"),
]


def _clerks_book() -> bytes:
    def fill(book: openpyxl.Workbook) -> None:
        first = book.worksheets[0]
        first.title = "9月"
        # The day of the first two calls is one cell, merged downward.
        fill_sheet(first, SEPTEMBER, "A1:F1", "A4:A5")
        fill_sheet(book.create_sheet("10月"), OCTOBER, "A1:F1")
        for sheet in book.worksheets:
            for row in sheet.iter_rows(min_row=4, min_col=2, max_col=2):
                row[0].number_format = "0.00E+00"  # shows 1.38E+10

    return workbook(fill)


def _calls(company: Company) -> list[tuple[str, ...]]:
    heads = ["来电时间", "来电号码", "联系人", "类别", "内容", "处理结果"]
    rows = exported(company, "call_log")
    return sorted(tuple(row[head] for head in heads) for row in rows)


def test_clerks_workbook_comes_in_as_it_is_meant(company: Company) -> None:
    done = import_file(company, "call_log", _clerks_book(), MAPPING, "来电.xlsx")

    assert done.refused == []
    assert [one.reason.value.zh for one in done.found.skipped] == ["合计行", "合计行"]
    assert _calls(company) == EXPECTED


def test_gbk_csv_beside_it_comes_in_too(company: Company) -> None:
    rows = [["" if cell is None else cell for cell in row] for row in SEPTEMBER]
    rows[4][0] = "同上"
    rows[3][1] = "13800138000"
    data = csv_bytes(rows, "gbk")

    done = import_file(company, "call_log", data, MAPPING, "2026年9月来电.csv")

    assert done.refused == []
    assert _calls(company) == EXPECTED[:3]


def test_phone_that_a_csv_lost_digits_of_is_refused(company: Company) -> None:
    rows = [HEADS, ["2026-09-03", "1.38E+10", "张伟", "报修", "不出光", "已解决"]]

    done = import_file(company, "call_log", csv_bytes(rows, "gbk"), MAPPING)

    ((row, column, sentence),) = done.refused
    assert (row, column) == (2, "来电号码")
    assert "1.38E+10" in sentence
    assert done.imported == 0
