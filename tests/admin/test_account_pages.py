"""登录账号: opened, closed, given roles; passwords; nobody gives what they have not."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from admin.command_line import main
from models import setting_history
from models.access import Action, Role, RoleGrant, Rows
from models.account_changes import SETTING
from models.accounts import Account, raise_stamps, verify_password
from tests.company import PEOPLE, Company

ACCOUNTS = "/settings/accounts/"
PASSWORD = re.compile(r'<dd class="mono">(\w{4}-\w{4}-\w{4})</dd>')


def account_of(company: Company, login: str) -> Account:
    with company.database.read() as session:
        found = session.scalars(select(Account).filter_by(login=login)).one()
        session.refresh(found, ["roles"])
        return found


def role_of(company: Company, code: str) -> str:
    with company.database.read() as session:
        return str(session.scalars(select(Role.id).filter_by(code=code)).one())


@pytest.fixture
def newcomer(company: Company) -> int:
    """Somebody of the staff who has no account yet."""
    service = company.person("A02").department_id
    return company.create(
        "staff",
        {
            "staff_number": "A09",
            "name": "新来的",
            "department": service,
            "branch": company.person("A02").branch_id,
            "post": 1,
        },
    )


@pytest.fixture
def branch_admin(company: Company) -> Company:
    """The company, where the manager runs the accounts of her department."""
    with company.database.write() as session:
        role = session.scalars(select(Role).filter_by(code="manager")).one()
        role.grants.append(
            RoleGrant(register="account.run", actions="change", rows=Rows.DEPARTMENT)
        )
        raise_stamps(session)
    return company


@pytest.mark.parametrize("login", [*PEOPLE])
def test_only_whoever_runs_accounts_sees_them(company: Company, login: str) -> None:
    answer = company.client(login).get(ACCOUNTS)

    assert (answer.status_code == 200) == (login == "admin")


def test_account_is_opened_with_roles_and_a_password_shown_once(
    company: Company, newcomer: int
) -> None:
    client = company.client("admin")

    # An engineer's own slips are the engineer's, though an admin has no such right.
    shown = client.post(
        ACCOUNTS, data={"staff": str(newcomer), "role": role_of(company, "engineer")}
    )

    (password,) = PASSWORD.findall(shown.text)
    account = account_of(company, "A09")
    assert verify_password(account, password)
    assert account.must_set_password
    assert [one.code for one in account.roles] == ["engineer"]
    assert password not in client.get(ACCOUNTS).text


def test_account_is_not_opened_twice(company: Company, newcomer: int) -> None:
    form = {"staff": str(newcomer), "role": role_of(company, "nobody")}
    client = company.client("admin")
    client.post(ACCOUNTS, data=form)

    again = client.post(ACCOUNTS, data=form)

    assert again.status_code == 422
    assert "已经有账号" in again.text


def test_roles_that_are_given_hold_at_the_next_request(company: Company) -> None:
    client, account = company.client("N01"), account_of(company, "N01")
    assert client.get("/register/call_log/").status_code == 403
    with company.database.write() as session:
        role = Role(code="calls", name_zh="来电", name_en="Calls")
        role.grants = [
            RoleGrant(register="call_log", actions="list read", rows=Rows.ALL)
        ]
        session.add(role)

    company.client("admin").post(
        f"{ACCOUNTS}{account.id}/", data={"role": role_of(company, "calls")}
    )

    assert client.get("/register/call_log/").status_code == 200


def test_role_with_more_than_the_giver_has_is_not_given(company: Company) -> None:
    account = account_of(company, "N01")

    answer = company.client("admin").post(
        f"{ACCOUNTS}{account.id}/", data={"role": role_of(company, "manager")}
    )

    assert answer.status_code == 422
    assert "您自己没有这些权限" in answer.text
    assert not company.person("N01").may("pay.slip", Action.LIST)


@pytest.mark.parametrize("way", ["password", "open"])
def test_way_into_an_account_with_more_rights_is_not_opened(
    company: Company, way: str
) -> None:
    account = account_of(company, "A01")
    before = account.password
    if way == "open":
        company.client("admin").post(f"{ACCOUNTS}{account.id}/close/")

    answer = company.client("admin").post(f"{ACCOUNTS}{account.id}/{way}/")

    assert answer.status_code == 422
    after = account_of(company, "A01")
    assert (after.password, after.active) == (before, way == "password")


def test_new_password_ends_the_sessions_of_an_account(company: Company) -> None:
    account, client = account_of(company, "N01"), company.client("N01")
    assert client.get("/").status_code == 200

    shown = company.client("admin").post(f"{ACCOUNTS}{account.id}/password/")

    (password,) = PASSWORD.findall(shown.text)
    assert verify_password(account_of(company, "N01"), password)
    assert client.get("/").status_code == 302


def test_closed_account_is_out_at_once_and_told_in_its_history(
    company: Company,
) -> None:
    account, client = account_of(company, "A02"), company.client("A02")
    assert client.get("/").status_code == 200

    company.client("admin").post(f"{ACCOUNTS}{account.id}/close/")

    assert client.get("/").status_code == 302
    with company.database.read() as session:
        (told,) = setting_history.told(session, SETTING, account.id, 5)
    assert (told.by_name, told.changes) == ("系统管理员", {"active": [True, False]})


@pytest.mark.parametrize("way", ["close/", ""])
def test_last_account_that_sets_up_stays_open_with_its_role(
    company: Company, way: str
) -> None:
    account = account_of(company, "admin")

    answer = company.client("admin").post(f"{ACCOUNTS}{account.id}/{way}")

    assert answer.status_code == 422
    assert "没有人能设置系统和账号了" in answer.text
    assert company.client("admin").get(ACCOUNTS).status_code == 200


def test_accounts_of_other_departments_are_nobodys_to_manage(
    branch_admin: Company,
) -> None:
    client = branch_admin.client("A01")
    foreign = account_of(branch_admin, "B01")

    page = client.get(ACCOUNTS).text
    answer = client.post(f"{ACCOUNTS}{foreign.id}/close/")

    assert "王敏" in page
    assert "赵倩" not in page
    assert 'href="/settings/accounts/' in page
    assert answer.status_code == 422
    assert account_of(branch_admin, "B01").active


def test_rights_of_ones_own_department_are_given_within_it(
    branch_admin: Company, newcomer: int
) -> None:
    with branch_admin.database.write() as session:
        role = Role(code="calls", name_zh="来电", name_en="Calls")
        role.grants = [
            RoleGrant(register="call_log", actions="list read", rows=Rows.DEPARTMENT)
        ]
        session.add(role)
    form = {"staff": str(newcomer), "role": role_of(branch_admin, "calls")}

    shown = branch_admin.client("A01").post(ACCOUNTS, data=form)

    assert PASSWORD.findall(shown.text)
    assert branch_admin.person("A09").may("call_log", Action.LIST)


def test_staff_without_account_are_found(company: Company, newcomer: int) -> None:
    client = company.client("admin")

    page = client.get(f"{ACCOUNTS}?state=none").text
    found = client.get(f"{ACCOUNTS}?q=王").text

    assert f'name="staff" value="{newcomer}"' in page
    assert "王敏" not in page
    assert "王敏" in found
    assert "新来的" not in found


def test_on_the_server_any_role_is_given_and_any_password_set(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", company.database.url)
    monkeypatch.setenv("SECRET_KEY", "test-" + "x" * 40)
    run = CliRunner()

    roles = run.invoke(main, ["user", "roles", "N01", "--role", "finance"])
    password = run.invoke(main, ["user", "password", "A01"])
    unknown = run.invoke(main, ["user", "password", "X99"])

    assert roles.exit_code == password.exit_code == 0, roles.output
    assert company.person("N01").may("pay.pay", Action.APPROVE)
    shown = password.output.strip().rpartition(" ")[2]
    assert verify_password(account_of(company, "A01"), shown)
    assert (unknown.exit_code, "X99" in unknown.output) == (2, True)
