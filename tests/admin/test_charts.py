"""What charts come to: days of the zone, sums and shares, within one's own rows."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import chart_figures, charts
from models.access import SYSTEM, Person, Rows, marked
from models.chart_checks import wrong_keys
from models.chart_figures import Taken
from models.charts import Chart, ChartError
from models.rules.periods import parse_period
from tests.admin.chart_desk import CALLS, call, chart, local
from tests.admin.late_desk import ORDER
from tests.company import ZONE, Company

OCTOBER = parse_period("2026-10")
BERLIN = ZoneInfo("Europe/Berlin")


def taken(
    company: Company,
    one: Chart,
    person: Person = SYSTEM,
    zone: ZoneInfo = ZONE,
    month: str = "2026-10",
) -> Taken:
    with company.database.read() as session:
        return chart_figures.take(session, one, parse_period(month), zone, person)


def counts(found: Taken) -> dict[Any, int]:
    """Return how many rows there are by the keys of axis and series."""
    return {
        (str(key), other): sums.count for (key, other, _), sums in found.cells.items()
    }


def behind(
    company: Company, one: Chart, place: int, zone: ZoneInfo, **keys: str
) -> int:
    with company.database.read() as session:
        ids = chart_figures.ids_behind(one, OCTOBER, zone, SYSTEM, place, keys)
        return len(session.scalars(marked(ids, "call_log")).all())


@pytest.fixture
def october(company: Company) -> Company:
    """Calls at the edges of days and months of the zone."""
    call(company, "2026-09-30 23:59:59")
    call(company, "2026-10-01 00:00")
    call(company, "2026-10-01 23:59:59", category="complaint")
    call(company, "2026-10-31 23:30")
    call(company, "2026-11-01 00:00")
    return company


def test_rows_count_on_the_day_of_the_zone(october: Company) -> None:
    one = chart(october)

    assert counts(taken(october, one)) == {
        ("2026-10-01", "repair"): 1,
        ("2026-10-01", "complaint"): 1,
        ("2026-10-31", "repair"): 1,
    }


def test_the_month_before_is_told_by_the_place_of_its_days(october: Company) -> None:
    one = chart(october, previous=True)

    found = taken(october, one)

    assert {day: sums.count for day, sums in found.previous.items()} == {29: 1}
    assert ("2026-09-30", "repair") not in counts(found)


def test_hours_and_weekdays_are_those_of_the_zone(october: Company) -> None:
    one = chart(
        october, kind="heat", axis="received_at.hour", series="received_at.weekday"
    )

    # 1 October 2026 is a Thursday, the 31st a Saturday.
    assert counts(taken(october, one)) == {("0", 3): 1, ("23", 3): 1, ("23", 5): 1}


def test_weeks_begin_on_monday_and_months_on_their_first(october: Company) -> None:
    weeks = chart(october, axis="received_at.week", series=None, kind="trend")
    months = chart(
        october, code="m", axis="received_at.month", series=None, months=2, kind="trend"
    )

    assert counts(taken(october, weeks)) == {
        ("2026-09-28", None): 2,
        ("2026-10-26", None): 1,
    }
    assert counts(taken(october, months)) == {
        ("2026-09-01", None): 1,
        ("2026-10-01", None): 3,
    }


def test_a_month_in_which_the_clocks_change_counts_by_local_hours(
    company: Company,
) -> None:
    one = chart(company, axis="received_at.hour", series="received_at.day", kind="heat")
    for text in ("2026-10-24 22:10", "2026-10-25 22:10"):
        at = datetime.fromisoformat(text).replace(tzinfo=BERLIN)
        call(company, "2026-10-24 00:00", received_at=at)

    found = counts(taken(company, one, zone=BERLIN))

    assert {(hour, str(day)) for hour, day in found} == {
        ("22", "2026-10-24"),
        ("22", "2026-10-25"),
    }
    assert behind(company, one, 0, BERLIN, axis="22") == 2
    assert behind(company, one, 0, BERLIN, axis="22", series="2026-10-25") == 1


@pytest.mark.parametrize(
    ("axis", "series"),
    [
        ("received_at.day", "category"),
        ("received_at.week", None),
        ("received_at.hour", "received_at.weekday"),
        ("category", "first_asked"),
        ("machine", None),
    ],
)
def test_behind_a_figure_are_as_many_rows_as_it_counts(
    october: Company, axis: str, series: str | None
) -> None:
    one = chart(october, axis=axis, series=series)
    found = taken(october, one)

    assert found.cells
    for (key, other, place), sums in found.cells.items():
        keys = {"axis": found.axis.text(key)}
        if found.series is not None:
            keys["series"] = found.series.text(other)
        assert behind(october, one, place, ZONE, **keys) == sums.count
    total = sum(sums.count for sums in found.cells.values())
    assert behind(october, one, 0, ZONE) == total == 3


def test_sums_means_and_shares_are_exact(company: Company) -> None:
    for hours, rework in (("1.10", True), ("2.05", False), (None, False)):
        values = {
            "reported_at": local("2026-10-05 08:00"),
            "approved_hours": None if hours is None else Decimal(hours),
            "rework": rework,
        }
        company.create("service_order", ORDER | values, "A02")
    words = {"zh": "数", "en": "Number"}
    one = chart(
        company,
        register="service_order",
        date_field="reported_at",
        axis="rework",
        series=None,
        figures=[
            words | {"aggregate": "sum", "field": "approved_hours"},
            words | {"aggregate": "average", "field": "approved_hours"},
            words | {"aggregate": "share", "share_of": "rework"},
            words | {"condition": "not is_empty(approved_hours)"},
        ],
    )

    found = taken(company, one)

    every = [
        found.value(place, [True, False], [None]) for place in range(len(one.taken))
    ]
    assert every[0] == Decimal("3.15")
    assert every[1] == Decimal("1.575")
    assert every[2] is not None
    assert round(every[2], 4) == Decimal("33.3333")
    assert every[3] == 2
    assert found.value(2, [None], [None]) is None


def test_a_chart_counts_only_rows_that_one_may_list(company: Company) -> None:
    call(company, "2026-10-05 08:00", "A02")
    call(company, "2026-10-05 09:00", "B01")
    one = chart(company, axis="category", series=None)
    clerk = company.person("B01")

    assert counts(taken(company, one)) == {("repair", None): 2}
    assert counts(taken(company, one, clerk)) == {("repair", None): 1}


def test_a_chart_is_hidden_from_who_may_not_read_what_it_goes_by(
    company: Company,
) -> None:
    calls = chart(company)
    pay = chart(
        company,
        code="pay",
        register="staff",
        date_field="hired_on",
        axis="post",
        series=None,
        figures=[{"zh": "数", "en": "Number", "aggregate": "sum", "field": "base_pay"}],
    )
    numbers = chart(company, code="numbers", condition="phone = '13800001234'")
    manager, clerk = company.person("A01"), company.person("A02")
    engineer = company.person("A03")

    assert not chart_figures.hidden_from(clerk, calls)
    assert chart_figures.hidden_from(engineer, calls)
    assert chart_figures.hidden_from(clerk, pay)
    assert not chart_figures.hidden_from(manager, pay)
    # The condition on a masked number would tell whose it is.
    assert chart_figures.hidden_from(clerk, numbers)


def test_nobody_sees_another_departments_rows_by_any_chart(company: Company) -> None:
    call(company, "2026-10-05 08:00", "B01")
    one = chart(company, axis="category", series=None)
    clerk = company.person("A02")
    narrow = replace(
        clerk,
        grants=tuple(replace(it, rows=Rows.OWN) for it in clerk.grants_on("call_log")),
    )

    assert taken(company, one, clerk).cells == {}
    assert taken(company, one, narrow).cells == {}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"kind": "bubbles"}, "kind"),
        ({"register": "cal_log"}, "register"),
        ({"date_field": "content"}, "date_field"),
        ({"axis": "phone"}, "axis"),
        ({"axis": "content"}, "axis"),
        ({"axis": "received_at"}, "axis"),
        ({"axis": "received_at.minute"}, "axis"),
        ({"axis": None}, "axis"),
        ({"series": "nothing"}, "series"),
        ({"kind": "heat", "series": None}, "series"),
        ({"kind": "funnel", "axis": "first_asked"}, "axis"),
        ({"condition": "category = 5"}, "condition"),
        ({"figures": [{"aggregate": "sum", "field": "content"}]}, "figures"),
        ({"figures": [{"aggregate": "share"}]}, "figures"),
        ({"previous": True, "axis": "category"}, "previous"),
        ({"previous": True, "months": 2}, "previous"),
        ({"months": 0}, "months"),
        ({"kind": "kept"}, "targets"),
        ({"kind": "kept", "targets": ["nothing"]}, "targets"),
    ],
)
@pytest.mark.usefixtures("company")
def test_what_cannot_be_drawn_is_told_by_its_key(
    values: dict[str, Any], key: str
) -> None:
    found = dict(wrong_keys(Chart(**(CALLS | values)), ["call_log.reply"]))

    assert key in found


@pytest.mark.usefixtures("company")
def test_a_chart_as_it_should_be_has_nothing_wrong() -> None:
    kept = {"kind": "kept", "targets": ["call_log.reply"]}
    of_clocks = dict.fromkeys(("register", "axis", "series", "date_field"))

    assert not list(wrong_keys(Chart(**CALLS), []))
    assert not list(wrong_keys(Chart(**(CALLS | kept | of_clocks)), kept["targets"]))


def test_a_chart_that_is_not_there_is_refused(company: Company) -> None:
    with company.database.read() as session, pytest.raises(ChartError):
        charts.by_code(session, "nothing")
