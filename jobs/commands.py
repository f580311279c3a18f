"""Commands over jobs and formulas; due times and pay have files of their own."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click

from jobs.job_runs import job_lines, run_job
from models.opening import Opened
from models.rules import formula as formulas
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


@click.command("formula")
@click.argument("text")
@click.option(
    "--set", "settings", multiple=True, help="NAME=VALUE, as often as needed."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def formula_command(text: str, settings: tuple[str, ...], *, as_json: bool) -> None:
    """Reckon the formula TEXT and show the way to its value."""
    values = dict(_settings(settings))
    try:
        found = formulas.evaluate(formulas.parse(text), values)
    except formulas.FormulaError as error:
        if not as_json:
            raise
        told = {"error": error.label.zh, "position": error.position}
        click.echo(json.dumps(told, ensure_ascii=False))
        raise click.exceptions.Exit(2) from error
    if as_json:
        answer = {
            "value": _plain(found.value),
            "unit": found.unit.label.en,
            "why": list(found.why("zh")),
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for line in found.why("zh"):
        click.echo(line)
    click.echo(found.result.text("zh"))


def _settings(settings: tuple[str, ...]) -> Iterator[tuple[str, formulas.Value]]:
    for setting in settings:
        name, sign, written = setting.partition("=")
        if not sign or not name.strip():
            raise PersonError(
                "“{setting}”应写成 名称=值，例如 base=5000.00。",
                "“{setting}” should read NAME=VALUE, such as base=5000.00.",
                setting=setting,
            )
        # A value is itself a formula: 5000.00, 12.5小时, 18元/小时, "text".
        yield name.strip(), formulas.evaluate(formulas.parse(written), {}).result


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool) or value is None else str(value)
