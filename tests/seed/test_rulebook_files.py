"""The rulebook's files and what the templates make of them."""

import pytest

from models.words import PersonError
from seed.coverage import coverage
from seed.regulation_files import read_regulation, regulation_codes
from seed.template import read_template, template_names
from seed.template_checks import check


@pytest.mark.parametrize("name", template_names())
def test_every_template_makes_sense(name: str) -> None:
    check(read_template(name))


@pytest.mark.parametrize("code", regulation_codes())
def test_clauses_are_counted_without_a_gap(code: str) -> None:
    found = read_regulation(code).codes

    assert found == [f"{code}-{n:02}" for n in range(1, len(found) + 1)]


def test_the_regulation_of_after_sales_has_forty_clauses() -> None:
    assert len(read_regulation("S0-04").codes) == 40


def test_every_clause_is_carried_or_announced() -> None:
    found = coverage(read_template("after_sales"), read_regulation("S0-04"))

    assert [one.code for one in found if one.is_open] == []


@pytest.mark.parametrize(
    ("code", "carrier"),
    [
        ("S0-04-06", "时限 培训计划提交"),
        ("S0-04-09", "台账 计划培训"),
        ("S0-04-13", "时限 出差报告"),
        ("S0-04-21", "计薪 连带责任"),
        ("S0-04-22", "时限 服务后回访"),
        ("S0-04-29", "时限 出差报销"),
        ("S0-04-32", "时限 来电答复"),
        ("S0-04-35", "计薪 工时绩效"),
    ],
)
def test_a_rule_is_carried_by_its_object(code: str, carrier: str) -> None:
    found = coverage(read_template("after_sales"), read_regulation("S0-04"))

    (clause,) = (one for one in found if one.code == code)
    assert carrier in {one.zh for one in clause.carried}


def test_a_regulation_that_is_not_there_is_told() -> None:
    with pytest.raises(PersonError, match="S0-04"):
        read_regulation("S0-4")
