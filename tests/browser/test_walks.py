"""A month of the sample department, walked by its people in a real browser.

Each walk begins at the sign-in and goes by links and buttons, and looks at what the
person would look at: the customer who appears, the due time and why, the slip.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import Page, expect

from admin import visit
from tests.browser import walk_sample as walk
from tests.browser.pages import Pages
from tests.company import Company
from tests.databases import Builder

LiveServer = Callable[[WSGIApplication], str]
Prepared = Callable[[str, Builder], str]

SQLITE = pytest.mark.databases("sqlite")
"""For all walks but the first, which shows that a panel on PostgreSQL is the same."""


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the panel believe that it is the morning on which October is closed."""
    monkeypatch.setattr(visit, "now", lambda: walk.NOW)


@pytest.fixture
def department(prepared_database: Prepared, tmp_path: Path) -> Iterator[Company]:
    url = prepared_database("sample_department", walk.build_sample)
    opened = walk.open_desk(url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def address(department: Company, live_server: LiveServer) -> str:
    return live_server(department.app)


def give_order(department: Company, **values: object) -> int:
    """Give 周启航 an order for the first machine."""
    machine = walk.find(department, "machine_file")
    order = {
        "customer": machine["customer"],
        "machine": machine["id"],
        "order_type": "repair",
        "symptom": "激光功率不足，切不透",
        "reported_at": walk.NOW - timedelta(hours=1),
        "engineer": walk.find(department, "staff", staff_number="HY006")["id"],
    }
    return department.create("service_order", order | values, "HY002")


def test_clerk_makes_an_order_and_a_callback_of_a_call(
    department: Company, address: str, page: Page
) -> None:
    machine = walk.find(department, "machine_file")
    customer = department.get("customer_file", machine["customer"])
    walk.sign_in(page, address, "HY005")
    expect(page.get_by_role("heading", level=1)).to_contain_text("苏念安")

    walk.menu(page, "来电登记")
    page.get_by_role("link", name="新建").last.click()
    page.get_by_label("来电号码").fill(customer["phone"])
    page.keyboard.press("Tab")
    side = page.locator("[data-side]")
    expect(side).to_contain_text(customer["name"])
    expect(side).to_contain_text(machine["serial_number"])
    walk.choose_among_many(page, "类别", "报修")
    page.get_by_label("内容").fill("切割头报警，Z 轴不动")
    walk.choose(page, "处理结果", "转工单")
    walk.save(page)
    call = page.url
    assert walk.value_of(page, "客户") == customer["name"]
    assert walk.value_of(page, "首问责任人") == "苏念安"
    expect(page.locator(".clocks")).to_contain_text("来电答复")

    walk.make(page, "转服务工单")
    expect(page.get_by_label("故障现象")).to_have_value("切割头报警，Z 轴不动")
    walk.choose(page, "类型", "上门维修")
    walk.open_picker(page, "机型机号")
    offered = page.locator(".ts-dropdown:visible .option")
    expect(offered.filter(has_text=machine["serial_number"])).to_be_visible()
    expect(offered).to_have_count(len(walk.machines_of(department, customer)))
    walk.pick(page, "机型机号", machine["serial_number"])
    walk.pick(page, "工程师", "周启航")
    walk.save(page)
    assert walk.value_of(page, "客户") == customer["name"]
    assert walk.value_of(page, "工程师") == "周启航"
    expect(page.locator(".related")).to_contain_text("来电登记")

    walk.make(page, "登记回访")
    walk.choose(page, "接通情况", "已接通")
    page.get_by_label("工程师服务").select_option(label="非常满意")
    walk.save(page)
    assert walk.value_of(page, "客户") == customer["name"]
    expect(page.locator(".related")).to_contain_text("服务工单")
    page.goto(call)
    expect(page.locator(".related")).to_contain_text("服务工单")


@SQLITE
def test_engineer_closes_an_order_on_the_phone(
    department: Company, address: str, phone: Page
) -> None:
    order = give_order(department)
    walk.sign_in(phone, address, "HY006")

    phone.get_by_role("link", name="激光功率不足，切不透").click()
    phone.get_by_role("link", name="修改").click()
    phone.get_by_role("main").locator("summary", has_text="更多").click()
    phone.get_by_label("到场时间").fill("2026-11-02T09:20")
    phone.get_by_label("完工时间").fill("2026-11-02T09:50")
    phone.get_by_label("处理措施").fill("更换聚焦镜，重新校准光路")
    walk.save(phone)

    expect(phone.get_by_role("heading", level=1)).to_contain_text("已完工")
    assert walk.value_of(phone, "处理措施") == "更换聚焦镜，重新校准光路"
    expect(phone.locator(".clocks")).to_contain_text("服务后回访")
    assert department.get("service_order", order)["finished_at"] == walk.at(
        11, 2, 9, 50
    )
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


@SQLITE
def test_manager_finds_the_late_callback_and_why_it_is_late(
    department: Company, address: str, page: Page
) -> None:
    # The Wednesday before the holiday: people mean the first workday after it.
    finished = walk.at(9, 30, 17, 30)
    order = give_order(
        department,
        reported_at=finished - timedelta(hours=6),
        arrived_at=finished - timedelta(hours=2),
        finished_at=finished,
    )
    number = department.get("service_order", order)["number"]
    walk.sign_in(page, address, "HY001")

    walk.menu(page, "逾期督办")
    late = page.get_by_role("row").filter(has_text=number)
    expect(late).to_contain_text("服务后回访")
    expect(late).to_contain_text("2026-10-08 17:30")
    expect(late).to_contain_text("已逾期")
    late.get_by_role("link", name=number).click()

    clock = page.locator(".clock", has_text="服务后回访")
    expect(clock).to_contain_text("国庆节")
    expect(clock).to_contain_text("S0-04-22")
    expect(clock.locator(".start")).to_contain_text("17:30")
    expect(clock.locator(".due-line")).to_contain_text("17:30")


@SQLITE
def test_manager_filters_a_list_and_exports_what_it_shows(
    address: str, page: Page, tmp_path: Path
) -> None:
    walk.sign_in(page, address, "HY001")
    walk.menu(page, "投诉登记")
    page.get_by_role("button", name="筛选").click()
    condition = page.locator(".condition")
    condition.get_by_label("字段").select_option(label="责任判定")
    condition.locator(".ts-control").click()
    condition.locator(".ts-dropdown .option", has_text="有效").first.click()
    page.get_by_role("button", name="应用筛选").click()

    expect(page.locator(".chip")).to_contain_text("有效")
    expect(page.locator(".list-count")).to_have_text("22")
    page.get_by_role("button", name="导出").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "complaints.csv"
    download.value.save_as(file)

    head, *rows = file.read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith("投诉编号,受理时间")
    assert len(rows) == 22


@SQLITE
def test_october_is_reviewed_approved_and_locked(
    address: str, page: Page, pages: Pages
) -> None:
    walk.sign_in(page, address, "HY001")
    walk.menu(page, "绩效核算")
    page.get_by_role("button", name="新建核算").click()
    total = page.locator("tfoot")
    expect(total).to_contain_text("18,167.00", timeout=walk.LONG)
    page.get_by_role("button", name="复核").click()
    now = page.locator("[aria-current=step]")
    expect(now).to_contain_text("已复核")

    executive = pages.desk()
    walk.sign_in(executive, address, walk.EXECUTIVE)
    executive.goto(page.url)
    executive.get_by_role("button", name="审批").click()
    executive.get_by_role("button", name="关账").click()
    why = executive.locator(".run-remark")
    expect(why).to_contain_text("投诉未判定 5")
    why.get_by_role("textbox").fill("月底前已逐项说明，下期补差额")
    why.get_by_role("button", name="关账").click()
    expect(executive.locator("[aria-current=step]")).to_contain_text("已关账")

    page.reload()
    expect(now).to_contain_text("已关账")
    page.get_by_role("link", name="周启航").click()
    expect(page.locator(".slip-sum .net")).to_contain_text("1,865.00")
    hours = page.locator(".slip-line").filter(has_text="工时绩效").first
    hours.locator("summary").click()
    expect(hours).to_contain_text("当月工时 132.5 小时")
    expect(hours).to_contain_text("2,385.00")
    expect(page.locator(".slip-foot")).to_contain_text("工程师工时绩效")
    expect(hours).to_contain_text("S0-04-35")
    lines = page.locator(".slip-line")
    signed = lines.filter(has_text="绩效扣减（已签字）").first  # a limit reads it
    signed.locator("summary").click()
    signed.get_by_role("link", name="500.00").click()
    rows = page.get_by_role("main")
    expect(rows).to_contain_text("1 行")
    expect(rows).to_contain_text("未按约定时间上门")
    rows.get_by_role("link", name="JC202610001").click()
    assert walk.value_of(page, "员工") == "周启航"


@pytest.fixture
def installation(prepared_database: Prepared, tmp_path: Path) -> Iterator[Company]:
    url = prepared_database("new_installation", walk.build_installation)
    opened = walk.open_desk(url, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def admin(installation: Company, live_server: LiveServer, page: Page) -> Page:
    """An admin who has signed in for the first time and chosen a password."""
    address = live_server(installation.app)
    walk.sign_in(page, address, walk.ADMIN, walk.FIRST_PASSWORD)
    page.get_by_label("新密码").fill("Mein-eigenes-2026")
    page.get_by_label("再输入一次").fill("Mein-eigenes-2026")
    page.get_by_role("button", name="保存密码").click()
    expect(page.get_by_role("heading", name="欢迎使用台账")).to_be_visible()
    return page


@SQLITE
def test_admin_begins_empty_with_a_template(admin: Page) -> None:
    admin.get_by_label("公司名称").fill("苏州恒越机电")
    admin.get_by_role("button", name="开始设置").click()
    expect(admin.get_by_role("main")).to_contain_text("已按模板建好", timeout=walk.LONG)

    admin.get_by_role("link", name="登记员工和部门").click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("员工档案")
    walk.menu(admin, "岗位")

    expect(admin.get_by_role("main")).to_contain_text("客服经理")


@SQLITE
def test_admin_tries_the_sample_and_takes_it_away(
    admin: Page, installation: Company
) -> None:
    admin.get_by_role("button", name="载入样例").click(timeout=walk.LONG)
    expect(admin.get_by_role("main")).to_contain_text("样例已载入", timeout=walk.LONG)
    walk.menu(admin, "来电登记")
    expect(admin.locator(".list-count")).to_have_text("1,190")

    admin.get_by_role("link", name="去清除").click()
    admin.get_by_role("button", name="清除样例数据").click()
    admin.get_by_role("dialog").get_by_role("button", name="确定").click(
        timeout=walk.LONG
    )
    expect(admin.get_by_role("main")).to_contain_text(
        "样例数据已清除", timeout=walk.LONG
    )

    with pytest.raises(LookupError):
        walk.find(installation, "call_log")
