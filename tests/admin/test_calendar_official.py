"""放假安排: a year's days are pasted or shipped, previewed, and move due times."""

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models import calendars
from models.calendar_moves import CalendarMove
from models.calendars import Calendar
from models.clock_table import Clock
from models.rules.calendar_object import read_calendar, write_calendar
from models.rules.official_days import with_official_days
from tests.admin.late_desk import at, order, promise
from tests.clock_desk import CALENDAR_NAME, HOURS
from tests.clock_desk import at as moment
from tests.company import NOON, Company

PAGE = "/settings/official-days/"
WAITING = write_calendar(with_official_days(read_calendar(HOURS), (2026, 2027)))
FORM = {
    "year": "2027",
    "calendar": "all",
    "days": "2027-01-01~2027-01-04 休 元旦\n2027-01-09 班 元旦",
    "action": "save",
}


@pytest.fixture
def admin(company: Company, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Return the admin of a desk whose calendar waits for 2027."""
    at(monkeypatch, NOON)
    promise(company)
    with company.database.write() as session:
        calendars.save(session, "desk", CALENDAR_NAME, WAITING, NOON)
    return company.client("admin")


def newest(company: Company) -> Calendar:
    with company.database.read() as session:
        query = select(Calendar).order_by(Calendar.id.desc()).limit(1)
        return session.scalars(query).one()


def due(company: Company) -> list[str]:
    with company.database.read() as session:
        found = session.scalars(select(Clock.due_at).order_by(Clock.id))
        zone = moment("2027-01-01").tzinfo
        return [f"{one.astimezone(zone):%Y-%m-%d %H:%M}" for one in found]


def test_pasted_year_is_previewed_and_moves_what_was_provisional(
    company: Company, admin: FlaskClient
) -> None:
    order(company, reported_at=moment("2026-12-31 16:00"))
    order(company, reported_at=moment("2026-12-30 16:00"))
    entry = order(company, reported_at=moment("2027-01-04 10:00"))
    page = f"/register/service_order/details/?id={entry}"
    assert due(company) == ["2027-01-04 16:00", "2026-12-31 16:00", "2027-01-05 10:00"]
    assert "暂定" in admin.get(page).text

    shown = unescape(admin.post(PAGE, data=FORM | {"action": "preview"}).text)

    assert "2 个按这个日历算" not in shown
    assert "3 个按这个日历算，1 个会移动" in shown
    assert newest(company).provisional_from == 2027

    answer = admin.post(PAGE, data=FORM, follow_redirects=True).text

    assert "已写入 1 个日历，移动了 1 个时限" in answer
    assert due(company)[0] == "2027-01-05 16:00"
    with company.database.read() as session:
        (moved,) = session.scalars(select(CalendarMove))
    assert moved.calendar_id == newest(company).id
    assert newest(company).provisional_from == 2028
    assert "暂定" not in admin.get(page).text.partition("clock-days")[0]
    assert (
        "没有改动"
        in admin.post(PAGE, data=FORM | {"calendar": "1"}, follow_redirects=True).text
    )


def test_shipped_year_is_filled_in(admin: FlaskClient) -> None:
    shown = unescape(admin.get(f"{PAGE}?year=2026").text)

    assert "2026-10-01~2026-10-07 休 国庆节 / National Day" in shown
    assert 'value="2027"' in admin.get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"days": "2026-01-01 休"}, "日期在 2027 年内"),
        ({"days": "2027-01-01 也许"}, "休是放假"),
        ({"days": ""}, "请填写"),
        ({"year": "next"}, "请填写年份"),
        ({"year": "1066"}, "请填写年份"),
        ({"calendar": "99"}, "不在选项中"),
    ],
)
def test_what_is_wrong_is_said_and_stays_in_the_form(
    company: Company, admin: FlaskClient, typed: dict[str, str], said: str
) -> None:
    answer = admin.post(PAGE, data=FORM | typed)

    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert (FORM | typed)["days"] in unescape(answer.text)
    assert newest(company).provisional_from == 2027


def test_only_whoever_sets_the_house_up_imports(
    company: Company, admin: FlaskClient
) -> None:
    clerk = company.client("A02")

    assert clerk.get(PAGE).status_code == 403
    assert clerk.post(PAGE, data=FORM).status_code == 403
    assert newest(company).provisional_from == 2027
    assert admin.get(f"{PAGE}?year=99999").status_code == 200


def test_list_asks_from_november_on_for_the_next_year(
    admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = admin.get("/settings/calendars/").text
    at(monkeypatch, moment("2026-11-02 09:00"))

    assert "公布后请导入" not in before
    assert "公布后请导入" in admin.get("/settings/calendars/").text
