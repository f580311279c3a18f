"""Messages about clocks: one statement queues them for many, in the transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from models.amid import among, paired
from models.clock_table import Clock
from models.column_types import UtcDateTime
from models.outbox import enqueue_selected
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
    if not ids:
        return
    holder: ColumnElement[int | None] = Clock.holder_id.expression
    if away:
        holder = case(away, value=Clock.holder_id, else_=Clock.holder_id)
    query = _messages(kind, _key(kind), what, now, holder)
    _queue(session, query.where(among(Clock.id, ids)))


def tell_each(
    session: Session,
    told: Sequence[tuple[int, int | None]],
    level: int,
    what: Label,
    now: datetime,
) -> None:
    """Queue a message of a step of escalation for each clock and one who is told."""
    kind = "clock.escalated"
    pairs = paired(told, session.get_bind().dialect.name)
    staff_id = pairs.c.other
    whom = func.coalesce(cast(staff_id, String), "")
    key = _key(kind) + literal(f"/{level}/") + whom
    query = _messages(kind, key, what, now, staff_id)
    _queue(session, query.join(pairs, pairs.c.one == Clock.id).where(true()))


def _key(kind: str) -> ColumnElement[str]:
    return literal(f"{kind}/") + cast(Clock.id, String) + "/" + cast(Clock.turn, String)


def _messages(
    kind: str,
    key: ColumnElement[str],
    what: Label,
    now: datetime,
    staff_id: ColumnElement[int | None],
) -> Select[*tuple[Any, ...]]:
    """Return a select whose columns are those of a message, by their names."""
    columns: dict[str, ColumnElement[Any]] = {
        "key": key,
        "kind": literal(kind, String),
        "register": Clock.register.expression,
        "entry_id": Clock.entry_id.expression,
        "number": Clock.number.expression,
        "clock_id": Clock.id.expression,
        "holder_id": Clock.holder_id.expression,
        "staff_id": staff_id,
        "text_zh": literal("“") + SlaTarget.name_zh + literal(f"”{what.zh}"),
        "text_en": literal("“") + SlaTarget.name_en + literal(f"” {what.en}"),
        "about_at": Clock.due_at.expression,
        "created_at": literal(now, UtcDateTime),
        "next_try_at": literal(now, UtcDateTime),
        "attempts": literal(0, Integer),
    }
    named = [column.label(name) for name, column in columns.items()]
    promise = SlaTarget.id == Clock.target_id
    return select(*named).select_from(Clock).join(SlaTarget, promise)


def _queue(session: Session, query: Select[*tuple[Any, ...]]) -> None:
    enqueue_selected(session, query, [str(one.key) for one in query.selected_columns])
