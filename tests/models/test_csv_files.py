"""CSV files of every usual encoding and delimiter come right."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.cell_values import guard_text
from models.sheets import find_header, read_workbook, table_rows
from tests.sheet_files import LABELS, csv_bytes, entries


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le"],
)
def test_texts_come_right_from_every_usual_encoding(encoding: str) -> None:
    if encoding == "big5":
        row = ["大型廢棄物清運聯繫", "大同區萬全街五十二號二樓", "02-2720-8889"]
    else:
        row = ["客户来电反映开机报警", "苏州工业园区", "0512-68881234"]
    data = csv_bytes([["Type", "Place", "Phone"], row], encoding)

    [sheet] = read_workbook(data, "a.csv")

    assert [list(cells) for _, cells in sheet.rows()][1] == row


def test_gb18030_keeps_rare_characters() -> None:
    [sheet] = read_workbook("姓名,地址\n㐂䶮,𠮷野家😀\n".encode("gb18030"), "a.csv")

    assert [list(row) for _, row in sheet.rows()][1] == ["㐂䶮", "𠮷野家😀"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["客户", "内容"], ["a, b; c|d\te", "f"], ["g", "1,5"]]
    [sheet] = read_workbook(csv_bytes(rows, "utf-8", delimiter=delimiter), "a.csv")

    assert [list(row) for _, row in sheet.rows()] == rows


def test_text_under_the_name_of_a_workbook_is_read_as_text() -> None:
    [sheet] = read_workbook("客户\t内容\n恒越\t报修\n".encode("gbk"), "导出.xls")

    assert entries(sheet) == [(2, {"客户": "恒越", "内容": "报修"})]


def test_rows_keep_their_numbers_over_blank_rows_and_line_breaks() -> None:
    [sheet] = read_workbook('客户,内容\n\n恒越,"一\n二"\n华新,三\n'.encode(), "a.csv")

    assert [(n, row["内容"]) for n, row in entries(sheet)] == [(3, "一\n二"), (4, "三")]


def test_a_guard_apostrophe_is_taken_away_once() -> None:
    [sheet] = read_workbook("客户,内容\n'=1+1,''twas\n'tis,'-5\n".encode(), "a.csv")

    assert [tuple(row.values()) for _, row in entries(sheet)] == [
        ("=1+1", "'twas"),
        ("'tis", "-5"),
    ]


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
            | st.sampled_from(
                ["", "１２", "😀", '"', "\r\n", ",", "=1+1", "'", "同上"]
            ),
            min_size=2,
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_comes_back_from_csv(rows: list[list[str]]) -> None:
    guarded = [[guard_text(cell) for cell in row] for row in rows]
    data = csv_bytes([["甲", "乙"], *guarded], "utf-8-sig")

    [sheet] = read_workbook(data, "a.csv")

    read = [[cell or "" for cell in row] for _, row in sheet.rows()]
    assert read == [["甲", "乙"], *rows]


def test_reading_rows_holds_only_one_at_a_time() -> None:
    data = csv_bytes([["客户", "内容"], *[["恒越", "报修" * 20]] * 5_000], "utf-8")
    [sheet] = read_workbook(data, "a.csv")
    header = find_header(sheet, LABELS)
    tracemalloc.start()

    count = sum(1 for _ in table_rows(sheet, header))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert peak < len(data) // 4


def test_semicolons_in_the_lines_of_one_long_text_split_nothing() -> None:
    text = "\n".join(f"第{row}行; 备注" for row in range(40))
    data = f'编号,内容\n1,"{text}"\n'.encode()

    [sheet] = read_workbook(data, "export.csv")

    assert [list(cells) for _, cells in sheet.rows()][1] == ["1", text]
