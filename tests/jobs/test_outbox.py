"""Messages: queued once, read on the bell, sent at least once."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from jobs.outbox import GIVEN_UP_AFTER, deliver, deliver_next
from jobs.outgoing import InternalAddressError, public_only
from jobs.work import Done, Work
from models import outbox
from models.outbox import Message, Notice
from models.settings import Settings
from models.words import Label
from tests.clock_desk import Desk, at

NOW = "2026-09-23 10:00"


def notice(key: str, staff_id: int | None = 2, **values: Any) -> Notice:
    return Notice(
        key, "test", Label(f"消息 {key}", f"message {key}"), staff_id, **values
    )


def enqueue(desk: Desk, *notices: Notice) -> None:
    with desk.database.write() as session:
        outbox.enqueue(session, notices, at(NOW))


def kept(desk: Desk) -> list[Message]:
    with desk.database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


class Channel:
    """A channel that takes messages, or does not, or breaks."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.takes = True

    def __call__(self, _title: str, body: str) -> bool:
        self.bodies.append(body)
        return self.takes


def test_message_of_the_same_key_is_queued_once(desk: Desk) -> None:
    enqueue(desk, notice("a"), notice("b"))
    enqueue(desk, notice("a"), notice("c"))

    assert [one.key for one in kept(desk)] == ["a", "b", "c"]


def test_rolled_back_fact_leaves_no_message(desk: Desk) -> None:
    def write_and_die() -> None:
        with desk.database.write() as session:
            outbox.enqueue(session, [notice("a")], at(NOW))
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_and_die()

    assert kept(desk) == []


def test_bell_shows_my_unread_messages_newest_first(desk: Desk) -> None:
    enqueue(desk, notice("a"), notice("b"), notice("of another", staff_id=1))

    with desk.database.read() as session:
        shown = [one.key for one in outbox.unread(session, desk.clerk)]
        count = outbox.unread_count(session, desk.clerk)

    assert shown == ["b", "a"]
    assert count == 2


def test_read_messages_leave_the_bell_and_those_of_others_stay(desk: Desk) -> None:
    enqueue(desk, notice("a"), notice("b"), notice("of another", staff_id=1))
    ids = [one.id for one in kept(desk)]

    with desk.database.write() as session:
        first = outbox.mark_read(session, desk.clerk, at(NOW), ids[1:])
    with desk.database.write() as session:
        again = outbox.mark_read(session, desk.clerk, at(NOW), ids[1:])

    assert (first, again) == (1, 0)
    assert [one.read_at is not None for one in kept(desk)] == [False, True, False]


def test_without_channels_nothing_is_kept_for_later(
    desk: Desk, settings: Settings
) -> None:
    enqueue(desk, notice("a"), notice("b"))

    done = deliver_next(Work(desk.database, settings, at(NOW)))

    assert done == Done(2, again=True)
    assert deliver(Work(desk.database, settings, at(NOW)), Channel()) == Done(0)


def test_messages_go_out_together_each_with_its_key(
    desk: Desk, settings: Settings
) -> None:
    enqueue(desk, notice("a", register="service_order", entry_id=7), notice("b"))
    channel = Channel()

    done = deliver(Work(desk.database, settings, at(NOW)), channel)

    assert done == Done(2)
    (body,) = channel.bodies
    first, second = body.split("\n\n")
    assert "消息 a" in first
    assert first.endswith(
        "http://127.0.0.1:8000/register/service_order/details/?id=7&message=a"
    )
    assert second == "消息 b\nhttp://127.0.0.1:8000/messages/?message=b"
    assert all(one.sent_at == at(NOW) for one in kept(desk))


