"""What is remembered and said of other programs' writes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.attachments import COMMENT_LENGTH, Comment
from models.bulk_rows import insert_columns
from models.checking import Problem
from models.history import EVENTS, Writer, difference
from models.outside_completing import Chain, Noticed
from models.register import Declaration
from models.words import Label

Row = dict[str, Any]
Changes = dict[str, list[Any]]
Rows = Mapping[int, Row]
# Kept beside every change and never remembered as one.
_BESIDE = ("changed_at", "changed_by")
_OF_A_WRITE = ("at", "entry_id", "entry_version", "action", "changes")
_HIDDEN = Label("内容不合要求。", "It is not as it should be.")
_HEAD = Label(
    "外部程序写入的内容有 {count} 处请核对。",
    "Another program wrote this; please check {count} places.",
)


def remember(
    session: Session,
    declared: Declaration,
    chains: Mapping[int, Chain],
    before: Rows,
    after: Rows,
    writer: Writer,
) -> None:
    """Write an event for each write; the last also tells what was completed.

    Args:
        session: The writing session.
        declared: The register.
        chains: The writes, by entry.
        before: The entries as they were found.
        after: The entries as they are now; those that were deleted are in neither.
        writer: Another program.
    """
    columns: dict[str, list[Any]] = {name: [] for name in _OF_A_WRITE}
    kept = (one.name for one, _ in declared.columns if one.name not in _BESIDE)
    names = dict.fromkeys(kept)  # in order, and soon looked up
    for key, chain in chains.items():
        found, now = before.get(key, {}), after.get(key, {})
        # Most values are the very same, which costs less to see than their equality.
        moved = [name for name in names if now[name] is not found[name]] if now else ()
        completed = difference(found, now, moved) if moved else {}
        raised = now["version"] - found["version"] if now else 0
        for index, noticed in enumerate(chain):
            changes = difference(noticed.before or {}, noticed.after or {}, names)
            if index == len(chain) - 1:
                changes = dict(_joined(changes, completed))
            action = _action(noticed)
            if changes or action != "changed":
                version = _version(noticed)
                if noticed.after is not None:
                    version += raised
                event = (noticed.at, key, version, action, changes)
                for name, value in zip(_OF_A_WRITE, event, strict=True):
                    columns[name].append(value)
    said = {
        "register": declared.code,
        "by_name": writer.person.name,
        "origin": writer.origin,
    }
    for name, value in said.items():
        columns[name] = [value] * len(columns["at"])
    insert_columns(session, EVENTS, columns)


def _joined(first: Changes, second: Changes) -> Iterator[tuple[str, list[Any]]]:
    """Yield two changes that follow each other as one."""
    for name in first | second:
        old = first.get(name, second.get(name, [None]))[0]
        new = second.get(name, first.get(name, [None]))[-1]
        if old != new:
            yield name, [old, new]


def _action(noticed: Noticed) -> str:
    if noticed.before is None or noticed.after is None:
        return noticed.what
    was_binned = noticed.before["binned_at"] is not None
    is_binned = noticed.after["binned_at"] is not None
    if was_binned == is_binned:
        return "changed"
    return "binned" if is_binned else "restored"


def _version(noticed: Noticed) -> int:
    """Return the version that the write itself led to."""
    if noticed.before is None:
        return int((noticed.after or {})["version"])
    return int(noticed.before["version"]) + (noticed.after is not None)


def tell(
    session: Session, declared: Declaration, problems: Iterable[Problem], writer: Writer
) -> None:
    """Say on each entry's page what a form would have refused.

    Args:
        session: The writing session.
        declared: The register.
        problems: With the entry's id in place of the row.
        writer: Another program, in whose name it is said.
    """
    by_entry: dict[int, list[Label]] = {}
    for one in problems:
        by_entry.setdefault(one.row, []).append(_said(declared, one))
    comments = [
        {
            "register": declared.code,
            "entry_id": key,
            "text": _text(labels),
            "at": writer.now,
            "staff_id": None,
            "by_name": writer.person.name,
        }
        for key, labels in by_entry.items()
    ]
    if comments:
        session.execute(insert(Comment), comments)


def _said(declared: Declaration, problem: Problem) -> Label:
    """Return the field and the problem, which may not show what is masked."""
    if problem.field is None:
        return problem.label
    one = declared.field(problem.field)
    label = _HIDDEN if one.personal or one.secret else problem.label
    return Label(f"{one.label.zh}：{label.zh}", f"{one.label.en}: {label.en}")


def _text(labels: list[Label]) -> str:
    head = _HEAD.format(count=len(labels))
    lines = [head.zh, *(one.zh for one in labels), head.en, *(one.en for one in labels)]
    return "\n".join(lines)[:COMMENT_LENGTH]
