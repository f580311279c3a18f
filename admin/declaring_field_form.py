"""The form of one field in all it can be: default, condition, formula, type, limits.

Texts only: `declaring_field_read.py` makes of them the stanza a template would say.
"""

from collections.abc import Iterator
from typing import Any

from admin import declaring_type, rule_choices, visit
from admin.asked import Asked, Choices, Sheet
from admin.column_converters import edit_text
from admin.declaring_form import TYPES
from models import catalogue
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    INSTANT,
    LONG_TEXT,
    REFERENCES,
    TEXTUAL,
    WITHOUT_COLUMN,
    YES_NO,
    Declaration,
    Field,
    From,
    Given,
    Lookup,
    OnlyIf,
)
from models.words import Label

NONE, FIXED, FROM, LOOKUP, KEPT = "none", "fixed", "from", "lookup", "kept"
GIVEN = {
    Given.NOW: Label("填写时的时间", "the moment of writing"),
    Given.TODAY: Label("填写当天", "the day of writing"),
    Given.ME: Label("填写人", "whoever writes"),
    Given.MY_DEPARTMENT: Label("填写人的部门", "the writer's department"),
    Given.MY_BRANCH: Label("填写人的分公司", "the writer's branch"),
}
LONGEST = 2_000


def given_of(one: Field) -> Iterator[Given]:
    """Yield what a field of that type can begin with, by who writes and when."""
    target = one.refers_to
    found = {
        Given.NOW: one.type is INSTANT,
        Given.TODAY: one.type is DATE,
        Given.ME: target == "staff",
        Given.MY_DEPARTMENT: target == "department",
        Given.MY_BRANCH: target == "branch",
    }
    return (each for each, fits in found.items() if fits)


def sheet_of(declared: Declaration, one: Field, *, is_own: bool) -> Sheet:
    """Return the form as it was sent, else as the field is.

    Args:
        declared: The register.
        one: The field.
        is_own: Whether its type and formula are the panel's to change.
    """
    asked = [
        *_words(),
        *_kind(one, is_own=is_own),
        *_limits(one),
        *_begins(declared, one),
        *_conditions(declared, one),
        *_formula(declared, is_own=is_own),
    ]
    return Sheet(asked, _first(declared, one))


