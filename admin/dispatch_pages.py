"""派工板: a register's entries given to people for a day, by hand or by keyboard.

Which registers have one is declared (`models.dispatching.Dispatch`). Who may list the
register sees the board; what is given out is written as the form writes it, with its
rights, its checks, its history and the version that was shown.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from admin import visit
from admin.dispatch_board import MOST_WAITING, Away, Board, Card
from admin.grid_month import WEEKDAYS
from models import catalogue, entries
from models.access import Action
from models.entry_errors import LostUpdateError
from models.rules.periods import Period, PeriodKind, period_of
from models.rules.wall_clock import at_time
from models.words import PersonError

blueprint = Blueprint("dispatch", __name__, url_prefix="/dispatch")
LONGEST_ID = 18  # digits
MORNING = time(9)
"""When an entry is due that is put on a day without a time of its own."""


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the register's rights decide the rest."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/<register>/")
def index(register: str) -> ResponseReturnValue:
    """Show a week of people and days, what waits at the left."""
    board = _board(register)
    language, week = visit.language(), board.week
    waiting, given = board.waiting(), board.given()
    people = board.people(given)
    away = board.away(list(people))
    days = list(week.dates())
    return render_template(
        "register/dispatch.html",
        page_title=f"{board.declared.title.text(language)} · "
        + visit.t("派工板", "Dispatch"),
        list_url=visit.address_of("register.index_view", register=register),
        week={
            "first": week.first.isoformat(),
            "today": visit.now().astimezone(visit.zone()).date().isoformat(),
            "label": f"{week.first:%m-%d} – {week.last:%m-%d}",
            "before_url": _url(register, week.first - timedelta(7)),
            "after_url": _url(register, week.end),
            "now_url": url_for(".index", register=register),
        },
        days=[_head(day) for day in days],
        waiting=[_card(one) for one in waiting[:MOST_WAITING]],
        has_more=len(waiting) > MOST_WAITING,
        rows=[
            {
                "id": key,
                "name": name,
                "open": _cards(given, key, None, week),
                "days": [
                    {
                        "on": day.isoformat(),
                        "label": _head(day)["label"],
                        "cards": _cards(given, key, day, week),
                        "away": _away(away.get(key, []), day),
                    }
                    for day in days
                ],
            }
            for key, name in people.items()
        ],
        people=people,
        others=board.others(people),
        by_days=board.is_by_days,
        may_give=_may_give(register),
    )


@blueprint.post("/<register>/<int:entry_id>")
def give(register: str, entry_id: int) -> ResponseReturnValue:
    """Give an entry to somebody for a day, or take it back; answer a script in JSON."""
    board = _board(register)
    if not _may_give(register) or len(str(entry_id)) > LONGEST_ID:
        abort(403)
    status = 200
    try:
        message = _write(board, entry_id)
        tone = "success"
    except LostUpdateError:
        message = visit.t(
            "这一条刚被别人改过，请看最新内容后再派。",
            "Somebody changed this entry meanwhile. Look at it before you give it.",
        )
        tone, status = "warning", 409
    except PersonError as error:
        message, tone, status = error.text(visit.language()), "danger", 422
    if request.accept_mimetypes.best == "application/json":
        if status == 200:  # noqa: PLR2004 - HTTP's own number
            flash(message, tone)  # shown when the script loads the page anew
        return jsonify({"message": message}), status
    flash(message, tone)
    return redirect(_url(register, board.week.first))


def _write(board: Board, entry_id: int) -> str:
    said, form = board.board, request.form
    asked = form.get("person", "")
    person = int(asked) if asked.isdecimal() and len(asked) <= LONGEST_ID else None
    if asked and person is None:
        raise PersonError("请选择一位员工。", "Choose a person.")
    values: dict[str, Any] = {said.person: person, said.at: _at(board)}
    if said.by is not None and person is not None:
        values[said.by] = visit.person().staff_id
    version = form.get("version", type=int)
    with visit.house().database.write() as session:
        entries.change(
            session,
            board.declared.code,
            entry_id,
            values,
            visit.writer(),
            version=-1 if version is None else version,
        )
    if person is None:
        return visit.t("已收回，待派工。", "Taken back; it waits again.")
    return visit.t("已派工。", "Given out.")


def _at(board: Board) -> date | datetime | None:
    """Return the day or instant that the form says."""
    on, clock = request.form.get("on", ""), request.form.get("time", "")
    if not on:
        return None
    try:
        day = date.fromisoformat(on)
        at = time.fromisoformat(clock) if clock else MORNING
    except ValueError:
        raise PersonError(
            "日期或时间不对，请按 2026-11-09 和 13:30 这样填写。",
            "Write the day as 2026-11-09 and the time as 13:30.",
        ) from None
    if board.is_by_days:
        return day
    return at_time(day, at.replace(tzinfo=None), visit.zone())


def _may_give(register: str) -> bool:
    person, declared = visit.person(), catalogue.current()[register]
    return (
        person.may(register, Action.CHANGE)
        and person.watched_by is None
        and not declared.is_retired
    )


def _board(register: str) -> Board:
    """Return what the address asks for; the present week where it says none."""
    known = catalogue.current()
    said = known[register].dispatch_board if register in known else None
    if said is None:
        abort(404)
    if not visit.person().may(register, Action.LIST):
        abort(403)
    return Board(known[register], said, _week())


def _week() -> Period:
    today = visit.now().astimezone(visit.zone()).date()
    now = period_of(PeriodKind.WEEK, today)
    try:
        found = date.fromisoformat(request.values.get("week") or today.isoformat())
        week = period_of(PeriodKind.WEEK, found)
        around = (week.first - timedelta(7), week.end + timedelta(7))
    except (ValueError, OverflowError):
        return now
    return week if all(it.year > 1 for it in around) else now


def _url(register: str, on: date) -> str:
    return url_for(".index", register=register, week=on.isoformat())


def _head(day: date) -> dict[str, Any]:
    names = WEEKDAYS[0] if visit.language() != "en" else WEEKDAYS[1]
    today = visit.now().astimezone(visit.zone()).date()
    return {
        "label": f"{day.month}-{day.day}",
        "weekday": names[day.weekday()],
        "is_today": day == today,
    }


def _cards(
    given: list[Card], person: int, day: date | None, week: Period
) -> list[dict[str, Any]]:
    """Return somebody's cards of a day; without one those before it, or of none."""
    return [
        _card(one)
        for one in given
        if one.person == person
        and (one.on == day if day else one.on is None or one.on < week.first)
    ]


def _card(one: Card) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "url": one.url,
        "version": one.version,
        "time": one.time,
        "on": one.on.isoformat() if one.on else "",
        "person": one.person or "",
        "shown": one.shown,
        "is_settled": one.is_settled,
        "text": " ".join(text for _, text in one.shown),
    }


def _away(some: list[Away], day: date) -> list[dict[str, str]]:
    return [
        {"title": one.title, "url": one.url}
        for one in some
        if one.first <= day <= one.last
    ]
