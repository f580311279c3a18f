"""Texts for fuzzing the formula language: arbitrary, by its grammar, real, spoilt."""

import re
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

import seed
from models.rules.formula import MONEY, NUMBER, PERCENT, TEXT, money, number, table
from models.rules.formula_functions import FUNCTIONS
from tests.rules.formula_cases import WORKED
from tests.rules.team import Team

VALUES = WORKED | {
    "bands": table({Decimal(0): Decimal("0.03")}, MONEY, PERCENT),
    "letters": table({Decimal(0): "C", Decimal(60): "B"}, NUMBER, TEXT),
}
TEAM = Team(
    {
        "line.sales": {1: money(5000), 2: money(9000), 3: money(5000), 4: money(0)},
        "points": {1: number("-0.0000000001"), 2: number(10**15), 3: number(10**15)},
        "weights": {1: number(1), 2: number(2), 5: number("0.5")},
    },
    {2: 1, 3: 1, 4: 3},
    {("line.sales", 1): money(100)},
)


# Signs of the language, look-alikes, controls, half characters, other scripts' figures.
SIGNS = (
    "01.9%元小时 ()（）［］[]，,+-*/<>=!'\"“”‘’abi.fnotr工且或非年e_@#^&|;:"
    "\n\t\x00\u00a0\u3000\u2028\ufeff\ud800٣²½Ⅷ😀é＋－×÷≤≥≠；＂"
)
NAMES = (*VALUES, "line.sales", "points", "weights", "nobody.knows")
FIGURES = (
    "0",
    "1",
    "3",
    "0.5",
    "0.0000000001",
    "999999999999999",
    "1000000000000000",
    "9" * 40,
    "1e9",
    "30%",
    "20元",
    "8小时",
    "18元/小时",
    "'B2'",
    "'split'",
    "是",
    "no",
    "date(2026, 10, 1)",
    "[1, 2]",
    "[1500元, 500元]",
    "[[0, 1], [5, 2]]",
    "[[0元, 3%]]",
)
CALLS = tuple(sorted(FUNCTIONS))
WORDS = (
    *NAMES,
    *FIGURES,
    *(f"{name}(" for name in CALLS),
    *"()[],+-*/=<>",
    *("in", "not", "且", "或", "!="),
)
_FORMULA = re.compile(
    r"^\s*-?\s*(?:.*[{ ])?(?:formula|condition|cap|floor): (.+?)$", re.MULTILINE
)


def real_formulas() -> tuple[str, ...]:
    """Return what the templates that come with the program write as formulas."""
    folder = Path(seed.__file__).parent / "templates"
    found = {
        text.strip().strip("\"'")
        for file in folder.rglob("*.yaml")
        for text in _FORMULA.findall(file.read_text("utf-8"))
    }
    return tuple(sorted(found))


REAL = real_formulas()


def any_text(longest: int) -> st.SearchStrategy[str]:
    """Return texts of signs of the language and of anything at all."""
    return st.one_of(
        st.text(SIGNS, max_size=longest), st.text(st.characters(), max_size=longest)
    )


def words(most: int) -> st.SearchStrategy[str]:
    """Return words of the language in no order."""
    return st.lists(st.sampled_from(WORDS), max_size=most).map(" ".join)


def by_grammar(most: int) -> st.SearchStrategy[str]:
    """Return texts that follow the grammar; their units need not go together."""
    atoms = st.sampled_from((*NAMES, *FIGURES))
    return st.recursive(atoms, _wider, max_leaves=most)


def _wider(below: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(below, min_size=1, max_size=4).map(", ".join)
    signs = st.sampled_from(["+", "-", "*", "/", "=", "!=", "<", ">=", "and", "或"])
    return st.one_of(
        st.tuples(below, signs, below).map(" ".join),
        st.tuples(below, signs, below).map(lambda it: f"({it[0]} {it[1]} {it[2]})"),
        below.map("-{}".format),
        below.map("not {}".format),
        st.tuples(below, some).map(lambda it: f"{it[0]} in ({it[1]})"),
        some.map("[{}]".format),
        st.lists(st.tuples(below, below), min_size=1, max_size=3).map(
            lambda rows: "[" + ", ".join(f"[{a}, {b}]" for a, b in rows) + "]"
        ),
        st.tuples(st.sampled_from(CALLS), some).map(lambda it: f"{it[0]}({it[1]})"),
    )


@st.composite
def spoilt(draw: st.DrawFn, changes: int) -> str:
    """Return a real formula with pieces taken out, doubled, moved or put in."""
    text = draw(st.sampled_from(REAL))
    for _ in range(draw(st.integers(1, changes))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        put = draw(st.one_of(st.just(""), st.sampled_from(WORDS), st.text(SIGNS)))
        text = text[:start] + put + text[start : end * draw(st.booleans())] + text[end:]
    return text[:2_100]


# What asks the most of the parser, the checker and the arithmetic.
WORST = (
    "1+" * 999 + "1",
    "1/3*" * 499 + "1",
    "(1)+" * 499 + "1",
    "1 in (" + "1," * 990 + "1)",
    "max(" + "1," * 990 + "1)",
    "(" * 1000 + ")" * 1000,
    "not " * 499 + "是",
    "-" * 1999 + "1",
    "if(1<2,1," * 200 + "1",
    "1<1 or " * 285 + "是",
    "'" * 2000,
    "核" * 2000,
    "核." * 1000,
    "\uff0b" * 2000,
    " " * 1999 + "1",
    "[" * 2000,
    "[" + "1," * 998 + "1]",
    "lookup([" + "[1,2]," * 330 + "[3,4]],3)",
    "tier(9, [" + ",".join(f"[{n},{n}]" for n in range(225)) + "])",
    "band(9, [" + ",".join(f"[{n},'{n}']" for n in range(180)) + "])",
    "rank_award(line.sales, [" + "9元," * 650 + "1元])",
    "+".join(["share(99999999.99元, weights)"] * 20),
    "+".join(["total(weights)"] * 133),
    "+".join(["tier(9,[[0,9]])"] * 125),
    "999999999999999*" * 100 + "1",
    "0.0000000001*" * 140 + "1",
    "round(" * 25 + "1/3" + ",10)" * 25,
    "zero" + "_" * 1995,
    "[[" * 14 + "1" + "]]" * 14,
    "“" + "x" * 1999,
)
