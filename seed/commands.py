"""`taizhang seed`: templates applied, sample departments loaded, coverage told."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import track
from sqlalchemy import select

from models.applied import AppliedTemplate
from models.opening import Opened
from models.words import Label, PersonError
from seed.apply import plan_template
from seed.coverage_command import coverage_command
from seed.declared import declare, proposed
from seed.sample.loading import add_rows, load_sample
from seed.sample.removing import remove_sample
from seed.template import read_template, template_names

Part = TypeVar("Part")


def _track(steps: Sequence[Part], description: str) -> Iterable[Part]:
    """Go through steps with a progress bar beside the command's own output."""
    return track(steps, description, console=Console(stderr=True))


def say(label: Label) -> None:
    """Print a sentence in both languages."""
    click.echo(label.zh)
    click.echo(label.en)


@click.group()
def seed() -> None:
    """Templates, sample departments and the rulebook."""


@seed.command("list")
@click.pass_obj
def list_(opened: Opened) -> None:
    """List the templates, and where each was applied."""
    with opened.database.read() as session:
        applied = session.scalars(select(AppliedTemplate)).all()
    for name in template_names():
        title = read_template(name).title
        times = sum(one.template == name for one in applied)
        zh = f"已应用 {times} 处" if times else "未应用"
        click.echo(f"{name}  {title.zh} / {title.en}  {zh}")


@seed.command("apply")
@click.argument("name")
@click.option("--department", help="For this department, made if it is missing.")
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.pass_obj
def apply(opened: Opened, name: str, department: str | None, *, dry_run: bool) -> None:
    """Apply the template NAME; a second time it changes nothing."""
    template = read_template(name)
    if dry_run:
        with opened.database.read() as session:
            say(plan_template(template, session, department).summary())
        tables = proposed(template, opened.database)
        if tables is not None:
            say(tables)
        return
    writer = opened.writer("template")
    declare(template, opened.database)
    with opened.database.write() as session:
        plan = plan_template(template, session, department)
        say(plan.summary())
        steps = plan.steps
        for step in _track(steps, f"Applying {name}"):
            step.run(session, writer)
    say(
        Label(
            f"模板 {name} 已应用，共 {len(steps)} 步。",
            f"{name} applied in {len(steps)} steps.",
        )
    )


@seed.command("sample")
@click.argument("name")
@click.option(
    "--rows", type=click.IntRange(1), help="So many rows of its largest register."
)
@click.option("--remove", is_flag=True, help="Take the sample away again.")
@click.pass_obj
def sample(opened: Opened, name: str, rows: int | None, *, remove: bool) -> None:
    """Load the sample department of NAME, in its own size or with so many rows."""
    if name not in template_names():
        raise PersonError(
            "没有模板“{name}”，可用：{known}。",
            "There is no template “{name}”; there are {known}.",
            name=name,
            known=", ".join(template_names()),
        )
    writer = opened.writer("template")
    if remove:
        say(remove_sample(opened.database, writer, name))
    elif rows is None:
        say(load_sample(opened.database, name, writer, _track))
    else:
        say(add_rows(opened.database, name, rows, writer, _track))


seed.add_command(coverage_command)
