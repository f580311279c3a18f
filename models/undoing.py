"""Taking back what somebody changed: of one entry or of thousands, as a whole.

The history says what each field held before. Rights and checks are those of any save,
asked again; what was changed since by somebody else is left, and told.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, change_batches, entries, judging
from models.access import Action
from models.amid import among
from models.change_batches import ChangeBatch
from models.entries import Change
from models.history import EVENTS, Writer, from_plain, plain
from models.preparing import Row
from models.register import Declaration, Field
from models.words import Label

CHANGED, CREATED, BINNED, RESTORED = "changed", "created", "binned", "restored"
# What is taken back of what was done, and the right that it needs.
_RIGHTS = {
    CHANGED: Action.CHANGE,
    CREATED: Action.DELETE,
    BINNED: Action.DELETE,
    RESTORED: Action.DELETE,
}
GONE = Label("记录不存在，或您已无权查看。", "There is no such entry for you any more.")
NOT_YOURS = Label("您现在没有修改这条记录的权限。", "You may not change it any more.")
IN_BIN = Label("记录已在回收站里。", "It is in the bin by now.")
NOT_IN_BIN = Label("记录已不在回收站里。", "It is not in the bin any more.")
TOUCHED = Label("之后又有改动，保留现状。", "Changed again since; left as it is.")
NOT_TYPED = Label(
    "所改的字段现在由流程或系统填写，不能撤销。",
    "What was changed is now filled in by the flow or by the panel.",
)
NO_REGISTER = Label("这本台账已经没有了。", "The register is no more.")


@dataclass(slots=True)
class Back:
    """One entry that a change touched: what it would hold again, or why it stays."""

    register: str
    entry_id: int
    action: str  # what was done to it
    version: int  # that it had afterwards
    changes: dict[str, list[Any]]  # {field: [old, new]} as the history has them
    now: Row | None = None  # the entry as it is, if the person may see it
    again: Row = field(default_factory=dict)  # what the fields would hold
    is_back: bool = False  # it holds already what it held before
    why_not: list[Label] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it would be taken back."""
        return not self.is_back and not self.why_not


@dataclass(frozen=True, slots=True)
class Undone:
    """How many entries were taken back, and those that were left as they are."""

    done: int
    left: list[Back]


def look(
    session: Session, batch: ChangeBatch, writer: Writer, *, locks: bool = False
) -> list[Back]:
    """Return every entry of a change with what undoing it would do; writes nothing.

    Args:
        session: Any session; a writing one with `locks`.
        batch: The change.
        writer: Who would undo it: the rights are this person's, of now.
        locks: Whether the undoing follows in the same transaction.
    """
    found = _touched(session, batch.batch)
    groups: dict[tuple[str, str], list[Back]] = defaultdict(list)
    for one in found:
        groups[one.register, one.action].append(one)
    known = catalogue.current()
    for (register, action), some in groups.items():
        if register not in known:
            for one in some:
                one.why_not.append(NO_REGISTER)
            continue
        declared = known[register]
        _stand(session, declared, action, some, writer, locks=locks)
        for one in some:
            if one.now is not None and not one.why_not:
                _compare(declared, one, writer)
        _judge(session, declared, action, some, writer, locks=locks)
    return found


def undo(session: Session, batch: ChangeBatch, writer: Writer) -> Undone:
    """Take a change back, but for entries that cannot be; can itself be undone.

    Raises:
        PersonError: What is taken back does not fit together; nothing was done.
    """
    found = look(session, batch, writer, locks=True)
    todo = [one for one in found if one.is_open]
    # What was done last is taken back first: the parts of a whole before itself.
    groups: dict[tuple[str, str], list[Back]] = defaultdict(list)
    for one in reversed(todo):
        groups[one.register, one.action].append(one)
    for (register, action), some in groups.items():
        ids = [one.entry_id for one in some]
        if action == CHANGED:
            changes = [Change(one.entry_id, one.again) for one in some]
            entries.change_many(session, register, changes, writer)
        elif action == BINNED:
            entries.restore_many(session, register, ids, writer)
        else:
            entries.bin_many(session, register, ids, writer)
    if todo:
        change_batches.mark_undone(session, batch.batch, writer.now)
        again = {BINNED: RESTORED, RESTORED: BINNED}.get(batch.action, CHANGED)
        change_batches.offer(session, batch.register, batch.entry_id, again, writer)
    return Undone(len(todo), [one for one in found if one.why_not])


