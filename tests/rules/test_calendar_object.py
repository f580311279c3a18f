"""The written form of a calendar: what it means, and what is wrong with it."""

from datetime import date

import pytest
import yaml

from models.rules.business_calendar import BusinessCalendar
from models.rules.calendar_object import CalendarError
from tests.rules.calendars import make_object


def test_written_calendar_reads_back_the_same() -> None:
    written = make_object(
        [["18:00", "02:00"], ["07:00", "07:00"]],
        weekly_other={"sat": [["00:00", "24:00"]]},
        weeks_from="2026-01-05",
        days_off={"2026-10-01": {"zh": "国庆节", "en": "National Day"}},
        extra_days=["2026-10-10"],
        days={"2026-10-12": [["09:00", "18:00"]], "2026-10-13": []},
        provisional_from=2027,
    )
    calendar = BusinessCalendar.from_object(written)

    assert BusinessCalendar.from_object(calendar.as_object()).parts == calendar.parts
    assert calendar.as_object()["days"] == written["days"]


def test_times_and_dates_that_yaml_reads_as_numbers_are_understood() -> None:
    calendar = BusinessCalendar.from_object(
        yaml.safe_load(
            """
            zone: Asia/Shanghai
            weekly: {mon: [[09:00, 12:00], [13:30, 18:00]]}
            days_off: {2026-10-05: 国庆节}
            days: {2026-10-12: [[9:00, 24:00]]}
            """
        )
    )

    assert calendar.hours_on(date(2026, 10, 19)) == ((540, 720), (810, 1080))
    assert calendar.hours_on(date(2026, 10, 12)) == ((540, 1440),)
    assert calendar.day(date(2026, 10, 5)).name.zh == "国庆节"


@pytest.mark.parametrize(
    ("change", "key", "sentence"),
    [
        ({"zone": "Asia/Peking"}, "zone", "「Asia/Peking」不是时区名称"),
        ({"zone": "../etc/passwd"}, "zone", "不是时区名称"),
        ({"weekly": []}, "weekly", "应为「名称: 值」"),
        ({"weekly": {"monday": []}}, "weekly", "「monday」不是星期，请用 mon、tue"),
        ({"weekly": {"mon": [["9", "12:00"]]}}, "weekly.mon", "「9」不是时刻"),
        ({"weekly": {"mon": [["09:00", "25:00"]]}}, "weekly.mon", "「25:00」不是时刻"),
        ({"weekly": {"mon": [["09:00"]]}}, "weekly.mon", "应为起止时间的列表"),
        ({"weekly": {"mon": "09:00-12:00"}}, "weekly.mon", "应为起止时间的列表"),
        ({"days": {"2026-02-31": []}}, "days", "「2026-02-31」不是日期"),
        ({"days": {"2026-10-12": None}}, "days.2026-10-12", "应为起止时间的列表"),
        ({"days_off": ["10-01"]}, "days_off", "「10-01」不是日期"),
        ({"days_off": "2026-10-01"}, "days_off", "应为日期的列表"),
        ({"days_off": {"2026-10-01": 3}}, "days_off", "「3」不是名称"),
        ({"weekly_other": {}}, "weeks_from", "weekly_other 需要它"),
        ({"weeks_from": "2026-01-05"}, "weekly_other", "weeks_from 需要它"),
        ({"provisional_from": "2027"}, "provisional_from", "「2027」不是年份"),
        ({"holidays": []}, "holidays", "「holidays」不是日历的项目"),
        (
            {"days_off": ["2026-10-10"], "extra_days": ["2026-10-10"]},
            "extra_days",
            "「2026-10-10」同时列为休息日",
        ),
    ],
)
def test_wrong_calendar_is_refused_with_its_key_and_value(
    change: dict[str, object], key: str, sentence: str
) -> None:
    with pytest.raises(CalendarError) as refused:
        BusinessCalendar.from_object({**make_object(), **change})

    assert refused.value.key == key
    assert sentence in refused.value.text("zh")
    assert refused.value.text("en").startswith(f"Calendar, {key}: ")


@pytest.mark.parametrize("missing", ["zone", "weekly"])
def test_missing_part_of_a_calendar_is_named(missing: str) -> None:
    written = make_object()
    del written[missing]

    with pytest.raises(CalendarError, match=f"日历 {missing}：缺少这一项"):
        BusinessCalendar.from_object(written)


def test_what_is_no_calendar_at_all_is_refused() -> None:
    with pytest.raises(CalendarError, match="一组项目"):
        BusinessCalendar.from_object(["09:00"])
