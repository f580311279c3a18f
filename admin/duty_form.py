"""The form of a duty, and the version of it that the form means."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from admin import rule_choices, visit
from admin.asked import Asked, Sheet
from admin.target_form import LONGEST_TITLE, clauses, length_text
from models import access, catalogue, duties, references
from models.duties import DECEMBER, LENGTHS, SUBORDINATES, Duty
from models.measures import Measure
from models.register import CHOICE, CHOICES
from models.rules import cell_values
from models.rules.cell_basics import CellError
from models.rules.formula import PERCENT, UNITS
from models.rules.periods import KIND_LABELS, PeriodKind
from models.words import Label

PLACES = {"code": "name_zh", "measure": "name_zh"}
YES, NO = "yes", "no"
MOST_NAMED = 100  # people a duty names
_SEPARATORS = str.maketrans("、，,；;", "     ")


def sheet_of(measure: Measure, duty: Duty | None) -> Sheet:
    """Return the form as it was sent, else as a duty has it."""
    return Sheet(
        [*_what(measure, duty), *_who(), *_when(), *_rest()], _first(measure, duty)
    )


def sections() -> list[dict[str, Any]]:
    """Return the form's sections, as settings/form.html takes them."""
    t = visit.t
    parts: list[tuple[str | None, list[str], bool]] = [
        (None, ["name_zh", "name_en", "period", "at_least", "at_most", "times"], False),
        (t("谁承担", "Who owes it"), ["posts", "people", "department"], False),
        (
            t("怎样才算", "What counts"),
            ["each_field", "each_least", "topics_field", "topics", "on_trips"],
            False,
        ),
        (
            t("到期与提醒", "Due and reminded"),
            ["due", "remind_before", "calendar", "months", "valid_from"],
            False,
        ),
        (t("依据与说明", "Source and note"), ["clauses", "note"], True),
    ]
    return [
        {"label": label, "help": None, "names": names, "advanced": advanced}
        for label, names, advanced in parts
    ]


def _what(measure: Measure, duty: Duty | None) -> list[Asked]:
    t, language, blank = visit.t, visit.language(), rule_choices.BLANK
    declared = catalogue.current()[measure.register]
    kinds = [(str(one), it.text(language)) for one, it in KIND_LABELS.items()]
    if duty is not None:  # a duty keeps its period
        kinds = [one for one in kinds if one[0] == duty.period]
    held = (None, None) if duty is None else (duty.each_field, duty.topics_field)
    lengths = rule_choices.fields(declared, LENGTHS, held[0])
    topics = rule_choices.fields(declared, {CHOICE, CHOICES}, held[1])
    unit = "%" if UNITS[measure.unit] == PERCENT else None
    return [
        Asked("name_zh", t("名称", "Title"), required=True, max_length=LONGEST_TITLE),
        Asked("name_en", t("英文名称", "English title"), max_length=LONGEST_TITLE),
        Asked("period", t("周期", "Period"), "choice", required=True, choices=kinds),
        Asked("at_least", t("至少", "At least"), unit=unit, max_length=20),
        Asked("at_most", t("至多", "At most"), unit=unit, max_length=20),
        Asked(
            "times",
            t("乘以", "Times"),
            "choice",
            choices=[
                ("", t("不乘", "nothing")),
                (SUBORDINATES, t("下属人数", "the number of subordinates")),
            ],
        ),
        Asked(
            "each_field",
            t("每次看哪个字段", "Each by its"),
            "choice",
            choices=[blank, *lengths],
            help=t("如时长；不够的不计数。", "Such as minutes; less does not count."),
        ),
        Asked("each_least", t("每次至少", "Each at least"), "integer", max_length=9),
        Asked(
            "topics_field",
            t("主题字段", "Topics of"),
            "choice",
            choices=[blank, *topics],
        ),
        Asked(
            "topics",
            t("必须包含的主题", "Topics to be covered"),
            help=t("写选项代号，用空格隔开。", "Codes of options, with blanks."),
            more=rule_choices.names(declared),
            max_length=400,
        ),
    ]


