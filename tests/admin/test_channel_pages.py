"""消息渠道, 未送达消息 and 提醒设置: set by admins, and by everybody for themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.access import Role, RoleGrant, Rows
from models.channels import Channel, Gets, Wish
from models.deliveries import Delivery
from models.outbox import Message, Notice, enqueue
from models.words import Label
from tests.admin.late_desk import at
from tests.company import NOON, Company
from tests.jobs.servers import Post, Web, mail_server, web_server

PAGE = "/settings/channels/"
DEAD = "/settings/undelivered/"
OWN = "/messages/reminders/"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=s3cret-key-1"
MAIL = {
    "kind": "mail",
    "name": "公司邮箱",
    "host": "smtp.example.com",
    "safety": "ssl",
    "sender": "bot@example.com",
    "user": "bot",
    "password": "s3cret-word",
    "action": "save",
}
GROUP = {
    "kind": "wecom",
    "name": "客服群",
    "url": ROBOT,
    "department": "1",
    "gets": "digest",
    "digest_at": "08:30",
    "action": "save",
}


@pytest.fixture
def admin(company: Company, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    at(monkeypatch, NOON)
    return company.client("admin")


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as server:
        yield server


def channels(company: Company) -> list[Channel]:
    with company.database.read() as session:
        return list(session.scalars(select(Channel).order_by(Channel.id)))


def keep(company: Company, kind: str, **values: Any) -> int:
    given = {
        "name": "群",
        "address": {},
        "secret": {},
        "gets": Gets.EACH,
        "digest_minute": 540,
        "enabled": True,
        "saved_at": NOON,
    }
    with company.database.write() as session:
        one = Channel(kind=kind, **(given | values))
        session.add(one)
        session.flush()
        return one.id


def test_mail_server_is_set_and_its_password_never_shown(
    company: Company, admin: FlaskClient
) -> None:
    answer = admin.post(f"{PAGE}new", data=MAIL)

    assert answer.status_code == 302
    (made,) = channels(company)
    assert (made.address["port"], made.secret) == ("465", {"password": "s3cret-word"})
    for page in (PAGE, f"{PAGE}{made.id}/", "/settings/logs/"):
        assert "s3cret" not in admin.get(page).text
    assert "smtp.example.com" in admin.get(PAGE).text
    assert "系统管理员" in admin.get(PAGE).text


def test_robot_of_a_department_is_set_and_its_address_never_shown(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(f"{PAGE}new", data=GROUP)

    (made,) = channels(company)
    assert (made.department_id, made.digest_minute) == (1, 510)
    assert made.secret["url"] == ROBOT
    shown = admin.get(PAGE).text + admin.get(f"{PAGE}{made.id}/").text
    assert "s3cret" not in shown
    assert "08:30" in shown


def test_there_is_one_mail_server(company: Company, admin: FlaskClient) -> None:
    admin.post(f"{PAGE}new", data=MAIL)

    answer = admin.post(f"{PAGE}new", data=MAIL)

    assert answer.status_code == 422
    assert "已经有一个邮件服务器" in answer.text
    assert len(channels(company)) == 1


def test_secret_that_is_left_empty_stays(company: Company, admin: FlaskClient) -> None:
    admin.post(f"{PAGE}new", data=GROUP)
    (made,) = channels(company)

    admin.post(f"{PAGE}{made.id}/", data=GROUP | {"url": "", "name": "新名"})

    (kept,) = channels(company)
    assert (kept.name, kept.secret["url"]) == ("新名", ROBOT)


def test_kept_password_is_not_sent_to_another_server(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(f"{PAGE}new", data=MAIL)
    (made,) = channels(company)
    changed = MAIL | {"password": "", "host": "smtp.evil.example"}

    answer = admin.post(f"{PAGE}{made.id}/", data=changed)

    assert answer.status_code == 422
    assert "请重新填写密码" in answer.text
    assert channels(company)[0].address["host"] == "smtp.example.com"


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        (MAIL | {"host": "http://smtp"}, "host", "主机名"),
        (MAIL | {"host": ""}, "host", "主机名"),
        (MAIL | {"sender": "nobody"}, "sender", "邮箱地址"),
        (MAIL | {"sender": "a@b.cn?to=c@d.cn"}, "sender", "邮箱地址"),
        (MAIL | {"port": "70000"}, "port", "65535"),
        (MAIL | {"safety": "none"}, "safety", "不在选项中"),
        (MAIL | {"name": ""}, "name", "请填写"),
        (GROUP | {"url": "https://evil.example/?key=s3cret"}, "url", "Webhook"),
        (GROUP | {"url": ""}, "url", "https://"),
        (GROUP | {"url": "https://[::1"}, "url", "https://"),
        (GROUP | {"department": "99"}, "department", "不在选项中"),
        (GROUP | {"digest_at": "25:00"}, "digest_at", "09:00"),
        (GROUP | {"kind": "smoke"}, "kind", "不在选项中"),
        (GROUP | {"kind": "webhook", "url": "file:///etc/passwd"}, "url", "https://"),
    ],
)
def test_wrong_setting_is_said_beside_its_field(
    company: Company, admin: FlaskClient, form: dict[str, str], field: str, said: str
) -> None:
    answer = admin.post(f"{PAGE}new", data=form)

    assert answer.status_code == 422
    row = answer.text.partition(f'data-field="{field}"')[2].partition("data-field=")[0]
    assert said in row.partition("field-error")[2]
    assert "s3cret" not in answer.text
    assert channels(company) == []


def test_test_button_sends_and_says_so(
    company: Company, admin: FlaskClient, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = keep(company, "webhook", secret={"url": web.url})
    address = f"{PAGE}{one}/test"

    inside = admin.post(address, follow_redirects=True).text
    _name(company, monkeypatch)
    taken = admin.post(address, follow_redirects=True).text
    web.status = 503
    failed = admin.post(address, follow_redirects=True).text

    assert "TAIZHANG_INTERNAL_HOSTS" in inside
    assert "测试消息已送出" in taken
    assert "出错代码 503" in failed
    assert [one["title"] for one in web.posted] == ["台账测试消息"] * 2


def _name(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Name this machine as one that may be called."""
    house = company.app.extensions["taizhang"]
    named = house.settings.model_copy(update={"internal_hosts": "127.0.0.1"})
    changed = type(house)(named, house.database, house.zone)
    monkeypatch.setitem(company.app.extensions, "taizhang", changed)


