"""The bank of two quarters for tests: who works there, what they enter, their slips."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from models import catalogue, payroll, stored
from models.database import Database
from models.history import Writer
from models.pay_tables import PayRate, PaySlip
from tests.databases import Builder
from tests.seed.trade_house import PAYER, ZONE, House, Worker, at, house_of

HEAD, BRANCH = "市行市场营销部", "江北支行"
ZHOU, CHEN, CHIEF, NEW, YOUNG, PART, OUTSIDE, HELPER = (
    *("Z1", "C1", "B1", "N1", "S1", "D1", "O1", "A1"),
)
MARKET, HR, PRESIDENT = "M1", "H1", "P1"
MANAGER = "bank_account_manager"


def paid_by(base: int, category: str = "formal", **more: object) -> dict[str, object]:
    """Return the staff file's fields that pay reads."""
    base_of_a_month = Decimal(base)
    return {"performance_base": base_of_a_month, "bank_category": category, **more}


WORKERS = {
    CHIEF: Worker("许行长", BRANCH, "支行长", "bank_branch_president", paid_by(5000)),
    ZHOU: Worker("周晓", BRANCH, "银行客户经理", MANAGER, paid_by(3000)),
    CHEN: Worker("陈平", BRANCH, "关系经理", MANAGER, paid_by(3500)),
    NEW: Worker(
        "吴新",
        BRANCH,
        "银行客户经理",
        MANAGER,
        paid_by(3000, hired_on=date(2026, 8, 16)),
    ),
    YOUNG: Worker(
        "孙立",
        "新河支行",
        "银行客户经理",
        MANAGER,
        paid_by(4000, founded_on=date(2026, 4, 1), exempt_until=date(2026, 9, 30)),
    ),
    PART: Worker("郑兼", BRANCH, "兼职客户经理", MANAGER, paid_by(3000)),
    OUTSIDE: Worker("王外", BRANCH, "兼职客户经理", MANAGER, paid_by(2000, "outside")),
    HELPER: Worker("林助", BRANCH, "助理客户经理", MANAGER, paid_by(2000, "assistant")),
    MARKET: Worker("马考核", HEAD, "市场营销部考核员", "bank_marketing"),
    HR: Worker("何人事", HEAD, "银行人力资源专员", "bank_hr"),
    PRESIDENT: Worker("卓行长", HEAD, "市行行长", "bank_president"),
}
BUILD = house_of("bank", WORKERS)
SPRING, SUMMER = date(2026, 4, 1), date(2026, 7, 1)
MIDDLE = date(2026, 8, 16)  # 46 of the summer's 92 days are before it


class Bank(House):
    """The bank's database, what is entered there, and its slips."""

    def enter(self, register: str, login: str, **values: Any) -> int:
        """Let the head office enter something of an account manager."""
        row = {"account_manager": self.staff(login), **values}
        return self.create(register, row, MARKET)

    def deposit(self, login: str, kind: str, first: date, days: int, yuan: int) -> None:
        """Enter a balance that stood for some days."""
        values = {"class": kind, "day": first, "days": days, "balance": Decimal(yuan)}
        account = f"{login} {kind} {first}"
        self.enter("bank_deposit_day", login, account_no=account, **values)

    def income(self, login: str, day: date, yuan: str) -> None:
        """Enter intermediary income as it was received."""
        self.enter("bank_income", login, received_on=day, amount=Decimal(yuan))

    def lend(self, business: int, first: date, days: int) -> None:
        """Enter 60 million at 4.70 % on each of some days, as of a business."""
        values = {
            "business": business,
            "day": first,
            "days": days,
            "account_no": "L1",
            "balance": Decimal(60_000_000),
            "rate": Decimal("4.70"),
        }
        self.enter("bank_loan_day", ZHOU, **values)

    def part(self, business: int, login: str, share: int, **days: date) -> int:
        """Give somebody a share of a business, in per cent."""
        values = {"business": business, "person": self.staff(login), **days}
        return self.create("bank_split", {**values, "share": Decimal(share)}, MARKET)

    def settle(self, business: int) -> None:
        """Let the branch send the shares and the head office confirm them."""
        self.take("bank_business", business, "propose", CHIEF, {"reason": "各自贡献"})
        self.take("bank_business", business, "confirm", MARKET)

    def rate(self, code: str, value: str) -> None:
        """Let another figure be in force from the summer on."""
        with self.database.write() as session:
            [before] = session.scalars(select(PayRate).filter_by(code=code))
            names = {"name_zh": before.name_zh, "name_en": before.name_en}
            dated = {"unit": before.unit, "starts_on": SUMMER}
            session.add(PayRate(code=code, value=value, **names, **dated))

    def slips(self, period: str) -> dict[str, dict[str, str]]:
        """Calculate a quarter and return the slips' lines by login, and the totals."""
        with self.database.write() as session:
            run = payroll.calculate(session, period, writer())
            found = session.scalars(select(PaySlip).filter_by(run_id=run.id))
            return {
                one.staff_number: {
                    item.code: item.shown_en
                    if item.amount is None
                    else f"{item.amount}"
                    for item in one.items
                }
                | {"total": f"{one.total}"}
                for one in found
            }

    def lock(self, period: str) -> None:
        """Sign a quarter through to its closing."""
        with self.database.write() as session:
            for action in ("review", "approve", "lock"):
                payroll.sign(session, period, action, writer())


def writer() -> Writer:
    """Return who calculates and signs, when both quarters are over."""
    return Writer(PAYER, at("2026-10-14 12:00"), ZONE)


@contextmanager
def opened(prepared: Callable[[str, Builder], str]) -> Iterator[Bank]:
    """Give the block a bank of its own, its template applied."""
    database = Database(prepared("bank_quarters", BUILD))
    stored.know(database)
    yield Bank(database)
    database.dispose()
    catalogue.use()
