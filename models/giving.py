"""Nobody gives what they have not: what a change of rights adds, against who makes it.

Giving is every way by which somebody comes to more: a role that says more, a role that
an account is given, an account opened or given a new password. What reaches no further
than the receiver's own entries - their own slip - is theirs already and may be given.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, rights
from models.access import (
    EVERYTHING,
    ROWS_LABELS,
    Action,
    Grant,
    Person,
    Role,
    RoleGrant,
    Rows,
)
from models.accounts import Account, account_role
from models.rights import ACTION_LABELS, Line, line_of
from models.words import Label, PersonError

NAMED = 5  # of what is lacking, so many are told


class NotYoursToGiveError(PersonError):
    """What would be given goes beyond what the giver has."""


class LockedOutError(PersonError):
    """Nobody who may set the system up would be left."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whoever gets the rights: where they work."""

    branch_id: int | None = None
    departments: frozenset[int] = frozenset()


ANYBODY = Receiver()  # whoever has a role, now or later, wherever they work


def covers(giver: Person, have: Rows, wanted: Rows, receiver: Receiver) -> bool:
    """Whether the giver's rows contain those that a receiver would reach."""
    if have is Rows.ALL:
        return True
    same_branch = (
        receiver.branch_id is not None and receiver.branch_id == giver.branch_id
    )
    if have is Rows.BRANCH and same_branch:
        return wanted <= Rows.BRANCH
    if have >= Rows.DEPARTMENT and receiver.departments:
        return wanted <= Rows.DEPARTMENT and receiver.departments <= giver.departments
    return False


def demand(
    giver: Person,
    before: Iterable[Grant],
    after: Iterable[Grant],
    receiver: Receiver = ANYBODY,
) -> None:
    """Refuse a change that gives what the giver has not.

    Raises:
        NotYoursToGiveError: It does; says what.
    """
    lacking = [*_lacking(giver, tuple(before), tuple(after), receiver)]
    if not lacking:
        return
    zh = "、".join(one.zh for one in lacking[:NAMED])
    en = ", ".join(one.en for one in lacking[:NAMED])
    raise NotYoursToGiveError(
        f"您自己没有这些权限，不能给别人：{zh}{'等' if len(lacking) > NAMED else ''}。"
        "请让有这些权限的人来做，或由管理员在服务器上用 taizhang user 命令设置。",
        f"You have not got yourself what you would give: {en}"
        f"{' and more' if len(lacking) > NAMED else ''}. Let somebody do it who has, "
        "or use the command taizhang user on the server.",
    )


def _lacking(
    giver: Person,
    before: tuple[Grant, ...],
    after: tuple[Grant, ...],
    receiver: Receiver,
) -> Iterable[Label]:
    was, will = Person("", grants=before), Person("", grants=after)
    named = {one.register for one in (*before, *after, *giver.grants)}
    for code in sorted(named | {EVERYTHING}):
        old, new = line_of(was.grants_on(code)), line_of(will.grants_on(code))
        if _grows(old, new) and not _has(giver, code, new, receiver):
            yield _named(code, new)


def _grows(old: Line, new: Line) -> bool:
    if any(rows > old.rows.get(one, Rows.NONE) for one, rows in new.rows.items()):
        return True
    # Without rows there is nothing that could be unmasked.
    return bool(new.rows) and (
        (new.unmasked and not old.unmasked)
        or not new.secrets <= old.secrets
        or new.secrecy > old.secrecy
    )


def _has(giver: Person, code: str, new: Line, receiver: Receiver) -> bool:
    if max(new.rows.values(), default=Rows.NONE) <= Rows.OWN:
        return True
    own = line_of(giver.grants_on(code))
    return (
        all(
            any(
                level >= new.secrecy and covers(giver, have, wanted, receiver)
                for have, level in giver.reach(code, action)
            )
            for action, wanted in new.rows.items()
            if wanted > Rows.OWN
        )
        and (own.unmasked or not new.unmasked)
        and (EVERYTHING in own.secrets or new.secrets <= own.secrets)
    )


def _named(code: str, line: Line) -> Label:
    """Say of which register, with its widest rows."""
    known = catalogue.current()
    own = {one.code: one.label for one in rights.own_rights()}
    title = Label("其余台账", "all other registers")
    if code != EVERYTHING:
        title = known[code].title if code in known else own.get(code, Label(code, code))
    rows = ROWS_LABELS[max(line.rows.values(), default=Rows.NONE)]
    actions = [ACTION_LABELS[one] for one in Action if one in line.rows]
    zh = "".join(one.zh for one in actions[:1])
    en = "".join(one.en.lower() for one in actions[:1])
    return Label(
        f"{title.zh}（{zh}，{rows.zh}）", f"{title.en} ({en}, {rows.en.lower()})"
    )


def lock(session: Session) -> None:
    """Let one change of rights follow another: what each demands stays true."""
    session.execute(select(Role.id).order_by(Role.id).with_for_update()).all()


def demand_somebody(session: Session) -> None:
    """Refuse a change after which nobody could set the system or its accounts up.

    Asked after the change, in its transaction, which began with `lock`.

    Raises:
        LockedOutError: Nobody would be left.
    """
    session.flush()
    session.expire_all()
    left = {rights.SETUP, rights.ACCOUNTS}
    some = (
        select(account_role.c.account_id)
        .join(RoleGrant, RoleGrant.role_id == account_role.c.role_id)
        .where(RoleGrant.register.in_([code for code, _ in left]))
    )
    query = select(Account).where(Account.active, Account.id.in_(some))
    for account in session.scalars(query):
        held = Person("", grants=tuple(grants_of(account.roles)))
        left -= {one for one in left if held.rows(*one) is Rows.ALL}
        if not left:
            return
    raise LockedOutError(
        "这样改以后就没有人能设置系统和账号了，所以没有保存。请先让另一个账号有这些权限。",
        "Nobody would be left to set up the system and its accounts, so nothing was "
        "saved. First give these rights to another account.",
    )


def grants_of(roles: Iterable[Role]) -> Iterable[Grant]:
    """Return the grants of some roles together."""
    return (line.grant() for role in roles for line in role.grants)
