"""Exports open in Excel with their types and their Chinese, and import back."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from admin.sheet_writing import (
    SheetColumn,
    Wording,
    content_disposition,
    csv_chunks,
    xlsx_chunks,
)
from models.register import FieldType
from models.rules.cell_values import (
    read_date,
    read_decimal,
    read_duration,
    read_instant,
    read_integer,
    read_money,
    read_text,
    read_time,
    read_yes_no,
)
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


def csv_text(columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]]) -> str:
    return b"".join(csv_chunks(columns, rows, WORDING)).decode("utf-8-sig")


def xlsx(
    columns: Sequence[SheetColumn], rows: Iterable[Sequence[Any]], **options: Any
) -> bytes:
    return b"".join(xlsx_chunks(columns, rows, WORDING, **options))


def by_openpyxl(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def imported(data: bytes, name: str) -> list[dict[str, Any]]:
    sheet = read_workbook(data, name)[0]
    return [
        row for _, row in table_rows(sheet, header_at(sheet, 1, 1, []), literal=True)
    ]


def test_csv_starts_with_its_mark_and_writes_typed_values() -> None:
    data = b"".join(csv_chunks(COLUMNS, [ROW, NOTHING], WORDING))

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == (
        "单号,次数,工时,金额,日期,受理时间,上班,用时,有效\r\n"
        "报修 <1> & “换件”,-3,132.5,-500.00,2026-09-03,2026-09-03 08:30:15,08:30:00,"
        "30:05:00,是\r\n"
        ",,,,,,,,\r\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'", "\t", "\r"])
def test_csv_guards_texts_and_labels_but_no_numbers(start: str) -> None:
    columns = [SheetColumn(f"{start}a"), SheetColumn("b", FieldType.INTEGER)]

    rows = list(csv.reader(io.StringIO(csv_text(columns, [[f"{start}1", -1]]), "")))

    assert rows == [[f"'{start}a", "b"], [f"'{start}1", "-1"]]


def test_scaled_integers_are_written_as_decimals() -> None:
    columns = [
        SheetColumn("元", FieldType.MONEY, scaled=True),
        SheetColumn("工时", FieldType.DECIMAL, places=1, scaled=True),
        SheetColumn("件", FieldType.DECIMAL, places=0, scaled=True),
    ]
    rows: list[list[Any]] = [[-5, 1325, 7], [123450, -5, 0], [None, None, None]]

    assert csv_text(columns, rows).splitlines()[1:] == [
        "-0.05,132.5,7",
        "1234.50,-0.5,0",
        ",,",
    ]
    sheet = by_openpyxl(xlsx(columns, rows))
    assert [cell.value for cell in sheet[3]] == [1234.5, -0.5, 0]


def test_the_second_of_two_equal_local_times_can_be_read_back() -> None:
    wording = Wording(ZoneInfo("America/New_York"))
    second = datetime(2011, 11, 6, 6, 30, tzinfo=UTC)
    column = SheetColumn("at", FieldType.INSTANT)

    data = b"".join(csv_chunks([column], [[second]], wording))

    [row] = imported(data, "a.csv")
    assert read_instant(row["at"], zone=wording.zone) == second


def test_a_row_of_another_width_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="2 values in a row of 1 columns"):
        csv_text([SheetColumn("a")], [["x", "y"]])


def test_the_words_for_yes_and_no_follow_the_language() -> None:
    column = SheetColumn("valid", FieldType.YES_NO)
    english = Wording.of(SHANGHAI, "en")

    data = b"".join(csv_chunks([column], [[True], [False]], english))

    assert data.decode("utf-8-sig").split() == ["valid", "yes", "no"]


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


def test_the_file_starts_before_the_first_row_is_fetched() -> None:
    rows = iter([["x"]])

    assert next(xlsx_chunks([SheetColumn("a")], rows, WORDING)).startswith(b"PK")
    assert next(csv_chunks([SheetColumn("a")], rows, WORDING)).endswith(b"a\r\n")
    assert next(rows) == ["x"]


def test_a_failure_in_the_middle_never_looks_like_a_whole_workbook() -> None:
    def rows() -> Iterator[list[str]]:
        yield from ([f"{n * 7919}"] for n in range(5_000))
        raise ConnectionError("database went away")

    received: list[bytes] = []
    with pytest.raises(ConnectionError, match="went away"):
        received.extend(xlsx_chunks([SheetColumn("a")], rows(), WORDING))

    assert sum(map(len, received)) > 5_000
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(received)))


def test_a_download_given_up_closes_quietly() -> None:
    chunks = xlsx_chunks([SheetColumn("a")], (["x"] for _ in range(5_000)), WORDING)
    next(chunks)
    next(chunks)

    chunks.close()

    assert next(chunks, None) is None


@pytest.mark.parametrize("write", [csv_chunks, xlsx_chunks])
def test_memory_does_not_grow_with_the_rows(write: Any) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in write(COLUMNS, (ROW for _ in range(count)), WORDING):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small = peak(2_200)

    assert peak(6_400) < small * 1.2


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\ufffe\uffff"), max_size=20
)
ROWS = st.tuples(
    TEXTS
    | st.sampled_from(["=1+1", "'", "''", '"', "\r\n", "１２", "😀", "-1", "同上"]),
    st.integers(-(10**14), 10**14),
    st.decimals(-(10**9), 10**9, places=1),
    st.decimals(-(10**9), 10**9, places=2),
    st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    st.datetimes(
        datetime(1992, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        datetime(2199, 12, 30),  # noqa: DTZ001 - the strategy adds the zone
        timezones=st.just(UTC),
    ).map(lambda moment: moment.replace(microsecond=0)),
    st.times().map(lambda moment: moment.replace(microsecond=0)),
    st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds)),
    st.booleans(),
)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
@settings(max_examples=20, deadline=None)
@given(rows=st.lists(ROWS, max_size=20))
def test_exported_rows_import_as_they_were(
    name: str, rows: list[tuple[Any, ...]]
) -> None:
    write = csv_chunks if name == "a.csv" else xlsx_chunks

    found = imported(b"".join(write(COLUMNS, rows, WORDING)), name)

    assert [typed(cells) for cells in found] == [
        (row[0].strip() or None, *row[1:]) for row in rows
    ]


def typed(cells: dict[str, Any]) -> tuple[Any, ...]:
    return (
        read_text(cells["单号"]),
        read_integer(cells["次数"]),
        read_decimal(cells["工时"], 1),
        read_money(cells["金额"]),
        read_date(cells["日期"]),
        read_instant(cells["受理时间"], zone=SHANGHAI),
        read_time(cells["上班"]),
        read_duration(cells["用时"]),
        read_yes_no(cells["有效"]),
    )


@pytest.mark.parametrize(
    ("name", "saved", "old"),
    [
        ("来电登记_2026-09.csv", "来电登记_2026-09.csv", "2026-09.csv"),
        ("calls.xlsx", "calls.xlsx", "calls.xlsx"),
        ("来电.csv", "来电.csv", "export.csv"),
        ('a/b\\c"d\r\nSet-Cookie: e.csv', "a_b_c_d_Set-Cookie_ e.csv", None),
        ("\u202evsc.exe.csv", "_vsc.exe.csv", None),
    ],
)
def test_a_download_keeps_its_chinese_name(
    name: str, saved: str, old: str | None
) -> None:
    header = content_disposition(name)

    assert header.isascii()
    assert "\n" not in header
    kind, options = parse_options_header(header)
    assert (kind, options["filename"]) == ("attachment", saved)
    assert old is None or f"filename={old}" in header.replace('"', "")
