"""@同事 in a comment reaches whoever may see the entry, and nobody else."""

from typing import Any

from sqlalchemy import select

from models.accounts import Account, raise_stamps
from models.outbox import Message
from tests.admin.late_desk import order
from tests.company import Company


def say(company: Company, entry: int, text: str, login: str = "A02") -> str:
    answer = company.client(login).post(
        f"/register/service_order/{entry}/comments",
        data={"text": text},
        follow_redirects=True,
    )
    return answer.text


def messages(company: Company) -> dict[str, Any]:
    """Return {name: message} of everybody who was called."""
    with company.database.read() as session:
        query = select(Account.name, Message).join(
            Message, Message.staff_id == Account.staff_id
        )
        return {row[0]: row[1] for row in session.execute(query)}


def offered(company: Company, entry: int, typed: str, login: str = "A02") -> list[str]:
    answer = company.client(login).get(
        f"/register/service_order/{entry}/mentions", query_string={"q": typed}
    )
    return [one["text"] for one in answer.get_json()["texts"]]


def test_colleague_is_called_without_a_word_of_what_was_written(
    company: Company,
) -> None:
    entry = order(company)

    say(company, entry, "请@林主管看一下，客户电话13812341234")

    [message] = messages(company).values()
    assert message.kind == "comment.mentioned"
    assert (message.register, message.entry_id) == ("service_order", entry)
    assert message.text_zh == "王敏在讨论中提到了您。"
    assert "林主管" in messages(company)
    assert "提到了您" in company.client("A01").get("/messages/").text


def test_who_may_not_see_the_entry_is_not_told_and_the_writer_learns_it(
    company: Company,
) -> None:
    entry = order(company)

    page = say(company, entry, "@赵倩 @陈新 @林主管")

    assert "赵倩、陈新无权查看本条" in page
    assert set(messages(company)) == {"林主管"}


def test_nobody_is_called_twice_or_by_oneself(company: Company) -> None:
    entry = order(company)

    say(company, entry, "@林主管 @林主管 ＠王敏 和 a@b.com")

    assert set(messages(company)) == {"林主管"}


def test_of_one_name_the_number_tells_whom_is_meant(company: Company) -> None:
    entry = order(company)
    with company.database.write() as session:
        twin = session.scalars(select(Account).filter_by(login="B01")).one()
        boss = session.scalars(select(Account).filter_by(login="A01")).one()
        twin.name, twin.roles = boss.name, list(boss.roles)
        twin.staff_id, boss.staff_id = None, boss.staff_id
        other = session.scalars(select(Account).filter_by(login="A03")).one()
        other.name, other.roles = boss.name, list(boss.roles)
        raise_stamps(session)

    assert offered(company, entry, "林") == ["@林主管(A01) ", "@林主管(A03) "]
    say(company, entry, "@林主管(A03) 请处理")

    with company.database.read() as session:
        [message] = session.scalars(select(Message)).all()
        account = session.scalars(select(Account).filter_by(login="A03")).one()
        assert message.staff_id == account.staff_id


def test_only_who_sees_the_entry_is_offered(company: Company) -> None:
    entry = order(company)

    assert offered(company, entry, "") == ["@林主管 "]
    assert offered(company, entry, "赵") == []
    assert offered(company, entry, "A0") == ["@林主管 "]
    assert offered(company, entry, "%") == []


def test_who_may_not_read_the_entry_is_offered_nobody(company: Company) -> None:
    entry = order(company)
    address = f"/register/service_order/{entry}/mentions?q="

    assert company.client("N01").get(address).status_code == 404


def test_right_that_was_lost_meanwhile_hides_the_message(company: Company) -> None:
    entry = order(company)
    say(company, entry, "@林主管 看一下")
    with company.database.write() as session:
        boss = session.scalars(select(Account).filter_by(login="A01")).one()
        boss.roles = []
        raise_stamps(session)

    assert "提到了您" not in company.client("A01").get("/messages/").text
