"""The form of a channel: by its kind, with secrets that are typed and never shown."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from admin import rule_choices, visit
from admin.asked import Asked, Choices, Sheet
from jobs.robot_address import HOSTS, RobotAddressError, robot_key
from models.channel_changes import Wanted
from models.channels import Channel, ChannelKind, Gets
from models.mail_address import LONGEST, is_mail
from models.rules.wall_clock import minute_of_day, minute_text
from models.words import Label
from models.working_hours import NINE

KINDS: Mapping[ChannelKind, Label] = {
    ChannelKind.MAIL: Label("邮件服务器", "Mail server"),
    ChannelKind.WECOM: Label("企业微信群机器人", "WeCom robot"),
    ChannelKind.DINGTALK: Label("钉钉群机器人", "DingTalk robot"),
    ChannelKind.FEISHU: Label("飞书群机器人", "Feishu robot"),
    ChannelKind.WEBHOOK: Label("Webhook 地址", "Webhook"),
}
PORTS = {"starttls": "587", "ssl": "465", "insecure": "25"}
MOST_PORT = 65_535
_MAIL = ChannelKind.MAIL.value
_GROUPS = [kind.value for kind in KINDS if kind is not ChannelKind.MAIL]
_WHERE = ("host", "port", "safety", "user")
_SIGNED = [ChannelKind.DINGTALK.value, ChannelKind.FEISHU.value]


def kinds() -> Choices:
    """Return the kinds of channels that may be set."""
    return [(kind.value, said.text(visit.language())) for kind, said in KINDS.items()]


def safeties() -> Choices:
    """Return how a mail server may be spoken to."""
    t = visit.t
    return [
        ("starttls", "STARTTLS (587)"),
        ("ssl", "SSL/TLS (465)"),
        ("insecure", t("不加密，仅限内网 (25)", "plain, inside only (25)")),
    ]


def gets() -> Choices:
    """Return how a group may be told."""
    t = visit.t
    return [
        (Gets.DIGEST.value, t("每个工作日汇总一次", "one digest a workday")),
        (Gets.EACH.value, t("逐条发送", "each by itself")),
    ]


def sheet_of(found: Channel | None) -> Sheet:
    """Return the form, as it was sent or as the channel is."""
    return Sheet(_asked(found), _first(found))


def _first(found: Channel | None) -> dict[str, str]:
    first = {
        "kind": _MAIL,
        "safety": "starttls",
        "gets": Gets.DIGEST.value,
        "digest_at": minute_text(NINE),
    }
    if found is not None:
        first |= {name: str(value) for name, value in found.address.items()}
        first |= {
            "kind": found.kind,
            "name": found.name,
            "department": str(found.department_id or ""),
            "gets": found.gets,
            "digest_at": minute_text(found.digest_minute),
        }
    return first


def _asked(found: Channel | None) -> list[Asked]:
    t = visit.t
    held = found.secret if found is not None else {}
    mail, group = ("kind", [_MAIL]), ("kind", _GROUPS)
    offered = kinds()
    if found is not None:
        offered = [one for one in offered if one[0] == found.kind]
    places = [("", t("全公司", "the whole company")), *rule_choices.departments()]
    return [
        Asked("kind", t("渠道", "Channel"), "choice", choices=offered, required=True),
        Asked("name", t("名称", "Name"), required=True, max_length=80),
        Asked("host", t("服务器地址", "Server"), max_length=200, shown_if=mail),
        Asked(
            "safety", t("加密", "Safety"), "choice", choices=safeties(), shown_if=mail
        ),
        Asked(
            "port",
            t("端口", "Port"),
            "integer",
            help=t("不填则按加密方式", "Left empty: by the safety"),
            max_length=5,
            shown_if=mail,
        ),
        Asked(
            "sender",
            t("发件邮箱", "Sender"),
            max_length=LONGEST,
            shown_if=mail,
        ),
        Asked("user", t("登录名", "Sign-in name"), max_length=200, shown_if=mail),
        Asked(
            "password",
            t("密码或授权码", "Password"),
            "secret",
            max_length=200,
            shown_if=mail,
            kept=bool(held.get("password")),
        ),
        Asked(
            "url",
            t("Webhook 地址", "Webhook address"),
            "secret",
            help=t(
                "从群机器人设置里复制的完整地址。保存后不再显示。",
                "The whole address from the robot's settings. It is not shown again.",
            ),
            max_length=1_000,
            wide=True,
            shown_if=group,
            kept=bool(held.get("url")),
        ),
        Asked(
            "sign",
            t("加签密钥", "Signing secret"),
            "secret",
            help=t("机器人开了加签才填。", "Only if the robot asks for signatures."),
            max_length=200,
            shown_if=("kind", _SIGNED),
            kept=bool(held.get("sign")),
        ),
        Asked(
            "department",
            t("哪个部门的群", "Whose group"),
            "choice",
            choices=places,
            help=t(
                "只发该部门及下级部门的逾期提醒。",
                "It is told what is late in the department and those below it.",
            ),
            shown_if=group,
        ),
        Asked("gets", t("怎么发", "How"), "radio", choices=gets(), shown_if=group),
        Asked("digest_at", t("汇总时间", "Digest at"), "time", shown_if=group),
    ]


def sections() -> list[dict[str, Any]]:
    """Return the form's fields, all in one section."""
    names = [one.name for one in _asked(None)]
    return [{"label": None, "help": None, "names": names, "advanced": False}]


