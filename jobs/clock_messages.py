"""Messages about clocks: one statement queues them for many, in the transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, String, case, cast, literal, select
from sqlalchemy.orm import Session

from models.amid import among
from models.clock_table import Clock
from models.column_types import BigId, UtcDateTime
from models.outbox import Message, enqueue_selected
from models.targets import SlaTarget
from models.words import Label


def tell(
    session: Session,
    ids: Sequence[int],
    kind: str,
    what: Label,
    now: datetime,
    *,
    away: Mapping[int, int],
) -> None:
    """Queue one message for each of some clocks to whoever answers for it.

    Whoever is away gives way to who stands in.
    """
    holder: ColumnElement[int | None] = Clock.holder_id.expression
    if away:
        holder = case(away, value=Clock.holder_id, else_=Clock.holder_id)
    _queue(session, ids, kind, _key(kind), what, now, holder)


def tell_one(
    session: Session,
    ids: Sequence[int],
    level: int,
    staff_id: int | None,
    what: Label,
    now: datetime,
) -> None:
    """Queue one message for each clock to one person: a step of its escalation."""
    kind = "clock.escalated"
    key = _key(kind) + literal(f"/{level}/{staff_id or ''}")
    _queue(session, ids, kind, key, what, now, literal(staff_id, BigId))


def _key(kind: str) -> ColumnElement[str]:
    return literal(f"{kind}/") + cast(Clock.id, String) + "/" + cast(Clock.turn, String)


def _queue(
    session: Session,
    ids: Sequence[int],
    kind: str,
    key: ColumnElement[str],
    what: Label,
    now: datetime,
    staff_id: ColumnElement[int | None],
) -> None:
    if not ids:
        return
    columns = {
        "key": key,
        "kind": literal(kind, String),
        "register": Clock.register,
        "entry_id": Clock.entry_id,
        "number": Clock.number,
        "clock_id": Clock.id,
        "holder_id": Clock.holder_id,
        "staff_id": staff_id,
        "text_zh": literal("“") + SlaTarget.name_zh + literal(f"”{what.zh}"),
        "text_en": literal("“") + SlaTarget.name_en + literal(f"” {what.en}"),
        "about_at": Clock.due_at,
        "created_at": literal(now, UtcDateTime),
        "next_try_at": literal(now, UtcDateTime),
        "attempts": literal(0, Integer),
    }
    known = select(Message.id).where(Message.key == key).exists()
    query = (
        select(*columns.values())
        .join_from(Clock, SlaTarget, SlaTarget.id == Clock.target_id)
        .where(among(Clock.id, ids), ~known)
    )
    enqueue_selected(session, query, list(columns))
