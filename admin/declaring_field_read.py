"""The stanza that the form of one field means; mistakes go beside the controls."""

from typing import Any

from admin import visit
from admin.asked import Sheet
from admin.column_converters import read as read_text
from admin.declaring_field_form import FIXED, FROM, KEPT, LOOKUP, NONE, option_words
from models import catalogue, computing
from models.register import Declaration, Field, Given, OnlyIf
from models.stanza_defaults import write_default
from models.stanza_values import write_condition
from models.words import Label, PersonError

Said = dict[str, Any]


def read(sheet: Sheet, declared: Declaration, one: Field, before: Said) -> Said:
    """Return the field's stanza that the form means; mistakes stand in the sheet.

    Args:
        sheet: The form.
        declared: The register.
        one: The field as it is.
        before: Its stanza; what the form does not ask stays as it says.
    """
    sheet.look_over()
    there = {it.name for it in sheet.asked}
    zh = sheet.text("zh")
    said: Said = {"title": {"zh": zh, "en": sheet.text("en") or zh}}
    said["help"] = _two(sheet, "help")
    if "type" in there and sheet.text("type"):
        said["type"] = sheet.text("type")
    if "unit_zh" in there:
        said["unit"] = _two(sheet, "unit")
        said["minimum"] = _figure(sheet, "minimum")
        said["maximum"] = _figure(sheet, "maximum")
    for name in ("places", "max_length"):
        if name in there and sheet.text(name):
            said[name] = _whole(sheet, name)
    if "default" in there:
        said["default"] = _default(sheet, declared, one, before)
    for prefix, key in (("only", "only_if"), ("must", "required_if")):
        if f"{prefix}_field" in there:
            said[key] = _condition(sheet, declared, prefix)
    if "computed" in there:
        said["computed"] = _computed(sheet, declared)
    kept = {key: value for key, value in before.items() if key not in said}
    return kept | {key: value for key, value in said.items() if value is not None}


def _two(sheet: Sheet, name: str) -> dict[str, str] | None:
    zh, en = sheet.text(f"{name}_zh"), sheet.text(f"{name}_en")
    return {"zh": zh or en, "en": en or zh} if zh or en else None


def _figure(sheet: Sheet, name: str) -> str | None:
    said = sheet.text(name)
    return said.replace(",", "") or None


def _whole(sheet: Sheet, name: str) -> int | None:
    said = sheet.text(name)
    if said.isdecimal() and len(said) <= 4:  # noqa: PLR2004 - digits
        return int(said)
    sheet.refuse(name, Label("请填整数。", "Give a whole number."))
    return None


def _default(sheet: Sheet, declared: Declaration, one: Field, before: Said) -> Any:
    kind = sheet.text("default")
    if kind == KEPT:
        return before.get("default")
    if kind == FIXED:
        return _fixed(sheet, one)
    if kind == FROM:
        path = sheet.text("path")
        if not path:
            sheet.refuse("path", Label("请选择一项。", "Choose one."))
        return {"from": path}
    if kind == LOOKUP:
        return _looked_up(sheet, declared)
    return None if kind in ("", NONE) else write_default(Given(kind), one.type)


def _fixed(sheet: Sheet, one: Field) -> Any:
    text = sheet.text("value")
    if not text:
        sheet.refuse("value", Label("请填写。", "Fill this in."))
        return None
    try:
        value = read_text(one, text, visit.zone())
    except PersonError as error:
        sheet.refuse("value", error.label)
        return None
    return write_default(value, one.type)


def _looked_up(sheet: Sheet, declared: Declaration) -> Said | None:
    code = sheet.text("register")
    if code not in catalogue.current():
        sheet.refuse("register", Label("请选择台账。", "Choose the register."))
        return None
    theirs = catalogue.current()[code]
    take = "id" if sheet.text("take") == "id" else named(theirs, sheet.text("take"))
    if take is None:
        sheet.refuse("take", _no_field(theirs))
    match = {}
    for line in filter(None, map(str.strip, sheet.text("match").splitlines())):
        left, _, right = (part.strip() for part in line.partition("="))
        key, own = named(theirs, left), named(declared, right)
        if key is None or own is None:
            sheet.refuse("match", _no_field(theirs if key is None else declared))
        else:
            match[key] = own
    if not match:
        sheet.refuse("match", Label("请至少写一行。", "Write one line at least."))
    return {"lookup": code, "match": match, "take": take}


def named(declared: Declaration, said: str) -> str | None:
    """Return the name of a field called by its name or words, or of a one-hop path."""
    head, _, tail = said.partition(".")
    found = next(
        (
            one
            for one in declared.all_fields
            if head.strip() in (one.name, one.label.zh, one.label.en)
        ),
        None,
    )
    if found is None or not tail:
        return found.name if found else None
    if found.refers_to is None:
        return None
    there = named(catalogue.current()[found.refers_to], tail.strip())
    return f"{found.name}.{there}" if there else None


def _no_field(declared: Declaration) -> Label:
    zh = "、".join(one.label.zh for one in declared.fields[:12])
    en = ", ".join(one.label.en for one in declared.fields[:12])
    return Label(
        f"“{declared.title.zh}”没有这个字段，可用：{zh}。",
        f"“{declared.title.en}” has no such field. It has {en}.",
    )


def _condition(sheet: Sheet, declared: Declaration, prefix: str) -> Said | None:
    field = sheet.text(f"{prefix}_field")
    if not field or not declared.has(field):
        return None
    one = declared.field(field)
    codes = {words: code for code, words in option_words(one).items()}
    codes |= {code: code for code in codes.values()}
    text = sheet.text(f"{prefix}_values").replace("，", "、").replace(",", "、")
    said = [it.strip() for it in text.split("、") if it.strip()]
    strange = [it for it in said if it not in codes]
    if strange or not said:
        zh = "、".join(option_words(one).values())
        sheet.refuse(
            f"{prefix}_values",
            Label(
                f"“{one.label.zh}”可选：{zh}。请填其中的值。",
                f"“{one.label.en}” offers {zh}. Give some of these.",
            ),
        )
        return None
    return write_condition(OnlyIf(field, frozenset(codes[it] for it in said)))


def _computed(sheet: Sheet, declared: Declaration) -> str | None:
    text = sheet.text("computed")
    if not text:
        return None
    wrong = computing.formula_problem(declared, text)
    if wrong is not None:
        sheet.refuse("computed", wrong)
    return text
