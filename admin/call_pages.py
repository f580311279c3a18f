"""今日回访名单: whom to call today, person by person, and what came of each attempt.

One page for every register that declares a call list. Who makes calls sees the own
share and what nobody has; who approves them sees everybody's.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import call_progress, visit
from admin.call_lines import Lines
from models import call_recording, call_shares, calling, catalogue, references
from models.access import Action
from models.call_list import Asks, Round
from models.call_shares import Today
from models.calling import Key
from models.entry_errors import EntryRefusedError, NotAllowedError
from models.register import Declaration
from models.rules.call_attempts import CallState
from models.words import PersonError

blueprint = Blueprint("calls", __name__, url_prefix="/calls")
LONGEST_ID = 18  # digits
SHOWN = 200  # lines of one kind
COUNTED_TO = 1_000
MORE = 5  # calls that one takes besides
NOBODY = "none"  # in the address: the calls that nobody has


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


def _approves(declared: Declaration) -> bool:
    return visit.person().may(declared.code, Action.APPROVE)


@blueprint.get("/<register>/")
def index(register: str) -> ResponseReturnValue:
    """Show one's own calls of today; who approves them can look at everybody's."""
    declared = declared_of(register)
    today = today_of(declared)
    whose = _whose(declared, today)
    language = visit.language()
    return render_template(
        "desk/calls.html",
        page_title=today.said.title.text(language),
        sections=_sections(today, whose),
        whose=_named(whose),
        people=_people(declared, today),
        progress=call_progress.of(declared, whose) if whose else [],
        outcomes=_outcomes(today),
        record_url=url_for(".record", register=register),
        take_url=url_for(".take", register=register),
        more_url=url_for(".more", register=register) if _may_more(today) else None,
        more=MORE,
        left=_left(today),
        on_duty=len(today.callers),
        may=may_make(declared),
        list_url=url_for("register.index_view", register=register),
        register_title=declared.title.text(language),
    )


def _whose(declared: Declaration, today: Today) -> int | None:
    """Return whose calls are shown; None for those that nobody has."""
    own = visit.person().staff_id
    asked = request.args.get("who", "")
    if _approves(declared):
        if asked.isdecimal() and len(asked) <= LONGEST_ID:
            return int(asked)
        sharing = {*today.shares.values(), *today.callers}
        if own not in sharing and sharing:
            return min(sharing)
    return own


def _people(declared: Declaration, today: Today) -> list[dict[str, Any]]:
    """Return everybody's numbers for who approves the calls; nothing for others."""
    if not _approves(declared):
        return []
    open_ = _open(today)
    ids = list(dict.fromkeys((*today.callers, *today.shares.values())))
    names = references.labels(visit.session(), "staff", ids)
    given = Counter(today.shares.values())
    left = Counter(it for key, it in today.shares.items() if key in open_)
    whose = _whose(declared, today)
    return [
        {
            "label": names.get(one, ""),
            "url": url_for(".index", register=declared.code, who=one),
            "active": one == whose,
            "given": given[one],
            "done": given[one] - left[one],
            "away": one not in today.callers,
        }
        for one in ids
    ]


def _open(today: Today) -> set[Key]:
    """Return the calls of today that nobody has made yet."""
    keys = {one.key for one in today.asking} | {one.key for one in today.due}
    return keys | today.still_round()


def _named(whose: int | None) -> str | None:
    """Return whose calls these are, where they are not one's own."""
    if whose is None or whose == visit.person().staff_id:
        return None
    return references.labels(visit.session(), "staff", [whose]).get(whose)


def _sections(today: Today, whose: int | None) -> list[dict[str, Any]]:
    """Return the calls in the order in which they are made."""
    t, lines = visit.t, Lines(today)
    now = today.now
    mine = [key for key, it in today.shares.items() if it == whose]
    retries = {one.key: one for one in today.due}
    ready = [k for k, it in retries.items() if (it.standing.next_at or now) <= now]
    later = [k for k in retries if k not in ready]
    still = today.still_round()
    own = set(mine)
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
        parts.append(("round", *_titled(round_), _in(mine, still)))
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
    still = today.still_round()
    keys += [key for key in today.shares if key in still]
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


# What is pressed --------------------------------------------------------------------


