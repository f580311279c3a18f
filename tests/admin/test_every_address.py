"""Every address: who gets in, what needs a token, whose rows are reached."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from admin.register_view import GATE
from models import catalogue
from models.access import Action
from tests.company import PEOPLE, Company

PUBLIC = {
    *("account.sign_in", "account.sign_out", "account.language", "static"),
    # What a browser keeps for whoever comes: it shows nobody's data.
    *("quick.page", "quick.worker", "quick.manifest"),
}
FILLED = {
    "register": "call_log",
    "period": "2026-10",
    "action": "review",
    "export_type": "csv",
    "filename": "css/layout.css",
    "measure": "hours",
    "code": "S0-04-22",
    "group": "m1",
    "doing": "remind",
    "way": "explain",
    "batch": "bulk-1",
}
CALL = {
    "phone": "13911112222",
    "category": "repair",
    "content": "密语甲乙丙",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


def rules(company: Company, method: str) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, path) of every rule that answers a method."""
    with company.app.test_request_context():
        adapter = company.app.url_map.bind("")
        for rule in company.app.url_map.iter_rules():
            if method in (rule.methods or ()):
                yield rule.endpoint, adapter.build(rule.endpoint, _values(rule))


def _values(rule: Rule) -> dict[str, str | int]:
    return {
        name: FILLED.get(name, 1)
        if rule._converters[name].__class__.__name__ != "IntegerConverter"  # noqa: SLF001 - werkzeug has no other way
        else 1
        for name in rule.arguments
    }


def test_anonymous_visitor_is_sent_to_sign_in_from_every_address(
    guarded: Company,
) -> None:
    client = guarded.client()

    for endpoint, path in rules(guarded, "GET"):
        with client.get(path) as answer:
            assert answer.status_code < 500, path
        if endpoint in PUBLIC:
            assert answer.status_code in (200, 302, 405), path
        else:
            assert answer.status_code == 302, (endpoint, path, answer.status_code)
            assert "/account/sign-in" in answer.headers["Location"], path


@pytest.mark.parametrize("login", [None, "admin"])
def test_no_post_works_without_its_token(guarded: Company, login: str | None) -> None:
    client = guarded.client(login)

    for endpoint, path in rules(guarded, "POST"):
        answer = client.post(path, data={"id": "1"})

        if login is None and endpoint != "account.sign_in":
            assert answer.status_code in (302, 303, 400), (endpoint, answer.status_code)
        else:
            # Without a token people are told; nothing behind the address has run.
            assert answer.status_code in (303, 400), (endpoint, answer.status_code)


@pytest.mark.parametrize("login", [*PEOPLE])
def test_each_role_gets_exactly_what_its_grants_name(
    company: Company, login: str
) -> None:
    client, person = company.client(login), company.person(login)
    pages = {
        "index_view": "",
        "create_view": "new/",
        "export": "export/csv/",
        "count_view": "count/",
        "ajax_lookup": "ajax/lookup/?name=holder",
    }

    for declared in catalogue.current():
        for endpoint, page in pages.items():
            answer = client.get(f"/register/{declared.code}/{page}")

            allowed = person.may(declared.code, GATE[endpoint])
            assert (answer.status_code != 403) == allowed, (declared.code, endpoint)
            assert answer.status_code < 500, (declared.code, endpoint)


def test_every_address_of_a_register_is_gated(company: Company) -> None:
    gated = set(GATE)

    named = {
        rule.endpoint.partition(".")[2]
        for rule in company.app.url_map.iter_rules()
        if rule.endpoint.startswith("register.")
    }

    assert named <= gated, named - gated


@pytest.fixture
def foreign(company: Company) -> tuple[Company, int, FlaskClient]:
    """A call of one department, and a clerk of another."""
    call = company.create("call_log", CALL, "A02")
    return company, call, company.client("B01")


