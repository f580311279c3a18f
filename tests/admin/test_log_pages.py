"""查看日志: who may look, what stands there, and what it keeps to itself."""

import csv
import io
import re
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest
from sqlalchemy import delete, select

from admin import log_pages, start_page
from admin.seeking import Cursor
from models.access import Role, RoleGrant, Rows
from models.accounts import ReadEvent, SignInEvent, raise_stamps
from tests.admin.late_desk import at
from tests.company import NOON, PEOPLE, Company

LOGS = "/settings/logs/"
PHONE = "13911112222"
CALL = {
    "phone": PHONE,
    "category": "repair",
    "content": "机器不动",
    "result": "pending",
}
ROW = re.compile(r"<tr><td.*?</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def lines(page: str) -> list[list[str]]:
    """Return the texts of the log's cells, a list a line."""
    return [
        [unescape(TAG.sub("", cell)).strip() for cell in CELL.findall(row)]
        for row in ROW.findall(page)
    ]


def texts(page: str) -> list[str]:
    return [line[-1] for line in lines(page)]


def link(page: str, which: str) -> str | None:
    found = re.search(rf'href="([^"]*)" rel="{which}"', page)
    return unescape(found[1]) if found else None


def reveal(company: Company, login: str, reason: str = "回拨") -> tuple[int, str]:
    """Let somebody see the phone of a call of their department."""
    call = company.create("call_log", CALL, "A01")
    company.client(login).post(
        f"/register/call_log/reveal/?id={call}&field=phone", json={"reason": reason}
    )
    return call, company.get("call_log", call)["number"]


def happen(
    company: Company,
    moment: datetime,
    detail: str,
    by: str = "王敏",
    register: str = "call_log",
) -> None:
    """Write down a look-up of a number that somebody typed."""
    with company.database.write() as session:
        session.add(
            ReadEvent(
                at=moment,
                staff_id=None,
                by_name=by,
                kind="typed",
                register=register,
                entry_id=None,
                detail=detail,
            )
        )


def try_to_sign_in(company: Company, identity: str) -> None:
    company.client().post(
        "/account/sign-in", data={"identity": identity, "password": "not this one"}
    )


@pytest.fixture
def narrow_admin(company: Company) -> Company:
    """The company, where whoever sets up may list own calls and nothing else."""
    with company.database.write() as session:
        role = session.scalars(select(Role.id).where(Role.code == "admin")).one()
        session.execute(
            delete(RoleGrant).where(
                RoleGrant.role_id == role, RoleGrant.register == "*"
            )
        )
        session.add(
            RoleGrant(
                role_id=role, register="call_log", actions="list read", rows=Rows.OWN
            )
        )
        raise_stamps(session)
    return company


@pytest.mark.parametrize("login", [*PEOPLE])
@pytest.mark.parametrize("path", [LOGS, LOGS + "csv/"])
def test_only_whoever_may_set_up_reads_the_log(
    company: Company, login: str, path: str
) -> None:
    answer = company.client(login).get(path)

    allowed = company.person(login).may(*start_page.RIGHT)
    assert answer.status_code == (200 if allowed else 403)
    assert allowed == (login == "admin")


@pytest.mark.parametrize(("login", "found"), [("admin", True), ("A01", False)])
def test_log_stands_among_the_settings_of_the_menu(
    company: Company, login: str, *, found: bool
) -> None:
    page = company.client(login).get("/late/").text

    assert ("<summary>设置" in page) == found
    assert (f'href="{LOGS}"' in page) == found


def test_reveal_shows_who_from_where_which_field_and_why(company: Company) -> None:
    call, number = reveal(company, "A02", "客户来电核对")

    page = company.client("admin").get(LOGS).text

    (line,) = lines(page)
    assert line[1:] == [
        "查看隐藏信息",
        "王敏",
        "127.0.0.1",
        "来电登记",
        number,
        "来电号码：客户来电核对",
    ]
    assert f'href="/register/call_log/details/?id={call}"' in page


def test_export_shows_register_rows_and_filter_in_words(company: Company) -> None:
    company.create("call_log", CALL, "A02")
    company.client("A02").get(
        "/register/call_log/export/csv/?column=number&w=category~in~repair&q=机器"
    )

    (line,) = lines(company.client("admin").get(LOGS).text)

    assert line[1:5] == ["导出", "王敏", "127.0.0.1", "来电登记"]
    assert line[6] == "CSV · 1 行 · 搜索“机器” · 类别：报修"


def test_number_that_an_export_was_filtered_by_stays_masked(company: Company) -> None:
    company.create("call_log", CALL, "A02")
    for condition in (f"w=phone~is~{PHONE}", f"q={PHONE}"):
        company.client("A02").get(f"/register/call_log/export/csv/?{condition}")

    page = company.client("admin").get(LOGS).text

    assert PHONE not in page
    assert all("139****2222" in one for one in texts(page))


def test_looked_up_number_is_shown_masked(company: Company) -> None:
    values = {"name": "密客户", "address": "苏州", "account_manager": 1, "phone": PHONE}
    customer = company.create("customer_file", values)
    company.client("A02").get(f"/call?phone={PHONE}", follow_redirects=True)

    (line,) = lines(company.client("admin").get(LOGS).text)

    number = company.get("customer_file", customer)["number"]
    assert line[1:] == [
        "按号码查询",
        "王敏",
        "127.0.0.1",
        "客户档案",
        number,
        "139****2222",
    ]


def test_tries_to_sign_in_name_the_account_and_mask_what_is_nobodys(
    company: Company,
) -> None:
    for identity in ("A02", PHONE):
        try_to_sign_in(company, identity)

    page = company.client("admin").get(LOGS).text

    assert [line[1:4] for line in lines(page)] == [
        ["登录未成功", "未知账号 139****2222", "127.0.0.1"],
        ["登录未成功", "王敏", "127.0.0.1"],
    ]
    assert texts(page) == ["账号或密码不对"] * 2
    assert PHONE not in page


def test_entry_that_may_not_be_listed_is_not_named(narrow_admin: Company) -> None:
    _, number = reveal(narrow_admin, "A02", "找张三")
    narrow_admin.client("A02").get(
        "/register/service_order/export/csv/?w=order_type~in~repair"
    )

    page = narrow_admin.client("admin").get(LOGS).text

    exported, revealed = lines(page)
    assert revealed[4:] == ["来电登记", "", ""]
    assert exported[6] == "CSV · 0 行"
    assert number not in page
    assert "details/?id=" not in page


def test_entry_in_the_bin_has_its_number_and_no_link(company: Company) -> None:
    call, number = reveal(company, "A02")
    company.client("A01").post(f"/register/call_log/delete/?id={call}")

    page = company.client("admin").get(LOGS).text

    assert lines(page)[0][5] == number
    assert "details/?id=" not in page


def test_register_that_is_there_no_more_is_told_by_its_code(company: Company) -> None:
    happen(company, NOON, "x", register="x_gone")

    (line,) = lines(company.client("admin").get(LOGS).text)

    assert line[4] == "x_gone"


@pytest.fixture
def week(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A log of some days, looked at on a Wednesday."""
    at(monkeypatch, NOON)
    happen(company, NOON - timedelta(hours=1), "今天")
    happen(company, NOON - timedelta(days=3), "周日", by="周工")
    happen(company, NOON - timedelta(days=3), "客户的", register="customer_file")
    happen(company, NOON - timedelta(days=30), "上月")
    with company.database.write() as session:
        session.add(
            SignInEvent(
                at=NOON, login="A02", account_id=2, outcome="signed in", address="::1"
            )
        )
    return company


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ("", ["", "今天", "客户的", "周日", "上月"]),
        ("kind=typed", ["今天", "客户的", "周日", "上月"]),
        ("kind=sign_in", [""]),
        ("kind=refused", []),
        ("kind=export", []),
        ("who=周工", ["周日"]),
        ("who=王敏", ["", "今天", "客户的", "上月"]),
        ("who=A02", [""]),
        ("who=周", []),
        ("register=customer_file", ["客户的"]),
        ("period=today", ["", "今天"]),
        ("period=this_month", ["", "今天", "客户的", "周日"]),
        ("period=last_month", ["上月"]),
        ("from=2026-10-11&to=2026-10-11", ["客户的", "周日"]),
        ("to=2026-10-11", ["客户的", "周日", "上月"]),
        ("from=2026-10-12", ["", "今天"]),
        ("from=2026-10-12&to=2026-10-11", []),
        ("register=call_log&period=today&who=王敏", ["今天"]),
    ],
)
def test_log_is_filtered_by_kind_person_register_and_time(
    week: Company, conditions: str, expected: list[str]
) -> None:
    page = week.client("admin").get(f"{LOGS}?{conditions}").text

    assert texts(page) == expected


@pytest.mark.parametrize(
    ("conditions", "status"),
    [
        ("kind=nonsense", 200),
        ("register=nonsense", 200),
        ("who=%00", 200),
        ("who=%25", 200),
        (f"who={'x' * 5000}", 200),
        ("period=nonsense", 422),
        ("period=99999999999_days", 422),
        ("from=nonsense", 422),
        ("to=2026-02-31", 422),
        ("from=0001-01-01", 422),
        ("to=9999-12-31", 422),
        ("after=zzz", 422),
        ("before=%00", 422),
        (f"after={Cursor(1, 1).encode()}", 422),
        (f"after={Cursor(NOON, 2**70).encode()}", 422),
        (f"after={Cursor(NOON, -5).encode()}", 422),
        (f"before={Cursor(NOON.replace(tzinfo=None), 1).encode()}", 422),
        (f"after={Cursor(datetime.max.replace(tzinfo=NOON.tzinfo), 1).encode()}", 200),
    ],
)
def test_odd_address_is_answered_without_a_fault(
    week: Company, conditions: str, status: int
) -> None:
    client = week.client("admin")

    assert client.get(f"{LOGS}?{conditions}").status_code == status
    assert client.get(f"{LOGS}csv/?{conditions}").status_code in (200, 422)


@pytest.mark.parametrize(
    "edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59-14:00"]
)
def test_instant_beyond_the_calendar_is_no_page(company: Company, edge: str) -> None:
    word = Cursor(datetime.fromisoformat(edge), 1).encode()

    answer = company.client("admin").get(f"{LOGS}?after={word}")

    assert answer.status_code == 422
    assert "请从第一页开始" in answer.text


def test_pages_neither_repeat_nor_lose_what_happened_in_one_instant(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pages, "PAGE", 2)
    at(monkeypatch, NOON)
    for number in range(3):
        happen(company, NOON, f"{number}")
        try_to_sign_in(company, f"{number}x")
    client = company.client("admin")
    pages, address = [], LOGS
    while address:
        pages.append(client.get(address).text)
        address = link(pages[-1], "next") or ""
    back = [pages[-1]]
    while address := link(back[-1], "prev") or "":
        back.append(client.get(address).text)

    shown = [[line[2] + line[-1] for line in lines(page)] for page in pages]

    assert [len(page) for page in shown] == [2, 2, 2]
    assert len({one for page in shown for one in page}) == 6
    assert [lines(page) for page in back] == [lines(page) for page in pages[::-1]]


def test_links_to_other_pages_keep_the_conditions(
    week: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pages, "PAGE", 1)
    client = week.client("admin")

    first = client.get(f"{LOGS}?who=王敏&kind=typed").text
    second = client.get(link(first, "next") or "").text

    assert texts(first) == ["今天"]
    assert texts(second) == ["客户的"]


def test_exported_log_holds_every_event_and_is_itself_written_down(
    week: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pages, "BLOCK", 2)
    happen(week, NOON - timedelta(days=40), "=1+1")
    client = week.client("admin")

    answer = client.get(f"{LOGS}csv/?kind=typed")

    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["时间", "事项", "人员"]
    assert [row[-1] for row in rows[1:]] == ["今天", "客户的", "周日", "上月", "'=1+1"]
    (line,) = lines(client.get(f"{LOGS}?kind=export").text)
    assert line[1:] == ["导出", "系统管理员", "127.0.0.1", "日志", "", "CSV · 5 行"]


def test_export_of_odd_days_says_what_is_wrong(company: Company) -> None:
    answer = company.client("admin").get(f"{LOGS}csv/?from={quote('昨天吧')}")

    assert answer.status_code == 422
    assert "不是期间" in answer.text
