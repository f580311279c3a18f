"""A time limit in words: for its list, its preview and its history."""

from collections.abc import Callable, Mapping
from typing import Any

from admin import target_states, visit
from admin.column_converters import show_duration
from models import catalogue
from models.register import Declaration
from models.rules.escalation import parse_steps, step_label
from models.rules.how_long import HowLongError, needed_field
from models.rules.how_long_notation import parse_how_long
from models.rules.how_long_words import how_long_label
from models.target_preview import MOST, Outlook
from models.targets import SlaTarget
from models.words import Label

COLUMNS = {
    "name_zh": Label("名称", "title"),
    "name_en": Label("英文名称", "English title"),
    "condition": Label("条件", "condition"),
    "start_field": Label("起算", "start"),
    "stop_field": Label("做完的标志", "stop"),
    "stop_register": Label("做完的台账", "stopping register"),
    "stop_via": Label("所凭字段", "by the field"),
    "start_states": Label("起算的环节", "states that start it"),
    "stop_states": Label("做完的环节", "states that stop it"),
    "pause_states": Label("暂停的环节", "states that pause it"),
    "how_long": Label("时限", "how long"),
    "calendar": Label("工作日历", "calendar"),
    "hard": Label("必须", "must"),
    "warn_before": Label("提前提醒", "warning before"),
    "escalation": Label("升级", "escalation"),
    "proposes": Label("逾期建议", "what a breach proposes"),
    "responsible": Label("负责人", "responsible"),
    "department_id": Label("部门", "department"),
    "valid_from": Label("起用", "valid from"),
    "enabled": Label("启用", "on"),
    "clauses": Label("依据", "clauses"),
    "note": Label("说明", "note"),
}


def field(register: str | None, name: str) -> str:
    """Return what a field is called; its name where it is there no more."""
    known = catalogue.current()
    if register is not None and register in known and known[register].has(name):
        return known[register].field(name).label.text(visit.language())
    return name


def title(register: str) -> str:
    """Return what a register is called; its code where it is there no more."""
    known = catalogue.current()
    found = known[register].title.text(visit.language()) if register in known else None
    return found or register


def start(target: SlaTarget) -> str:
    """Return what starts the clock."""
    if target.start_states:
        return _states(target.register, target.start_states)
    return field(target.register, target.start_field)


def _states(register: str, codes: str) -> str:
    where = target_states.declared_of(register)
    return visit.t("进入“", "entering “") + target_states.words(where, codes) + "”"


def stop(target: SlaTarget) -> str:
    """Return what stops the clock."""
    register = target.stop_register or target.register
    moment = field(register, target.stop_field)
    if target.stop_states:
        moment = _states(register, target.stop_states)
    if target.stop_register is None:
        return moment
    return f"{title(target.stop_register)}·{moment}"


def how_long(text: str, register: str | None = None) -> str:
    """Return how long, with the words of the field it may depend on."""
    try:
        found = parse_how_long(text)
    except HowLongError:
        return text
    said = how_long_label(found).text(visit.language())
    needed = needed_field(found)
    return said if needed is None else said.replace(needed, field(register, needed), 1)


def warning(target: SlaTarget) -> str | None:
    """Return how long before the due instant is warned; None if not at all."""
    if target.warn_before is None:
        return None
    length = show_duration(target.warn_before, visit.language())
    return visit.t(f"提前{length}提醒", f"warns {length} before")


def escalation(text: str) -> str:
    """Return the steps of escalation as people say them."""
    try:
        steps = parse_steps(text)
    except HowLongError:
        return text
    return "；".join(step_label(one).text(visit.language()) for one in steps)


def pauses(target: SlaTarget) -> str | None:
    """Return in which states the clock stands still; None if it never does."""
    if not target.pause_states:
        return None
    where = target_states.declared_of(target.register)
    states = target_states.words(where, target.pause_states)
    return visit.t(f"在“{states}”暂停", f"stands still in “{states}”")


def proposes(said: Mapping[str, Any] | None) -> str | None:
    """Return which entry a breach proposes; None for none."""
    if not said:
        return None
    where = title(str(said.get("register")))
    return visit.t(f"逾期建议登记{where}", f"proposes an entry of {where}")


def changed(name: str, value: Any) -> tuple[str, str]:
    """Return a column and its value in words, for the history."""
    label = COLUMNS.get(name, Label(name, name)).text(visit.language())
    return label, _value(name, value)


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return visit.t("是", "yes") if value else visit.t("否", "no")
    if not value:
        return "" if value is None else str(value)
    if name == "warn_before":
        return visit.t(f"{value // 60}分钟", f"{value // 60} min")
    say: dict[str, Callable[[Any], str | None]] = {
        "how_long": how_long,
        "escalation": escalation,
        "proposes": proposes,
        "stop_register": title,
    }
    return (say[name](value) if name in say else None) or str(value)


def preview(found: Outlook, declared: Declaration) -> dict[str, Any]:
    """Return the counts of the last month as settings/form.html shows them."""
    t = visit.t
    rows = [
        (t("按时完成", "in time"), found.met),
        (t("逾期", "late"), found.late),
        (t("还在时限内", "still running"), found.running),
    ]
    if found.timeless:
        rows.append(
            (t("已完成，不知是何时", "done, nobody knows when"), found.timeless)
        )
    if found.aside:
        rows.append((t("不适用", "does not concern"), found.aside))
    name = declared.title.text(visit.language())
    note = t(
        f"最近 30 天的 {name} 共 {found.looked} 条，按这个时限算。还没有保存。",
        f"{found.looked} entries of {name} of the last 30 days under this time limit. "
        "Nothing is saved yet.",
    )
    if found.is_capped:
        note = t(
            f"最近 30 天的 {name} 超过 {MOST} 条，只算了最近的 {MOST} 条。还没有保存。",
            f"{name} has more than {MOST} entries of the last 30 days; the latest "
            f"{MOST} were reckoned. Nothing is saved yet.",
        )
    return {
        "label": t("最近 30 天如果这样定", "Had it been so for 30 days"),
        "heads": [t("结果", "Verdict"), t("条数", "Entries")],
        "rows": [[words, str(count)] for words, count in rows],
        "note": note,
    }
