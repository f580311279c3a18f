"""`taizhang pay`: signing, locking, unlocking and differences by the same rules."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text

from admin.command_line import main
from models import pay_settings, preferences
from models.access import Role, RoleGrant, Rows
from models.accounts import Account
from models.database import Database
from models.pay_settings import PaySettings
from models.rules.pay_run import RIGHTS, RunState
from tests.admin.test_pay_pages import CHECK
from tests.databases import Builder
from tests.models.pay_months import OCTOBER, SEPTEMBER, Months
from tests.models.test_payroll import build_pay

Run = Callable[..., str]


@pytest.fixture
def url(prepared_database: Callable[[str, Builder], str]) -> str:
    return prepared_database("pay", build_pay)


@pytest.fixture
def months(url: str) -> Iterator[Months]:
    opened = Database(url)
    with opened.write() as session:
        grants = [
            RoleGrant(register=one, actions="approve", rows=Rows.ALL) for one in RIGHTS
        ]
        role = Role(code="payer", name_zh="算薪", name_en="Payer", grants=grants)
        for account in session.scalars(
            select(Account).where(Account.login.in_(["A01", "A02"]))
        ):
            account.roles.append(role)
            account.stamp += 1
    yield Months(opened)
    opened.dispose()


@pytest.fixture
def run(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TAIZHANG_DATA_FOLDER", str(tmp_path))

    def command(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["pay", *words])
        assert result.exit_code == code, result.output
        return result.output

    return command


def test_month_is_signed_step_by_step_by_different_people(
    months: Months, run: Run
) -> None:
    with months.database.write() as session:
        pay_settings.put(session, PaySettings(four_eyes=True))
    run("calculate", SEPTEMBER)
    run("review", SEPTEMBER, "--as", "A01")
    refused = run("approve", SEPTEMBER, code=2)
    run("approve", SEPTEMBER, "--as", "A02")
    said = run("lock", SEPTEMBER)

    assert "核算人不能审批" in refused
    assert said == "2026-09 已关账，合计 0.00 元。\n"
    assert run("paid", SEPTEMBER).startswith("2026-09 已发放")


def test_lock_signs_what_is_left(months: Months, run: Run) -> None:
    run("calculate", SEPTEMBER)

    run("lock", SEPTEMBER)

    assert months.state(SEPTEMBER) is RunState.LOCKED
    assert "不能关账" in run("lock", SEPTEMBER, code=2)


def test_account_signs_by_its_own_rights_alone(months: Months, run: Run) -> None:
    run("calculate", SEPTEMBER)

    assert "复核绩效" in run("review", SEPTEMBER, "--as", "A03", code=2)
    assert "没有可用的账号" in run("review", SEPTEMBER, "--as", "X99", code=2)
    assert months.state(SEPTEMBER) is RunState.CALCULATED


def test_lock_past_a_check_takes_a_reason(months: Months, run: Run) -> None:
    check = CHECK | {
        "register": "call_log",
        "where": ["result~in~pending", "received_at~to~{period}"],
    }
    with months.database.write() as session:
        preferences.put(session, "pay_check.calls", check)
    months.call("2026-09-10")
    run("calculate", SEPTEMBER)

    refused = run("lock", SEPTEMBER, code=2)
    left = months.state(SEPTEMBER)
    run("lock", SEPTEMBER, "--because", "客户失联")

    assert "请写明原因" in refused
    assert left is RunState.CALCULATED
    with months.database.read() as session:
        remark = text("SELECT remark FROM pay_signature WHERE action = 'lock'")
        assert session.scalar(remark) == "客户失联（投诉未判定 1）"


def test_unlock_is_asked_by_one_and_agreed_to_by_another(
    months: Months, run: Run
) -> None:
    months.pay(SEPTEMBER, "2026-10-05 09:00")

    no_reason = run("unlock", SEPTEMBER, code=2)
    asked = run("unlock", SEPTEMBER, "--because", "单价录错", "--as", "A01")
    alone = run("unlock", SEPTEMBER, "--as", "A01", code=2)
    agreed = run("unlock", SEPTEMBER, "--as", "A02")

    assert "请写明反关账的原因" in no_reason
    assert asked == "2026-09 已申请反关账，须由另一人同意。\n"
    assert "须由另一位" in alone
    assert agreed.startswith("2026-09 已核算")


def test_calculating_again_prints_what_changed(months: Months, run: Run) -> None:
    first = run("calculate", OCTOBER)
    same = run("calculate", OCTOBER)
    months.call("2026-10-20")
    again = run("calculate", OCTOBER)

    assert "上次" not in first
    assert "与上次核算相同。" in same
    assert "A02 王敏 calls_pay：7.50 元 → 10.00 元" in again
    assert "比上次核算变了 1 行。" in again


def test_differences_are_told_person_by_person_with_who_changed_what(
    months: Months, run: Run
) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    with months.database.writing.begin() as connection:
        move = "UPDATE call_log SET first_asked_id = 3 WHERE received_at < :day"
        connection.execute(text(move), {"day": "2026-09-11 00:00:00"})

    calculated = run("calculate", OCTOBER)
    said = run("differences", OCTOBER)

    assert "含已关账期间的差额 1 项" in calculated
    assert "A03 周工 calls_pay：已发 0.00，现算 2.50，差额 +2.50 元" in said
    assert "来电数 0 → 1" in said
    assert "外部程序（直接写数据库）" in said
    assert "最先受理人 王敏 → 周工" in said or "王敏 → 周工" in said
    assert "2026-10：1 项差额，合计 +2.50 元。" in said


def test_week_is_refused(run: Run) -> None:
    assert "绩效按月或按季度核算" in run("calculate", "2026-W40", code=2)


def test_other_formulas_are_tried_and_nothing_is_kept(months: Months, run: Run) -> None:
    months.call("2026-09-10")
    run("calculate", SEPTEMBER)

    said = run(
        *("preview", SEPTEMBER, "--scheme", "desk"),
        *("--line", "calls_pay=来电数 * 每个来电 * 2"),
    )

    assert "2.50" in said
    assert "+2.50" in said
    assert "1 人增加，0 人减少，合计 +2.50 元。" in said
    assert "合计 2.50 元" in run("show", SEPTEMBER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--scheme", "no", "--line", "calls_pay=1元"), "可用的有：desk"),
        (("--scheme", "desk", "--line", "no=1元"), "没有项目“no”"),
        (("--scheme", "desk", "--line", "calls_pay"), "不完整"),
        (("--scheme", "desk", "--line", "calls_pay=来店数"), "【来店数】"),
    ],
)
def test_what_cannot_be_tried_is_told(
    months: Months, run: Run, words: tuple[str, ...], said: str
) -> None:
    months.call("2026-09-10")

    assert said in run("preview", SEPTEMBER, *words, code=2)
