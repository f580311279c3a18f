"""A run's page: its moves, what changed, what locked periods are owed, who signed."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import delete, select

from models import entries, payroll, preferences
from models.access import SYSTEM, Role, RoleGrant, Rows
from models.accounts import Account
from models.measures import Measure
from models.pay_tables import PayRate, PayRun, PaySignature
from models.rules.pay_run import RunState
from tests.admin.test_pay_pages import CALL, CALLS, CHECK, COMPLAINT, RATE, scheme
from tests.company import Company, writer

SEPTEMBER, OCTOBER = "2026-09", "2026-10"
BEGUN = datetime(2026, 9, 10, 2, tzinfo=UTC)
CLOSED = datetime(2026, 10, 5, 2, tzinfo=UTC)
RIGHTS = ("pay.calculate", "pay.review", "pay.approve", "pay.lock", "pay.unlock")


@pytest.fixture
def locked(company: Company) -> Company:
    """September locked with one call of 2.50 yuan; two people may unlock it."""
    company.create("call_log", CALL | {"received_at": BEGUN, "first_asked": 2})
    with company.database.write() as session:
        session.add_all(
            [Measure(**CALLS), PayRate(**RATE), scheme("measure.calls * rate.call")]
        )
        grants = [
            RoleGrant(register=one, actions="approve", rows=Rows.ALL) for one in RIGHTS
        ]
        grants.append(
            RoleGrant(register="pay.slip", actions="list", rows=Rows.DEPARTMENT)
        )
        role = Role(code="payer", name_zh="算薪", name_en="Payer", grants=grants)
        for account in session.scalars(
            select(Account).where(Account.login.in_(["A01", "A02"]))
        ):
            account.roles.append(role)
            account.stamp += 1
    with company.database.write() as session:
        by = writer(company.person("A01"), CLOSED)
        payroll.calculate(session, SEPTEMBER, by)
        for action in ("review", "approve", "lock"):
            payroll.sign(session, SEPTEMBER, action, by)
    return company


def state(company: Company, period: str = SEPTEMBER) -> str:
    with company.database.read() as session:
        return payroll.find_run(session, period).state


def calculate(company: Company, days: int = 1) -> None:
    with company.database.write() as session:
        by = writer(company.person("A01"), CLOSED + timedelta(days=days))
        payroll.calculate(session, OCTOBER, by)


def page(company: Company, period: str, login: str = "A01", language: str = "") -> str:
    client = company.client(login)
    if language:
        client.post("/language", data={"language": language})
    return unescape(client.get(f"/pay/{period}").text)


def test_difference_says_what_was_paid_what_is_due_and_who_changed_it(
    locked: Company,
) -> None:
    late = CALL | {"received_at": BEGUN, "first_asked": 2}
    with locked.database.write() as session:
        by = writer(locked.person("A01"), CLOSED + timedelta(hours=1))
        made = entries.create(session, "call_log", late, by)

    calculate(locked)
    shown = page(locked, OCTOBER)

    assert "已关账期间的差额" in shown
    assert '<td class="end">2.50</td><td class="end">5.00</td>' in shown
    assert "<b>+2.50</b>" in shown
    assert "来电数 1 → 2" in shown
    assert "林主管 2026-10-05 11:00 新建" in shown
    assert f'href="/register/call_log/details/?id={made}"' in shown
    assert "前期差额" in shown


def test_calculating_again_shows_line_before_and_after(locked: Company) -> None:
    calculate(locked)
    locked.create("call_log", CALL | {"received_at": CLOSED, "first_asked": 2})

    calculate(locked, days=2)
    shown = page(locked, OCTOBER)

    assert "本次核算的变化" in shown
    assert '<td class="end muted">0.00 元</td><td class="end">2.50 元</td>' in shown


def test_calculating_again_without_a_change_shows_none(locked: Company) -> None:
    calculate(locked)
    calculate(locked, days=2)

    shown = page(locked, OCTOBER)

    assert "与上次核算相同" in shown


def test_unlocking_takes_a_reason_and_another_person(locked: Company) -> None:
    first, second = locked.client("A01"), locked.client("A02")

    first.post(f"/pay/{SEPTEMBER}/ask_unlock", data={"remark": " "})
    without_reason = page(locked, SEPTEMBER, "A02")
    first.post(f"/pay/{SEPTEMBER}/ask_unlock", data={"remark": "单价录错"})
    first.post(f"/pay/{SEPTEMBER}/unlock")
    own = page(locked, SEPTEMBER, "A01")
    others = page(locked, SEPTEMBER, "A02")
    still = state(locked)
    second.post(f"/pay/{SEPTEMBER}/unlock")

    assert "同意反关账</button>" not in without_reason
    assert "同意反关账</button>" not in own
    assert "林主管申请反关账：单价录错" in others
    assert still == RunState.LOCKED.value
    assert state(locked) == RunState.CALCULATED.value


def test_unlocked_slips_stay_readable_and_the_log_knows(locked: Company) -> None:
    locked.client("A01").post(
        f"/pay/{SEPTEMBER}/ask_unlock", data={"remark": "单价录错"}
    )
    locked.client("A02").post(f"/pay/{SEPTEMBER}/unlock")
    with locked.database.write() as session:
        session.scalars(select(PayRate)).one().value = "3.00"
        payroll.calculate(session, SEPTEMBER, writer(locked.person("A01"), CLOSED))

    shown = page(locked, SEPTEMBER)
    log = unescape(locked.client("admin").get("/settings/logs/").text)

    assert "反关账前的工资条" in shown
    assert "三分之一 2.50 元" in shown
    assert "：单价录错" in shown
    assert "绩效反关账" in log
    assert "2026-09：单价录错" in log


def test_differences_and_changes_of_other_departments_stay_unseen(
    locked: Company,
) -> None:
    calculate(locked)
    for first_asked in (2, 4):  # 赵倩 is of another department
        late = CALL | {"received_at": BEGUN, "first_asked": first_asked}
        locked.create("call_log", late)

    calculate(locked, days=2)
    shown = page(locked, OCTOBER)

    assert shown.count("<b>+2.50</b>") == 1
    assert "王敏" in shown
    assert "赵倩" not in shown


def test_entry_that_may_not_be_read_is_told_of_without_its_contents(
    locked: Company,
) -> None:
    with locked.database.write() as session:
        session.execute(delete(RoleGrant).where(RoleGrant.register == "*"))
    late = CALL | {"received_at": BEGUN, "first_asked": 2}
    with locked.database.write() as session:
        entries.create(session, "call_log", late, writer(SYSTEM, CLOSED))

    calculate(locked)
    shown = page(locked, OCTOBER)

    assert "来电数 1 → 2" in shown
    assert "另有 1 条" in shown
    assert "系统 2026-10-05" not in shown


@pytest.fixture
def approved(company: Company) -> Company:
    """October approved, with one complaint that nobody judged."""
    company.create("complaint_log", COMPLAINT, "A01")
    with company.database.write() as session:
        session.add_all([Measure(**CALLS), PayRate(**RATE), scheme("rate.call")])
        session.flush()
        by = writer(company.person("A01"))
        payroll.calculate(session, OCTOBER, by)
        for action in ("review", "approve"):
            payroll.sign(session, OCTOBER, action, by)
    return company


def check(company: Company, **changes: Any) -> None:
    with company.database.write() as session:
        preferences.put(session, "pay_check.complaints", CHECK | changes)


def remarks(company: Company) -> list[str]:
    with company.database.read() as session:
        query = select(PaySignature.remark).where(PaySignature.action == "lock")
        return list(session.scalars(query))


def test_locking_past_a_check_takes_a_reason_that_is_kept(approved: Company) -> None:
    check(approved)
    client = approved.client("A01")

    client.post(f"/pay/{OCTOBER}/lock")
    refused = state(approved, OCTOBER)
    shown = page(approved, OCTOBER)
    client.post(f"/pay/{OCTOBER}/lock", data={"remark": "等客户回电"})

    assert refused == RunState.APPROVED.value
    assert "还有未完成的检查（投诉未判定 1）" in shown
    assert state(approved, OCTOBER) == RunState.LOCKED.value
    assert remarks(approved) == ["等客户回电（投诉未判定 1）"]
    assert "：等客户回电（投诉未判定 1）" in page(approved, OCTOBER)


def test_check_that_blocks_is_never_passed(approved: Company) -> None:
    check(approved, blocks=True)

    answer = approved.client("A01").post(
        f"/pay/{OCTOBER}/lock", data={"remark": "算了"}, follow_redirects=True
    )

    assert "关账前必须先完成：投诉未判定 1" in unescape(answer.text)
    assert state(approved, OCTOBER) == RunState.APPROVED.value


def test_closing_day_stands_over_the_checks(approved: Company) -> None:
    check(approved)

    assert "关账日 2026-11-05" in page(approved, OCTOBER)


def test_quarters_are_offered_and_calculated(locked: Company) -> None:
    client = locked.client("A01")
    with locked.database.write() as session:
        quarterly = scheme("measure.calls * rate.call")
        quarterly.code, quarterly.every = "bonus", "quarter"
        session.add(quarterly)

    client.post("/pay/calculate", data={"month": "2026-Q3"})

    shown = unescape(client.get("/pay/2026-Q3").text)
    assert "2026年第3季度 绩效核算" in shown
    with locked.database.read() as session:
        periods = sorted(session.scalars(select(PayRun.period)))
    assert periods == ["2026-09", "2026-Q3"]
    assert "季度" in client.get("/pay/").text


def test_week_is_no_period_of_pay(locked: Company) -> None:
    answer = locked.client("A01").post(
        "/pay/calculate", data={"month": "2026-W40"}, follow_redirects=True
    )

    assert "绩效按月或按季度核算" in answer.text
