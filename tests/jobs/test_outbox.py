"""Messages: queued once, read on the bell, sent at least once with the same key."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.outbox import GIVEN_UP_AFTER, send_next
from models import deliveries, outbox
from models.channels import Channel
from models.settings import Settings
from tests.clock_desk import Desk, at
from tests.jobs.message_desk import NOW, MessageDesk, Sent, notice


@pytest.fixture
def desk_of_messages(desk: Desk, settings: Settings) -> MessageDesk:
    return MessageDesk(desk, settings)


@pytest.fixture
def out(desk_of_messages: MessageDesk) -> MessageDesk:
    """A desk with one robot that is told each message at once."""
    desk_of_messages.channel()
    return desk_of_messages


def test_message_of_the_same_key_is_queued_once(out: MessageDesk) -> None:
    out.tell(notice("a"), notice("b"))
    out.tell(notice("a"), notice("c"))

    assert [one.key for one in out.messages()] == ["a", "b", "c"]


def test_rolled_back_fact_leaves_no_message(out: MessageDesk) -> None:
    def write_and_die() -> None:
        with out.desk.database.write() as session:
            outbox.enqueue(session, [notice("a")], at(NOW))
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        write_and_die()

    assert out.messages() == []


def test_bell_shows_my_unread_messages_newest_first(out: MessageDesk) -> None:
    out.tell(notice("a"), notice("b"), notice("of another", staff_id=1))

    with out.desk.database.read() as session:
        shown = [one.key for one in outbox.unread(session, out.desk.clerk)]

    assert shown == ["b", "a"]


def test_read_messages_leave_the_bell_and_those_of_others_stay(
    out: MessageDesk,
) -> None:
    out.tell(notice("a"), notice("b"), notice("of another", staff_id=1))
    ids = [one.id for one in out.messages()]

    with out.desk.database.write() as session:
        first = outbox.mark_read(session, out.desk.clerk, at(NOW), ids[1:])
    with out.desk.database.write() as session:
        again = outbox.mark_read(session, out.desk.clerk, at(NOW), ids[1:])

    assert (first, again) == (1, 0)
    assert [one.read_at is not None for one in out.messages()] == [False, True, False]


def test_without_channels_nothing_is_kept_for_later(
    desk_of_messages: MessageDesk,
) -> None:
    desk_of_messages.tell(notice("a", staff_id=None), notice("b"))
    desk_of_messages.run()
    desk_of_messages.channel()
    sent = Sent()

    desk_of_messages.send(sent)

    assert sent.letters == []


def test_messages_go_out_together_each_with_its_key(out: MessageDesk) -> None:
    order = out.desk.order(NOW)
    first = notice("a", None, register="service_order", entry_id=order)
    out.tell(first, notice("b", None))
    sent = Sent()

    out.send(sent)

    (letter,) = sent.letters
    assert letter.title == "台账提醒（2 条）"
    first_part, second_part = letter.body.split("\n\n")
    assert "消息 a" in first_part
    assert first_part.endswith(
        f"http://127.0.0.1:8000/register/service_order/details/?id={order}&message=a"
    )
    assert second_part == "消息 b\nhttp://127.0.0.1:8000/messages/?message=b"
    assert all(one.sent_at == at(NOW) for one in out.deliveries())


def test_long_letter_to_a_group_says_how_many_are_left(out: MessageDesk) -> None:
    out.tell(*(notice(f"k{n}", None) for n in range(11)))
    sent = Sent()

    out.send(sent)

    (letter,) = sent.letters
    assert letter.body.count("消息 ") == 8
    assert letter.body.endswith("另有 3 条，见 http://127.0.0.1:8000/late/")


def test_crash_between_sending_and_marking_sends_again_with_the_same_key(
    out: MessageDesk,
) -> None:
    out.tell(notice("a", None))
    out.route()
    first, second = Sent(), Sent()

    def die(*given: object) -> None:
        first(*given)  # type: ignore[arg-type]  # whatever it is given
        raise SystemExit("killed")

    with pytest.raises(SystemExit):
        send_next(out.work(), die)
    claimed = send_next(out.work("2026-09-23 10:04"), second)
    later = send_next(out.work("2026-09-23 10:06"), second)

    assert (claimed.rows, later.rows) == (0, 1)
    assert second.letters == first.letters


def test_letter_that_may_have_arrived_goes_again_without_what_came_since(
    out: MessageDesk,
) -> None:
    out.tell(notice("a", None), notice("b", None))
    unanswered, sent = Sent("slow"), Sent()
    out.send(unanswered)
    out.tell(notice("c", None))

    out.send(sent, "2026-09-23 10:10")

    again, fresh = sent.letters
    assert again == unanswered.letters[0]
    assert "消息 c" in fresh.body
    assert fresh.key != again.key


def test_letter_that_was_refused_goes_again_with_what_came_since(
    out: MessageDesk,
) -> None:
    out.tell(notice("a", None))
    sent = Sent("status 500")
    out.send(sent)
    out.tell(notice("b", None))

    out.send(sent, "2026-09-23 10:10")

    first, second = sent.letters
    assert second.body.count("消息 ") == 2
    assert first.key != second.key


def test_refused_letter_is_tried_again_ever_more_slowly(out: MessageDesk) -> None:
    out.tell(notice("a", None))
    sent = Sent("status 500")

    out.send(sent)
    (first,) = out.deliveries()
    out.send(sent, "2026-09-23 10:01")
    out.send(sent, "2026-09-23 10:03")
    (second,) = out.deliveries()

    assert first.next_try_at is not None
    assert second.next_try_at is not None
    waits = (first.next_try_at - at(NOW), second.next_try_at - at("2026-09-23 10:03"))
    assert timedelta(minutes=1.6) <= waits[0] <= timedelta(minutes=2.4)
    assert timedelta(minutes=3.2) <= waits[1] <= timedelta(minutes=4.8)
    assert len(sent.letters) == 2
    assert second.failure == "status 500"


def test_those_that_failed_together_do_not_all_come_back_at_once(
    out: MessageDesk,
) -> None:
    for number in range(6):
        out.channel(name=f"群{number}")
    out.tell(notice("a", None))

    out.send(Sent("status 500"))

    assert len({one.next_try_at for one in out.deliveries()}) > 1


def test_letter_nobody_takes_is_given_up_and_stays_on_the_list(
    out: MessageDesk,
) -> None:
    out.tell(notice("a", None))
    sent = Sent("refused")

    for day in range(1, 29):
        out.send(sent, f"2026-10-{day:02} 10:00")

    assert len(sent.letters) == GIVEN_UP_AFTER
    (one,) = out.deliveries()
    assert (one.failure, one.next_try_at) == ("refused", None)
    with out.desk.database.read() as session:
        assert deliveries.dead_count(session) == 1


@pytest.mark.parametrize("failure", ["inside", "settings"])
def test_what_trying_again_cannot_mend_is_given_up_at_once(
    out: MessageDesk, failure: str
) -> None:
    out.tell(notice("a", None))

    out.send(Sent(failure))

    (one,) = out.deliveries()
    assert one.given_up_at == at(NOW)


@pytest.mark.parametrize(
    ("act", "letters"), [(deliveries.send_again, 1), (deliveries.close, 0)]
)
def test_dead_letter_is_sent_again_or_closed_as_an_admin_says(
    out: MessageDesk, act: Callable[..., int], letters: int
) -> None:
    out.tell(notice("a", None))
    out.send(Sent("settings"))
    sent = Sent()

    with out.desk.database.write() as session:
        first = act(session, None, at(NOW))
    with out.desk.database.write() as session:
        again = act(session, None, at(NOW))
    out.send(sent)

    assert (first, again) == (1, 0)
    assert len(sent.letters) == letters


def test_channel_that_was_switched_off_gets_nothing_more(
    desk_of_messages: MessageDesk,
) -> None:
    channel = desk_of_messages.channel()
    desk_of_messages.tell(notice("a", None))
    desk_of_messages.route()
    desk_of_messages.channel(id=channel + 1)
    with desk_of_messages.desk.database.write() as session:
        session.get_one(Channel, channel).enabled = False
    sent = Sent()

    desk_of_messages.send(sent)

    assert sent.letters == []
    assert [one.dropped for one in desk_of_messages.deliveries()] == ["off"]
