"""The sample department to walk through, and what a person does on its pages."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
from sqlalchemy import select

from models import catalogue
from models.access import marked
from models.accounts import open_account
from models.database import Database
from models.prepare import prepare
from seed.roles import ensure_roles
from seed.sample.loading import load_sample
from seed.sample.people import EXECUTIVE as EXECUTIVE_PERSON
from seed.sample.staff_accounts import PASSWORD
from tests.company import ZONE, Company, open_company, writer

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""The Monday on which October is closed: where the sample stands still."""

EXECUTIVE = EXECUTIVE_PERSON.number
ADMIN, FIRST_PASSWORD = "admin", "Erst-Pass-2026"
LONG = 90_000
"""Milliseconds for what takes long on two busy cores: loading or removing a sample."""


def build_sample(url: str) -> None:
    """Fill a database with the sample."""
    database = Database(url)
    prepare(database, catalogue.current())
    load_sample(database, "after_sales", writer(now=NOW))
    database.dispose()


def build_installation(url: str) -> None:
    """Prepare an installation that nobody has begun yet, with its first admin."""
    database = Database(url)
    prepare(database, catalogue.current())
    with database.write() as session:
        roles = ensure_roles(session)
        open_account(session, ADMIN, "系统管理员", [roles["admin"]], FIRST_PASSWORD)
    database.dispose()


def open_desk(url: str, folder: Path) -> Company:
    """Open what was built, as strict as it is served: every POST needs its token."""
    return open_company(url, folder, tokens=True)


def find(company: Company, register: str, **values: Any) -> dict[str, Any]:
    """Return the first entry that has these values, as the system sees it."""
    table = catalogue.current().table(register)
    query = select(table.c.id).where(
        *(table.c[name] == value for name, value in values.items())
    )
    with company.database.read() as session:
        found = session.scalar(marked(query.order_by(table.c.id).limit(1), register))
    if found is None:
        raise LookupError(f"no {register} with {values}")
    return company.get(register, found)


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of 2026 by the desk's wall clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def sign_in(page: Page, address: str, login: str, password: str = PASSWORD) -> None:
    """Sign in as a person does: open the panel, type number and password."""
    page.goto(address)
    page.get_by_label("工号或手机号").fill(login)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "sign-in" not in url, timeout=LONG)


def machines_of(company: Company, customer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the machines of a customer, as the system sees them."""
    table = catalogue.current().table("machine_file")
    query = select(table.c.id).where(table.c.customer_id == customer["id"])
    with company.database.read() as session:
        found = list(session.scalars(marked(query, "machine_file")))
    return [company.get("machine_file", one) for one in found]


def open_picker(page: Page, label: str) -> None:
    """Go into the picker of that label, without typing anything."""
    page.get_by_role("combobox", name=label).and_(page.locator("input")).click()


def pick(page: Page, label: str, text: str) -> None:
    """Choose what a text finds in the picker of that label."""
    typed = page.get_by_role("combobox", name=label).and_(page.locator("input"))
    # By the mouse, as a person comes: what was picked before still settles its focus.
    typed.click()
    typed.fill(text)
    page.locator(".ts-dropdown:visible .option", has_text=text).first.click()


def choose_among_many(page: Page, label: str, option: str) -> None:
    """Choose of a list that is too long to lie side by side."""
    inside = page.get_by_role("combobox", name=label)
    page.locator(".ts-control", has=inside).click()
    page.locator(".ts-dropdown:visible .option", has_text=option).first.click()


def menu(page: Page, name: str) -> None:
    """Follow the menu; what is not on stands under one folded group."""
    link = page.get_by_role("navigation").get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        page.locator(".tz-group > summary", has_text="更多台账").click()
    link.click()


def choose(page: Page, label: str, option: str) -> None:
    """Press one of a choice's options, which lie side by side."""
    group = page.get_by_role("radiogroup", name=label)
    group.get_by_role("radio", name=option, exact=True).check()


def make(page: Page, what: str) -> None:
    """Open the form of what can be made of the entry on the page."""
    page.get_by_role("button", name="生成").click()
    page.get_by_role("link", name=what).click()
    page.wait_for_url("**/new/**")


def save(page: Page) -> None:
    """Save the form and see the entry's own page."""
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/details/**")


def value_of(page: Page, label: str) -> str:
    """Return what an entry's page shows under a label."""
    term = page.locator("dt", has_text=label).first
    expect(term).to_be_visible()
    return term.locator("xpath=following-sibling::dd[1]").inner_text()
