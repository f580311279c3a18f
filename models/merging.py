"""合并: two entries of the same thing become one, with everything that hangs on them.

Whatever refers to the one that goes refers to the one that stays afterwards, by
ordinary changes, so that history, figures and clocks follow; files and comments go with
it; it itself goes into the bin. All in the caller's one transaction; it can be undone
as far as nobody has changed it since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import access, catalogue, entries, masking
from models.access import Action, Person, marked
from models.amid import among
from models.attachments import Attachment, Comment
from models.entries import Change
from models.entry_errors import LostUpdateError
from models.first_asked import allowed
from models.history import Happening, Writer, from_plain, plain, remember
from models.merge_table import EntryMerge
from models.preparing import Row
from models.register import WITHOUT_COLUMN, Declaration, Field
from models.words import PersonError

ORIGIN = "merge"
MERGED = "merged"  # in the history of both
AT_ONCE = 500  # entries that are moved by one statement
MOST = 20_000  # entries that hang on one
BESIDE: Mapping[str, type[Attachment] | type[Comment]] = {
    "attachment": Attachment,
    "comment": Comment,
}
Moved = dict[str, dict[str, list[int]]]
"""{register: {field: ids}}"""


class CannotMergeError(PersonError):
    """Two entries that cannot be made one; nothing was changed."""


def may_merge(person: Person, declared: Declaration) -> bool:
    """Whether the register is merged at all, and by this person."""
    rights = (Action.CHANGE, Action.DELETE)
    return declared.merges and all(person.may(declared.code, one) for one in rights)


def both(
    session: Session, person: Person, declared: Declaration, keep: int, drop: int
) -> tuple[Row, Row]:
    """Return the entry that stays and the one that goes.

    Raises:
        NotAllowedError: One is not there, or not the person's to change and delete.
        CannotMergeError: They are one entry, or the register is not merged.
    """
    if not declared.merges or keep == drop:
        raise CannotMergeError(
            "请选择同一台账中的两条不同的记录。",
            "Choose two different entries of a register that is merged.",
        )
    rows = []
    for one in (keep, drop):
        entries.get(session, person, declared.code, one, Action.DELETE)
        rows.append(entries.get(session, person, declared.code, one, Action.CHANGE))
    return rows[0], rows[1]


def choosable(
    person: Person, declared: Declaration, keep: Row, drop: Row
) -> list[tuple[Field, bool]]:
    """Return the fields in which two entries differ, and whether one may be chosen.

    What is masked for the person may not be taken over: in an entry of their own they
    would read it.
    """
    return [
        (one, not masking.masks(person, declared, one, drop))
        for one in person.fields(declared)
        if one.type not in WITHOUT_COLUMN
        and not one.is_given
        and drop.get(one.name) not in (None, "")
        and keep.get(one.name) != drop.get(one.name)
    ]


def hanging(session: Session, declared: Declaration, entry_id: int) -> Moved:
    """Return all that refers to an entry and is not in the bin; checks no right."""
    known, found = catalogue.current(), Moved()
    for other, one in known.referring_to(declared.code):
        table = known.table(other.code)
        query = select(table.c.id).where(
            table.c[one.column or ""] == entry_id, table.c.binned_at.is_(None)
        )
        query = query.order_by(table.c.id).limit(MOST + 1)
        ids = list(session.scalars(marked(query, other.code)))
        if len(ids) > MOST:
            raise CannotMergeError(
                "{title}里有超过 {most} 条关联记录，请把它作为保留的一条。",
                "More than {most} entries of {title} hang on it; let it be the one "
                "that stays.",
                title=other.title.zh,
                most=MOST,
            )
        if ids:
            found.setdefault(other.code, {})[one.name] = ids
    return found


def merge(
    session: Session,
    declared: Declaration,
    keep: Row,
    drop: Row,
    taken: Iterable[str],
    writer: Writer,
) -> EntryMerge:
    """Let one entry go into another, in the open transaction.

    Args:
        session: A writing session.
        declared: The register.
        keep: The entry that stays, in the version it was shown in.
        drop: The one that goes, in the version it was shown in.
        taken: The fields whose value is taken from the one that goes.
        writer: Who does it; their right is asked for again.

    Raises:
        NotAllowedError: The writer may not change and delete both.
        LostUpdateError: One was changed since it was shown.
        EntryRefusedError: What hangs on it cannot be moved, such as a part that both
            have alike.
    """
    by = replace(writer, origin=ORIGIN)
    now = both(session, writer.person, declared, keep["id"], drop["id"])
    for shown, there in zip((keep, drop), now, strict=True):
        if shown["version"] != there["version"]:
            raise LostUpdateError(there)
    before, gone = now
    moved = hanging(session, declared, gone["id"])
    _move(session, moved, gone["id"], before["id"], by)
    beside = _move_beside(session, declared.code, gone["id"], before["id"])
    names = set(taken)
    values = {
        one.name: gone[one.name]
        for one, may in choosable(writer.person, declared, before, gone)
        if may and one.name in names
    }
    # First the one, since what is unique may stand in one of them alone.
    entries.bin_many(session, declared.code, [gone["id"]], by)
    if values:
        entries.change(session, declared.code, before["id"], values, by)
    made = EntryMerge(
        register=declared.code,
        from_id=gone["id"],
        into_id=before["id"],
        from_number=gone["number"],
        into_number=before["number"],
        moved=moved,
        beside=beside,
        chosen={
            name: [plain(before[name]), plain(value)] for name, value in values.items()
        },
        at=writer.now,
        staff_id=writer.person.staff_id,
        by_name=writer.person.name,
    )
    session.add(made)
    session.flush()
    _tell(session, made, by)
    return made


def _tell(session: Session, made: EntryMerge, by: Writer) -> None:
    """Write into the history of both which other one it was."""
    happened = [
        Happening(made.into_id, 0, MERGED, {"from": [None, made.from_number]}),
        Happening(made.from_id, 0, MERGED, {"into": [None, made.into_number]}),
    ]
    remember(session, made.register, happened, by)


def _move(
    session: Session, moved: Moved, from_id: int, to_id: int, by: Writer
) -> Moved:
    """Let entries refer to another; return those that did refer to the one."""
    done = Moved()
    for register, fields in moved.items():
        # By the right on what they hang on: nothing of them is shown to the writer.
        person = allowed(by.person, register, Action.READ)
        writer = replace(by, person=person)
        for name, ids in fields.items():
            for start in range(0, len(ids), AT_ONCE):
                some = _referring(
                    session, register, name, from_id, ids[start:][:AT_ONCE]
                )
                changes = [Change(one, {name: to_id}) for one in some]
                entries.change_many(session, register, changes, writer, by_flow=True)
                done.setdefault(register, {}).setdefault(name, []).extend(some)
    return done


def _referring(
    session: Session, register: str, name: str, to: int, ids: Sequence[int]
) -> list[int]:
    known = catalogue.current()
    table = known.table(register)
    column = table.c[known[register].field(name).column or name]
    query = select(table.c.id).where(
        among(table.c.id, ids), column == to, table.c.binned_at.is_(None)
    )
    return list(session.scalars(marked(query.order_by(table.c.id), register)))


def _move_beside(
    session: Session, register: str, from_id: int, to_id: int
) -> dict[str, list[int]]:
    found = {}
    for name, kind in BESIDE.items():
        mine = (kind.register == register, kind.entry_id == from_id)
        moved = update(kind).where(*mine).values(entry_id=to_id).returning(kind.id)
        found[name] = sorted(session.scalars(moved))
    return found


def undo(session: Session, made: EntryMerge, writer: Writer) -> list[str]:
    """Take a merge back, in the open transaction; return what was changed since.

    That stays as somebody has made it: fields of the entry that stayed, by name.

    Raises:
        NotAllowedError: The writer may not change the one or restore the other.
        CannotMergeError: It was undone already.
        EntryRefusedError: The entry can't come back, such as for a number that
            another one has by now.
    """
    by = replace(writer, origin=ORIGIN)
    declared = catalogue.current()[made.register]
    guard = update(EntryMerge).where(
        EntryMerge.id == made.id, EntryMerge.undone_at.is_(None)
    )
    mark = guard.values(undone_at=writer.now, undone_by=writer.person.name)
    if not session.execute(mark.returning(EntryMerge.id)).all():
        raise CannotMergeError(
            "这次合并已经撤销过了。", "This merge has been undone already."
        )
    stays = entries.get(
        session, writer.person, made.register, made.into_id, Action.CHANGE
    )
    back, since = _before(declared, made, stays)
    if back:
        entries.change(session, made.register, made.into_id, back, by)
    entries.restore_many(session, made.register, [made.from_id], by)
    _move(session, made.moved, made.into_id, made.from_id, by)
    for name, kind in BESIDE.items():
        ids = made.beside.get(name, [])
        mine = (among(kind.id, ids), kind.entry_id == made.into_id)
        session.execute(update(kind).where(*mine).values(entry_id=made.from_id))
    return since


def _before(
    declared: Declaration, made: EntryMerge, stays: Row
) -> tuple[dict[str, Any], list[str]]:
    back, since = {}, []
    for name, (old, new) in made.chosen.items():
        if not declared.has(name):
            continue
        one = declared.field(name)
        if stays.get(name) == from_plain(one, new):
            back[name] = from_plain(one, old)
        else:
            since.append(name)
    return back, since


def visible_of(
    session: Session, person: Person, moved: Moved
) -> list[tuple[Declaration, list[int]]]:
    """Return what of some entries the person may list, by register."""
    known, found = catalogue.current(), []
    for register, fields in moved.items():
        ids = sorted({one for some in fields.values() for one in some})
        table = known.table(register)
        query = access.visible(person, register, Action.LIST)
        query = query.where(among(table.c.id, ids)).with_only_columns(table.c.id)
        seen = (
            sorted(session.scalars(query)) if person.may(register, Action.LIST) else []
        )
        if seen:
            found.append((known[register], seen))
    return found
