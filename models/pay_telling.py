"""Telling people that their slips are out: a link to each, and no figure."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import outbox, pay_reading
from models.history import Writer
from models.outbox import Notice
from models.pay_error import PayError
from models.pay_tables import PayRun, PaySlip
from models.rules.pay_run import RunState
from models.rules.periods import parse_period
from models.words import Label

KIND = "pay_slip"


def tell(session: Session, run: PayRun, writer: Writer) -> int:
    """Queue a message to everybody whose slip of a run the writer may read.

    Each run is told once: a second time nobody is told again, but for those who have
    been added since.

    Args:
        session: A writing session.
        run: A run that is locked or paid; the slips of others are not out.
        writer: Who tells them.

    Returns:
        How many people have been told by now.

    Raises:
        PayError: The slips are not out yet.
    """
    if RunState(run.state) not in (RunState.LOCKED, RunState.PAID):
        raise PayError(
            "{period} 还没有关账，不能通知本人。",
            "{period} is not locked yet; nobody can be told.",
            period=run.period,
        )
    label = parse_period(run.period).label
    text = Label(
        f"{label.zh}的绩效工资条可以查看了。", f"Your slip of {label.en} is out."
    )
    query = pay_reading.readable(writer.person).with_only_columns(PaySlip.staff_id)
    staff = list(session.scalars(query.where(PaySlip.run_id == run.id)))
    notices = (Notice(key_of(run, one), KIND, text, one) for one in staff)
    outbox.enqueue(session, notices, writer.now)
    return len(staff)


def key_of(run: PayRun, staff_id: int) -> str:
    """Return the key of the message about one slip: each is told of once."""
    return f"{KIND}:{run.period}:{run.scope}:{staff_id}"


def is_told(session: Session, run: PayRun) -> bool:
    """Whether anybody was told of this run."""
    start = key_of(run, 0).removesuffix("0")
    query = select(outbox.Message.id).where(
        outbox.Message.kind == KIND, outbox.Message.key.startswith(start)
    )
    return session.scalar(query.limit(1)) is not None
