"""A workbook opens in Excel with its types, its Chinese, and whole or not at all."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from admin.sheet_writing import SheetColumn, blocks, xlsx_chunks
from models.register import FieldType
from tests.admin.sheet_files import (
    COLUMNS,
    NOTHING,
    ROW,
    WORDING,
    by_openpyxl,
    imported,
    xlsx,
)

A = [SheetColumn("a")]


def test_xlsx_cells_have_real_types_for_openpyxl() -> None:
    sheet = by_openpyxl(xlsx(COLUMNS, [ROW, NOTHING], title="来电登记"))

    assert sheet.title == "来电登记"
    assert [cell.value for cell in sheet[2]] == [
        "报修 <1> & “换件”",
        -3,
        132.5,
        -500,
        datetime(2026, 9, 3),  # noqa: DTZ001 - Excel's days have no zone
        datetime(2026, 9, 3, 8, 30, 15),  # noqa: DTZ001 - the desk's local time
        time(8, 30),
        timedelta(hours=30, minutes=5),
        "是",
    ]
    assert [cell.number_format for cell in sheet[2]] == [
        "General",
        "0",
        "0.0",
        "#,##0.00",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm:ss",
        "hh:mm:ss",
        "[h]:mm:ss",
        "General",
    ]
    assert [cell.value for cell in sheet[3]] == NOTHING


def test_xlsx_cells_have_real_types_for_calamine() -> None:
    [row] = imported(xlsx(COLUMNS, [ROW]), "a.xlsx")

    assert row == {
        "单号": "报修 <1> & “换件”",
        "次数": -3.0,
        "工时": 132.5,
        "金额": -500.0,
        "日期": date(2026, 9, 3),
        "受理时间": datetime(2026, 9, 3, 8, 30, 15),  # noqa: DTZ001 - local time
        "上班": time(8, 30),
        "用时": timedelta(hours=30, minutes=5),
        "有效": "是",
    }


def test_the_header_is_bold_stays_in_view_and_columns_have_widths() -> None:
    rows = [["苏州恒越机电有限公司客户服务部"], ["x" * 500]]

    sheet = by_openpyxl(
        xlsx(
            [SheetColumn("客户"), SheetColumn("内容")],
            [[*row, *row] for row in rows[:1]],
        )
    )

    assert sheet["A1"].font.b
    assert not sheet["A2"].font.b
    assert sheet.freeze_panes == "A2"
    assert 25 <= sheet.column_dimensions["A"].width <= 50


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "'=1", "=HYPERLINK(1)"])
def test_texts_like_formulas_are_texts_in_xlsx(text: str) -> None:
    data = xlsx([SheetColumn(text)], [[text]])

    for cell in by_openpyxl(data)["A"]:
        assert (cell.data_type, cell.value) == ("s", text)
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read(
        "xl/worksheets/sheet1.xml"
    )


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nb\tc",
        " ends ",
        "\u3000",
        "_x000D_",
        "\x00\x01\x1f",
        "😀 １２",
    ],
)
def test_texts_that_xml_would_change_come_back(text: str) -> None:
    [row] = imported(
        xlsx([SheetColumn("a"), SheetColumn("b")], [[text, "x"]]), "a.xlsx"
    )

    assert row["a"] == text


def test_a_text_too_long_for_excel_is_cut_and_says_so() -> None:
    [row] = imported(xlsx([SheetColumn("a")], [["😀" * 20_000]]), "a.xlsx")

    assert len(row["a"].encode("utf-16-le")) // 2 <= 32_767
    assert row["a"].endswith("😀…")


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        (SheetColumn("a", FieldType.INTEGER), 32050119900101, 32050119900101.0),
        (SheetColumn("a", FieldType.INTEGER), 320501199001011234, "320501199001011234"),
        (
            SheetColumn("a", FieldType.DECIMAL, places=4),
            Decimal("123456789012.3456"),
            "123456789012.3456",
        ),
        (SheetColumn("a", FieldType.DATE), date(1899, 12, 31), "1899-12-31"),
        (
            SheetColumn("a", FieldType.INSTANT),
            datetime(1900, 1, 1, tzinfo=UTC),
            "1900-01-01 08:05:43",
        ),
        (SheetColumn("a", FieldType.DURATION), timedelta(hours=-1), "-1:00:00"),
    ],
)
def test_what_excel_cannot_hold_exactly_is_written_as_text(
    column: SheetColumn, value: Any, text: Any
) -> None:
    [row] = imported(xlsx([column], [[value]]), "a.xlsx")

    assert row["a"] == text


def test_rows_beyond_a_sheet_go_to_the_next_with_its_own_header() -> None:
    rows = [[n] for n in range(250)]

    data = xlsx([SheetColumn("数", FieldType.INTEGER)], rows, title="表", most_rows=101)

    sheets = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert [(sheet.title, sheet.max_row) for sheet in sheets] == [
        ("表", 101),
        ("表 (2)", 101),
        ("表 (3)", 51),
    ]
    assert [sheet["A1"].value for sheet in sheets] == ["数"] * 3
    assert sheets[2]["A51"].value == 249


def test_an_export_without_rows_has_its_header() -> None:
    assert [cell.value for cell in by_openpyxl(xlsx(COLUMNS, []))[1]] == [
        column.label for column in COLUMNS
    ]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("来电/登记:2026*[9]?", "来电_登记_2026__9__"),
        ("'", "Sheet"),
        ("很长" * 30, ("很长" * 16)[:31]),
    ],
)
def test_the_sheets_name_is_one_that_excel_takes(title: str, name: str) -> None:
    assert by_openpyxl(xlsx([SheetColumn("a")], [], title=title)).title == name


def test_a_failure_in_the_middle_never_looks_like_a_whole_workbook() -> None:
    def rows() -> Iterator[list[str]]:
        yield from ([f"{n * 7919}"] for n in range(5_000))
        raise ConnectionError("database went away")

    received: list[bytes] = []
    with pytest.raises(ConnectionError, match="went away"):
        received.extend(xlsx_chunks(A, blocks(rows(), A), WORDING))

    assert sum(map(len, received)) > 5_000
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(received)))


def test_a_download_given_up_closes_quietly() -> None:
    chunks = xlsx_chunks(A, blocks((["x"] for _ in range(5_000)), A), WORDING)
    next(chunks)
    next(chunks)

    chunks.close()

    assert next(chunks, None) is None
