"""以此人身份查看: what is seen, what is not, and that nothing is changed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from models import access, catalogue
from models.access import Action, Person, Role, RoleGrant, Rows
from models.accounts import Account, ReadEvent, raise_stamps
from models.masking import masks
from models.outbox import Message
from models.register import Declaration
from models.seeing_as import seen_as
from tests.company import NOON, Company

PHONE = "13911112222"
CALL = {
    "phone": PHONE,
    "category": "repair",
    "content": "密语甲乙丙",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


def account_id(company: Company, login: str) -> int:
    with company.database.read() as session:
        return session.scalars(select(Account.id).filter_by(login=login)).one()


def looking(company: Company, login: str, viewer: str = "admin") -> FlaskClient:
    client = company.client(viewer)
    answer = client.post(f"/seeing-as/{account_id(company, login)}/")
    assert answer.status_code == 302, answer.text
    return client


def give(company: Company, role: str, **grant: object) -> None:
    """Add a line to a role."""
    with company.database.write() as session:
        found = session.scalars(select(Role).filter_by(code=role)).one()
        found.grants.append(RoleGrant(**grant))
        raise_stamps(session)


def count(company: Company, person: Person, register: str) -> int:
    with company.database.read() as session:
        return len(session.execute(access.visible(person, register)).all())


def test_panel_is_seen_as_the_other_sees_it_with_a_way_back(company: Company) -> None:
    client = looking(company, "A02")

    page = client.get("/late/").text

    assert "您正在以“王敏”的身份查看" in page
    assert 'action="/seeing-as/end/"' in page
    assert client.get("/register/call_log/").status_code == 200
    assert client.get("/register/inspection/").status_code == 403
    client.post("/seeing-as/end/")
    assert client.get("/register/inspection/").status_code == 200
    assert "您正在以" not in client.get("/late/").text


def test_every_change_is_refused_with_a_sentence(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    before = company.get("call_log", call)
    client = looking(company, "A02")
    cell = {"pk": str(call), "field": "result", "was": "待回复", "value": "solved"}

    answers = [
        client.post("/register/call_log/new/", data=CALL),
        client.post(f"/register/call_log/delete/?id={call}"),
        client.post("/register/call_log/ajax/update/", json=cell),
        client.post(
            f"/register/call_log/reveal/?id={call}&field=phone", json={"reason": "x"}
        ),
        client.post("/settings/registers/"),
        client.post(f"/seeing-as/{account_id(company, 'A01')}/"),
    ]

    assert {one.status_code for one in answers} == {422}
    for one in answers:
        told = one.get_json()["message"] if one.is_json else one.text
        assert "只能看，不能改" in told
    assert company.get("call_log", call) == before


@pytest.mark.parametrize(
    "address", ["/register/call_log/export/csv/", f"/call?phone={PHONE}"]
)
def test_page_that_would_write_something_down_is_refused_too(
    company: Company, address: str
) -> None:
    values = {"name": "密客户", "address": "苏州", "account_manager": 1, "phone": PHONE}
    company.create("customer_file", values)
    client = looking(company, "A02")

    answer = client.get(address, follow_redirects=True)

    assert answer.status_code in (403, 422)
    assert PHONE not in answer.text
    with company.database.read() as session:
        kinds = set(session.scalars(select(ReadEvent.kind)))
    assert kinds == {"seen_as"}


def test_pay_that_the_viewer_may_not_see_stays_hidden(company: Company) -> None:
    client = looking(company, "A01")

    assert company.client("A01").get("/pay/").status_code == 200
    assert client.get("/pay/").status_code == 403
    assert client.get("/slips/").status_code == 403
    assert "基本工资" not in client.get("/register/staff/details/?id=1").text


def test_number_that_is_masked_for_the_viewer_stays_masked(company: Company) -> None:
    call = company.create("call_log", CALL, "A02")
    address = f"/register/call_log/details/?id={call}"
    assert PHONE in company.client("A02").get(address).text

    page = looking(company, "A02").get(address).text

    assert "密语甲乙丙" in page
    assert PHONE not in page


def test_rows_are_those_that_both_reach(company: Company) -> None:
    """The manager looks as a clerk who sees every call; she sees her department's."""
    company.create("call_log", CALL, "A02")
    company.create("call_log", CALL, "B01")
    give(company, "manager", register="account.view_as", actions="read", rows=Rows.ALL)
    with company.database.write() as session:
        clerk = select(Role.id).where(Role.code == "clerk").scalar_subquery()
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.role_id == clerk, RoleGrant.register == "call_log")
            .values(rows=Rows.ALL)
        )
        raise_stamps(session)
    viewer, target = company.person("A01"), company.person("B01")

    both = seen_as(viewer, target)

    assert count(company, viewer, "call_log") == 1
    assert count(company, target, "call_log") == 2
    assert count(company, both, "call_log") == 1
    page = looking(company, "B01", "A01").get("/register/call_log/").text
    assert page.count("data-pk=") == 1