@blueprint.post("/<register>/record")
def record(register: str) -> ResponseReturnValue:
    """Write what came of an attempt; who was reached is written down in the form."""
    declared = declared_of(register)
    about, entry_id = _about()
    outcome = request.form.get("outcome", "")
    said = declared.call_list
    if said is not None and outcome == "reached":
        outcome = said.reached[0] if said.reached else ""
    wrote: list[CallState] = []

    def write(session: Any) -> None:
        agreed = _agreed()
        if about == register:
            wrote.append(
                call_recording.again(
                    session, declared, entry_id, outcome, agreed, visit.writer()
                )
            )
            return
        sources = said.sources if said is not None else ()
        source = next((it for it in sources if it.register == about), None)
        if source is None:
            raise NotAllowedError
        call_recording.first(
            session, declared, source, entry_id, outcome, agreed, visit.writer()
        )

    if not _done(declared, write):
        return _back(declared)
    if wrote == [CallState.REACHED]:
        return redirect(
            url_for("register.edit_view", register=register, id=entry_id, list=1)
        )
    flash(_recorded(declared, outcome, wrote), "success")
    return _back(declared)


def _recorded(declared: Declaration, outcome: str, wrote: Sequence[CallState]) -> str:
    said = declared.call_list
    label = ""
    if said is not None:
        one = declared.field(said.outcome)
        label = one.option_label(outcome).text(visit.language())
    if wrote == [CallState.UNREACHABLE]:
        return visit.t(
            f"已登记：{label}。多次未联系上，已结束。",
            f"Recorded: {label}. Tried often enough; it is closed as unreachable.",
        )
    return visit.t(f"已登记：{label}。", f"Recorded: {label}.")


@blueprint.post("/<register>/take")
def take(register: str) -> ResponseReturnValue:
    """Take a call that nobody has."""
    declared = declared_of(register)
    about, entry_id = _about()
    staff_id = visit.person().staff_id
    if not may_make(declared) or staff_id is None:
        abort(403)

    def write(session: Any) -> None:
        call_shares.take(session, declared, (about, entry_id), visit.writer())

    if _done(declared, write):
        flash(visit.t("已领取，在您的名单里。", "It is on your list now."), "success")
    return _back(declared)


@blueprint.post("/<register>/more")
def more(register: str) -> ResponseReturnValue:
    """Take some more calls of the round."""
    declared = declared_of(register)
    staff_id = visit.person().staff_id
    if not may_make(declared) or staff_id is None:
        abort(403)
    took = []

    def write(session: Any) -> None:
        took.append(
            call_shares.take_more(
                session, declared, staff_id, visit.now(), visit.zone(), MORE
            )
        )

    if _done(declared, write):
        count = sum(took)
        flash(
            visit.t(f"又加了 {count} 位。", f"{count} more are on your list.")
            if count
            else visit.t("没有更多要联系的了。", "There is nobody more to call."),
            "success" if count else "warning",
        )
    return _back(declared)


def _done(declared: Declaration, write: Callable[[Any], None]) -> bool:
    """Write in one transaction; tell what is wrong and return False if it is."""
    if visit.person().watched_by is not None:
        abort(403)
    visit.close_session()
    try:
        with visit.house().database.write() as session:
            write(session)
    except EntryRefusedError as error:
        for problem in error.problems:
            text = problem.label.text(visit.language())
            flash(f"{_field(declared, problem.field)}{text}", "danger")
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    else:
        return True
    return False


def _field(declared: Declaration, name: str | None) -> str:
    if name is None or not declared.has(name):
        return ""
    return declared.field(name).label.text(visit.language()) + visit.t("：", ": ")


def _about() -> Key:
    """Return what the posted call is about; 404 for what is no entry."""
    register, _, entry_id = request.form.get("about", "").partition(":")
    known = register in catalogue.current()
    if not known or not entry_id.isdecimal() or len(entry_id) > LONGEST_ID:
        abort(404)
    return register, int(entry_id)


def _agreed() -> datetime | None:
    """Return the time agreed for the next call, typed in the desk's zone."""
    typed = request.form.get("again_at", "").strip()
    if not typed:
        return None
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise PersonError(
            "改约时间“{typed}”看不懂，请按 2026-10-14 15:30 的样子填写。",
            "The time '{typed}' cannot be read. Write it like 2026-10-14 15:30.",
            typed=typed[:40],
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=visit.zone())


def _back(declared: Declaration) -> ResponseReturnValue:
    who = request.form.get("who", "")
    kept = who if who.isdecimal() and len(who) <= LONGEST_ID else None
    return redirect(url_for(".index", register=declared.code, who=kept))
