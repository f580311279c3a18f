"""A year that is published meanwhile, and the yearly question for it."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs import calendar_moves, official_days
from jobs.work import Done, Work
from models import calendars
from models.access import Role
from models.accounts import Account
from models.calendar_moves import CalendarMove
from models.calendars import Calendar
from models.outbox import Message
from models.rules.calendar_object import read_calendar, write_calendar
from models.rules.official_days import (
    OfficialDay,
    OfficialKind,
    is_published,
    provisional_days,
    with_official_days,
)
from models.settings import Settings
from models.words import Label
from tests.clock_desk import CALENDAR_NAME, HOURS, SET_UP, Desk, at
from tests.company import Company, build_company, open_company
from tests.databases import Builder

WAITING = write_calendar(with_official_days(read_calendar(HOURS), (2025, 2026, 2027)))
NOTICE = {
    **provisional_days(2027),
    date(2027, 1, 4): OfficialDay(OfficialKind.OFF, Label("元旦", "New Year")),
}
NOW = at("2026-12-31 20:00")
Step = Callable[[Work], Done]


def run(desk: Desk | Company, settings: Settings, step: Step, now: datetime) -> int:
    work = Work(desk.database, settings, now)
    rows, again = 0, True
    while again:
        done = step(work)
        rows, again = rows + done.rows, done.again
    return rows


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an update bring the days of 2027."""
    really = is_published
    known = "models.official_years.is_published"
    monkeypatch.setattr(known, lambda year: year == 2027 or really(year))
    monkeypatch.setattr("models.official_years.official_days", lambda _: NOTICE)


@pytest.mark.usefixtures("published")
def test_published_year_moves_the_clocks_that_rested_on_the_provisional_one(
    desk: Desk, settings: Settings
) -> None:
    with desk.database.write() as session:
        calendars.save(session, "desk", CALENDAR_NAME, WAITING, SET_UP)
        own = {**HOURS, "provisional_from": 2027}
        calendars.save(session, "abroad", CALENDAR_NAME, own, SET_UP)
    desk.promise()
    desk.order(NOW.isoformat(), finished_at="2026-12-31 17:30")
    assert desk.clock().due_at == at("2027-01-04 17:30")

    assert run(desk, settings, official_days.publish_next, NOW) == 1
    run(desk, settings, calendar_moves.move_next, NOW)

    assert desk.clock().due_at == at("2027-01-05 17:30")
    with desk.database.read() as session:
        (moved,) = session.scalars(select(CalendarMove))
        newest = session.get_one(Calendar, moved.calendar_id)
    assert (moved.was_due_at, newest.provisional_from) == (at("2027-01-04 17:30"), 2028)
    assert run(desk, settings, official_days.publish_next, NOW) == 0


def test_nothing_is_published_before_it_is(desk: Desk, settings: Settings) -> None:
    with desk.database.write() as session:
        calendars.save(session, "desk", CALENDAR_NAME, WAITING, SET_UP)

    assert run(desk, settings, official_days.publish_next, NOW) == 0


@pytest.fixture
def office(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    company = open_company(prepared_database("company", build_company), tmp_path)
    with company.database.write() as session:
        calendars.save(session, "desk", CALENDAR_NAME, WAITING, SET_UP)
    yield company
    company.close()


def told(office: Company) -> list[Message]:
    with office.database.read() as session:
        return list(session.scalars(select(Message)))


def test_admins_are_told_once_a_year_that_the_next_is_provisional(
    office: Company, settings: Settings
) -> None:
    with office.database.write() as session:
        manager = session.scalars(select(Account).filter_by(login="A01")).one()
        manager.roles = [session.scalars(select(Role).filter_by(code="admin")).one()]
        manager.stamp += 1
        staff = manager.staff_id

    for now in ("2026-06-01 09:00", "2026-11-20 09:00", "2026-11-21 09:00"):
        run(office, settings, official_days.ask_for_next_year, at(now))

    (message,) = told(office)
    assert message.staff_id == staff
    assert "2027 年的放假安排还是暂定的" in message.text_zh
    assert "客服部" in message.text_zh


def test_where_no_admin_has_a_bell_the_channels_of_everybody_are_asked(
    office: Company, settings: Settings
) -> None:
    late = at("2027-01-03 09:00")  # the machine was off over New Year

    run(office, settings, official_days.ask_for_next_year, late)

    (message,) = told(office)
    assert message.staff_id is None
    assert "2027" in message.text_en
