"""逾期督办: what is late or due today over all registers, and my own open entries."""

from dataclasses import replace
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import visit
from admin.desk import approves, open_entries, work_items
from models import clock_lists
from models.access import Person, Rows
from models.clock_lists import ClockLine

blueprint = Blueprint("late", __name__, url_prefix="/late")
AT_MOST = 200  # clocks of one page
COUNTED_TO = 1_000


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the rows are those that the person may list."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what is late, or due today, for me, my department or everybody."""
    scope = _scope()
    today = request.args.get("show") == "today"
    lines = _today(scope) if today else _late(scope)
    items = sorted(work_items(lines), key=lambda one: one["kind"])
    groups = [
        {"label": kind, "items": list(some)}
        for kind, some in groupby(items, key=lambda one: one["kind"])
    ]
    return render_template(
        "desk/late.html",
        page_title=visit.t("逾期督办", "Late work"),
        tabs=_tabs(scope, today=today),
        scopes=_scopes(scope),
        groups=groups,
        actions={"remind_url": None, "reassign_url": None},
        note=visit.t(
            f"只列出最早到期的 {AT_MOST} 项。", f"Only the first {AT_MOST} are listed."
        )
        if len(lines) >= AT_MOST
        else None,
        prev_url=None,
        next_url=None,
    )


@blueprint.get("/mine/")
def mine() -> ResponseReturnValue:
    """Show the entries that the person holds and that are still to be done."""
    items, count = open_entries(AT_MOST)
    return render_template(
        "desk/mine.html",
        page_title=visit.t("我的未办结", "My open entries"),
        items=items,
        count=count,
    )


def _person(scope: str) -> Person:
    """Return the person with rows no wider than the scope that is looked at."""
    person = visit.person()
    if scope != "department":
        return person
    grants = tuple(
        replace(one, rows=min(one.rows, Rows.DEPARTMENT)) for one in person.grants
    )
    return replace(person, grants=grants)


def _holder(scope: str) -> int | None:
    return (visit.person().staff_id or 0) if scope == "mine" else None


def _late(scope: str) -> list[ClockLine]:
    return clock_lists.late(
        visit.session(),
        _person(scope),
        visit.now(),
        holder_id=_holder(scope),
        limit=AT_MOST,
    )


def _today(scope: str) -> list[ClockLine]:
    return clock_lists.due_today(
        visit.session(),
        _person(scope),
        visit.now(),
        visit.zone(),
        holder_id=_holder(scope),
        limit=AT_MOST,
    )


def _widest() -> Rows:
    return max((one.rows for one in visit.person().grants), default=Rows.NONE)


def _offered() -> list[str]:
    widest = _widest()
    scopes = ["mine"]
    if widest >= Rows.DEPARTMENT:
        scopes.append("department")
    if widest > Rows.DEPARTMENT:
        scopes.append("all")
    return scopes


def _scope() -> str:
    """Return the scope asked for; those who approve begin with all they may see."""
    offered = _offered()
    asked = request.args.get("who", "")
    if asked in offered:
        return asked
    return offered[-1] if approves() else "mine"


def _scopes(scope: str) -> list[dict[str, Any]]:
    words = {
        "mine": visit.t("我的", "Mine"),
        "department": visit.t("本部门", "Department"),
        "all": visit.t("全部", "All"),
    }
    show = request.args.get("show")
    kept: dict[str, Any] = {"show": "today"} if show == "today" else {}
    offered = _offered()
    return [
        {
            "label": words[one],
            "url": url_for(".index", who=one, **kept),
            "active": one == scope,
        }
        for one in offered
        if len(offered) > 1
    ]


def _tabs(scope: str, *, today: bool) -> list[dict[str, Any]]:
    late = clock_lists.late_count(
        visit.session(),
        _person(scope),
        visit.now(),
        holder_id=_holder(scope),
        up_to=COUNTED_TO,
    )
    due = len(_today(scope))
    return [
        {
            "label": visit.t("已逾期", "Late"),
            "url": url_for(".index", who=scope),
            "active": not today,
            "count": _count(late, COUNTED_TO),
        },
        {
            "label": visit.t("今日到期", "Due today"),
            "url": url_for(".index", who=scope, show="today"),
            "active": today,
            "count": _count(due, AT_MOST),
        },
    ]


def _count(value: int, most: int) -> str | None:
    return (f"{most}+" if value >= most else str(value)) if value else None