def test_crash_between_sending_and_marking_sends_again_with_the_same_key(
    desk: Desk, settings: Settings
) -> None:
    enqueue(desk, notice("a"))
    sent: list[str] = []

    def die(_title: str, body: str) -> bool:
        sent.append(body)
        raise SystemExit("killed")

    with pytest.raises(SystemExit):
        deliver(Work(desk.database, settings, at(NOW)), die)
    channel = Channel()
    claimed = deliver(Work(desk.database, settings, at("2026-09-23 10:04")), channel)
    later = deliver(Work(desk.database, settings, at("2026-09-23 10:06")), channel)

    assert (claimed, later) == (Done(0), Done(1))
    assert channel.bodies == sent


def test_refused_message_is_tried_again_ever_more_slowly(
    desk: Desk, settings: Settings
) -> None:
    enqueue(desk, notice("a"))
    channel = Channel()
    channel.takes = False

    deliver(Work(desk.database, settings, at(NOW)), channel)
    first = kept(desk)[0]
    deliver(Work(desk.database, settings, at("2026-09-23 10:01")), channel)
    deliver(Work(desk.database, settings, at("2026-09-23 10:02")), channel)

    second = kept(desk)[0]
    assert first.next_try_at == at("2026-09-23 10:02")
    assert second.next_try_at == at("2026-09-23 10:06")
    assert len(channel.bodies) == 2


def test_message_nobody_takes_is_given_up_and_stays_on_the_bell(
    desk: Desk, settings: Settings
) -> None:
    enqueue(desk, notice("a"))
    channel = Channel()
    channel.takes = False

    for day in range(1, 29):
        deliver(Work(desk.database, settings, at(f"2026-10-{day:02} 10:00")), channel)

    assert len(channel.bodies) == GIVEN_UP_AFTER
    (message,) = kept(desk)
    assert (message.failure, message.next_try_at) == ("given up", None)
    with desk.database.read() as session:
        assert outbox.unread_count(session, desk.clerk) == 1


@pytest.fixture
def robot() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A chat robot on this machine: its address, and what it was sent."""
    heard: list[dict[str, Any]] = []

    class Robot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            heard.append(json.loads(self.rfile.read(length)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Robot) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/", heard
        server.shutdown()


def test_channel_of_the_settings_hears_the_message(
    desk: Desk, settings: Settings, robot: tuple[str, list[dict[str, Any]]]
) -> None:
    address, heard = robot
    enqueue(desk, notice("a"))
    named = settings.model_copy(
        update={"channels": SecretStr(address), "internal_hosts": "127.0.0.1"}
    )

    done = deliver_next(Work(desk.database, named, at(NOW)))

    assert done == Done(1)
    assert heard[0]["title"] == "台账提醒（1 条）"
    assert "消息 a" in heard[0]["message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_channel_into_the_house_is_not_called_unless_its_host_is_named(
    desk: Desk,
    settings: Settings,
    robot: tuple[str, list[dict[str, Any]]],
    host: str,
) -> None:
    address, heard = robot
    enqueue(desk, notice("a"))
    inside = SecretStr(address.replace("127.0.0.1", host))
    named = settings.model_copy(
        update={"channels": inside, "internal_hosts": "10.0.0.5"}
    )

    done = deliver_next(Work(desk.database, named, at(NOW)))

    assert done == Done(0)
    assert heard == []
    (message,) = kept(desk)
    assert message.sent_at is None


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        (("8.8.8.8", 443), True),
        (("10.1.2.3", 443), False),
        (("192.168.0.9", 25), False),
        (("169.254.169.254", 80), False),
        (("100.64.0.1", 80), False),
        (("fe80::1%eth0", 80, 0, 2), False),
        (("::ffff:10.0.0.5", 80, 0, 0), True),
        (("10.0.0.5", 80), True),
        ("/run/some.socket", False),
    ],
)
def test_where_a_call_may_lead(address: Any, *, reached: bool) -> None:
    with public_only(["10.0.0.5"]):
        if reached:
            sys.audit("socket.connect", None, address)
        else:
            with pytest.raises(InternalAddressError):
                sys.audit("socket.connect", None, address)


def test_other_work_of_the_process_connects_where_it_likes() -> None:
    with public_only([]):
        pass

    sys.audit("socket.connect", None, ("10.0.0.9", 5432))
