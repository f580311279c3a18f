"""Initials of names, as they are typed into the search box."""

import unicodedata

import pytest
from pypinyin.constants import PINYIN_DICT

from models.rules.pinyin import initials
from models.rules.pinyin_letters import FIRST, LETTERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("金锐激光", ["jrjg"]),
        ("苏州恒越机电（客服部）", ["szhyjdkfb"]),
        ("HY 科技 2 厂", ["hykj2c"]),
        ("曾小明", ["zxm", "cxm"]),
        ("重庆长安", ["zqca", "zqza", "cqca", "cqza"]),
        ("女友", ["ny"]),  # with its umlaut taken off
        ("林", []),  # one character is found as it is
        ("HY-E1390", []),
        ("", []),
        ("😀🚀𠀀", []),
    ],
)
def test_initials(text: str, expected: list[str]) -> None:
    assert initials(text) == expected


def test_long_names_and_many_readings_stay_bounded() -> None:
    assert len(initials("重长行单曾乐" * 20)) == 4
    assert len(initials("金" * 500)[0]) == 40


def test_letters_are_the_first_of_the_first_reading() -> None:
    for at, letter in enumerate(LETTERS):
        first = PINYIN_DICT.get(FIRST + at, "").partition(",")[0]
        plain = unicodedata.normalize("NFD", first)[:1]
        expected = plain if plain.isascii() and plain.isalpha() else "-"
        assert letter == expected, chr(FIRST + at)
