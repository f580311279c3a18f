"""Who looked at whose pay: written down where the other logged looks are."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from models.access import Person
from models.accounts import ReadEvent
from models.pay_inputs import STAFF_REGISTER

ONE, MANY = "pay_slip", "pay_run"  # kinds of looks: at a slip, at everybody's figures


def note_slips(
    session: Session,
    person: Person,
    now: datetime,
    period: str,
    staff: Iterable[int],
    address: str | None,
) -> None:
    """Write down a look at the slips of others; one at one's own is nobody's business.

    Args:
        session: A writing session.
        person: Who looks.
        now: When.
        period: Of which run the slips are.
        staff: Whose they are.
        address: From where; None on the command line.
    """
    session.add_all(
        ReadEvent(
            at=now,
            staff_id=person.staff_id,
            by_name=person.name,
            kind=ONE,
            register=STAFF_REGISTER,
            entry_id=one,
            detail=period,
            address=address,
        )
        for one in staff
        if one != person.staff_id
    )


def note_sheet(
    session: Session,
    person: Person,
    now: datetime,
    said: str,
    address: str | None,
) -> None:
    """Write down a look at the figures of many: which sheet, of how many people."""
    session.add(
        ReadEvent(
            at=now,
            staff_id=person.staff_id,
            by_name=person.name,
            kind=MANY,
            register="",
            entry_id=None,
            detail=said,
            address=address,
        )
    )
