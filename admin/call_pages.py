"""今日回访名单: whom to call today, person by person, and what came of each attempt.

One page for every register that declares a call list. Who makes calls sees the own
share and what nobody has, as well as those of the people whose duties one may see.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import call_progress, visit
from admin.call_lines import Lines
from models import (
    call_people,
    call_shares,
    calling,
    catalogue,
    duty_people,
    duty_rights,
    references,
)
from models.access import Action
from models.call_list import Asks, Round
from models.call_shares import Today
from models.calling import Key
from models.register import Declaration

blueprint = Blueprint("calls", __name__, url_prefix="/calls")
LONGEST_ID = 18  # digits
SHOWN = 200  # lines of one kind
COUNTED_TO = 1_000
MORE = 5  # calls that one takes besides


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; each page says itself whom it is for."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


def declared_of(register: str) -> Declaration:
    """Return a register with a call list that the person may look at."""
    declared = catalogue.current().codes.get(register)
    if declared is None or declared.call_list is None or declared.is_retired:
        abort(404)
    if not visit.person().may(register, Action.LIST):
        abort(403)
    return declared


def today_of(declared: Declaration) -> Today:
    """Return what the list holds now; what nobody has is shared out before."""
    today = Today(visit.session(), declared, visit.now(), visit.zone())
    if visit.person().watched_by is not None or not call_shares.proposed(today):
        return today
    visit.close_session()
    with visit.house().database.write() as session:
        call_shares.share_out(session, declared, visit.now(), visit.zone())
    return Today(visit.session(), declared, visit.now(), visit.zone())


def may_make(declared: Declaration) -> bool:
    """Whether the person makes calls."""
    person = visit.person()
    return person.staff_id is not None and person.may(declared.code, Action.CREATE)


@blueprint.get("/<register>/")
def index(register: str) -> ResponseReturnValue:
    """Show one's own calls of today; who approves them can look at everybody's."""
    declared = declared_of(register)
    today = today_of(declared)
    seen = _seen(declared, today)
    whose = _whose(seen)
    language = visit.language()
    return render_template(
        "desk/calls.html",
        page_title=today.said.title.text(language),
        sections=_sections(today, whose),
        whose=_named(whose),
        people=_people(declared, today, seen, whose),
        progress=call_progress.of(declared, whose) if whose else [],
        outcomes=_outcomes(today),
        record_url=url_for("call_steps.record", register=register),
        take_url=url_for("call_steps.take", register=register),
        more_url=url_for("call_steps.more", register=register)
        if _may_more(today)
        else None,
        more=MORE,
        left=_left(today),
        on_duty=len(today.callers),
        may=may_make(declared),
        list_url=url_for("register.index_view", register=register),
        register_title=declared.title.text(language),
    )


def _seen(declared: Declaration, today: Today) -> list[int]:
    """Return whose shares the person may look at, the own among them."""
    ids = {*today.callers, *today.shares.values()}
    span = call_people.day_of(today.now, today.zone)
    found = duty_people.owners(visit.session(), span, ids)
    person = visit.person()
    return [it.id for it in found if duty_rights.may_see(person, it, declared.code)]


def _whose(seen: Sequence[int]) -> int | None:
    """Return whose calls are shown; None where the person is nobody of the staff."""
    own, asked = visit.person().staff_id, request.args.get("who", "")
    for one in seen:
        if str(one) == asked:
            return one
    return own if own in seen or not seen else seen[0]


def _people(
    declared: Declaration, today: Today, seen: Sequence[int], whose: int | None
) -> list[dict[str, Any]]:
    """Return the numbers of each whose share is seen; nothing if that is one's own."""
    if set(seen) <= {visit.person().staff_id}:
        return []
    still = _open(today)
    names = references.labels(visit.session(), "staff", seen)
    given = Counter(today.shares.values())
    left = Counter(it for key, it in today.shares.items() if key in still)
    return [
        {
            "label": names.get(one, ""),
            "url": url_for(".index", register=declared.code, who=one),
            "active": one == whose,
            "given": given[one],
            "done": given[one] - left[one],
            "away": one not in today.callers,
        }
        for one in seen
    ]


def _open(today: Today) -> set[Key]:
    """Return the calls of today that nobody has made yet."""
    keys = {one.key for one in today.asking} | {one.key for one in today.due}
    return keys | set(today.still_round())


def _named(whose: int | None) -> str | None:
    """Return whose calls these are, where they are not one's own."""
    if whose is None or whose == visit.person().staff_id:
        return None
    return references.labels(visit.session(), "staff", [whose]).get(whose)


def _sections(today: Today, whose: int | None) -> list[dict[str, Any]]:
    """Return the calls in the order in which they are made."""
    t, lines = visit.t, Lines(today)
    now = today.now
    own = {key for key, it in today.shares.items() if it == whose}
    retries = {one.key: one for one in today.due}
    ready = [k for k, it in retries.items() if (it.standing.next_at or now) <= now]
    later = [k for k in retries if k not in ready]
    still = today.still_round()
    asking = [one.key for one in today.asking]
    free = [k for k in (*asking, *ready) if k not in today.shares]
    round_ = today.said.round
    parts: list[tuple[str, str, str, list[Key]]] = [
        ("asks", *_titled(one), _in(asking, {k for k in own if k[0] == one.register}))
        for one in today.said.asks
    ]
    parts.append(
        ("again", t("到点再拨", "Try again now"), "phone-call", _in(ready, own))
    )
    if round_ is not None:
        parts.append(("round", *_titled(round_), _in(still, own)))
    parts.append(
        ("later", t("稍后再拨", "Later today"), "clock-hour-4", _in(later, own))
    )
    parts.append(("free", t("待领取", "Nobody's yet"), "list-check", free))
    return [
        {"kind": kind, "label": label, "icon": icon, "items": lines.of(some[:SHOWN])}
        | {"count": len(some)}
        for kind, label, icon, some in parts
        if some
    ]


def _titled(source: Asks | Round) -> tuple[str, str]:
    """Return what a part of the list is called, and its icon."""
    there = catalogue.current()[source.register]
    label = source.title or there.title
    return label.text(visit.language()), there.icon


def _in(keys: Sequence[Key], among_: set[Key]) -> list[Key]:
    return [key for key in keys if key in among_]


def upcoming(today: Today, staff_id: int) -> list[Key]:
    """Return what a person is to call now, in the order of the page."""
    own = {key for key, it in today.shares.items() if it == staff_id}
    now = today.now
    keys = [one.key for one in today.asking]
    keys += [one.key for one in today.due if (one.standing.next_at or now) <= now]
    keys += today.still_round()
    return _in(keys, own)


def _outcomes(today: Today) -> list[dict[str, Any]]:
    """Return the outcomes that are recorded by one press: nobody was reached."""
    one = today.declared.field(today.said.outcome)
    return [
        {"value": it.value, "label": it.label.text(visit.language())}
        for it in one.options
        if it.value not in today.said.reached
    ]


def _left(today: Today) -> str | None:
    """Return how many the round has beyond the list."""
    one = today.said.round
    if one is None:
        return None
    count = calling.left_in_round(
        visit.session(), visit.person(), one, today.now, COUNTED_TO
    )
    listed = sum(1 for key in today.still_round() if key[0] == one.register)
    if count >= COUNTED_TO:
        return f"{COUNTED_TO:,}+"
    return str(max(count - listed, 0)) if count > listed else None


def _may_more(today: Today) -> bool:
    return visit.person().staff_id in today.callers
