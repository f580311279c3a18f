"""What a new calculation of a run changed: person, line, before, after."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pay_run_tables import PayChange
from models.pay_tables import PayItemRow, PayRun, PaySlip
from models.words import Label

_NONE = Label("", "")


@dataclass(frozen=True, slots=True)
class Said:
    """What one line of a slip said."""

    staff_number: str
    name: str
    label: Label
    shown: Label

    def __eq__(self, other: object) -> bool:
        """Whether the line came to the same, whatever it is called."""
        return isinstance(other, Said) and self.shown == other.shown

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self.shown)


Lines = dict[tuple[int, str], Said]


def lines(session: Session, run: PayRun) -> Lines:
    """Return what every line of a run's slips says, by person and line."""
    query = (
        select(
            PaySlip.staff_id,
            PaySlip.staff_number,
            PaySlip.name,
            PayItemRow.code,
            PayItemRow.name_zh,
            PayItemRow.name_en,
            PayItemRow.shown_zh,
            PayItemRow.shown_en,
            PayItemRow.error_zh,
            PayItemRow.error_en,
        )
        .join(PayItemRow, PayItemRow.slip_id == PaySlip.id)
        .where(PaySlip.run_id == run.id)
        .order_by(PaySlip.staff_number, PayItemRow.position)
    )
    found = {}
    for row in session.execute(query):
        shown = Label(row.error_zh or row.shown_zh, row.error_en or row.shown_en)
        label = Label(row.name_zh, row.name_en)
        found[row.staff_id, row.code] = Said(row.staff_number, row.name, label, shown)
    return found


def changes(
    run: PayRun, at: datetime, before: Lines, after: Lines
) -> Iterator[PayChange]:
    """Yield the lines that differ between two calculations, those that went last."""
    keys = [*after, *(key for key in before if key not in after)]
    for key in keys:
        old, new = before.get(key), after.get(key)
        there = new or old
        if there is None or old == new:
            continue
        was, now = old.shown if old else _NONE, new.shown if new else _NONE
        yield PayChange(
            run_id=run.id,
            at=at,
            staff_id=key[0],
            staff_number=there.staff_number,
            name=there.name,
            code=key[1],
            name_zh=there.label.zh,
            name_en=there.label.en,
            before_zh=was.zh,
            before_en=was.en,
            after_zh=now.zh,
            after_en=now.en,
        )


def last(session: Session, run: PayRun) -> Sequence[PayChange]:
    """Return what the last calculation of a run changed; nothing after the first."""
    query = select(PayChange).where(
        PayChange.run_id == run.id, PayChange.at == run.calculated_at
    )
    return session.scalars(query.order_by(PayChange.id)).all()
