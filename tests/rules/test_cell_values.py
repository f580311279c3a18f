"""Numbers, phones, texts and choices of clerks' sheets become values, or sentences."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.cell_values import (
    USUAL_NOTHING,
    Cell,
    CellError,
    Options,
    guard_text,
    read_choice,
    read_choices,
    read_date,
    read_decimal,
    read_duration,
    read_identifier,
    read_instant,
    read_integer,
    read_money,
    read_phone,
    read_text,
    read_time,
    read_yes_no,
    unguard_text,
)
from tests.rules.cell_refusals import refusal

SHANGHAI = ZoneInfo("Asia/Shanghai")


at = datetime.fromisoformat  # a date cell: a moment without a zone


@pytest.mark.parametrize(
    ("cell", "places", "expected"),
    [
        ("1,234.50", 2, "1234.50"),
        ("１２３．５", 2, "123.50"),
        (" -3 ", 1, "-3.0"),
        ("−3.5", 1, "-3.5"),
        ("(500.00)", 2, "-500.00"),
        (".5", 2, "0.50"),
        (132.5, 1, "132.5"),
        (0.1 + 0.2, 2, "0.30"),
        (12, 0, "12"),
    ],
)
def test_decimals_are_exact(cell: Cell, places: int, expected: str) -> None:
    assert str(read_decimal(cell, places)) == expected


@pytest.mark.parametrize("cell", ["3.14159", 33.3333333])
def test_further_decimals_are_refused_unless_the_mapping_rounds(cell: Cell) -> None:
    error = refusal(lambda: read_decimal(cell, 2))

    assert "最多 2 位小数" in error.text("zh")
    assert read_decimal(cell, 2, rounding=True) == round(Decimal(str(cell)), 2)


@pytest.mark.parametrize(
    "cell", ["12a", "1,23", "1.2.3", "-", "1E+999999999", "3台", True, "nan", 1e300]
)
def test_what_is_no_number_is_refused(cell: Cell) -> None:
    refusal(lambda: read_decimal(cell, 2))


def test_whole_numbers_may_come_as_decimals() -> None:
    assert read_integer("14075.0") == 14075
    assert read_integer(-390.0) == -390
    assert "不是整数" in refusal(lambda: read_integer(12.5)).text("zh")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("￥1,234.5", "1234.50"),
        ("1234.5元", "1234.50"),
        ("RMB 18", "18.00"),
        ("-¥500", "-500.00"),
        ("¥-500", "-500.00"),
        (2385.0, "2385.00"),
        ("11062.06", "11062.06"),
    ],
)
def test_amounts_in_the_mappings_currency_are_read(cell: Cell, expected: str) -> None:
    assert str(read_money(cell)) == expected


def test_an_amount_in_another_currency_never_passes_for_yuan() -> None:
    error = refusal(lambda: read_money("£1.79"))

    assert "£" in error.text("zh")
    assert "CNY" in error.text("zh")
    assert read_money("£1.79", "GBP") == Decimal("1.79")


def test_a_part_of_a_fen_is_refused() -> None:
    assert "2 位" in refusal(lambda: read_money("0.005")).text("zh")
    assert read_money("0.005", rounding=True) == Decimal("0.01")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("13800138000", "13800138000"),
        (13800138000, "13800138000"),
        (13800138000.0, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("138 0013 8000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("手机：13800138000", "13800138000"),
        ("\u202d13800138000\u202c", "13800138000"),
        ("0512-68881234", "051268881234"),
        ("(0512)6888 1234", "051268881234"),
        ("+86-512-68881234", "051268881234"),
        ("0512-68881234转801", "051268881234-801"),
        ("0512-68881234-801", "051268881234-801"),
        (51268881234.0, "051268881234"),
        (1068881234.0, "01068881234"),
        ("400-800-1234", "4008001234"),
        (4008001234.0, "4008001234"),
        ("10086", "10086"),
        ("+852 2345 6789", "+85223456789"),
        ("0044 20 7946 0000", "+442079460000"),
    ],
)
def test_phones_are_read_into_one_spelling(cell: Cell, expected: str) -> None:
    assert read_phone(cell) == expected


@pytest.mark.parametrize("cell", ["1.38E+10", "1.38001e10", 1.38e10, 13800000000])
def test_a_phone_in_scientific_notation_says_that_digits_are_lost(cell: Cell) -> None:
    error = refusal(lambda: read_phone(cell))

    assert "已丢失号码的后几位" in error.text("zh")
    assert "lost its last digits" in error.text("en")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("138****1234", "脱敏"),
        ("13800138000/13900139000", "两个号码"),
        ("1380013800", "11 位"),
        ("138001380001", "11 位"),
        ("张三", "不是电话号码"),
        (12.5, "不是电话号码"),
        (True, "不是电话号码"),
        ("12", "不是电话号码"),
    ],
)
def test_what_is_no_phone_is_refused_with_the_reason(cell: Cell, reason: str) -> None:
    assert reason in refusal(lambda: read_phone(cell)).text("zh")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" 修板 \u3000", "修板"),
        ("RABBIT  NIGHT LIGHT ", "RABBIT  NIGHT LIGHT"),
        ("５２之１號", "５２之１號"),
        ("02459", "02459"),
        (22086.0, "22086"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (date(2026, 9, 3), "2026-09-03"),
        (at("2026-09-03T08:30:00"), "2026-09-03 08:30:00"),
        (timedelta(hours=30, minutes=5), "30:05:00"),
    ],
)
def test_texts_stay_as_they_stand(cell: Cell, expected: str) -> None:
    assert read_text(cell) == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (3.20501199001011e17, "15 位"),
        ("四个字呀", "最多 3 个"),
        ("a\x00", "空字符"),
    ],
)
def test_texts_that_cannot_be_kept_are_refused(cell: Cell, reason: str) -> None:
    assert reason in refusal(lambda: read_text(cell, max_length=3)).text("zh")


def test_a_long_value_is_shortened_in_the_message() -> None:
    message = refusal(lambda: read_date("很" * 500)).text("zh")

    assert len(message) < 150


def test_identifiers_are_folded_and_never_lose_digits() -> None:
    assert read_identifier(" 苏 e·12345 ") == "苏E·12345"
    assert read_identifier("３２０５０１19900101123x") == "32050119900101123X"
    assert "丢失" in refusal(lambda: read_identifier("3.20501E+17")).text("zh")
    assert "脱敏" in refusal(lambda: read_identifier("3205**********1234")).text("zh")


CHANNELS = Options.of(
    [("电话", "phone"), ("Telephone", "phone"), ("QQ 远程", "qq"), ("无", "none")],
    names=["电话", "QQ 远程", "无"],
)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("电话", "phone"),
        ("telephone", "phone"),
        ("ＱＱ远程", "qq"),
        ("无", "none"),
        ("-", None),
        (None, None),
    ],
)
def test_a_choice_is_found_in_any_width_case_and_spacing(
    cell: Cell, expected: str | None
) -> None:
    assert read_choice(cell, CHANNELS, nothing=USUAL_NOTHING) == expected


def test_an_unknown_choice_is_refused_with_the_options() -> None:
    message = refusal(lambda: read_choice("传真", CHANNELS)).text("zh")

    assert message == "“传真”不在选项中。可填：电话、QQ 远程、无。"


def test_many_choices_are_listed_in_one_cell() -> None:
    assert read_choices("电话、QQ远程，电话", CHANNELS) == ("phone", "qq")
    refusal(lambda: read_choices("电话、传真", CHANNELS))


def test_a_word_cannot_mean_two_options() -> None:
    with pytest.raises(ValueError, match="Phone"):
        Options.of([("phone", 1), ("Phone", 2)])


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *((cell, True) for cell in ("是", "√", "Y", 1.0, True)),
        *((cell, False) for cell in ("否", "×", "no", 0, "无", False)),
    ],
)
def test_yes_and_no_are_read(cell: Cell, *, expected: bool) -> None:
    assert read_yes_no(cell) is expected


def test_neither_yes_nor_no_is_refused() -> None:
    assert "“是”或“否”" in refusal(lambda: read_yes_no("也许")).text("zh")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("3:20", timedelta(hours=3, minutes=20)),
        ("30:05:09", timedelta(hours=30, minutes=5, seconds=9)),
        ("3小时20分", timedelta(hours=3, minutes=20)),
        ("1天2小时", timedelta(days=1, hours=2)),
        ("1.5个小时", timedelta(minutes=90)),
        ("90 分钟", timedelta(minutes=90)),
        ("2h30m", timedelta(minutes=150)),
        ("-0:30", timedelta(minutes=-30)),
        (timedelta(hours=30), timedelta(hours=30)),
        (time(3, 20), timedelta(hours=3, minutes=20)),
    ],
)
def test_lengths_of_time_are_read(cell: Cell, expected: timedelta) -> None:
    assert read_duration(cell) == expected


def test_a_bare_number_is_a_length_only_with_a_unit() -> None:
    assert read_duration(2.5, unit="hours") == timedelta(hours=2, minutes=30)
    assert read_duration("45", unit="minutes") == timedelta(minutes=45)
    assert "没有写单位" in refusal(lambda: read_duration(2.5)).text("zh")


@pytest.mark.parametrize("cell", ["", "abc", "小时", "3:75", True])
def test_what_is_no_length_of_time_is_refused(cell: Cell) -> None:
    if cell == "":
        assert read_duration(cell) is None
    else:
        refusal(lambda: read_duration(cell))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'", "\t", "\r"])
def test_a_text_that_starts_like_a_formula_gets_one_apostrophe(start: str) -> None:
    assert guard_text(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["'tis", "'", "", "客户'=1", "''"])
def test_apostrophes_of_other_programs_stay_unless_they_guard(text: str) -> None:
    expected = "'" if text == "''" else text

    assert unguard_text(text) == expected


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r\n a中1")) | st.text())
def test_a_guarded_text_comes_back_as_it_was(text: str) -> None:
    assert unguard_text(guard_text(text)) == text


@given(st.text(alphabet=st.sampled_from("=+-@'\t\r a")))
def test_no_guarded_text_starts_a_formula(text: str) -> None:
    assert not re.match(r"[=+\-@\t\r]", guard_text(text))


CELLS: st.SearchStrategy[Cell] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.text(alphabet="0123456789年月日时分秒点:/-.,()+ eE¥元个小天*转")
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)


READERS: list[Callable[[Cell], object]] = [
    lambda cell: read_date(cell, year=2026, month=9),
    lambda cell: read_instant(cell, zone=SHANGHAI, year=2026),
    lambda cell: read_instant("2026-09-03", time_of_day=cell, zone=SHANGHAI),
    read_time,
    lambda cell: read_decimal(cell, 2),
    read_integer,
    read_money,
    read_yes_no,
    read_phone,
    lambda cell: read_text(cell, max_length=20),
    read_identifier,
    lambda cell: read_choice(cell, CHANNELS),
    lambda cell: read_duration(cell, unit="hours"),
]


@given(CELLS)
def test_no_cell_brings_a_reader_down(cell: Cell) -> None:
    for read in READERS:
        with suppress(CellError):
            read(cell)
