"""未送达消息: what no channel took; why, send again, or give it up."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import job_words, rule_choices, rule_pages, visit
from admin.rule_pages import cell
from models import access, catalogue, deliveries, message_checks
from models.access import Action
from models.channels import Channel
from models.deliveries import Delivery
from models.message_kinds import kind_of
from models.outbox import Message

blueprint = Blueprint("undelivered", __name__, url_prefix="/settings/undelivered")
blueprint.before_request(rule_pages.gate)
LISTED = 200
LONGEST_ID = 18  # digits


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what was given up and not looked at yet, the latest first."""
    t = visit.t
    query = (
        select(Delivery, Message)
        .join(Message, Message.id == Delivery.message_id)
        .where(deliveries.is_dead())
        .order_by(Delivery.given_up_at.desc(), Delivery.id.desc())
        .limit(LISTED)
    )
    found = [(one, message) for one, message in visit.session().execute(query)]
    shown = _Shown(found)
    table = {
        "label": None,
        "heads": job_words.heads(
            t("消息", "Message"),
            t("发给", "To"),
            t("原因", "Why"),
            t("次数", "Attempts"),
            t("放弃于", "Given up"),
        ),
        "empty": t("没有。消息都送到了。", "None. Every message was taken."),
        "rows": [shown.row(one, message) for one, message in found],
    }
    every = [_button(t("全部重发", "Send all again"), ".again", None)] if found else []
    return render_template(
        "settings/undelivered.html",
        page_title=t("未送达消息", "Undelivered messages"),
        crumbs=rule_choices.crumbs("channels.index", "消息渠道", "Message channels"),
        text=t(
            "反复发送仍没有送到的消息。铃铛里都有，不会丢。",
            "Messages that no channel took, however often. They are on the bell.",
        ),
        actions=[],
        notes=[],
        tables=[table],
        every=every,
    )


class _Shown:
    """Draws rows; names and numbers only as far as whoever looks may see them."""

    def __init__(self, found: list[tuple[Delivery, Message]]) -> None:
        """Read the names of all rows at once."""
        session = visit.session()
        self._channels = {one.id: one.name for one in session.scalars(select(Channel))}
        people = {one.staff_id for one, _ in found if one.staff_id is not None}
        staff = access.visible(visit.person(), "staff", Action.LIST)
        table = catalogue.current().table("staff")
        query = staff.with_only_columns(table.c.id, table.c.name)
        rows = session.execute(query.where(table.c.id.in_(people)))
        self._readable = message_checks.readable(
            session, visit.person(), [message for _, message in found]
        )
        self._people: dict[int, str] = {row.id: row.name for row in rows}

    def row(self, one: Delivery, message: Message) -> dict[str, Any]:
        """Return a row of settings/table.html."""
        t, language = visit.t, visit.language()
        kind = kind_of(message.kind).label.text(language)
        known = catalogue.current()
        code = message.register
        title = known[code].title.text(language) if code and code in known else ""
        number = message.number if message.id in self._readable else None
        why = deliveries.failure_label(one.failure).text(language)
        return {
            "off": False,
            "cells": [
                cell(kind, small=f"{title} {number or ''}".strip() or None),
                cell(self._to(one)),
                cell(why),
                cell(str(one.attempts), css="num headed"),
                cell(job_words.moment(one.given_up_at), css="num headed"),
            ],
            "buttons": [
                _button(t("重发", "Send again"), ".again", one.id),
                _button(t("不再发", "Give up"), ".close", one.id),
            ],
        }

    def _to(self, one: Delivery) -> str:
        if one.staff_id is not None:
            nobody = visit.t(f"员工 {one.staff_id}", f"staff {one.staff_id}")
            return self._people.get(one.staff_id, nobody)
        place = one.route.removeprefix(deliveries.CHANNEL)
        setting = visit.t("TAIZHANG_CHANNELS 里的地址", "an address of the settings")
        if not place.isdecimal():
            return setting
        return self._channels.get(int(place), visit.t("已删除的渠道", "a deleted one"))


def _button(label: str, endpoint: str, key: int | None) -> dict[str, Any]:
    return {
        "label": label,
        "url": url_for(endpoint, id=key),
        "confirm": None,
        "danger": False,
        "method": "post",
    }


@blueprint.post("/again")
def again() -> ResponseReturnValue:
    """Let one, or all, be tried anew."""
    with visit.house().database.write() as session:
        count = deliveries.send_again(session, _ids(), visit.now())
    said = visit.t(f"{count} 条将重新发送。", f"{count} will be sent again.")
    flash(said, "success" if count else "info")
    return redirect(url_for(".index"))


@blueprint.post("/close")
def close() -> ResponseReturnValue:
    """Take one off the list for good."""
    ids = _ids()
    if ids is not None:
        with visit.house().database.write() as session:
            deliveries.close(session, ids, visit.now())
    return redirect(url_for(".index"))


def _ids() -> list[int] | None:
    """Return the one that is meant; None for all, nothing for what is no id."""
    given = request.args.get("id")
    if given is None:
        return None
    return [int(given)] if given.isdecimal() and len(given) <= LONGEST_ID else []
