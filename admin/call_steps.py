"""What is pressed on a call list: an attempt recorded, a call taken, a number shown."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import visit
from admin.call_lines import phone_field
from admin.call_pages import LONGEST_ID, MORE, declared_of, may_make
from models import accounts, call_recording, call_shares, catalogue, entries
from models.calling import Key
from models.entry_errors import EntryRefusedError, NotAllowedError
from models.register import Declaration
from models.rules.call_attempts import CallState
from models.words import PersonError

blueprint = Blueprint("call_steps", __name__, url_prefix="/calls")


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; each step says itself whose it is."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


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


@blueprint.post("/<register>/number")
def number(register: str) -> ResponseReturnValue:
    """Return the number of a call that is one's own today, and write that down.

    Whoever is to call needs no reason: being given the call is one.
    """
    declared = declared_of(register)
    key = _about()
    said, person = declared.call_list, visit.person()
    shares = call_shares.shares(visit.session(), register, _today())
    if said is None or person.staff_id is None or shares.get(key) != person.staff_id:
        abort(404)
    there = catalogue.current()[key[0]]
    source = next((it for it in said.sources if it.register == key[0]), None)
    one = phone_field(declared, there, None if key[0] == register else source)
    try:
        entry = entries.get(visit.session(), person, *key)
    except NotAllowedError:
        abort(404)
    if one is None or person.watched_by is not None:
        abort(404)
    reason = said.title.zh
    event = accounts.ReadEvent(
        at=visit.now(),
        staff_id=person.staff_id,
        by_name=person.name,
        kind="reveal",
        register=key[0],
        entry_id=key[1],
        detail=f"{one.name}: {reason}",
        address=request.remote_addr,
    )
    visit.close_session()
    with visit.house().database.write() as session:
        session.add(event)
    return {"text": entry[one.name]}


def _today() -> date:
    return visit.now().astimezone(visit.zone()).date()


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
    register, _, entry_id = request.values.get("about", "").partition(":")
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
    return redirect(url_for("calls.index", register=declared.code, who=kept))
