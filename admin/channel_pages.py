"""消息渠道: where messages go besides the bell, set by admins; a test message each."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import channel_form, job_words, rule_choices, rule_pages, visit
from admin.asked import Sheet
from admin.rule_pages import cell
from jobs.ways import Letter, Way, send
from models import channel_changes, channels, deliveries
from models.channels import Channel, ChannelKind, Gets
from models.rules.wall_clock import minute_text
from models.words import Label, PersonError

blueprint = Blueprint("channels", __name__, url_prefix="/settings/channels")
blueprint.before_request(rule_pages.gate)
TEST_SECONDS = 10.0  # a page waits no longer
TEST = Label("台账测试消息", "Taizhang: a test message")
TEST_TEXT = Label(
    "这是一条测试消息，收到说明渠道可用。", "This is a test; the channel works."
)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the channels there are."""
    t = visit.t
    found = visit.session().scalars(select(Channel).order_by(Channel.id)).all()
    places = dict(rule_choices.departments())
    kinds = dict(channel_form.kinds())
    table = {
        "label": None,
        "heads": job_words.heads(
            t("名称", "Name"),
            t("渠道", "Channel"),
            t("发给谁", "To whom"),
            t("上次送达", "Last taken"),
            t("状态", "State"),
        ),
        "empty": t(
            "还没有渠道；消息只在右上角的铃铛里。",
            "There is no channel yet; messages stay on the bell.",
        ),
        "rows": [_row(one, kinds, places) for one in found],
    }
    add = {
        "label": t("新建渠道", "New channel"),
        "url": url_for(".new"),
        "icon": "plus",
        "primary": True,
    }
    dead = {
        "label": t("未送达消息", "Undelivered messages"),
        "url": url_for("undelivered.index"),
        "icon": "alert-triangle",
        "primary": False,
    }
    return render_template(
        "settings/table.html",
        page_title=t("消息渠道", "Message channels"),
        crumbs=[],
        text=t(
            "消息里只有单号和链接，没有客户资料。默认每个工作日 9:00 汇总一次，"
            "快到期的单独提醒经办人。",
            "Messages hold a number and a link, never customers' data. By default one "
            "digest at 9:00 each workday, and a warning to the holder before due.",
        ),
        actions=[add, dead],
        notes=[],
        tables=[table],
        history=rule_pages.history(channel_changes.SETTING, None, _words),
    )


def _row(one: Channel, kinds: dict[str, str], places: dict[str, str]) -> dict[str, Any]:
    t = visit.t
    is_mail = one.kind == ChannelKind.MAIL
    place = places.get(str(one.department_id or ""), t("全公司", "the whole company"))
    each = t("逐条", "each")
    how = each if one.gets == Gets.EACH else minute_text(one.digest_minute)
    return {
        "off": not one.enabled,
        "cells": [
            cell(one.name, url=url_for(".channel", channel_id=one.id)),
            cell(
                kinds.get(one.kind, one.kind),
                css="whole",
                small=one.address.get("host"),
            ),
            cell(
                t("每个人自己的邮箱", "each person's own mail") if is_mail else place,
                small=None if is_mail else how,
            ),
            cell(job_words.moment(one.sent_at), css="num headed"),
            cell("", pill=_state(one), small=_failure(one)),
        ],
        "buttons": _buttons(one),
    }


def _state(one: Channel) -> dict[str, str]:
    if not one.enabled:
        return {"text": visit.t("停用", "off"), "tone": "plain"}
    if one.failure is not None:
        return {"text": visit.t("发不出去", "fails"), "tone": "late"}
    return {"text": visit.t("启用", "on"), "tone": "ok"}


def _failure(one: Channel) -> str | None:
    if one.failure is None:
        return None
    return deliveries.failure_label(one.failure).text(visit.language())


