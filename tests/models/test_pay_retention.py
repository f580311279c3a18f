"""Slips are kept for so many years: then they go, and nothing is paid again for it."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobs.pay_retention import clear_next
from jobs.work import Done, Work
from models import pay_differences, pay_retention, payroll
from models.accounts import ReadEvent
from models.database import Database
from models.pay_run_tables import PayKeptSlip
from models.pay_tables import PayItemRow, PaySignature
from models.rules.pay_run import RunState, RunStateError
from models.settings import Settings
from tests.databases import Builder
from tests.models.pay_months import NOVEMBER, OCTOBER, SEPTEMBER, Months, at
from tests.models.test_payroll import build_pay


@pytest.fixture
def months(prepared_database: Callable[[str, Builder], str]) -> Iterator[Months]:
    opened = Database(prepared_database("pay", build_pay))
    yield Months(opened)
    opened.dispose()


@pytest.fixture
def clear(months: Months, tmp_path: Path) -> Callable[[str], Done]:
    settings = Settings(data_folder=tmp_path)
    return lambda now: clear_next(Work(months.database, settings, at(now)))


def keep(months: Months, kept_for: int | None) -> None:
    with months.database.write() as session:
        pay_retention.put(session, kept_for)


def test_slips_go_on_the_day_their_years_are_over(
    months: Months, clear: Callable[[str], Done]
) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 10:00")
    keep(months, 2)

    before = clear("2028-09-30 03:40")
    still = len(months.slips(SEPTEMBER))
    on_the_day = clear("2028-10-01 03:40")
    after = clear("2028-10-01 03:40")

    assert (before, still) == (Done(0), on_the_day.rows)
    assert on_the_day.again
    assert after == Done(0)
    assert months.slips(SEPTEMBER) == []
    with months.database.read() as session:
        run = payroll.find_run(session, SEPTEMBER)
        assert run.total is not None
        assert session.scalar(select(func.count(PayItemRow.id))) == 0
        assert session.scalar(select(func.count(PaySignature.id))) == 4
        (said,) = session.scalars(select(ReadEvent).filter_by(kind="pay_cleared"))
        assert said.detail == f"2026-09 ({on_the_day.rows})"


def test_slips_are_kept_for_ever_where_nothing_is_set(
    months: Months, clear: Callable[[str], Done]
) -> None:
    months.pay(SEPTEMBER, "2026-10-05 10:00")

    assert clear("2099-01-01 03:40") == Done(0)
    assert months.slips(SEPTEMBER)


def test_less_than_two_years_is_never_meant(months: Months) -> None:
    keep(months, 0)

    with months.database.read() as session:
        assert pay_retention.years(session) == 2


def test_slips_set_aside_at_unlocking_go_as_well(
    months: Months, clear: Callable[[str], Done]
) -> None:
    months.pay(SEPTEMBER, "2026-10-05 10:00")
    months.unlock(SEPTEMBER, "2026-10-06 10:00")
    months.pay(SEPTEMBER, "2026-10-07 10:00")
    keep(months, 2)

    clear("2028-10-01 03:40")

    with months.database.read() as session:
        assert session.scalar(select(func.count(PayKeptSlip.id))) == 0


def test_what_was_cleared_is_not_owed_again(
    months: Months, clear: Callable[[str], Done]
) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 10:00")
    months.pay(OCTOBER, "2026-11-05 10:00")
    keep(months, 2)
    clear("2028-10-01 03:40")

    months.calculate(NOVEMBER, "2028-10-02 10:00")

    with months.database.read() as session:
        run = payroll.find_run(session, NOVEMBER)
        compared = pay_differences.locked_before(session, run, 3)
    assert [one.period for one in compared] == [OCTOBER]
    assert months.differences(NOVEMBER) == []


def test_period_that_was_cleared_stays_locked(
    months: Months, clear: Callable[[str], Done]
) -> None:
    months.pay(SEPTEMBER, "2026-10-05 10:00")
    keep(months, 2)
    clear("2028-10-01 03:40")

    with pytest.raises(RunStateError, match="保存期限"):
        months.unlock(SEPTEMBER, "2028-10-02 10:00")

    assert months.state(SEPTEMBER) is RunState.LOCKED


def test_preview_names_what_would_go_by_the_setting_asked_about(
    months: Months,
) -> None:
    months.pay(SEPTEMBER, "2026-10-05 10:00")
    months.pay(OCTOBER, "2026-11-05 10:00")

    with months.database.read() as session:
        found = pay_retention.due(session, date(2028, 10, 31), 2)

    assert [one.run.period for one in found] == [SEPTEMBER]
