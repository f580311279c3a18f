"""A company with a customer and some calls, for tests of the pages themselves."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page

from tests.company import NOON, open_company, upon_company

CALLS = 24


@upon_company
def build_busy_company(url: str) -> None:
    """Fill the company with a customer and some calls."""
    company = open_company(url, Path(url.removeprefix("sqlite:///")).parent)
    customer = company.create(
        "customer_file",
        {
            "name": "苏州金锐激光科技",
            "phone": "13812341234",
            "address": "苏州市吴中区金枫南路 88 号",
            "account_manager": 1,
        },
    )
    for number in range(CALLS):
        call = {
            "received_at": NOON - timedelta(minutes=number),
            "phone": "13812341234",
            "customer": customer,
            "category": "repair" if number % 2 else "enquiry",
            "content": f"第 {number} 个来电，激光功率下降",
            "result": "solved" if number % 3 else "pending",
        }
        company.create("call_log", call, "A02")
    company.close()


def go(page: Page, path: str) -> None:
    """Open another page of the site that the page is on."""
    page.goto(re.sub(r"^(http://[^/]+).*", r"\1", page.url) + path)
