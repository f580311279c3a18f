"""What a template declares: registers of its own, and fields added to others."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from models import catalogue, declaring, registers
from models.applied import AppliedItem
from models.database import Database
from models.declaring import Edit, UnsoundError
from models.register import Declaration, Register
from models.register_checks import Problem
from models.stanza import read_register
from models.stanza_added import Added, read_added
from models.stanza_mistakes import Path, StanzaError
from models.stored import Stored
from models.words import Label
from seed.declared_items import (
    AddedItem,
    Declares,
    RegisterItem,
    added_item,
    pieces_apart,
    pieces_together,
    put_together,
    register_item,
    taken_apart,
)
from seed.items import Values
from seed.merging import merged
from seed.template import Placed, Template
from seed.template_error import Fault, TemplateError

Said = Mapping[tuple[str, str], Values]  # what templates said last, by kind and code


def declares(template: Template) -> bool:
    """Whether a template declares anything."""
    return bool(template.registers or template.fields)


@lru_cache(maxsize=4)
def items(template: Template) -> tuple[Declares, ...]:
    """Return what a template declares, each thing once.

    Raises:
        TemplateError: A stanza is written wrongly; says every mistake.
    """
    faults: list[Fault] = []
    found: dict[str, Declares] = {}
    for placed in template.registers:
        declared = _read(placed, read_register, faults)
        if declared is not None:
            _once(placed, declared, found, faults)
            found[declared.code] = register_item(declared, placed.origin)
    for (register, origin), some in _by_register(template, faults).items():
        known = found.get(register)
        title = known.label if known else _title(register)
        found[f"{register} {origin}"] = added_item(register, title, origin, some)
    if faults:
        raise TemplateError(faults)
    return tuple(found.values())


def _read(placed: Placed[Any], read: Any, faults: list[Fault]) -> Any:
    try:
        return read(placed.stanza)
    except StanzaError as error:
        faults += [placed.fault(one.label, *one.path) for one in error.mistakes]
        return None


def _once(
    placed: Placed[Any],
    declared: Declaration,
    found: Mapping[str, Declares],
    faults: list[Fault],
) -> None:
    """Note a code that is a class's, or was given before in the same template."""
    code = declared.code
    if code in Register.known:
        label = Label(
            f"“{code}”是系统自带的台账，请在 fields: 里给它加字段。",
            f"“{code}” is a register of the engine. Add to it under fields:.",
        )
        faults.append(placed.fault(label, "code"))
    elif code in found and found[code].origin == placed.origin:
        label = Label(
            f"代号“{code}”重复，请改掉一个。",
            f"The code “{code}” is there twice. Change one.",
        )
        faults.append(placed.fault(label, "code"))


def _by_register(
    template: Template, faults: list[Fault]
) -> dict[tuple[str, str], list[Added]]:
    found: dict[tuple[str, str], list[Added]] = {}
    for placed in template.fields:
        added: Added | None = _read(placed, read_added, faults)
        if added is not None:
            found.setdefault((added.register, placed.origin), []).append(added)
    return found


def _title(register: str) -> Label:
    known = Register.known.get(register)
    return known.title if known else Label(register, register)


def editing(template: Template, said: Said) -> Edit:
    """Return what applying a template makes of what is stored.

    Raises:
        TemplateError: A stanza is written wrongly; says every mistake.
    """
    every = items(template)

    def edit(there: Stored) -> Stored:
        for one in every:
            now = _now(there, one)
            last = said.get((one.kind, one.code))
            values = merged(one.wanted, now, last).values
            if values is not None:
                there = _with(there, one, values)
        return there

    return edit


def _now(there: Stored, one: Declares) -> Values | None:
    if isinstance(one, AddedItem):
        stanzas = there.additions.get((one.register, one.origin))
        return None if stanzas is None else pieces_apart(stanzas)
    kept = there.registers.get(one.code)
    return None if kept is None else taken_apart(kept.stanza)


