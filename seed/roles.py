"""The presets of rights, which an installation has before any template is applied."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import Role
from models.applied import AppliedItem
from models.words import Label
from seed.apply import COMPANY, remember
from seed.items import RoleItem, role_item
from seed.template import COMMON, read_template
from seed.template_checks import check


def changed_by_hand(session: Session) -> set[str]:
    """Return the roles that do not say any more what a template made them say."""
    said = select(AppliedItem).where(AppliedItem.kind == RoleItem.kind)
    return {
        one.code
        for one in session.scalars(said)
        if RoleItem(one.code, Label("", ""), {}).read(session, COMPANY) != one.said
    }


def ensure_roles(session: Session) -> dict[str, Role]:
    """Make the preset roles that were never made; return every role by its code.

    A preset that an admin changed or took away stays so. Needs a writing session.
    """
    template = read_template(COMMON)
    check(template)
    bundles = {one.stanza.code: one.stanza for one in template.bundles}
    made = set(
        session.scalars(
            select(AppliedItem.code).where(AppliedItem.kind == RoleItem.kind)
        )
    )
    known = set(session.scalars(select(Role.code)))
    for role in template.roles:
        item = role_item(role.stanza, bundles)
        if item.code not in made | known:
            item.save(session, item.wanted)
            remember(session, template.name, item, COMPANY)
    return {one.code: one for one in session.scalars(select(Role).order_by(Role.id))}
