"""Rights that the prober found wanting, one by one, and what a session outlives."""

import pytest
from sqlalchemy import select, update

from models import accounts, catalogue, entries
from models.access import Role, RoleGrant, Rows
from models.accounts import Account, ReadEvent, SignInEvent
from models.entry_errors import EntryRefusedError as Refused
from models.import_cells import find_entries
from tests.company import Company, writer

PHONE = "13911112222"
CALL = {
    "phone": PHONE,
    "category": "repair",
    "content": "密语甲乙丙",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


def make_customer(company: Company) -> int:
    values = {
        "name": "密客户",
        "address": "苏州",
        "account_manager": 1,
        "phone": PHONE,
    }
    return company.create("customer_file", values)


def narrow(company: Company, register: str, rows: Rows) -> None:
    """Let clerks list no more of a register than these rows."""
    with company.database.write() as session:
        role = select(Role.id).where(Role.code == "clerk").scalar_subquery()
        session.execute(
            update(RoleGrant)
            .where(RoleGrant.role_id == role, RoleGrant.register == register)
            .values(rows=rows)
        )
        accounts.raise_stamps(session)


def test_masked_phone_is_not_shown_in_what_is_made_of_anothers_call(
    company: Company,
) -> None:
    call = company.create("call_log", CALL, "A01")
    address = f"/register/service_order/new/?of=call_log&of_id={call}&via=call"

    page = company.client("A02").get(address).text

    assert "139****2222" in page
    assert PHONE not in page


def test_masked_phone_is_carried_to_what_is_made_of_it(company: Company) -> None:
    customer = make_customer(company)
    address = f"/register/call_log/new/?of=customer_file&of_id={customer}&via=customer"
    typed = {name: value for name, value in CALL.items() if name != "phone"}
    client = company.client("A02")
    form = client.get(address).text

    answer = client.post(address, data=typed)

    assert PHONE not in form
    assert answer.status_code == 302, answer.text[-3000:]
    made = int(answer.headers["Location"].rpartition("=")[2])
    assert company.get("call_log", made)["phone"] == PHONE


def test_reference_to_a_foreign_entry_is_refused_like_one_to_none(
    company: Company,
) -> None:
    call = company.create("call_log", CALL, "A02")
    stranger = company.person("B01")
    refused = []

    for key in (call, 10**6):
        values = {"call": key}
        with company.database.write() as session, pytest.raises(Refused) as error:
            entries.create(session, "service_order", values, writer(stranger))
        texts = [one.label.zh for one in error.value.problems if one.field == "call"]
        refused.append([text.replace(str(key), "?") for text in texts])

    assert refused[0] == refused[1]
    assert len(refused[0]) == 1


def test_filter_names_no_entry_that_may_not_be_listed(company: Company) -> None:
    customer = make_customer(company)
    narrow(company, "customer_file", Rows.OWN)

    page = company.client("B01").get(f"/register/call_log/?w=customer~is~{customer}")

    assert page.status_code == 200
    assert "密客户" not in page.text


def test_failed_save_names_no_entry_that_may_not_be_listed(company: Company) -> None:
    customer = make_customer(company)
    narrow(company, "customer_file", Rows.OWN)

    page = company.client("B01").post(
        "/register/call_log/new/", data={"customer": str(customer)}
    )

    assert page.status_code == 422
    assert "密客户" not in page.text


def test_import_finds_no_entry_that_may_not_be_listed(company: Company) -> None:
    customer = make_customer(company)
    one = catalogue.current()["call_log"].field("customer")
    person = company.person("B01")
    narrow(company, "customer_file", Rows.OWN)

    with company.database.read() as session:
        before = find_entries(session, one, None, {"密客户"}, person)
        after = find_entries(session, one, None, {"密客户"}, company.person("B01"))

    assert before == {"密客户": customer}
    assert after == {}


def test_masked_text_answers_to_no_part_of_it(company: Company) -> None:
    client = company.client("A02")

    parts = client.get("/register/customer_file/count/?w=wechat~contains~ab")
    page = client.get("/register/call_log/count/?w=phone~contains~1391")

    assert parts.status_code == page.status_code == 422


def test_changed_rights_count_at_the_next_request(company: Company) -> None:
    client = company.client("A02")
    assert client.get("/register/call_log/").status_code == 200

    narrow(company, "call_log", Rows.NONE)

    assert client.get("/register/call_log/").status_code == 403


def test_session_of_a_locked_account_is_over(company: Company) -> None:
    client = company.client("A02")
    assert client.get("/register/call_log/").status_code == 200

    with company.database.write() as session:
        session.execute(update(Account).filter_by(login="A02").values(active=False))

    assert client.get("/register/call_log/").status_code == 302


def test_reveal_is_written_down_with_its_reason(company: Company) -> None:
    call = company.create("call_log", CALL, "A01")

    company.client("A02").post(
        f"/register/call_log/reveal/?id={call}&field=phone", json={"reason": "回拨"}
    )

    with company.database.read() as session:
        event = session.scalars(select(ReadEvent).filter_by(kind="reveal")).one()
    assert (event.by_name, event.register, event.entry_id, event.detail) == (
        "王敏",
        "call_log",
        call,
        "phone: 回拨",
    )


def test_export_is_written_down_with_its_filter_columns_and_rows(
    company: Company,
) -> None:
    company.create("call_log", CALL, "A02")

    company.client("A02").get(
        "/register/call_log/export/csv/?column=number&column=phone&w=category~in~repair"
    )

    with company.database.read() as session:
        event = session.scalars(select(ReadEvent).filter_by(kind="export")).one()
    assert event.by_name == "王敏"
    for said in ("csv", "category~in~repair", "number phone", "1 rows"):
        assert said in event.detail


@pytest.mark.parametrize(
    ("password", "outcome"), [("not this one", "refused"), ("right one", "signed in")]
)
def test_every_try_to_sign_in_is_written_down(
    company: Company, password: str, outcome: str
) -> None:
    with company.database.write() as session:
        known = accounts.hash_password("right one")
        session.execute(update(Account).filter_by(login="A02").values(password=known))

    company.client().post(
        "/account/sign-in", data={"identity": "A02", "password": password}
    )

    with company.database.read() as session:
        event = session.scalars(select(SignInEvent)).one()
    assert (event.login, event.outcome) == ("A02", outcome)
