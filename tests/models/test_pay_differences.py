"""Locked months are looked at again: what changed is paid, and paid once."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from models import entries, pay_settings
from models.database import Database
from models.pay_settings import PaySettings
from models.pay_tables import PayRate, PayScheme
from models.rules.pay_run import RunState, RunStateError
from tests.databases import Builder
from tests.models.pay_months import NOVEMBER, OCTOBER, SEPTEMBER, Months, by
from tests.models.test_payroll import build_pay, rule


@pytest.fixture
def months(prepared_database: Callable[[str, Builder], str]) -> Iterator[Months]:
    opened = Database(prepared_database("pay", build_pay))
    yield Months(opened)
    opened.dispose()


def test_late_call_of_a_locked_month_is_paid_in_the_next(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")

    totals = months.pay(OCTOBER, "2026-11-05 09:00")

    # October: 3 calls x 2.50 = 7.50; September: 2 x 2.50 - 2.50 paid = 2.50 more.
    assert totals["A02"] == Decimal("10.00")
    slip = months.slip(OCTOBER)
    assert [(one.name_zh, one.kind, one.amount) for one in slip.items[1:]] == [
        ("2026-09 差额：calls_pay", "earning", Decimal("2.50"))
    ]
    assert slip.items[1].formula == "5.00元 - 2.50元 - 0.00元"
    assert slip.earnings == Decimal("10.00")


def test_call_taken_back_is_a_deduction(months: Months) -> None:
    months.call("2026-09-10")
    gone = months.call("2026-09-11")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    with months.database.write() as session:
        entries.bin_many(session, "call_log", [gone], by("2026-10-06 09:00"))

    months.pay(OCTOBER, "2026-11-05 09:00")

    # 7.50 - (5.00 paid - 2.50 due) = 5.00.
    slip = months.slip(OCTOBER)
    assert (slip.earnings, slip.deductions) == (Decimal("7.50"), Decimal("2.50"))
    assert slip.total == Decimal("5.00")
    assert slip.items[1].formula == "5.00元 + 0.00元 - 2.50元"


def test_call_moved_to_another_person_takes_from_one_and_gives_to_the_other(
    months: Months,
) -> None:
    moved = months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.change("call_log", moved, "2026-10-06 09:00", first_asked=3)

    months.pay(OCTOBER, "2026-11-05 09:00")

    found = {one.staff_id: one.amount for one in months.differences(OCTOBER)}
    assert found == {2: Decimal("-2.50"), 3: Decimal("2.50")}


def test_change_that_changes_no_pay_is_no_difference(months: Months) -> None:
    call = months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.change("call_log", call, "2026-10-06 09:00", content="换了一句话")

    months.pay(OCTOBER, "2026-11-05 09:00")

    assert months.differences(OCTOBER) == []
    assert len(months.slip(OCTOBER).items) == 1


def test_difference_is_paid_once_by_whichever_run_comes_first(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    months.pay(OCTOBER, "2026-11-05 09:00")

    months.pay(NOVEMBER, "2026-12-05 09:00")

    assert months.differences(NOVEMBER) == []
    # All that was paid: 2 calls in September and 3 in October, at 2.50.
    assert months.paid() == Decimal("12.50")


def test_second_change_pays_only_what_the_first_did_not(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    months.pay(OCTOBER, "2026-11-05 09:00")
    months.call("2026-09-12", now="2026-11-06 09:00")

    months.pay(NOVEMBER, "2026-12-05 09:00")

    (one,) = months.differences(NOVEMBER)
    # 3 x 2.50 now, less 2.50 when locked, less 2.50 settled by October.
    assert (one.now, one.locked, one.settled, one.amount) == tuple(
        Decimal(each) for each in ("7.50", "2.50", "2.50", "2.50")
    )


def test_calculating_again_replaces_the_differences(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    months.calculate(OCTOBER, "2026-11-01 09:00")
    months.call("2026-09-12", now="2026-11-02 09:00")

    months.calculate(OCTOBER, "2026-11-03 09:00")

    (one,) = months.differences(OCTOBER)
    assert one.amount == Decimal("5.00")
    assert months.totals(OCTOBER)["A02"] == Decimal("12.50")


def test_two_runs_calculated_with_one_difference_cannot_both_be_locked(
    months: Months,
) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    months.calculate(OCTOBER, "2026-11-05 09:00")
    months.calculate(NOVEMBER, "2026-12-05 09:00")
    months.lock(OCTOBER, "2026-12-05 10:00")

    with pytest.raises(RunStateError, match="重新核算"):
        months.lock(NOVEMBER, "2026-12-05 11:00")

    months.sign(NOVEMBER, "2026-12-05 12:00", "send_back")
    months.pay(NOVEMBER, "2026-12-05 12:30")
    assert months.differences(NOVEMBER) == []
    assert months.paid() == Decimal("12.50")


def test_rate_of_a_locked_month_put_right_is_paid_later(months: Months) -> None:
    months.call("2026-09-10")
    months.call("2026-09-11")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    with months.database.write() as session:
        rate = session.scalars(select(PayRate)).one()
        rate.value = "3.00"

    months.pay(OCTOBER, "2026-11-05 09:00")

    # 2 calls x (3.00 - 2.50) = 1.00; October itself 3 x 3.00 = 9.00.
    (one,) = months.differences(OCTOBER)
    assert one.amount == Decimal("1.00")
    assert months.totals(OCTOBER)["A02"] == Decimal("10.00")
    assert {"what": "figure", "name": "rate.call"}.items() <= one.causes[0].items()
    assert one.causes[0]["old"]["zh"] == "2.50 元"
    assert one.causes[0]["new"]["zh"] == "3.00 元"


def test_rate_of_a_later_month_leaves_locked_months_alone(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.rate("3.00", date(2026, 10, 1))

    months.pay(OCTOBER, "2026-11-05 09:00")

    assert months.differences(OCTOBER) == []
    assert months.totals(OCTOBER)["A02"] == Decimal("9.00")


def test_person_who_left_gets_a_slip_of_differences_alone(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.change("staff", 2, "2026-10-06 09:00", left_on=date(2026, 9, 30))
    months.call("2026-09-11", now="2026-10-07 09:00")

    months.pay(OCTOBER, "2026-11-05 09:00")

    slip = months.slip(OCTOBER)
    assert [one.code for one in slip.items] == ["2026-09.calls_pay"]
    assert slip.total == Decimal("2.50")


def test_person_entered_late_is_paid_the_whole_month(months: Months) -> None:
    with months.database.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules.append(rule("base", "100元"))
    months.change("staff", 3, "2026-09-01 09:00", hired_on=date(2026, 10, 1))
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.change("staff", 3, "2026-10-06 09:00", hired_on=date(2026, 9, 1))

    months.pay(OCTOBER, "2026-11-05 09:00")

    found = [(one.code, one.amount) for one in months.differences(OCTOBER)]
    assert found == [("base", Decimal("100.00"))]


def test_dropped_line_is_taken_back(months: Months) -> None:
    with months.database.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules.append(rule("bonus", "measure.calls * 1元"))
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    with months.database.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules.remove(next(one for one in scheme.rules if one.code == "bonus"))

    months.pay(OCTOBER, "2026-11-05 09:00")

    (one,) = [one for one in months.differences(OCTOBER) if one.staff_id == 2]
    assert (one.code, one.amount) == ("bonus", Decimal("-1.00"))


def test_only_so_many_months_are_looked_at_again(months: Months) -> None:
    months.call("2026-08-10")
    months.pay("2026-08", "2026-09-05 09:00")
    with months.database.write() as session:
        pay_settings.put(session, PaySettings(periods_back=1))
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-08-11", now="2026-10-06 09:00")

    months.calculate(OCTOBER, "2026-11-05 09:00")

    assert [one.period for one in months.differences(OCTOBER)] == []
    with months.database.write() as session:
        pay_settings.put(session, PaySettings(periods_back=2))
    months.calculate(OCTOBER, "2026-11-05 10:00")
    assert [one.period for one in months.differences(OCTOBER)] == ["2026-08"]


def test_locked_line_in_error_now_stops_the_next_run(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    with months.database.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules[0].formula = "100元 / (measure.calls - 1)"

    months.calculate(OCTOBER, "2026-11-05 09:00")

    # September has one call: nothing to divide by. October has three.
    line = months.slip(OCTOBER).items[1]
    assert line.name_zh == "2026-09 差额：calls_pay"
    assert line.error_zh is not None
    with pytest.raises(RunStateError, match="没有算出来"):
        months.sign(OCTOBER, "2026-11-05 10:00", "review")


def test_unlocked_month_gives_back_what_its_differences_paid(months: Months) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    months.pay(OCTOBER, "2026-11-05 09:00")

    months.unlock(OCTOBER, "2026-11-06 09:00")
    months.pay(OCTOBER, "2026-11-06 11:00")
    months.pay(NOVEMBER, "2026-12-05 09:00")

    assert months.differences(NOVEMBER) == []
    assert months.paid() == Decimal("12.50")


def test_corrected_month_unlocked_after_its_difference_was_paid_comes_out_even(
    months: Months,
) -> None:
    months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")
    months.pay(OCTOBER, "2026-11-05 09:00")
    months.unlock(SEPTEMBER, "2026-11-06 09:00")
    months.pay(SEPTEMBER, "2026-11-06 11:00")  # 5.00 by itself now

    months.pay(NOVEMBER, "2026-12-05 09:00")

    # 5.00 is due; 5.00 was locked and 2.50 settled by October: 2.50 comes back.
    assert [one.amount for one in months.differences(NOVEMBER)] == [Decimal("-2.50")]
    assert months.paid() == Decimal("12.50")


def test_quarter_is_compared_with_quarters_alone(months: Months) -> None:
    with months.database.write() as session:
        session.add(
            PayScheme(
                code="quarter",
                version=1,
                name_zh="季度绩效",
                name_en="Quarter",
                starts_on=date(2026, 1, 1),
                every="quarter",
                posts=[],
                rules=[rule("calls_pay", "measure.calls * rate.call")],
            )
        )
    months.call("2026-09-10")
    months.pay("2026-Q3", "2026-10-05 09:00")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.call("2026-09-11", now="2026-10-06 09:00")

    totals = months.pay("2026-Q4", "2027-01-05 09:00")

    assert [one.period for one in months.differences("2026-Q4")] == ["2026-Q3"]
    # Three calls of October, one late call of the third quarter.
    assert totals["A02"] == Decimal("10.00")


def test_change_in_the_panel_says_who_when_and_what(months: Months) -> None:
    call = months.call("2026-09-10")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    months.change("call_log", call, "2026-10-06 09:00", first_asked=3)

    months.calculate(OCTOBER, "2026-11-05 09:00")

    for one in months.differences(OCTOBER):
        figure, entry = one.causes
        assert figure["name"] == "measure.calls"
        assert figure["zh"] == "来电数"
        assert entry["entry_id"] == call
        assert entry["by"] == "算薪人"
        assert entry["at"] == "2026-10-06T01:00:00+00:00"
        assert entry["fields"]["first_asked"] == [2, 3]


def test_plain_sql_after_the_lock_is_noticed_and_told_as_outside(
    months: Months,
) -> None:
    months.call("2026-09-10")
    call = months.call("2026-09-11")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    with months.database.writing.begin() as connection:
        move = "UPDATE call_log SET first_asked_id = 3 WHERE id = :id"
        connection.execute(text(move), {"id": call})

    months.pay(OCTOBER, "2026-11-05 09:00")

    found = {one.staff_id: one for one in months.differences(OCTOBER)}
    assert found[2].amount == Decimal("-2.50")
    assert found[3].amount == Decimal("2.50")
    entry = found[2].causes[1]
    assert (entry["origin"], entry["by"]) == ("outside", "外部程序")
    assert entry["fields"]["first_asked"] == [2, 3]


def test_row_deleted_by_plain_sql_is_noticed(months: Months) -> None:
    call = months.call("2026-09-11")
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    with months.database.writing.begin() as connection:
        connection.execute(text("DELETE FROM call_log WHERE id = :id"), {"id": call})

    months.pay(OCTOBER, "2026-11-05 09:00")

    (one,) = months.differences(OCTOBER)
    assert one.amount == Decimal("-2.50")
    assert [cause.get("action") for cause in one.causes] == [None, "deleted"]


def test_run_is_not_locked_before_its_period_ends(months: Months) -> None:
    months.calculate(OCTOBER, "2026-10-31 23:00")
    months.sign(OCTOBER, "2026-10-31 23:30", "review", "approve")

    with pytest.raises(RunStateError, match="2026-11-01"):
        months.sign(OCTOBER, "2026-10-31 23:59", "lock")

    months.sign(OCTOBER, "2026-11-01 00:00", "lock")
    assert months.state(OCTOBER) is RunState.LOCKED
