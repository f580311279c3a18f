"""A refusal is told in a sentence that people can read, whatever its size."""

from models.checking import Problem
from models.entry_errors import EntryRefusedError
from models.words import Label


def problems(count: int) -> list[Problem]:
    return [
        Problem("phone", Label(f"第{row}行缺电话。", f"Row {row} lacks a phone."), row)
        for row in range(1, count + 1)
    ]


def test_few_problems_are_all_told() -> None:
    error = EntryRefusedError(problems(20))

    assert error.text().startswith("第1行缺电话。 第2行")
    assert error.text().endswith("第20行缺电话。")
    assert error.text("en").endswith("Row 20 lacks a phone.")


def test_of_thousands_the_first_twenty_are_told_and_all_are_kept() -> None:
    error = EntryRefusedError(problems(5_000))

    assert error.text().count("缺电话") == 20
    assert error.text().endswith("另有 4980 处问题，请先改正以上各处再试。")
    assert error.text("en").endswith(
        "There are 4980 more problems; mend these and try again."
    )
    assert [one.row for one in error.problems] == list(range(1, 5_001))
