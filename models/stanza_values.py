"""How single values of a stanza are written: words, names, figures, conditions.

Each reader takes what YAML or JSON gave and its place; what does not fit is noted there
and read as nothing. Each writer gives what its reader takes.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from models.register import OnlyIf
from models.stanza_mistakes import Place, one_of
from models.words import Label

Reader = Callable[[Any, Place], Any]
Writer = Callable[[Any], Any]
BETWEEN = "|"  # the Chinese words, then the English ones
WORDS = {True: "yes", False: "no"}  # YAML takes these two words for something else


def same(value: Any) -> Any:
    """Write a value as it is."""
    return value


def flag(value: Any, place: Place) -> bool | None:
    """Read yes or no."""
    if isinstance(value, bool):
        return value
    place.expected(value, " yes 或 no", "yes or no")
    return None


def text(value: Any, place: Place) -> str | None:
    """Read a text that is not blank."""
    if isinstance(value, str) and value.strip():
        return value
    place.expected(value, "文字", "a text")
    return None


def word(value: Any, place: Place) -> str | None:
    """Read a code; yes, no and whole numbers are codes, too."""
    if isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, int):
        return str(value)
    return text(value, place)


def whole(value: Any, place: Place) -> int | None:
    """Read a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    place.expected(value, "整数", "a whole number")
    return None


def number(value: Any, place: Place) -> Decimal | None:
    """Read an exact number; one with a point is a text in JSON."""
    if isinstance(value, int | Decimal | str) and not isinstance(value, bool):
        try:
            exact = Decimal(value)
        except InvalidOperation:
            exact = Decimal("NaN")
        if exact.is_finite():
            return exact
    place.expected(value, "数字", "a number")
    return None


def write_number(value: Decimal) -> int | str:
    """Write a number so that reading gives the same digits again."""
    said = str(value)
    return int(said) if said.removeprefix("-").isdecimal() else said


def words(value: Any, place: Place) -> Label | None:
    """Read {zh: ..., en: ...} or “中文 | English”."""
    zh: object
    en: object
    if isinstance(value, str) and value.count(BETWEEN) == 1:
        zh, en = (one.strip() for one in value.split(BETWEEN))
    elif isinstance(value, Mapping):
        for key in value:
            if key not in ("zh", "en"):
                what = Label("这里可用的项目", "a key of this place")
                place.at(key).wrong(one_of(key, ["zh", "en"], what))
        zh, en = value.get("zh"), value.get("en")
    else:
        place.expected(
            value,
            "“中文 | English”或 {zh: 中文, en: English}",
            "“中文 | English” or {zh: 中文, en: English}",
        )
        return None
    if (
        isinstance(zh, str)
        and isinstance(en, str)
        and "" not in (zh.strip(), en.strip())
    ):
        return Label(zh, en)
    place.wrong(Label("要有中文和英文两种文字。", "Give words in both languages."))
    return None


def write_words(label: Label) -> dict[str, str]:
    """Write a wording under its languages."""
    return {"zh": label.zh, "en": label.en}


def listed(value: Any, place: Place) -> list[Any]:
    """Read a list; a single thing is a list of one."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Mapping):
        place.expected(value, "一个列表", "a list")
        return []
    return [value]


def names(value: Any, place: Place) -> tuple[str | None, ...]:
    """Read codes, in their order."""
    return tuple(
        word(one, place.at(index)) for index, one in enumerate(listed(value, place))
    )


def write_names(value: tuple[str, ...]) -> list[str]:
    """Write codes as a list."""
    return list(value)


def groups(value: Any, place: Place) -> tuple[tuple[str | None, ...], ...]:
    """Read a list of lists of codes."""
    return tuple(
        names(one, place.at(index)) for index, one in enumerate(listed(value, place))
    )


def write_groups(value: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    """Write lists of codes."""
    return [list(one) for one in value]


def pairs(value: Any, place: Place) -> dict[str, str | None]:
    """Read {field there: field or path here}."""
    if not isinstance(value, Mapping):
        place.expected(value, "一组项目", "some keys with values")
        return {}
    return {str(key): text(one, place.at(key)) for key, one in value.items()}


def write_pairs(value: Mapping[str, str]) -> dict[str, str]:
    """Write pairs as they are."""
    return dict(value)


def condition(value: Any, place: Place) -> OnlyIf | None:
    """Read {field: [value, ...]}: while the field has one of the values."""
    if not isinstance(value, Mapping) or len(value) != 1:
        place.expected(value, "“{字段: [值, …]}”", "“{field: [value, ...]}”")
        return None
    [(name, values)] = value.items()
    held = names(values, place.at(name))
    return OnlyIf(str(name), frozenset(one for one in held if one is not None))


def write_condition(value: OnlyIf) -> dict[str, list[str]]:
    """Write a condition as one key."""
    return {value.field: sorted(value.values)}


def clauses(value: Any, place: Place) -> str | None:
    """Read the clauses a field comes from: one code, or a list of them."""
    found = [one for one in names(value, place) if one is not None]
    return " ".join(found) or None
