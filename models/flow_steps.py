"""Taking steps: which are open to a person, and moving entries along.

A step, its fields, its history, its clocks and its record are one transaction. Nothing
else writes the field of a state: `preparing` refuses it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, case, insert, literal, select
from sqlalchemy.orm import Session

from models import access, catalogue, checking, choosing, clocks, entries
from models.access import Action, Person
from models.amid import among
from models.attachments import COMMENT_LENGTH, fields_with_files
from models.checking import Problem
from models.defaults import given_value
from models.entries import Change
from models.entry_errors import (
    EntryRefusedError,
    LostUpdateError,
    NotAllowedError,
    StepRefusedError,
)
from models.fields import From, Given
from models.flow import Flow, Said, Transition
from models.flow_table import STEPS, FlowStep
from models.flow_who import READ_BESIDE, Standing, Stead
from models.generations import demand_current
from models.history import Writer
from models.preparing import Row
from models.register import SIGNATURE, WITHOUT_COLUMN, Declaration, Field
from models.words import Label, PersonError

MOST_TOLD = 5  # entries named in a refusal


@dataclass(frozen=True, slots=True)
class Open:
    """A step that a person may take, and in whose stead if not by themselves."""

    transition: Transition
    stead: Stead | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """One entry to be moved, and the version it was looked at in.

    Where the past is written, each entry has what was typed for it, and when.
    """

    entry_id: int
    version: int | None = None  # None: whatever is there now (many at once)
    values: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None  # None: now


def flow_of(declared: Declaration) -> Flow:
    """Return a register's flow; NotAllowedError if it has none."""
    if declared.flow is None:
        raise NotAllowedError
    return declared.flow


def may_take(
    session: Session, person: Person, declared: Declaration, entry: Row, today: date
) -> list[Open]:
    """Return the steps that are open to a person on an entry, in declared order."""
    found = may_take_many(session, person, declared, [entry["id"]], today)
    return found.get(entry["id"], [])


def may_take_many(
    session: Session,
    person: Person,
    declared: Declaration,
    ids: Collection[int],
    today: date,
    only: str | None = None,
) -> dict[int, list[Open]]:
    """Return {id: open steps} of those entries that the person may read.

    Args:
        session: Any session.
        person: Who would take them.
        declared: The register, which has a flow.
        ids: The entries asked about.
        today: The day at the desk, for who stands in for whom.
        only: The code of the one step that is asked about.
    """
    standing = Standing(session, person, today)
    ways = [
        (Open(one, stead), condition)
        for one in flow_of(declared).transitions
        if only in (None, one.code)
        for stead, condition in standing.ways(declared, one)
    ]
    table = catalogue.current().table(declared.code)
    flags = [
        case((condition, literal(1, Integer)), else_=literal(0, Integer))
        for _, condition in ways
    ]
    query = access.visible(person, declared.code, Action.READ)
    query = query.with_only_columns(table.c.id, *flags)
    query = access.marked(query, declared.code, *READ_BESIDE)
    found: dict[int, list[Open]] = {}
    for entry_id, *holds in session.execute(query.where(among(table.c.id, set(ids)))):
        open_: dict[str, Open] = {}
        for (one, _), flag in zip(ways, holds, strict=True):
            if flag:  # one's own right goes before a deputy's
                open_.setdefault(one.transition.code, one)
        found[entry_id] = list(open_.values())
    return found


def take(
    session: Session,
    register: str,
    entry_id: int,
    code: str,
    writer: Writer,
    *,
    version: int,
    values: Mapping[str, Any] | None = None,
    comment: str = "",
) -> Row:
    """Take one step of one entry and return the entry as it is afterwards.

    See `take_many` for what is refused.
    """
    taken = take_many(
        session,
        register,
        [Take(entry_id, version)],
        code,
        writer,
        values=values,
        comment=comment,
    )
    return taken[0]