def sections(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the form's sections, as settings/form.html takes them."""
    t = visit.t
    parts = [
        (None, ("zh", "en", "type", "help_zh", "help_en"), False),
        (
            t("新记录里先填什么", "What a new entry begins with"),
            ("default", "value", "path", "register", "take", "match"),
            False,
        ),
        (
            t("什么时候填", "When it applies"),
            ("only_field", "only_values", "must_field", "must_values"),
            False,
        ),
        (t("计算", "Formula"), ("computed",), False),
        (
            t("限制与单位", "Limits and unit"),
            ("unit_zh", "unit_en", "minimum", "maximum", "max_length", "places"),
            True,
        ),
    ]
    there = {one.name for one in sheet.asked}
    found = [
        (label, [it for it in some if it in there], adv) for label, some, adv in parts
    ]
    return [
        {"label": label, "help": None, "names": names, "advanced": advanced}
        for label, names, advanced in found
        if names
    ]


def _words() -> list[Asked]:
    t = visit.t
    return [
        Asked("zh", t("名称", "Words"), required=True, max_length=40),
        Asked("en", t("英文", "English"), max_length=60),
        Asked("help_zh", t("说明", "Help"), max_length=200),
        Asked("help_en", t("英文说明", "English help"), max_length=200),
    ]


def _kind(one: Field, *, is_own: bool) -> list[Asked]:
    if one.type in WITHOUT_COLUMN or not is_own:
        return []
    language = visit.language()
    choices = [
        (it.value, TYPES[it.value].text(language))
        for it in declaring_type.in_place(one)
    ]
    beside = visit.t("（另建一栏）", " (a new field)")
    choices += [
        (it.value, TYPES[it.value].text(language) + beside)
        for it in declaring_type.anew(one)
    ]
    return [
        Asked(
            "type",
            visit.t("类型", "Type"),
            "choice",
            required=True,
            choices=choices,
            help=visit.t(
                "内容都会保留；另建一栏时，能转换的值转过去，原来的停用。",
                "Every value stays; a new field takes those that fit, and the old one "
                "is retired.",
            ),
        )
    ]


def _limits(one: Field) -> list[Asked]:
    t, found = visit.t, []
    if one.type in declaring_type.NUMBERS:
        found = [
            Asked("unit_zh", t("单位", "Unit"), max_length=10),
            Asked("unit_en", t("英文单位", "English unit"), max_length=20),
            Asked("minimum", t("最小", "At least"), "decimal"),
            Asked("maximum", t("最大", "At most"), "decimal"),
        ]
        if one.type is DECIMAL:
            found.append(Asked("places", t("小数位数", "Places"), "integer"))
    elif one.type in TEXTUAL - {LONG_TEXT}:
        found = [Asked("max_length", t("最多字数", "Longest"), "integer")]
    return found


def _begins(declared: Declaration, one: Field) -> list[Asked]:
    if one.type in WITHOUT_COLUMN:
        return []
    t, language = visit.t, visit.language()
    kinds = [(NONE, t("空着", "nothing"))]
    if one.type not in REFERENCES:
        kinds.append((FIXED, t("固定的值", "a fixed value")))
    kinds += [(it.value, GIVEN[it].text(language)) for it in given_of(one)]
    paths = list(_paths(declared, one))
    if paths:
        kinds.append((FROM, t("取自所选记录的字段", "a field of a chosen entry")))
    kinds.append((LOOKUP, t("到其他台账里查", "looked up in a register")))
    if _kept(one):
        kinds.append((KEPT, t("照现在的设置", "as it is set now")))
    value = Asked(
        "value",
        t("固定的值", "The value"),
        shown_if=("default", [FIXED]),
        max_length=LONGEST,
    )
    if one.type is CHOICE:
        options = [(it.value, it.label.text(language)) for it in one.options]
        value = Asked(
            "value",
            t("固定的值", "The value"),
            "choice",
            choices=[rule_choices.BLANK, *options],
            shown_if=("default", [FIXED]),
        )
    found = [
        Asked("default", t("先填", "Begins with"), "choice", choices=kinds),
        value,
    ]
    if paths:
        found.append(
            Asked(
                "path",
                t("取哪个字段", "Which field"),
                "choice",
                choices=[rule_choices.BLANK, *paths],
                shown_if=("default", [FROM]),
            )
        )
    return found + _lookup()


def _lookup() -> list[Asked]:
    t, shown = visit.t, ("default", [LOOKUP])
    return [
        Asked(
            "register",
            t("查哪个台账", "In which register"),
            "choice",
            choices=[rule_choices.BLANK, *rule_choices.registers()],
            shown_if=shown,
        ),
        Asked(
            "take",
            t("取它的字段", "Take its field"),
            help=t("字段的名称，或 id 表示这条记录本身。", "Its words; id: the entry."),
            shown_if=shown,
            max_length=80,
        ),
        Asked(
            "match",
            t("怎样对上", "What must match"),
            "long",
            help=t(
                "每行一个：它的字段 = 本台账的字段。只有恰好一条对上时才取。",
                "One a line: its field = this register's. Taken from exactly one.",
            ),
            shown_if=shown,
            wide=True,
            max_length=LONGEST,
        ),
    ]


def _kept(one: Field) -> bool:
    """Whether the field begins with what this form does not ask."""
    default = one.default
    if default is None or isinstance(default, From | Lookup):
        return isinstance(default, Lookup) and bool(default.empty)
    if isinstance(default, Given):
        return default not in set(given_of(one))
    return not isinstance(default, str | int | bool | tuple) and one.type in REFERENCES


def _paths(declared: Declaration, one: Field) -> Iterator[tuple[str, str]]:
    """Yield the fields of what the entry refers to that this one could take over."""
    language = visit.language()
    for link in declared.all_fields:
        register = link.refers_to
        if register is None or link.name == one.name or link.is_given:
            continue
        if register == one.refers_to:
            continue
        for other in catalogue.current()[register].all_fields:
            if other.column and _fits(other, one):
                label = f"{link.label.text(language)} · {other.label.text(language)}"
                yield f"{link.name}.{other.name}", label


def _fits(other: Field, one: Field) -> bool:
    """Whether a value of another field can stand in this one."""
    if other.personal and not one.personal:
        return False
    if one.type in (CHOICE, CHOICES):
        return other.type is one.type and other.options == one.options
    if one.type in TEXTUAL:
        return other.type is one.type
    return other.type is one.type and other.refers_to == one.refers_to


def deciding(declared: Declaration, one: Field) -> Choices:
    """Return the fields on which another can depend."""
    language = visit.language()
    return [
        (it.name, it.label.text(language))
        for it in declared.fields
        if it.type in (CHOICE, YES_NO) and it.name != one.name
    ]


def _conditions(declared: Declaration, one: Field) -> list[Asked]:
    offered = [rule_choices.BLANK, *deciding(declared, one)]
    if one.type in WITHOUT_COLUMN or len(offered) == 1:
        return []
    t = visit.t
    said = t("几个值用顿号隔开，如 退货、换货。", "Several with commas between.")
    names = [code for code, _ in offered[1:]]
    return [
        Asked("only_field", t("填写条件", "Shown only if"), "choice", choices=offered),
        Asked(
            "only_values",
            t("是这些值时才填", "has one of"),
            help=said,
            shown_if=("only_field", names),
        ),
        Asked(
            "must_field", t("必填条件", "Required only if"), "choice", choices=offered
        ),
        Asked(
            "must_values",
            t("是这些值时必填", "has one of"),
            help=said,
            shown_if=("must_field", names),
        ),
    ]


def _formula(declared: Declaration, *, is_own: bool) -> list[Asked]:
    if not is_own:
        return []
    return [
        Asked(
            "computed",
            visit.t("公式", "Formula"),
            "long",
            help=visit.t(
                "填了公式就不用人填，如 单价 * 数量 写作 price * count。",
                "With a formula nobody fills it in, such as price * count.",
            ),
            more=rule_choices.names(declared),
            wide=True,
            max_length=LONGEST,
        )
    ]


def _first(declared: Declaration, one: Field) -> dict[str, str]:
    found = {
        "zh": one.label.zh,
        "en": one.label.en,
        "type": one.type.value,
        "help_zh": one.help.zh if one.help else "",
        "help_en": one.help.en if one.help else "",
        "unit_zh": one.unit.zh if one.unit else "",
        "unit_en": one.unit.en if one.unit else "",
        "minimum": edit_text(one.minimum, visit.zone()),
        "maximum": edit_text(one.maximum, visit.zone()),
        "max_length": str(one.max_length),
        "places": str(one.places),
        "computed": one.computed or "",
        "default": NONE,
    }
    found |= _first_default(one)
    for prefix, condition in (("only", one.only_if), ("must", one.required_if)):
        if condition is not None and declared.has(condition.field):
            found[f"{prefix}_field"] = condition.field
            found[f"{prefix}_values"] = _values_text(declared, condition)
    return found


def _first_default(one: Field) -> dict[str, str]:
    default = one.default
    if default is None:
        return {}
    if _kept(one):
        return {"default": KEPT}
    match default:
        case Given():
            return {"default": default.value}
        case From():
            return {"default": FROM, "path": default.path}
        case Lookup():
            lines = (f"{theirs} = {ours}" for theirs, ours in default.match.items())
            return {
                "default": LOOKUP,
                "register": default.register,
                "take": default.take,
                "match": "\n".join(lines),
            }
    value = list(default) if isinstance(default, tuple) else default
    return {"default": FIXED, "value": edit_text(value, visit.zone())}


def _values_text(declared: Declaration, condition: OnlyIf) -> str:
    one = declared.field(condition.field)
    words = option_words(one)
    order = [code for code in words if code in condition.values]
    more = sorted(condition.values - set(order))
    return visit.t("、", ", ").join([words[it] for it in order] + more)


def option_words(one: Field) -> dict[str, str]:
    """Return what the values of a deciding field are called, by their codes."""
    language = visit.language()
    if one.type is YES_NO:
        return {"yes": visit.t("是", "Yes"), "no": visit.t("否", "No")}
    return {it.value: it.label.text(language) for it in one.options}
