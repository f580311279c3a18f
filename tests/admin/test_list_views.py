"""Saved views of a list: for whom they are, what they keep, what they open with."""

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from admin import filters
from admin.listing import Desk
from models import catalogue
from models.access import SYSTEM
from models.register import Declaration
from models.stored import NOTHING
from seed.declared import knowing
from seed.template import read_template, template_names
from tests.admin.test_list_pages import shown, statements
from tests.company import NOON, ZONE, Company

HERE = "/register/call_log/"
CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
}
PENDING = urlencode([("w", "result~in~pending"), ("sort", "received_at")])


def keep(client: FlaskClient, name: str = "待回复的", **form: Any) -> Any:
    sent = {"name": name, "query": PENDING, "share": "mine", **form}
    return client.post(f"{HERE}views/", data=sent)


def tabs(client: FlaskClient, address: str = f"{HERE}?view=all") -> dict[str, str]:
    """Return the addresses of the tabs by their words."""
    page = client.get(address).text
    found = re.search(r'<nav class="list-views.*?</nav>', page, re.DOTALL)
    assert found
    links = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', found[0], re.DOTALL)
    return {re.sub("<.*", "", label): html.unescape(url) for url, label in links}


def test_view_keeps_conditions_order_and_columns_but_no_page(company: Company) -> None:
    client = company.client("A02")
    query = f"?{PENDING}&column=result&column=number&page=3&after=x&bin=1&view=9&evil=1"

    answer = keep(client, query=query)

    kept = parse_qsl(urlsplit(answer.location).query)
    assert kept[:-1] == [
        ("w", "result~in~pending"),
        ("sort", "received_at"),
        ("column", "result"),
        ("column", "number"),
    ]
    assert kept[-1][0] == "view"
    assert tabs(client)["待回复的"] == answer.location


def test_private_view_is_nobody_elses(company: Company) -> None:
    keep(company.client("A02"))

    assert "待回复的" in tabs(company.client("A02"))
    assert "待回复的" not in company.client("A01").get(HERE).text


def test_link_of_a_private_view_shows_others_the_same_list(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    company.create("call_log", CALL | {"result": "solved"}, "A02")
    link = keep(company.client("A02")).location

    page = company.client("A01").get(link)

    assert shown(page.text) == [call]


def test_view_of_the_department_is_its_own(company: Company) -> None:
    keep(company.client("A02"), share="department")

    assert "待回复的" in tabs(company.client("A01"))
    assert "待回复的" not in company.client("B01").get(HERE).text


def test_only_who_sets_up_shares_with_a_role_or_everybody(company: Company) -> None:
    for share in ("all", "role:clerk"):
        keep(company.client("A01"), share=share)
        assert "待回复的" not in company.client("B01").get(HERE).text

    keep(company.client("admin"), share="role:clerk")

    assert "待回复的" in tabs(company.client("B01"))
    assert "待回复的" not in company.client("A01").get(HERE).text
    roles = company.client("admin").get(f"{HERE}views/roles/").get_json()["roles"]
    assert ["role:clerk", "clerk"] in roles
    assert company.client("A01").get(f"{HERE}views/roles/").status_code == 422


def test_register_opens_with_the_roles_view_and_ones_own_goes_before_it(
    company: Company,
) -> None:
    keep(company.client("admin"), "全员", share="role:clerk", opens="1")
    clerk = company.client("A02")

    of_role = clerk.get(HERE)
    keep(clerk, "我的", query="w=result~in~solved", opens="1")
    own = clerk.get(HERE)
    everything = clerk.get(f"{HERE}?view=all")

    assert "pending" in of_role.location
    assert "solved" in own.location
    assert everything.status_code == 200
    assert tabs(clerk)["全部"] == f"{HERE}?view=all"
    assert company.client("A01").get(HERE).status_code == 200


def test_same_name_replaces_ones_own_view(company: Company) -> None:
    client = company.client("A02")
    keep(client)

    keep(client, query="w=result~in~solved")

    assert "solved" in tabs(client)["待回复的"]
    assert [*tabs(client)].count("待回复的") == 1


def test_changed_conditions_are_marked_until_they_are_saved(company: Company) -> None:
    client = company.client("A02")
    link = keep(client).location

    assert "尚未保存" not in client.get(link).text
    assert "尚未保存" in client.get(f"{link}&w=channel~in~phone").text


def test_view_is_dropped_by_its_maker_or_by_who_sets_up(company: Company) -> None:
    keep(company.client("A02"), share="department")
    link = tabs(company.client("A01"))["待回复的"]
    view = dict(parse_qsl(urlsplit(link).query))["view"]

    company.client("A01").post(f"{HERE}views/drop/?id={view}")
    still = tabs(company.client("A01"))
    company.client("A02").post(f"{HERE}views/drop/?id={view}")

    assert "待回复的" in still
    assert "待回复的" not in company.client("A01").get(HERE).text


def test_view_without_a_name_or_with_wrong_conditions_is_not_kept(
    company: Company,
) -> None:
    client = company.client("A02")

    for form in ({"name": "  "}, {"query": "w=nothing~is~1"}):
        keep(client, **{"name": "坏的", **form})

    assert "坏的" not in client.get(HERE, follow_redirects=True).text


def test_columns_come_in_the_order_of_the_address(company: Company) -> None:
    company.create("call_log", CALL, "A02")

    page = company.client("A02").get(f"{HERE}?column=result&column=number").text

    assert re.findall(r'<th[^>]* data-key="(\w+)"', page) == ["result", "number"]


def test_views_cost_a_list_no_statement(company: Company) -> None:
    client = company.client("A02")
    keep(client)
    client.get(f"{HERE}?view=all")

    with statements(company) as seen:
        client.get(f"{HERE}?view=all")

    assert not [one for one in seen if "list_view" in one]


@pytest.mark.parametrize("name", template_names())
def test_views_of_a_template_can_be_asked_of_the_lists_they_name(name: str) -> None:
    catalogue.current()  # the engine's own, before those that the template declares
    template = read_template(name)
    desk = Desk(SYSTEM, "zh", ZONE, NOON)
    with knowing(template, NOTHING, {}):
        for placed in template.views:
            for code in placed.stanza.registers:
                _ask(catalogue.current()[code], placed.stanza.query, desk)


def _ask(declared: Declaration, query: str, desk: Desk) -> None:
    pairs = parse_qsl(query)
    names = {one.name for one in declared.all_fields}
    for name, value in pairs:
        if name in ("w", *filters.GROUPS):
            (one,) = filters.given(SYSTEM, declared, [value])
            filters.criterion(Session(), declared, one, desk)
        elif name in ("sort", "column"):
            assert value.removeprefix("-") in names
        else:
            assert (name, value) == ("match", "any")