def take_many(
    session: Session,
    register: str,
    takes: Sequence[Take],
    code: str,
    writer: Writer,
    *,
    values: Mapping[str, Any] | None = None,
    comment: str = "",
) -> list[Row]:
    """Take one step of many entries, all or none; return them as they are afterwards.

    Args:
        session: A writing session.
        register: The register's code.
        takes: The entries, each with the version it was looked at in.
        code: The transition's code.
        writer: Who takes the step, and when.
        values: What was typed for the fields the step asks for.
        comment: What was said with it.

    Raises:
        NotAllowedError: There is no such step, or an entry the person may not read.
        StepRefusedError: The step is not open on an entry; naming which and why.
        LostUpdateError: An entry has another version than the person saw.
        EntryRefusedError: What the step needs is missing or wrong.
        StaleDeclarationsError: The declaration was changed meanwhile.
    """
    if not takes:
        return []
    demand_current(session)
    declared = catalogue.current()[register]
    flow = flow_of(declared)
    one = flow.transition(code)
    if one is None:
        raise NotAllowedError
    table = catalogue.current().table(register)
    ids = [each.entry_id for each in takes]
    befores = entries.lock(session, declared, table, ids, writer, Action.READ)
    steads = _steads(session, declared, one, befores, writer)
    for each, before in zip(takes, befores, strict=True):
        if each.version is not None and each.version != before["version"]:
            raise LostUpdateError(before)
    given = [dict(values or {}) | dict(each.values) for each in takes]
    _demand_typed(session, declared, one, befores, writer, given)
    said = _comment(one, comment)
    writers = [replace(writer, now=each.at or writer.now) for each in takes]
    changes = [
        Change(
            before["id"],
            typed | _set(one, before | typed, said, by) | {flow.field: one.to},
        )
        for before, typed, by in zip(befores, given, writers, strict=True)
    ]
    afters = entries.change_many(
        session, register, changes, writer, by_flow=True, locked=befores
    )
    rows = [
        _record(register, one.code, flow.state_of(before), after, flow, by)
        | _stead(steads[before["id"]])
        | {"comment": said}
        for before, after, by in zip(befores, afters, writers, strict=True)
    ]
    session.execute(insert(STEPS), rows)
    if any(each.at is not None for each in takes):
        # Clocks that go by states were told the present until the steps were written.
        clocks.follow(session, declared, afters, afters, writer)
    return afters


def steps_of(session: Session, register: str, entry_id: int) -> list[FlowStep]:
    """Return the steps an entry has taken, the first one first."""
    query = select(FlowStep).where(
        FlowStep.register == register, FlowStep.entry_id == entry_id
    )
    return list(session.scalars(query.order_by(FlowStep.id)))


def note_outside(
    session: Session,
    declared: Declaration,
    moved: Iterable[tuple[Row, Row, datetime]],
    writer: Writer,
) -> None:
    """Record that another program moved entries: as each was, as it became, when."""
    flow = declared.flow
    if flow is None:
        return
    rows = [
        _record(declared.code, None, flow.state_of(before), after, flow, writer)
        | _stead(None)
        | {"comment": None, "at": at}
        for before, after, at in moved
        if flow.state_of(before) != flow.state_of(after)
    ]
    if rows:
        session.execute(insert(STEPS), rows)


def _steads(
    session: Session,
    declared: Declaration,
    one: Transition,
    befores: Sequence[Row],
    writer: Writer,
) -> dict[int, Stead | None]:
    """Return in whose stead each entry is moved, or refuse those that are not open."""
    ids = [before["id"] for before in befores]
    today = writer.now.astimezone(writer.zone).date()
    found = may_take_many(session, writer.person, declared, ids, today, one.code)
    closed = [before for before in befores if not found.get(before["id"])]
    if closed:
        raise _refusal(session, declared, one, closed, len(befores))
    return {key: open_[0].stead for key, open_ in found.items()}


def _refusal(
    session: Session,
    declared: Declaration,
    one: Transition,
    closed: Sequence[Row],
    asked: int,
) -> StepRefusedError:
    told = [_reason(session, declared, one, row) for row in closed[:MOST_TOLD]]
    more = len(closed) - len(told)
    zh, en = "；".join(it.zh for it in told), "; ".join(it.en for it in told)
    if more:
        zh, en = f"{zh}；另有 {more} 条", f"{en}; and {more} more"
    if asked > 1:
        zh = f"{len(closed)} 条不能办理，所选的都没有办理。{zh}"
        en = f"{len(closed)} cannot be moved, so none was. {en}"
    return StepRefusedError(
        "不能办理“{step}”：{zh}。",
        "Cannot do “{step_en}”: {en}.",
        step=one.label.zh,
        step_en=one.label.en,
        zh=zh,
        en=en,
    )


