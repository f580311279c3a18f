"""督办 one time limit: 催办, 改派, 说明, 剔除, and what was said about it so far."""

from collections.abc import Container, Sequence
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from admin import visit
from admin.clock_words import badge
from admin.column_converters import show_instant
from admin.excuse_words import BUTTONS, DONE, forms, shown
from admin.value_words import words
from models import clock_notes, proposals, references
from models.attachments import COMMENT_LENGTH
from models.clock_lists import ClockLine
from models.clock_table import Clock
from models.entry_errors import NotAllowedError
from models.excuses import Doing
from models.leaving import STAFF
from models.targets import SlaTarget
from models.words import PersonError

blueprint = Blueprint("clocks", __name__, url_prefix="/late/clock")
LARGEST_ID = 2**63 - 1
ADDRESS = f"/<int(max={LARGEST_ID}):clock_id>"


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; what may be done is asked of each clock."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get(ADDRESS)
def show(clock_id: int) -> ResponseReturnValue:
    """Show a time limit with all that the person may do about it."""
    asked = request.args.get("do", "")
    first = Doing(asked) if asked in set(Doing) else None
    return _page(clock_id, first, "", None)


@blueprint.post(f"{ADDRESS}/<any({', '.join(Doing)}):doing>")
def do(clock_id: int, doing: str) -> ResponseReturnValue:
    """Do one thing about a clock, or say why not with all that was typed."""
    what = Doing(doing)
    text = request.form.get("text", "")
    to_id = request.form.get("to", type=int)
    try:
        with visit.house().database.write() as session:
            _do(session, clock_id, what, text, to_id)
    except NotAllowedError as error:
        if not _is_seen(clock_id):
            abort(404)
        flash(error.text(visit.language()), "danger")
        return _page(clock_id, what, text, to_id, status=403)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return _page(clock_id, what, text, to_id, status=422)
    flash(DONE[what].text(visit.language()), "success")
    return redirect(_back(clock_id))


def _do(session: Any, clock_id: int, what: Doing, text: str, to_id: int | None) -> None:
    writer = visit.writer()
    if what is Doing.REMIND:
        clock_notes.remind(session, clock_id, writer)
    elif what is Doing.ENTER:
        clock_notes.enter(session, clock_id, writer)
    elif what is Doing.REASSIGN:
        if to_id is None:
            raise clock_notes.ClockRefusedError(
                "请选择改派给谁。", "Choose who is to answer for it."
            )
        clock_notes.reassign(session, clock_id, to_id, writer)
    else:
        say = {
            Doing.EXPLAIN: clock_notes.explain,
            Doing.EXCUSE: clock_notes.excuse,
            Doing.REFUSE: clock_notes.refuse,
            Doing.TAKE_BACK: clock_notes.take_back,
            Doing.DECLINE: clock_notes.decline,
        }
        say[what](session, clock_id, text, writer)


def _back(clock_id: int) -> str:
    """Return where the button stood: a list of late work, an entry, or the clock."""
    if request.form.get("from") == "late":
        return url_for("late.index")
    clock = visit.session().get_one(Clock, clock_id)
    return _entry_url(clock)


def _entry_url(clock: Clock) -> str:
    return url_for(
        "register.details_view",
        register=clock.register,
        id=clock.entry_id,
        clock=clock.id,
    )


def _is_seen(clock_id: int) -> bool:
    try:
        clock_notes.seen(visit.session(), visit.person(), clock_id)
    except NotAllowedError:
        return False
    return True


def _page(
    clock_id: int,
    first: Doing | None,
    text: str,
    to_id: int | None,
    status: int = 200,
) -> ResponseReturnValue:
    session, person = visit.session(), visit.person()
    if not _is_seen(clock_id):
        abort(404)
    clock = clock_notes.seen(session, person, clock_id)
    target = session.get_one(SlaTarget, clock.target_id)
    language, zone = visit.language(), visit.zone()
    name = target.label.text(language)
    ways = clock_notes.open_to(session, [clock], visit.writer())[clock.id]
    names = references.labels(
        session, STAFF, [one for one in (to_id, clock.holder_id) if one]
    )
    body = render_template(
        "desk/clock.html",
        page_title=visit.t(f"督办 {name}", f"Chase {name}"),
        number=clock.number or f"#{clock.entry_id}",
        url=_entry_url(clock),
        hard=target.hard,
        due=badge(clock, visit.now(), zone, language),
        due_at=show_instant(clock.due_at, zone),
        holder=names.get(clock.holder_id or 0, ""),
        notes=shown(clock_notes.notes_of(session, [clock.id])[clock.id]),
        forms=forms(
            ways,
            {one: url_for(".do", clock_id=clock.id, doing=one.value) for one in ways},
            first,
            text,
        ),
        proposal=_proposal(clock, target) if Doing.ENTER in ways else None,
        to={"id": to_id, "text": names.get(to_id, "")} if to_id else None,
        picker_url=url_for(
            "register.ajax_lookup", register=clock.register, name=target.responsible
        ),
        most=COMMENT_LENGTH,
    )
    return body, status


def _proposal(clock: Clock, target: SlaTarget) -> dict[str, Any] | None:
    """Return the entry that the breach proposes, as desk/clock.html shows it."""
    register = proposals.register_of(target)
    if register is None:
        return None
    session, language, zone = visit.session(), visit.language(), visit.zone()
    found = proposals.values_of(session, clock, target, visit.writer())
    return {
        "title": register.title.text(language),
        "lines": [
            {
                "label": one.label.text(language),
                "text": words(session, one, found[one.name], language, zone),
            }
            for one, _ in register.columns
            if found.get(one.name) is not None
        ],
    }


def buttons(
    lines: Sequence[ClockLine], among: Container[Doing] = tuple(Doing)
) -> dict[int, list[dict[str, Any]]]:
    """Return {clock: its buttons}; one to be posted at once has `post`."""
    language = visit.language()
    clocks = [one.clock for one in lines]
    found = clock_notes.open_to(visit.session(), clocks, visit.writer())
    return {
        key: [
            {
                "label": label.text(language),
                "icon": icon,
                "post": one is Doing.REMIND,
                "url": url_for("clocks.do", clock_id=key, doing=one.value)
                if one is Doing.REMIND
                else url_for("clocks.show", clock_id=key, do=one.value),
            }
            for one, (label, icon) in BUTTONS.items()
            if one in ways and one in among
        ]
        for key, ways in found.items()
    }
