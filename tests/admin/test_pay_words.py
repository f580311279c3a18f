"""How slips say formulas: words for names and functions, figures that people read."""

import pytest

from admin.pay_words import Words, shorter, words_among
from models.words import Label
from tests.company import Company


@pytest.mark.parametrize(
    ("exact", "read"),
    [
        ("0.8333333333 元", "≈0.83 元"),
        ("0.8333333333 yuan", "≈0.83 yuan"),
        ("0.1034938512", "≈0.1035"),
        ("1234.5678912", "≈1,234.57"),
        ("0.1034", "0.1034"),
        ("0.25", "0.25"),
    ],
)
def test_endless_decimals_are_cut_and_ratios_keep_four(exact: str, read: str) -> None:
    assert shorter(exact) == read


def words(company: Company, text: str, language: str) -> Words:
    """Return the words of a formula."""
    lines = {"line.base": Label("基数", "Base")}
    with company.database.read() as session:
        return words_among(session, [text], lines, language)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "如果(空作零(基数) > 0元, 基数 × 本段占比, 0元)"),
        ("en", "if(or_zero(Base) > 0元, Base × Part of the period's days, 0元)"),
    ],
)
def test_formula_is_said_in_the_reader_s_words(
    company: Company, language: str, said: str
) -> None:
    text = "if(or_zero(line.base) > 0元, line.base * stretch.share, 0元)"

    assert words(company, text, language).said(text) == said


def test_choice_of_the_staff_file_is_said_by_its_option(company: Company) -> None:
    found = words(company, "staff.status = 'active'", "zh")

    assert found.shown("staff.status", "active")["value"] == "在职"
    assert found.shown("line.base", "0.1034938512") == {
        "value": "≈0.1035",
        "exact": "0.1034938512",
    }
