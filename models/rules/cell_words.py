"""Words in cells: free texts, numbers of things, options, yes and no."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.rules.cell_basics import (
    NO_WORDS,
    Cell,
    as_text,
    folded,
    is_nothing,
    options_shown,
    plain,
    refused,
)

EXACT_BELOW = 10**15
"""Excel keeps 15 digits of a number and fills the rest with zeros."""

_EXPONENT = re.compile(r"\d(?:\.\d+)?E\+\d+")
_LIST_MARK = re.compile(r"[、,;，；/\n]")


def read_text(
    value: Cell, *, max_length: int | None = None, nothing: frozenset[str] = NO_WORDS
) -> str | None:
    """Read a text as it stands, without the blanks at its ends.

    A number becomes its digits (12.0 is "12"), a date 2026-09-03, a time 08:30:00.

    Args:
        value: The cell.
        max_length: Most characters that fit; None is no limit.
        nothing: Words that mean "no value".

    Raises:
        CellError: Too long, holds a null character, or is a number of more digits
            than Excel keeps.
    """
    if is_nothing(value, nothing):
        return None
    if isinstance(value, float | int) and abs(value) >= EXACT_BELOW:
        raise refused(
            value,
            "“{found}”超过 15 位，Excel 已把后面的数字变成 0。请在原表里把这一列设为"
            "“文本”，重新填写后再导入。",
            "'{found}' has more than 15 digits, and Excel has turned the last ones into"
            " zeros. Format the column as text, enter it anew, import again.",
        )
    text = as_text(value).strip()
    if "\x00" in text:
        raise refused(
            text.replace("\x00", "␀"),
            "“{found}”含有不能保存的空字符，请删去。",
            "'{found}' contains a null character, which cannot be kept. Delete it.",
        )
    if max_length is not None and len(text) > max_length:
        raise refused(
            value,
            "“{found}”有 {count} 个字，最多 {most} 个，请缩短。",
            "'{found}' has {count} characters, at most {most} fit. Shorten it.",
            count=len(text),
            most=max_length,
        )
    return text


def read_identifier(
    value: Cell, *, max_length: int | None = None, nothing: frozenset[str] = NO_WORDS
) -> str | None:
    """Read an ID, plate or serial number: widths folded, no blanks, upper case.

    Raises:
        CellError: As `read_text`, and when digits were lost (3.20501E+17) or are
            masked (3205**********1234).
    """
    text = read_text(value, max_length=max_length, nothing=nothing)
    if text is None:
        return None
    text = "".join(plain(text).split()).upper()
    if _EXPONENT.fullmatch(text):
        raise refused(
            value,
            "“{found}”已丢失后几位（Excel 把它变成了科学计数法），无法还原。请在原表里"
            "把这一列设为“文本”，重新填写后再导入。",
            "'{found}' has lost its last digits: Excel turned it into scientific"
            " notation. Format the column as text, enter it anew, import again.",
        )
    if "**" in text:
        raise refused(
            value,
            "“{found}”是脱敏后的内容，不能导入。请填写完整。",
            "'{found}' is masked and cannot be imported. Give it in full.",
        )
    return text


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options(Generic[T]):
    """The words a choice accepts, in any width, case and spacing."""

    by_word: Mapping[str, T]
    names: tuple[str, ...]  # as a message lists them

    @classmethod
    def of(
        cls, words: Iterable[tuple[str, T]], names: Iterable[str] | None = None
    ) -> "Options[T]":
        """Take pairs of a word (label in either language, code, synonym) and its value.

        A word given twice must mean the same value both times. `names` are what a
        message lists; None lists every word.
        """
        by_word: dict[str, T] = {}
        listed: list[str] = []
        for word, value in words:
            key = folded(word)
            if by_word.setdefault(key, value) != value:
                raise ValueError(f"{word!r} means {by_word[key]!r} and {value!r}")
            listed.append(word)
        return cls(by_word, tuple(listed if names is None else names))


def read_choice(
    value: Cell, options: Options[T], *, nothing: frozenset[str] = NO_WORDS
) -> T | None:
    """Return the value of the option that the cell names.

    An option wins over a word for nothing, so that 无 can be an option of its own.

    Raises:
        CellError: No option has this name; the message lists them.
    """
    if isinstance(value, str) and (found := options.by_word.get(value)) is not None:
        return found
    text = folded(as_text(value))
    if text in options.by_word:
        return options.by_word[text]
    if is_nothing(value, nothing):
        return None
    listed = options_shown(options.names)
    raise refused(
        value,
        "“{found}”不在选项中。可填：{zh_options}。",
        "'{found}' is not one of {en_options}.",
        zh_options=listed.zh,
        en_options=listed.en,
    )


def read_choices(
    value: Cell, options: Options[T], *, nothing: frozenset[str] = NO_WORDS
) -> tuple[T, ...] | None:
    """Return the options named in the cell, separated by 、 , ; / or a new line.

    Raises:
        CellError: One of the names is no option.
    """
    if is_nothing(value, nothing):
        return None
    parts = _LIST_MARK.split(as_text(value))
    found = (read_choice(part, options) for part in parts)
    return tuple(dict.fromkeys(one for one in found if one is not None))


_YES = ("是", "有", "对", "√", "✓", "✔", "☑", "yes", "y", "true", "1", "已")
_NO = ("否", "无", "没有", "错", "×", "✗", "✘", "☐", "no", "n", "false", "0", "未")
_YES_NO = Options.of([(word, True) for word in _YES] + [(word, False) for word in _NO])


def read_yes_no(value: Cell, *, nothing: frozenset[str] = NO_WORDS) -> bool | None:
    """Read 是/否, 有/无, √/×, yes/no, true/false, 1/0.

    A word of `nothing` wins: a mapping that says 无 is no value means it here too.

    Raises:
        CellError: Neither yes nor no.
    """
    if isinstance(value, bool):
        return value
    if is_nothing(value, nothing):
        return None
    found = _YES_NO.by_word.get(folded(as_text(value)))
    if found is None:
        raise refused(
            value,
            "“{found}”不是“是”或“否”。请填 是 或 否。",
            "'{found}' is neither yes nor no. Write yes or no.",
        )
    return found
