"""Who may sign in, and the person that stands behind an account.

A wrong password costs a growing delay that is counted in the database, so that it holds
in every process and after a restart.
"""

import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models import catalogue
from models.access import Person, Role, marked
from models.column_types import BigId, UtcDateTime
from models.database import Base, address_of
from models.words import PersonError

FREE_FAILURES = 3  # a forgotten password is typed three times without a wait
LONGEST_WAIT = timedelta(minutes=15)

account_role = Table(
    "account_role",
    Base.metadata,
    Column(
        "account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("role_id", ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Account(Base):
    """A sign-in: by staff number or mobile number, with a password and roles."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)  # the staff number
    mobile: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    staff_id: Mapped[int | None] = mapped_column(BigId, unique=True)
    password: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean(name=None), default=True)
    # Changing it signs every session of the account out.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    must_set_password: Mapped[bool] = mapped_column(Boolean(name=None), default=True)
    language: Mapped[str] = mapped_column(String(12), default="zh_Hans_CN")
    failures: Mapped[int] = mapped_column(BigId, default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Raised whenever the account's rights change: every process then reads them anew.
    stamp: Mapped[int] = mapped_column(BigId, default=1)
    roles: Mapped[list[Role]] = relationship(
        secondary=account_role, lazy="select", order_by=Role.id
    )


class SignInEvent(Base):
    """One try to sign in, kept six months."""

    __tablename__ = "sign_in_event"
    __table_args__ = (Index("ix_sign_in_event_at", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    login: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(BigId)
    outcome: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(64))


class ReadEvent(Base):
    """Personal data revealed or rows exported: who, what, why."""

    __tablename__ = "read_event"
    __table_args__ = (Index("ix_read_event_at", "at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))  # reveal, typed or export
    register: Mapped[str] = mapped_column(String(41))  # "" for this log itself
    entry_id: Mapped[int | None] = mapped_column(BigId)
    detail: Mapped[str] = mapped_column(Text)
    # From where; None on the command line.
    address: Mapped[str | None] = mapped_column(String(64))


_HASHER = PasswordHasher()
# Verified when there is no such account, so that both answers take as long.
_NO_HASH = _HASHER.hash("no account has this password")
# No letter or digit that is mistaken for another when it is read from paper.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Return what is kept of a password."""
    return _HASHER.hash(password)


def verify_password(account: Account | None, password: str) -> bool:
    """Whether it is the account's password; takes as long without an account."""
    try:
        return _HASHER.verify(account.password if account else _NO_HASH, password)
    except VerificationError:
        return False


def first_password() -> str:
    """Return a password to be read from paper once: three groups of four signs."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def open_account(
    session: Session,
    login: str,
    name: str,
    roles: Iterable[Role],
    password: str,
    *,
    staff_id: int | None = None,
    mobile: str | None = None,
) -> Account:
    """Make an account whose password has to be changed at the first sign-in.

    Raises:
        PersonError: The number is taken.
    """
    for taken in (login, mobile):
        if taken and find(session, taken) is not None:
            raise PersonError(
                "“{number}”已经有登录账号了，请换一个工号或手机号。",
                "“{number}” already has an account. Use another number.",
                number=taken,
            )
    account = Account(
        login=login,
        mobile=mobile,
        name=name,
        staff_id=staff_id,
        password=hash_password(password),
        fs_uniquifier=new_uniquifier(),
        roles=list(roles),
    )
    session.add(account)
    session.flush()
    return account


def new_uniquifier() -> str:
    """Return a fresh session key for an account."""
    return secrets.token_hex(16)


def wait_after(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 2, 4, 8 s ... 15 min."""
    extra = failures - FREE_FAILURES
    if extra <= 0:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(extra, 20)), LONGEST_WAIT)


def find(session: Session, login: str) -> Account | None:
    """Return the account of a staff number or mobile number."""
    wanted = login.strip()
    return session.scalar(
        select(Account)
        .where((Account.login == wanted) | (Account.mobile == wanted))
        .limit(1)
    )


def count_failure(session: Session, account: Account, now: datetime) -> None:
    """Count a wrong password and set when the next try is heard."""
    # Counted by the database, so that tries at the same moment all count.
    counted = (
        update(Account)
        .where(Account.id == account.id)
        .values(failures=Account.failures + 1)
        .returning(Account.failures)
    )
    failures = session.execute(counted).scalar_one()
    session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(next_try_at=now + wait_after(failures))
    )


def clear_failures(session: Session, account: Account) -> None:
    """Forget the failures after a right password."""
    session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(failures=0, next_try_at=None)
    )


def raise_stamps(session: Session, roles: Iterable[int] | None = None) -> None:
    """Make every process read rights anew: of some roles' accounts, or of all."""
    raised = update(Account).values(stamp=Account.stamp + 1)
    if roles is not None:
        holders = select(account_role.c.account_id).where(
            account_role.c.role_id.in_(list(roles))
        )
        raised = raised.where(Account.id.in_(holders))
    session.execute(raised)


class Known(Protocol):
    """What a request knows of an account without its roles."""

    @property
    def id(self) -> int: ...  # noqa: D102 - as in Account
    @property
    def name(self) -> str: ...  # noqa: D102 - as in Account
    @property
    def staff_id(self) -> int | None: ...  # noqa: D102 - as in Account
    @property
    def language(self) -> str: ...  # noqa: D102 - as in Account
    @property
    def stamp(self) -> int: ...  # noqa: D102 - as in Account


# A request reads one account row; the rest of a person is kept a few seconds.
_KEPT_SECONDS = 5.0
KEPT_AT_MOST = 20_000
_kept: dict[tuple[str, int, int], tuple[float, Person]] = {}


def person_of(session: Session, account: Known) -> Person:
    """Return the person behind an account, with branch, departments and grants."""
    key = (address_of(session), account.id, account.stamp)
    kept = _kept.get(key)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]
    if len(_kept) > KEPT_AT_MOST:
        _kept.clear()
    person = _read_person(session, account)
    # The very same as long as nothing changed: what is kept by persons finds it soon.
    person = kept[1] if kept is not None and kept[1] == person else person
    _kept[key] = (time.monotonic(), person)
    return person


def _read_person(session: Session, account: Known) -> Person:
    branch = department = None
    roles = session.get_one(Account, account.id).roles
    if account.staff_id is not None:
        staff = catalogue.current().table("staff")
        query = select(staff.c.branch_id, staff.c.department_id).where(
            staff.c.id == account.staff_id
        )
        found = session.execute(marked(query, "staff")).first()
        branch, department = found or (None, None)
    return Person(
        name=account.name,
        staff_id=account.staff_id,
        account_id=account.id,
        branch_id=branch,
        department_id=department,
        departments=departments_below(session, department),
        grants=tuple(line.grant() for role in roles for line in role.grants),
        roles=frozenset(role.code for role in roles),
        titles=tuple(role.label for role in roles),
        language=account.language,
    )


def departments_below(session: Session, top: int | None) -> frozenset[int]:
    """Return a department and all below it."""
    if top is None:
        return frozenset()
    table = catalogue.current().table("department")
    links = session.execute(
        marked(select(table.c.id, table.c.parent_id), "department")
    ).all()
    found = {top}
    while True:
        below = {key for key, parent in links if parent in found} - found
        if not below:
            return frozenset(found)
        found |= below
