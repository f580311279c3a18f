"""制度库: regulations, clauses, and what rests on them."""

import re

from models.rulebook import RulebookClause, RulebookRegulation
from tests.admin.late_desk import order, promise
from tests.company import Company


def load(company: Company) -> None:
    clause = RulebookClause(
        code="S0-04-22",
        position=1,
        section="22",
        text_zh="服务结束后 24 小时内回访。",
        text_en="Call back within 24 hours.",
    )
    regulation = RulebookRegulation(
        code="S0-04",
        title_zh="客服部管理制度",
        title_en="Service desk rules",
        summary_zh="客服部怎样工作。",
        summary_en="How the desk works.",
        clauses=[clause],
    )
    with company.database.write() as session:
        session.add(regulation)


def test_clause_says_what_it_means_and_what_rests_on_it(company: Company) -> None:
    load(company)
    promise(company)

    answer = company.client("A02").get(
        "/rulebook/clause/S0-04-22", follow_redirects=True
    )

    assert answer.request.path == "/rulebook/S0-04/"
    assert "服务结束后 24 小时内回访。" in answer.text
    assert "时限要求 · 完工时限" in answer.text


def test_rule_of_a_register_one_may_not_list_is_named_without_a_link(
    company: Company,
) -> None:
    load(company)
    promise(company)

    page = company.client("N01").get("/rulebook/S0-04/").text

    assert "时限要求 · 完工时限" in page
    assert "/register/service_order/" not in page


def test_search_finds_clauses_by_their_words(company: Company) -> None:
    load(company)
    client = company.client("A02")

    assert "找到 1 条" in client.get("/rulebook/?q=回访").text
    assert "找到 0 条" in client.get("/rulebook/?q=100%").text


def test_due_time_on_an_entry_links_to_its_clause(company: Company) -> None:
    load(company)
    promise(company)
    entry = order(company)

    page = (
        company.client("A02").get(f"/register/service_order/details/?id={entry}").text
    )

    assert 'href="/rulebook/clause/S0-04-22"' in page


def test_unknown_regulation_and_clause_are_not_found(company: Company) -> None:
    client = company.client("A02")

    for address in ("/rulebook/S9-99/", "/rulebook/clause/S9-99-1"):
        assert client.get(address).status_code == 404


def test_search_wants_every_word_in_either_language(company: Company) -> None:
    load(company)
    client = company.client("A02")

    for asked, found in (
        ("回访", 1),
        ("HOURS call", 1),
        ("回访 24", 1),
        ("回访 hotel", 0),
        ("S0-04", 1),
    ):
        assert f"找到 {found} 条" in client.get(f"/rulebook/?q={asked}").text


def test_rule_and_clause_lead_to_each_other(company: Company) -> None:
    load(company)
    promise(company)
    client = company.client("A02")

    clause = client.get("/rulebook/S0-04/").text
    rules = client.get("/rulebook/rules/").text

    anchor = re.search(r'href="/rulebook/rules/#([^"]*)"', clause)
    assert anchor is not None
    assert f'id="{anchor[1]}"' in rules
    assert 'href="/rulebook/clause/S0-04-22"' in rules


def test_list_of_a_register_leads_to_the_clauses_its_fields_rest_on(
    company: Company,
) -> None:
    load(company)
    client = company.client("A02")

    page = client.get("/register/callback_log/").text
    sources = client.get("/rulebook/register/callback_log/").text

    assert 'href="/rulebook/register/callback_log/"' in page
    assert 'href="/rulebook/clause/S0-04-22"' in sources
    assert "S0-04-22" in sources


def test_sources_of_a_register_one_may_not_list_are_not_found(
    company: Company,
) -> None:
    client = company.client("N01")

    assert client.get("/rulebook/register/callback_log/").status_code == 404


def test_only_whoever_may_set_up_switches_regulations(company: Company) -> None:
    for login, status in (("admin", 200), ("A01", 403), ("A02", 403)):
        assert company.client(login).get("/settings/rulebook/").status_code == status
    assert company.client("A01").post("/settings/rulebook/S0-01/on/").status_code == 403


def test_regulation_is_switched_on_and_off_by_hand(company: Company) -> None:
    client = company.client("admin")

    client.post("/settings/rulebook/S0-01/on/")
    on = client.get("/rulebook/S0-01/")
    client.post("/settings/rulebook/S0-01/off/")
    off = client.get("/rulebook/S0-01/")

    assert (on.status_code, off.status_code) == (200, 404)
    told = client.get("/settings/rulebook/").text
    assert "启用S0-01" in told
    assert "停用S0-01" in told


def test_before_it_goes_a_regulation_says_what_cites_it(company: Company) -> None:
    load(company)
    promise(company)
    client = company.client("admin")

    asked = client.get("/settings/rulebook/S0-04/off/").text
    client.post("/settings/rulebook/S0-04/off/")

    assert "完工时限" in asked
    rules = client.get("/rulebook/rules/").text
    assert "完工时限" in rules
    assert 'href="/rulebook/clause/' not in rules