def _buttons(one: Channel) -> list[dict[str, Any]]:
    t = visit.t
    gone = t(
        f"删除“{one.name}”？还没发出的消息不再从它发送。",
        f"Delete “{one.name}”? What waits for it is not sent.",
    )
    switch = t("停用", "Switch off") if one.enabled else t("启用", "Switch on")
    named = [
        (t("测试", "Test"), ".test", None),
        (switch, ".switch", None),
        (t("删除", "Delete"), ".delete", gone),
    ]
    return [
        {
            "label": label,
            "url": url_for(endpoint, channel_id=one.id),
            "confirm": confirm,
            "danger": confirm is not None,
            "method": "post",
        }
        for label, endpoint, confirm in named
    ]


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Make a channel."""
    return _form(None)


@blueprint.route("/<int:channel_id>/", methods=["GET", "POST"])
def channel(channel_id: int) -> ResponseReturnValue:
    """Change a channel; what is secret stays unless it is typed anew."""
    found = visit.session().get(Channel, channel_id)
    if found is None:
        abort(404)
    return _form(found)


def _form(found: Channel | None) -> ResponseReturnValue:
    sheet = channel_form.sheet_of(found)
    if request.method == "GET":
        return _page(sheet, found, 200)
    if found is None and sheet.text("kind") == ChannelKind.MAIL and _has_mail():
        said = Label(
            "已经有一个邮件服务器，请修改它。",
            "There is a mail server: change that one.",
        )
        sheet.refuse("kind", said)
    wanted = channel_form.read(sheet, found)
    if wanted is None:
        return _page(sheet, found, 422)
    key = found.id if found is not None else None
    try:
        with visit.house().database.write() as session:
            channel_changes.save(session, key, wanted, visit.writer())
    except PersonError as error:
        return _page(sheet, found, 409, rule_pages.sentence(error))
    flash(visit.t("已保存，请点“测试”试发一条。", "Saved; send a test."), "success")
    return redirect(url_for(".index"))


def _has_mail() -> bool:
    query = select(Channel.id).where(Channel.kind == ChannelKind.MAIL)
    return visit.session().scalar(query) is not None


def _page(
    sheet: Sheet,
    found: Channel | None,
    status: int,
    notes: list[dict[str, str]] | None = None,
) -> ResponseReturnValue:
    t = visit.t
    page = render_template(
        "settings/form.html",
        page_title=found.name if found else t("新建渠道", "New channel"),
        crumbs=rule_choices.crumbs("channels.index", "消息渠道", "Message channels"),
        text=None,
        form=sheet.form,
        meta=sheet.meta,
        sections=channel_form.sections(),
        notes=notes or [],
        preview=None,
        plain=True,
        cancel_url=url_for(".index"),
        history=[],
        basis="",
    )
    return page, status


@blueprint.post("/<int:channel_id>/test")
def test(channel_id: int) -> ResponseReturnValue:
    """Send a test message by a channel; by mail to whoever asks."""
    found = visit.session().get(Channel, channel_id)
    if found is None:
        abort(404)
    to = None
    if found.kind == ChannelKind.MAIL:
        me = visit.person().staff_id
        reader = channels.readers(visit.session(), [me or 0]).get(me or 0)
        to = reader.mail if reader else None
        if to is None:
            said = visit.t(
                "您还没有邮箱：先在“提醒设置”里填写自己的邮箱，再测试。",
                "You have no mail address: give yours under Reminders, then test.",
            )
            flash(said, "warning")
            return redirect(url_for(".index"))
    way = Way(ChannelKind(found.kind), found.address, found.secret)
    language = visit.language()
    letter = Letter(
        TEST.text(language),
        f"{TEST_TEXT.text(language)}\n{visit.house().settings.public_url}",
        f"test/{channel_id}/{visit.now():%Y%m%d%H%M%S}",
        to,
    )
    # Not while the page holds a reading session open: the other side may be slow.
    visit.close_session()
    internal = visit.house().settings.internal_hosts.split()
    failure = send(way, letter, internal, TEST_SECONDS)
    _told(failure)
    return redirect(url_for(".index"))


def _told(failure: str | None) -> None:
    if failure is None:
        flash(visit.t("测试消息已送出。", "The test message was taken."), "success")
        return
    why = deliveries.failure_label(failure)
    said = visit.t(
        f"测试消息没有送出：{why.zh}。请检查设置后再试。",
        f"The test message was not taken: {why.en}. Check the settings and try again.",
    )
    flash(said, "danger")


@blueprint.post("/<int:channel_id>/switch")
def switch(channel_id: int) -> ResponseReturnValue:
    """Switch a channel off, or on again."""
    return _change(channel_id, "switch")


@blueprint.post("/<int:channel_id>/delete")
def delete(channel_id: int) -> ResponseReturnValue:
    """Take a channel away."""
    return _change(channel_id, "delete")


def _change(channel_id: int, what: str) -> ResponseReturnValue:
    done = {"switch": channel_changes.switch, "delete": channel_changes.delete}[what]
    try:
        with visit.house().database.write() as session:
            done(session, channel_id, visit.writer())
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    else:
        flash(visit.t("已保存。", "Saved."), "success")
    return redirect(url_for(".index"))


def _words(name: str, value: Any) -> tuple[str, str]:
    """Return what a part of a channel and its value are called in the history."""
    t = visit.t
    names = {
        "kind": t("渠道", "channel"),
        "name": t("名称", "name"),
        "department_id": t("部门", "department"),
        "gets": t("怎么发", "how"),
        "digest_minute": t("汇总时间", "digest at"),
        "host": t("服务器", "server"),
        "port": t("端口", "port"),
        "safety": t("加密", "safety"),
        "sender": t("发件邮箱", "sender"),
        "user": t("登录名", "sign-in name"),
        "secret": t("密钥", "secret"),
        "enabled": t("启用", "on"),
    }
    shown = "" if value is None else str(value)
    if name == "digest_minute" and isinstance(value, int):
        shown = minute_text(value)
    elif name == "department_id":
        shown = dict(rule_choices.departments()).get(shown, shown)
    elif name == "kind":
        shown = dict(channel_form.kinds()).get(shown, shown)
    elif name == "gets":
        shown = dict(channel_form.gets()).get(shown, shown)
    elif name == "enabled":
        shown = t("是", "yes") if value else t("否", "no")
    return names.get(name, name), shown
