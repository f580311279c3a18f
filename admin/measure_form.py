"""The form of a measure, and the measure that the form means."""

from typing import Any

from sqlalchemy import select

from admin import rule_choices, visit
from admin.asked import Asked, Choices, Sheet
from admin.target_form import LONGEST_TITLE, clauses
from models import measure_checks
from models.measures import AGGREGATES, NEED_FIELD, Measure
from models.register import DURATION, MONEY, PERSON, Declaration
from models.rules.formula import UNITS
from models.targets import MOMENTS, SlaTarget
from models.words import Label

WORDS = {
    "count": Label("条数", "how many"),
    "sum": Label("合计", "sum"),
    "average": Label("平均", "average"),
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
PLACES = {"clause": "clauses", "register": "name_zh"}
SHARE = "share"


def sheet_of(declared: Declaration, measure: Measure | None) -> Sheet:
    """Return the form as it was sent, else as a measure has it."""
    targets = _targets(declared, measure)
    asked = [*_what(declared, measure), *_whom(declared, measure, targets), *_rest()]
    return Sheet(asked, _first(declared, measure))


def sections() -> list[dict[str, Any]]:
    """Return the form's sections, as settings/form.html takes them."""
    t = visit.t
    parts: list[tuple[str | None, list[str], bool]] = [
        (None, ["name_zh", "name_en", "aggregate", "field", "share_of"], False),
        (
            t("哪些记录、算给谁", "Which entries, for whom"),
            [
                "target",
                "verdict",
                "date_field",
                "person_field",
                "whose",
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
            "condition",
            "share_of",
            "date_field",
            "person_field",
            "whose",
            "target",
            "unit",
        )
    } | {"clauses": measure.clause, "verdict": measure.verdict or "any"}


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
        condition=sheet.text("condition") or None,
        share_of=(sheet.text("share_of") or None) if aggregate == SHARE else None,
        date_field=(sheet.text("date_field") or None) if by_entry else None,
        person_field=(sheet.text("person_field") or None) if by_entry else None,
        whose=sheet.text("whose") or "person",
        target=target,
        verdict=None if by_entry else sheet.text("verdict") or "any",
        unit=sheet.text("unit") or _unit(declared, aggregate, field),
        clause=clauses(sheet.text("clauses")),
    )


def _unit(declared: Declaration, aggregate: str, field: str) -> str:
    """Return the unit in which formulas read a figure of a field."""
    if aggregate == SHARE:
        return "percent"
    if aggregate in ("sum", "average") and declared.has(field):
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