def test_own_rows_of_the_other_beyond_the_viewers_reach_stay_hidden(
    company: Company,
) -> None:
    give(company, "manager", register="account.view_as", actions="read", rows=Rows.ALL)
    company.create("call_log", CALL, "B01")

    both = seen_as(company.person("A01"), company.person("B01"))

    assert count(company, company.person("B01"), "call_log") == 1
    assert count(company, both, "call_log") == 0


def test_masks_of_both_count(company: Company) -> None:
    both = seen_as(company.person("admin"), company.person("A02"))
    call = company.create("call_log", CALL, "A02")
    declared: Declaration = catalogue.current()["call_log"]
    row = company.get("call_log", call)

    assert not masks(company.person("A02"), declared, declared.field("phone"), row)
    assert masks(both, declared, declared.field("phone"), row)


def test_what_was_written_to_somebody_is_not_shown(company: Company) -> None:
    clerk = company.person("A02")
    with company.database.write() as session:
        session.add(
            Message(
                staff_id=clerk.staff_id,
                key="warned 1",
                kind="clock.warned",
                attempts=0,
                text_zh="密信",
                text_en="secret",
                created_at=NOON,
            )
        )

    page = looking(company, "A02").get("/messages/").text

    own = company.client("A02").get("/messages/").text
    assert "密信" in own
    assert "消息，未读 1 条" in own
    assert "密信" not in page
    assert "消息，未读 0 条" in page


@pytest.mark.parametrize("login", ["A01", "A02", "N01"])
def test_only_with_the_right_one_looks_as_another(company: Company, login: str) -> None:
    client = company.client(login)

    answer = client.post(f"/seeing-as/{account_id(company, 'A03')}/")

    assert answer.status_code == 403


def test_narrow_right_reaches_ones_own_department(company: Company) -> None:
    give(
        company,
        "manager",
        register="account.view_as",
        actions="read",
        rows=Rows.DEPARTMENT,
    )
    client = company.client("A01")

    assert client.post(f"/seeing-as/{account_id(company, 'B01')}/").status_code == 404
    assert client.post(f"/seeing-as/{account_id(company, 'A02')}/").status_code == 302


def test_closed_account_is_nobody_to_look_as(company: Company) -> None:
    client = looking(company, "A02")
    with company.database.write() as session:
        session.execute(update(Account).filter_by(login="A02").values(active=False))

    page = client.get("/late/").text

    assert "您正在以" not in page
    assert client.get("/register/inspection/").status_code == 200


def test_right_that_is_taken_away_ends_the_looking(company: Company) -> None:
    client = looking(company, "A02")
    with company.database.write() as session:
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.register == "account.view_as")
            .values(actions="")
        )
        raise_stamps(session)

    assert "您正在以" not in client.get("/late/").text


def test_who_looked_as_whom_and_when_is_in_the_log(company: Company) -> None:
    client = looking(company, "A02")
    client.post("/seeing-as/end/")

    page = client.get("/settings/logs/").text

    assert "以他人身份查看" in page
    assert "结束以他人身份查看" in page
    assert page.count("A02 王敏") == 2
    with company.database.read() as session:
        events = session.scalars(select(ReadEvent).order_by(ReadEvent.id)).all()
    assert [(one.kind, one.by_name) for one in events] == [
        ("seen_as", "系统管理员"),
        ("seen_as_end", "系统管理员"),
    ]


def test_writing_is_free_again_after_a_look(company: Company) -> None:
    looking(company, "A02").get("/late/")

    assert company.create("call_log", CALL, "A02")
    answer = company.client("A02").post("/register/call_log/new/", data=CALL)
    assert answer.status_code == 302


def test_actions_that_the_viewer_has_not_are_not_there(company: Company) -> None:
    narrow = Person(
        "",
        grants=(
            access.Grant("call_log", frozenset({Action.LIST}), Rows.ALL),
            access.Grant("pay.slip", frozenset({Action.LIST}), Rows.DEPARTMENT),
        ),
    )

    both = seen_as(narrow, company.person("A01"))

    assert both.may("call_log", Action.LIST)
    assert not both.may("call_log", Action.READ)
    assert not both.may("complaint_log", Action.LIST)
    assert not both.may("pay.slip", Action.LIST)
