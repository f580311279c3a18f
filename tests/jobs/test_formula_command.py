"""`taizhang formula`: values by hand, the way to the result, mistakes with a caret."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from admin.command_line import main
from jobs.formula_command import caret

# Neither could be opened: the command needs no database.
NOWHERE = {
    "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    "TAIZHANG_DATA_FOLDER": "/nonexistent/here",
}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["formula", *words], env=NOWHERE)


def answer(*words: str) -> dict[str, Any]:
    done = run("--json", *words)
    found: dict[str, Any] = json.loads(done.output)
    assert done.exit_code == (1 if "error" in found else 0)
    return found


def test_figures_without_units_are_numbers() -> None:
    done = run("base * hours", "--set", "base=5000.00", "--set", "hours=12.5")

    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "base = 5,000",
        "hours = 12.5",
        "base * hours = 62,500",
        "= 62,500  [数值]",
    ]


def test_json_has_value_unit_text_and_why() -> None:
    found = answer(
        "核定工时 * rate.hour",
        "--set",
        "核定工时=132.5小时",
        "--set",
        "rate.hour=18元/小时",
    )

    assert found == {
        "value": "2385",
        "unit": "money",
        "text": "2,385.00 元",
        "why": [
            "核定工时 = 132.5 小时",
            "rate.hour = 18.00 元/小时",
            "核定工时 * rate.hour = 2,385.00 元",
        ],
    }


@pytest.mark.parametrize(
    ("given_text", "value", "unit"),
    [
        ("5000元", "5000", "money"),
        ("5000 yuan", "5000", "money"),
        ("-12.5", "-12.5", "number"),
        ("12.5小时", "12.5", "hours"),
        ("90%", "0.9", "percent"),
        ("0", "0", "number"),
        ('"B 2"', "B 2", "text"),
        ("B2", "B2", "text"),
        ("已解决", "已解决", "text"),
        ("2026-10-01", "2026-10-01", "date"),
        ("date(2026, 10, 1)", "2026-10-01", "date"),
        ("2026-10-01T09:30", "2026-10-01T09:30:00+08:00", "instant"),
        ("是", True, "yes_no"),
        ("no", False, "yes_no"),
        ("100元 * 3", "300", "money"),
        ("[1元, 2元]", ["1", "2"], "list (money (yuan))"),
        ("[[0元, 3%]]", [["0", "0.03"]], "table (money (yuan) → percent)"),
    ],
)
def test_a_value_is_read_as_the_language_writes_it(
    given_text: str, value: object, unit: str
) -> None:
    found = answer("x", "--set", f"x={given_text}")

    assert (found["value"], found["unit"]) == (value, unit)


@pytest.mark.parametrize(
    "rows",
    [
        '{"B1": "900元", "B2": "1200元"}',
        "[['B1', 900元], ['B2', 1200元]]",
    ],
)
@pytest.mark.parametrize("name", ["pay", "table.pay"])
def test_a_table_is_given_as_json_or_as_rows(rows: str, name: str) -> None:
    words = ("--table", f"{name}={rows}", "--set", "grade=B2")

    assert answer("lookup(table.pay, grade)", *words)["text"] == "1,200.00 元"


def test_a_table_of_bands_and_figures_that_are_json_numbers() -> None:
    table = 'r={"0": 0.5, "100": 0.25}'

    # 100 at a half and 20 at a quarter.
    assert answer("tier(120, table.r)", "--table", table)["value"] == "55"


def test_a_mistake_is_marked_under_its_place() -> None:
    done = run("核订工时 * 2", "--set", "核定工时=1")

    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "核订工时 * 2",
        "^^^^^^^^",
        "没有名为“核订工时”的数据",
        "是否要写“核定工时”？",
    ]


def test_a_mistake_in_english_and_in_json() -> None:
    assert "There is nothing by the name" in run("x", "--language", "en").output
    assert answer("1 + 2元 * x", "--set", "x=1小时", "--language", "en") == {
        "error": {
            "message": "Found number, expected yuan×hour",
            "start": 0,
            "end": 1,
            "hint": None,
        }
    }


def test_a_place_behind_the_end_and_lines_and_tabs_are_shown_on_one_line() -> None:
    assert caret("1 +", 3, 0) == ("1 +", "   ^")
    assert caret("1\n\t+ @", 5, 1) == ("1  + @", "     ^")
    long = "1 + " * 100 + "@" + " + 1" * 100
    shown, under = caret(long, 400, 1)
    assert shown.startswith("…")
    assert shown[under.index("^")] == "@"
    assert len(shown) < 130


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--set", "base"), "应写成 名称=值"),
        (("--set", "=5"), "应写成 名称=值"),
        (("--set", "x="), "应写成 名称=值"),
        (("--set", "x y=5"), "这里不该有"),
        (("--set", "1=5"), "不是名称"),
        (("--set", "x=5 元 元"), "这里不该有"),
        (("--set", "x=a+b"), "没有名为“a”"),
        (("--set", "x=2026-02-31"), "没有“2026-02-31”"),
        (("--set", "x=1e5"), "看不懂数字"),
        (("--table", "x=5"), "不是对照表"),
        (("--table", "x={"), "不是 JSON"),
        (("--table", "x={}"), "0 行"),
        (("--table", 'x={"a": [1]}'), "不是一个值"),
        (("--table", 'x={"a": NaN}'), "不是一个值"),
        (("--table", 'x={"a": 1e999999999999}'), "不是一个值"),
        (("--table", 'x={"a": "1元", "b": "2小时"}'), "第 2 行"),
        (("--table", 'x={"a": 1, "a": 2}'), "有两行"),
        (("--table", 'x={"a": "[1]"}'), "不能是列表"),
        (("--table", "x={" + '"a":{' * 100_000), "不是 JSON"),
        (("--set", "x=\udcff"), "公式里不能用"),
    ],
)
def test_what_is_given_wrongly_is_told(words: tuple[str, str], said: str) -> None:
    done = run("1", *words)

    assert done.exit_code == 1
    assert said in done.output
    assert words[0] in done.output
    assert "error" in answer("1", *words)


def test_a_formula_may_begin_with_a_sign() -> None:
    assert answer("-5 + 3")["value"] == "-2"


def test_what_needs_others_says_so() -> None:
    assert "只能用在绩效方案里" in run("total(x)", "--set", "x=1").output


ODD = st.text(st.characters(), max_size=30)


@settings(max_examples=150, deadline=None)
@given(ODD, ODD, ODD)
def test_no_words_do_anything_but_answer_or_be_refused(
    text: str, value: str, rows: str
) -> None:
    for given_words in (
        ("--set", f"x={value}"),
        ("--set", value),
        ("--table", f"t={rows}"),
        ("--table", 't={"' + rows + '": "' + value + '"}'),
    ):
        done = run("--json", *given_words, "--", text)

        assert isinstance(done.exception, SystemExit | None), done.exception
        assert set(json.loads(done.output)) & {"error", "value"}
