"""Shares of the bank's business: all that is credited is the whole, to the fen."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import entries, flow_steps, measures, payroll
from models.access import SYSTEM
from models.pay_tables import PaySlip
from models.rules.periods import parse_period
from tests.databases import Builder
from tests.seed.bank_desk import (
    CHEN,
    CHIEF,
    MARKET,
    PART,
    SUMMER,
    ZHOU,
    Bank,
    opened,
    writer,
)
from tests.seed.trade_house import ZONE


@pytest.fixture
def bank(prepared_database: Callable[[str, Builder], str]) -> Iterator[Bank]:
    with opened(prepared_database) as found:
        yield found


@st.composite
def parts(draw: st.DrawFn) -> list[Decimal]:
    """Return shares of up to four people in per cent: a hundred together."""
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), max_size=3)))
    ends = zip([0, *cuts], [*cuts, 10_000], strict=True)
    return [Decimal(end - begin) / 100 for begin, end in ends]


DAYS = st.integers(0, 91).map(lambda days: SUMMER + timedelta(days=days))
FEN = st.integers(1, 10**13).map(lambda fen: Decimal(fen) / 100)
BALANCES = st.lists(
    st.tuples(DAYS, FEN, st.integers(1, 92)),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one[:2],
)
SHARERS = (ZHOU, CHEN, CHIEF, PART)


class Shared:
    """A business whose shares change on a day; all within one session."""

    def __init__(self, bank: Bank, session: Session) -> None:
        """Know who writes before anything is written."""
        self.staff = {one: bank.staff(one) for one in SHARERS}
        self.session = session
        self.by = {one: bank.writer(one) for one in (CHIEF, MARKET, ZHOU)}
        said = {"name": "联合存款", "origin": "joint"}
        self.business = entries.create(session, "bank_business", said, self.by[ZHOU])

    def enter(self, register: str, **values: Any) -> int:
        """Write an entry, people by login."""
        said = {name: self.staff.get(one, one) for name, one in values.items()}
        return entries.create(self.session, register, said, self.by[MARKET])

    def balance(self, day: date, yuan: Decimal, days: int) -> None:
        """Let a balance stand for some days."""
        values = {"business": self.business, "account_manager": ZHOU, "day": day}
        values |= {"account_no": f"{yuan}", "balance": yuan, "days": days}
        self.enter("bank_deposit_day", **values)

    def give(self, shares: Sequence[Decimal], **days: date) -> list[int]:
        """Give the shares to people, have them confirmed, and return their entries."""
        made = [
            self.enter(
                "bank_split", business=self.business, person=who, share=share, **days
            )
            for who, share in zip(SHARERS, shares, strict=False)
        ]
        self.step("propose", CHIEF, {"reason": "各自贡献"})
        self.step("confirm", MARKET)
        return made

    def change(self, old: Sequence[int], shares: Sequence[Decimal], day: date) -> None:
        """Let other shares hold from a day on."""
        self.step("change", MARKET, comment="重新商定")
        before = {"ends_on": day - timedelta(days=1)}
        for one in old:
            entries.change(self.session, "bank_split", one, before, self.by[MARKET])
        self.give(shares, starts_on=day)

    def step(
        self,
        step: str,
        login: str,
        values: Mapping[str, Any] | None = None,
        comment: str = "",
    ) -> None:
        """Take a step of the business."""
        key = ("bank_business", self.business)
        version = entries.get(self.session, SYSTEM, *key)["version"]
        flow_steps.take(
            self.session,
            *key,
            step,
            self.by[login],
            version=version,
            values=values,
            comment=comment,
        )


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=parts(), after=parts(), day=DAYS, balances=BALANCES)
def test_shares_credit_the_whole_however_they_change(
    bank: Bank,
    before: list[Decimal],
    after: list[Decimal],
    day: date,
    balances: list[tuple[date, Decimal, int]],
) -> None:
    quarter = parse_period("2026-Q3")
    with bank.database.write() as session:
        shared = Shared(bank, session)
        for one in balances:
            shared.balance(*one)
        shared.change(shared.give(before), after, day)
        code = "bank_corporate_demand"
        wanted = measures.by_code(session, [code])[code]
        found = measures.figures(session, wanted, quarter, ZONE)
        lines = profits(session)
        session.rollback()

    whole = sum((yuan * days for _, yuan, days in balances), Decimal(0)) / 92
    credited = sum((Decimal(str(one.content)) for one in found.values()), Decimal(0))
    assert round(credited, 10) == round(whole, 10)
    # Each line is rounded to the fen once, so that it is off by half a fen at most.
    lost = sum(lines) - whole * Decimal("0.02") / 4
    assert abs(lost) <= Decimal("0.005") * len(lines)


def profits(session: Session) -> list[Decimal]:
    """Return everybody's profit of corporate deposits in the third quarter."""
    run = payroll.calculate(session, "2026-Q3", writer())
    found = session.scalars(select(PaySlip).filter_by(run_id=run.id))
    lines = [item for one in found for item in one.items]
    return [one.amount or Decimal(0) for one in lines if one.code == "corporate_profit"]
