"""The form of a time limit, and the version of it that the form means."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from admin import (
    escalation_form,
    how_long_form,
    proposal_form,
    rule_choices,
    target_states,
    visit,
)
from admin.asked import Asked, Sheet
from models import catalogue, targets
from models.register import PERSON, Declaration
from models.rules import cell_values
from models.rules.cell_basics import CellError, duration_text
from models.targets import MOMENTS, SlaTarget
from models.words import Label

LONGEST_TITLE = 80
BETWEEN = "/"  # register, field that refers, field that stops
# Beside which field a problem with a column stands.
PLACES = {
    "stop_register": "stop_field",
    "stop_via": "stop_field",
    "register": "name_zh",
    "code": "name_zh",
}
HARD, SOFT = "hard", "soft"
_BY_STATE = Label("进入某个环节（在下面写明）", "entering a state (named below)")


def sheet_of(declared: Declaration, target: SlaTarget | None) -> Sheet:
    """Return the form as it was sent, else as a time limit has it."""
    asked = [
        *_asked(declared, target),
        *target_states.asked(declared),
        *proposal_form.asked(),
        *escalation_form.asked(_escalation(target)),
        *how_long_form.asked(rule_choices.fields(declared, MOMENTS)),
        how_long_form.asked_written(),
    ]
    return Sheet(asked, _first(declared, target))


def sections(sheet: Sheet, target: SlaTarget | None) -> list[dict[str, Any]]:
    """Return the form's sections, as settings/form.html takes them."""
    states = [name for name in target_states.NAMES if name in sheet.meta]
    how = [one.name for one in how_long_form.asked(())]
    return [
        _section(None, ["name_zh", "name_en", "start_field", "stop_field", *states]),
        _section(visit.t("多长时间", "How long"), [*how, "calendar", "warn_before"]),
        _section(
            visit.t("逾期后", "When it is late"),
            [*escalation_form.names(_escalation(target)), *proposal_form.NAMES],
        ),
        _section(
            visit.t("适用范围", "Whom it concerns"),
            ["responsible", "department", "hard", "valid_from", "condition"],
        ),
        _section(
            visit.t("依据与说明", "Source and note"),
            ["clauses", "note", "how_written"],
            advanced=True,
        ),
    ]


def _section(
    label: str | None, names: list[str], *, advanced: bool = False
) -> dict[str, Any]:
    return {"label": label, "help": None, "names": names, "advanced": advanced}


def _asked(declared: Declaration, target: SlaTarget | None) -> list[Asked]:
    t = visit.t
    blank = rule_choices.BLANK

    def held(name: str) -> str | None:
        return getattr(target, name) if target is not None else None

    starts = list(rule_choices.fields(declared, MOMENTS))
    if declared.flow is not None:
        starts.append((declared.flow.field, _BY_STATE.text(visit.language())))
    if held("start_field") not in (None, *dict(starts)):
        starts.append((held("start_field") or "", held("start_field") or ""))
    people = rule_choices.fields(declared, {PERSON}, held("responsible"))
    stops = [*_stops(declared)]
    if target is not None and _stop_of(target) not in dict(stops):
        stops.append((_stop_of(target), _stop_of(target)))
    return [
        Asked("name_zh", t("名称", "Title"), required=True, max_length=LONGEST_TITLE),
        Asked("name_en", t("英文名称", "English title"), max_length=LONGEST_TITLE),
        Asked(
            "start_field",
            t("起算时间", "Starts at"),
            "choice",
            required=True,
            choices=[blank, *starts],
        ),
        Asked(
            "stop_field",
            t("做完的标志", "Stops at"),
            "choice",
            required=True,
            choices=[blank, *stops],
            help=t(
                "这个字段填上了就算做完；也可以是别的台账里指向它的记录。",
                "Done once this field is filled; it may be one of another register's "
                "entry that refers to it.",
            ),
        ),
        Asked(
            "calendar",
            t("工作日历", "Calendar"),
            "choice",
            required=True,
            choices=[blank, *rule_choices.calendars()],
        ),
        Asked(
            "warn_before",
            t("提前提醒", "Warning before"),
            "duration",
            unit=t("小时", "hours"),
            help=t(
                "如 2、0.5 或 30分钟，按营业时间；不填就不提醒。",
                "Such as 2, 0.5 or 30min, of business time; empty for none.",
            ),
        ),
        Asked(
            "responsible",
            t("谁负责", "Who answers for it"),
            "choice",
            required=True,
            choices=people,
        ),
        Asked(
            "department",
            t("哪个部门", "Department"),
            "choice",
            choices=[
                ("", t("全公司", "the whole company")),
                *rule_choices.departments(),
            ],
            help=t(
                "选一个部门，就是为它另定一份，不影响其他部门。",
                "A department chosen here gets its own beside the company's.",
            ),
        ),
        Asked(
            "hard",
            t("要求", "Strictness"),
            "radio",
            choices=[(HARD, t("必须", "must")), (SOFT, t("力争", "should"))],
        ),
        Asked(
            "valid_from",
            t("从哪天起用", "Valid from"),
            "date",
            required=True,
            help=t(
                "这一天起发生的按新的算，以前的结论不变。",
                "Counts for what begins from this day on; earlier verdicts stay.",
            ),
        ),
        Asked(
            "condition",
            t("只管哪些记录", "Only entries where"),
            "long",
            help=rule_choices.condition_help(),
            more=rule_choices.names(declared),
            wide=True,
            max_length=2_000,
        ),
        Asked(
            "clauses",
            t("依据条款", "Clauses"),
            help=t("如 S0-04-22，几条用空格隔开。", "Such as S0-04-22, with blanks."),
            max_length=400,
        ),
        Asked("note", t("说明", "Note"), "long", wide=True, max_length=2_000),
    ]


