"""The `taizhang` command: every part's commands under one name.

A person's mistake ends with one sentence and exit code 2; ours ends with 1.
"""

import logging
import sys
from typing import Any

import click
from sqlalchemy import func, select

from admin import pay_sign_commands
from admin.bench.command import bench
from admin.file_commands import export_file, import_file
from admin.pay_commands import export as export_pay
from admin.serving import serve
from admin.store_commands import backup, doctor, restore
from admin.user_commands import user
from jobs.commands import jobs
from jobs.due_commands import due
from jobs.formula_command import formula_command
from jobs.pay_commands import pay
from jobs.pay_preview_command import preview as preview_pay
from models.access import Role
from models.accounts import Account, first_password, open_account
from models.opening import Opened
from models.words import PersonError
from seed.commands import seed
from seed.roles import ensure_roles


class People(click.Group):
    """A group of commands that tells a person's mistake without a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn a `PersonError` into its sentence and exit code 2."""
        try:
            return super().invoke(ctx)
        except PersonError as error:
            click.echo(error.label.zh, err=True)
            if error.label.en != error.label.zh:
                click.echo(error.label.en, err=True)
            ctx.exit(2)


@click.group(cls=People, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="taizhang")
@click.pass_context
def main(context: click.Context) -> None:
    """Taizhang 台账: the registers, time limits and pay of a service department."""
    opened = context.obj = Opened()
    context.call_on_close(opened.close)


@main.command()
@click.option("--host", help="The address to listen on; TAIZHANG_HOST otherwise.")
@click.option("--port", type=int, help="The port; TAIZHANG_PORT otherwise.")
@click.pass_obj
def run(opened: Opened, host: str | None, port: int | None) -> None:
    """Serve the panel and run the jobs; makes the database the first time."""
    settings = opened.settings
    logging.basicConfig(level=settings.log_level, stream=sys.stderr)
    for chatty in ("apscheduler", "alembic"):  # a line every five seconds says nothing
        logging.getLogger(chatty).setLevel(logging.WARNING)
    where = (host or settings.host, port or settings.port)
    first = _first_admin(opened)
    click.echo(f"台账 Taizhang: http://{where[0]}:{where[1]}")
    if first is not None:
        click.echo(f"工号 staff number: {first[0]}    一次性密码 password: {first[1]}")
        click.echo("首次登录后请设置自己的密码。 Set your own after signing in.")
    serve(opened, where)


def _first_admin(opened: Opened) -> tuple[str, str] | None:
    """Open the first admin's account; return number and password.

    An installation that holds the sample alone has accounts, but nobody to set it up.
    """
    with opened.database.write() as session:
        admins = select(func.count()).where(Account.roles.any(Role.code == "admin"))
        if session.scalar(admins):
            return None
        roles = ensure_roles(session)
        password = first_password()
        open_account(session, "admin", "系统管理员", [roles["admin"]], password)
        return "admin", password


for command in (export_pay, preview_pay, *pay_sign_commands.COMMANDS):
    pay.add_command(command)
for command in (
    jobs,
    due,
    formula_command,
    pay,
    seed,
    import_file,
    export_file,
    backup,
    restore,
    doctor,
    bench,
    user,
):
    main.add_command(command)
