"""Functions that ask for others, the reporting line, the past and the calendar."""

from collections.abc import Hashable

import pytest

from models.rules.formula import (
    MONEY,
    NUMBER,
    TEXT,
    YES_NO,
    FormulaError,
    Value,
    check,
    evaluate,
    hours,
    money,
    number,
    parse,
    unit_among,
)
from tests.rules.formula_cases import marked
from tests.rules.team import Team, amounts, reckoned, refusal, team

SALES = team("line.sales", [money(5000), money(9000), money(0), money(5000)])
TOP_THREE = "rank_award(line.sales, [1500元, 1000元, 500元])"


def test_the_top_three_get_their_awards_and_those_who_tie_share() -> None:
    # 9,000 first; the two of 5,000 share 1,000 + 500; zero is not ranked.
    assert amounts(TOP_THREE, SALES) == ["750.00", "1500.00", "0", "750.00"]
    assert amounts(TOP_THREE[:-1] + ", 'same')", SALES) == [
        "1000.00",
        "1500.00",
        "0",
        "1000.00",
    ]


def test_why_says_the_rank_and_the_tie() -> None:
    assert reckoned(TOP_THREE, SALES).why("zh")[-1] == (
        f"{TOP_THREE} = 750.00 元（第 2 名，共 3 人，2 人并列平分）"
    )
    assert (
        reckoned(TOP_THREE, SALES)
        .why("en")[-1]
        .endswith("(rank 2 of 3, tie of 2, shared)")
    )
    assert reckoned(TOP_THREE, SALES, 2).why("en")[-1].endswith("(rank 1 of 3)")
    assert "so no rank" in reckoned(TOP_THREE, SALES, 3).why("en")[-1]


def test_a_pool_is_shared_to_the_fen_and_why_says_the_weight() -> None:
    world = team("measure.hours", [hours(10), hours(20), hours(0)])
    text = "share(100元, measure.hours)"

    assert amounts(text, world) == ["33.33", "66.67", "0.00"]
    assert (
        reckoned(text, world)
        .why("zh")[-1]
        .endswith("（总额 100.00 元，权重 10 小时，权重合计 30 小时）")
    )
    assert reckoned(text, world, 9).value == 0


def test_weights_that_are_all_zero_give_nobody_a_part_and_say_so() -> None:
    world = team("measure.hours", [hours(0)])

    found = reckoned("share(100元, measure.hours)", world)

    assert found.value == 0
    assert "nobody gets a part" in found.why("en")[-1]


def test_a_pool_that_differs_from_person_to_person_is_refused() -> None:
    world = team("measure.hours", [hours(10), hours(20)])
    formula = parse("share(mine, measure.hours)")
    evaluate(formula, {"mine": money(100)}, world=world)

    with pytest.raises(FormulaError, match="分摊的总额要人人相同") as caught:
        evaluate(formula, {"mine": money(99)}, world=world.of(2))

    assert marked(caught.value, formula.text) == "mine"


def test_the_total_is_of_everybody_in_the_group() -> None:
    found = reckoned("total(line.sales) / 10", SALES)

    assert found.value == 1900
    assert (
        found.why("en")[0] == "total(line.sales) = 19,000.00 yuan (the sum of 4 people)"
    )
    assert found.inputs == {}


def test_joint_liability_takes_a_part_of_the_fines_of_those_below() -> None:
    fines = {2: money(100), 3: money(50), 4: money(30)}
    world = Team({"line.fine": fines}, {2: 1, 3: 1, 4: 3})

    # 30% of 100 + 50 + 30; one level down only 100 + 50; the middle one answers for 30.
    assert reckoned("subordinates(line.fine) * 30%", world).value == 54
    assert reckoned("subordinates(line.fine, 1) * 30%", world).value == 45
    assert reckoned("subordinates(line.fine)", world, 3).value == 30
    assert reckoned("下属合计(line.fine)", world, 4).value == 0
    assert (
        reckoned("subordinates(line.fine)", world)
        .why("en")[0]
        .endswith("= 180.00 yuan (3 below: 100.00 yuan + 50.00 yuan + 30.00 yuan)")
    )


def test_an_earlier_figure_is_read_and_one_that_is_not_there_is_empty() -> None:
    world = Team(earlier_months={("line.base", 3): money(800)})

    assert reckoned("last(line.base, 3)", world).value == 800
    assert reckoned("last(line.base)", world).value is None
    assert reckoned("or_zero(last(line.base)) + 1元", world).value == 1
    assert "none 1 periods before" in reckoned("last(line.base)", world).why("en")[0]


def test_where_figures_must_be_there_a_missing_earlier_one_is_an_error() -> None:
    world = Team(earlier_months={("line.base", 3): money(800)})

    with pytest.raises(FormulaError) as caught:
        evaluate(parse("1元 + last(line.base)"), {}, refuse_empty=True, world=world)

    assert "Write or_zero(last(line.base))" in caught.value.text("en")
    formula = parse("or_zero(last(line.base))")
    assert evaluate(formula, {}, refuse_empty=True, world=world).value == 0


def test_working_days_of_the_stretch_or_between_two_days() -> None:
    # October 2026 has 22 days that are no weekend; the 4th is a Sunday.
    assert reckoned("working_days()", Team()).value == 22
    assert reckoned("工作日(date(2026,10,1), date(2026,10,4))", Team()).value == 2
    assert reckoned("working_days(date(2026,10,4), date(2026,10,1))", Team()).value == 0
    assert reckoned("working_days()", Team()).why("zh") == (
        "working_days() = 22（2026-10-01 至 2026-10-31）",
    )


