"""Letters over real connections: taken, refused, lost, slow, and led astray."""

import logging
import socket
from collections.abc import Iterator
from io import StringIO
from time import monotonic
from typing import Any

import pytest
from pydantic import SecretStr

from jobs import robots
from jobs.robot_address import RobotAddressError, robot_key
from jobs.ways import Letter, Way, send
from models.channels import ChannelKind
from models.settings import Settings
from tests.clock_desk import Desk, at
from tests.jobs.message_desk import NOW, MessageDesk, notice, read_mail
from tests.jobs.servers import Post, Web, mail_server, web_server

LETTER = Letter("台账提醒", "服务工单 GD1：已逾期。", "channel/1/7", "wu@example.com")
HERE = ["127.0.0.1"]


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as server:
        yield server


@pytest.fixture
def post() -> Iterator[Post]:
    with mail_server() as server:
        yield server


def webhook(url: str) -> Way:
    return Way(ChannelKind.WEBHOOK, {}, {"url": url})


def mail(post: Post, **values: Any) -> Way:
    address = {
        "host": "127.0.0.1",
        "port": post.port,
        "sender": "台账 <bot@example.com>",
        "safety": "insecure",
        "user": "",
    }
    return Way(ChannelKind.MAIL, address | values, {})


def test_webhook_hears_the_letter_with_its_key(web: Web) -> None:
    assert send(webhook(web.url), LETTER, HERE) is None

    assert web.posted[0]["title"] == "台账提醒"
    assert web.posted[0]["message"] == "服务工单 GD1：已逾期。"
    assert web.keys == ["channel/1/7"]
    assert web.paths == ["/hook?token=s3cret"]


def test_mail_arrives_as_it_was_written(post: Post) -> None:
    assert send(mail(post), LETTER, HERE) is None

    ((to, letter),) = post.taken
    assert to == "wu@example.com"
    assert "X-Taizhang-Key: channel/1/7" in letter
    title, body = read_mail(letter)
    assert title == "台账提醒"
    assert "服务工单 GD1：已逾期。" in body


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_answer_of_an_error_is_told_by_its_code(web: Web, status: int) -> None:
    web.status = status

    assert send(webhook(web.url), LETTER, HERE) == f"status {status}"


def test_refused_recipient_is_told_by_its_code(post: Post) -> None:
    post.refuses = {"wu@example.com"}

    assert send(mail(post), LETTER, HERE) == "status 550"


def test_lost_connection_is_told(web: Web, post: Post) -> None:
    web.loses = post.loses = 1

    assert send(webhook(web.url), LETTER, HERE) in ("refused", "unreachable")
    assert send(mail(post), LETTER, HERE) in ("refused", "unreachable")


def test_server_that_is_not_there_is_told() -> None:
    gone = webhook("http://127.0.0.1:9/hook")

    assert send(gone, LETTER, HERE) == "unreachable"


@pytest.mark.parametrize("way", ["drips", "seconds"])
def test_slow_server_is_cut_off_however_it_goes_on(web: Web, way: str) -> None:
    web.drips, web.seconds = way == "drips", 2.0 if way == "seconds" else 0.0
    began = monotonic()

    found = send(webhook(web.url), LETTER, HERE, seconds=0.4)

    assert found == "slow"
    assert monotonic() - began < 1.5


def test_settings_that_make_no_channel_are_told(post: Post) -> None:
    assert send(mail(post, sender="nobody"), LETTER, HERE) == "settings"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
    ],
)
def test_house_is_not_called_unless_its_host_is_named(web: Web, host: str) -> None:
    way = webhook(web.url.replace("127.0.0.1", host))

    assert send(way, LETTER, ["10.0.0.5"]) == "inside"
    assert web.posted == []


def test_redirect_leads_no_further_into_the_house(web: Web) -> None:
    with web_server() as inner:
        # Only the outer one's address is named: the inner one has another.
        inner_url = inner.url.replace("127.0.0.1", "127.0.0.2")
        web.location = inner_url

        found = send(webhook(web.url), LETTER, HERE)

        assert found == "inside"
        assert inner.paths == []


