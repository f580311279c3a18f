"""Who is paid in a period, and by which scheme."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, references
from models.entries import load
from models.pay_inputs import STAFF_REGISTER
from models.pay_tables import PayScheme
from models.preparing import Row
from models.rules.periods import DateRange
from models.scopes import Departments


@dataclass(frozen=True, slots=True)
class Payee:
    """A person to be paid, with what formulas read of them and their scheme."""

    staff: Row
    scheme: PayScheme
    post: str


def schemes_at(session: Session, span: DateRange) -> list[PayScheme]:
    """Return the schemes as they are kept that pay on any day of a period."""
    query = select(PayScheme).where(
        PayScheme.starts_on < span.end,
        (PayScheme.ends_on.is_(None)) | (PayScheme.ends_on >= span.first),
    )
    return list(session.scalars(query))


def payees(
    session: Session,
    span: DateRange,
    scope: int = 0,
    schemes: Sequence[PayScheme] | None = None,
) -> list[Payee]:
    """Return who is employed in the period and has a scheme, by staff number.

    Args:
        session: Any session; reading is enough.
        span: The period.
        scope: A department and what is below it; 0 is the company.
        schemes: To be looked among, in place of those kept.
    """
    if schemes is None:
        schemes = schemes_at(session, span)
    departments = Departments(session)
    staff = _employed(session, span)
    posts = references.labels(
        session, "post", {row["post"] for row in staff if row["post"]}
    )
    found = []
    for row in staff:
        if scope and scope not in set(departments.upwards(row["department"])):
            continue
        fitting = [one for one in schemes if not one.posts or row["post"] in one.posts]
        nearest = departments.nearest(
            fitting, lambda one: one.department_id, row["department"]
        )
        if nearest:
            scheme = max(nearest, key=lambda one: (one.starts_on, one.version))
            found.append(Payee(row, scheme, posts.get(row["post"], "")))
    return found


def _employed(session: Session, span: DateRange) -> list[Row]:
    known = catalogue.current()
    table = known.table(STAFF_REGISTER)
    query = access.visible(access.SYSTEM, STAFF_REGISTER).where(
        (table.c.hired_on.is_(None)) | (table.c.hired_on < span.end),
        (table.c.left_on.is_(None)) | (table.c.left_on >= span.first),
    )
    return load(session, known[STAFF_REGISTER], query.order_by(table.c.staff_number))
