"""A text that an import would take for a sign is guarded by one apostrophe."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.rules.sheet_signs import (
    guard_cell,
    guard_sign,
    is_sign,
    may_be_signs,
    unguard_formula,
)
from models.sheets import header_at, read_workbook, table_rows
from tests.sheet_files import csv_bytes

TEXTS = (
    st.text(st.sampled_from("'\"＇同上〃″=合计: Do.t"), min_size=1, max_size=8)
    | st.sampled_from(
        ["'同上", "''", "'''", "ditto", "'合计", "本月合计（元）", "'Total"]
    )
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)
).filter(lambda it: not it.isspace())


@pytest.mark.parametrize(
    "text", ["同上", "〃", '"', "''", "合计", "本页小计：", "Total"]
)
def test_a_sign_gets_one_apostrophe_and_a_sentence_with_it_none(text: str) -> None:
    assert guard_sign(text) == f"'{text}"
    assert guard_sign(f"{text}都好") == f"{text}都好"


@given(st.lists(TEXTS, min_size=1))
def test_one_look_at_many_texts_misses_no_sign(texts: list[str]) -> None:
    assert may_be_signs(texts) or not any(map(is_sign, texts))


@example("同上", "'同上")
@example("''", "'")
@example("'＇", "'' ")
@given(TEXTS, TEXTS)
def test_guarded_texts_come_back_below_others(above: str, text: str) -> None:
    rows = [["甲", "乙"], [guard_cell(above), "1"], [guard_cell(text), "2"]]
    [sheet] = read_workbook(csv_bytes(rows, "utf-8"), "a.csv")

    read = [row["甲"] for _, row in table_rows(sheet, header_at(sheet, 1, 1, []))]

    assert read == [above, text]


@given(TEXTS)
def test_what_guards_a_formula_goes_and_what_guards_a_sign_stays(text: str) -> None:
    guarded = guard_cell(text)

    assert unguard_formula(guarded) == (guarded if is_sign(text) else text)
