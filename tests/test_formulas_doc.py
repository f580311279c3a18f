"""The handbook of formulas: every example comes to what it says there."""

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from admin.command_line import main
from models.rules.formula import (
    INSTANT,
    MONEY,
    FormulaError,
    Value,
    evaluate,
    hours,
    money,
    parse,
)
from models.rules.formula_functions import FUNCTIONS
from tests.rules.team import Team

PAGE = Path(__file__).parent.parent / "docs" / "formulas.md"
TEXT = PAGE.read_text(encoding="utf-8")
SHOWN = re.findall(r"```console\n\$ taizhang (.*?)\n(.*?)```", TEXT, re.DOTALL)
KNOWN = {
    "fee": Value(None, MONEY),
    "核定工时": hours(8),
    # Half past midnight at the desk.
    "received": Value(datetime(2026, 10, 8, 0, 30, tzinfo=UTC), INSTANT),
}
SALES = {1: money(5000), 2: money(9000), 3: money(0), 4: money(5000)}
ZHANG = Team({"line.sales": SALES}, {2: 1, 3: 1, 4: 3}, {("line.sales", 1): money(1)})


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def rows(*heads: str) -> list[list[str]]:
    """Return the rows of all tables that have these heads."""
    found = []
    for block in TEXT.split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        if lines and cells(lines[0]) == list(heads):
            found += [cells(line) for line in lines[2:]]
    return found


def plain(cell: str) -> str:
    return cell.removeprefix("`").removesuffix("`")


EXAMPLES = rows("Formula", "Comes to")
MISTAKES = rows("Formula", "Place", "Said")
EXPLAINED = rows("Function", "Chinese", "What it gives")
WRITTEN = [
    one for row in rows("Written", "Is") for one in re.findall("`(.*?)`", row[0])
]


def test_there_are_examples_of_everything() -> None:
    assert len(EXAMPLES) > 40
    assert len(MISTAKES) >= 8
    assert len(SHOWN) >= 6
    assert len(WRITTEN) > 15


@pytest.mark.parametrize("text", WRITTEN)
def test_value_can_be_written_so(text: str) -> None:
    assert evaluate(parse(text), {}).value is not None


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: str(row[0]))
def test_example_comes_to_what_it_says(row: list[str]) -> None:
    text, expected = plain(row[0]), row[1]

    found = evaluate(parse(text), KNOWN, world=ZHANG)

    assert found.result.text("en") == expected


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: str(row[0]))
def test_mistake_is_marked_and_said(row: list[str]) -> None:
    text, place, said = plain(row[0]), plain(row[1]), row[2]

    with pytest.raises(FormulaError) as caught:
        evaluate(parse(text), KNOWN, world=ZHANG)

    error = caught.value
    assert text[error.position : error.position + error.length] == place
    assert said in error.text("en")


@pytest.mark.parametrize(("words", "printed"), SHOWN, ids=lambda one: str(one)[:30])
def test_command_prints_what_it_shows(words: str, printed: str) -> None:
    done = CliRunner().invoke(main, shlex.split(words))

    assert done.output.rstrip() == printed.rstrip()


@pytest.mark.parametrize("function", sorted({one.name for one in FUNCTIONS.values()}))
def test_every_function_is_explained_with_its_chinese_name(function: str) -> None:
    (row,) = [row for row in EXPLAINED if f"`{function}(" in row[0]]

    assert FUNCTIONS[function].names[-1] in row[1]
    assert FUNCTIONS[function].usage.en in row[0]