def read(sheet: Sheet, found: Channel | None) -> Wanted | None:
    """Return what was sent; None where something is wrong, which the sheet says."""
    sheet.look_over()
    kind = found.kind if found is not None else sheet.text("kind")
    if kind not in {one.value for one in KINDS}:
        return None
    held = found.secret if found is not None else {}
    address, secret = (
        _mail(sheet, found) if kind == _MAIL else _group(sheet, ChannelKind(kind), held)
    )
    minute = minute_of_day(sheet.text("digest_at") or minute_text(NINE))
    if minute is None:
        sheet.refuse("digest_at", Label("应写成 09:00。", "Write it as 09:00."))
    if not sheet.is_right:
        return None
    place = sheet.text("department") if kind != _MAIL else ""
    return Wanted(
        kind,
        sheet.text("name"),
        int(place) if place else None,
        address,
        secret,
        sheet.text("gets") or Gets.DIGEST.value,
        minute if minute is not None else NINE,
    )


def _mail(sheet: Sheet, found: Channel | None) -> tuple[dict[str, Any], dict[str, str]]:
    host, sender = sheet.text("host"), sheet.text("sender")
    if not host or any(one.isspace() or one in "/@" for one in host):
        sheet.refuse(
            "host",
            Label(
                "应为主机名，如 smtp.example.com。", "Give a host: smtp.example.com."
            ),
        )
    if not is_mail(sender):
        sheet.refuse("sender", Label("应为一个邮箱地址。", "Give a mail address."))
    safety = sheet.text("safety") or "starttls"
    port = sheet.text("port") or PORTS.get(safety, "")
    if not (port.isdecimal() and 0 < int(port) <= MOST_PORT):
        sheet.refuse("port", Label("应为 1 到 65535。", "It is from 1 to 65535."))
    address = {
        "host": host,
        "port": port,
        "safety": safety,
        "sender": sender,
        "user": sheet.text("user"),
    }
    password = sheet.text("password")
    keeps = found is not None and found.secret.get("password") and not password
    before = found.address if found is not None else {}
    # Whoever may change the address is not to have the password sent there.
    if keeps and any(before.get(one) != address[one] for one in _WHERE):
        said = Label(
            "服务器、端口、加密或登录名改了，请重新填写密码。",
            "Server, port, safety or name changed: type the password again.",
        )
        sheet.refuse("password", said)
    return address, {"password": password}


def _group(
    sheet: Sheet, kind: ChannelKind, held: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    url = sheet.text("url")
    seen = _host_of(sheet, url or held.get("url", ""))
    if url and kind.value in HOSTS:
        try:
            robot_key(kind.value, url)
        except RobotAddressError as error:
            sheet.refuse("url", error.label)
    return {"host": seen}, {"url": url, "sign": sheet.text("sign")}


def _host_of(sheet: Sheet, url: str) -> str:
    host, scheme = "", ""
    try:
        seen = urlsplit(url)
        if (seen.port or 1) > 0:
            host, scheme = seen.hostname or "", seen.scheme
    except ValueError:
        host = ""
    if not host or scheme not in ("http", "https"):
        sheet.refuse(
            "url",
            Label("应为 https:// 开头的地址。", "Give an address with https://."),
        )
    return host
