"""What holds of every slip: sums add up, and no order of people or rules matters."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from models.pay_world import Place, Together, keyed
from models.rules.formula import HOURS, MONEY, NUMBER, Value, money, number
from models.rules.pay import Cell, LineKind, PayRule, Scheme, Slip, in_order
from models.rules.pay_rules import units_of_lines
from models.words import Label

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
CENT = Decimal("0.01")


def line(code: str, formula: str, kind: str = "earning", **more: object) -> PayRule:
    made = PayRule(code, Label(code, code), LineKind(kind), formula)
    return replace(made, **more)  # type: ignore[arg-type]  # keywords of the class


RULES = (
    line("hours", "or_zero(measure.hours) * 18元/小时 / 7"),
    line("weight", "measure.weight", "information"),
    line("pool", "share(1000.01元, line.weight)"),
    line("prize", "rank_award(line.hours, [150.55元, 100元, 50元])"),
    line("third", "line.hours / 3", "earning", cap="99.99元"),
    line("fine", "measure.fine", "deduction"),
    line("joint", "subordinates(measure.fine) * 30%", "deduction"),
    line("late", "line.weight * 3元 / 7", "deduction"),
    line("most", "line.hours * 20%", "deduction", limits=()),
    line("least", "", "deduction", limits=("fine", "late"), leaves="800元"),
)
NAMES = {
    "measure.hours": HOURS,
    "measure.weight": NUMBER,
    "measure.fine": MONEY,
}

hundredths = st.integers(0, 50_000).map(lambda n: Decimal(n) * CENT)
people = st.lists(
    st.tuples(hundredths, st.integers(0, 9), hundredths), min_size=1, max_size=6
)


def slips(
    given_: list[tuple[Decimal, int, Decimal]],
    turn: int = 0,
    rules: tuple[PayRule, ...] = RULES,
) -> dict[int, Slip]:
    """Reckon some people, each the superior of the next, in another order each turn."""
    scheme = Scheme("any", 1, FIRST, None, rules)
    order = list(enumerate(given_, 1))
    order = order[turn:] + order[:turn]
    places = []
    for key, (staff_id, (hours, weight, fine)) in zip(
        keyed([one for one, _ in order]), order, strict=True
    ):
        values = {
            "measure.hours": Value(hours, HOURS),
            "measure.weight": number(weight),
            "measure.fine": money(fine),
        }
        cell = Cell(scheme.rules, values)
        places.append(Place(staff_id, "某", 0, key, FIRST, LAST, None, cell))
    above = {one: one - 1 for one in range(2, len(given_) + 1)}
    Together(
        places,
        units_of_lines([scheme], [NAMES]),
        lambda: above,
        lambda _name, _back: {},
        lambda _department: None,  # type: ignore[arg-type,return-value]  # nobody asks
    ).enter()
    for _, rule in in_order([scheme.rules]):
        for one in places:
            one.cell.reckon(rule)
    return {one.staff_id: Slip("any", 1, one.cell.declared) for one in places}


def totals(found: dict[int, Slip]) -> dict[int, dict[str, str]]:
    return {
        key: {one.code: str(one.amount) for one in slip.items}
        for key, slip in found.items()
    }


@settings(max_examples=60, deadline=None)
@given(people)
def test_a_slip_is_the_sum_of_its_lines_to_the_fen(
    some: list[tuple[Decimal, int, Decimal]],
) -> None:
    for slip in slips(some).values():
        signs = {LineKind.EARNING: 1, LineKind.DEDUCTION: -1, LineKind.INFORMATION: 0}
        amounts = [
            one.amount * signs[one.kind] for one in slip.items if one.amount is not None
        ]
        assert slip.errors == ()
        assert slip.total == sum(amounts)
        assert all(one == one.quantize(CENT) for one in amounts)


@settings(max_examples=60, deadline=None)
@given(people, st.integers(0, 5), st.randoms(use_true_random=False))
def test_no_order_of_people_or_rules_changes_anything(
    some: list[tuple[Decimal, int, Decimal]], turn: int, chance: object
) -> None:
    mixed = list(RULES[:-2])
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # a Random
    # Limits come one after another as they are declared: that order is a rule itself.
    rules = (*mixed, *RULES[-2:])

    first, again = totals(slips(some)), totals(slips(some))
    other = totals(slips(some, turn % len(some), rules))

    assert first == again == other


@settings(max_examples=60, deadline=None)
@given(people)
def test_what_is_shared_out_is_all_there_was(
    some: list[tuple[Decimal, int, Decimal]],
) -> None:
    given_out = sum(
        one.amount or 0
        for slip in slips(some).values()
        for one in slip.items
        if one.code == "pool"
    )

    assert given_out == (Decimal("1000.01") if any(one[1] for one in some) else 0)


@settings(max_examples=60, deadline=None)
@given(people)
def test_limits_take_back_no_more_than_was_deducted(
    some: list[tuple[Decimal, int, Decimal]],
) -> None:
    for slip in slips(some).values():
        assert slip.deductions is not None
        assert slip.deductions >= 0
        amount = {one.code: one.amount or Decimal(0) for one in slip.items}
        at_most = amount["hours"] * Decimal("0.2")
        if slip.total is not None and slip.total < 800:
            # Nothing more of fines and delays could be left undeducted.
            assert slip.deductions <= max(at_most, amount["joint"]) + CENT