def test_mail_is_tested_with_ones_own_address(
    company: Company, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOON)
    _name(company, monkeypatch)
    address = {"host": "127.0.0.1", "port": post.port, "safety": "insecure"}
    one = keep(company, "mail", address=address | {"sender": "bot@example.com"})
    with company.database.write() as session:
        role = session.scalars(select(Role).where(Role.code == "manager")).one()
        line = RoleGrant(register="setup.run", actions="create", rows=Rows.ALL)
        role.grants.append(line)
    client = company.client("A01")

    without = client.post(f"{PAGE}{one}/test", follow_redirects=True).text
    client.post(OWN, data={"mail": "lin@example.com", "gets": "off", "warnings": "yes"})
    taken = client.post(f"{PAGE}{one}/test", follow_redirects=True).text

    assert "先在“提醒设置”里填写" in without
    assert "测试消息已送出" in taken
    assert [to for to, _ in post.taken] == ["lin@example.com"]


def test_channel_is_switched_off_on_and_deleted(
    company: Company, admin: FlaskClient
) -> None:
    one = keep(company, "webhook")

    admin.post(f"{PAGE}{one}/switch")
    off = channels(company)[0].enabled
    admin.post(f"{PAGE}{one}/switch")
    on = channels(company)[0].enabled
    admin.post(f"{PAGE}{one}/delete")
    gone = admin.post(f"{PAGE}{one}/delete", follow_redirects=True).text

    assert (off, on) == (False, True)
    assert channels(company) == []
    assert "已被删除" in gone


def test_dead_letters_are_listed_sent_again_or_given_up(
    company: Company, admin: FlaskClient
) -> None:
    one = keep(company, "webhook", name="客服群")
    staff = company.person("A02").staff_id
    _dead(company, f"channel/{one}", None)
    _dead(company, f"mail/{staff}", staff)

    page = admin.get(DEAD).text
    admin.post(f"{DEAD}close?id=1")
    admin.post(f"{DEAD}again?id=2")

    for said in ("客服群", "王敏", "对方回答出错代码 500", "已逾期"):
        assert said in page
    assert "都送到了" in admin.get(DEAD).text
    with company.database.read() as session:
        found = session.scalars(select(Delivery).order_by(Delivery.id)).all()
    assert [one.closed_at is not None for one in found] == [True, False]
    assert [one.next_try_at for one in found] == [None, NOON]


def _dead(company: Company, route: str, staff_id: int | None) -> None:
    notice = Notice(route, "clock.breached", Label("消息", "message"), staff_id)
    with company.database.write() as session:
        enqueue(session, [notice], NOON)
        message = session.scalars(select(Message).where(Message.key == route)).one()
        session.add(
            Delivery(
                message_id=message.id,
                route=route,
                staff_id=staff_id,
                is_digest=False,
                attempts=12,
                given_up_at=NOON,
                failure="status 500",
            )
        )


def test_everybody_sets_how_they_are_told(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOON)
    client = company.client("A02")
    form = {
        "mail": "wang@example.com",
        "gets": "digest",
        "digest_at": "16:30",
        "warnings": "no",
    }

    saved = client.post(OWN, data=form, follow_redirects=True).text

    assert "已保存" in saved
    assert "wang@example.com" in saved
    with company.database.read() as session:
        (wish,) = session.scalars(select(Wish)).all()
    assert wish.staff_id == company.person("A02").staff_id
    assert (wish.gets, wish.digest_minute, wish.warnings) == ("digest", 990, False)
    assert "wang@example.com" not in company.client("A03").get(OWN).text


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"mail": "王敏", "gets": "each"}, "mail"),
        ({"mail": "a@b.cn, c@d.cn", "gets": "each"}, "mail"),
        ({"mail": "", "gets": "smoke"}, "gets"),
        ({"mail": "", "gets": "digest", "digest_at": "soon"}, "digest_at"),
    ],
)
def test_wrong_wish_is_said_beside_its_field(
    company: Company, form: dict[str, str], field: str
) -> None:
    answer = company.client("A02").post(OWN, data=form)

    assert answer.status_code == 422
    row = answer.text.partition(f'data-field="{field}"')[2].partition("data-field=")[0]
    assert "field-error" in row


def test_account_without_staff_is_told_that_it_has_the_bell_only(
    admin: FlaskClient,
) -> None:
    assert "消息只在铃铛里" in admin.get(OWN).text


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}new", DEAD])
def test_only_whoever_sets_up_the_house_sees_channels(
    company: Company, address: str
) -> None:
    assert company.client("A01").get(address).status_code == 403
    assert company.app.test_client().get(address).status_code == 302
