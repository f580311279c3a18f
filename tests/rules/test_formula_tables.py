"""Bands, tables and lists: figures cut at bounds, rows written in the formula."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.formula import (
    HOURS,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    FormulaError,
    Value,
    check,
    evaluate,
    list_unit,
    money,
    number,
    parse,
    table,
)
from models.rules.formula_bands import Band, band_of, bands, pieces, worth
from tests.rules.formula_cases import marked

RATES = table(
    {Decimal(0): Decimal("0.01"), Decimal(1000): Decimal("0.05")}, MONEY, PERCENT
)
LETTERS = table({Decimal(0): "C", Decimal(60): "B", Decimal(90): "A"}, NUMBER, TEXT)
GIVEN: dict[str, Value] = {
    "rates": RATES,
    "letters": LETTERS,
    "grades": table({"B1": Decimal(900)}, TEXT, MONEY),
    "empty": table({}, MONEY, PERCENT),
    "gap": table({Decimal(0): None}, MONEY, PERCENT),
    "score": number("89.99"),
    "grade": Value("B1", TEXT),
    "nothing": Value(None, MONEY),
}


def reckoned(text: str, **more: Value) -> str:
    return evaluate(parse(text), GIVEN | more).result.text("en")


def why(text: str, language: str = "en") -> str:
    return evaluate(parse(text), GIVEN).why(language)[-1]


def refused(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        evaluate(parse(text), GIVEN)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Each part at its own rate: 1000 at 1% and 500 at 5%.
        ("tier(1500元, rates)", "35.00 yuan"),
        ("分段累进(1500元, rates)", "35.00 yuan"),
        ("tier(1000元, rates)", "10.00 yuan"),
        ("tier(999.99元, rates)", "9.9999 yuan"),
        ("tier(1000.01元, rates)", "10.0005 yuan"),
        ("tier(0元, rates)", "0.00 yuan"),
        ("tier(0, rates)", "0"),
        ("tier(-5元, rates)", "0.00 yuan"),
        # The whole at the rate of its band, the bound itself included.
        ("tier_whole(1500元, rates)", "75.00 yuan"),
        ("tier_whole(1000元, rates)", "50.00 yuan"),
        ("tier_whole(999.99元, rates)", "9.9999 yuan"),
        ("tier_whole(-5元, rates)", "0.00 yuan"),
        ("全额分档(1500元, rates)", "75.00 yuan"),
        # What the table says of the band.
        ("band(score, letters)", "B"),
        ("band(90, letters)", "A"),
        ("band(score + 0.01, letters)", "A"),
        ("所在档(0, letters)", "C"),
        # Rows in the formula, in any order; the first band need not begin at zero.
        ("tier(50小时, [[40小时, 15元/小时], [0小时, 10元/小时]])", "550.00 yuan"),
        ("tier(50小时, [[45小时, 2元/小时]])", "10.00 yuan"),
        ("band(7, [[0, 20元], [5, 30元]])", "30.00 yuan"),
        ("lookup([['B1', 900元], ['B2', 1200元]], grade)", "900.00 yuan"),
        ("lookup(if(score > 90, [[1, 2]], [[1, 3]]), 1)", "3"),
        ("tier(nothing, rates)", "(empty)"),
    ],
)
def test_a_figure_meets_its_band(text: str, expected: str) -> None:
    assert reckoned(text) == expected


def test_two_hundred_million_at_one_rate_and_the_rest_at_another() -> None:
    # 200,000,000 x 1.2% + 50,000,000 x 0.6% = 2,400,000 + 300,000
    text = "tier(250000000元, [[0元, 1.2%], [200000000元, 0.6%]])"

    assert reckoned(text) == "2,700,000.00 yuan"
    assert why(text).endswith(
        "(200,000,000.00 yuan × 1.2% + 50,000,000.00 yuan × 0.6%)"
    )
    assert why(text, "zh").endswith(
        "（200,000,000.00 元 × 1.2% + 50,000,000.00 元 × 0.6%）"
    )


def test_why_names_the_band() -> None:
    assert why("tier_whole(1500元, rates)").endswith(
        "= 75.00 yuan (1,500.00 yuan × 5% (the band from 1,000.00 yuan))"
    )
    assert why("band(score, letters)", "zh") == "band(score, letters) = B（60起的一档）"
    assert why("tier(-1元, rates)", "zh").endswith("（低于对照表最低的一档，计为零）")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("tier(1500, rates)", "1500", "20 yuan"),
        ("tier(score, rates)", "score", "expected money"),
        ("tier(1元, grades)", "grades", "bands begin at a figure"),
        ("tier(1, letters)", "letters", "Found text"),
        ("tier(1元, 2元)", "2元", "expected the name of a table"),
        ("tier(1元, [1元, 2元])", "[1元, 2元]", "Or write its rows"),
        ("tier(1元, [[0元, 1%], [5, 2%]])", "5", "20 yuan"),
        ("tier(1元, [[0元, 1%], [5元, 2元]])", "2元", "expected percent"),
        ("tier(1元, [[0元, 1%, 2%]])", "[0元, 1%, 2%]", "two cells"),
        ("tier(1元, [[0元, 1%], 5元])", "5元", "two cells"),
        ("tier(1元, [[0元, 1%], [0元, 2%]])", "0元", "there twice"),
        ("tier(1元, [[0元, 1%], [5元 - 5元, 2%]])", "5元 - 5元", "there twice"),
        ("tier(1元, [[nothing, 1%]])", "nothing", "is empty"),
        ("tier(1元, empty)", "empty", "no rows"),
        ("tier(1元, gap)", "gap", "says nothing from 0.00 yuan on"),
        ("band(-1, letters)", "-1", "below the table's lowest band (0)"),
        ("band(1, [[2, 3], [4, 5]])", "1", "lowest band (2)"),
        ("max([1, 2])", "[1, 2]", "Found list"),
        ("[1, 2] = [1, 2]", "[1, 2]", "can only be given to a function"),
        ("[1元, 2小时] = 1", "2小时", "expected money"),
        ("[1, [2, 3]] = 1", "1", "two cells"),
        ("1 + [1, 2]", "[1, 2]", "Found list (number)"),
        ("[]", "]", "does not belong"),
        ("[1, 2", "", "ends too early"),
        (
            "tier(10000000000元, [[0元, 1000000]])",
            "tier(10000000000元, [[0元, 1000000]])",
            "beyond 10^15",
        ),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_its_place(
    text: str, place: str, said: str
) -> None:
    error = refused(text)

    assert marked(error, text) == place
    assert said in error.text("en")


def test_a_list_has_the_unit_of_its_items() -> None:
    found = evaluate(parse("[1500元, 0, 500.5元]"), {})

    assert found.unit == list_unit(MONEY) == check(found.formula, {})
    assert found.result.text("zh") == "1,500.00 元；0.00 元；500.50 元"
    assert found.result.text("en") == "1,500.00 yuan; 0.00 yuan; 500.50 yuan"
    assert list_unit(HOURS).label.zh == "列表（工时（小时））"


CENTS = st.integers(0, 10**12).map(lambda fen: Decimal(fen) / 100)
RATE = st.integers(0, 10**4).map(lambda part: Decimal(part) / 10**4)
BOUNDS = st.lists(
    st.tuples(CENTS, RATE), min_size=1, max_size=8, unique_by=lambda row: row[0]
)


def banded(rows: list[tuple[Decimal, Decimal]]) -> tuple[Band, ...]:
    return bands(dict(rows))


def reckoned_with(
    text: str, figure: Decimal, rows: list[tuple[Decimal, Decimal]]
) -> object:
    values = {"x": money(figure), "t": table(dict(rows), MONEY, PERCENT)}
    return evaluate(parse(text), values).value


@given(CENTS, BOUNDS)
def test_a_tier_is_the_naive_sum_over_its_bands(
    figure: Decimal, rows: list[tuple[Decimal, Decimal]]
) -> None:
    ends = [*sorted(begins for begins, _ in rows)[1:], Decimal(10**15)]
    naive = sum(
        max(min(figure, end) - begins, Decimal(0)) * rate
        for (begins, rate), end in zip(sorted(rows), ends, strict=True)
    )

    assert reckoned_with("tier(x, t)", figure, rows) == naive
    assert worth(pieces(figure, banded(rows))) == naive


@given(BOUNDS)
def test_a_tier_is_continuous_at_every_bound(
    rows: list[tuple[Decimal, Decimal]],
) -> None:
    step = Decimal("0.001")  # less than any band is wide
    cut = banded(rows)
    for begins, rate in rows:
        below = worth(pieces(begins - step, cut))
        at = worth(pieces(begins, cut))
        above = worth(pieces(begins + step, cut))

        assert 0 <= at - below <= step
        assert above - at == step * rate


@given(CENTS, BOUNDS)
def test_the_whole_is_paid_at_the_rate_of_the_greatest_bound_not_above_it(
    figure: Decimal, rows: list[tuple[Decimal, Decimal]]
) -> None:
    reached = [row for row in rows if row[0] <= figure]
    expected = figure * max(reached)[1] if reached else Decimal(0)

    assert reckoned_with("tier_whole(x, t)", figure, rows) == expected
    found = band_of(figure, banded(rows))
    assert found == (Band(*max(reached)) if reached else None)


def test_a_bound_is_reached_whatever_trace_a_division_leaves() -> None:
    assert reckoned("band(1 / 3 * 3, [[0, 'below'], [1, 'there']])") == "there"
