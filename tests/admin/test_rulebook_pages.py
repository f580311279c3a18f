"""制度库: regulations, clauses, and what rests on them."""

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
