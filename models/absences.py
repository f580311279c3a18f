"""Absences with a deputy: when one begins, the deputy takes over the open work.

Which register holds them is declared (`handing.Absence`). It is done once for each:
what the absent person is given while away is their superior's to say. Approvals stay,
which a deputy takes by 代理安排.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Table, exists, select
from sqlalchemy.orm import Session

from models import catalogue, entries, leaving
from models.access import SYSTEM, Action, marked, visible
from models.fields import DATE
from models.handing import Absence
from models.history import ChangeEvent, Happening, Writer, remember
from models.leaving import BadTakerError
from models.outbox import Notice, enqueue
from models.preparing import Row
from models.register import Declaration
from models.words import Label

HANDED = "handed_on"  # in the history of the absence: it was done
TOLD = Label(
    "因代理，{count} 条登记已转到您名下，请在工作台查看。",
    "{count} entries are yours now, as the deputy. See your desk.",
)
NOT_DONE = Label(
    "代理人已离职或没有可登录的账号，工作没有移交，请另行安排。",
    "the deputy has left or cannot sign in; nothing was handed over. Arrange it.",
)


def begun(
    session: Session, now: datetime, zone: ZoneInfo
) -> tuple[Declaration, int] | None:
    """Return the next absence that has begun and was not seen to; None for none."""
    for declared, query in _queries(now, zone):
        found = session.scalar(query)
        if found is not None:
            return declared, int(found)
    return None


def _queries(
    now: datetime, zone: ZoneInfo
) -> Iterator[tuple[Declaration, Select[Any]]]:
    known = catalogue.current()
    for declared in known:
        said, state = declared.absence, declared.state_field
        if said is None or said.deputy is None or state is None:
            continue
        table = known.table(declared.code)
        person = _column(declared, table, said.person)
        deputy = _column(declared, table, said.deputy)
        done = exists().where(
            ChangeEvent.register == declared.code,
            ChangeEvent.entry_id == table.c.id,
            ChangeEvent.action == HANDED,
        )
        query = visible(SYSTEM, declared.code, Action.READ).where(
            _column(declared, table, state.name).in_(said.states),
            _is_on(declared, table, said, now, zone),
            person != deputy,
            ~done,
        )
        query = query.with_only_columns(table.c.id).order_by(table.c.id).limit(1)
        yield declared, marked(query, declared.code)


def away(session: Session, now: datetime, zone: ZoneInfo) -> dict[int, int]:
    """Return {who is away: their deputy} at an instant, by every register of absences.

    Who is away twice has the deputy of the absence that was entered last.
    """
    known = catalogue.current()
    found: dict[int, int] = {}
    for declared in known:
        said, state = declared.absence, declared.state_field
        if said is None or said.deputy is None or state is None:
            continue
        table = known.table(declared.code)
        person = _column(declared, table, said.person)
        deputy = _column(declared, table, said.deputy)
        query = visible(SYSTEM, declared.code, Action.READ).where(
            _column(declared, table, state.name).in_(said.states),
            _is_on(declared, table, said, now, zone),
            person != deputy,
        )
        query = query.with_only_columns(person, deputy).order_by(table.c.id)
        rows = session.execute(marked(query, declared.code))
        found |= {int(row[0]): int(row[1]) for row in rows}
    return found


def _column(declared: Declaration, table: Table, name: str) -> Any:
    return table.c[declared.field(name).column or ""]


def _is_on(
    declared: Declaration, table: Table, said: Absence, now: datetime, zone: ZoneInfo
) -> ColumnElement[bool]:
    """Return the condition that an absence has begun and is not over."""
    today = now.astimezone(zone).date()
    begins, ends = (declared.field(it) for it in (said.from_at, said.until_at))
    first: Any = today if begins.type is DATE else now
    last: Any = today if ends.type is DATE else now
    since = _column(declared, table, said.from_at) <= first
    result: ColumnElement[bool] = since & (
        _column(declared, table, said.until_at) >= last
    )
    return result


def hand_next(session: Session, now: datetime, zone: ZoneInfo) -> int | None:
    """Hand over for the next absence, in the open transaction; None if there is none.

    What the deputy may not change stays where it is, register by register: an absence
    is not to wait for a role. Returns how many entries moved.
    """
    found = begun(session, now, zone)
    if found is None:
        return None
    declared, entry_id = found
    said = declared.absence
    if said is None or said.deputy is None:
        return None
    writer = Writer(SYSTEM, now, zone, "job", f"away-{declared.code[:20]}-{entry_id}")
    table = catalogue.current().table(declared.code)
    (row,) = entries.lock(session, declared, table, [entry_id], writer, Action.READ)
    if _is_done(session, declared, entry_id):  # by another process, meanwhile
        return 0
    moved = _hand(session, declared, row, said.person, said.deputy, writer)
    happening = Happening(entry_id, row["version"], HANDED, {})
    remember(session, declared.code, [happening], writer)
    return moved


def _is_done(session: Session, declared: Declaration, entry_id: int) -> bool:
    query = select(ChangeEvent.id).filter_by(
        register=declared.code, entry_id=entry_id, action=HANDED
    )
    return session.scalar(query.limit(1)) is not None


def _hand(
    session: Session,
    declared: Declaration,
    row: Row,
    person: str,
    to: str,
    writer: Writer,
) -> int:
    """Hand over from the one in a field to the one in another."""
    try:
        deputy = leaving.taker(session, row[to], row[person])
    except BadTakerError:
        _tell(session, declared, row, row[person], NOT_DONE, writer)
        return 0
    moved = leaving.hand_all(
        session, row[person], deputy, writer, leads=False, as_far_as_may=True
    )
    if moved.count:
        told = TOLD.format(count=moved.count)
        _tell(session, declared, row, row[to], told, writer)
    return moved.count


def _tell(
    session: Session,
    declared: Declaration,
    row: Row,
    staff_id: int,
    text: Label,
    writer: Writer,
) -> None:
    notice = Notice(
        key=f"away.{declared.code}.{row['id']}",
        kind="away",
        text=text,
        staff_id=staff_id,
        register=declared.code,
        entry_id=row["id"],
        number=row.get("number"),
    )
    enqueue(session, [notice], writer.now)
