"""角色与权限: presets, the matrix, what nobody may give, who changed what."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from models import access, catalogue, rights
from models.access import Action, Role, RoleGrant, Rows
from models.accounts import Account, raise_stamps
from models.rights import Matrix, Preset
from seed.apply import plan_template
from seed.declared import declare
from seed.items import RoleItem
from seed.merging import Outcome
from seed.roles import changed_by_hand, ensure_roles
from seed.template import read_template
from tests.company import PEOPLE, Company, writer

ROLES = "/settings/roles/"
BASIS = re.compile(r'name="basis" value="([^"]*)"')
CHECKED = re.compile(r'name="(preset\.\w+)" value="(\w+)" checked')
SELECTED = re.compile(
    r'<select[^>]*name="([^"]+)"[^>]*>(?:(?!</select>).)*?value="([^"]*)" selected',
    re.DOTALL,
)


def role_id(company: Company, code: str) -> int:
    with company.database.read() as session:
        return session.scalars(select(Role.id).filter_by(code=code)).one()


def said(company: Company, code: str) -> Matrix:
    with company.database.read() as session:
        return rights.matrix(session.scalars(select(Role).filter_by(code=code)).one())


def group_of(company: Company, code: str, register: str) -> str:
    """Return the address of the matrix that a register stands in."""
    page = company.client("admin").get(f"{ROLES}{role_id(company, code)}/").text
    for address in re.findall(r'class="right-more" href="([^"]*)"', page):
        if f"rows.{register}." in company.client("admin").get(address).text:
            return str(address)
    raise AssertionError(register)


def change(company: Company, address: str, login: str = "admin", **fields: str) -> str:
    """Post a form of rights as it stands, but for some fields; return the answer."""
    client = company.client(login)
    page = client.get(address).text
    form = {
        "basis": BASIS.findall(page)[0],
        **dict(CHECKED.findall(page)),
        **dict(SELECTED.findall(page)),
        **{name.replace("__", "."): value for name, value in fields.items()},
    }
    return unescape(client.post(address, data=form, follow_redirects=True).text)


@pytest.mark.parametrize("login", [*PEOPLE])
def test_only_whoever_may_set_up_the_system_sees_roles(
    company: Company, login: str
) -> None:
    answer = company.client(login).get(ROLES)

    assert (answer.status_code == 200) == (login == "admin")


def test_preset_of_a_group_holds_for_its_registers_at_the_next_request(
    company: Company,
) -> None:
    client = company.client("A02")
    assert client.get("/register/call_log/").status_code == 200
    address = f"{ROLES}{role_id(company, 'clerk')}/"
    key = group_of(company, "clerk", "call_log").rstrip("/").rpartition("/")[2]

    page = change(company, address, **{f"preset.{key}": "none"})

    assert "权限已保存" in page
    assert client.get("/register/call_log/").status_code == 403
    assert not company.person("A02").may("complaint_log", Action.LIST)


def test_every_preset_is_found_again_in_what_it_says() -> None:
    for preset in Preset:
        line = rights.with_preset(rights.Line(unmasked=True), preset)

        assert rights.preset_of(line) is preset


def test_form_that_is_sent_as_it_stands_changes_nothing(company: Company) -> None:
    before = said(company, "clerk")
    address = group_of(company, "clerk", "call_log")

    page = change(company, address)

    assert "没有改动" in page
    assert said(company, "clerk") == before


def test_matrix_sets_each_action_apart(company: Company) -> None:
    address = group_of(company, "clerk", "call_log")

    change(company, address, rows__call_log__delete="1", rows__call_log__export="0")

    person = company.person("A02")
    assert person.rows("call_log", Action.DELETE) is Rows.OWN
    assert person.rows("call_log", Action.EXPORT) is Rows.NONE
    assert person.rows("call_log", Action.LIST) is Rows.DEPARTMENT


def test_register_that_is_not_set_apart_is_as_all_others(company: Company) -> None:
    address = group_of(company, "manager", "customer_file")
    assert company.person("A01").rows("customer_file", Action.LIST) is Rows.ALL

    change(company, address, mode__customer_file="inherit")

    assert company.person("A01").rows("customer_file", Action.LIST) is Rows.DEPARTMENT


def test_change_is_told_with_who_and_from_what_to_what(company: Company) -> None:
    change(company, group_of(company, "clerk", "call_log"), rows__call_log__export="0")

    page = company.client("admin").get(f"{ROLES}{role_id(company, 'clerk')}/").text

    assert "系统管理员" in page
    assert "来电登记：本部门 列表、查看、新建、修改、导出 → 本部门 列表、查看" in page


def test_form_that_is_older_than_the_role_is_refused(company: Company) -> None:
    address = group_of(company, "clerk", "call_log")
    client = company.client("admin")
    old = BASIS.findall(client.get(address).text)[0]
    change(company, address, rows__call_log__export="0")

    answer = client.post(address, data={"basis": old})

    assert answer.status_code == 422
    assert "刚被别人改过" in answer.text
    assert said(company, "clerk")["call_log"].rows[Action.LIST] is Rows.DEPARTMENT


@pytest.mark.parametrize(
    ("register", "fields"),
    [
        ("pay.slip", {"rows__pay.slip__list": "4"}),
        ("staff", {"secret__staff": "base_pay"}),
        ("customer_file", {"unmasked__customer_file": "1"}),
    ],
)
def test_nobody_gives_what_they_have_not(
    company: Company, register: str, fields: dict[str, str]
) -> None:
    before = said(company, "clerk")
    address = group_of(company, "clerk", register)

    page = change(company, address, **fields)

    assert "您自己没有这些权限" in page
    assert said(company, "clerk") == before


def test_right_one_has_may_be_given_and_any_taken_away(company: Company) -> None:
    address = group_of(company, "clerk", "pay.slip")

    page = change(company, address, **{"rows__pay.slip__list": "0"})

    assert "权限已保存" in page
    assert not company.person("A02").may("pay.slip", Action.LIST)


def test_narrow_rights_are_given_only_where_they_reach(company: Company) -> None:
    with company.database.write() as session:
        session.execute(
            update(RoleGrant)
            .where(
                RoleGrant.role_id == role_id(company, "admin"),
                RoleGrant.register == "*",
            )
            .values(rows=Rows.BRANCH)
        )
        raise_stamps(session)

    # Whoever gets the role may work in another branch.
    page = change(
        company, group_of(company, "clerk", "call_log"), rows__call_log__delete="1"
    )

    assert "您自己没有这些权限" in page


def test_line_that_uncovers_what_another_role_says_is_not_taken_away(
    company: Company,
) -> None:
    """Of two roles the line on a register hid what the other says of all."""
    with company.database.write() as session:
        clerk = session.scalars(select(Role).filter_by(code="clerk")).one()
        wide = Role(code="wide", name_zh="宽", name_en="Wide")
        wide.grants = [
            RoleGrant(register="*", actions="list", rows=Rows.ALL, unmasked=True)
        ]
        session.add(wide)
        account = session.scalars(select(Account).filter_by(login="A02")).one()
        account.roles = [clerk, wide]
        raise_stamps(session)
    address = group_of(company, "clerk", "customer_file")

    page = change(company, address, mode__customer_file="inherit")

    assert "您自己没有这些权限" in page


def test_last_account_that_sets_up_cannot_lock_itself_out(company: Company) -> None:
    address = group_of(company, "admin", "setup.run")

    page = change(company, address, **{"rows__setup.run__create": "0"})

    assert "没有人能设置系统和账号了" in page
    assert company.person("admin").may(*rights.SETUP)


def test_role_is_copied_renamed_and_deleted(company: Company) -> None:
    client, source = company.client("admin"), role_id(company, "clerk")

    made = client.post(
        f"{ROLES}new/", data={"of": str(source), "name": "夜班", "name_en": "Night"}
    )
    address = made.headers["Location"]
    renamed = client.post(f"{address}name/", data={"name": "夜班客服"})
    new = int(address.rstrip("/").rpartition("/")[2])

    assert renamed.status_code == 302
    with company.database.read() as session:
        role = session.get_one(Role, new)
        assert (role.name_zh, rights.matrix(role)) == (
            "夜班客服",
            said(company, "clerk"),
        )
    client.post(f"{address}delete/")
    with company.database.read() as session:
        assert session.get(Role, new) is None
    assert "删除 夜班客服" in client.get(ROLES).text


def test_role_that_somebody_has_is_not_deleted(company: Company) -> None:
    clerk = role_id(company, "clerk")

    page = company.client("admin").post(
        f"{ROLES}{clerk}/delete/", follow_redirects=True
    )

    assert "还有 2 个账号" in page.text
    assert role_id(company, "clerk") == clerk


def test_name_that_another_role_has_is_refused(company: Company) -> None:
    answer = company.client("admin").post(
        f"{ROLES}new/", data={"of": str(role_id(company, "clerk")), "name": "admin"}
    )

    assert answer.status_code == 422
    assert "已经有叫“admin”的角色了" in answer.text


def test_right_that_was_changed_by_hand_is_kept_and_told_by_the_template(
    company: Company, request: pytest.FixtureRequest
) -> None:
    request.addfinalizer(catalogue.use)
    common = read_template("common")
    declare(common, company.database)
    with company.database.write() as session:
        session.execute(update(Role).values(code="small_" + Role.code))
        ensure_roles(session)
    change(
        company, group_of(company, "engineer", "call_log"), rows__call_log__delete="1"
    )

    with company.database.write() as session:
        by_hand = changed_by_hand(session)
        plan = plan_template(common, session)
        changes = [one for one in plan.changes if one.item.kind == RoleItem.kind]
        for step in plan.steps:
            step.run(session, writer())

    assert by_hand == {"engineer"}
    kept = {one.item.code: one for one in changes if one.outcome is Outcome.KEEP}
    assert [*kept] == ["engineer"]
    assert any("call_log" in key for key in kept["engineer"].kept)
    line = said(company, "engineer")["call_log"]
    assert line.rows[Action.DELETE] is Rows.OWN
    pages = company.client("admin").get(ROLES).text
    assert pages.count("手动改过") == 1


def test_matrix_of_a_shipped_role_says_what_its_grants_say(company: Company) -> None:
    with company.database.write() as session:
        session.execute(update(Role).values(code="small_" + Role.code))
        shipped = ensure_roles(session)
        for role in shipped.values():
            stored = access.Person("", grants=tuple(one.grant() for one in role.grants))
            read = access.Person("", grants=rights.grants_of(rights.matrix(role)))

            for declared in catalogue.current():
                for action in Action:
                    assert stored.rows(declared.code, action) == read.rows(
                        declared.code, action
                    ), (role.code, declared.code, action)
                assert stored.fields(declared) == read.fields(declared)
                assert stored.is_unmasked(declared.code) == read.is_unmasked(
                    declared.code
                )
