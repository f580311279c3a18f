"""A look at somebody else's pay, written down before it is shown."""

from collections.abc import Sequence

from flask import request

from admin import exporting, visit
from admin.listing import Desk
from models import pay_looks
from models.pay_tables import PayRun, PaySlip


def at_slips(run: PayRun, slips: Sequence[PaySlip]) -> None:
    """Write down a look at slips; one at one's own alone is not written down.

    Whoever looks as another is written down, and not whom they look as.
    """
    who = visit.oneself()
    others = [one.staff_id for one in slips if one.staff_id != who.staff_id]
    if others:
        with visit.house().database.write() as session:
            pay_looks.note_slips(
                session, who, visit.now(), run.period, others, request.remote_addr
            )


def at_sheet(run: PayRun, slips: Sequence[PaySlip], what: str = "") -> None:
    """Write down a look at everybody's figures of a run."""
    who = visit.oneself()
    if any(one.staff_id != who.staff_id for one in slips):
        said = f"{run.period} {what}({len(slips)})"
        with visit.house().database.write() as session:
            pay_looks.note_sheet(session, who, visit.now(), said, request.remote_addr)


def at_trial(period: str, many: int) -> None:
    """Write down a look at what so many people's figures would be."""
    said = f"{period} trial ({many})"
    with visit.house().database.write() as session:
        pay_looks.note_sheet(
            session, visit.oneself(), visit.now(), said, request.remote_addr
        )


def at_file(run: PayRun, rows: int, what: str, kind: str) -> None:
    """Write down an export of a run's figures."""
    who = Desk(visit.oneself(), visit.language(), visit.zone(), visit.now())
    with visit.house().database.write() as session:
        exporting.log(
            session,
            who,
            "",
            f"{rows} rows; {what}; {kind} period={run.period}",
            request.remote_addr,
        )
