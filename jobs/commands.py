"""Commands over jobs; due times, pay and formulas have files of their own."""

from datetime import datetime

import click

from jobs.job_runs import job_lines, run_job
from models.opening import Opened
from models.words import PersonError


@click.group()
def jobs() -> None:
    """What runs without anybody asking."""


@jobs.command("list")
@click.pass_obj
def list_jobs(opened: Opened) -> None:
    """Show every job, its last run and when it is due next."""
    with opened.database.read() as session:
        for line in job_lines(session, opened.now(), opened.zone):
            last = line.last
            ran = "-"
            if last is not None and last.finished_at is not None:
                ended = last.finished_at.astimezone(opened.zone)
                outcome = last.failure or f"{last.rows} rows, {last.milliseconds} ms"
                ran = f"{ended:%Y-%m-%d %H:%M} {outcome}"
            due = line.next_at.astimezone(opened.zone)
            click.echo(f"{line.job.name:16} {due:%Y-%m-%d %H:%M}  {ran}")


@jobs.command("run")
@click.argument("name")
@click.option("--at", "at", help="As if it were this instant (ISO); now otherwise.")
@click.pass_obj
def run_now(opened: Opened, name: str, at: str | None) -> None:
    """Run the job NAME once."""
    now = _instant(at, opened) if at else opened.now()
    done = run_job(name, opened.database, now, opened.settings)
    click.echo(f"{name}: {done.rows} rows.")


def _instant(text: str, opened: Opened) -> datetime:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise PersonError(
            "“{text}”不是时间，应写成 2026-09-30T17:30。",
            "“{text}” is not a time; write it as 2026-09-30T17:30.",
            text=text,
        ) from None
    return read if read.tzinfo else read.replace(tzinfo=opened.zone)
