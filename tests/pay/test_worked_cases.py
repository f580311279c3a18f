"""Pay by worked cases: every line and total as reckoned by hand, to the fen."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from models.pay_tables import PayItemRow, PaySlip
from models.rules.formula import NUMBER, Value
from models.rules.pay import LineKind
from tests.pay.case_files import Case, Expected, Figure, read_cases
from tests.pay.case_world import value
from tests.pay.conftest import Worlds

ERROR = "error"
CASES = read_cases()
NOTHING = Decimal(0)


@pytest.mark.parametrize("case", CASES, ids=[one.id for one in CASES])
def test_case_comes_to_what_was_reckoned_by_hand(case: Case, worlds: Worlds) -> None:
    with worlds(case.template) as world:
        run, slips = world.play(case)
        wrong = list(_differences(case, slips))
        totals = [one.total for one in slips.values()]

    assert wrong == [], case.because
    if None not in totals:
        assert run.total == sum(one for one in totals if one is not None)


def _differences(case: Case, slips: dict[str, PaySlip]) -> Iterator[str]:
    """Tell every figure that is not as the case has it, and every slip not told of."""
    for name, slip in slips.items():
        if case.expects.get(name, "none") == "none":
            yield f"{name}: a slip of {slip.total} that nobody expects"
    for name, expected in case.expects.items():
        if isinstance(expected, Expected) and name not in slips:
            yield f"{name}: no slip"
        elif isinstance(expected, Expected):
            for said in _of_slip(slips[name], expected):
                yield f"{name}, {said}"


def _of_slip(slip: PaySlip, expected: Expected) -> Iterator[str]:
    items = {one.code: one for one in slip.items}
    for code in expected.lines.keys() - items.keys():
        yield f"{code}: no such line"
    for code, item in items.items():
        said = _of_line(item, expected.lines.get(code))
        if said is not None:
            yield f"{code}: {said}\n  " + "\n  ".join(item.why_zh)
    total = None if expected.total == ERROR else Decimal(expected.total)
    if slip.total != total:
        yield f"total: {slip.total} instead of {expected.total}"


def _of_line(item: PayItemRow, expected: Figure | None) -> str | None:
    if expected is None:
        if item.error_zh is not None:
            return item.error_zh
        is_shown_only = item.kind == LineKind.INFORMATION
        return None if is_shown_only or not item.amount else f"{item.amount}, not named"
    if isinstance(expected, str) and expected.startswith(ERROR):
        wanted = expected.removeprefix(ERROR).lstrip(": ")
        found = item.error_zh
        is_right = found is not None and wanted in found
    elif item.amount is not None:
        found, is_right = str(item.amount), item.amount == value(expected).content
    else:
        found, is_right = item.shown_zh, item.shown_zh == _shown(expected)
    return None if is_right else f"{found or item.error_zh} instead of {expected}"


def _shown(expected: Figure) -> str:
    if isinstance(expected, Decimal | int):
        return Value(Decimal(expected), NUMBER).text("zh")
    return value(expected).text("zh")


GOOD = """\
rules: [{code: bonus, formula: 1元}]
cases:
  - id: one
    because: 1 yuan
    people: {张: {}}
    expects: {张: {lines: {bonus: 1.00}, total: 1.00}}
"""


@pytest.mark.parametrize(
    ("written", "instead", "told"),
    [
        ("expects: {张: {lines: {bonus: 1.00}, total: 1.00}}", "expects: {}", "one"),
        ("    expects:", "    expect:", "one"),
        ("rules:", "rule:", "rule"),
        ("total: 1.00", "totals: 1.00", "total"),
        ("because: 1 yuan", "because: one yuan", "no figures"),
        ("expects: {张", "expects: {李", "李"),
        ("cases:", "cases: []\nfigures:", "no cases"),
    ],
)
def test_file_that_says_too_little_or_too_much_is_refused(
    tmp_path: Path, written: str, instead: str, told: str
) -> None:
    file = tmp_path / "some.yaml"
    file.write_text(GOOD, "utf-8")
    assert [one.id for one in read_cases(tmp_path)] == ["one"]

    assert written in GOOD
    file.write_text(GOOD.replace(written, instead), "utf-8")
    with pytest.raises(ValueError, match=told):
        read_cases(tmp_path)


def test_two_cases_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(GOOD, "utf-8")

    with pytest.raises(ValueError, match="one"):
        read_cases(tmp_path)
