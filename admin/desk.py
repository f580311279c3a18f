"""工作台, the first page: what is late, due today and open for the one who signs in.

Whoever approves work sees everything late within the own rights, everybody else what
they answer for themselves.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, redirect, url_for
from flask_admin import Admin, AdminIndexView, expose
from sqlalchemy import Select, String, func, literal, or_, select, union_all
from werkzeug.wrappers import Response

from admin import (
    call_desk,
    duty_desk,
    entry_lines,
    frame,
    hand_over_pages,
    messages,
    start_page,
    visit,
)
from admin.clock_words import badge
from admin.list_page import desk
from admin.taking_down import waiting_for_me
from admin.waiting_page import waiting
from models import access, catalogue, clock_lists, open_work, outbox, preferences
from models.access import Action
from models.calendars import Calendar, latest
from models.clock_lists import ClockLine
from models.register import PERSON, Declaration
from models.rules.wall_clock import WEEKDAYS_ZH, minute_text

SHOWN = 6  # of each kind
COUNTED_TO = 1_000
NOON, EVENING = 12, 18  # o'clock


class Desk(AdminIndexView):
    """Flask-Admin's index view, without its public copy of old browser code."""

    def create_blueprint(self, admin: Admin) -> Blueprint:
        """Make the blueprint with this view's own addresses and no static files."""
        self.admin = admin
        self.url = "/"
        made = Blueprint(self.endpoint, __name__, template_folder="templates")
        for url, name, methods in self._urls:
            made.add_url_rule(url, name, getattr(self, name), methods=list(methods))
        self.blueprint = made
        return made

    def _handle_view(self, name: str, **_more: Any) -> Response | None:
        """Ask a visitor to sign in."""
        del name
        if visit.person().account_id is None:
            return visit.ask_to_sign_in()
        return None

    @expose("/")
    def index(self) -> Any:
        """Show the desk; an empty installation leads to where it is begun."""
        if start_page.is_waiting():
            return redirect(url_for("start.index"))
        return self.render("desk/desk.html", **_context())


def approves() -> bool:
    """Whether the person approves anything, and so looks after others' work."""
    return any(Action.APPROVE in one.actions for one in visit.person().grants)


def work_items(lines: Sequence[ClockLine]) -> list[dict[str, Any]]:
    """Return clocks as the templates' Items; an entry with two clocks stands twice."""
    looking = desk()
    keys = [(one.clock.register, one.clock.entry_id) for one in lines]
    known = entry_lines.of(visit.session(), looking, keys)
    items = []
    for one in lines:
        line = known.get((one.clock.register, one.clock.entry_id))
        if line is None:
            continue
        due = badge(one.clock, looking.now, looking.zone, looking.language)
        target = one.target.label.text(looking.language)
        items.append(
            line
            | {
                "due": due,
                "due_at": due["title"],
                "target": target,
                "hard": one.target.hard,
                "asked": target,
                "clock_id": one.clock.id,
                "url": line["url"] + f"&clock={one.clock.id}",
            }
        )
    return items


def _context() -> dict[str, Any]:
    # Before anything is kept from this session: sharing calls out ends it.
    duties = duty_desk.owed()
    call_lists = call_desk.cards(_registers_on(), owes=bool(duties))
    session, person, now, zone = (
        visit.session(),
        visit.person(),
        visit.now(),
        visit.zone(),
    )
    holder = None if approves() else person.staff_id or 0
    late = clock_lists.late(session, person, now, holder_id=holder, limit=SHOWN)
    due = clock_lists.due_today(
        session, person, now, zone, holder_id=holder, limit=COUNTED_TO
    )
    late_count = (
        len(late)
        if len(late) < SHOWN
        else clock_lists.late_count(
            session, person, now, holder_id=holder, up_to=COUNTED_TO
        )
    )
    items = work_items([*late, *due[:SHOWN]])
    late_ids = {one.clock.id for one in late}
    mine, count = open_entries()
    to_accept, waiting_count = waiting_for_me(SHOWN)
    bell = outbox.unread(session, visit.addressee(), SHOWN)
    return {
        "page_title": visit.t("工作台", "Desk"),
        "greeting": _greeting(now.astimezone(zone), person.name),
        "today": _today(now.astimezone(zone).date()),
        "figures": _figures(late_count, len(due), count),
        "quick": frame.frame()["new"][:3],
        "late": [one for one in items if one["clock_id"] in late_ids],
        "due_today": [one for one in items if one["clock_id"] not in late_ids],
        "late_url": url_for("late.index"),
        "due_url": url_for("late.index", show="today"),
        "mine": {
            "items": mine,
            "url": url_for("late.mine"),
            "total": _counted(count),
        },
        "to_accept": {
            "items": to_accept,
            "url": url_for("taking.waiting"),
            "total": _counted(waiting_count),
        },
        "approvals": waiting(SHOWN)[0],
        "approvals_url": url_for("waiting.index"),
        "call_lists": call_lists,
        "duties": duties,
        "duties_url": url_for("duties.index"),
        "hand_over": hand_over_pages.last_to_confirm(),
        "hand_over_links": hand_over_pages.links(_registers_on()),
        "bell": messages.shown(bell),
        "bell_url": url_for("messages.bell"),
        "system": [],
    }


