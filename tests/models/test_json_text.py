"""JSON as text: what is written and how, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.json_text import dumps, loads


def test_letters_stay_as_they_are_without_blanks() -> None:
    assert dumps({"姓名": [None, "王芳"]}) == '{"姓名":[null,"王芳"]}'


def test_numbers_as_keys_become_texts() -> None:
    assert loads(dumps({7: 1})) == {"7": 1}


def test_days_and_instants_are_iso_texts() -> None:
    at = datetime(2026, 9, 30, 9, 30, tzinfo=UTC)
    assert loads(dumps([date(2026, 9, 30), at])) == [
        "2026-09-30",
        "2026-09-30T09:30:00+00:00",
    ]


def test_what_json_has_no_word_for_needs_a_default() -> None:
    with pytest.raises(TypeError):
        dumps(Decimal("12.50"))
    assert dumps(Decimal("12.50"), str) == '"12.50"'
