from datetime import timedelta

import pytest

from models.rules.how_long import (
    Before,
    Count,
    DayOfMonth,
    Days,
    Hours,
    HowLong,
    HowLongError,
    Roll,
    ValueOf,
    WeekdayTime,
    Workdays,
    needed_field,
)
from models.rules.how_long_notation import notation, parse_how_long
from models.rules.how_long_object import how_long_object, read_how_long
from models.rules.how_long_words import how_long_label

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

# Written, meant, written again, as people say it.
FORMS: list[tuple[str, HowLong, str, str]] = [
    ("24h", Hours(DAY), "24h", "24小时（遇休息日顺延）"),
    ("24 hours rolled", Hours(DAY), "24h", "24小时（遇休息日顺延）"),
    ("1H30M", Hours(1.5 * HOUR), "1h30m", "1小时30分（遇休息日顺延）"),
    ("0.5h", Hours(HOUR / 2), "30m", "30分（遇休息日顺延）"),
    ("20min", Hours(HOUR / 3), "20m", "20分（遇休息日顺延）"),
    ("90 s", Hours(HOUR / 40), "1m30s", "1分30秒（遇休息日顺延）"),
    ("0h", Hours(timedelta()), "0h", "0分（遇休息日顺延）"),
    (
        "8h business",
        Hours(8 * HOUR, Count.BUSINESS),
        "8h business",
        "8小时（营业时间）",
    ),
    ("24h elapsed", Hours(DAY, Count.ELAPSED), "24h elapsed", "24小时（自然时间）"),
    ("3d", Days(3), "3d", "3天（自次日起算，遇休息日顺延）"),
    ("10 days", Days(10), "10d", "10天（自次日起算，遇休息日顺延）"),
    ("0d", Days(0), "0d", "当日下班前"),
    ("5 workdays", Workdays(5), "5 workdays", "5个工作日"),
    ("1 workday", Workdays(1), "1 workday", "1个工作日"),
    ("day 5", DayOfMonth(5), "day 5", "每月5日下班前（遇休息日顺延）"),
    (
        "day 5 17:00 earlier",
        DayOfMonth(5, 1020, Roll.EARLIER),
        "day 5 17:00 earlier",
        "每月5日17:00（遇休息日提前）",
    ),
    (
        "day last as is",
        DayOfMonth(31, None, Roll.AS_IS),
        "day last as_is",
        "每月最后一天下班前（休息日不顺延）",
    ),
    (
        "day 10 next month",
        DayOfMonth(10, months=1),
        "day 10 next month",
        "次月10日下班前（遇休息日顺延）",
    ),
    (
        "day 10 in 2 months 9:00",
        DayOfMonth(10, 540, months=2),
        "day 10 in 2 months 09:00",
        "2个月后10日09:00（遇休息日顺延）",
    ),
    ("Friday 17:30", WeekdayTime(4, 1050), "friday 17:30", "周五17:30（遇休息日顺延）"),
    (
        "sun earlier",
        WeekdayTime(6, None, Roll.EARLIER),
        "sunday earlier",
        "周日下班前（遇休息日提前）",
    ),
    (
        "mon next week later",
        WeekdayTime(0, weeks=1),
        "monday next week",
        "下周一下班前（遇休息日顺延）",
    ),
    (
        "tue in 3 weeks",
        WeekdayTime(1, weeks=3),
        "tuesday in 3 weeks",
        "3周后的周二下班前（遇休息日顺延）",
    ),
    (
        "1h before arrives_at",
        Before(Hours(HOUR, Count.ELAPSED), "arrives_at"),
        "1h before arrives_at",
        "arrives_at 之前1小时（自然时间）",
    ),
    (
        "8h business before arrives_at",
        Before(Hours(8 * HOUR, Count.BUSINESS), "arrives_at"),
        "8h business before arrives_at",
        "arrives_at 之前8小时（营业时间）",
    ),
    (
        "1d before shift_start",
        Before(Days(1), "shift_start"),
        "1d before shift_start",
        "shift_start 之前1天（遇休息日提前）",
    ),
    (
        "2 workdays before due_on",
        Before(Workdays(2), "due_on"),
        "2 workdays before due_on",
        "due_on 之前2个工作日",
    ),
    (
        "value of promised_at",
        ValueOf("promised_at"),
        "value of promised_at",
        "promised_at 所填时间（休息日不顺延）",
    ),
    (
        "value of promised_on later",
        ValueOf("promised_on", Roll.LATER),
        "value of promised_on later",
        "promised_on 所填时间（遇休息日顺延）",
    ),
]
IDS = [written for written, *_ in FORMS]