def test_name_that_leads_elsewhere_the_next_time_is_looked_at_again(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "hook.example.com":
            asked.append(host)
            # Public when it is looked at, inside when it is called.
            host = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    socket.getaddrinfo("hook.example.com", 80)

    found = send(webhook(web.url.replace("127.0.0.1", "hook.example.com")), LETTER, [])

    assert found == "inside"
    assert web.posted == []


@pytest.mark.parametrize(
    ("kind", "url", "answer"),
    [
        (
            "wecom",
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0",
            {"errcode": 93000, "errmsg": "invalid webhook url"},
        ),
        (
            "dingtalk",
            "https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec",
            {"errcode": 310000, "errmsg": "sign not match"},
        ),
        (
            "feishu",
            "https://open.feishu.cn/open-apis/bot/v2/hook/8ff7abcd-1234",
            {"code": 19021, "msg": "sign match fail"},
        ),
    ],
)
def test_robots_no_in_a_friendly_answer_is_heard(
    web: Web,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    url: str,
    answer: dict[str, Any],
) -> None:
    classes = (robots.WeComRobot, robots.DingTalkRobot, robots.FeishuRobot)
    for one in classes:
        monkeypatch.setattr(one, "notify_url", f"http://127.0.0.1:{web.port}/{{key}}")
    for one in classes[1:]:
        monkeypatch.setattr(one, "notify_url", f"http://127.0.0.1:{web.port}/{{token}}")
    way = Way(ChannelKind(kind), {}, {"url": url, "sign": "SECabc"})

    taken = send(way, LETTER, HERE)
    web.answer = answer
    refused = send(way, LETTER, HERE)

    code = answer.get("errcode", answer.get("code"))
    assert (taken, refused) == (None, f"status {code}")
    assert "服务工单 GD1" in str(web.posted[0])
    assert web.paths[0].startswith(f"/{robot_key(kind, url)}")
    is_signed = "sign=" in web.paths[0] or "sign" in web.posted[0]
    assert is_signed == (kind != "wecom")


@pytest.mark.parametrize(
    "url",
    [
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=a1",
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a1%2F..%2F",
        "693a91f6",
    ],
)
def test_other_address_is_no_robots_and_is_not_repeated(url: str) -> None:
    with pytest.raises(RobotAddressError) as refused:
        robot_key("wecom", url)

    assert "693a91f6" not in refused.value.text("zh")
    assert "evil" not in refused.value.text("en")


def test_no_secret_and_no_mail_address_reaches_the_log(
    web: Web, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.DEBUG)
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(said)])
    web.status = 500
    post.refuses = {"wu@example.com"}

    send(webhook(web.url), LETTER, HERE)
    send(mail(post), LETTER, HERE)
    send(webhook("http://127.0.0.1:9/x?token=s3cret"), LETTER, HERE)
    logging.getLogger("jobs").warning("all said")

    assert said.getvalue() == "all said\n"


def test_job_sends_by_the_channels_of_panel_and_settings(
    desk: Desk, settings: Settings, web: Web, post: Post
) -> None:
    named = {
        "channels": SecretStr(f"json://127.0.0.1:{web.port}/plain"),
        "internal_hosts": "127.0.0.1",
    }
    out = MessageDesk(desk, settings.model_copy(update=named))
    out.mail(post.port)
    out.channel(secret={"url": web.url})
    out.account(desk.clerk)
    out.wish()
    out.tell(notice("a", kind="away"), notice("b", None))

    out.run()

    assert sorted(web.paths) == ["/hook?token=s3cret", "/plain"]
    ((to, letter),) = post.taken
    assert to == "wu@example.com"
    assert (
        "message=3Da" in letter.replace("=\n", "") or "消息 a" in read_mail(letter)[1]
    )
    assert all(one.sent_at == at(NOW) for one in out.deliveries())


def test_dead_mail_server_is_asked_once_for_all_that_wait(
    desk: Desk, settings: Settings
) -> None:
    out = MessageDesk(desk, settings.model_copy(update={"internal_hosts": "127.0.0.1"}))
    out.mail(9)
    for person in (desk.clerk, desk.engineer):
        out.account(person)
        out.wish(f"p{person}@example.com", staff_id=person)
    out.tell(notice("a", kind="away"), notice("b", staff_id=1, kind="away"))

    out.run()

    first, second = sorted(out.deliveries(), key=lambda one: -one.attempts)
    assert (first.attempts, first.failure) == (1, "unreachable")
    assert (second.attempts, second.failure) == (0, None)
    assert second.next_try_at is not None
    assert second.next_try_at > at(NOW)
