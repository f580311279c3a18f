"""Steps of escalation in a time limit's form: when in people's words, and to whom."""

import re
from collections.abc import Iterator

from sqlalchemy import select

from admin import visit
from admin.asked import Asked, Choices, Sheet
from models import access, catalogue
from models.rules.escalation import (
    MOST_STEPS,
    TO_LABELS,
    Step,
    To,
    parse_step,
    parse_steps,
    step_notation,
    steps_notation,
)
from models.rules.how_long import Before, Count, Days, Hours, HowLongError, Workdays
from models.words import Label

SPARE = 2  # empty rows below those that are filled
LEAST = 3
POST = "post:"
_UNITS = {
    "营业小时": "h business",
    "小时": "h",
    "分钟": "min",
    "分": "min",
    "个工作日": " workday",
    "工作日": " workday",
    "天": "d",
}
_FORM = re.compile(
    rf"(\d+(?:\.\d+)?) ?({'|'.join(_UNITS)})(?:以)?(后|前)?", re.IGNORECASE
)
_SAY = Label(
    "请写如 4小时后、2营业小时后、1个工作日后、30分钟前。",
    "Write for example 4h, 2h business, 1 workday or 30min before.",
)


def names(text: str) -> list[str]:
    """Return the names of the form's fields, for the steps that are kept."""
    return [name for at in _rows(text) for name in (f"step{at}_when", f"step{at}_to")]


def asked(text: str) -> Iterator[Asked]:
    """Yield two fields a step: those that are kept, and some empty ones."""
    t = visit.t
    whom = _whom(text)
    for at in _rows(text):
        yield Asked(
            f"step{at}_when",
            t(f"第 {at} 步：何时", f"Step {at}: when"),
            max_length=60,
            help=t(
                "如 4小时后、1个工作日后（逾期后），30分钟前（到期前）。",
                "After it was due: 4h, 1 workday; before that: 30min before.",
            )
            if at == 1
            else None,
        )
        yield Asked(
            f"step{at}_to", t("通知谁", "To whom"), "choice", choices=[("", ""), *whom]
        )


def first(text: str) -> dict[str, str]:
    """Return the first values of the fields."""
    found = {}
    for at, step in enumerate(_steps(text), 1):
        found[f"step{at}_when"] = _when(step)
        found[f"step{at}_to"] = POST + step.post if step.post else step.to.value
    return found


def read(sheet: Sheet, text: str) -> str:
    """Return the steps that the form means; mistakes stand in the sheet."""
    found = []
    for at in _rows(text):
        when, to = sheet.text(f"step{at}_when"), sheet.text(f"step{at}_to")
        if not when and not to:
            continue
        if not when:
            sheet.refuse(f"step{at}_when", _SAY)
        elif not to:
            said = Label("请选择通知谁。", "Choose whom to tell.")
            sheet.refuse(f"step{at}_to", said)
        else:
            whom = f"post {to.removeprefix(POST)}" if to.startswith(POST) else to
            try:
                found.append(parse_step(f"{_notation(when)} {whom}"))
            except HowLongError:
                sheet.refuse(f"step{at}_when", _SAY)
    return steps_notation(found)


def _rows(text: str) -> range:
    kept = len(_steps(text))
    return range(1, min(max(kept + SPARE, LEAST), MOST_STEPS) + 1)


def _steps(text: str) -> tuple[Step, ...]:
    try:
        return parse_steps(text)
    except HowLongError:
        return ()


def _notation(text: str) -> str:
    """Return people's words in the notation; other text as it is."""
    found = _FORM.fullmatch("".join(text.split()))
    if found is None:
        return text
    number, unit, side = found.groups()
    return f"{number}{_UNITS[unit]}" + (" before" if side == "前" else "")


def _when(step: Step) -> str:
    """Return when in people's words."""
    when = step.when
    side = Label("前", " before") if isinstance(when, Before) else Label("后", "")
    lead = when.lead if isinstance(when, Before) else when
    match lead:
        case Hours(length, count):
            minutes, seconds = divmod(int(length.total_seconds()), 60)
            unit = "营业小时" if count is Count.BUSINESS else "小时"
            if not seconds and not minutes % 60:
                zh = f"{minutes // 60}{unit}"
            elif not seconds and count is not Count.BUSINESS:
                zh = f"{minutes}分钟"
            else:
                return step_notation(step).rpartition(f" {step.to}")[0]
        case Days(days):
            zh = f"{days}天"
        case Workdays(workdays):
            zh = f"{workdays}个工作日"
    english = step_notation(step).rpartition(f" {step.to}")[0]
    return visit.t(f"{zh}{side.zh}", english)


def _whom(text: str) -> Choices:
    """Return who may be told: by their place above the holder, or by post."""
    language = visit.language()
    table = catalogue.current().table("post")
    query = select(table.c.name).where(table.c.binned_at.is_(None))
    query = access.marked(query.order_by(table.c.id), "post")
    kept = [one.post for one in _steps(text) if one.post]
    posts = dict.fromkeys([*visit.session().scalars(query), *kept])
    word = visit.t("岗位：", "post: ")
    return [
        *((one.value, TO_LABELS[one].text(language)) for one in To if one in TO_LABELS),
        *((f"{POST}{name}", f"{word}{name}") for name in posts),
    ]
