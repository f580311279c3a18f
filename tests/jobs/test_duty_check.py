"""The duty check keeps verdicts once and reminds laggards once, after any crash."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs.duty_check import check_next
from jobs.work import Work
from models import duty_verdicts
from models.database import Database
from models.duty_verdicts import DutyVerdict
from models.measures import Measure
from models.outbox import Message
from models.rules.periods import PeriodKind, period_of
from models.settings import Settings
from tests.company import ZONE
from tests.databases import Builder
from tests.duty_desk import DutyDesk, at, build_duty_company, said


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[DutyDesk]:
    database = Database(prepared_database("duty_company", build_duty_company))
    yield DutyDesk(database)
    database.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path)


def check(desk: DutyDesk, settings: Settings, now: datetime) -> int:
    """Do the job as it is done at a moment; return how many rows it wrote."""
    rows, again = 0, True
    while again:
        done = check_next(Work(desk.database, settings, now))
        rows, again = rows + done.rows, done.again
    return rows


def kept(desk: DutyDesk) -> list[tuple[str, str, int]]:
    """Return what is kept, in the order of time."""
    with desk.database.read() as session:
        found = session.scalars(select(DutyVerdict).order_by(DutyVerdict.first_on))
        return [(one.period, one.verdict, int(one.figure or 0)) for one in found]


def messages(desk: DutyDesk) -> list[Message]:
    with desk.database.read() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_days_that_are_over_are_kept_once_also_after_nights_switched_off(
    desk: DutyDesk, settings: Settings
) -> None:
    desk.duty("ten", valid_from=date(2026, 10, 12))
    desk.call(at(12), times=10)
    desk.call(at(13), times=4)

    assert check(desk, settings, at(12, 23)) == 0
    assert check(desk, settings, at(15, 0)) == 3
    assert check(desk, settings, at(15, 1)) == 0
    assert kept(desk) == [
        ("2026-10-12", "met", 10),
        ("2026-10-13", "missed", 4),
        ("2026-10-14", "missed", 0),
    ]


def test_a_verdict_never_moves(desk: DutyDesk, settings: Settings) -> None:
    desk.duty("ten", valid_from=date(2026, 10, 13))
    check(desk, settings, at(14, 0))

    desk.call(at(13), times=10)

    found = desk.standing("ten", "2026-10-13", at(14, 9))
    assert said(found) == [0, 10, "missed"]
    assert found.kept_at == at(14, 0)


def test_the_rows_behind_and_the_clauses_are_kept(
    desk: DutyDesk, settings: Settings
) -> None:
    desk.trainings(valid_from=date(2026, 10, 1))
    long, short = desk.train(13, 40), desk.train(20, 25)

    check(desk, settings, datetime(2026, 11, 1, tzinfo=ZONE))

    with desk.database.read() as session:
        (one,) = session.scalars(select(DutyVerdict))
        assert (one.counted, one.too_short) == ([long], [short])
        assert [one.clauses, one.verdict] == ["S0-04-04", "missed"]
        assert one.owed == 3


def test_a_due_point_closes_before_the_period_ends(
    desk: DutyDesk, settings: Settings
) -> None:
    desk.trainings(valid_from=date(2026, 10, 1), due="day 5")

    assert check(desk, settings, at(8, 17)) == 0
    assert check(desk, settings, at(8, 18)) == 1


def test_who_tries_second_keeps_nothing(desk: DutyDesk) -> None:
    desk.duty("ten", valid_from=date(2026, 10, 13))
    day = period_of(PeriodKind.DAY, date(2026, 10, 13))
    now = at(14, 0)

    counts = []
    for _ in range(2):
        with desk.database.write() as session:
            counts.append(duty_verdicts.close(session, "ten", day, now, ZONE))

    assert counts == [1, None]
    assert len(kept(desk)) == 1


def test_a_crash_before_the_end_leaves_nothing_half_done(
    desk: DutyDesk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.duty("ten", valid_from=date(2026, 10, 13))

    def fall(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(duty_verdicts, "_row", fall)
        with pytest.raises(KeyboardInterrupt):
            check(desk, settings, at(14, 0))

    assert kept(desk) == []
    assert check(desk, settings, at(14, 0)) == 1


def test_who_is_behind_is_reminded_once_in_working_hours(
    desk: DutyDesk, settings: Settings
) -> None:
    # Two hours of business time before 18:00 are 16:00.
    desk.duty("ten", remind_before=timedelta(hours=2), valid_from=date(2026, 10, 14))
    desk.call(at(14), times=7)

    assert check(desk, settings, at(14, 15, 59)) == 0
    assert check(desk, settings, at(14, 16, 5)) == 1
    assert check(desk, settings, at(14, 16, 15)) == 0

    (told,) = messages(desk)
    assert told.staff_id == desk.staff["A02"]
    assert "还差 3" in told.text_zh
    assert told.about_at == at(14, 18).astimezone(UTC)


def test_nobody_is_reminded_after_hours_or_on_leave(
    desk: DutyDesk, settings: Settings
) -> None:
    lead = timedelta(hours=2)
    valid = date(2026, 10, 14)
    desk.duty("ten", remind_before=lead, valid_from=valid)
    people = [desk.staff["A01"]]
    desk.trainings(remind_before=timedelta(hours=30), valid_from=date(2026, 10, 1))
    desk.duty("met", remind_before=lead, valid_from=valid, people=people)
    desk.away("A02", at(14, 9), at(14, 18))
    desk.call(at(14), "A01", times=10)

    check(desk, settings, at(14, 17))
    assert messages(desk) == []  # on leave, and met

    # The last thirty hours of October's business begin on the 27th; at night all rest.
    check(desk, settings, at(28, 3))
    assert messages(desk) == []
    check(desk, settings, at(28, 9, 1))
    assert [one.key for one in messages(desk)] == [
        f"duty.behind.trainings.2026-10.{desk.staff['A01']}"
    ]


def test_a_share_is_owed_whole_and_nothing_where_there_is_nothing(
    desk: DutyDesk, settings: Settings
) -> None:
    with desk.database.write() as session:
        session.add(
            Measure(
                code="reached",
                name_zh="接通率",
                name_en="Reached",
                register="callback_log",
                aggregate="share",
                share_of="outcome = 'connected'",
                date_field="called_at",
                person_field="caller",
                unit="percent",
            )
        )
    desk.duty(
        "reached",
        measure="reached",
        at_least=Decimal("0.5"),
        period="month",
        people=[desk.staff["A02"], desk.staff["A01"]],
    )
    desk.call(at(14))
    desk.away("A02", at(15, 9), at(16, 18))

    found = {one.owner.id: one for one in desk.standings("reached", "2026-10")}

    assert said(found[desk.staff["A02"]]) == [0, Decimal("0.5"), "missed"]
    assert said(found[desk.staff["A01"]]) == [None, Decimal("0.5"), "free"]
    assert check(desk, settings, at(14)) == 0
