"""The command palette offers what the menu leads to and the search finds, by rights."""

from models import preferences
from tests.admin.test_quick_entry import CALL, CUSTOMER
from tests.company import Company


def labels(company: Company, login: str, path: str = "/palette/") -> list[str]:
    places = company.client(login).get(path).get_json()["places"]
    return [one["label"] for one in places]


def test_each_sees_the_registers_pages_and_forms_of_their_own(company: Company) -> None:
    clerk, engineer = labels(company, "A02"), labels(company, "A03")

    assert {"来电登记", "新建来电登记", "逾期督办"} <= set(clerk)
    assert "来电登记" not in engineer
    assert "服务工单" in engineer
    assert "新建服务工单" not in engineer
    assert not {"登录账号", "消息渠道"} & {*clerk, *engineer}
    assert {"登录账号", "消息渠道"} <= set(labels(company, "admin"))


def test_every_offered_address_opens(company: Company) -> None:
    client = company.client("A02")
    for one in client.get("/palette/").get_json()["places"]:
        with client.get(one["url"]) as answer:
            assert answer.status_code in (200, 302), one


def test_register_that_is_off_is_still_one_word_away(company: Company) -> None:
    with company.database.write() as session:
        preferences.put(session, preferences.REGISTERS_ON, ["call_log"])

    assert "投诉登记" in labels(company, "A02")


def test_place_is_known_by_the_initials_of_its_pinyin(company: Company) -> None:
    places = company.client("A02").get("/palette/").get_json()["places"]

    [calls] = [one for one in places if one["label"] == "来电登记"]
    assert calls["initials"] == "lddj"
    assert calls["kind"] == "台账"


def test_entries_are_those_the_person_may_list(company: Company) -> None:
    company.create("customer_file", CUSTOMER)
    company.create("call_log", CALL | {"content": "密语甲乙丙"}, "B01")

    assert len(labels(company, "A02", "/palette/entries/?q=金锐激光")) == 1
    assert labels(company, "A02", "/palette/entries/?q=密语甲乙丙") == []
    assert len(labels(company, "B01", "/palette/entries/?q=密语甲乙丙")) == 1
    assert labels(company, "A02", "/palette/entries/?q=金") == []


def test_number_of_a_customer_stays_masked(company: Company) -> None:
    company.create("customer_file", CUSTOMER | {"name": "某某工厂"})

    [found] = labels(company, "admin", "/palette/entries/?q=某某工厂")

    assert "13812341234" not in found