def _reason(
    session: Session, declared: Declaration, one: Transition, row: Row
) -> Label:
    """Say where an entry stands, and who moved it there if that is the reason."""
    flow = flow_of(declared)
    stands = flow.state(flow.state_of(row))
    number = row.get("number") or f"#{row['id']}"
    if stands.code in one.sources:
        return Label(
            f"{number} 目前不由您办理，或条件不符合",
            f"{number} is not yours to move, or the condition does not hold",
        )
    steps = steps_of(session, declared.code, row["id"])
    by = steps[-1].by_name if steps else ""
    return Label(
        f"{number} 已在“{stands.label.zh}”" + (f"（{by} 办理）" if by else ""),
        f"{number} is at “{stands.label.en}” by now" + (f" (by {by})" if by else ""),
    )


def _demand_typed(
    session: Session,
    declared: Declaration,
    one: Transition,
    befores: Sequence[Row],
    writer: Writer,
    given: Sequence[Mapping[str, Any]],
) -> None:
    """Refuse what is wrong with what was typed for a step, entry by entry."""
    person = writer.person
    for name in {name for values in given for name in values}:
        if name not in one.asks or not person.sees(declared, declared.field(name)):
            raise NotAllowedError
    problems = choosing.refused(session, declared, given, person, befores=befores)
    files: dict[int, dict[str, bool]] = {}
    if any(declared.field(name).type in WITHOUT_COLUMN for name in one.asks):
        ids = [before["id"] for before in befores]
        files = fields_with_files(session, declared.code, ids, writer.now)
    for index, (before, values) in enumerate(zip(befores, given, strict=True)):
        after = before | dict(values)
        for name in one.asks:
            asked = declared.field(name)
            if not checking.applies(asked, after):
                continue
            empty = _is_empty(after.get(name))
            if asked.type in WITHOUT_COLUMN:
                empty = not _has_file(files[before["id"]], asked)
            if empty:
                problems.append(Problem(name, checking.must_be_filled(asked), index))
    if problems:
        raise EntryRefusedError(problems)


def _has_file(files: Mapping[str, bool], asked: Field) -> bool:
    """Whether a field has its file; a signature is signed anew with each step."""
    return files.get(asked.name, False) or (
        asked.type is not SIGNATURE and asked.name in files
    )


def _is_empty(value: Any) -> bool:
    return (
        value is None or value == [] or (isinstance(value, str) and not value.strip())
    )


def _comment(one: Transition, comment: str) -> str | None:
    said = comment.strip()
    if one.comment and not said:
        raise PersonError(
            "“{zh}”须写明意见。",
            "Say why: “{en}” needs a comment.",
            zh=one.label.zh,
            en=one.label.en,
        )
    if len(said) > COMMENT_LENGTH:
        raise PersonError(
            "意见最多 {most} 个字，请缩短。",
            "A comment has at most {most} characters. Shorten it.",
            most=COMMENT_LENGTH,
        )
    return said or None


def _set(one: Transition, row: Row, said: str | None, writer: Writer) -> Row:
    """Return what a step sets by itself on an entry."""
    return {name: _value(value, row, said, writer) for name, value in one.sets.items()}


def _value(value: Any, row: Row, said: str | None, writer: Writer) -> Any:
    if isinstance(value, Said):
        return said
    if isinstance(value, Given):
        return given_value(value, writer)
    return row.get(value.path) if isinstance(value, From) else value


def _record(
    register: str,
    code: str | None,
    from_state: str,
    after: Row,
    flow: Flow,
    writer: Writer,
) -> Row:
    return {
        "register": register,
        "entry_id": after["id"],
        "entry_version": after["version"],
        "transition": code,
        "from_state": from_state,
        "to_state": flow.state_of(after),
        "staff_id": writer.person.staff_id,
        "by_name": writer.person.name,
        "at": writer.now,
    }


def _stead(stead: Stead | None) -> Row:
    return {
        "for_staff_id": stead.staff_id if stead else None,
        "for_name": stead.name if stead else None,
    }
