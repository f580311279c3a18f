"""Phone numbers as clerks and Excel write them -> one spelling, or what went wrong."""

import re

from models.rules.cell_basics import (
    NO_WORDS,
    Cell,
    CellError,
    is_nothing,
    plain,
    refused,
)

SHORTEST, LONGEST = 3, 15  # digits: 110 up to the longest international number (E.164)
MOBILE_DIGITS = 11
LANDLINE_DIGITS = 10  # area code and number, without the 0 before them
KEPT_DIGITS = 4  # 1.38E+10 shows three digits of a number, 1.380E+10 four

_EXPONENT = re.compile(r"\d+(?:\.\d+)?[eE]\+?\d+")
_POINT_ZERO = re.compile(r"(\d+)\.0+")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)(\d{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"(?<=\d{7})-(\d{1,5})$")
_LABEL = re.compile(r"^(?:电话|手机|联系电话|tel|mobile|phone)[:.]?", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"[\s\-‐‑‒–—−.()·]+")
_SEVERAL = re.compile(r"\d{7,}\D*[/、,;|]\D*\d{7,}")
_CHINA = re.compile(r"(?:\+86|0086|\+0086|86(?=1[3-9]\d{9}$))")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_NEARLY_MOBILE = re.compile(r"1[3-9](?:\d{7,8}|\d{10})")
_NUMBER = re.compile(r"\+?\d+")


def read_phone(value: Cell, *, nothing: frozenset[str] = NO_WORDS) -> str | None:
    """Read a phone number into digits: 13800138000, 051268881234, 05126888123-801.

    Blanks, dashes, brackets and +86 go; other countries keep their "+". A number cell
    such as 13800138000.0 is whole; an area code's 0 that Excel cut off a landline is
    put back, since no number cell can hold it.

    Raises:
        CellError: Digits were lost (1.38E+10), are masked (138****1234), missing or
            too many, or there are two numbers in the cell.
    """
    if is_nothing(value, nothing):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value)
    if not isinstance(value, str):
        raise _no_phone(value)
    text = plain(value)
    if _MOBILE.fullmatch(text):
        return text
    if _EXPONENT.fullmatch(text):
        raise _digits_lost(value)
    if whole := _POINT_ZERO.fullmatch(text):
        # A program in between took the number for a decimal: 13800138000.0.
        return _of_number(int(whole[1]), told=value)
    if "*" in text:
        raise refused(
            value,
            "“{found}”是脱敏后的号码，不能导入。请用完整号码。",
            "'{found}' is a masked number, which cannot be imported. Give it in full.",
        )
    if _SEVERAL.search(text):
        raise refused(
            value,
            "“{found}”里有两个号码，这一格只收一个。请留一个，另一个放到别的列。",
            "'{found}' holds two numbers, one fits here. Move the other elsewhere.",
        )
    return _of_text(text, value)


def _of_text(text: str, told: Cell) -> str:
    text = _LABEL.sub("", text).strip()
    extension = ""
    if found := _EXTENSION.search(text) or _DASHED_EXTENSION.search(text):
        text, extension = text[: found.start()], f"-{found[1]}"
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _NUMBER.fullmatch(digits):
        raise _no_phone(told)
    if china := _CHINA.match(digits):
        # Abroad a landline is dialled without the 0 of its area code.
        digits = _with_area_zero(digits[china.end() :])
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not SHORTEST <= len(digits.removeprefix("+")) <= LONGEST:
        raise _no_phone(told)
    if _NEARLY_MOBILE.fullmatch(digits):
        raise refused(
            told,
            "“{found}”有 {count} 位，手机号应为 11 位。请核对是否少了或多了数字。",
            "'{found}' has {count} digits, a mobile number has 11. Check for a digit"
            " missing or too many.",
            count=len(digits),
        )
    return digits + extension


def _of_number(number: float, told: Cell = None) -> str:
    """Read a number cell; `told` is what a message shows instead of it."""
    told = number if told is None else told
    if number != number // 1 or number <= 0:
        raise _no_phone(told)
    digits = str(int(number))
    # 1.38E+10 saved as a number is 13800000000: a few digits, then zeros.
    if len(digits) >= MOBILE_DIGITS and len(digits.rstrip("0")) <= KEPT_DIGITS:
        raise _digits_lost(told)
    return _of_text(_with_area_zero(digits), told)


def _with_area_zero(digits: str) -> str:
    """Put back the 0 of an area code, which a number cell cannot keep."""
    if len(digits) == MOBILE_DIGITS and digits[0] != "1":
        return f"0{digits}"
    landline = digits[0] != "1" or digits.startswith("10")
    free_call = digits.startswith(("400", "800"))
    if len(digits) == LANDLINE_DIGITS and landline and not free_call:
        return f"0{digits}"
    return digits


def _digits_lost(value: Cell) -> CellError:
    return refused(
        value,
        "“{found}”已丢失号码的后几位（Excel 把它变成了科学计数法），无法还原。"
        "请在原表里把这一列设为“文本”，重新填写完整号码后再导入。",
        "'{found}' has lost its last digits: Excel turned the number into scientific"
        " notation. Format the column as text, enter the full number, import again.",
    )


def _no_phone(value: Cell) -> CellError:
    return refused(
        value,
        "“{found}”不是电话号码。应为手机号 13800138000 或座机 0512-68881234，请改正。",
        "'{found}' is not a phone number. Expected 13800138000 or 0512-68881234;"
        " correct it.",
    )
