"""放假安排: a new year's official days, from what is shipped or from a pasted table."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import calendar_words, rule_choices, rule_pages, visit
from admin.asked import Asked, Sheet
from admin.calendar_pages import MOST_AT_ONCE
from models import calendar_changes, calendar_moves, official_years
from models.calendar_changes import SHOWN, Outlook
from models.calendars import Calendar
from models.rule_errors import RuleChangedError
from models.rules.calendar_text import (
    CalendarTextError,
    read_official_days,
    write_official_days,
)
from models.rules.official_days import OfficialDay, is_published, official_days
from models.rules.open_time import FIRST_YEAR, LAST_YEAR
from models.words import Label

blueprint = Blueprint("official", __name__, url_prefix="/settings/official-days")
blueprint.before_request(rule_pages.gate)
EVERY = "all"
LONGEST = 40_000
Drafts = list[tuple[Calendar, Calendar]]


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Ask for a year's days, show what they move, and put them into calendars."""
    sheet = _sheet()
    if request.method == "GET":
        return _page(sheet)
    year, days = _read(sheet)
    if not sheet.is_right:
        return _page(sheet, status=422)
    chosen = _chosen(sheet, year)
    drafts = official_years.drafts(visit.session(), chosen, year, days, visit.now())
    if not rule_pages.is_to_be_saved():
        return _page(sheet, preview=_preview(drafts))
    try:
        saved = _save(drafts)
    except RuleChangedError as error:
        return _page(sheet, notes=rule_pages.sentence(error), status=409)
    if not saved:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
        return redirect(url_for("calendars.index"))
    moved = _move(saved)
    flash(
        visit.t(
            f"{year} 年的放假安排已写入 {len(saved)} 个日历，移动了 {moved} 个时限。",
            f"{len(saved)} calendars have the days of {year}; {moved} clocks moved.",
        ),
        "success",
    )
    return redirect(url_for("calendars.year", calendar_id=saved[0], year=year))


def _first_year() -> int:
    """Return the year that calendars wait for, else next year."""
    found = calendar_changes.series(visit.session())
    waiting = [one.provisional_from for one in found if one.provisional_from]
    return min(waiting, default=visit.now().astimezone(visit.zone()).year + 1)


def _sheet() -> Sheet:
    t = visit.t
    asked_for = request.args.get("year", type=int)
    is_year = asked_for is not None and FIRST_YEAR <= asked_for <= LAST_YEAR
    year = asked_for if asked_for is not None and is_year else _first_year()
    shipped = is_published(year)
    note = t(
        "一行一天或一段：日期、休或班、名称；可以从表格里直接粘贴。",
        "A day or a range a line: date, off or workday, name; a table can be pasted.",
    )
    if shipped:
        note += t(
            f" 已按程序自带的 {year} 年安排填好。", f" Filled in as shipped for {year}."
        )
    asked = [
        Asked("year", t("年份", "Year"), "integer", required=True, max_length=4),
        Asked(
            "calendar",
            t("写入哪些日历", "Into which calendars"),
            "choice",
            required=True,
            choices=[
                (EVERY, t("所有等这一年的日历", "all that wait for this year")),
                *_calendars(),
            ],
        ),
        Asked(
            "days",
            t("放假与调休", "Days off and make-up days"),
            "long",
            required=True,
            wide=True,
            help=note + t(" 如 2027-02-20 班 春节。", " Such as 2027-02-20 workday."),
            max_length=LONGEST,
        ),
    ]
    days = write_official_days(official_days(year)) if shipped else ""
    return Sheet(asked, {"year": str(year), "calendar": EVERY, "days": days})


def _calendars() -> list[tuple[str, str]]:
    """Return the calendars by their first versions' numbers, which stay."""
    session, scopes = visit.session(), calendar_words.Scopes()
    return [
        (
            str(calendar_changes.key_of(session, one)),
            f"{calendar_words.title(one)} · {scopes.text(one)}",
        )
        for one in calendar_changes.series(session)
    ]


def _read(sheet: Sheet) -> tuple[int, dict[date, OfficialDay]]:
    sheet.look_over()
    typed = sheet.text("year")
    year = int(typed) if typed.isdecimal() and len(typed) == len("2027") else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        sheet.refuse(
            "year",
            Label("请填写年份，如 2027。", "Give the year, such as 2027."),
        )
        return year, {}
    try:
        return year, read_official_days(sheet.text("days"), year)
    except CalendarTextError as error:
        sheet.refuse("days", error.label)
        return year, {}


def _chosen(sheet: Sheet, year: int) -> list[Calendar]:
    session = visit.session()
    named = sheet.text("calendar")
    if named == EVERY:
        return [
            one
            for one in official_years.waiting(session, year)
            if one.provisional_from == year
        ]
    return [calendar_changes.last_of(session, int(named))]


def _preview(drafts: Drafts) -> dict[str, Any]:
    total = Outlook()
    for _, draft in drafts:
        found = calendar_changes.outlook(visit.session(), draft, visit.now())
        total.looked += found.looked
        total.moved += found.moved
        total.at_once_late += found.at_once_late
        total.is_capped |= found.is_capped
        total.first += found.first[: SHOWN - len(total.first)]
    shown = calendar_words.preview(total)
    names = visit.t("、", ", ").join(calendar_words.title(kept) for kept, _ in drafts)
    nothing = visit.t("没有日历要改。", "No calendar changes.")
    said = visit.t(f"要改的日历：{names}。", f"Calendars that change: {names}. ")
    shown["note"] = (said if drafts else nothing) + shown["note"]
    return shown


def _save(drafts: Drafts) -> list[int]:
    saved = []
    with visit.house().database.write() as session:
        for kept, draft in drafts:
            said = calendar_changes.say(session, draft, kept.id, visit.writer())
            saved.append(said.id)
    return saved


def _move(saved: list[int]) -> int:
    """Move the clocks of versions that were saved; return how many moved."""
    database, now = visit.house().database, visit.now()
    for one in saved:
        calendar_changes.move_all(database, one, now, MOST_AT_ONCE)
    with database.read() as session:
        versions = [calendar_changes.find(session, one) for one in saved]
        return calendar_moves.moves_of(session, versions, 0)[0]


def _page(
    sheet: Sheet,
    *,
    preview: dict[str, Any] | None = None,
    notes: list[dict[str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    t = visit.t
    section = {
        "label": None,
        "help": None,
        "names": ["year", "calendar", "days"],
        "advanced": False,
    }
    return rule_pages.page(
        sheet,
        [section],
        title=t("导入放假安排", "Official days of a year"),
        text=t(
            "国务院每年公布下一年的放假调休安排。写入后，暂定的到期时间按它重新推算。",
            "Each year's days off are published the autumn before. Provisional due "
            "times are reckoned anew by them.",
        ),
        crumbs=rule_choices.crumbs("calendars.index", "工作日历", "Calendars"),
        preview=preview,
        notes=notes or [],
        history=[],
        cancel_url=url_for("calendars.index"),
        basis="",
        status=status,
    )
