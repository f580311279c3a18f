"""Names of pay formulas by their Chinese words."""

import pytest

from models.rules.formula import (
    HOURS,
    MONEY,
    MONEY_PER_HOUR,
    TEXT,
    FormulaError,
)
from models.rules.formula_names import Known, Names
from models.words import Label
from tests.rules.formula_cases import marked

NAMES = Names(
    [
        Known("measure.hours", Label("核定工时", "approved hours"), HOURS),
        Known("rate.hour", Label("工时单价", "rate"), MONEY_PER_HOUR),
        Known("measure.sales", Label("提成", "sales"), MONEY),
        Known("line.sales", Label("提成", "commission"), MONEY),
        Known("staff.grade", Label("等级", "grade"), TEXT),
        Known("staff.no", Label("否", "no"), TEXT),
        Known("rate.odd", Label("7日 内（率）", "odd"), MONEY),
    ]
)


def refused(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        NAMES.check(text)
    return caught.value


def test_a_word_stands_for_the_name_it_belongs_to() -> None:
    assert NAMES.check("核定工时 * 工时单价") == MONEY
    assert NAMES.canonical("核定工时 * 工时单价") == "measure.hours * rate.hour"
    assert NAMES.check("measure.hours * 工时单价") == MONEY


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("（核定工时）＋核定工时", "（measure.hours）＋measure.hours"),
        ("not(等级 = '核定工时')", "not(staff.grade = '核定工时')"),
        ("total( 核定工时 )", "total( measure.hours )"),
        ("非(等级='A')", "非(staff.grade='A')"),
        ("line.sales + measure.sales", "line.sales + measure.sales"),
        ("unknown + 核定工时", "unknown + measure.hours"),
    ],
)
def test_only_names_are_replaced_and_the_rest_stays(text: str, canonical: str) -> None:
    assert NAMES.canonical(text) == canonical
    assert NAMES.canonical(canonical) == canonical


def test_a_word_of_two_names_is_refused_with_both_codes() -> None:
    error = refused("1元 + (提成)")

    assert marked(error, "1元 + (提成)") == "提成"
    assert "2 names are called “提成”" in error.text("en")
    assert "measure.sales、line.sales" in error.text("zh")
    with pytest.raises(FormulaError):
        NAMES.canonical("提成")


def test_a_mistyped_word_is_answered_with_the_right_one() -> None:
    assert "是否要写“核定工时”" in refused("核订工时 * 2").text("zh")


def test_words_that_are_no_names_are_not_offered() -> None:
    assert NAMES.word_for("measure.hours") == "核定工时"
    assert NAMES.word_for("line.sales") is None
    assert NAMES.word_for("staff.no") is None
    assert NAMES.word_for("rate.odd") is None
