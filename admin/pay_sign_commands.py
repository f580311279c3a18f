"""`taizhang pay review|approve|lock|…`: sign a run by the same rules as on its page."""

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from admin.pay_checklist import unmet
from jobs.pay_commands import operator
from models import accounts, payroll
from models.history import Writer
from models.opening import Opened
from models.pay_signing import pending_unlock
from models.pay_tables import PayRun
from models.rules.pay_run import RunState
from models.words import PersonError

# The moves from calculated to locked, in their order.
TO_LOCK = {
    RunState.CALCULATED: "review",
    RunState.REVIEWED: "approve",
    RunState.APPROVED: "lock",
}


def signs(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the month it is about, and who signs."""

    def run(opened: Opened, /, month: str, login: str | None, **options: Any) -> None:
        with opened.database.write() as session:
            command(session, month, _signer(session, opened, login), **options)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    said = "Sign as this account, with its rights; else as the host."
    with_login = click.option("--as", "login", help=said)(click.pass_obj(run))
    return click.argument("month")(with_login)


def _signer(session: Session, opened: Opened, login: str | None) -> Writer:
    """Return whoever signs: the host's command line, or an account that is active."""
    by_host = operator(opened.now(), opened.zone)
    if login is None:
        return by_host
    account = accounts.find(session, login)
    if account is None or not account.active:
        raise PersonError(
            "没有可用的账号“{login}”。",
            "There is no active account “{login}”.",
            login=login,
        )
    return Writer(
        accounts.person_of(session, account), by_host.now, by_host.zone, "job"
    )


@click.command()
@signs
def review(session: Session, month: str, writer: Writer) -> None:
    """Sign MONTH as reviewed."""
    _tell(payroll.sign(session, month, "review", writer))


@click.command()
@signs
def approve(session: Session, month: str, writer: Writer) -> None:
    """Sign MONTH as approved."""
    _tell(payroll.sign(session, month, "approve", writer))


@click.command("back")
@signs
def send_back(session: Session, month: str, writer: Writer) -> None:
    """Send MONTH, reviewed or approved, back to be calculated again."""
    _tell(payroll.sign(session, month, "send_back", writer))


@click.command("paid")
@signs
def paid(session: Session, month: str, writer: Writer) -> None:
    """Note that MONTH, locked, has been paid out."""
    _tell(payroll.sign(session, month, "pay", writer))


@click.command()
@click.option("--because", default="", help="Why it is locked with checks not done.")
@signs
def lock(session: Session, month: str, writer: Writer, because: str) -> None:
    """Sign what is left to sign of MONTH and lock it."""
    run = payroll.find_run(session, month)
    if RunState(run.state) not in TO_LOCK:
        state = RunState(run.state).label
        raise PersonError(
            "{period} 的核算是“{zh_state}”，不能关账。",
            "The run of {period} is {en_state} and cannot be locked.",
            period=run.period,
            zh_state=state.zh,
            en_state=state.en,
        )
    missing = unmet(session, run.period, writer.zone, writer.now)
    while RunState(run.state) in TO_LOCK:
        action = TO_LOCK[RunState(run.state)]
        run = payroll.sign(
            session, month, action, writer, remark=because, unmet=missing
        )
    _tell(run)


@click.command()
@click.option("--because", default="", help="Why; whoever agrees need not say it.")
@signs
def unlock(session: Session, month: str, writer: Writer, because: str) -> None:
    """Ask for MONTH to be unlocked; said by a second person, agree to it."""
    run = payroll.find_run(session, month)
    if pending_unlock(session, run) is None:
        payroll.sign(session, month, "ask_unlock", writer, remark=because)
        click.echo(f"{run.period} 已申请反关账，须由另一人同意。")
        return
    _tell(payroll.sign(session, month, "unlock", writer))


def _tell(run: PayRun) -> None:
    total = f"，合计 {run.total:,.2f} 元" if run.total is not None else ""
    click.echo(f"{run.period} {RunState(run.state).label.zh}{total}。")


COMMANDS = (review, approve, send_back, paid, lock, unlock)