def _stops(declared: Declaration) -> Iterator[tuple[str, str]]:
    """Yield what may stop a clock: own fields, moments first, then other registers'."""
    language = visit.language()
    own = rule_choices.fields(declared)
    moments = dict(rule_choices.fields(declared, MOMENTS))
    yield from sorted(own, key=lambda one: one[0] not in moments)
    for other in catalogue.current():
        if other.is_retired:
            continue
        for via, _ in other.columns:
            if via.refers_to != declared.code:
                continue
            for one, _ in other.columns:
                by_state = other.flow is not None and one.name == other.flow.field
                if one.type in MOMENTS or by_state:
                    path = BETWEEN.join((other.code, via.name, one.name))
                    words = (other.title, one.label, via.label)
                    register, moment, link = (it.text(language) for it in words)
                    yield path, f"{register}·{moment}（{link}）"


def _stop_of(target: SlaTarget) -> str:
    if target.stop_register is None:
        return target.stop_field
    return BETWEEN.join(
        (target.stop_register, target.stop_via or "", target.stop_field)
    )


def _first(declared: Declaration, target: SlaTarget | None) -> dict[str, str]:
    today = visit.now().astimezone(visit.zone()).date().isoformat()
    if target is None:
        people = dict(rule_choices.fields(declared, {PERSON}))
        return {
            "how": "rolled",
            "how_unit": "h",
            "hard": HARD,
            "valid_from": today,
            "responsible": "holder" if "holder" in people else "",
            "calendar": next((code for code, _ in rule_choices.calendars()), ""),
        }
    warn = target.warn_before
    return {
        "how_unit": "h",
        **target_states.first(declared, target),
        **escalation_form.first(target.escalation),
        **proposal_form.first(target),
        **how_long_form.first(target.how_long),
        "name_zh": target.name_zh,
        "name_en": target.name_en,
        "start_field": target.start_field,
        "stop_field": _stop_of(target),
        "calendar": target.calendar,
        "warn_before": "" if warn is None else length_text(warn),
        "responsible": target.responsible,
        "department": str(target.department_id or ""),
        "hard": HARD if target.hard else SOFT,
        "valid_from": max(today, target.valid_from.isoformat()),
        "condition": target.condition or "",
        "clauses": target.clauses,
        "note": target.note,
    }


def _escalation(target: SlaTarget | None) -> str:
    return "" if target is None else target.escalation


def length_text(span: timedelta) -> str:
    """Return a length as the form shows it: whole hours as a number of them."""
    hours, rest = divmod(span, timedelta(hours=1))
    return duration_text(span) if rest else str(hours)


def read(
    sheet: Sheet, declared: Declaration, code: str, found: SlaTarget | None = None
) -> SlaTarget:
    """Return the version that the form means, unsaved; mistakes stand in the sheet."""
    sheet.look_over()
    stop = sheet.text("stop_field").split(BETWEEN)
    register, via, stop_field = stop if len(stop) == 3 else (None, None, stop[-1])  # noqa: PLR2004 - the three of another register
    zh = sheet.text("name_zh")
    known = catalogue.current()
    stopping = declared if register is None else known[register]
    start_field = sheet.text("start_field")
    flow, stop_flow = declared.flow, stopping.flow
    starts = flow is not None and start_field == flow.field
    stops = stop_flow is not None and stop_field == stop_flow.field
    department = sheet.text("department")
    return SlaTarget(
        code=code,
        register=declared.code,
        name_zh=zh,
        name_en=sheet.text("name_en") or zh,
        condition=sheet.text("condition") or None,
        start_field=start_field,
        start_states=target_states.read(
            sheet, "start_states", declared if starts else None
        ),
        stop_states=target_states.read(
            sheet, "stop_states", stopping if stops else None
        ),
        pause_states=target_states.read(sheet, "pause_states", declared),
        escalation=escalation_form.read(sheet, _escalation(found)),
        proposes=proposal_form.read(sheet, declared, found),
        stop_field=stop_field,
        stop_register=register,
        stop_via=via,
        how_long=how_long_form.read(sheet),
        calendar=sheet.text("calendar"),
        hard=sheet.text("hard") != SOFT,
        warn_before=_warning(sheet),
        responsible=sheet.text("responsible"),
        department_id=int(department) if department.isdecimal() else None,
        valid_from=_day(sheet),
        enabled=found is None or found.enabled,
        clauses=clauses(sheet.text("clauses")),
        note=sheet.text("note"),
    )


def refuse_wrong(sheet: Sheet, wanted: SlaTarget) -> None:
    """Put beside their fields the mistakes that only the registers tell."""
    told = set(sheet.form.errors)
    for column, said in targets.wrong_columns(visit.session(), wanted):
        name = PLACES.get(column, column)
        if column == "how_long":
            written = bool(sheet.text("how_written"))
            name = "how_written" if written else "how_field"
        if name not in told and not (column == "how_long" and not wanted.how_long):
            sheet.refuse(name, said)


def clauses(text: str) -> str:
    """Return the clauses' codes with a blank between."""
    return " ".join(
        text.replace("、", " ").replace("，", " ").replace(",", " ").split()
    )


def _warning(sheet: Sheet) -> timedelta | None:
    try:
        return cell_values.read_duration(sheet.text("warn_before"), unit="hours")
    except CellError as error:
        sheet.refuse("warn_before", error.label)
        return None


def _day(sheet: Sheet) -> date:
    try:
        found = cell_values.read_date(sheet.text("valid_from"))
    except CellError as error:
        sheet.refuse("valid_from", error.label)
        found = None
    return found or visit.now().astimezone(visit.zone()).date()