def _touched(session: Session, batch: str) -> list[Back]:
    """Return each entry of a batch once, in the order in which they were touched."""
    columns = (
        EVENTS.c.register,
        EVENTS.c.entry_id,
        EVENTS.c.action,
        EVENTS.c.entry_version,
        EVENTS.c.changes,
    )
    query = select(*columns).where(EVENTS.c.batch == batch).order_by(EVENTS.c.id)
    found: dict[tuple[str, int], Back] = {}
    for row in session.execute(query):
        one = Back(row.register, row.entry_id, row.action, row.entry_version, {})
        known = found.setdefault((row.register, row.entry_id), one)
        known.version = row.entry_version
        if known.action == CHANGED:
            known.action = row.action
        for name, (old, new) in row.changes.items():
            known.changes[name] = [known.changes.get(name, [old])[0], new]
    return [one for one in found.values() if one.action in _RIGHTS]


def _stand(
    session: Session,
    declared: Declaration,
    action: str,
    some: Sequence[Back],
    writer: Writer,
    *,
    locks: bool,
) -> None:
    """Find the entries as they are, or say why they cannot be taken back."""
    ids = [one.entry_id for one in some]
    binned = action == BINNED
    right = _RIGHTS[action]
    mine = _rows(session, declared, right, ids, writer, binned=binned, locks=locks)
    left = [one for one in ids if one not in mine]
    seen = _rows(session, declared, Action.LIST, left, writer)
    gone = _rows(session, declared, Action.DELETE, left, writer, binned=True)
    for one in some:
        key = one.entry_id
        one.now = mine.get(key) or seen.get(key) or gone.get(key)
        if key in mine:
            continue
        if key in seen:
            one.why_not.append(NOT_IN_BIN if binned else NOT_YOURS)
        else:
            one.why_not.append(IN_BIN if key in gone else GONE)


def _rows(
    session: Session,
    declared: Declaration,
    action: Action,
    ids: Sequence[int],
    writer: Writer,
    *,
    binned: bool = False,
    locks: bool = False,
) -> dict[int, Row]:
    if not ids:
        return {}
    table = catalogue.current().table(declared.code)
    query = access.visible(writer.person, declared.code, action, binned=binned)
    query = query.where(among(table.c.id, set(ids))).order_by(table.c.id)
    if locks:
        query = query.with_for_update(of=table, key_share=True)
    return {row["id"]: row for row in entries.load(session, declared, query)}


def _compare(declared: Declaration, one: Back, writer: Writer) -> None:
    """Say what the entry would hold again, unless somebody changed it since."""
    now = one.now or {}
    if one.action != CHANGED:
        if now["version"] != one.version:
            one.why_not.append(TOUCHED)
        return
    for each, old, new in _typed(declared, one, writer):
        held = now.get(each.name)
        if _is(each, held, new):
            one.again[each.name] = from_plain(each, old)
        elif not _is(each, held, old):
            one.why_not.append(_since(each))
    if not one.again and not one.why_not:
        one.is_back = any(True for _ in _typed(declared, one, writer))
        if not one.is_back:
            one.why_not.append(NOT_TYPED)


def _typed(
    declared: Declaration, one: Back, writer: Writer
) -> Iterator[tuple[Field, Any, Any]]:
    """Yield the changed fields that people type, with what they held before and after.

    What is reckoned from them follows by itself.
    """
    flow = declared.flow.field if declared.flow else None
    for name, (old, new) in one.changes.items():
        if not declared.has(name) or name == flow:
            continue
        each = declared.field(name)
        if each.column and not each.is_given and writer.person.sees(declared, each):
            yield each, old, new


def _is(one: Field, held: Any, told: Any) -> bool:
    """Whether a field holds what the history tells."""
    return bool(plain(held) == told or held == from_plain(one, told))


def _since(one: Field) -> Label:
    return Label(
        f"“{one.label.zh}”之后又被改过，保留现状。",
        f"{one.label.en} was changed again since; left as it is.",
    )


def _judge(
    session: Session,
    declared: Declaration,
    action: str,
    some: Sequence[Back],
    writer: Writer,
    *,
    locks: bool,
) -> None:
    """Ask the checks of a save about what would be taken back."""
    asked = [one for one in some if one.is_open and one.now is not None]
    befores = [one.now or {} for one in asked]
    if not asked:
        return
    if action == CHANGED:
        given: list[Mapping[str, Any]] = [one.again for one in asked]
        found = judging.changed(session, declared, given, befores, writer, locks=locks)
    else:
        found = judging.moved(
            session, declared, befores, writer, into_bin=action != BINNED, locks=locks
        )
    for at, labels in found.refused.items():
        asked[at].why_not += labels
