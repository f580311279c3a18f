"""工作日历: seen by the year, changed after a preview, moving exactly what is open."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models import calendar_changes, calendars
from models.calendar_moves import CalendarMove
from models.calendars import Calendar
from models.clock_table import Clock
from models.rules.calendar_object import WEEKDAYS
from models.words import Label
from tests.admin.late_desk import at, order, promise
from tests.clock_desk import CALENDAR
from tests.clock_desk import at as moment
from tests.company import NOON, Company, writer

PAGE = "/settings/calendars/"
SUNDAY = "2026-10-18"
NEW = {
    **{f"week_{day}": "" for day in WEEKDAYS},
    "name_zh": "门店",
    "zone": "Asia/Shanghai",
    "weeks": "alike",
    "week_mon": "09:00-12:00、13:30至18:00",
    "week_fri": "18:00-02:00",
    "days_off": "2026-10-01~2026-10-07 国庆节 / National Day\n\n2026.9.25 中秋",
    "extra_days": "2026年10月10日",
    "days": "2026-12-31 09:00-16:00\n2026-12-30 休",
    "action": "save",
}


@pytest.fixture(autouse=True)
def noon(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a Wednesday's noon, at a desk that has a calendar and a promise."""
    at(monkeypatch, NOON)
    promise(company)


@pytest.fixture
def admin(company: Company) -> FlaskClient:
    return company.client("admin")


def versions(company: Company, code: str = "desk") -> list[Calendar]:
    with company.database.read() as session:
        query = select(Calendar).filter_by(code=code).order_by(Calendar.version)
        return list(session.scalars(query))


def clocks(company: Company) -> list[Clock]:
    with company.database.read() as session:
        return list(session.scalars(select(Clock).order_by(Clock.id)))


def moves(company: Company) -> list[CalendarMove]:
    with company.database.read() as session:
        return list(session.scalars(select(CalendarMove)))


def previewed(text: str) -> list[str]:
    """Return the cells of a preview."""
    shown = text.partition('id="preview"')[2].partition("</section>")[0]
    cells = [it.partition("</td>")[0] for it in shown.split("<td")[1:]]
    return [unescape(it.partition(">")[2]) for it in cells]


def orders(company: Company) -> None:
    """Four clocks: one that a worked Sunday moves, one it does not, done, late."""
    saturday = moment("2026-10-17 15:00")
    order(company, reported_at=saturday)
    order(company, reported_at=moment("2026-10-14 10:00"))
    order(company, reported_at=saturday, finished_at=moment("2026-10-17 16:00"))
    order(company, reported_at=saturday)
    with company.database.write() as session:
        judged = select(Clock.id).order_by(Clock.id.desc()).limit(1)
        session.execute(
            update(Clock)
            .where(Clock.id == judged.scalar_subquery())
            .values(breached_at=Clock.due_at, next_at=None)
        )


def make_up_sunday(admin: FlaskClient, action: str, basis: int = 1) -> Any:
    form = {"kind": "extra", "name": "", "basis": str(basis), "action": action}
    return admin.post(f"{PAGE}1/day?on={SUNDAY}", data=form)


def test_make_up_workday_is_previewed_and_then_moves_exactly_that_clock(
    company: Company, admin: FlaskClient
) -> None:
    orders(company)
    before = clocks(company)

    shown = make_up_sunday(admin, "preview").text

    assert previewed(shown)[2:] == ["2026-10-19 15:00", "2026-10-18 15:00"]
    assert "进行中的时限有 2 个按这个日历算，1 个会移动" in shown
    assert [one.due_at for one in clocks(company)] == [one.due_at for one in before]
    assert len(versions(company)) == 1

    assert make_up_sunday(admin, "save").status_code == 302

    after = clocks(company)
    assert [one.due_at for one in after] == [
        moment("2026-10-18 15:00"),
        *(one.due_at for one in before[1:]),
    ]
    assert after[3].breached_at == before[3].due_at
    (moved,) = moves(company)
    assert (moved.clock_id, moved.was_due_at) == (after[0].id, before[0].due_at)
    page = admin.get(f"{PAGE}1/").text
    assert "移动了 1 个时限" in page
    told = page.partition('id="moves"')[2]
    assert "2026-10-19 15:00" in told
    assert f"/register/service_order/details/?id={moved.entry_id}" in told
    assert versions(company)[-1].settled_at is not None


