"""提醒设置: one's own mail address, and how one wants to be told."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import visit
from admin.asked import Asked, Sheet
from models import channels
from models.channels import Gets, Reader, Wish
from models.mail_address import LONGEST, is_mail
from models.rules.wall_clock import minute_of_day, minute_text
from models.words import Label
from models.working_hours import NINE

blueprint = Blueprint("reminders", __name__, url_prefix="/messages/reminders")


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; everybody sets their own and nobody else's."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Show how one is told, and take what is wanted instead."""
    me = visit.addressee()
    reader = channels.readers(visit.session(), [me]).get(me)
    if reader is None:
        said = visit.t(
            "您的账号没有对应的员工档案，消息只在铃铛里。",
            "Your account belongs to no staff entry; messages stay on the bell.",
        )
        return _page(Sheet([], {}), [{"tone": "info", "text": said}], 200)
    sheet = Sheet(_asked(), _first(reader))
    if request.method == "GET":
        return _page(sheet, _notes(), 200)
    wish = _read(sheet, me)
    if wish is None:
        return _page(sheet, [], 422)
    with visit.house().database.write() as session:
        session.merge(wish)
    flash(visit.t("已保存。", "Saved."), "success")
    return redirect(url_for(".index"))


def _notes() -> list[dict[str, str]]:
    there = channels.enabled(visit.session())
    if any(one.kind == channels.ChannelKind.MAIL for one in there):
        return []
    said = visit.t(
        "管理员还没有设置邮件服务器，消息暂时只在铃铛里；您的选择会先保存下来。",
        "No mail server is set yet, so messages stay on the bell for now; what you "
        "choose is kept.",
    )
    return [{"tone": "info", "text": said}]


def _first(reader: Reader) -> dict[str, str]:
    return {
        "mail": reader.mail or "",
        "gets": reader.gets.value,
        "digest_at": minute_text(reader.digest_minute),
        "warnings": "yes" if reader.warnings else "no",
    }


def _asked() -> list[Asked]:
    t = visit.t
    told = [Gets.DIGEST.value]
    return [
        Asked(
            "mail",
            t("邮箱", "Mail address"),
            help=t("不填就用员工档案里的邮箱。", "Left empty: the one in your file."),
            max_length=LONGEST,
        ),
        Asked(
            "gets",
            t("怎么提醒我", "How I am told"),
            "radio",
            choices=[
                (Gets.DIGEST.value, t("每个工作日汇总一次", "one digest a workday")),
                (Gets.EACH.value, t("逐条发送", "each at once")),
                (Gets.OFF.value, t("不发邮件，只看铃铛", "no mail, the bell only")),
            ],
            required=True,
        ),
        Asked(
            "digest_at",
            t("汇总时间", "Digest at"),
            "time",
            shown_if=("gets", told),
        ),
        Asked(
            "warnings",
            t("快到期时", "Before something is overdue"),
            "radio",
            choices=[
                ("yes", t("立即单独提醒", "warn me at once")),
                ("no", t("也放进汇总", "in the digest, too")),
            ],
            shown_if=("gets", told),
        ),
    ]


def _read(sheet: Sheet, staff_id: int) -> Wish | None:
    sheet.look_over()
    mail = sheet.text("mail")
    if mail and not is_mail(mail):
        said = Label(
            "应为一个邮箱地址，如 wang@example.com。",
            "Give one mail address, such as wang@example.com.",
        )
        sheet.refuse("mail", said)
    minute = minute_of_day(sheet.text("digest_at") or minute_text(NINE))
    if minute is None:
        sheet.refuse("digest_at", Label("应写成 09:00。", "Write it as 09:00."))
    if not sheet.is_right or minute is None:
        return None
    return Wish(
        staff_id=staff_id,
        mail=mail or None,
        gets=sheet.text("gets"),
        digest_minute=minute,
        warnings=sheet.text("warnings") != "no",
    )


def _page(
    sheet: Sheet, notes: list[dict[str, str]], status: int
) -> ResponseReturnValue:
    names = [one.name for one in sheet.asked]
    sections: list[dict[str, Any]] = [
        {"label": None, "help": None, "names": names, "advanced": False}
    ]
    crumbs = [{"label": visit.t("消息", "Messages"), "url": url_for("messages.bell")}]
    page = render_template(
        "settings/form.html",
        page_title=visit.t("提醒设置", "Reminders"),
        crumbs=crumbs,
        text=visit.t(
            "邮件只在您部门的上班时间发出，紧急的除外。铃铛里始终都有。",
            "Mail leaves in your department's working hours only, unless it is urgent. "
            "The bell has everything.",
        ),
        form=sheet.form,
        meta=sheet.meta,
        sections=sections if names else [],
        notes=notes,
        preview=None,
        plain=True,
        cancel_url=url_for("messages.bell"),
        history=[],
        basis="",
    )
    return page, status
