"""For tests of desk and late work: a calendar, a promise, orders that break it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from admin import visit
from models import calendars, targets
from models.targets import SlaTarget
from models.words import Label
from tests.clock_desk import CALENDAR
from tests.company import NOON, Company

THURSDAY = datetime(2026, 10, 15, 4, 0, tzinfo=UTC)  # noon at the desk
ORDER: dict[str, Any] = {
    "order_type": "support",
    "symptom": "机器不启动",
    "reported_at": NOON - timedelta(hours=3),
}


def promise(company: Company, **values: Any) -> None:
    """Have repair orders finished within 24 hours."""
    with company.database.write() as session:
        calendars.save(session, "desk", Label("客服部", "Desk"), CALENDAR, NOON)
        usual: dict[str, Any] = {
            "code": "order.finished",
            "name_zh": "完工时限",
            "name_en": "Finished in time",
            "register": "service_order",
            "start_field": "reported_at",
            "stop_field": "finished_at",
            "how_long": "24h",
            "calendar": "desk",
            "warn_before": timedelta(hours=2),
            "valid_from": date(2026, 1, 1),
            "clauses": "S0-04-22",
        }
        targets.save(session, SlaTarget(**(usual | values)), NOON)


def order(company: Company, login: str = "A02", **values: Any) -> int:
    """Enter an order reported at 9:00 of the 14th: due at 9:00 of the 15th."""
    return company.create("service_order", ORDER | values, login)


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Have every request of the test happen at one instant."""
    monkeypatch.setattr(visit, "now", lambda: now)
