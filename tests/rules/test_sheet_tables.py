"""Headers are found and entries told from titles, totals and signatures."""

from typing import Any

import pytest

from models.sheets import (
    SheetError,
    SkippedRow,
    SkipReason,
    find_header,
    header_at,
    read_workbook,
    table_rows,
)
from tests.sheet_files import LABELS, Rows, csv_bytes, entries, one_sheet


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["本页合计", None, 3], SkipReason.TOTAL),
        ([9, "总计", 3], SkipReason.TOTAL),
        (["9月合计：", None, 3], SkipReason.TOTAL),
        (["Grand Total", None, 3], SkipReason.TOTAL),
        (["客户", "内容", "金额"], SkipReason.HEADER),
        (["注：含税", None, None], SkipReason.REMARK),
        (["统计局", "设计变更", 3], None),
        (["合计科技有限公司", "报修", 3], None),
        (["客户", "来电", 3], None),
    ],
)
def test_only_rows_that_are_no_entries_are_skipped(
    row: list[Any], reason: SkipReason | None
) -> None:
    rows: Rows = [["客户", "内容", "金额"], ["甲", "乙", 1], row]
    [sheet] = read_workbook(one_sheet(rows), "a.xlsx")
    skipped: list[SkippedRow] = []

    found = list(table_rows(sheet, find_header(sheet, LABELS), skipped))

    assert [one.reason for one in skipped] == ([reason] if reason else [])
    assert len(found) == (1 if reason else 2)


def test_a_header_of_two_rows_joins_group_and_field() -> None:
    rows: Rows = [
        ["服务工单", None, None, None, None],
        ["编号", "时间", None, "客户", "备注"],
        [None, "到场", "完工", None, None],
        [1, "2026-09-03 8:30", "2026-09-03 9:30", "恒越", None],
    ]
    data = one_sheet(rows, "A1:E1", "A2:A3", "B2:C2", "D2:D3", "E2:E3")
    [sheet] = read_workbook(data, "a.xlsx")

    guess = find_header(sheet, ["编号", "到场", "完工", "客户"])
    unknown = find_header(sheet, [])

    for header in (guess, unknown):
        assert (header.first_row, header.last_row) == (2, 3)
        assert [column.label for column in header.columns] == [
            "编号",
            "时间 到场",
            "时间 完工",
            "客户",
            "备注",
        ]
    assert [column.known for column in guess.columns] == [
        "编号",
        "到场",
        "完工",
        "客户",
        None,
    ]


def test_a_header_of_two_rows_in_csv_is_known_by_its_labels() -> None:
    rows: Rows = [
        ["编号", "时间", "", "客户"],
        ["", "到场", "完工", ""],
        ["1", "8:30", "9:30", "恒越"],
    ]
    [sheet] = read_workbook(csv_bytes(rows, "utf-8"), "a.csv")

    header = find_header(sheet, ["编号", "到场", "完工", "客户"])

    assert (header.first_row, header.last_row) == (1, 2)
    assert entries(sheet, header)[0][1]["时间 完工"] == "9:30"


def test_a_header_without_any_known_label_is_the_first_full_row_of_words() -> None:
    rows: Rows = [
        ["报表"],
        ["2026-09-30", "甲", "乙"],
        ["甲列", "乙列", "丙列"],
        [1, 2, 3],
    ]
    [sheet] = read_workbook(one_sheet(rows), "a.xlsx")

    assert find_header(sheet, []).first_row == 3


def test_a_value_that_is_also_a_label_does_not_make_a_header() -> None:
    rows: Rows = [["甲列", "乙列", "丙列"], ["x", "电话", "y"], ["x", "电话", "y"]]
    [sheet] = read_workbook(one_sheet(rows), "a.xlsx")

    assert find_header(sheet, LABELS).first_row == 1


def test_two_columns_of_one_name_stay_apart() -> None:
    rows: Rows = [["客户", "备注", "备注"], ["恒越", "一", "二"]]
    [sheet] = read_workbook(one_sheet(rows), "a.xlsx")

    assert entries(sheet)[0][1] == {"客户": "恒越", "备注": "一", "备注 (2)": "二"}


def test_a_person_may_say_where_the_header_is() -> None:
    [sheet] = read_workbook(one_sheet([["说明"], ["客户", "内容"], ["甲", "乙"]]), "a")

    header = header_at(sheet, 2, 2, LABELS)

    assert header.matched == 2
    with pytest.raises(SheetError, match="只有 3 行"):
        header_at(sheet, 9, 9, LABELS)


def test_an_empty_cell_is_none_and_a_missing_column_is_absent() -> None:
    rows: Rows = [["客户", "内容"], ["恒越"], ["", "报修"]]
    [sheet] = read_workbook(csv_bytes(rows, "utf-8"), "a.csv")

    assert [row for _, row in entries(sheet)] == [
        {"客户": "恒越", "内容": None},
        {"客户": None, "内容": "报修"},
    ]


def test_what_an_export_guarded_is_no_sign_but_a_text() -> None:
    rows = [["客户", "内容"], ["恒越", "报修"], ["'合计", "'同上"], ["同上", "''同上"]]
    [sheet] = read_workbook(csv_bytes(rows, "utf-8"), "a.csv")

    found = table_rows(sheet, find_header(sheet, LABELS))

    assert [tuple(row.values()) for _, row in found] == [
        ("恒越", "报修"),
        ("合计", "同上"),
        ("合计", "'同上"),
    ]


def test_an_empty_sheet_says_so_when_its_header_is_looked_for() -> None:
    [sheet] = read_workbook(one_sheet([], name="空表"), "a.xlsx")

    with pytest.raises(SheetError, match="“空表”是空的"):
        find_header(sheet, LABELS)
