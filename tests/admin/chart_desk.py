"""For tests of charts: a chart in the company's database, calls to be counted."""

from datetime import UTC, datetime
from typing import Any

from models.charts import Chart
from tests.company import ZONE, Company

CALLS: dict[str, Any] = {
    "code": "calls",
    "name_zh": "每天来电",
    "name_en": "Calls a day",
    "position": 0,
    "kind": "stacked",
    "register": "call_log",
    "date_field": "received_at",
    "axis": "received_at.day",
    "series": "category",
    "figures": [],
    "targets": [],
    "months": 1,
    "previous": False,
}


def local(text: str) -> datetime:
    """Return an instant of the desk: "2026-10-05 08:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def chart(company: Company, **values: Any) -> Chart:
    """Keep a chart of calls a day, or one that differs from it."""
    made = Chart(**(CALLS | values))
    with company.database.write() as session:
        session.add(made)
        session.flush()
        session.expunge(made)
    return made


def call(
    company: Company, received: str, login: str | None = "A02", **values: Any
) -> int:
    """Enter a call received at a local time."""
    usual = {
        "received_at": local(received),
        "channel": "wechat",
        "category": "repair",
        "content": "不出光",
        "result": "solved",
    }
    return company.create("call_log", usual | values, login)
