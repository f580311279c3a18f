"""Another type for a field: in place where every value stays, else by a new field.

The new field takes the old one's place and what of its values it can hold; the old one
is retired with all of them, so that none is lost.
"""

from collections.abc import Mapping
from typing import Any

from admin import visit
from admin.column_converters import edit_text, show
from admin.form_settling import read_whole
from models import field_copies
from models.field_copies import Convert
from models.made_names import made_name
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MONEY,
    REFERENCES,
    TEXT,
    TEXTUAL,
    TIME,
    WITHOUT_COLUMN,
    YES_NO,
    Declaration,
    Field,
    FieldType,
)
from models.stanza_fields import read_field, write_field
from models.stanza_mistakes import Place
from models.words import Label, PersonError

NUMBERS = (INTEGER, DECIMAL, MONEY)
ANEW = (TEXT, LONG_TEXT, CHOICE, *NUMBERS, DATE, INSTANT, TIME, DURATION, YES_NO)
MOST_OPTIONS = 30
LONGEST_OPTION = 40
TOLD = 10
# What a field of another type cannot take over from the old one.
_OF_THE_TYPE = frozenset(
    {
        *("id", "was", "type", "default", "computed", "options", "register", "only_of"),
        *("places", "minimum", "maximum", "max_length", "pattern", "unit", "unique"),
        *("searchable", "editable"),
    }
)
Said = dict[str, Any]


def in_place(one: Field) -> list[FieldType]:
    """Return the types into which every value of a field can be turned in place."""
    if one.type in TEXTUAL:
        return [it for it in (TEXT, LONG_TEXT, *FieldType) if it in TEXTUAL]
    return list(NUMBERS) if one.type in NUMBERS else [one.type]


def anew(one: Field) -> list[FieldType]:
    """Return the types for which a new field is made."""
    if one.type in REFERENCES | WITHOUT_COLUMN or one.computed is not None:
        return []
    known = in_place(one)
    return [it for it in ANEW if it not in known]


def is_anew(one: Field, said: Mapping[str, Any]) -> bool:
    """Whether the type that was chosen takes a new field."""
    return said.get("type", one.type.value) in {it.value for it in anew(one)}


def replaced(declared: Declaration, one: Field, said: Said, stanza: Said) -> Field:
    """Put a new field in the old one's place in a register's stanza; return it.

    Raises:
        PersonError: There are too many different values for options.
    """
    names = {it.name for it in (*declared.all_fields, *declared.retired_fields)}
    new = {key: it for key, it in said.items() if key not in _OF_THE_TYPE}
    new |= {"name": made_name(said["title"]["zh"], names), "type": said["type"]}
    if one.personal and said["type"] in TEXTUAL:
        new["personal"] = True
    if said["type"] == CHOICE:
        new["options"] = _options(declared, one)
    old = write_field(one) | {
        "title": {"zh": f"{one.label.zh}（原）", "en": f"{one.label.en} (before)"},
        "required": False,
    }
    stanza["fields"] = [
        new if it["name"] == one.name else it for it in stanza["fields"]
    ]
    stanza["retired_fields"] = [*stanza.get("retired_fields", ()), old]
    made = read_field(new, Place((), []))
    if made is None:
        raise PersonError("这个字段不能改成这个类型。", "It cannot have this type.")
    return made


def _options(declared: Declaration, one: Field) -> list[Said]:
    """Return the different values there are as options."""
    found = field_copies.values(visit.session(), declared.code, one)
    texts = list(dict.fromkeys(_text(one, value).strip() for value, _ in found))
    if not texts or len(texts) > MOST_OPTIONS or one.personal:
        raise PersonError(
            "已有 {many} 种不同的值，改成单选要有 1 到 {most} 种，请先整理。",
            "There are {many} different values; a choice is made of 1 to {most}.",
            many=len(texts),
            most=MOST_OPTIONS,
        )
    codes: set[str] = set()
    options = []
    for text in texts:
        if len(text) > LONGEST_OPTION:
            continue  # told as one that does not fit
        code = made_name(text, codes, before="")
        codes.add(code)
        options.append({"code": code, "title": {"zh": text, "en": text}})
    return options


def _text(one: Field, value: Any) -> str:
    """Return an old value as people read it, to be read as the new type."""
    if one.type in (CHOICE, CHOICES, YES_NO, INSTANT):
        return show(one, value, "zh", visit.zone())
    return edit_text(value, visit.zone())


def converter(old: Field, new: Field) -> Convert:
    """Return what makes of the old field's values those of the new one."""
    return lambda value: field_copies.checked(new, read_whole(new, _text(old, value)))


def told(declared: Declaration, old: Field, new: Field) -> str:
    """Return how many values fit, and which do not."""
    session, convert = visit.session(), converter(old, new)
    found = field_copies.fitting(session, declared.code, old, convert)
    label = Label(
        f"另建一栏“{new.label.zh}”，{found.entries} 条记录的值转换过去；"
        f"原来的一栏停用，内容全部保留。",
        f"A new field “{new.label.en}” takes the values of {found.entries} entries; "
        "the old one is retired with all of its own.",
    ).text(visit.language())
    if not found.misfits:
        return label
    many = sum(count for _, count in found.misfits)
    some = "" if old.personal else visit.t("：", ": ")
    if not old.personal:
        words = [f"{_text(old, it)}（{count}）" for it, count in found.misfits[:TOLD]]
        some += visit.t("、", ", ").join(words)
    return label + visit.t(
        f"{many} 条不能转换，只留在原来的一栏里{some}。",
        f" The values of {many} do not fit and stay there only{some}.",
    )