def test_what_a_save_did_not_move_is_moved_by_the_job(
    company: Company, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("admin.calendar_pages.MOST_AT_ONCE", 0)
    orders(company)
    make_up_sunday(admin, "save")
    assert moves(company) == []
    assert "还在按新日历移动" in admin.get(f"{PAGE}1/").text

    steps = 0
    while calendar_changes.go_on(company.database, NOON) is not None:
        steps += 1

    assert len(moves(company)) == 1
    assert all(one.settled_at is not None for one in versions(company))
    assert steps == 2  # the clocks, and nothing left


def test_calendar_of_a_branch_and_department_is_made_and_changed(
    company: Company, admin: FlaskClient
) -> None:
    form = NEW | {"department": "1"}

    assert admin.post(f"{PAGE}new", data=form).status_code == 302

    (made,) = versions(company, "x_mendian")
    assert made.department_id == 1
    assert made.hours["weekly"] == {
        "mon": [["09:00", "12:00"], ["13:30", "18:00"]],
        "fri": [["18:00", "02:00"]],
    }
    assert made.hours["days_off"]["2026-10-07"]["en"] == "National Day"
    assert len(made.hours["days_off"]) == 8
    assert made.hours["days"] == {"2026-12-30": [], "2026-12-31": [["09:00", "16:00"]]}
    change = form | {
        "basis": str(made.id),
        "weeks": "other",
        "weeks_from": "2026-01-05",
        "other_sat": "09:00-24:00",
    }
    assert admin.post(f"{PAGE}{made.id}/edit", data=change).status_code == 302
    changed = versions(company, "x_mendian")[1]
    assert changed.hours["weekly_other"] == {"sat": [["09:00", "24:00"]]}
    assert changed.hours["weeks_from"] == "2026-01-05"
    assert "另一种周" in admin.get(PAGE).text


def test_form_sent_as_it_was_drawn_changes_nothing(
    company: Company, admin: FlaskClient
) -> None:
    drawn = admin.get(f"{PAGE}1/edit").text
    form = {}
    for part in drawn.split('<div class="field')[1:]:
        name = part.partition(' name="')[2].partition('"')[0]
        if "<textarea" in part:
            form[name] = part.partition("<textarea")[2].partition(">\n")[2]
            form[name] = unescape(form[name].partition("</textarea>")[0])
        elif 'type="text"' in part:
            form[name] = unescape(part.partition(' value="')[2].partition('"')[0])
    form |= {"weeks": "alike", "basis": "1", "action": "save"}

    answer = admin.post(f"{PAGE}1/edit", data=form, follow_redirects=True)

    assert "没有改动" in answer.text
    assert len(versions(company)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name_zh": ""}, "请填写"),
        ({"week_mon": "9-18"}, "“9-18”不是时段"),
        ({"days_off": "十月一日"}, "“十月一日”读不懂"),
        ({"extra_days": "2026-10-01 班"}, "同时列为休息日"),
        ({"days": "2026-12-31"}, "不是时段"),
        ({"weeks": "other"}, "请填写"),
        ({"zone": "Mars"}, "不是时区名称"),
        ({"provisional_from": "soon"}, "不是年份"),
        ({"provisional_from": "9" * 5000}, "不是年份"),
        ({"week_mon": "", "week_fri": "", "extra_days": "", "days": ""}, "十年"),
        ({"department": "999"}, "不在选项中"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    company: Company, admin: FlaskClient, typed: dict[str, str], said: str
) -> None:
    answer = admin.post(f"{PAGE}new", data=NEW | typed)

    assert answer.status_code == 422
    assert said in answer.text
    shown = unescape(answer.text)
    for value in (NEW | typed).values():
        assert value in shown
    assert len(versions(company, "x_mendian")) == 0


def test_calendar_that_somebody_changed_meanwhile_is_not_written_over(
    company: Company, admin: FlaskClient
) -> None:
    with company.database.write() as session:
        own = {**CALENDAR, "days": {"2026-03-02": []}}
        calendars.save(session, "desk", Label("客服部", "Desk"), own, NOON)

    answer = make_up_sunday(admin, "save", basis=1)

    assert answer.status_code == 409
    assert "刚被别人改过" in answer.text
    assert len(versions(company)) == 2


def test_another_scope_that_took_the_number_meanwhile_is_no_hindrance(
    company: Company,
) -> None:
    name = Label("客服部", "Desk")
    own = {**CALENDAR, "days": {"2026-03-02": []}}
    with company.database.read() as session:
        draft = calendars.draft(session, "desk", name, own, NOON)
    with company.database.write() as session:
        calendars.save(session, "desk", name, CALENDAR, NOON, department_id=1)

    with company.database.write() as session:
        calendar_changes.say(session, draft, 1, writer())

    assert [one.department_id for one in versions(company)] == [None, 1, None]


def test_day_is_set_free_worked_and_put_back(
    company: Company, admin: FlaskClient
) -> None:
    def set_day(**form: str) -> Any:
        basis = str(versions(company)[-1].id)
        data = {"basis": basis, "action": "save"} | form
        admin.post(f"{PAGE}1/day?on=2026-03-02", data=data)
        return versions(company)[-1].opened().day(date(2026, 3, 2))

    assert set_day(kind="off", name="盘点").name.zh == "盘点"
    assert set_day(kind="own", hours="10:00-15:00").hours == ((600, 900),)
    assert set_day(kind="week").hours == ((540, 720), (810, 1080))
    refused = admin.post(
        f"{PAGE}1/day?on=2026-03-02", data={"kind": "own", "hours": "later"}
    )
    assert (refused.status_code, "later" in refused.text) == (422, True)


def test_year_shows_days_off_make_up_days_and_what_is_provisional(
    admin: FlaskClient,
) -> None:
    year = admin.get(f"{PAGE}1/?year=2026").text

    assert 'title="2026-10-01 国庆节"' in year
    assert 'title="2026-10-10 调休上班（国庆节） 09:00–12:00、13:30–18:00"' in year
    assert "10-01 周四 – 10-07 周三" in year
    assert "暂定" not in year
    assert "暂定" in admin.get(f"{PAGE}1/?year=2027").text
    for wrong in ("99/", "99/edit", "1/day", "1/day?on=monday", "99/day?on=2026-01-01"):
        assert admin.get(PAGE + wrong).status_code == 404


@pytest.mark.parametrize("path", ["", "new", "1/", "1/edit", f"1/day?on={SUNDAY}"])
def test_only_whoever_sets_the_house_up_comes_in(company: Company, path: str) -> None:
    clerk = company.client("A02")

    assert clerk.get(PAGE + path).status_code == 403
    if path not in ("", "1/"):
        assert clerk.post(PAGE + path, data=NEW).status_code == 403
    assert len(versions(company)) == 1
