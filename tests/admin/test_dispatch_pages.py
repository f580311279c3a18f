"""派工板: what waits, whose it is on which day, given out by hand."""

from datetime import timedelta
from typing import Any

import pytest

from tests.admin.chart_desk import local
from tests.admin.late_desk import THURSDAY, at, order
from tests.company import Company

PAGE = "/dispatch/service_order/"
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon of Thursday, 15 October 2026."""
    at(monkeypatch, THURSDAY)


@pytest.fixture
def engineer(company: Company) -> int:
    return company.person("A03").staff_id or 0


def give(
    company: Company, entry_id: int, login: str = "A02", **said: Any
) -> tuple[int, str]:
    """Post what the board posts; return the status and the sentence."""
    version = company.get("service_order", entry_id)["version"]
    data = {"version": version, "on": "2026-10-16", "week": "2026-10-12"} | said
    answer = company.client(login).post(f"{PAGE}{entry_id}", data=data, headers=JSON)
    return answer.status_code, (answer.json or {}).get("message", "")


def part(page: str, begin: str) -> str:
    """Return the page from one mark to the end of its cell or section."""
    rest = page.partition(begin)[2]
    ends = [rest.find(one) for one in ("</td>", "</section>") if one in rest]
    return rest[: min(ends)]


def cell(page: str, person: int, on: str) -> str:
    return part(page, f'data-person="{person}" data-on="{on}"')


def number(company: Company, entry_id: int) -> str:
    return str(company.get("service_order", entry_id)["number"])


def test_what_is_nobodys_waits_at_the_left_and_what_is_settled_does_not(
    company: Company,
) -> None:
    waits = order(company)
    cancelled = order(company, cancelled_at=THURSDAY)

    left = part(company.client("A02").get(PAGE).text, 'id="waiting"')

    assert number(company, waits) in left
    assert number(company, cancelled) not in left


def test_an_order_given_out_stands_on_its_day_with_its_time(
    company: Company, engineer: int
) -> None:
    one = order(company)

    status, said = give(company, one, person=engineer, time="13:30")

    assert (status, said) == (200, "已派工。")
    entry = company.get("service_order", one)
    assert entry["engineer"] == engineer
    assert entry["appointed_at"] == local("2026-10-16 13:30")
    assert entry["dispatched_by"] == company.person("A02").staff_id
    page = company.client("A02").get(PAGE).text
    assert number(company, one) in cell(page, engineer, "2026-10-16")
    assert "13:30" in cell(page, engineer, "2026-10-16")
    assert number(company, one) not in part(page, 'id="waiting"')


def test_a_day_without_a_time_begins_in_the_morning(
    company: Company, engineer: int
) -> None:
    one = order(company)

    give(company, one, person=engineer)

    entry = company.get("service_order", one)
    assert entry["appointed_at"] == local("2026-10-16 09:00")


def test_an_order_taken_back_waits_again(company: Company, engineer: int) -> None:
    one = order(company, engineer=engineer, appointed_at=local("2026-10-16 09:00"))

    status, said = give(company, one, person="", on="")

    assert (status, said) == (200, "已收回，待派工。")
    entry = company.get("service_order", one)
    assert entry["engineer"] is entry["appointed_at"] is None


def test_an_order_without_a_day_or_of_an_earlier_week_stays_in_sight(
    company: Company, engineer: int
) -> None:
    early = local("2026-10-08 09:00")
    old = order(
        company,
        reported_at=early - timedelta(days=1),
        engineer=engineer,
        appointed_at=early,
    )
    undated = order(company, engineer=engineer)

    held = cell(company.client("A02").get(PAGE).text, engineer, "")

    assert number(company, old) in held
    assert number(company, undated) in held


def test_two_who_give_out_the_same_order_do_not_overwrite_each_other(
    company: Company, engineer: int
) -> None:
    one = order(company)
    version = company.get("service_order", one)["version"]
    give(company, one, person=engineer)

    status, said = give(company, one, person="", on="", version=version)

    assert status == 409
    assert "刚被别人改过" in said
    assert company.get("service_order", one)["engineer"] == engineer


def test_a_post_without_a_version_changes_nothing(
    company: Company, engineer: int
) -> None:
    one = order(company)

    status, _ = give(company, one, person=engineer, version="")

    assert status == 409
    assert company.get("service_order", one)["engineer"] is None


@pytest.mark.parametrize(
    "said", [{"on": "soon"}, {"time": "25:00"}, {"person": "x"}, {"person": "999999"}]
)
def test_what_cannot_be_is_refused_in_words(
    company: Company, engineer: int, said: dict[str, Any]
) -> None:
    one = order(company)

    status, message = give(company, one, **({"person": engineer} | said))

    assert status == 422
    assert message
    assert company.get("service_order", one)["engineer"] is None


def test_another_departments_order_can_be_neither_seen_nor_given(
    company: Company, engineer: int
) -> None:
    one = order(company)

    assert number(company, one) not in company.client("B01").get(PAGE).text
    status, _ = give(company, one, "B01", person=engineer)
    assert status in (404, 422)
    assert company.get("service_order", one)["engineer"] is None


def test_who_may_not_list_orders_has_no_board(company: Company, engineer: int) -> None:
    order(company, engineer=engineer)

    assert company.client("N01").get(PAGE).status_code == 403
    assert "data-give-form" in company.client("A02").get(PAGE).text


def test_trips_stand_on_their_days_for_who_may_list_them(
    company: Company, engineer: int
) -> None:
    order(company, engineer=engineer)
    trip = {
        "traveller": engineer,
        "destination": "无锡",
        "purpose": "装机",
        "planned_from": local("2026-10-13 08:00").date(),
        "planned_until": local("2026-10-14 08:00").date(),
        "guidance": "带好备件",
        "guided_at": local("2026-10-12 08:00"),
        "departed_at": local("2026-10-13 08:00"),
    }
    company.create("business_trip", trip, "A03")

    manager = company.client("A01").get(PAGE).text
    clerk = company.client("A02").get(PAGE).text

    # Not back yet: away until today, the 15th.
    away = [
        "出差单" in cell(manager, engineer, f"2026-10-{day}") for day in range(12, 19)
    ]
    assert away == [False, True, True, True, False, False, False]
    assert "dispatch-away" not in clerk


def test_a_register_without_a_board_has_no_page(company: Company) -> None:
    client = company.client("A01")

    assert client.get("/dispatch/call_log/").status_code == 404
    assert client.get("/dispatch/nothing/").status_code == 404
    assert client.post("/dispatch/call_log/1").status_code == 404


@pytest.mark.parametrize("week", ["soon", "0001-01-01", "9999-12-31", ""])
def test_a_week_that_is_none_shows_the_present_one(company: Company, week: str) -> None:
    page = company.client("A01").get(f"{PAGE}?week={week}").text

    assert 'value="2026-10-12"' in page


def test_the_list_leads_to_its_board(company: Company) -> None:
    page = company.client("A02").get("/register/service_order/").text

    assert f'href="{PAGE}"' in page