def _who() -> list[Asked]:
    t = visit.t
    posts = t("、", ", ").join(_names("post").values())
    known = t(f"有：{posts}。", f"There are {posts}. ")
    everybody = t(
        "岗位和人员都不填，就是部门里每个人。",
        "Without posts and people it is everybody of the department.",
    )
    return [
        Asked(
            "posts",
            t("岗位", "Posts"),
            help=known + everybody,
            max_length=400,
        ),
        Asked(
            "people",
            t("指定人员", "Named people"),
            help=t("写工号，用空格隔开。", "Staff numbers, with blanks."),
            max_length=1_000,
        ),
        Asked(
            "department",
            t("哪个部门", "Department"),
            "choice",
            choices=[
                ("", t("全公司", "the whole company")),
                *rule_choices.departments(),
            ],
        ),
        Asked(
            "on_trips",
            t("出差时", "On trips"),
            "radio",
            choices=[(NO, t("不计", "not owed")), (YES, t("照常", "owed as well"))],
        ),
    ]


def _when() -> list[Asked]:
    t = visit.t
    return [
        Asked(
            "due",
            t("到期点", "Due"),
            help=t(
                "不填就是周期结束。从周期开始算，如 day 5、friday earlier。",
                "Empty: the period's end. Else from its beginning, such as day 5 or "
                "friday earlier.",
            ),
            max_length=100,
        ),
        Asked(
            "remind_before",
            t("提前提醒", "Reminder before"),
            "duration",
            unit=t("小时", "hours"),
            help=t("按营业时间；不填就不提醒。", "Of business time; empty for none."),
        ),
        Asked(
            "calendar",
            t("工作日历", "Calendar"),
            "choice",
            choices=[
                ("", t("部门自己的", "the department's own")),
                *rule_choices.calendars(),
            ],
        ),
        Asked(
            "months",
            t("只在几月", "Only in months"),
            help=t("如 12；不填就是每个月。", "Such as 12; empty: all."),
            max_length=40,
        ),
        Asked(
            "valid_from",
            t("从哪天起用", "Valid from"),
            "date",
            required=True,
            help=t(
                "这一天起开始的周期按新的算，以前的结论不变。",
                "Counts for periods that begin from this day on; verdicts stay.",
            ),
        ),
    ]


def _rest() -> list[Asked]:
    t = visit.t
    return [
        Asked(
            "clauses",
            t("依据条款", "Clauses"),
            help=t("如 S0-04-22，几条用空格隔开。", "Such as S0-04-22, with blanks."),
            max_length=400,
        ),
        Asked("note", t("说明", "Note"), "long", wide=True, max_length=2_000),
    ]


def _first(measure: Measure, duty: Duty | None) -> dict[str, str]:
    today = visit.now().astimezone(visit.zone()).date().isoformat()
    if duty is None:
        return {
            "name_zh": measure.name_zh,
            "name_en": measure.name_en,
            "period": PeriodKind.MONTH.value,
            "on_trips": NO,
            "valid_from": today,
        }
    warn = duty.remind_before
    posts, staff = _names("post"), _numbers_of(duty.people)
    return {
        "name_zh": duty.name_zh,
        "name_en": duty.name_en,
        "period": duty.period,
        "at_least": _shown(duty.at_least, measure),
        "at_most": _shown(duty.at_most, measure),
        "times": duty.times or "",
        "each_field": duty.each_field or "",
        "each_least": "" if duty.each_least is None else str(duty.each_least),
        "topics_field": duty.topics_field or "",
        "topics": " ".join(duty.topics),
        "posts": "、".join(posts.get(one, str(one)) for one in duty.posts),
        "people": " ".join(staff),
        "department": str(duty.department_id or ""),
        "on_trips": YES if duty.on_trips else NO,
        "due": duty.due or "",
        "remind_before": "" if warn is None else length_text(warn),
        "calendar": duty.calendar or "",
        "months": " ".join(str(one) for one in duty.months),
        "valid_from": max(today, duty.valid_from.isoformat()),
        "clauses": duty.clauses,
        "note": duty.note,
    }


def _shown(value: Decimal | None, measure: Measure) -> str:
    if value is None:
        return ""
    if UNITS[measure.unit] == PERCENT:
        value *= 100
    return f"{value.normalize():f}"


def _names(register: str) -> dict[int, str]:
    """Return the entries of a register by id, as they are called."""
    table = catalogue.current().table(register)
    query = access.visible(access.SYSTEM, register).order_by(table.c.id)
    ids = visit.session().scalars(query.with_only_columns(table.c.id)).all()
    return references.labels(visit.session(), register, ids)


def _numbers_of(ids: list[int]) -> list[str]:
    table = catalogue.current().table("staff")
    query = access.visible(access.SYSTEM, "staff").where(table.c.id.in_(ids))
    narrowed = query.with_only_columns(table.c.staff_number)
    return list(visit.session().scalars(narrowed.order_by(table.c.staff_number)))


