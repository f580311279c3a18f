"""Every page about time limits and duties, with a department's work in it.

Walked under the strict policy, at the desk and on a phone; what can be pressed there is
pressed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from admin import visit
from models.clock_table import Clock, ClockNote
from models.deliveries import Delivery
from models.job_tables import JobRequest
from models.outbox import Message
from tests.browser import walk_sample as walk
from tests.browser.busy_company import go
from tests.browser.late_department import HEAD, HOTLINE, NOW, pass_afternoon
from tests.browser.pages import Pages
from tests.company import Company
from tests.databases import Builder

SignIn = Callable[[Page, str], None]
Prepared = Callable[[str, Builder], str]

pytestmark = pytest.mark.databases("sqlite")

DUTIES = "/duties/?month=2026-10"
WORK = (
    "/late/",
    "/late/?show=today",
    "/late/?show=explained",
    "/late/board/?by=person&from=2026-10",
    "/late/board/clocks/?verdict=breached&from=2026-10",
    DUTIES,
    "/messages/",
    "/messages/reminders/",
)
SETTINGS = (
    "/settings/calendars/",
    "/settings/calendars/1/",
    "/settings/calendars/1/edit",
    "/settings/calendars/1/day?on=2026-11-08",
    "/settings/official-days/",
    "/settings/channels/",
    "/settings/channels/new",
    "/settings/undelivered/",
    "/settings/jobs/",
    "/settings/jobs/clock_sweep/",
    "/settings/targets/",
    "/settings/targets/7/",
    "/settings/duties/",
)

LONG = ("/settings/calendars/1/",)
"""Looked over by `test_calendars.py`, a month of it: the year takes long."""


@pytest.fixture
def company(
    prepared_database: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Company]:
    """The sample department at the end of an afternoon."""
    monkeypatch.setattr(visit, "now", lambda: NOW)
    url = prepared_database("sample_department", walk.build_sample)
    opened = walk.open_desk(url, tmp_path)
    pass_afternoon(opened, tmp_path)
    yield opened
    opened.close()


def late(company: Company, login: str | None = None) -> Clock:
    """Return the clock that is late, of a person."""
    query = select(Clock).where(Clock.breached_at.is_not(None), Clock.met_at.is_(None))
    if login is not None:
        query = query.where(Clock.holder_id == company.person(login).staff_id)
    with company.database.read() as session:
        return session.scalars(query.order_by(Clock.due_at).limit(1)).one()


def check(page: Page, path: str) -> None:
    """See that a page can be read by everybody."""
    found = Axe().run(page, context="main")
    said = [(path, it["id"], it["nodes"][0]["html"]) for it in found["violations"]]
    assert said == []


def fit(page: Page, path: str) -> None:
    """Open a page, and see that it is no wider than the screen it is on."""
    go(page, path)
    too_wide = page.evaluate(
        "() => document.documentElement.scrollWidth - window.innerWidth"
    )
    assert page.locator("main h1").count() == 1, path
    assert too_wide <= 0, path


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_pages_of_the_work_are_accessible_and_fit_the_screen(
    pages: Pages, sign_in: SignIn, screen: str
) -> None:
    page = pages.desk() if screen == "desk" else pages.phone()
    sign_in(page, HEAD)

    for path in WORK:
        fit(page, path)
        check(page, path)


def test_pages_of_settings_are_accessible_and_fit_both_screens(
    pages: Pages, sign_in: SignIn
) -> None:
    desk, phone = pages.desk(), pages.phone()
    sign_in(desk, HEAD)
    sign_in(phone, HEAD)

    for path in SETTINGS:
        fit(phone, path)
        fit(desk, path)
        if path not in LONG:
            check(desk, path)


def test_late_work_is_chased_by_its_buttons(
    page: Page, sign_in: SignIn, company: Company
) -> None:
    clock = late(company, HOTLINE)
    sign_in(page, HEAD)
    go(page, "/late/")
    row = page.get_by_role("row").filter(has_text=clock.number or "")

    row.get_by_role("button", name="催办").click()
    expect(page.get_by_text("已催办")).to_be_visible()
    row.get_by_role("link", name="剔除").click()
    # The reason has the focus by itself.
    expect(page.locator("textarea:focus")).to_be_visible()
    page.keyboard.type("来电高峰，属实")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已剔除，结论不变")).to_be_visible()
    go(page, f"/late/clock/{clock.id}?do=reassign")
    walk.pick(page, "改派给", "何佳禾")
    page.get_by_role("button", name="改派").click()
    expect(page.get_by_text("已改派")).to_be_visible()

    with company.database.read() as session:
        kept = session.get_one(Clock, clock.id)
        kinds = session.scalars(
            select(ClockNote.kind).where(ClockNote.clock_id == clock.id)
        ).all()
        told = session.scalars(select(Message.kind).filter_by(clock_id=clock.id)).all()
    assert kept.breached_at == clock.due_at
    assert kept.excused_because == "来电高峰，属实"
    assert kept.holder_id == company.person("HY004").staff_id
    assert sorted(kinds) == ["excuse", "explain", "reassign", "remind"]
    assert {"clock.remind", "clock.reassign"} <= set(told)


def test_holder_reads_day_by_day_why_it_is_late_and_explains_on_a_phone(
    phone: Page, sign_in: SignIn, company: Company
) -> None:
    clock = late(company, HOTLINE)
    sign_in(phone, HOTLINE)
    go(phone, f"/register/call_log/details/?id={clock.entry_id}&clock={clock.id}")
    account = phone.locator("section").filter(has_text="时限要求").first
    expect(account.get_by_text("开始计时")).to_be_visible()
    expect(account.get_by_text("顺延至下一个工作日")).to_be_visible()

    account.get_by_role("link", name="说明").click()
    phone.locator("textarea:focus").fill("已于傍晚补回")
    phone.keyboard.press("Tab")
    phone.keyboard.press("Enter")

    expect(phone.get_by_text("已提交说明")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_duty_leads_to_what_is_behind_it(phone: Page, sign_in: SignIn) -> None:
    sign_in(phone, HEAD)
    go(phone, DUTIES)
    phone.get_by_role("link", name="每月培训三次").first.click()
    phone.wait_for_url("**/duties/trainings/**")

    found = Axe().run(phone, context="main")

    expect(phone.get_by_role("heading", name="每月培训三次")).to_be_visible()
    assert [it["id"] for it in found["violations"]] == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_job_runs_when_asked_and_letters_go_again(
    phone: Page, sign_in: SignIn, company: Company
) -> None:
    sign_in(phone, HEAD)
    go(phone, "/settings/jobs/")
    row = phone.get_by_role("row").filter(has_text="时限巡检")
    row.get_by_role("button", name="立即运行").click()
    expect(phone.get_by_text("已安排，几秒钟内开始")).to_be_visible()
    go(phone, "/settings/undelivered/")
    phone.get_by_role("button", name="不再发").first.click()
    phone.get_by_role("button", name="全部重发").click()
    expect(phone.get_by_text("1 条将重新发送")).to_be_visible()

    with company.database.read() as session:
        asked = session.scalars(select(JobRequest.job)).all()
        waiting = session.scalars(
            select(Delivery.id).where(Delivery.next_try_at.is_not(None))
        ).all()
    assert asked == ["clock_sweep"]
    assert len(waiting) == 1


def test_reminders_are_chosen_and_a_target_is_tried_on_a_phone(
    phone: Page, sign_in: SignIn
) -> None:
    sign_in(phone, HEAD)
    go(phone, "/messages/reminders/")
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("已保存")).to_be_visible()
    go(phone, "/settings/targets/7/")
    phone.get_by_label("第 1 步：何时").fill("4小时后")
    phone.get_by_label("通知谁").first.select_option(label="直接上级")
    phone.get_by_role("button", name="预览影响").click()

    expect(phone.locator("#preview")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
