"""工作日历: when business opens, made and changed here.

A change is the next version. Before it is saved the page shows which open clocks it
moves; saving moves these, and no verdict.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import (
    calendar_day,
    calendar_form,
    calendar_words,
    calendar_year,
    rule_choices,
    rule_pages,
    visit,
)
from admin.asked import Sheet
from models import calendar_changes, calendar_moves, calendars
from models.calendars import Calendar
from models.rule_errors import RuleChangedError, RuleGoneError, RuleThereError
from models.rules.calendar_object import CalendarError
from models.words import PersonError

blueprint = Blueprint("calendars", __name__, url_prefix="/settings/calendars")
blueprint.before_request(rule_pages.gate)
MOST_AT_ONCE = 20_000  # clocks that a save moves itself; the job moves the others
LAST_MOVES = 100
NOVEMBER = 11


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show every calendar and where it holds."""
    found = calendar_changes.series(visit.session())
    add = {
        "label": visit.t("新建日历", "New calendar"),
        "url": url_for(".new"),
        "icon": "plus",
        "primary": True,
    }
    official = {
        "label": visit.t("导入放假安排", "Official days"),
        "url": url_for("official.index"),
        "icon": "file-import",
        "primary": False,
    }
    return render_template(
        "settings/table.html",
        page_title=visit.t("工作日历", "Calendars"),
        crumbs=[],
        text=visit.t(
            "哪些时间营业。到期时间都按它推算；改动只移动还没判定的时限。",
            "When business opens. Due times are reckoned by it; a change moves what "
            "has no verdict yet.",
        ),
        actions=[official, add],
        notes=_waiting(found),
        tables=[calendar_words.list_table(found)],
        history=rule_pages.history(
            calendar_changes.SETTING, None, calendar_words.changed
        ),
    )


def _waiting(found: Sequence[Calendar]) -> list[dict[str, str]]:
    """Say from November on that next year's days are still to be imported."""
    today = visit.now().astimezone(visit.zone())
    year = today.year + (today.month >= NOVEMBER)
    if not any(one.provisional_from and one.provisional_from <= year for one in found):
        return []
    return [
        {
            "tone": "warn",
            "text": visit.t(
                f"{year} 年的放假安排还是暂定的，公布后请导入。",
                f"The days off of {year} are provisional; import them once published.",
            ),
        }
    ]


