"""How the invented people of a sample sign in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import accounts, catalogue
from models.access import marked
from models.words import PersonError
from seed.roles import ensure_roles

# Everybody of a sample signs in with the staff number and this.
PASSWORD = "Taizhang-2026"  # noqa: S105 - of invented people, told in the README


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be opened."""

    login: str
    mobile: str
    name: str
    staff_id: int
    role: str


def open_accounts(session: Session, wanted: Sequence[Opening]) -> None:
    """Open the accounts; nobody has to choose another password.

    One hash serves them all: the password is known anyway, and hashing is slow.

    Raises:
        PersonError: Somebody signs in by such a number already.
    """
    roles = ensure_roles(session)
    hashed = accounts.hash_password(PASSWORD)
    for one in wanted:
        for login in (one.login, one.mobile):
            if accounts.find(session, login) is not None:
                raise PersonError(
                    "“{login}”已经有登录账号，样例无法载入；请先停用或改掉该账号。",
                    "“{login}” has an account, so the sample cannot be loaded. "
                    "Change that account first.",
                    login=login,
                )
        account = accounts.Account(
            login=one.login,
            mobile=one.mobile,
            name=one.name,
            staff_id=one.staff_id,
            password=hashed,
            must_set_password=False,
            fs_uniquifier=accounts.new_uniquifier(),
            roles=[roles[one.role]],
        )
        session.add(account)
    session.flush()


def post_ids(session: Session) -> dict[str, int]:
    """Return the id of each post by its name."""
    table = catalogue.current().table("post")
    query = select(table.c.name, table.c.id).where(table.c.binned_at.is_(None))
    return {row.name: row.id for row in session.execute(marked(query, "post"))}
