"""Numbers as clerks write them: whole numbers, exact decimals, money."""

import re
from decimal import ROUND_HALF_UP, Decimal

from models.rules.cell_basics import NO_WORDS, Cell, is_nothing, plain, refused
from models.words import Label

LARGEST = Decimal(10) ** 15
"""Amounts stay below: Excel keeps no more than 15 digits exactly."""

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?")
_IN_BRACKETS = re.compile(r"\((.+)\)")
_EXPONENT = re.compile(r"[-+]?\d+(?:\.\d+)?[eE][-+]?\d+")
# NFKC leaves the typographic minus and dash; people type them for "-".
_MINUS = str.maketrans("−–—", "---")


def read_integer(value: Cell, *, nothing: frozenset[str] = NO_WORDS) -> int | None:
    """Read a whole number; 12.0 and "1,234" are whole, 12.5 is refused.

    Raises:
        CellError: It is no number, not whole, or has more than 15 digits.
    """
    if type(value) is int and abs(value) < LARGEST:
        return value
    if is_nothing(value, nothing):
        return None
    number = _number(value)
    if number != number.to_integral_value():
        raise refused(
            value,
            "“{found}”不是整数。这一列只收整数，例如 12，请改正。",
            "'{found}' is not a whole number. This column takes whole numbers such as"
            " 12; correct it.",
        )
    return int(number)


def read_decimal(
    value: Cell,
    places: int,
    *,
    rounding: bool = False,
    nothing: frozenset[str] = NO_WORDS,
) -> Decimal | None:
    """Read an exact decimal with at most `places` decimals, quantized to them.

    Args:
        value: The cell.
        places: Decimals the field keeps.
        rounding: Round further decimals half up instead of refusing them; a mapping
            says so for columns that Excel computed.
        nothing: Words that mean "no value".

    Raises:
        CellError: It is no number, too large, or has more decimals than `places`.
    """
    if is_nothing(value, nothing):
        return None
    return _to_places(value, _number(value), places, rounding=rounding)


_CURRENCY_NOTES: dict[str, tuple[str, ...]] = {
    "CNY": ("RMB", "CNY", "人民币", "元", "块", "¥"),
    "JPY": ("JPY", "日元", "円", "¥"),
    "HKD": ("HKD", "HK$", "港币", "港元"),
    "TWD": ("TWD", "NT$", "NTD", "新台币"),
    "USD": ("USD", "US$", "美元", "$"),
    "EUR": ("EUR", "欧元", "€"),
    "GBP": ("GBP", "英镑", "£"),
}
_NOTES = sorted(
    {note for notes in _CURRENCY_NOTES.values() for note in notes},
    key=len,
    reverse=True,
)
_NOTE = "|".join(re.escape(note) for note in _NOTES)
_WITH_NOTE = re.compile(
    rf"(?P<sign>[-+]?)(?P<before>{_NOTE})?(?P<number>[-+(]?[\d.,]+\)?)(?P<after>{_NOTE})?"
)


def read_money(
    value: Cell,
    currency: str = "CNY",
    *,
    rounding: bool = False,
    nothing: frozenset[str] = NO_WORDS,
) -> Decimal | None:
    """Read an amount with two decimals, in the currency that the mapping states.

    A currency written in the cell (¥, 元, £, USD) must be the mapping's: nothing is
    converted here, and an amount in another currency must not pass for yuan.

    Args:
        value: The cell.
        currency: The mapping's currency, as a code of ISO 4217.
        rounding: As in `read_decimal`.
        nothing: Words that mean "no value".

    Raises:
        CellError: No amount, another currency, or a part of a cent.
    """
    if is_nothing(value, nothing):
        return None
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return _to_places(value, _number(value), 2, rounding=rounding)
    text = _squeezed(value).upper()
    found = _WITH_NOTE.fullmatch(text)
    if found is None:
        raise _no_number(value)
    for note in (found["before"], found["after"]):
        if note and note not in _CURRENCY_NOTES.get(currency, (currency,)):
            raise refused(
                value,
                "“{found}”写的币种是 {note}，而导入设置里这一列是 {currency}。"
                "请换算后再填，或修改导入设置。",
                "'{found}' is in {note}, but the mapping says {currency} for this"
                " column. Convert the amount or change the mapping.",
                note=note,
                currency=currency,
            )
    number = _number(f"{found['sign']}{found['number']}", original=value)
    return _to_places(value, number, 2, rounding=rounding)


def _to_places(value: Cell, number: Decimal, places: int, *, rounding: bool) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if rounded != number and not rounding:
        raise refused(
            value,
            "“{found}”的小数多于 {places} 位。请改成最多 {places} 位小数，"
            "例如 {example}，或在导入设置里允许四舍五入。",
            "'{found}' has more than {places} decimals. Write at most {places}, such"
            " as {example}, or let the mapping round this column.",
            places=places,
            example=rounded,
        )
    return rounded


def _number(value: Cell, original: Cell = None) -> Decimal:
    """Return the exact number of a cell; `original` is what a message shows."""
    told = value if original is None else original
    match value:
        case bool():
            raise _no_number(told)
        case int():
            number = Decimal(value)
        case float():
            # 15 significant digits are what Excel keeps and shows; the rest is the
            # noise of binary fractions (0.30000000000000004).
            number = Decimal(f"{value:.15g}")
        case str():
            number = _text_number(value, told)
        case _:
            raise _no_number(told)
    if not number.is_finite():
        raise _no_number(told)
    if abs(number) >= LARGEST:
        raise refused(
            told,
            "“{found}”太大：最多 15 位整数。编号请放在文本列里，金额请核对。",
            "'{found}' is too large: at most 15 digits fit. Numbers of things belong"
            " into a text column; check an amount.",
        )
    return number


def _text_number(value: str, told: Cell) -> Decimal:
    text = _squeezed(value)
    if bracketed := _IN_BRACKETS.fullmatch(text):
        # Accountants write (500.00) for an amount below zero.
        text = f"-{bracketed[1]}"
    if _EXPONENT.fullmatch(text):
        raise refused(
            told,
            "“{found}”是科学计数法，后面的数字可能已经丢失。请在 Excel 里把这一列设为"
            "“数值”并加宽，重新保存后再导入。",
            "'{found}' is in scientific notation, so digits may be lost. Format the"
            " column as a number in Excel, widen it, save and import again.",
        )
    if not _NUMBER.fullmatch(text) or not any(map(str.isdigit, text)):
        raise _no_number(told)
    return Decimal(text.replace(",", ""))


def _squeezed(text: str) -> str:
    return "".join(plain(text).translate(_MINUS).split())


_EXPECTED = Label("例如 12、-3.5 或 1,234.50", "such as 12, -3.5 or 1,234.50")


def _no_number(value: Cell) -> Exception:
    return refused(
        value,
        "“{found}”不是数字。这一列只收数字，{zh_like}，请改正。",
        "'{found}' is not a number. This column takes numbers, {en_like}; correct it.",
        zh_like=_EXPECTED.zh,
        en_like=_EXPECTED.en,
    )
