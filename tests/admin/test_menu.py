"""The menu: the registers that are on, the rest folded, and who turns them on."""

import re

import pytest
from sqlalchemy import delete

from models import preferences
from models.access import RoleGrant
from models.accounts import raise_stamps
from tests.company import Company

SWITCHES = "/settings/registers/"


def turn_on(company: Company, *codes: str) -> None:
    with company.database.write() as session:
        preferences.put(session, preferences.REGISTERS_ON, list(codes))


def groups(company: Company, path: str, login: str = "admin") -> dict[str, str]:
    """Return the menu's groups by their heading; a closed one begins with "closed"."""
    page = company.client(login).get(path).text
    found = {}
    for tag, inside in re.findall(
        r'<details class="tz-group"([^>]*)>(.*?)</details>', page, re.DOTALL
    ):
        heading = re.search(r"<summary>([^<]*)", inside)
        assert heading is not None
        found[heading[1]] = ("" if " open" in tag else "closed") + inside
    return found


def test_registers_that_are_off_are_folded_in_one_closed_group(
    company: Company,
) -> None:
    turn_on(company, "call_log", "machine_file")

    found = groups(company, "/register/call_log/", "A01")

    assert list(found) == ["客户接待", "客户与设备", "更多台账"]
    assert "来电登记" in found["客户接待"]
    assert "投诉登记" not in found["客户接待"]
    assert found["更多台账"].startswith("closed")
    assert "投诉登记" in found["更多台账"]
    assert "来电登记" not in found["更多台账"]


def test_registers_of_a_group_stand_in_the_order_they_were_turned_on(
    company: Company,
) -> None:
    turn_on(company, "work_hours", "service_order", "call_log", "board_repair")

    found = groups(company, "/register/call_log/", "A01")

    names = re.findall(r"<span>([^<]+)</span>", found["现场服务"])
    assert names == ["工时统计", "服务工单", "返修件（修板）"]


def test_group_of_the_folded_is_open_on_one_of_their_pages(company: Company) -> None:
    turn_on(company, "call_log")

    found = groups(company, "/register/complaint_log/", "A01")

    assert not found["更多台账"].startswith("closed")


def test_person_whose_registers_are_all_off_finds_them_open(company: Company) -> None:
    turn_on(company, "staff_talk")

    found = groups(company, "/late/", "A02")

    assert list(found) == ["更多台账"]
    assert not found["更多台账"].startswith("closed")


def test_all_registers_stand_in_the_menu_until_somebody_says_which(
    company: Company,
) -> None:
    found = groups(company, "/register/call_log/", "A01")

    assert "更多台账" not in found
    assert "投诉登记" in found["客户接待"]


def test_folded_register_still_shows_only_to_those_who_may_list_it(
    company: Company,
) -> None:
    turn_on(company, "call_log")

    found = groups(company, "/register/call_log/", "A02")

    assert "员工档案" in found["更多台账"]
    assert "奖惩记录" not in found["更多台账"]
    assert "台账开关" not in found["更多台账"]


def test_admin_turns_registers_on_and_off_for_everybody(company: Company) -> None:
    turn_on(company, "call_log", "machine_file")
    admin = company.client("admin")

    said = admin.post(
        SWITCHES, data={"on": ["call_log", "complaint_log"]}, follow_redirects=True
    )

    assert "菜单已更新" in said.text
    assert "系统管理员" in said.text
    assert "打开「投诉登记」；收起「设备档案」" in said.text
    found = groups(company, "/register/call_log/", "A01")
    assert "投诉登记" in found["客户接待"]
    assert "设备档案" in found["更多台账"]


def test_saving_the_switches_unchanged_is_no_change(company: Company) -> None:
    turn_on(company, "call_log")
    admin = company.client("admin")

    said = admin.post(SWITCHES, data={"on": ["call_log"]}, follow_redirects=True)

    assert "没有改动" in said.text
    assert "最近改动" not in said.text


def test_unknown_code_is_not_turned_on_and_an_absent_register_is_kept(
    company: Company,
) -> None:
    turn_on(company, "x_of_another_template", "machine_file")
    admin = company.client("admin")

    admin.post(SWITCHES, data={"on": ["call_log", "no_such_register"]})

    with company.database.read() as session:
        kept = preferences.get(session, preferences.REGISTERS_ON)
    assert kept == ["x_of_another_template", "call_log"]


@pytest.mark.parametrize("login", ["A01", "A02"])
def test_only_whoever_may_set_up_finds_the_switches(
    company: Company, login: str
) -> None:
    client = company.client(login)

    assert client.get(SWITCHES).status_code == 403
    assert client.post(SWITCHES, data={"on": "call_log"}).status_code == 403


def test_menu_follows_a_switch_and_a_language_at_once(company: Company) -> None:
    turn_on(company, "call_log")
    before = groups(company, "/register/call_log/", "A01")
    turn_on(company, "call_log", "complaint_log")

    after = groups(company, "/register/call_log/", "A01")
    company.client("A01").get("/account/language")
    english = groups(company, "/register/call_log/", "A01")

    assert "投诉登记" in before["更多台账"]
    assert "投诉登记" in after["客户接待"]
    assert "More registers" in english


def test_menu_follows_a_right_that_is_taken_away(company: Company) -> None:
    turn_on(company, "call_log", "complaint_log")
    before = groups(company, "/register/call_log/", "A02")
    with company.database.write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.register == "complaint_log"))
        raise_stamps(session)

    after = groups(company, "/register/call_log/", "A02")

    assert "投诉登记" in "".join(before.values())
    assert "投诉登记" not in "".join(after.values())
