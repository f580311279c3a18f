"""The same new values for many entries, or all of them into the bin: looked at, saved.

Entries that cannot be changed keep the others from nothing: each is told with why it
stays, by the very checks of a save. What somebody else saved since it was looked at
stays as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from models import access, catalogue, change_batches, entries, judging
from models.access import Action
from models.amid import among
from models.entries import Change
from models.history import Writer
from models.preparing import Row
from models.register import Declaration
from models.words import Label

Versions = Mapping[int, int | None]
"""The entries meant, each with the version it was looked at in; None for any."""

NOT_YOURS = Label("您没有修改这条记录的权限。", "It is not yours to change.")
NOT_TO_DELETE = Label("您没有删除这条记录的权限。", "It is not yours to delete.")
SAVED_SINCE = Label(
    "您查看之后，别人又保存过，没有改动。",
    "Somebody saved it after you had looked; left as it is.",
)


@dataclass(slots=True)
class Line:
    """One entry: as it is, as it would be, or why it stays."""

    before: Row
    after: Row
    why_not: list[Label] = field(default_factory=list)

    def is_same(self, names: Sequence[str]) -> bool:
        """Whether the new values are those it holds already."""
        return all(self.before.get(name) == self.after.get(name) for name in names)


def look(
    session: Session,
    declared: Declaration,
    meant: Versions,
    values: Mapping[str, Any],
    writer: Writer,
    *,
    locks: bool = False,
) -> list[Line]:
    """Return what new values would do to each entry that the writer may list."""
    lines = _lines(session, declared, meant, Action.CHANGE, writer, locks=locks)
    open_ = [one for one in lines if not one.why_not]
    found = judging.changed(
        session,
        declared,
        [values] * len(open_),
        [one.before for one in open_],
        writer,
        locks=locks,
    )
    _tell(open_, found)
    return lines


def save(
    session: Session,
    declared: Declaration,
    meant: Versions,
    values: Mapping[str, Any],
    writer: Writer,
) -> list[Line]:
    """Change what can be changed, in the caller's transaction; offer to undo it."""
    lines = look(session, declared, meant, values, writer, locks=True)
    ids = [
        one.before["id"]
        for one in lines
        if not one.why_not and not one.is_same([*values])
    ]
    changes = [Change(one, values) for one in ids]
    entries.change_many(session, declared.code, changes, writer)
    if ids:
        change_batches.offer(session, declared.code, ids[0], "changed", writer)
    return lines


def put_away(
    session: Session, declared: Declaration, ids: Sequence[int], writer: Writer
) -> list[Line]:
    """Put into the bin what can be, in the caller's transaction; offer to undo it."""
    meant = dict.fromkeys(ids)
    lines = _lines(session, declared, meant, Action.DELETE, writer, locks=True)
    open_ = [one for one in lines if not one.why_not]
    befores = [one.before for one in open_]
    _tell(
        open_,
        judging.moved(session, declared, befores, writer, into_bin=True, locks=True),
    )
    gone = [one.before["id"] for one in lines if not one.why_not]
    if gone:
        entries.bin_many(session, declared.code, gone, writer)
        change_batches.offer(session, declared.code, gone[0], "binned", writer)
    return lines


def _lines(
    session: Session,
    declared: Declaration,
    meant: Versions,
    action: Action,
    writer: Writer,
    *,
    locks: bool,
) -> list[Line]:
    """Return the entries as they are, told of those that are not the writer's."""
    listed = _rows(session, declared, Action.LIST, [*meant], writer)
    mine = _rows(session, declared, action, [*meant], writer, locks=locks)
    denied = NOT_TO_DELETE if action is Action.DELETE else NOT_YOURS
    lines = []
    for key in meant:
        row = mine.get(key) or listed.get(key)
        if row is None:
            continue
        line = Line(row, row)
        if key not in mine:
            line.why_not.append(denied)
        elif meant[key] not in (None, row["version"]):
            line.why_not.append(SAVED_SINCE)
        lines.append(line)
    return lines


def _rows(
    session: Session,
    declared: Declaration,
    action: Action,
    ids: Sequence[int],
    writer: Writer,
    *,
    locks: bool = False,
) -> dict[int, Row]:
    if not writer.person.may(declared.code, action):
        return {}
    table = catalogue.current().table(declared.code)
    query = access.visible(writer.person, declared.code, action)
    query = query.where(among(table.c.id, ids)).order_by(table.c.id)
    if locks:
        query = query.with_for_update(of=table, key_share=True)
    return {row["id"]: row for row in entries.load(session, declared, query)}


def _tell(lines: Sequence[Line], found: judging.Judged) -> None:
    for at, line in enumerate(lines):
        line.after = found.afters[at]
        line.why_not += found.refused.get(at, [])