@pytest.mark.parametrize(("written", "meant"), [each[:2] for each in FORMS], ids=IDS)
def test_one_line_says_how_long(written: str, meant: HowLong) -> None:
    assert parse_how_long(written) == meant
    assert read_how_long(f"  {written.upper()} ") == meant


@pytest.mark.parametrize(("meant", "again"), [each[1:3] for each in FORMS], ids=IDS)
def test_how_long_is_written_in_one_way_that_reads_back(
    meant: HowLong, again: str
) -> None:
    assert notation(meant) == again
    assert parse_how_long(again) == meant


@pytest.mark.parametrize("meant", [each[1] for each in FORMS], ids=IDS)
def test_how_long_is_kept_as_a_plain_object(meant: HowLong) -> None:
    kept = how_long_object(meant)

    assert read_how_long(kept) == meant
    assert all(isinstance(value, str | int | dict | None) for value in kept.values())


@pytest.mark.parametrize(("meant", "said"), [each[1::2] for each in FORMS], ids=IDS)
def test_how_long_is_said_as_people_say_it(meant: HowLong, said: str) -> None:
    label = how_long_label(meant)

    assert label.zh == said
    assert label.en.isascii()


def test_object_leaves_out_what_has_a_default() -> None:
    assert read_how_long({"kind": "hours", "seconds": 3600}) == Hours(HOUR)
    assert how_long_object(Hours(HOUR)) == {
        "kind": "hours",
        "seconds": 3600,
        "count": "rolled",
    }


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "「」不是时限写法；可写 24h、8h business"),
        ("24", "「24」不是时限写法"),
        ("soon", "「soon」不是时限写法"),
        ("-3d", "「-3d」不是时限写法"),
        ("3d business", "「3d business」不是时限写法"),
        ("24h before", "不是时限写法"),
        ("h" * 5000, "不是时限写法"),
        ("4000d", "「4000天」超出范围，请填写 0 至 3650"),
        ("99999999999999999999h", "超出范围"),
        ("0.0001s", "「0.0001s」不是整秒"),
        ("day 0", "「0日」超出范围，请填写 1 至 31"),
        ("day 32", "「32日」超出范围"),
        ("day 5 25:00", "「25:00」不是时刻"),
        ("friday 17:60", "「17:60」不是时刻"),
        ("24h rolled before x", "“之前”的小时数不能顺延"),
        ("day 5 before x", "「day 5」不能用在 before 之前"),
        ("1h before 2nd", "「2nd」不是字段名"),
        ("value of a-b", "「a-b」不是字段名"),
    ],
)
def test_what_is_no_length_of_time_is_refused(written: str, sentence: str) -> None:
    with pytest.raises(HowLongError) as refused:
        parse_how_long(written)

    assert sentence in refused.value.text("zh")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        (None, "kind"),
        ({"seconds": 3600}, "kind"),
        ({"kind": "fortnight"}, "kind"),
        ({"kind": ["hours"]}, "kind"),
        ({"kind": "hours"}, "seconds"),
        ({"kind": "hours", "seconds": "3600"}, "seconds"),
        ({"kind": "hours", "seconds": 3600.5}, "seconds"),
        ({"kind": "hours", "seconds": 3600, "mode": "rolled"}, "mode"),
        ({"kind": "hours", "seconds": 3600, "count": "wall"}, "count"),
        ({"kind": "days", "days": True}, "days"),
        ({"kind": "day_of_month", "day": 5, "roll": None}, "roll"),
        ({"kind": "before", "lead": {"kind": "value", "field": "x"}}, "lead"),
        ({"kind": "value", "field": 7}, "field"),
    ],
)
def test_wrong_object_is_refused_with_its_key(written: object, key: str) -> None:
    with pytest.raises(HowLongError, match=f"时限的 {key}："):
        read_how_long(written)


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "hours", "seconds": 10**30},
        {"kind": "hours", "seconds": -1},
        {"kind": "weekday", "weekday": 7},
        {"kind": "day_of_month", "day": 5, "minute": 1441},
        {"kind": "day_of_month", "day": 5, "months": -1},
    ],
)
def test_number_out_of_range_is_refused(written: object) -> None:
    with pytest.raises(HowLongError, match="超出范围"):
        read_how_long(written)


def test_fraction_of_a_second_is_refused() -> None:
    with pytest.raises(HowLongError, match="整秒"):
        Hours(timedelta(milliseconds=1500))


def test_field_that_a_due_time_needs_is_told() -> None:
    assert needed_field(parse_how_long("1d before shift_start")) == "shift_start"
    assert needed_field(parse_how_long("value of due_on")) == "due_on"
    assert needed_field(parse_how_long("24h")) is None
