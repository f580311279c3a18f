"""Pay counted in ranges of round yuan."""

from decimal import Decimal

import pytest

from models.rules.pay_spread import MOST_RANGES, median, spread


def amounts(*texts: str) -> list[Decimal]:
    return [Decimal(one) for one in texts]


@pytest.mark.parametrize(
    ("totals", "ranges"),
    [
        ((), []),
        (("0.00",), [("0", "1", 1)]),
        (("3.00", "3.99", "4.00"), [("3", "4", 2), ("4", "5", 1)]),
        (("-0.01", "0.00"), [("-1", "0", 1), ("0", "1", 1)]),
        (
            ("760.00", "1199.99", "1200.00", "2460.00"),
            [
                ("600", "800", 1),
                ("800", "1000", 0),
                ("1000", "1200", 1),
                ("1200", "1400", 1),
                *((str(low), str(low + 200), 0) for low in range(1400, 2400, 200)),
                ("2400", "2600", 1),
            ],
        ),
    ],
    ids=["nobody", "nothing", "bounds", "below zero", "a gap"],
)
def test_people_are_counted_by_ranges(
    totals: tuple[str, ...], ranges: list[tuple[str, str, int]]
) -> None:
    found = spread(amounts(*totals))

    wanted = [(Decimal(low), Decimal(high), many) for low, high, many in ranges]
    assert [(one.low, one.high, one.people) for one in found] == wanted


@pytest.mark.parametrize("most", ["9.99", "10.00", "99999.99", "1000000000.00"])
def test_there_are_never_more_than_ten_ranges(most: str) -> None:
    found = spread(amounts("0.00", "1.00", most))

    assert 1 < len(found) <= MOST_RANGES
    assert sum(one.people for one in found) == 3


def test_median_is_what_somebody_gets() -> None:
    assert median(amounts("3.00", "1.00", "2.00")) == Decimal("2.00")
    assert median(amounts("4.00", "1.00", "2.00", "3.00")) == Decimal("2.00")
    assert median([]) is None
