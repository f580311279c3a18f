"""The form of a measure, and the measure that the form means."""

from typing import Any

from sqlalchemy import select

from admin import rule_choices, visit
from admin.asked import Asked, Choices, Sheet
from admin.target_form import LONGEST_TITLE, clauses
from models import measure_checks
from models.measure_checks import WEIGHTS
from models.measures import ADDED_UP, AGGREGATES, NEED_FIELD, Measure
from models.register import DURATION, MONEY, PERSON, Declaration
from models.rules.formula import UNITS
from models.targets import MOMENTS, SlaTarget
from models.words import Label

WORDS = {
    "count": Label("条数", "how many"),
    "sum": Label("合计", "sum"),
    "average": Label("平均", "average"),
    "daily": Label("日均", "daily average"),
    "share": Label("占比", "share"),
    "distinct": Label("不同的有几个", "how many different"),
}
VERDICTS = {
    "late": Label("逾期的", "late"),
    "met": Label("按时完成的", "met in time"),
    "excused": Label("已剔除的", "excused"),
    "any": Label("全部", "all"),
}
WHOSE = {
    "person": Label("本人", "the person"),
    "superior": Label("其直接上级", "their superior"),
}
PLACES = {"clause": "clauses", "register": "name_zh", "split": "split_register"}
# What is said of shares, but their register: the key, as the form calls it.
SPLIT = {
    "split_of": Label("写着分给哪一条的字段", "Field that names what is shared"),
    "split_person": Label("分给谁的字段", "Field of the person"),
    "split_share": Label("比例（%）的字段", "Field of the share in per cent"),
    "split_via": Label("本台账指向它的字段", "Field here that names the same"),
    "split_since": Label("从哪天起的字段", "Field of the first day"),
    "split_until": Label("到哪天止的字段", "Field of the last day"),
    "split_condition": Label("只算哪些分成", "Only shares where"),
    "split_whole_when": Label("被分的记录要符合", "Only of what is shared where"),
}
SHARE = "share"

SPLIT_TEXTS = frozenset({"split_condition", "split_whole_when"})


def sheet_of(declared: Declaration, measure: Measure | None) -> Sheet:
    """Return the form as it was sent, else as a measure has it."""
    targets = _targets(declared, measure)
    asked = [*_what(declared, measure), *_whom(declared, measure, targets), *_rest()]
    return Sheet(asked, _first(declared, measure))


def sections() -> list[dict[str, Any]]:
    """Return the form's sections, as settings/form.html takes them."""
    t = visit.t
    parts: list[tuple[str | None, list[str], bool]] = [
        (
            None,
            ["name_zh", "name_en", "aggregate", "field", "weight", "share_of"],
            False,
        ),
        (
            t("哪些记录、算给谁", "Which entries, for whom"),
            [
                "target",
                "verdict",
                "date_field",
                "person_field",
                "whose",
                "split_register",
                *SPLIT,
                "condition",
            ],
            False,
        ),
        (t("单位与依据", "Unit and source"), ["unit", "clauses"], True),
    ]
    return [
        {"label": label, "help": None, "names": names, "advanced": advanced}
        for label, names, advanced in parts
    ]


def _what(declared: Declaration, measure: Measure | None) -> list[Asked]:
    t, language = visit.t, visit.language()
    held = measure.field if measure is not None else None
    weight = measure.weight if measure is not None else None
    weights = rule_choices.fields(declared, WEIGHTS, weight)
    aggregates = [(one, WORDS[one].text(language)) for one in AGGREGATES]
    return [
        Asked("name_zh", t("名称", "Title"), required=True, max_length=LONGEST_TITLE),
        Asked("name_en", t("英文名称", "English title"), max_length=LONGEST_TITLE),
        Asked(
            "aggregate",
            t("怎么算", "Reckoned as"),
            "radio",
            required=True,
            choices=aggregates,
            wide=True,
        ),
        Asked(
            "field",
            t("算哪个字段", "Of which field"),
            "choice",
            choices=[rule_choices.BLANK, *rule_choices.fields(declared, held=held)],
            shown_if=("aggregate", NEED_FIELD),
        ),
        Asked(
            "weight",
            t("再乘以哪个字段", "Times which field"),
            "choice",
            choices=[rule_choices.BLANK, *weights],
            help=t(
                "加权：每条记录的数乘以这个字段，平均时按它加权。",
                "Each entry counts its figure times this one; averages are weighed.",
            ),
            shown_if=("aggregate", ADDED_UP),
        ),
        Asked(
            "share_of",
            t("占比的条件", "Share of"),
            "long",
            help=t(
                "所算记录中符合这个条件的占多少，如 满意度 in ('5', '4')。",
                "Of the entries, the part for which this holds.",
            ),
            more=rule_choices.names(declared),
            wide=True,
            max_length=2_000,
            shown_if=("aggregate", [SHARE]),
        ),
    ]