def _registers_on() -> list[str] | None:
    on: list[str] | None = preferences.shown(visit.session()).get(
        preferences.REGISTERS_ON
    )
    return on


def _figures(late: int, due: int, mine: int) -> list[dict[str, Any]]:
    unread = frame.frame()["bell_count"]
    figures: tuple[tuple[str, int, str, str, dict[str, Any]], ...] = (
        (visit.t("已逾期", "Late"), late, "late" if late else "ok", "late.index", {}),
        (
            visit.t("今日到期", "Due today"),
            due,
            "warn" if due else "ok",
            "late.index",
            {"show": "today"},
        ),
        (visit.t("我的未办结", "My open entries"), mine, "plain", "late.mine", {}),
        (
            visit.t("未读消息", "Unread messages"),
            unread,
            "warn" if unread else "plain",
            "messages.bell",
            {},
        ),
    )
    return [
        {
            "label": label,
            "value": _counted(value),
            "tone": tone,
            "url": url_for(endpoint, **more),
            "note": None,
        }
        for label, value, tone, endpoint, more in figures
    ]


def _counted(value: int) -> str:
    return f"{COUNTED_TO:,}+" if value >= COUNTED_TO else str(value)


def _greeting(local: datetime, name: str) -> str:
    if local.hour < NOON:
        words = visit.t("上午好", "Good morning")
    elif local.hour < EVENING:
        words = visit.t("下午好", "Good afternoon")
    else:
        words = visit.t("晚上好", "Good evening")
    return words + visit.t("，", ", ") + name


def _today(today: date) -> str:
    """Return the day and the desk's hours, where there is one calendar to go by."""
    day = visit.t(
        f"{today.year}年{today.month}月{today.day}日 "
        f"星期{WEEKDAYS_ZH[today.weekday()]}",
        f"{today:%A}, {today.day} {today:%B %Y}",
    )
    session = visit.session()
    codes = session.scalars(select(Calendar.code).distinct().limit(2)).all()
    calendar = latest(session, codes[0]) if len(codes) == 1 else None
    if calendar is None:
        return day
    seen = calendar.opened().day(today)
    if not seen.hours:
        return day + visit.t(" · 休息日", " · closed")
    hours = " ".join(
        f"{minute_text(opens)}–{minute_text(closes)}" for opens, closes in seen.hours
    )
    return day + visit.t(f" · 工作日 {hours}", f" · open {hours}")


def open_entries(limit: int = SHOWN) -> tuple[list[dict[str, Any]], int]:
    """Return the newest entries that are the person's and are still to be done.

    Held, or theirs by a field that says so: an engineer's order is held by whoever
    sees to its callback. Of registers that other registers make entries of, whose
    state says so. All are asked by one statement; the count stops at 1,000.
    """
    found = [
        query for one in catalogue.current() if (query := _open_in(one)) is not None
    ]
    if not found:
        return [], 0
    marks = {mark for query, mark in found}
    every = union_all(*(query for query, _ in found)).subquery()
    session = visit.session()
    capped = select(every.c.id).limit(COUNTED_TO).subquery()
    counted = access.marked(select(func.count()).select_from(capped), *marks)
    count = session.scalar(counted) or 0
    newest = (
        select(every.c.register, every.c.id).order_by(every.c.at.desc()).limit(limit)
    )
    keys = [
        (register, entry_id)
        for register, entry_id in session.execute(access.marked(newest, *marks))
    ]
    lines = entry_lines.of(session, desk(), keys)
    shown = [lines[key] for key in keys if key in lines]
    return [line | {"holder": None, "asked": line["at"]} for line in shown], count


def _open_in(declared: Declaration) -> tuple[Select[Any], str] | None:
    person = visit.person()
    table = catalogue.current().table(declared.code)
    still_open = open_work.open_criteria(declared, table)
    if (
        still_open is None
        or person.staff_id is None
        or not _is_made(declared.code)
        or not person.may(declared.code, Action.LIST)
    ):
        return None
    # Not whom an entry was merely entered or taken down by: others do what passed on.
    passed = declared.anyone.notes if declared.anyone else ()
    owners = (
        one
        for one in declared.all_fields
        if one.owner and one.type is PERSON and one.name not in passed
    )
    mine = or_(
        *(
            table.c[one.column or ""] == person.staff_id
            for one in owners
            if one.name != "created_by"
        )
    )
    query = access.visible(person, declared.code, Action.LIST).where(mine, still_open)
    columns = (
        literal(declared.code, String).label("register"),
        table.c.id,
        table.c[entry_lines.moment_name(declared)].label("at"),
    )
    return query.with_only_columns(*columns), declared.code


def _is_made(code: str) -> bool:
    return any(
        one.target == code for other in catalogue.current() for one in other.makes
    )
