"""Days, moments and times as clerks write them, read or refused with a sentence."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.cell_values import (
    USUAL_NOTHING,
    Cell,
    nothing_words,
    read_date,
    read_instant,
    read_integer,
    read_phone,
    read_text,
    read_time,
)
from tests.rules.cell_refusals import refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
AMERICAN = "%m/%d/%Y %I:%M:%S %p"


at = datetime.fromisoformat  # a date cell: a moment without a zone


@pytest.mark.parametrize(
    "cell",
    [
        "2026.9.3",
        "2026/9/3",
        "2026-09-03",
        "2026/09/03",
        "20260903",
        20260903,
        20260903.0,
        "2026年9月3日",
        "2026 年 9 月 3 号",
        "9月3日",
        "9.3",
        "9/3",
        "26.9.3",
        "２０２６．９．３",
        "2026年9月3日 星期四",
        "2026-09-03(周四)",
        "2026-09-03 00:00:00",
        "\u200e2026-09-03",
        " 2026-09-03\u3000",
        46268,
        46268.0,
        "46268",
        date(2026, 9, 3),
        at("2026-09-03T14:30:00"),
    ],
)
def test_every_way_clerks_write_a_day_is_that_day(cell: Cell) -> None:
    assert read_date(cell, year=2026) == date(2026, 9, 3)


@pytest.mark.parametrize("cell", [3, 3.0, "3", "3日", "3号"])
def test_a_bare_day_takes_year_and_month_from_its_sheet(cell: Cell) -> None:
    assert read_date(cell, year=2026, month=9) == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("cell", "found", "expected"),
    [
        ("2026-02-31", "“2026-02-31”", "2 月只有 1 日到 28 日"),
        ("2028.2.30", "“2028.2.30”", "只有 1 日到 29 日"),
        ("20260231", "“20260231”", "2 月只有 1 日到 28 日"),
        ("2026/13/01", "“2026/13/01”", "没有 13 月"),
        ("03/01/2011", "“03/01/2011”", "请写成 2026-09-03"),
        ("下周一", "“下周一”", "请写成 2026-09-03"),
        (9.1, "“9.1”", "9.10 会变成 9.1"),
        (2026, "“2026”", "请写成 2026-09-03"),
        (True, "“TRUE”", "请写成 2026-09-03"),
        ("0206-09-03", "“0206-09-03”", "应在 1900 到 2200 年之间"),
        (date(9999, 12, 31), "“9999-12-31”", "应在 1900 到 2200 年之间"),
        (float("nan"), "“nan”", "请写成 2026-09-03"),
        (float("inf"), "“inf”", "请写成 2026-09-03"),
    ],
)
def test_what_is_no_day_is_refused_with_value_and_expectation(
    cell: Cell, found: str, expected: str
) -> None:
    message = refusal(lambda: read_date(cell, year=2026)).text("zh")

    assert found in message
    assert expected in message


def test_a_refusal_reads_in_english_too() -> None:
    error = refusal(lambda: read_date("2026-02-31"))

    assert error.text("en") == (
        "'2026-02-31' is not a date: 2026-02 has days 1 to 28. Correct the day."
    )


@pytest.mark.parametrize("cell", ["9月3日", "26.9.3"])
def test_a_day_whose_year_nobody_gives_is_refused(cell: str) -> None:
    assert "2026-09-03" in refusal(lambda: read_date(cell)).text("zh")


def test_a_mapping_says_how_days_are_written() -> None:
    assert read_date("03/01/2011", pattern="%m/%d/%Y") == date(2011, 3, 1)
    message = refusal(lambda: read_date("2011-03-01", pattern="%m/%d/%Y")).text("zh")
    assert "MM/DD/YYYY" in message


@pytest.mark.parametrize("read", [read_date, read_time, read_integer, read_phone])
@pytest.mark.parametrize(
    "cell", [None, "", "  ", "\u3000", "N/A", "n/a", "无", " - ", "\u200b"]
)
def test_words_for_nothing_are_nothing(
    read: Callable[..., object], cell: str | None
) -> None:
    assert read(cell, nothing=USUAL_NOTHING) is None


def test_a_word_is_nothing_only_where_the_mapping_says_so() -> None:
    assert read_text("无") == "无"
    assert read_text("Unspecified", nothing=nothing_words(["unspecified"])) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-09-03 14:30",
        "2026.9.3 14:30:00",
        "2026/9/3 2:30 PM",
        "2026/9/3 下午2:30",
        "2026年9月3日14时30分",
        "9月3日 14点半",
        "2026-09-03T14:30",
        "20260903 143000",
        "20260903143000",
        "202609031430",
        "2026-09-03 06:30:00Z",
        "2026-09-03T02:30:00-04:00",
        "２０２６-０９-０３　１４：３０",
        at("2026-09-03T14:30:00"),
        at("2026-09-03T14:29:59.999"),
        46268 + 14.5 / 24,
        str(46268 + 14.5 / 24),
    ],
)
def test_every_way_clerks_write_a_moment_is_that_moment(cell: Cell) -> None:
    moment = read_instant(cell, zone=SHANGHAI, year=2026)

    assert moment == datetime(2026, 9, 3, 6, 30, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_day_and_time_in_two_columns_are_one_moment() -> None:
    moment = read_instant(
        "20260430", time_of_day="001037", zone=ZoneInfo("Asia/Taipei")
    )

    assert moment == datetime(2026, 4, 29, 16, 10, 37, tzinfo=UTC)


def test_a_day_without_time_is_its_midnight() -> None:
    expected = datetime(2026, 9, 2, 16, tzinfo=UTC)

    assert read_instant("2026.9.3", zone=SHANGHAI) == expected
    assert read_instant(date(2026, 9, 3), zone=SHANGHAI) == expected
    assert read_instant("2026.9.3", time_of_day="", zone=SHANGHAI) == expected


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("03/01/2011 02:27:57 PM", datetime(2011, 3, 1, 19, 27, 57, tzinfo=UTC)),
        ("03/01/2011 12:00:00 AM", datetime(2011, 3, 1, 5, tzinfo=UTC)),
        ("03/01/2011 12:00:00 PM", datetime(2011, 3, 1, 17, tzinfo=UTC)),
        ("03/22/2011 02:27:57 PM", datetime(2011, 3, 22, 18, 27, 57, tzinfo=UTC)),
    ],
)
def test_american_times_follow_the_mapping_and_the_zone(
    text: str, utc: datetime
) -> None:
    assert read_instant(text, zone=NEW_YORK, pattern=AMERICAN) == utc


def test_a_time_that_clocks_skipped_is_refused() -> None:
    error = refusal(lambda: read_instant("2011-03-13 02:30", zone=NEW_YORK))

    assert "America/New_York 不存在" in error.text("zh")
    assert "never existed" in error.text("en")


def test_a_time_that_occurred_twice_is_refused_or_chosen_by_the_mapping() -> None:
    text = "2011-11-06 01:30"

    error = refusal(lambda: read_instant(text, zone=NEW_YORK))
    first = read_instant(text, zone=NEW_YORK, repeated_hour="first")
    second = read_instant(text, zone=NEW_YORK, repeated_hour="second")

    assert "2011-11-06 01:30:00-04:00" in error.text("zh")
    assert first == datetime(2011, 11, 6, 5, 30, tzinfo=UTC)
    assert second == datetime(2011, 11, 6, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "0001-01-01 10:00",
        at("9999-12-31T23:59:59.999"),
        "2026-02-31 10:00",
        "2026-09-03 25:00",
        "昨天 10:00",
        "2026090310301",
        9.1,
        True,
    ],
)
def test_what_is_no_moment_is_refused(cell: Cell) -> None:
    refusal(lambda: read_instant(cell, zone=SHANGHAI, year=2026))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12:34", time(12, 34)),
        ("8:05:09", time(8, 5, 9)),
        ("083015", time(8, 30, 15)),
        ("0830", time(8, 30)),
        ("００１０３７", time(0, 10, 37)),
        (83015, time(8, 30, 15)),
        (235842.0, time(23, 58, 42)),
        ("8点30分", time(8, 30)),
        ("8点", time(8)),
        ("8点半", time(8, 30)),
        ("14时05分09秒", time(14, 5, 9)),
        ("下午2:30", time(14, 30)),
        ("中午1点", time(13)),
        ("晚上8点", time(20)),
        ("凌晨12:30", time(0, 30)),
        ("12:30 a.m.", time(0, 30)),
        ("12:30 PM", time(12, 30)),
        (0.5, time(12)),
        (46268.75, time(18)),
        (time(8, 30), time(8, 30)),
        (timedelta(hours=8), time(8)),
        (at("2026-09-03T08:29:59.999"), time(8, 30)),
    ],
)
def test_every_way_clerks_write_a_time_is_that_time(cell: Cell, expected: time) -> None:
    assert read_time(cell) == expected


@pytest.mark.parametrize(
    "cell",
    ["24:00", "12:60", "830", 1037, 12.5, "晚上1点", "晚上12点", "14:30 AM", "abc"],
)
def test_unclear_times_are_refused(cell: Cell) -> None:
    refusal(lambda: read_time(cell))