def _whom(
    declared: Declaration, measure: Measure | None, targets: Choices
) -> list[Asked]:
    t, language, blank = visit.t, visit.language(), rule_choices.BLANK
    by_entry = ("target", [""])
    days = rule_choices.fields(
        declared, MOMENTS, measure.date_field if measure is not None else None
    )
    people = rule_choices.fields(
        declared, {PERSON}, measure.person_field if measure is not None else None
    )
    return [
        Asked(
            "target",
            t("按时限", "By a time limit"),
            "choice",
            choices=[("", t("不看时限，按记录", "none: by the entries")), *targets],
            help=t(
                "选了时限，就按到期日算给负责人。",
                "With a time limit: dated by the due day, for whoever answers for it.",
            ),
        ),
        Asked(
            "verdict",
            t("哪些", "Which"),
            "radio",
            choices=[(code, it.text(language)) for code, it in VERDICTS.items()],
            shown_if=("target", [code for code, _ in targets]),
        ),
        Asked(
            "date_field",
            t("按哪个日期", "By which day"),
            "choice",
            choices=[blank, *days],
            shown_if=by_entry,
        ),
        Asked(
            "person_field",
            t("算给谁", "For whom"),
            "choice",
            choices=[blank, *people],
            shown_if=by_entry,
        ),
        Asked(
            "whose",
            t("归属", "Counts for"),
            "radio",
            choices=[(code, it.text(language)) for code, it in WHOSE.items()],
        ),
        *_split(),
        Asked(
            "condition",
            t("只算哪些记录", "Only entries where"),
            "long",
            help=rule_choices.condition_help(),
            more=rule_choices.names(declared),
            wide=True,
            max_length=2_000,
        ),
    ]


def _split() -> list[Asked]:
    """Return what is asked of shares; their register first, then its fields by name."""
    t, language = visit.t, visit.language()
    registers = [(code, title) for code, title in rule_choices.registers()]
    return [
        Asked(
            "split_register",
            t("按比例分给几个人", "Shared between people"),
            "choice",
            choices=[
                ("", t("不分，整条算一个人的", "no: an entry is one's")),
                *registers,
            ],
            help=t(
                "选记着各人比例的台账；没有比例的记录整条算本人的。",
                "The register that keeps the shares; an entry without any is whole.",
            ),
        ),
        *(
            Asked(
                name,
                label.text(language),
                max_length=2_000 if name in SPLIT_TEXTS else 41,
                shown_if=("split_register", [code for code, _ in registers]),
            )
            for name, label in SPLIT.items()
        ),
    ]


def _split_of(sheet: Sheet) -> dict[str, str] | None:
    """Return what the form says of shares; None for none."""
    if not sheet.text("split_register"):
        return None
    said = {"register": sheet.text("split_register")}
    said |= {name.removeprefix("split_"): sheet.text(name) for name in SPLIT}
    return {key: value for key, value in said.items() if value}


def _rest() -> list[Asked]:
    t, language = visit.t, visit.language()
    units = [
        (code, unit.label.text(language))
        for code, unit in UNITS.items()
        if unit.is_quantity
    ]
    return [
        Asked(
            "unit",
            t("单位", "Unit"),
            "choice",
            choices=[("", t("按字段自动定", "as the field has it")), *units],
        ),
        Asked(
            "clauses",
            t("依据条款", "Clauses"),
            help=t("如 S0-04-22，几条用空格隔开。", "Such as S0-04-22, with blanks."),
            max_length=400,
        ),
    ]