def test_a_name_by_reference_is_listed_apart_from_those_that_are_read() -> None:
    formula = parse(
        "rank_award(line.a, [1元]) + share(pool, (line.b)) + line.c"
        " + last(line.c, measure.n) + total(line.a)"
    )

    assert formula.names == ("pool", "line.c", "measure.n")
    assert formula.borrowed == (
        ("rank_award", "line.a"),
        ("share", "line.b"),
        ("last", "line.c"),
        ("total", "line.a"),
    )
    assert formula.every_name == ("pool", "line.c", "measure.n", "line.a", "line.b")


def test_the_unit_of_a_borrowed_name_is_checked_like_any_names() -> None:
    units = {
        "line.a": MONEY,
        "line.n": NUMBER,
        "staff.grade": TEXT,
        "staff.new": YES_NO,
    }

    def unit(text: str) -> object:
        return check(parse(text), units, has_world=True)

    assert unit("rank_award(line.n, [1元])") == MONEY
    assert unit("share(line.n, line.a)") == NUMBER
    assert unit("total(line.a) / total(line.n)") == MONEY
    assert unit("last(staff.grade, 2)") == TEXT
    for text, place in [
        ("total(staff.grade)", "staff.grade"),
        ("total(line.lost)", "line.lost"),
        ("rank_award(staff.grade, [1元])", "staff.grade"),
        ("rank_award(line.a, 1元)", "1元"),
        ("rank_award(line.a, ['x'])", "['x']"),
        ("rank_award(line.a, [1元, 2小时])", "2小时"),
        ("share(staff.new, line.a)", "staff.new"),
        ("share(1元, staff.new)", "staff.new"),
        ("subordinates(line.a, 1元)", "1元"),
        ("working_days(line.n, line.n)", "line.n"),
        ("working_days(date(2026,10,1))", "working_days(date(2026,10,1))"),
    ]:
        with pytest.raises(FormulaError) as caught:
            unit(text)
        assert marked(caught.value, text) == place


def test_the_unit_is_known_without_reckoning() -> None:
    assert unit_among(parse(TOP_THREE), {}, SALES) == MONEY
    assert unit_among(parse("total(line.sales)"), {}, SALES) == MONEY
    with pytest.raises(FormulaError, match="没有名为“line"):
        unit_among(parse("total(line.lost)"), {}, SALES)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("total(line.a + 1)", "line.a + 1", "takes a name here"),
        ("total(5)", "5", "takes a name here"),
        ("share(5元, max(line.a))", "max(line.a)", "takes a name here"),
        ("名次奖(line.a * 2, [1元])", "line.a * 2", "“名次奖” takes a name here"),
        ("rank_award(line.a, [1元], 'x')", "'x'", "'split' or '平分'"),
        ("rank_award(line.a, [1元], line.b)", "line.b", "'split' or '平分'"),
    ],
)
def test_what_must_be_a_name_or_a_certain_word_is_told_when_it_is_read(
    text: str, place: str, said: str
) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)

    assert marked(caught.value, text) == place
    assert said in caught.value.text("en")


@pytest.mark.parametrize(
    "text",
    [
        TOP_THREE,
        "total(x)",
        "if(1 = 2, working_days(), 1)",
        "share(1元, x)",
        "last(x)",
        "subordinates(x)",
    ],
)
def test_without_a_world_such_a_function_is_refused_when_it_is_saved(text: str) -> None:
    with pytest.raises(FormulaError, match="只能用在绩效方案里"):
        check(parse(text), {"x": MONEY, "line.sales": MONEY})


def test_without_a_world_nothing_is_reckoned_either() -> None:
    assert "only be used in pay" in refusal("total(x)", None, x=money(1)).text("en")
    assert "only be used in pay" in refusal("working_days()", None).text("en")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("share(100元, weights)", "weights", "below zero"),
        ("subordinates(weights, 0)", "0", "from 1 to 100"),
        ("subordinates(weights, 1.5)", "1.5", "whole number"),
        ("last(weights, 121)", "121", "from 1 to 120"),
        ("total(mixed)", "mixed", "Found hours, expected number"),
        ("total(huge)", "huge", "beyond 10^15"),
        ("working_days(date(1,1,1), date(9999,1,1))", "date(9999,1,1)", "ten years"),
        ("rank_award(weights, [no_award])", "[no_award]", "is empty"),
        ("total(weigths)", "weigths", "nothing by the name"),
    ],
)
def test_figures_that_cannot_be_reckoned_with_are_told_with_their_place(
    text: str, place: str, said: str
) -> None:
    world = Team(
        {
            "weights": {1: number(1), 2: number(-1)},
            "mixed": {1: number(1), 2: hours(1)},
            "huge": {1: number(10**15), 2: number(1)},
        }
    )

    error = refusal(text, world, no_award=Value(None, MONEY))

    assert marked(error, text) == place
    assert said in error.text("en")


def test_a_group_is_ranked_and_divided_once_for_everybody() -> None:
    made: list[Hashable] = []

    class Counting(dict[Hashable, object]):
        def __setitem__(self, key: Hashable, value: object) -> None:
            made.append(key)
            super().__setitem__(key, value)

    world = Team(SALES.figures, made=Counting())
    amounts("share(100元, line.sales)", world)

    amounts(TOP_THREE, world)
    amounts(TOP_THREE + " + total(line.sales)", world)

    assert [key[0] for key in made if isinstance(key, tuple)] == [
        "pool",
        "shares",
        "ranking",
        "total",
    ]
