"""Pay runs: reckoned alike twice, signed once, stopped by a line in error."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from models import entries, pay_item_words, pay_reading, pay_reckoning, payroll
from models.access import SYSTEM, Action, Grant, Person, Rows
from models.database import Database
from models.history import Writer
from models.measures import Measure, MeasureError
from models.pay_tables import PayRate, PayRuleRow, PayScheme, PaySlip, PayTable
from models.rules import pay_run
from models.rules.pay_run import RunState, RunStateError
from tests.company import NOON, ZONE, upon_company, writer
from tests.databases import Builder

PAYER = Person(
    name="算薪人",
    grants=(
        *SYSTEM.grants,
        *(
            Grant(right, frozenset(Action), Rows.ALL)
            for right in (*pay_run.RIGHTS, pay_reading.SLIPS)
        ),
    ),
)
BY = Writer(PAYER, NOON, ZONE)
LATER = Writer(PAYER, NOON + timedelta(days=20), ZONE)  # when the month is over
MONTH = "2026-10"


@upon_company
def build_pay(url: str) -> None:
    database = Database(url)
    with database.write() as session:
        session.add(
            Measure(
                code="calls",
                name_zh="来电数",
                name_en="Calls",
                register="call_log",
                aggregate="count",
                date_field="received_at",
                person_field="first_asked",
                whose="person",
                unit="number",
            )
        )
        session.add(
            PayRate(
                code="call",
                name_zh="每个来电",
                name_en="A call",
                unit="money",
                value="2.50",
                starts_on=date(2026, 1, 1),
            )
        )
        session.add(
            PayScheme(
                code="desk",
                version=1,
                name_zh="热线绩效",
                name_en="Desk",
                starts_on=date(2026, 1, 1),
                posts=[],
                rules=[rule("calls_pay", "measure.calls * rate.call")],
            )
        )
        for _ in range(3):
            call = {
                "content": "来电",
                "category": "repair",
                "result": "pending",
                "phone": "13800138000",
                "first_asked": 2,
                "received_at": NOON,
            }
            entries.create(session, "call_log", call, writer())
    database.dispose()


def rule(code: str, formula: str) -> PayRuleRow:
    return PayRuleRow(
        position=1,
        code=code,
        name_zh=code,
        name_en=code,
        kind="earning",
        formula=formula,
    )


@pytest.fixture
def database(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[Database]:
    opened = Database(prepared_database("pay", build_pay))
    yield opened
    opened.dispose()


def calculate(database: Database, by: Writer = BY) -> dict[str, Decimal | None]:
    with database.write() as session:
        run = payroll.calculate(session, MONTH, by)
        found = pay_reading.slips(session, PAYER, run)
        return {one.staff_number: one.total for one in found}


def test_slip_counts_the_rows_of_the_month(database: Database) -> None:
    totals = calculate(database)

    # 3 calls x 2.50 = 7.50
    assert totals["A02"] == Decimal("7.50")
    assert totals["A01"] == Decimal("0.00")


def test_calculating_twice_gives_the_same_and_no_slip_twice(database: Database) -> None:
    first, second = calculate(database), calculate(database)

    with database.read() as session:
        slips = session.scalar(select(func.count()).select_from(PaySlip))
    assert first == second
    assert slips == len(first)


def test_signed_run_is_not_reckoned_again(database: Database) -> None:
    calculate(database)
    with database.write() as session:
        payroll.sign(session, MONTH, "review", BY)

    with pytest.raises(RunStateError):
        calculate(database)


def test_run_is_locked_only_step_by_step(database: Database) -> None:
    calculate(database)

    with pytest.raises(RunStateError), database.write() as session:
        payroll.sign(session, MONTH, "lock", BY)
    with database.write() as session:
        for action in ("review", "approve", "lock"):
            run = payroll.sign(session, MONTH, action, LATER)

    assert run.state == RunState.LOCKED.value


def test_division_by_zero_marks_its_line_and_stops_the_run(database: Database) -> None:
    with database.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules.append(rule("share", "100元 / (measure.calls - 3)"))

    totals = calculate(database)

    assert totals["A02"] is None
    with pytest.raises(RunStateError), database.write() as session:
        payroll.sign(session, MONTH, "review", BY)


def test_formula_that_names_nothing_is_said_by_name(database: Database) -> None:
    with database.write() as session:
        scheme = session.scalars(select(PayScheme)).one()
        scheme.rules.append(rule("ghost", "measure.ghost * 1元"))

    with pytest.raises(MeasureError, match="ghost"):
        calculate(database)


def test_person_without_the_right_moves_nothing(database: Database) -> None:
    with pytest.raises(RunStateError):
        calculate(database, Writer(SYSTEM, NOON, ZONE))


def test_slips_are_read_by_the_rows_of_the_right(database: Database) -> None:
    calculate(database)
    clerk = Person(
        name="王敏",
        staff_id=2,
        grants=(Grant(pay_reading.SLIPS, frozenset({Action.LIST}), Rows.OWN),),
    )

    with database.read() as session:
        run = payroll.find_run(session, MONTH)
        own = pay_reading.slips(session, clerk, run)
        none = pay_reading.slips(session, SYSTEM, run)

    assert [one.staff_number for one in own] == ["A02"]
    assert none == []


def test_why_lists_the_rows_behind_a_figure(database: Database) -> None:
    calculate(database)

    with database.read() as session:
        run = payroll.find_run(session, MONTH)
        slip = pay_reading.slip_of(session, PAYER, run, 2)
        (item,) = slip.items
        (behind,) = pay_reading.why(session, run, slip, item, PAYER, ZONE)

    assert pay_item_words.inputs(item, "zh")["measure.calls"] == "3"
    assert [row["content"] for row in behind.rows] == ["来电"] * 3


def test_reckoning_alone_writes_nothing_and_may_try_other_rules(
    database: Database,
) -> None:
    grades = PayTable(
        code="call_pay",
        name_zh="来电单价",
        name_en="Pay for a call",
        key_unit="text",
        value_unit="money",
        rows=[["平日", "2.50"], ["节日", "4.00"]],
        starts_on=date(2026, 10, 31),  # in force on the period's last day
    )
    tried = PayScheme(
        code="desk",
        version=2,
        name_zh="热线绩效",
        name_en="Desk",
        starts_on=date(2026, 1, 1),
        posts=[],
        rules=[rule("calls_pay", "measure.calls * lookup(table.call_pay, '节日')")],
    )
    with database.write() as session:
        session.add(grades)

    with database.read() as session:
        kept = pay_reckoning.reckoned(session, MONTH, ZONE)
        other = pay_reckoning.reckoned(session, MONTH, ZONE, schemes=[tried])
        slips = session.scalar(select(func.count()).select_from(PaySlip))

    totals = [
        {payee.staff["staff_number"]: slip.total for payee, slip in found}
        for found in (kept, other)
    ]
    # 3 calls x 2.50 = 7.50, and x 4.00 = 12.00
    assert [one["A02"] for one in totals] == [Decimal("7.50"), Decimal("12.00")]
    assert slips == 0
