"""交接班: the open work of a shift is handed over, and confirmed matter by matter.

Which register holds hand-overs, and what of is handed over, is declared
(`handing.HandsOver`). A matter that is confirmed makes whoever confirms it answer for
the entry it refers to; one that is not stays with the giver.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, open_work
from models.access import Action, Person, marked
from models.amid import among
from models.entries import Change
from models.entry_errors import NotAllowedError
from models.first_asked import allowed
from models.generations import demand_current
from models.handing import HandsOver
from models.handing_on import hand_on
from models.history import Writer
from models.preparing import Row
from models.register import Declaration, Field
from models.words import PersonError

MOST = 200  # matters of one hand-over


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of what is handed over: the field of a matter, and its register."""

    field: Field
    declared: Declaration


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of a new hand-over: what it refers to, in words, and until when."""

    via: str
    entry_id: int
    text: str
    due_at: datetime | None = None


class ConfirmedError(PersonError):
    """Somebody has taken the shift over already; nothing was changed."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "这次交班已经确认过了，请刷新后查看。",
            "This hand-over has been confirmed already. Open it again.",
        )


def registers() -> list[Declaration]:
    """Return the registers whose entries are hand-overs."""
    return [
        one
        for one in catalogue.current()
        if one.hands_over is not None and not one.is_retired
    ]


def said_of(declared: Declaration) -> HandsOver:
    """Return what a register says of it; NotAllowedError where it says nothing."""
    if declared.hands_over is None or declared.is_retired:
        raise NotAllowedError
    return declared.hands_over


def sources(declared: Declaration) -> list[Source]:
    """Return what is handed over, in the order declared."""
    known = catalogue.current()
    items = known[said_of(declared).items]
    fields = (items.field(name) for name in said_of(declared).entries)
    return [Source(one, known[one.refers_to or ""]) for one in fields]


def may_hand_over(person: Person, declared: Declaration) -> bool:
    """Whether a person makes hand-overs: enters them and their matters."""
    said = said_of(declared)
    return person.staff_id is not None and all(
        person.may(code, Action.CREATE) for code in (declared.code, said.items)
    )


def proposed(person: Person, source: Source) -> Select[Any] | None:
    """Return the select of a person's open entries of one kind."""
    return open_work.of_person(person, source.declared, person.staff_id or 0)


def make(
    session: Session,
    declared: Declaration,
    values: Mapping[str, Any],
    matters: Sequence[Matter],
    writer: Writer,
) -> int:
    """Write a hand-over with its matters, in one transaction, and return its id.

    Raises:
        NotAllowedError: The writer makes no hand-overs.
        EntryRefusedError: With what is wrong with the hand-over, or with a matter.
        PersonError: An entry is not the writer's any more, or done by now.
    """
    said, person = said_of(declared), writer.person
    if not may_hand_over(person, declared):
        raise NotAllowedError
    if len(matters) > MOST:
        raise PersonError(
            "一次最多交 {most} 项，勾选了 {count} 项，请分两次交班。",
            "At most {most} matters go into one hand-over and {count} are ticked. Make "
            "two of it.",
            most=MOST,
            count=len(matters),
        )
    _demand_open(session, declared, matters, person)
    whole = entries.create(
        session, declared.code, {**values, said.by: person.staff_id}, writer
    )
    items = catalogue.current()[said.items]
    rows = []
    for one in matters:
        row = {items.part_of or "": whole, said.matter: one.text, one.via: one.entry_id}
        rows.append(row | ({said.due_at: one.due_at} if said.due_at else {}))
    entries.create_many(session, said.items, rows, writer)
    return whole


def _demand_open(
    session: Session,
    declared: Declaration,
    matters: Sequence[Matter],
    person: Person,
) -> None:
    for source in sources(declared):
        ids = {one.entry_id for one in matters if one.via == source.field.name}
        query = proposed(person, source) if ids else None
        table = catalogue.current().table(source.declared.code)
        found: set[int] = set()
        if query is not None:
            only = query.where(among(table.c.id, ids)).with_only_columns(table.c.id)
            found = set(session.scalars(only))
        if ids - found:
            raise PersonError(
                "有 {count} 条{zh}已办结或已不归您，请刷新后再交班。",
                "{count} entries of {en} are done or not yours any more. Open the page "
                "again and hand over what is left.",
                count=len(ids - found),
                zh=source.declared.title.zh,
                en=source.declared.title.en,
            )


