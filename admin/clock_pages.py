"""督办 one time limit: 催办, 改派, 说明, 剔除, and what was said about it so far."""

from collections.abc import Container, Iterable, Sequence
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
from admin.value_words import words
from models import clock_notes, proposals, references
from models.attachments import COMMENT_LENGTH
from models.clock_lists import ClockLine
from models.clock_notes import Doing
from models.clock_table import Clock, ClockNote
from models.entry_errors import NotAllowedError
from models.leaving import STAFF
from models.targets import SlaTarget
from models.words import Label, PersonError

blueprint = Blueprint("clocks", __name__, url_prefix="/late/clock")
LARGEST_ID = 2**63 - 1
ADDRESS = f"/<int(max={LARGEST_ID}):clock_id>"

BUTTONS = {
    Doing.REMIND: (Label("催办", "Remind"), "bell-ringing"),
    Doing.REASSIGN: (Label("改派", "Reassign"), "arrows-exchange"),
    Doing.EXPLAIN: (Label("说明", "Explain"), "message-2"),
    Doing.EXCUSE: (Label("剔除", "Excuse"), "circle-check"),
    Doing.REFUSE: (Label("不同意", "Refuse"), "circle-x"),
    Doing.TAKE_BACK: (Label("撤销剔除", "Take the excuse back"), "arrow-back-up"),
    Doing.ENTER: (Label("同意处理", "Enter what is proposed"), "gavel"),
    Doing.DECLINE: (Label("不予处理", "Let nothing follow"), "x"),
}
HELP = {
    Doing.REMIND: Label(
        "给经办人发一条提醒，每天最多一次。",
        "Sends the holder a message, once a day at most.",
    ),
    Doing.REASSIGN: Label(
        "换一位负责，由其继续办理。", "Another person answers for it from now on."
    ),
    Doing.EXPLAIN: Label(
        "写明逾期的原因，交上级确认。",
        "Say why it was late; whoever is above you answers.",
    ),
    Doing.EXCUSE: Label(
        "结论不变，及时率和绩效不计这一次。",
        "The verdict stays; shares and pay leave it out.",
    ),
    Doing.REFUSE: Label(
        "逾期照常计入，经办人可以再次说明。",
        "It counts as late; the holder may explain again.",
    ),
    Doing.TAKE_BACK: Label("这一次逾期恢复计入。", "This breach counts again."),
    Doing.ENTER: Label(
        "按建议登记一条，由您登记，可再修改。",
        "Makes the entry below; it is yours, and may be changed.",
    ),
    Doing.DECLINE: Label(
        "逾期照常计入，不登记。", "It counts as late; nothing is entered."
    ),
}
NOTED = {
    Doing.REMIND: Label("催办", "reminded"),
    Doing.REASSIGN: Label("改派给", "reassigned to"),
    Doing.EXPLAIN: Label("说明", "explained"),
    Doing.EXCUSE: Label("剔除", "excused"),
    Doing.REFUSE: Label("不同意说明", "refused"),
    Doing.TAKE_BACK: Label("撤销剔除", "took the excuse back"),
    Doing.ENTER: Label("已登记", "entered"),
    Doing.DECLINE: Label("不予处理", "let nothing follow"),
}
DONE = {
    Doing.REMIND: Label("已催办。", "The holder was reminded."),
    Doing.REASSIGN: Label("已改派。", "Reassigned."),
    Doing.EXPLAIN: Label("已提交说明，等上级确认。", "It waits for an answer."),
    Doing.EXCUSE: Label("已剔除，结论不变。", "Excused; the verdict stays."),
    Doing.REFUSE: Label("已答复不同意。", "Answered with no."),
    Doing.TAKE_BACK: Label("已撤销剔除。", "The excuse was taken back."),
    Doing.ENTER: Label("已按建议登记。", "Entered as proposed."),
    Doing.DECLINE: Label("已记录：不予处理。", "Noted: nothing follows."),
}


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
        forms=[
            {
                "doing": one.value,
                "label": label.text(language),
                "icon": icon,
                "help": HELP[one].text(language),
                "url": url_for(".do", clock_id=clock.id, doing=one.value),
                "open": one is first,
                "text": text if one is first else "",
            }
            for one, (label, icon) in BUTTONS.items()
            if one in ways
        ],
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


def shown(notes: Iterable[ClockNote]) -> list[dict[str, str]]:
    """Return what was said about a clock as the templates show it."""
    language, zone = visit.language(), visit.zone()
    return [
        {
            "what": NOTED[Doing(one.kind)].text(language),
            "text": one.text,
            "by": one.by_name,
            "at": show_instant(one.at, zone),
        }
        for one in notes
    ]


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