def read(
    sheet: Sheet,
    measure: Measure,
    code: str,
    *,
    enabled: bool = True,
    before: Duty | None = None,
) -> Duty:
    """Return the version that the form means, unsaved; mistakes stand in the sheet.

    For which entries it is owed stays as in the version before.
    """
    sheet.look_over()
    zh, department = sheet.text("name_zh"), sheet.text("department")
    return Duty(
        code=code,
        name_zh=zh,
        name_en=sheet.text("name_en") or zh,
        measure=measure.code,
        period=sheet.text("period"),
        at_least=_amount(sheet, "at_least", measure),
        at_most=_amount(sheet, "at_most", measure),
        times=sheet.text("times") or None,
        each_field=sheet.text("each_field") or None,
        each_least=_whole(sheet, "each_least"),
        topics_field=sheet.text("topics_field") or None,
        topics=_words(sheet, "topics"),
        for_each=None if before is None else before.for_each,
        months=_months(sheet),
        posts=_posts(sheet),
        people=_people(sheet),
        on_trips=sheet.text("on_trips") == YES,
        calendar=sheet.text("calendar") or None,
        due=" ".join(sheet.text("due").lower().split()) or None,
        remind_before=_typed(sheet, "remind_before", _hours),
        department_id=int(department) if department.isdecimal() else None,
        valid_from=_typed(sheet, "valid_from", cell_values.read_date) or date.max,
        enabled=enabled,
        clauses=clauses(sheet.text("clauses")),
        note=sheet.text("note"),
    )


def refuse_wrong(sheet: Sheet, wanted: Duty) -> None:
    """Put beside their fields the mistakes that only the database tells."""
    told = set(sheet.form.errors)
    for column, said in duties.wrong_columns(visit.session(), wanted):
        name = PLACES.get(column, column)
        if name not in told:
            sheet.refuse(name, said)


def _amount(sheet: Sheet, name: str, measure: Measure) -> Decimal | None:
    text = sheet.text(name).replace(",", "").replace("%", "")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= 10**9:
        sheet.refuse(name, Label("请填写数字，如 3。", "Give a number such as 3."))
        return None
    return found / 100 if UNITS[measure.unit] == PERCENT else found


def _whole(sheet: Sheet, name: str) -> int | None:
    text = sheet.text(name)
    if text and not (text.isdecimal() and text.isascii()):
        sheet.refuse(name, Label("请填写整数，如 30。", "Give a whole number."))
        return None
    return int(text) if text else None


def _words(sheet: Sheet, name: str) -> list[str]:
    return sheet.text(name).translate(_SEPARATORS).split()


def _months(sheet: Sheet) -> list[int]:
    found = _words(sheet, "months")
    known = {str(one): one for one in range(1, DECEMBER + 1)}
    if any(one not in known for one in found):
        said = Label("月份写 1 到 12，用空格隔开。", "Give months from 1 to 12.")
        sheet.refuse("months", said)
        return []
    return sorted({known[one] for one in found})


def _posts(sheet: Sheet) -> list[int]:
    return _known(sheet, "posts", {name: key for key, name in _names("post").items()})


def _people(sheet: Sheet) -> list[int]:
    wanted = _words(sheet, "people")[:MOST_NAMED]
    table = catalogue.current().table("staff")
    query = access.visible(access.SYSTEM, "staff").where(
        table.c.staff_number.in_(wanted)
    )
    columns = query.with_only_columns(table.c.staff_number, table.c.id)
    found = {number: key for number, key in visit.session().execute(columns)}  # noqa: C416 - rows are no pairs for mypy
    return _known(sheet, "people", found)


def _known(sheet: Sheet, name: str, ids: Mapping[str, int]) -> list[int]:
    """Return the ids of what was typed; what is not there is told."""
    wanted = _words(sheet, name)
    strange = [one for one in wanted if one not in ids]
    if strange:
        words = "、".join(strange)
        said = Label(f"没有“{words}”，请核对。", f"There is no “{words}”. Check it.")
        sheet.refuse(name, said)
    return sorted({ids[one] for one in wanted if one in ids})


def _hours(text: str) -> timedelta | None:
    return cell_values.read_duration(text, unit="hours")


def _typed(sheet: Sheet, name: str, read_it: Callable[[str], Any]) -> Any:
    try:
        return read_it(sheet.text(name))
    except CellError as error:
        sheet.refuse(name, error.label)
        return None