def _targets(declared: Declaration, measure: Measure | None) -> list[tuple[str, str]]:
    """Return the time limits of a register, each by its newest name."""
    query = select(SlaTarget).where(SlaTarget.register == declared.code)
    found: dict[str, str] = {}
    for one in visit.session().scalars(query.order_by(SlaTarget.version)):
        found[one.code] = one.label.text(visit.language())
    if measure is not None and measure.target and measure.target not in found:
        found[measure.target] = measure.target
    return list(found.items())


def _first(declared: Declaration, measure: Measure | None) -> dict[str, str]:
    if measure is None:
        people = dict(rule_choices.fields(declared, {PERSON}))
        return {
            "aggregate": "count",
            "whose": "person",
            "verdict": "late",
            "person_field": "holder" if "holder" in people else "",
        }
    return {
        name: getattr(measure, name) or ""
        for name in (
            "name_zh",
            "name_en",
            "aggregate",
            "field",
            "weight",
            "condition",
            "share_of",
            "date_field",
            "person_field",
            "whose",
            "target",
            "unit",
        )
    } | {
        "clauses": measure.clause,
        "verdict": measure.verdict or "any",
        **{f"split_{key}": value for key, value in (measure.split or {}).items()},
    }


def read(sheet: Sheet, declared: Declaration, code: str) -> Measure:
    """Return the measure that the form means, unsaved; mistakes stand in the sheet."""
    sheet.look_over()
    aggregate = sheet.text("aggregate")
    target = sheet.text("target") or None
    by_entry = target is None
    field = sheet.text("field") if aggregate in NEED_FIELD else ""
    needed = {
        "field": aggregate in NEED_FIELD,
        "share_of": aggregate == SHARE,
        "date_field": by_entry,
        "person_field": by_entry,
    }
    for name, is_needed in needed.items():
        if is_needed and not sheet.text(name):
            sheet.refuse(name, Label("请填写这一项。", "Fill this in."))
    zh = sheet.text("name_zh")
    return Measure(
        code=code,
        register=declared.code,
        name_zh=zh,
        name_en=sheet.text("name_en") or zh,
        aggregate=aggregate,
        field=field or None,
        weight=(sheet.text("weight") or None) if aggregate in ADDED_UP else None,
        condition=sheet.text("condition") or None,
        share_of=(sheet.text("share_of") or None) if aggregate == SHARE else None,
        date_field=(sheet.text("date_field") or None) if by_entry else None,
        person_field=(sheet.text("person_field") or None) if by_entry else None,
        whose=sheet.text("whose") or "person",
        split=_split_of(sheet),
        target=target,
        verdict=None if by_entry else sheet.text("verdict") or "any",
        unit=sheet.text("unit") or _unit(declared, aggregate, field),
        clause=clauses(sheet.text("clauses")),
    )


def _unit(declared: Declaration, aggregate: str, field: str) -> str:
    """Return the unit in which formulas read a figure of a field."""
    if aggregate == SHARE:
        return "percent"
    if aggregate in ADDED_UP and declared.has(field):
        units = {MONEY: "money", DURATION: "hours"}
        return units.get(declared.field(field).type, "number")
    return "number"


def refuse_wrong(sheet: Sheet, wanted: Measure) -> None:
    """Put beside their fields the mistakes that only the register tells."""
    told = set(sheet.form.errors)
    for column, said in measure_checks.wrong_columns(wanted):
        name = PLACES.get(column, column)
        if name in told:
            continue
        if column == "field" and wanted.field:
            said = _no_figure(wanted)  # noqa: PLW2901 - said better here
        sheet.refuse(name, said)


def _no_figure(wanted: Measure) -> Label:
    words = WORDS[wanted.aggregate]
    return Label(
        f"“{words.zh}”只能算数字、金额或时长的字段，请另选一个。",
        f"“{words.en}” takes a field of numbers, money or lengths of time; choose "
        "another.",
    )
