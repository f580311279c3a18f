"""消息, behind the bell: what one person was told, read or not."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import visit
from models import catalogue, entries, message_checks, outbox
from models.entry_errors import NotAllowedError
from models.message_kinds import kind_of
from models.outbox import Message
from models.words import Label

blueprint = Blueprint("messages", __name__, url_prefix="/messages")
PAGE = 50
LONGEST_ID = 18  # digits
# Where a message leads that is about no entry.
PAGES: Mapping[str, str] = {  # by the kind's first word
    "duty": "duties.index",
    "pay_slip": "slips.slips",
}


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; everybody has messages of their own and no others."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def bell() -> ResponseReturnValue:
    """Show a page of messages, the newest first."""
    only_unread = request.args.get("unread") == "1"
    given = request.args.get("before", "")
    before = int(given) if given.isdecimal() and len(given) <= LONGEST_ID else None
    query = select(Message).where(Message.staff_id == visit.addressee())
    if only_unread:
        query = query.where(Message.read_at.is_(None))
    if before is not None:
        query = query.where(Message.id < before)
    query = query.order_by(Message.id.desc()).limit(PAGE + 1)
    found = list(visit.session().scalars(query))
    page = found[:PAGE]
    more: dict[str, Any] = {"unread": "1"} if only_unread else {}
    unread = any(one.read_at is None for one in page)
    return render_template(
        "desk/messages.html",
        page_title=visit.t("消息", "Messages"),
        days=_days(page),
        read_all_url=url_for(".read_all") if unread else None,
        older_url=url_for(".bell", before=page[-1].id, **more)
        if len(found) > PAGE
        else None,
        only_unread=only_unread,
        unread_url=url_for(".bell", unread="1"),
        all_url=url_for(".bell"),
        reminders_url=url_for("reminders.index"),
    )


@blueprint.post("/read")
def read_all() -> ResponseReturnValue:
    """Mark every message of the person as read."""
    with visit.house().database.write() as writing:
        outbox.mark_read(writing, visit.addressee(), visit.now())
    flash(visit.t("已全部标为已读。", "All marked read."), "success")
    return redirect(url_for(".bell"))


@blueprint.get("/<int:message_id>")
def follow(message_id: int) -> ResponseReturnValue:
    """Mark a message as read and lead to the entry it is about."""
    person = visit.person()
    message = (
        visit.session().get(Message, message_id)
        if len(str(message_id)) <= LONGEST_ID
        else None
    )
    if message is None or message.staff_id != visit.addressee():
        abort(404)
    register, entry_id = message.register, message.entry_id
    page = PAGES.get(message.kind.partition(".")[0], ".bell")
    if message.read_at is None:
        with visit.house().database.write() as writing:
            outbox.mark_read(writing, visit.addressee(), visit.now(), [message_id])
    if register is None or entry_id is None or register not in catalogue.current():
        return redirect(url_for(page))
    try:
        entries.get(visit.session(), person, register, entry_id)
    except NotAllowedError as error:
        if catalogue.current()[register].anyone is not None:  # their own, taken down
            return redirect(url_for("taking.take", register=register))
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".bell"))
    return redirect(url_for("register.details_view", register=register, id=entry_id))


def shown(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return messages as the templates show them.

    Of an entry that the person may no longer see, the message keeps its kind alone.
    """
    readable = message_checks.readable(visit.session(), visit.person(), messages)
    return [_shown(one, is_hidden=one.id not in readable) for one in messages]


def _shown(message: Message, *, is_hidden: bool) -> dict[str, Any]:
    local = message.created_at.astimezone(visit.zone())
    known = catalogue.current()
    code, kind = message.register, kind_of(message.kind)
    register = known[code].title if code is not None and code in known else None
    text = message.line(visit.zone())
    if is_hidden:
        register = None
        text = Label(
            f"{kind.label.zh}：这条登记已删除，或您已无权查看。",
            f"{kind.label.en}: the entry is gone, or you may no longer see it.",
        )
    return {
        "text": text.text(visit.language()),
        "url": url_for("messages.follow", message_id=message.id),
        "at": f"{local:%m-%d %H:%M}",
        "tone": kind.tone,
        "unread": message.read_at is None,
        "register": register.text(visit.language()) if register else "",
    }


def _days(page: Iterable[Message]) -> list[dict[str, Any]]:
    days: dict[date, list[dict[str, Any]]] = {}
    messages = list(page)
    for one, drawn in zip(messages, shown(messages), strict=True):
        day = one.created_at.astimezone(visit.zone()).date()
        # The message itself begins with the register's name.
        days.setdefault(day, []).append(drawn | {"register": ""})
    return [{"label": _day(day), "items": items} for day, items in days.items()]


def _day(day: date) -> str:
    today = visit.now().astimezone(visit.zone()).date()
    names = {
        today: visit.t("今天", "Today"),
        today - timedelta(days=1): visit.t("昨天", "Yesterday"),
    }
    return names.get(day, day.isoformat())