def _with(there: Stored, one: Declares, values: Values) -> Stored:
    if isinstance(one, AddedItem):
        return there.with_additions(one.register, one.origin, pieces_together(values))
    return there.with_register(put_together(values), one.origin)


def last(remembered: Mapping[tuple[str, str, int], Values]) -> Said:
    """Return what of all that templates said is a declaration."""
    kinds = (RegisterItem.kind, AddedItem.kind)
    return {
        (kind, code): said
        for (kind, code, _), said in remembered.items()
        if kind in kinds
    }


def _last(database: Database) -> Said:
    with database.read() as session:
        rows = session.scalars(select(AppliedItem))
        return last({(one.kind, one.code, one.scope): one.said for one in rows})


@contextmanager
def knowing(template: Template, there: Stored, said: Said) -> Iterator[None]:
    """Let the block see the registers as they are once the template is applied.

    Raises:
        TemplateError: The declarations make no sense; says every mistake.
    """
    if not declares(template):
        yield
        return
    registers.load_all()  # what a template adds to is a class more often than not
    with _told(template):
        known = declaring.sound(editing(template, said)(there))
    with catalogue.pinned(known):
        yield


def declare(template: Template, database: Database) -> None:
    """Bring what a template declares about, before the rest of it is applied.

    To be called outside a writing transaction; the second time it changes nothing.

    Raises:
        TemplateError: The declarations make no sense; says every mistake.
        SchemaRefusedError: Values would be lost, or entries do not allow it.
    """
    if declares(template):
        with _told(template):
            declaring.apply(database, editing(template, _last(database)))


def proposed(template: Template, database: Database) -> Label | None:
    """Return what declaring would do to the tables; None where it does nothing.

    Raises:
        TemplateError: The declarations make no sense; says every mistake.
        SchemaRefusedError: Values would be lost, or entries do not allow it.
    """
    if not declares(template):
        return None
    with _told(template):
        edit = editing(template, _last(database))
        plan = declaring.propose(database, edit).plan
    return None if plan.is_empty else Label(plan.summary("zh"), plan.summary("en"))


@contextmanager
def _told(template: Template) -> Iterator[None]:
    """Turn what does not fit together into mistakes of the template's files."""
    try:
        yield
    except UnsoundError as error:
        faults = [_fault(template, one) for one in error.problems]
        raise TemplateError(faults) from error


def _fault(template: Template, problem: Problem) -> Fault:
    """Return a mistake at the stanza, and the part of it, that it is in."""
    register, _, rest = problem.place.partition(".")
    adding = [
        (placed, _part(placed.stanza, rest))
        for placed in template.fields
        if placed.stanza.get("register") == register
    ]
    # Several add to a register; the one that says the very word is to be mended.
    nearest = max(adding, key=lambda one: len(one[1]), default=None)
    if nearest and nearest[1]:
        return nearest[0].fault(problem.label, *nearest[1])
    for placed in template.registers:
        if placed.stanza.get("code") == register:
            return placed.fault(problem.label, *_part(placed.stanza, rest))
    label = Label(
        f"{problem.place}：{problem.label.zh}", f"{problem.place}: {problem.label.en}"
    )
    return (template.registers or template.fields)[0].fault(label)


def _part(stanza: Mapping[str, Any], rest: str) -> Path:
    """Return where in a stanza a field, check or key of that name stands."""
    name, _, within = rest.partition(".")
    kind, _, target = name.partition(" ")
    if target:  # "makes callback_log", "posting inventory"
        key = {"makes": "makes", "posting": "postings"}.get(kind, kind)
        return _among(stanza, key, "register", target)
    for key in ("fields", "checks"):
        found = _among(stanza, key, "name", name)
        if found:
            return found
    if name not in stanza:
        return ()
    return (name, within) if within and within in stanza[name] else (name,)


def _among(stanza: Mapping[str, Any], key: str, by: str, name: str) -> Path:
    for index, one in enumerate(stanza.get(key, ())):
        if one.get(by) == name:
            return (key, index)
    return ()