@blueprint.get("/<int:calendar_id>/")
def year(calendar_id: int) -> ResponseReturnValue:
    """Show a year of a calendar, and what its changes moved."""
    session = visit.session()
    kept = _last(calendar_id)
    versions = calendar_changes.versions_of(session, kept)
    total, moved = calendar_moves.moves_of(session, versions, LAST_MOVES)
    today = visit.now().astimezone(visit.zone()).date()
    shown = calendar_year.year_shown(request.args.get("year"), today)
    return render_template(
        "settings/calendar.html",
        page_title=calendar_words.title(kept),
        crumbs=_crumbs(),
        text=f"{calendar_words.Scopes().text(kept)} · "
        + calendar_words.week(kept.hours["weekly"]),
        actions=[
            {
                "label": visit.t("修改", "Change"),
                "url": url_for(".change", calendar_id=kept.id),
                "icon": "pencil",
                "primary": True,
            }
        ],
        shown=calendar_year.context(kept, shown, today),
        moves=calendar_words.moves(
            total, moved, {one.id: one.version for one in versions}
        ),
        is_moving=kept.settled_at is None,
        history=_history(kept),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a calendar."""
    sheet = calendar_form.sheet_of(None)
    if request.method == "GET":
        return _page(sheet, None)
    code = calendar_changes.new_code(visit.session(), sheet.text("name_zh"))
    return _take(sheet, None, code)


@blueprint.route("/<int:calendar_id>/edit", methods=["GET", "POST"])
def change(calendar_id: int) -> ResponseReturnValue:
    """Change a calendar: what is saved is its next version."""
    kept = _last(calendar_id)
    sheet = calendar_form.sheet_of(kept)
    if request.method == "GET":
        return _page(sheet, kept)
    return _take(sheet, kept, kept.code)


@blueprint.route("/<int:calendar_id>/day", methods=["GET", "POST"])
def day(calendar_id: int) -> ResponseReturnValue:
    """Change one day of a calendar."""
    kept = _last(calendar_id)
    on = _day_asked()
    sheet = calendar_day.sheet_of(kept, on)
    if request.method == "GET":
        return _day_page(sheet, kept, on)
    hours = calendar_day.read(sheet, kept, on)
    drafted = _drafted(sheet, hours, kept, kept.code) if sheet.is_right else None
    if drafted is None:
        return _day_page(sheet, kept, on, status=422)
    if not rule_pages.is_to_be_saved():
        return _day_page(sheet, kept, on, preview=_preview(drafted))
    said = _save(drafted, kept)
    if isinstance(said, PersonError):
        notes = rule_pages.sentence(said)
        return _day_page(sheet, kept, on, notes=notes, status=409)
    return redirect(url_for(".year", calendar_id=said, year=on.year))


def _take(sheet: Sheet, kept: Calendar | None, code: str) -> ResponseReturnValue:
    """Show what was sent: refused, with what it moves, or saved."""
    hours = calendar_form.read(sheet)
    drafted = _drafted(sheet, hours, kept, code) if sheet.is_right else None
    if drafted is None:
        return _page(sheet, kept, status=422)
    if not rule_pages.is_to_be_saved():
        return _page(sheet, kept, preview=_preview(drafted))
    said = _save(drafted, kept)
    if isinstance(said, PersonError):
        return _page(sheet, kept, notes=rule_pages.sentence(said), status=409)
    return redirect(url_for(".year", calendar_id=said))


def _drafted(
    sheet: Sheet, hours: Mapping[str, Any], kept: Calendar | None, code: str
) -> Calendar | None:
    """Return the version that was typed; None with what is wrong in the sheet."""
    is_whole = "name_zh" in sheet.form
    label = calendar_form.label(sheet) if is_whole or kept is None else kept.label
    places = (
        calendar_form.scope(sheet)
        if is_whole or kept is None
        else {"branch_id": kept.branch_id, "department_id": kept.department_id}
    )
    try:
        return calendars.draft(
            visit.session(), code, label, hours, visit.now(), **places
        )
    except CalendarError as error:
        _refuse(sheet, error, error.key)
    except PersonError as error:
        _refuse(sheet, error, "weekly.mon")
    return None


def _refuse(sheet: Sheet, error: PersonError, key: str) -> None:
    if not calendar_form.refuse(sheet, error, key):
        sheet.refuse(sheet.asked[0].name, error.label)


def _preview(drafted: Calendar) -> dict[str, Any]:
    found = calendar_changes.outlook(visit.session(), drafted, visit.now())
    return calendar_words.preview(found)


def _save(drafted: Calendar, kept: Calendar | None) -> int | PersonError:
    """Save a draft and move its clocks; return the version, or why not."""
    basis = request.form.get("basis", 0, type=int)
    database, now = visit.house().database, visit.now()
    try:
        with database.write() as session:
            saved = calendar_changes.say(
                session, drafted, None if kept is None else basis, visit.writer()
            )
            saved_id, is_new = saved.id, kept is None or saved.id != kept.id
    except (RuleChangedError, RuleThereError) as error:
        return error
    except RuleGoneError:
        abort(404)
    if not is_new:
        flash(visit.t("没有改动。", "Nothing was changed."), "info")
        return saved_id
    calendar_changes.move_all(database, saved_id, now, MOST_AT_ONCE)
    flash(_told(saved_id), "success")
    return saved_id


def _told(saved_id: int) -> str:
    with visit.house().database.read() as session:
        saved = calendar_changes.find(session, saved_id)
        moved, _ = calendar_moves.moves_of(session, [saved], 0)
        if saved.settled_at is None:
            return visit.t(
                f"已保存。已移动 {moved} 个时限，其余的几分钟内移动完。",
                f"Saved. {moved} clocks moved; the others follow within minutes.",
            )
        return visit.t(
            f"已保存，移动了 {moved} 个时限。", f"Saved; {moved} clocks moved."
        )


def _last(calendar_id: int) -> Calendar:
    try:
        return calendar_changes.last_of(visit.session(), calendar_id)
    except RuleGoneError:
        abort(404)


def _day_asked() -> date:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        abort(404)


def _crumbs(kept: Calendar | None = None) -> list[dict[str, str]]:
    found = rule_choices.crumbs("calendars.index", "工作日历", "Calendars")
    if kept is not None:
        url = url_for(".year", calendar_id=kept.id)
        found.append({"label": calendar_words.title(kept), "url": url})
    return found


def _history(kept: Calendar) -> list[dict[str, str]]:
    key = calendar_changes.key_of(visit.session(), kept)
    return rule_pages.history(calendar_changes.SETTING, key, calendar_words.changed)


def _day_page(
    sheet: Sheet,
    kept: Calendar,
    on: date,
    *,
    preview: dict[str, Any] | None = None,
    notes: Sequence[dict[str, str]] = (),
    status: int = 200,
) -> ResponseReturnValue:
    return rule_pages.page(
        sheet,
        calendar_day.sections(),
        title=calendar_day.title(on),
        text=calendar_day.now(kept, on),
        crumbs=_crumbs(kept),
        preview=preview,
        notes=list(notes),
        history=[],
        cancel_url=url_for(".year", calendar_id=kept.id, year=on.year),
        basis=_basis(kept),
        status=status,
    )


def _page(
    sheet: Sheet,
    kept: Calendar | None,
    *,
    preview: dict[str, Any] | None = None,
    notes: Sequence[dict[str, str]] = (),
    status: int = 200,
) -> ResponseReturnValue:
    return rule_pages.page(
        sheet,
        calendar_form.sections(),
        title=visit.t("新建日历", "New calendar")
        if kept is None
        else visit.t("修改日历", "Change the calendar"),
        text=visit.t(
            "先预览哪些时限会移动，再保存。",
            "See which clocks move, then save.",
        ),
        crumbs=_crumbs(kept),
        preview=preview,
        notes=list(notes),
        history=[] if kept is None else _history(kept),
        cancel_url=url_for(".index")
        if kept is None
        else url_for(".year", calendar_id=kept.id),
        basis="" if kept is None else _basis(kept),
        status=status,
    )


def _basis(kept: Calendar) -> str:
    """Return the version a form was made from; of one sent again the very first."""
    return request.form.get("basis") or str(kept.id)