def test_foreign_row_is_in_no_page(foreign: tuple[Company, int, FlaskClient]) -> None:
    _, call, client = foreign
    addresses = [
        "",
        "?q=密语",
        "?q=13911112222",
        "?w=phone~is~13911112222",
        "?sort=received_at",
        "?bin=1",
        "export/csv/",
        f"details/?id={call}",
        f"edit/?id={call}",
        f"history/?id={call}",
    ]

    for address in addresses:
        answer = client.get(f"/register/call_log/{address}", follow_redirects=True)

        text = answer.data.decode("utf-8", "replace")
        assert "密语甲乙丙" not in text, address
        assert f'data-pk="{call}"' not in text, address


def test_foreign_row_is_not_counted(foreign: tuple[Company, int, FlaskClient]) -> None:
    _, _, client = foreign

    answer = client.get("/register/call_log/count/?q=密语")

    assert answer.get_json() == {"text": "0"}


def test_foreign_row_is_not_changed(foreign: tuple[Company, int, FlaskClient]) -> None:
    company, call, client = foreign
    before = company.get("call_log", call)
    cell = {"pk": str(call), "field": "result", "was": "待回复", "value": "solved"}

    client.post(
        f"/register/call_log/edit/?id={call}", data={"content": "x", "version": "1"}
    )
    client.post(f"/register/call_log/delete/?id={call}")
    client.post("/register/call_log/ajax/update/", json=cell)
    many = {"entries": str(call), "set": "result", "result": "solved"}
    for doing in ("look", "save"):
        client.post("/register/call_log/bulk/", data=many | {"do": doing})
    client.post(
        f"/register/call_log/reveal/?id={call}&field=phone", json={"reason": "x"}
    )

    assert company.get("call_log", call) == before


def test_foreign_row_is_not_revealed_or_made_into_something(
    foreign: tuple[Company, int, FlaskClient],
) -> None:
    _, call, client = foreign

    revealed = client.post(
        f"/register/call_log/reveal/?id={call}&field=phone", json={"reason": "x"}
    )
    made = client.get(
        f"/register/service_order/new/?of=call_log&of_id={call}&via=call",
        follow_redirects=True,
    )

    assert "13911112222" not in revealed.text
    assert "密语甲乙丙" not in made.text


def test_picker_offers_no_row_that_may_not_be_listed(company: Company) -> None:
    company.create("call_log", CALL, "A02")
    client = company.client("B01")

    answer = client.get("/register/service_order/ajax/lookup/?name=call&q=密语")

    assert answer.get_json() == {"results": [], "more": False}


def test_secret_fields_exist_only_for_roles_that_are_given_them(
    company: Company,
) -> None:
    clerk, manager = company.client("A02"), company.client("A01")
    pages = ["", "?w=base_pay~min~1", "export/csv/", "details/?id=1"]

    seen = [
        clerk.get(f"/register/staff/{page}", follow_redirects=True).text
        for page in pages
    ]

    assert all("基本工资" not in page for page in seen)
    assert "基本工资" in manager.get("/register/staff/details/?id=1").text


def test_admin_of_every_register_does_not_see_pay(company: Company) -> None:
    client = company.client("admin")

    assert client.get("/pay/").status_code == 403
    assert client.get("/slips/").status_code == 403
    assert not company.person("admin").may("pay.slip", Action.LIST)


@pytest.mark.parametrize(
    "address",
    [
        "?size=999999",
        "?size=-1",
        "?after=zzz",
        "?before=%00",
        "?w=nothing~is~1",
        "?w=received_at~period~nonsense",
        "?w=holder~is~9999999999999999999",
        "?sort=phone",
        "?sort=;drop",
        "details/?id=-1",
        "details/?id=99999999999999999999",
        "details/?id=abc",
        "edit/",
        "ajax/lookup/?name=holder&page=-5&q=%25",
        "export/pdf/",
    ],
)
def test_odd_addresses_are_answered_without_a_fault(
    company: Company, address: str
) -> None:
    client = company.client("admin")

    answer = client.get(f"/register/call_log/{address}", follow_redirects=True)

    assert answer.status_code in (200, 404, 422), answer.text[:500]
