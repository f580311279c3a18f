"""To whom a message goes, by which way, when; and asked again when it is sent."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from jobs import clock_sweep, routing
from models import calendars, entries
from models.access import Rows
from models.accounts import Account
from models.channels import Gets
from models.clock_table import Clock
from models.message_kinds import kind_of
from models.outbox import Message
from models.settings import Settings
from tests.clock_desk import CALENDAR, CALENDAR_NAME, SET_UP, Desk, at
from tests.jobs.message_desk import NOW, MessageDesk, Sent, notice

WEDNESDAY, THURSDAY, FRIDAY = "2026-09-23", "2026-09-24", "2026-09-25"


@pytest.fixture
def out(desk: Desk, settings: Settings) -> MessageDesk:
    """A desk with a mail server, and a clerk who may see everything."""
    made = MessageDesk(desk, settings)
    made.mail()
    made.account(desk.clerk)
    made.wish()
    return made


def times(out: MessageDesk) -> list[tuple[str, Any]]:
    return [(one.route, one.next_try_at) for one in out.deliveries()]


def late_order(out: MessageDesk) -> int:
    """Let a callback be overdue since Tuesday 17:30, and the sweep tell of it."""
    out.desk.promise()
    order = out.desk.order("2026-09-21 17:40", finished_at="2026-09-21 17:30")
    clock_sweep.sweep_next(out.work())
    return order


@pytest.mark.parametrize(
    ("now", "digest"),
    [
        (f"{WEDNESDAY} 08:59", f"{WEDNESDAY} 09:00"),
        (f"{WEDNESDAY} 09:00", f"{WEDNESDAY} 09:00"),
        (f"{WEDNESDAY} 10:00", f"{THURSDAY} 09:00"),
        # 25 September is Mid-autumn, 26 and 27 a weekend.
        (f"{THURSDAY} 10:00", "2026-09-28 09:00"),
    ],
)
def test_digest_goes_at_nine_on_the_next_workday(
    out: MessageDesk, now: str, digest: str
) -> None:
    out.tell(notice("a", kind="clock.breached"), now=now)

    out.route(now)

    assert times(out) == [("mail/2", at(digest))]


def test_without_any_calendar_office_hours_of_the_official_days_count(
    out: MessageDesk,
) -> None:
    with out.desk.database.write() as session:
        session.execute(calendars.Calendar.__table__.delete())  # type: ignore[attr-defined]  # a table it is
    out.tell(notice("a"), now=f"{THURSDAY} 10:00")

    out.route(f"{THURSDAY} 10:00")

    assert times(out) == [("mail/2", at("2026-09-28 09:00"))]


@pytest.mark.parametrize(
    ("kind", "now", "sent"),
    [
        ("clock.warned", f"{WEDNESDAY} 10:00", f"{WEDNESDAY} 10:00"),
        ("clock.warned", f"{WEDNESDAY} 12:30", f"{WEDNESDAY} 13:30"),
        ("clock.warned", f"{THURSDAY} 20:00", "2026-09-28 09:00"),
        ("clock.warned.urgent", f"{THURSDAY} 20:00", f"{THURSDAY} 20:00"),
        ("clock.breached.urgent", f"{FRIDAY} 03:00", f"{FRIDAY} 03:00"),
    ],
)
def test_warning_goes_at_once_in_working_hours_and_urgent_ones_always(
    out: MessageDesk, kind: str, now: str, sent: str
) -> None:
    out.tell(notice("a", kind=kind), now=now)

    out.route(now)

    assert times(out) == [("mail/2", at(sent))]


@pytest.mark.parametrize(
    ("wish", "kind", "sent"),
    [
        ({"digest_minute": 16 * 60}, "clock.breached", f"{WEDNESDAY} 16:00"),
        ({"gets": Gets.EACH}, "clock.breached", f"{WEDNESDAY} 10:00"),
        ({"warnings": False}, "clock.warned", f"{THURSDAY} 09:00"),
    ],
)
def test_person_is_told_as_they_wish(
    out: MessageDesk, wish: dict[str, Any], kind: str, sent: str
) -> None:
    out.wish(**wish)
    out.tell(notice("a", kind=kind))

    out.route()

    assert times(out) == [("mail/2", at(sent))]


def test_whoever_wants_no_mail_or_has_none_keeps_the_bell(out: MessageDesk) -> None:
    out.wish(gets=Gets.OFF)
    out.tell(notice("a"), notice("b", staff_id=1))

    out.route()

    assert out.deliveries() == []
    assert [one.read_at for one in out.messages()] == [None, None]


def test_mail_of_the_staff_file_is_used_where_nobody_said_another(
    out: MessageDesk,
) -> None:
    by = out.desk.by(NOW)
    with out.desk.database.write() as session:
        entries.change(session, "staff", 1, {"email": "zhou@example.com"}, by)
    out.account(1)
    out.tell(notice("a", staff_id=1, kind="away"))
    sent = Sent()

    out.send(sent)

    assert [one.to for one in sent.letters] == ["zhou@example.com"]


def test_group_is_told_of_what_is_late_in_its_department_once_a_day(
    out: MessageDesk,
) -> None:
    with out.desk.database.write() as session:
        calendars.save(session, "x", CALENDAR_NAME, CALENDAR, SET_UP)
    ours = out.channel(department_id=out.desk.top, gets=Gets.DIGEST)
    theirs = out.channel(department_id=99, gets=Gets.DIGEST)
    late_order(out)
    out.tell(notice("a warning", kind="clock.warned"))

    out.route()

    routes = [route for route, _ in times(out)]
    assert routes.count(f"channel/{ours}") == 1
    assert f"channel/{theirs}" not in routes
    assert times(out)[1] == (f"channel/{ours}", at(f"{THURSDAY} 09:00"))


def test_digest_is_one_letter_in_the_persons_words(out: MessageDesk) -> None:
    late_order(out)
    out.tell(notice("b"))
    sent = Sent()

    out.send(sent)
    out.send(sent, f"{THURSDAY} 09:00")

    (letter,) = sent.letters
    assert letter.title == "台账每日提醒（2 条）"
    assert letter.to == "wu@example.com"
    assert "“服务后回访”已逾期" in letter.body
    assert "http://127.0.0.1:8000/messages/1?message=clock.breached/1/0" in letter.body
    assert letter.body.endswith("您名下逾期未办共 1 项：http://127.0.0.1:8000/late/")
    assert "恒越" not in letter.body  # the customer
    assert "机器不启动" not in letter.body


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"met_at": at(NOW)}, "done"),
        ({"excused_at": at(NOW)}, "done"),
        ({"voided_at": at(NOW)}, "gone"),
        ({"due_at": at("2026-10-08 09:00")}, "moved"),
        ({"holder_id": None}, "handed"),
    ],
)
def test_message_that_is_no_longer_true_is_dropped(
    out: MessageDesk, values: dict[str, Any], why: str
) -> None:
    late_order(out)
    out.route()
    with out.desk.database.write() as session:
        session.execute(update(Clock).values(**values))
    sent = Sent()

    out.send(sent, f"{THURSDAY} 09:00")

    assert sent.letters == []
    assert [one.dropped for one in out.deliveries()] == [why]


def test_warning_of_what_is_overdue_by_then_is_dropped(out: MessageDesk) -> None:
    out.desk.promise()
    out.desk.order("2026-09-22 12:20", finished_at="2026-09-22 12:15")
    clock_sweep.sweep_next(out.work("2026-09-23 12:10"))
    assert [one.kind for one in out.messages()] == ["clock.warned"]
    sent = Sent()

    out.send(sent, "2026-09-23 12:10")
    out.send(sent, "2026-09-23 13:30")

    assert sent.letters == []
    assert [one.dropped for one in out.deliveries()] == ["overdue"]


def test_whoever_took_it_over_is_told_instead_and_once(out: MessageDesk) -> None:
    late_order(out)
    out.route()
    out.account(out.desk.engineer)
    out.wish("zhou@example.com", staff_id=out.desk.engineer)
    with out.desk.database.write() as session:
        session.execute(update(Clock).values(holder_id=out.desk.engineer))
    sent = Sent()

    for now in (f"{THURSDAY} 09:00", f"{THURSDAY} 09:01", "2026-09-28 09:00"):
        out.send(sent, now)

    (letter,) = sent.letters
    assert letter.to == "zhou@example.com"
    assert [one.staff_id for one in out.messages()] == [2, 1]


def test_who_stands_in_is_told_of_what_is_anothers(out: MessageDesk) -> None:
    late_order(out)
    out.account(out.desk.engineer)
    out.wish("zhou@example.com", staff_id=out.desk.engineer)
    with out.desk.database.write() as session:
        session.execute(update(Message).values(staff_id=out.desk.engineer))
    sent = Sent()

    out.send(sent)
    out.send(sent, f"{THURSDAY} 09:00")

    assert [one.to for one in sent.letters] == ["zhou@example.com"]


def test_group_is_told_nothing_of_a_register_with_levels_of_secrecy(
    out: MessageDesk,
) -> None:
    loan = {
        "document": "报价底稿",
        "secrecy_level": "secret",
        "borrower": out.desk.clerk,
        "lent_on": date(2026, 9, 22),
        "due_on": date(2026, 9, 22),
    }
    with out.desk.database.write() as session:
        made = entries.create(session, "document_loan", loan, out.desk.by(NOW))
    out.channel()
    out.tell(notice("a", None, register="document_loan", entry_id=made))
    sent = Sent()

    out.send(sent)

    assert sent.letters == []
    assert [one.dropped for one in out.deliveries()] == ["hidden"]


@pytest.mark.parametrize(
    ("change", "why"), [("rows", "hidden"), ("closed", "account"), ("bin", "gone")]
)
def test_right_is_asked_again_when_it_is_sent(
    out: MessageDesk, change: str, why: str
) -> None:
    order = out.desk.order(NOW)
    entry = notice("a", staff_id=1, register="service_order", entry_id=order)
    out.account(1, Rows.NONE if change == "rows" else Rows.ALL)
    out.wish("zhou@example.com", staff_id=1)
    out.tell(entry)
    out.route()
    with out.desk.database.write() as session:
        if change == "closed":
            session.execute(update(Account).values(active=False))
        if change == "bin":
            entries.bin_many(session, "service_order", [order], out.desk.by(NOW))
    sent = Sent()

    out.send(sent, f"{THURSDAY} 09:00")

    assert sent.letters == []
    assert [one.dropped for one in out.deliveries()] == [why]


def test_message_that_cannot_be_handed_on_stops_no_other(
    out: MessageDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    out.tell(notice("bad", kind="bad"), notice("good"))

    def broken(code: str) -> Any:
        if code == "bad":
            raise RuntimeError("odd")
        return kind_of(code)

    monkeypatch.setattr(routing, "kind_of", broken)

    out.route()

    bad, good = out.messages()
    assert (bad.next_try_at, bad.attempts) == (at(f"{WEDNESDAY} 11:00"), 1)
    assert good.next_try_at is None
    assert [one.message_id for one in out.deliveries()] == [good.id]
