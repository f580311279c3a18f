"""One person looks at the panel as another: what both may see, and nothing is changed.

Of the two the narrower always counts. The rows are those that both reach (`access`
joins both conditions), what is masked for either is masked, and a right of its own,
such as to pay, is there only if whoever looks has it over all rows.
"""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from models import giving
from models.access import EVERYTHING, Action, Grant, Person, Rows
from models.accounts import Account, person_of
from models.giving import Receiver
from models.rights import VIEW_AS
from models.words import PersonError

# A file that leaves or enters the panel is no looking.
LOOKS = frozenset(Action) - {Action.EXPORT, Action.IMPORT}


class OnlyLookingError(PersonError):
    """Whoever looks as another wanted to change something."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(
            "您正在以他人身份查看，只能看，不能改，所以没有保存。请先回到自己的身份。",
            "You are looking as another person and can change nothing; nothing was "
            "saved. Go back to yourself first.",
        )


def may_see_as(session: Session, viewer: Person, account: Account) -> bool:
    """Whether a person may look as the owner of another account that is open."""
    if not account.active or account.id == viewer.account_id:
        return False
    target = person_of(session, account)
    receiver = Receiver(target.branch_id, target.departments)
    return giving.covers(viewer, viewer.rows(*VIEW_AS), Rows.OWN, receiver)


def seen_as(viewer: Person, target: Person) -> Person:
    """Return the target as the viewer may see them."""
    return replace(target, grants=tuple(_both(viewer, target)), watched_by=viewer)


def _both(viewer: Person, target: Person) -> Iterator[Grant]:
    named = {one.register for one in (*viewer.grants, *target.grants)}
    for code in sorted(named | {EVERYTHING}):
        found = [_narrowed(viewer, code, one) for one in target.grants_on(code)]
        # Without a line of its own a register would be as all others.
        yield from found or [Grant(code, frozenset(), Rows.NONE)]


def _narrowed(viewer: Person, code: str, one: Grant) -> Grant:
    least = Rows.ALL if "." in code else Rows.OWN
    theirs = [it.secrets for it in viewer.grants_on(code)]
    secrets = frozenset().union(*theirs)
    both = one.secrets & secrets
    if EVERYTHING in secrets:
        both = one.secrets
    elif EVERYTHING in one.secrets:
        both = secrets
    return Grant(
        code,
        frozenset(
            action
            for action in one.actions & LOOKS
            if viewer.rows(code, action) >= least
        ),
        one.rows,
        one.unmasked and viewer.is_unmasked(code),
        both,
        one.secrecy,
    )