def to_confirm(person: Person, declared: Declaration) -> Select[Any]:
    """Return the select of hand-overs that a person may confirm, the latest first.

    Those left to them, and those left to whoever comes next, of the rows they list.
    """
    said = said_of(declared)
    table = catalogue.current().table(declared.code)
    by, to, at = (
        table.c[declared.field(name).column or ""]
        for name in (said.by, said.to, said.confirmed_at)
    )
    query = access.visible(person, declared.code, Action.READ)
    mine = to == person.staff_id
    if may_hand_over(person, declared):
        mine = or_(mine, to.is_(None))
    return query.where(at.is_(None), by != person.staff_id, mine).order_by(
        table.c.id.desc()
    )


def may_confirm(person: Person, declared: Declaration, row: Row) -> bool:
    """Whether a hand-over that a person reads is theirs to confirm."""
    said = said_of(declared)
    if person.staff_id is None or row[said.confirmed_at] is not None:
        return False
    if row[said.by] == person.staff_id:
        return False
    if row[said.to] is None:
        return may_hand_over(person, declared)
    return bool(row[said.to] == person.staff_id)


def matters_of(session: Session, declared: Declaration, whole_id: int) -> list[Row]:
    """Return the matters of a hand-over, which the asking person may read."""
    said = said_of(declared)
    items = catalogue.current()[said.items]
    table = catalogue.current().table(said.items)
    part_of = table.c[items.field(items.part_of or "").column or ""]
    query = select(table).where(part_of == whole_id, table.c.binned_at.is_(None))
    query = marked(query.order_by(table.c.id).limit(MOST), said.items)
    return entries.load(session, items, query)


def open_matters(session: Session, declared: Declaration, whole_id: int) -> int:
    """Return how many matters of a hand-over are not confirmed yet."""
    said = said_of(declared)
    rows = matters_of(session, declared, whole_id)
    return sum(1 for row in rows if not row[said.ticked])


def confirm(
    session: Session,
    declared: Declaration,
    whole_id: int,
    ticked: Collection[int],
    writer: Writer,
    *,
    ends: bool,
    remark: str = "",
) -> tuple[Row, list[Row]]:
    """Confirm matters of a hand-over; who does so answers for what they refer to.

    Args:
        session: A writing session.
        declared: A register of hand-overs.
        whole_id: The hand-over.
        ticked: Matters, by id; those confirmed before may be among them.
        writer: The next shift.
        ends: Take the shift over, whatever is left with the giver. All matters ticked
            end it, too.
        remark: What the next shift says to it.

    Returns:
        The hand-over as it is now, and the entries that changed hands.

    Raises:
        NotAllowedError: It is not there, or not the writer's to confirm.
        ConfirmedError: It was confirmed meanwhile.
        CannotHoldError: The writer may not change an entry, even as its holder.
    """
    demand_current(session)
    said, person = said_of(declared), writer.person
    table = catalogue.current().table(declared.code)
    (row,) = entries.lock(session, declared, table, [whole_id], writer, Action.READ)
    if row[said.confirmed_at] is not None:
        raise ConfirmedError
    if not may_confirm(person, declared, row):
        raise NotAllowedError
    matters = matters_of(session, declared, whole_id)
    chosen = [one for one in matters if one["id"] in ticked and not one[said.ticked]]
    moved = []
    for source, ids in _referred(declared, chosen):
        moved += hand_on(session, source, ids, row[said.by], person, writer)
    _change(
        session,
        said.items,
        [(one["id"], {said.ticked: True}) for one in chosen],
        writer,
    )
    values: Row = {said.to: person.staff_id}
    if ends or all(one[said.ticked] or one in chosen for one in matters):
        values[said.confirmed_at] = writer.now
    if said.remark and remark.strip():
        values[said.remark] = remark.strip()
    (after,) = _change(session, declared.code, [(whole_id, values)], writer)
    return after, moved


def _referred(
    declared: Declaration, matters: Sequence[Row]
) -> Iterator[tuple[Declaration, list[int]]]:
    for source in sources(declared):
        name = source.field.name
        ids = {one[name] for one in matters if one[name] is not None}
        if ids:
            yield source.declared, sorted(ids)


def _change(
    session: Session, register: str, changed: Sequence[tuple[int, Row]], writer: Writer
) -> list[Row]:
    """Write what a confirmation sets, whoever may otherwise change it."""
    by = replace(writer, person=allowed(writer.person, register, Action.READ))
    changes = [Change(entry_id, values) for entry_id, values in changed]
    return entries.change_many(session, register, changes, by, by_flow=True)
