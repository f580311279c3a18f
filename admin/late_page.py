"""逾期督办: what is late or soon due over all registers, and my own open entries."""

from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import clock_pages, excuse_words, visit
from admin.desk import approves, open_entries, work_items
from admin.seeking import BadCursorError, Cursor
from models import clock_lists, clock_notes
from models.access import Person, Rows
from models.clock_board import Verdict
from models.clock_lists import ClockLine, Edge, Which
from models.excuses import Doing

blueprint = Blueprint("late", __name__, url_prefix="/late")
PAGE = 100  # clocks of one page
AT_MOST = 200  # open entries that are listed
COUNTED_TO = 1_000


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the rows are those that the person may list."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show a page of what is late, nearly late or due today, for me or for more."""
    scope, which = _scope(), _which()
    lines, before, after = _page(scope, which)
    items = sorted(_items(lines, which), key=lambda one: one["kind"])
    groups = [
        {"label": kind, "items": list(some)}
        for kind, some in groupby(items, key=lambda one: one["kind"])
    ]
    return render_template(
        "desk/late.html",
        page_title=visit.t("逾期督办", "Late work"),
        tabs=[_tab(scope, one, active=one is which) for one in Which],
        scopes=_scopes(scope),
        groups=groups,
        board_url=url_for("board.index"),
        report_url=url_for("board.clocks", verdict=Verdict.BREACHED),
        prev_url=_turn(scope, which, before=before) if before else None,
        next_url=_turn(scope, which, after=after) if after else None,
    )


# What a list is there for; all the rest is behind the number.
CHASE = (Doing.REMIND, Doing.REASSIGN, Doing.EXPLAIN, Doing.EXCUSE, Doing.TAKE_BACK)
BUTTONS = {
    Which.EXPLAINED: (Doing.EXCUSE, Doing.REFUSE),
    Which.PROPOSED: (Doing.ENTER, Doing.DECLINE, Doing.EXCUSE),
}


def _items(lines: list[ClockLine], which: Which) -> list[dict[str, Any]]:
    """Return the clocks with what was said about each, and what may be done."""
    buttons = clock_pages.buttons(lines, BUTTONS.get(which, CHASE))
    notes = clock_notes.notes_of(visit.session(), buttons)
    return [
        one
        | {
            "buttons": buttons[one["clock_id"]],
            "note": next(reversed(excuse_words.shown(notes[one["clock_id"]])), None),
        }
        for one in work_items(lines)
    ]


def _which() -> Which:
    asked = request.args.get("show", "")
    return Which(asked) if asked in set(Which) else Which.LATE


def _page(scope: str, which: Which) -> tuple[list[ClockLine], Edge | None, Edge | None]:
    """Return a page of clocks, and the clocks it is turned at, back and forth."""
    after, before = _edge("after"), _edge("before")
    found = clock_lists.page(
        visit.session(),
        _person(scope),
        which.criteria(visit.now(), visit.zone()),
        holder_id=_holder(scope),
        limit=PAGE + 1,
        after=after,
        before=before,
    )
    more = len(found) > PAGE
    if before is not None:
        lines = found[-PAGE:]
        first = lines[0].edge if lines and more else None
        return lines, first, lines[-1].edge if lines else None
    lines = found[:PAGE]
    first = lines[0].edge if lines and after is not None else None
    return lines, first, lines[-1].edge if more else None


def _edge(name: str) -> Edge | None:
    word = request.args.get(name)
    if not word:
        return None
    cursor = Cursor.decode(word)
    if not isinstance(cursor.value, datetime) or cursor.value.tzinfo is None:
        raise BadCursorError
    return cursor.value, cursor.entry_id


def _turn(scope: str, which: Which, **edge: Edge) -> str:
    ((name, at),) = edge.items()
    kept = _shown(which) | {name: Cursor(*at).encode()}
    return url_for(".index", who=scope, **kept)


def _shown(which: Which) -> dict[str, Any]:
    return {} if which is Which.LATE else {"show": which.value}


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
    offered = _offered()
    return [
        {
            "label": words[one],
            "url": url_for(".index", who=one, **_shown(_which())),
            "active": one == scope,
        }
        for one in offered
        if len(offered) > 1
    ]


def _tab(scope: str, which: Which, *, active: bool) -> dict[str, Any]:
    """Return a tab with how much there is of its kind, up to a thousand."""
    words = {
        Which.LATE: visit.t("已逾期", "Late"),
        Which.SOON: visit.t("即将逾期", "Nearly late"),
        Which.TODAY: visit.t("今日到期", "Due today"),
        Which.PROPOSED: visit.t("待审处理", "Proposed"),
        Which.EXPLAINED: visit.t("待确认说明", "Explained"),
    }
    count = clock_lists.count(
        visit.session(),
        _person(scope),
        which.criteria(visit.now(), visit.zone()),
        holder_id=_holder(scope),
        up_to=COUNTED_TO,
    )
    text = f"{COUNTED_TO:,}+" if count >= COUNTED_TO else str(count)
    return {
        "label": words[which],
        "url": url_for(".index", who=scope, **_shown(which)),
        "active": active,
        "count": text if count else None,
    }
