"""`taizhang user`: accounts, as whoever runs the server sets them."""

from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import account_changes, catalogue
from models.access import SYSTEM, Role, marked
from models.accounts import Account, find, first_password, open_account
from models.history import Writer
from models.opening import Opened
from models.words import PersonError
from seed.roles import ensure_roles


@click.group()
def user() -> None:
    """Accounts of those who sign in."""


@user.command("add")
@click.argument("number")
@click.argument("name")
@click.option("--role", "codes", multiple=True, required=True, help="A role's code.")
@click.option("--mobile", help="A mobile number to sign in with as well.")
@click.pass_obj
def add_user(
    opened: Opened, number: str, name: str, codes: tuple[str, ...], mobile: str | None
) -> None:
    """Open an account for staff NUMBER with NAME and print its first password."""
    with opened.database.write() as session:
        password = first_password()
        staff = _staff_of(session, number)
        chosen = _chosen(session, codes)
        open_account(
            session, number, name, chosen, password, staff_id=staff, mobile=mobile
        )
    click.echo(f"{number} {name}: {password}")


@user.command("roles")
@click.argument("number")
@click.option("--role", "codes", multiple=True, required=True, help="A role's code.")
@click.pass_obj
def set_roles(opened: Opened, number: str, codes: tuple[str, ...]) -> None:
    """Let the account NUMBER have these roles and no others.

    Here, and not in the panel, a role is given that nobody yet has.
    """
    with opened.database.write() as session:
        account = _account(session, number)
        chosen = _chosen(session, codes)
        account_changes.put_roles(session, account, chosen, _writer(opened))
        names = "、".join(one.name_zh for one in chosen)
    click.echo(f"{number}: {names}")


@user.command("password")
@click.argument("number")
@click.pass_obj
def set_password(opened: Opened, number: str) -> None:
    """Give the account NUMBER a first password again and print it."""
    with opened.database.write() as session:
        account = _account(session, number)
        made = account_changes.put_password(session, account, _writer(opened))
    click.echo(f"{number} {made.name}: {made.password}")


def _account(session: Session, number: str) -> Account:
    found = find(session, number)
    if found is None:
        raise PersonError(
            "没有工号或手机号是“{number}”的账号。请用 taizhang user add 开通。",
            "There is no account of “{number}”. Open one with taizhang user add.",
            number=number,
        )
    return found


def _chosen(session: Session, codes: tuple[str, ...]) -> list[Role]:
    roles = ensure_roles(session)
    for code in codes:
        if code not in roles:
            raise PersonError(
                "没有“{code}”这个角色，可选：{known}。",
                "There is no role “{code}”; there are {known}.",
                code=code,
                known=", ".join(sorted(roles)),
            )
    return [roles[code] for code in codes]


def _writer(opened: Opened) -> Writer:
    settings = opened.settings
    return Writer(SYSTEM, datetime.now(UTC), settings.zone, "command")


def _staff_of(session: Session, number: str) -> int | None:
    """Return the staff entry of a number, if that person is in the staff register."""
    table = catalogue.current().table("staff")
    query = select(table.c.id).where(
        table.c.staff_number == number, table.c.binned_at.is_(None)
    )
    return session.scalar(marked(query, "staff"))
