"""Roles made, renamed, changed and deleted, each under the rules of giving.

Every function needs a writing session, writes the change into the history and makes
every process read the rights of those who have the role anew.
"""

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import accounts, giving, rights, setting_history
from models.access import Person, Role
from models.accounts import account_role, new_uniquifier
from models.history import Writer
from models.rights import Matrix
from models.setting_history import Changes
from models.words import PersonError

SETTING = "rights.role"
NAME_LENGTH = 80


class RoleError(PersonError):
    """A role is not there, is in use, or was changed meanwhile."""


def find(session: Session, role_id: int) -> Role:
    """Return a role; RoleError where there is none."""
    found = session.get(Role, role_id)
    if found is None:
        raise RoleError(
            "这个角色已经不在了，请回到列表。",
            "This role is gone. Go back to the list.",
        )
    return found


def basis(role: Role) -> str:
    """Return what tells a form that the role was changed since it was opened."""
    said = {code: line.plain for code, line in rights.matrix(role).items()}
    written = json.dumps([role.name_zh, role.name_en, said], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()


def copy(session: Session, role_id: int, zh: str, en: str, writer: Writer) -> Role:
    """Make a new role that says what another says; nobody has it yet."""
    giving.lock(session)
    source = find(session, role_id)
    name_zh, name_en = _names(session, zh, en)
    made = Role(code=new_uniquifier()[:40], name_zh=name_zh, name_en=name_en)
    session.add(made)
    session.flush()
    made.code = f"x_{made.id}"  # what the panel makes begins with x_
    rights.store(session, made, rights.matrix(source))
    changes = {"name": [None, name_zh], "of": [None, source.name_zh]}
    setting_history.keep(session, SETTING, made.id, changes, writer, "created")
    return made


def rename(session: Session, role_id: int, zh: str, en: str, writer: Writer) -> None:
    """Call a role something else; what it says stays."""
    giving.lock(session)
    role = find(session, role_id)
    name_zh, name_en = _names(session, zh, en, but=role)
    changes: Changes = {}
    if name_zh != role.name_zh:
        changes["name"] = [role.name_zh, name_zh]
    if name_en != role.name_en:
        changes["name_en"] = [role.name_en, name_en]
    role.name_zh, role.name_en = name_zh, name_en
    session.flush()
    setting_history.keep(session, SETTING, role.id, changes, writer)
    accounts.raise_stamps(session, [role.id])


def delete(session: Session, role_id: int, writer: Writer) -> None:
    """Delete a role that nobody has."""
    giving.lock(session)
    role = find(session, role_id)
    many = holders(session, role.id)
    if many:
        raise RoleError(
            "还有 {many} 个账号是“{name}”，请先改掉它们的角色再删除。",
            "{many} accounts still have “{name}”. Take it from them first.",
            many=many,
            name=role.name_zh,
        )
    changes = {"name": [role.name_zh, None]}
    setting_history.keep(session, SETTING, role.id, changes, writer, "deleted")
    session.delete(role)
    session.flush()


def say(
    session: Session, role_id: int, after: Matrix, known: str, writer: Writer
) -> bool:
    """Make a role say something else, for everybody who has it at once.

    Args:
        session: A writing session.
        role_id: Which role.
        after: What it is to say.
        known: The `basis` that the form was made from.
        writer: Who changes it; nobody gives what they have not.

    Returns:
        Whether anything changed.

    Raises:
        RoleError: It was changed since the form was opened.
        NotYoursToGiveError: It would give what the writer has not.
        LockedOutError: Nobody would be left to set the system up.
    """
    giving.lock(session)
    role = find(session, role_id)
    if basis(role) != known:
        raise RoleError(
            "这个角色刚被别人改过，这次没有保存。请刷新后核对再改。",
            "Somebody has just changed this role; nothing was saved. Reload and look.",
        )
    before = rights.matrix(role)
    changes: Changes = {
        code: [
            before[code].plain if code in before else None,
            after[code].plain if code in after else None,
        ]
        for code in rights.differing(before, after)
    }
    if not changes:
        return False
    _demand(session, role, after, writer.person)
    rights.store(session, role, after)
    setting_history.keep(session, SETTING, role.id, changes, writer)
    accounts.raise_stamps(session, [role.id])
    giving.demand_somebody(session)
    return True


def holders(session: Session, role_id: int) -> int:
    """Return how many accounts have a role."""
    counted = select(func.count()).where(account_role.c.role_id == role_id)
    return session.scalar(counted) or 0


def _demand(session: Session, role: Role, after: Matrix, giver: Person) -> None:
    """Refuse what gives too much: by the role alone, and to those who have it.

    Taken away, a line on a register may uncover what another role says of "*"; so each
    set of roles that somebody has is looked at.
    """
    grants = rights.grants_of(after)
    giving.demand(giver, giving.grants_of([role]), grants)
    for others in _beside(session, role):
        held = tuple(giving.grants_of(others))
        before = (*held, *giving.grants_of([role]))
        giving.demand(giver, before, (*held, *grants))


def _beside(session: Session, role: Role) -> Iterable[list[Role]]:
    """Yield the sets of other roles that holders of a role have, each set once."""
    theirs = select(account_role.c.account_id).where(account_role.c.role_id == role.id)
    query = select(account_role.c.account_id, account_role.c.role_id).where(
        account_role.c.account_id.in_(theirs), account_role.c.role_id != role.id
    )
    sets: dict[int, set[int]] = {}
    for account_id, role_id in session.execute(query):
        sets.setdefault(account_id, set()).add(role_id)
    for some in {frozenset(one) for one in sets.values()}:
        yield [session.get_one(Role, one) for one in sorted(some)]


def _names(
    session: Session, zh: str, en: str, but: Role | None = None
) -> tuple[str, str]:
    """Return a role's names, the English one as the Chinese where it is not said."""
    name_zh, name_en = zh.strip(), en.strip() or zh.strip()
    if not name_zh or max(len(name_zh), len(name_en)) > NAME_LENGTH:
        raise RoleError(
            "请填写角色名称，最多 {most} 个字。",
            "Name the role, in at most {most} characters.",
            most=NAME_LENGTH,
        )
    same = select(Role.id).where(Role.name_zh == name_zh)
    if but is not None:
        same = same.where(Role.id != but.id)
    if session.scalar(same.limit(1)) is not None:
        raise RoleError(
            "已经有叫“{name}”的角色了，请换一个名称。",
            "There is a role “{name}” already. Choose another name.",
            name=name_zh,
        )
    return name_zh, name_en
