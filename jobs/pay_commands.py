"""`taizhang pay`: reckon a month, explain a slip, sign and lock."""

from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from models import pay_reading, payroll, references
from models.access import SYSTEM, Action, Grant, Person, Rows
from models.history import Writer
from models.opening import Opened
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules import pay_run
from models.rules.pay_run import RunState
from models.words import PersonError

# Whoever may use the command line of the host may do all that pay asks for; each move
# is signed with this name.
_PAY_RIGHTS = (*pay_run.RIGHTS, pay_reading.SLIPS)
OPERATOR = Person(
    name="命令行",
    grants=(
        *SYSTEM.grants,
        *(Grant(right, frozenset(Action), Rows.ALL) for right in _PAY_RIGHTS),
    ),
)
# The moves from calculated to locked, in their order.
TO_LOCK = {
    RunState.CALCULATED: "review",
    RunState.REVIEWED: "approve",
    RunState.APPROVED: "lock",
}


def operator(now: datetime, zone: ZoneInfo) -> Writer:
    """Return the command line as whoever writes."""
    return Writer(OPERATOR, now, zone, "job")


@click.group()
def pay() -> None:
    """Monthly performance pay."""


@pay.command("calculate")
@click.argument("month")
@click.pass_obj
def calculate(opened: Opened, month: str) -> None:
    """Reckon every slip of MONTH (2026-10); again as often as needed."""
    with opened.database.write() as session:
        run = payroll.calculate(session, month, operator(opened.now(), opened.zone))
        _sheet(run, pay_reading.slips(session, OPERATOR, run))


@pay.command("show")
@click.argument("month")
@click.pass_obj
def show(opened: Opened, month: str) -> None:
    """Show the sheet of MONTH."""
    with opened.database.read() as session:
        run = payroll.find_run(session, month)
        _sheet(run, pay_reading.slips(session, OPERATOR, run))


def _sheet(run: PayRun, slips: list[PaySlip]) -> None:
    state = RunState(run.state).label
    table = Table(title=f"{run.period} 绩效核算（{state.zh}）")
    for head in ("工号", "姓名", "岗位", "应发", "扣减", "实发"):
        table.add_column(head, justify="left" if head in ("姓名", "岗位") else "right")
    for one in slips:
        figures = (one.earnings, one.deductions, one.total)
        shown = [
            f"{figure:,.2f}" if figure is not None else "有错" for figure in figures
        ]
        table.add_row(one.staff_number, one.name, one.post, *shown)
    console = Console(width=100)
    console.print(table)
    total = f"{run.total:,.2f}" if run.total is not None else "有错"
    console.print(f"{len(slips)} 人，合计 {total} 元，有错 {run.errors} 项。")


@pay.command("explain")
@click.argument("month")
@click.argument("staff")
@click.pass_obj
def explain(opened: Opened, month: str, staff: str) -> None:
    """Show each line of the slip of STAFF (a staff number): formula, inputs, rows."""
    with opened.database.read() as session:
        run = payroll.find_run(session, month)
        person = pay_reading.staff_by_number(session, staff)
        slip = pay_reading.slip_of(session, OPERATOR, run, person)
        click.echo(f"{slip.staff_number} {slip.name} {run.period}")
        for item in slip.items:
            _explain(item)
            for behind in pay_reading.why(
                session, run, slip, item, OPERATOR, opened.zone
            ):
                measure = behind.measure
                click.echo(f"    {measure.name_zh}: {len(behind.rows)} 行")
                known = references.labels(
                    session, measure.register, [row["id"] for row in behind.rows]
                )
                for row in behind.rows:
                    value = row.get(measure.field) if measure.field else ""
                    number, called = row["number"] or "", known[row["id"]]
                    words = [number, called if called != number else "", str(value)]
                    click.echo("      " + " ".join(word for word in words if word))
        total = f"{slip.total:,.2f}" if slip.total is not None else "有错"
        click.echo(f"实发绩效 {total} 元")


def _explain(item: PayItemRow) -> None:
    clause = f"  〔{item.clause}〕" if item.clause else ""
    click.echo(f"- {item.name_zh}: {item.shown_zh or item.error_zh}{clause}")
    click.echo(f"    公式 {item.formula}")
    for line in item.why_zh:
        click.echo(f"    {line}")


@pay.command("lock")
@click.argument("month")
@click.pass_obj
def lock(opened: Opened, month: str) -> None:
    """Sign what is left to sign of MONTH and lock it."""
    with opened.database.write() as session:
        run = payroll.find_run(session, month)
        writer = operator(opened.now(), opened.zone)
        if RunState(run.state) not in TO_LOCK:
            state = RunState(run.state).label
            raise PersonError(
                "{period} 的核算是“{zh_state}”，不能关账。",
                "The run of {period} is {en_state} and cannot be locked.",
                period=run.period,
                zh_state=state.zh,
                en_state=state.en,
            )
        while RunState(run.state) in TO_LOCK:
            action = TO_LOCK[RunState(run.state)]
            run = payroll.sign(session, month, action, writer)
        click.echo(f"{run.period} 已关账，合计 {run.total:,.2f} 元。")
