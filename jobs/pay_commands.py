"""`taizhang pay`: reckon a month or quarter, explain a slip, show what changed."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from models import (
    pay_changes,
    pay_differences,
    pay_item_words,
    pay_reading,
    payroll,
    references,
)
from models.access import SYSTEM, Action, Grant, Person, Rows
from models.history import Writer
from models.opening import Opened
from models.pay_cause_words import CauseWords
from models.pay_run_tables import PayChange
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.rules import pay_run
from models.rules.pay_run import RunState

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
    """Reckon every slip of MONTH (2026-10, or 2026-Q4); again as often as needed."""
    with opened.database.write() as session:
        is_again = payroll.is_calculated(session, month)
        run = payroll.calculate(session, month, operator(opened.now(), opened.zone))
        _sheet(run, pay_reading.slips(session, OPERATOR, run))
        if is_again:
            _changes(pay_changes.last(session, run))
        owed = pay_differences.of_run(session, run)
        if owed:
            click.echo(
                f"含已关账期间的差额 {len(owed)} 项，见 pay differences {run.period}。"
            )


def _changes(found: Sequence[PayChange]) -> None:
    """Say what this calculation changed, line by line."""
    if not found:
        click.echo("与上次核算相同。")
    for one in found:
        was, now = one.before_zh or "没有", one.after_zh or "没有"
        line = f"{one.staff_number} {one.name} {one.name_zh}"
        click.echo(f"{line}：{was} → {now}")
    if found:
        click.echo(f"比上次核算变了 {len(found)} 行。")


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
    for line in pay_item_words.why(item, "zh"):
        click.echo(f"    {line}")


@pay.command("differences")
@click.argument("month")
@click.pass_obj
def differences(opened: Opened, month: str) -> None:
    """Show what MONTH pays for locked periods: person, line, and who changed what."""
    with opened.database.read() as session:
        run = payroll.find_run(session, month)
        found = pay_differences.of_run(session, run)
        words = CauseWords(session, "zh", opened.zone)
        for one in found:
            click.echo(
                f"{one.period} {one.staff_number} {one.name} {one.name_zh}："
                f"已发 {one.locked + one.settled:,.2f}，现算 {one.now:,.2f}，"
                f"差额 {one.amount:+,.2f} 元"
            )
            for said in words.every(one.causes, one.more_causes):
                click.echo(f"    {said}")
        total = sum((one.amount for one in found), pay_differences.NOTHING)
        click.echo(f"{run.period}：{len(found)} 项差额，合计 {total:+,.2f} 元。")
