"""Text as search sees it: letters and digits, in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.ngrams import asked, normalised, pieces, words


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        pytest.param(
            "激光管,功率 下降!", "激光管功率下降", id="punctuation and blanks"
        ),
        pytest.param("ＣＯ２激光管１００Ｗ", "co2激光管100w", id="full width"),
        pytest.param("ABC-100/x_2", "abc100x2", id="case, dashes, underline"),
        pytest.param("　全角 空格\t", "全角空格", id="blanks of every width"),
        pytest.param("第①台", "第1台", id="circled digit"),
        pytest.param("Straße", "strasse", id="folded, not only lowered"),
        pytest.param("ｶﾞ", "ガ", id="half-width syllable and its mark"),
        pytest.param("後台", "後台", id="traditional stays traditional"),
        pytest.param("𠮷野", "𠮷野", id="character beyond the basic plane"),
        pytest.param("……", "", id="nothing left"),
    ],
)
def test_normalised_text_is_letters_and_digits(typed: str, seen: str) -> None:
    assert normalised(typed) == seen


@pytest.mark.parametrize(
    ("normal", "cut"),
    [
        pytest.param("激光管", ["激光", "光管"], id="three characters"),
        pytest.param("激光", ["激光"], id="one pair"),
        pytest.param("激", ["激"], id="one character"),
        pytest.param("", [], id="nothing"),
        pytest.param("哈哈哈", ["哈哈", "哈哈"], id="repeats stay"),
        pytest.param("a1激", ["a1", "1激"], id="latin, digit, Chinese"),
        pytest.param("123", ["12", "23"], id="three digits"),
        pytest.param(
            "a12345", ["a1", "12", "23", "34", "45", "1234", "2345"], id="five digits"
        ),
    ],
)
def test_text_is_cut_into_overlapping_pieces(normal: str, cut: list[str]) -> None:
    assert pieces(normal) == cut


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("激光管　损坏", ["激光管", "损坏"], id="wide blank between words"),
        pytest.param("激光管 光管", ["激光管"], id="word inside another"),
        pytest.param("电机 电机", ["电机"], id="twice the same"),
        pytest.param("-- 电机 ...", ["电机"], id="words without letters"),
        pytest.param("2026-09-001", ["202609001"], id="document number"),
        pytest.param("  ", [], id="nothing"),
    ],
)
def test_query_becomes_words(query: str, found: list[str]) -> None:
    assert words(query) == found


@given(st.text())
def test_normalised_text_stays_as_it_is(text: str) -> None:
    once = normalised(text)

    assert normalised(once) == once
    assert once == "" or once.isalnum()


@pytest.mark.parametrize(
    ("word", "pieces_asked"),
    [
        pytest.param("激光", ["激光"], id="a pair"),
        pytest.param("激光管", ["激光", "光管"], id="odd length"),
        pytest.param("激光管坏", ["激光", "管坏"], id="pairs side by side"),
        pytest.param("202609001", ["9001", "0260"], id="end of a number"),
        pytest.param("20260", ["0260", "2026"], id="short number"),
        pytest.param("1234", ["1234"], id="four digits"),
        pytest.param("a1234", ["1234"], id="letter before a number"),
        pytest.param("ab1234激光", ["ab", "激光", "1234"], id="number inside"),
        pytest.param("哈哈哈哈", ["哈哈"], id="the same twice"),
    ],
)
def test_word_asks_for_pieces_that_cover_it(word: str, pieces_asked: list[str]) -> None:
    assert asked(word) == pieces_asked


# Few letters, so that parts repeat and numbers are long.
@given(st.text(alphabet="01234ab激光管, "), st.data())
def test_every_part_of_a_text_asks_for_pieces_of_the_text(
    text: str, data: st.DataObject
) -> None:
    normal = normalised(text)
    start = data.draw(st.integers(0, len(normal)))
    part = normal[start : start + data.draw(st.integers(2, 12))]

    if len(part) >= 2:
        assert asked(part)
        assert set(asked(part)) <= set(pieces(normal))
