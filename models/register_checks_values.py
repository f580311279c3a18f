"""Checks of single fields: what may stand in them and how they are shown."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from models import checking
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    INSTANT,
    INTEGER,
    MONEY,
    TEXTUAL,
    WITHOUT_COLUMN,
    YES_NO,
    Count,
    Declaration,
    Field,
    FirstOf,
    From,
    Given,
    Lookup,
    OnlyIf,
)
from models.register_findings import Codes, Finding, own_field, rule
from models.words import Label

NUMBERS = frozenset({INTEGER, DECIMAL, MONEY})
MOST_FIRST = 6
MOST_PLACES = 6
LONGEST_OPTION = 40
TONES = frozenset({"", "good", "warn", "bad", "busy"})
SOUGHT = From | Lookup | Count | FirstOf  # found in other entries, see R020


@rule("R003")
def required_can_be_given(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Nobody can fill in what nobody may write."""
    for one in declared.fields:
        demanded = one.required or one.required_if is not None
        if demanded and one.is_given and one.default is None and not one.standard:
            yield Finding(
                one.name,
                Label(
                    "必填却只读，表单永远保存不了。",
                    "required but read-only; the form could never save a row.",
                ),
            )


@rule("R011")
def choices_have_options(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A choice offers options, each once and each fit to be stored; others none."""
    for one in declared.fields:
        is_choice = one.type in (CHOICE, CHOICES)
        if is_choice and not one.options:
            yield Finding(
                one.name, Label("没有选项，请补上。", "has no options; give some.")
            )
        if one.options and not is_choice:
            yield Finding(
                one.name,
                Label("有选项却不是选择字段。", "has options but is no choice field."),
            )
        for value, count in Counter(each.value for each in one.options).items():
            if count > 1:
                yield Finding(
                    one.name,
                    Label(
                        f"选项“{value}”写了 {count} 次。",
                        f"the option “{value}” is there {count} times.",
                    ),
                )


@rule("R012")
def options_can_be_stored(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """An option is a short word without commas, its tone one of a few."""
    for one in declared.fields:
        for each in one.options:
            fits = 0 < len(each.value) <= LONGEST_OPTION and "," not in each.value
            if not fits or each.tone not in TONES:
                yield Finding(
                    f"{one.name}.{each.value}",
                    Label(
                        f"选项值须为 1 到 {LONGEST_OPTION} 个字符且不含逗号，"
                        "色调只能是 good、warn、bad、busy 或空。",
                        f"an option has 1 to {LONGEST_OPTION} characters and no comma, "
                        "its tone is good, warn, bad, busy or empty.",
                    ),
                )


@rule("R013")
def literal_default_fits(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A default is what the form itself would accept, and of the field's type."""
    for one in declared.fields:
        if one.default is None or isinstance(one.default, SOUGHT):
            continue
        if isinstance(one.default, Given):
            if not given_fits(one, one.default):
                yield Finding(
                    one.name,
                    Label(
                        f"默认值 {one.default.value} 与字段类型不符。",
                        f"the default {one.default.value} is not of the field's type.",
                    ),
                )
            continue
        refused = _refused(one)
        if refused is not None:
            yield Finding(
                one.name,
                Label(f"默认值：{refused.zh}", f"the default: {refused.en}"),
            )


def given_fits(one: Field, default: Given) -> bool:
    """Whether what is given by who writes and when is of the field's type."""
    return {
        Given.NOW: one.type is INSTANT,
        Given.TODAY: one.type is DATE,
        Given.ME: one.refers_to == "staff",
        Given.MY_DEPARTMENT: one.refers_to == "department",
        Given.MY_BRANCH: one.refers_to == "branch",
    }[default]


def _refused(one: Field) -> Label | None:
    default: Any = one.default
    kept = checking.clean(one, list(default) if one.type is CHOICES else default)
    return kept if isinstance(kept, Label) else None


@rule("R014")
def pattern_is_readable(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A pattern is a regular expression over a text."""
    for one in declared.fields:
        if one.pattern is None:
            continue
        try:
            re.compile(one.pattern)
        except re.error as error:
            yield Finding(
                one.name,
                Label(f"格式写错了：{error}。", f"the pattern is broken: {error}."),
            )
        if one.type not in TEXTUAL:
            yield Finding(
                one.name,
                Label("只有文字字段能有格式。", "only a text can have a pattern."),
            )


@rule("R015")
def bounds_make_sense(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Only numbers have bounds, and the lower one is not above the upper."""
    for one in declared.fields:
        low, high = one.minimum, one.maximum
        if (low is not None or high is not None) and one.type not in NUMBERS:
            yield Finding(
                one.name,
                Label("只有数字能有上下限。", "only a number can have bounds."),
            )
        if low is not None and high is not None and low > high:
            yield Finding(
                one.name,
                Label(
                    f"下限 {low} 大于上限 {high}。",
                    f"the minimum {low} is above the maximum {high}.",
                ),
            )
        if not 0 <= one.places <= MOST_PLACES:
            yield Finding(
                one.name,
                Label(
                    f"小数位数须为 0 到 {MOST_PLACES}。",
                    f"has {one.places} places; 0 to {MOST_PLACES} fit.",
                ),
            )


@rule("R016")
def search_hides_nothing(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """The search text is read by everybody; masked and secret values stay out of it."""
    for one in declared.fields:
        if one.searchable and (one.personal or one.secret):
            yield Finding(
                one.name,
                Label(
                    "脱敏或保密的字段不能全文检索。",
                    "masked or secret, so it must not be searchable.",
                ),
            )
        elif one.searchable and one.type not in TEXTUAL:
            yield Finding(
                one.name,
                Label("只有文字能全文检索。", "only a text can be searchable."),
            )


@rule("R017")
def six_fields_come_first(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A form begins calmly, with six fields at most."""
    first = [one.name for one in declared.all_fields if one.first]
    if len(first) > MOST_FIRST:
        yield Finding(
            "",
            Label(
                f"有 {len(first)} 个常用字段（{'、'.join(first)}），"
                f"最多 {MOST_FIRST} 个。",
                f"{len(first)} fields come first ({', '.join(first)}); "
                f"{MOST_FIRST} at most.",
            ),
        )


@rule("R018")
def conditions_can_be_met(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A field may depend on another choice or yes/no field and on values it has."""
    for one in declared.fields:
        for condition in (one.only_if, one.required_if):
            wrong = condition and _condition_problem(declared, one, condition)
            if wrong:
                yield Finding(one.name, wrong)


def _condition_problem(
    declared: Declaration, one: Field, condition: OnlyIf
) -> Label | None:
    other = own_field(declared, condition.field)
    if other is None or other is one:
        return Label(
            f"条件中的字段 {condition.field} 不存在。",
            f"depends on {condition.field}, which is no other field.",
        )
    allowed = {each.value for each in other.options}
    if other.type is YES_NO:
        allowed = {"yes", "no"}
    unknown = sorted(condition.values - allowed)
    if unknown or not condition.values:
        return Label(
            f"条件值 {unknown} 不是 {condition.field} 的选项。",
            f"depends on values {unknown} that {condition.field} cannot have.",
        )
    return None


@rule("R019")
def shown_as_it_can_be(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Nobody edits what is given, and nothing is compared that has no column."""
    for one in declared.fields:
        if one.editable and one.is_given:
            yield Finding(
                one.name,
                Label(
                    "只读或计算字段不能在列表中修改。",
                    "read-only or computed, so it must not be editable in the list.",
                ),
            )
        beside = one.type in WITHOUT_COLUMN
        if beside and (one.editable or one.filterable or one.unique or one.computed):
            yield Finding(
                one.name,
                Label(
                    "附件和签名不能筛选、计算、在列表修改或要求唯一。",
                    "kept beside the entry, so it cannot be filtered, computed, unique "
                    "or edited in the list.",
                ),
            )
        if one.computed and one.default is not None:
            yield Finding(
                one.name,
                Label("计算字段不能有默认值。", "computed, so it has no default."),
            )
        if one.required and one.required_if is not None:
            yield Finding(
                one.name,
                Label(
                    "总是必填和有条件必填只能选一个。",
                    "required always and required sometimes; choose one.",
                ),
            )
