"""Exports open in Excel with their types and their Chinese, and import back."""

import io
import tracemalloc
import zipfile
from csv import reader
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from admin.sheet_instants import MOST_HOURS
from admin.sheet_writing import (
    SheetColumn,
    Wording,
    blocks,
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
from tests.admin.sheet_files import (
    COLUMNS,
    NOTHING,
    ROW,
    SHANGHAI,
    WORDING,
    by_openpyxl,
    csv,
    imported,
    xlsx,
)


def test_csv_starts_with_its_mark_and_writes_typed_values() -> None:
    data = csv(COLUMNS, [ROW, NOTHING])

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

    rows = list(
        reader(io.StringIO(csv(columns, [[f"{start}1", -1]]).decode("utf-8-sig"), ""))
    )

    assert rows == [[f"'{start}a", "b"], [f"'{start}1", "-1"]]


def test_scaled_integers_are_written_as_decimals() -> None:
    columns = [
        SheetColumn("元", FieldType.MONEY, stored=True),
        SheetColumn("工时", FieldType.DECIMAL, places=1, stored=True),
        SheetColumn("件", FieldType.DECIMAL, places=0, stored=True),
    ]
    rows: list[list[Any]] = [[-5, 1325, 7], [123450, -5, 0], [None, None, None]]

    assert csv(columns, rows).decode().splitlines()[1:] == [
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

    data = csv([column], [[second]], wording)

    [row] = imported(data, "a.csv")
    assert read_instant(row["at"], zone=wording.zone) == second


def test_a_row_of_another_width_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="2 values in a row of 1 columns"):
        csv([SheetColumn("a")], [["x", "y"]])


def test_the_words_for_yes_and_no_follow_the_language() -> None:
    column = SheetColumn("valid", FieldType.YES_NO)
    english = Wording.of(SHANGHAI, "en")

    data = csv([column], [[True], [False]], english)

    assert data.decode("utf-8-sig").split() == ["valid", "yes", "no"]


def test_the_file_starts_before_the_first_row_is_fetched() -> None:
    rows = iter([["x"]])

    columns = [SheetColumn("a")]
    turned = blocks(rows, columns)

    assert next(xlsx_chunks(columns, turned, WORDING)).startswith(b"PK")
    assert next(csv_chunks(columns, turned, WORDING)).endswith(b"a\r\n")
    assert next(rows) == ["x"]


@pytest.mark.parametrize("write", [csv_chunks, xlsx_chunks])
def test_memory_does_not_grow_with_the_rows(write: Any) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in write(COLUMNS, blocks((ROW for _ in range(count)), COLUMNS), WORDING):
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
    write = csv if name == "a.csv" else xlsx

    found = imported(write(COLUMNS, rows), name)

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


STORED = "%Y-%m-%d %H:%M:%S.%f"
ZONES = ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
MOMENTS = st.datetimes(
    datetime(1899, 12, 30),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2199, 12, 30),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)
CHANGES = [
    # Around clock changes: Shanghai 1986, New York 2026, Lord Howe 2026 by half an hour
    datetime(1986, 5, 3, 18, tzinfo=UTC),
    datetime(1986, 9, 13, 17, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]
NEAR = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-4_000, 4_000),
)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=60, deadline=None)
@given(moments=st.lists(st.none() | MOMENTS | NEAR, max_size=30))
def test_instants_as_they_are_stored_are_written_as_their_moments(
    zone: str, moments: list[datetime | None]
) -> None:
    wording = Wording(ZoneInfo(zone))
    typed_ = [SheetColumn("at", FieldType.INSTANT)]
    stored = [SheetColumn("at", FieldType.INSTANT, stored=True)]
    given_ = [[it] for it in moments]
    kept = [[it and format(it, STORED)] for it in moments]

    assert csv(stored, kept, wording) == csv(typed_, given_, wording)
    assert sheet_xml(xlsx(stored, kept, wording)) == sheet_xml(
        xlsx(typed_, given_, wording)
    )


def test_more_hours_than_are_remembered_are_written_as_well() -> None:
    first = datetime(2020, 1, 1, tzinfo=UTC)
    moments = [first + timedelta(hours=n) for n in range(MOST_HOURS + 10)]
    column = SheetColumn("at", FieldType.INSTANT, stored=True)

    lines = csv([column], [[format(it, STORED)] for it in moments]).decode().split()

    local = [f"{it.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" for it in moments]
    assert lines[1:] == " ".join(local).split()


def sheet_xml(data: bytes) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


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
