"""Accounts opened, closed, given roles and new passwords, under the rules of giving.

A new password is a way into an account, so whoever sets one must have all that the
account has. Every function needs a writing session and writes into the history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import access, accounts, catalogue, giving, setting_history
from models.access import Person, Role, Rows
from models.accounts import Account
from models.giving import Receiver
from models.history import Writer
from models.rights import ACCOUNTS
from models.words import PersonError

SETTING = "rights.account"
STAFF = "staff"
MOST_AT_ONCE = 100  # a password takes a twentieth of a second to keep


class AccountError(PersonError):
    """An account or a staff member is not there for whoever asks."""


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A password that is shown once, to be printed."""

    number: str
    name: str
    department: str
    password: str


def find(session: Session, account_id: int, person: Person) -> Account:
    """Return an account that a person may manage.

    Raises:
        AccountError: There is none, or it is not theirs to manage.
    """
    found = session.get(Account, account_id)
    if found is None or not _manages(session, found, person):
        raise AccountError(
            "没有这个账号，或不归您管理。",
            "There is no such account for you to manage.",
        )
    return found


def manageable(person: Person) -> ColumnElement[bool]:
    """Return the condition that keeps staff to those whose account a person manages."""
    known = catalogue.current()
    table = known.table(STAFF)
    return access.rows_criteria(person, known[STAFF], table, person.rows(*ACCOUNTS))


def _manages(session: Session, account: Account, person: Person) -> bool:
    if person.rows(*ACCOUNTS) is Rows.ALL:
        return True
    if account.staff_id is None:
        return False
    table = catalogue.current().table(STAFF)
    query = select(table.c.id).where(table.c.id == account.staff_id, manageable(person))
    return session.scalar(access.marked(query, STAFF)) is not None


def open_for(
    session: Session, staff: Iterable[int], roles: Sequence[Role], writer: Writer
) -> list[FirstPassword]:
    """Open an account for each staff member; return their first passwords.

    Raises:
        AccountError: Somebody is not theirs to manage, or has an account.
        NotYoursToGiveError: The roles say more than the writer has.
        PersonError: A number is taken.
    """
    giving.lock(session)
    wanted = list(dict.fromkeys(staff))
    if not wanted or len(wanted) > MOST_AT_ONCE or not roles:
        raise AccountError(
            "请选择 1 到 {most} 名员工和至少一个角色。",
            "Choose 1 to {most} staff members and at least one role.",
            most=MOST_AT_ONCE,
        )
    table, department = (catalogue.current().table(it) for it in (STAFF, "department"))
    query = (
        select(
            table.c.id,
            table.c.staff_number,
            table.c.name,
            table.c.mobile,
            table.c.branch_id,
            table.c.department_id,
            department.c.name.label("department"),
        )
        .join(department, department.c.id == table.c.department_id, isouter=True)
        .where(
            table.c.id.in_(wanted),
            table.c.binned_at.is_(None),
            manageable(writer.person),
            table.c.id.not_in(
                select(Account.staff_id).where(Account.staff_id.is_not(None))
            ),
        )
        .order_by(table.c.staff_number)
    )
    rows = session.execute(access.marked(query, STAFF, "department")).all()
    if len(rows) != len(wanted):
        raise AccountError(
            "有的员工已经有账号，或不归您管理。请刷新后再选。",
            "Some have an account, or are not yours to manage. Reload and choose.",
        )
    made = []
    grants = tuple(giving.grants_of(roles))
    for row in rows:
        below = accounts.departments_below(session, row.department_id)
        giving.demand(writer.person, (), grants, Receiver(row.branch_id, below))
        password = accounts.first_password()
        account = accounts.open_account(
            session,
            row.staff_number,
            row.name,
            roles,
            password,
            staff_id=row.id,
            mobile=row.mobile,
        )
        changes = {"roles": [None, [one.name_zh for one in roles]]}
        setting_history.keep(session, SETTING, account.id, changes, writer, "created")
        made.append(
            FirstPassword(row.staff_number, row.name, row.department or "", password)
        )
    return made


def give_roles(
    session: Session, account_id: int, roles: Sequence[Role], writer: Writer
) -> None:
    """Let an account have these roles and no others, from the next request on.

    Raises:
        AccountError: It is not the writer's to manage.
        NotYoursToGiveError: The account would get more than the writer has.
        LockedOutError: Nobody would be left to set the system up.
    """
    giving.lock(session)
    account = find(session, account_id, writer.person)
    giving.demand(
        writer.person,
        giving.grants_of(account.roles),
        giving.grants_of(roles),
        receiver(session, account),
    )
    put_roles(session, account, roles, writer)


def put_roles(
    session: Session, account: Account, roles: Sequence[Role], writer: Writer
) -> None:
    """Give an account roles without asking what the writer has: on the server itself.

    Raises:
        LockedOutError: Nobody would be left to set the system up.
    """
    if {one.id for one in account.roles} == {one.id for one in roles}:
        return
    was, now = ([one.name_zh for one in some] for some in (account.roles, roles))
    account.roles = list(roles)
    account.stamp += 1
    changes = {"roles": [was, now]}
    setting_history.keep(session, SETTING, account.id, changes, writer)
    giving.demand_somebody(session)


def close(session: Session, account_id: int, writer: Writer) -> None:
    """Close an account; every session of it ends.

    Raises:
        AccountError: It is not the writer's to manage.
        LockedOutError: Nobody would be left to set the system up.
    """
    giving.lock(session)
    account = find(session, account_id, writer.person)
    if not account.active:
        return
    account.active = False
    account.fs_uniquifier = accounts.new_uniquifier()
    account.stamp += 1
    changes = {"active": [True, False]}
    setting_history.keep(session, SETTING, account.id, changes, writer)
    giving.demand_somebody(session)


def reopen(session: Session, account_id: int, writer: Writer) -> None:
    """Let an account sign in again, with the password and roles it had."""
    giving.lock(session)
    account = find(session, account_id, writer.person)
    if account.active:
        return
    _demand_all(session, account, writer)
    account.active = True
    account.stamp += 1
    changes = {"active": [False, True]}
    setting_history.keep(session, SETTING, account.id, changes, writer)


def new_password(session: Session, account_id: int, writer: Writer) -> FirstPassword:
    """Give an account a first password again; every session of it ends."""
    giving.lock(session)
    account = find(session, account_id, writer.person)
    _demand_all(session, account, writer)
    return put_password(session, account, writer)


def put_password(session: Session, account: Account, writer: Writer) -> FirstPassword:
    """Set a first password without asking what the writer has: on the server itself."""
    password = accounts.first_password()
    account.password = accounts.hash_password(password)
    account.must_set_password = True
    account.fs_uniquifier = accounts.new_uniquifier()
    accounts.clear_failures(session, account)
    changes = {"password": [None, None]}
    setting_history.keep(session, SETTING, account.id, changes, writer)
    return FirstPassword(account.login, account.name, "", password)


def receiver(session: Session, account: Account) -> Receiver:
    """Return where whoever has an account works."""
    person = accounts.person_of(session, account)
    return Receiver(person.branch_id, person.departments)


def _demand_all(session: Session, account: Account, writer: Writer) -> None:
    grants = giving.grants_of(account.roles)
    giving.demand(writer.person, (), grants, receiver(session, account))
