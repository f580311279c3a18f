"""What a department calls registers, fields, options and steps in its own words.

Words are data: a register's code, `register.field`, `register.field.option` or
`register.flow.step`, with `*` for every register, each with its two wordings. People
of the department, and of those below it, meet them on every screen, sheet and print;
what is stored, and its history, keeps the codes.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import preferences
from models.catalogue import Catalogue
from models.database import address_of
from models.flow import Flow
from models.history import ChangeEvent, Happening, Writer, remember
from models.preferences import Preference
from models.register import Declaration, Field
from models.scopes import Departments
from models.words import Label, Reworded

PREFIX = "labels."  # before the department's id, in the preferences
HISTORY = "department.labels"  # where the history keeps them: no register's name
EVERY = "*"
STEP = "flow"
COMPANY = 0  # the department of everybody
LONGEST = 40
_MOST_KEPT = 50  # wordings of one catalogue
_SECONDS = 5.0

Words = Mapping[str, Label]
_found: dict[tuple[str, int | None], tuple[float, object, Words]] = {}


def said(session: Session, department: int) -> dict[str, Label]:
    """Return the words of one department; `COMPANY` for everybody's."""
    kept = preferences.get(session, f"{PREFIX}{department}") or {}
    return {key: Label(*pair) for key, pair in kept.items()}


def save(session: Session, department: int, words: Words, writer: Writer) -> bool:
    """Keep a department's words in place of what it said; whether any changed."""
    before = said(session, department)
    if before == dict(words):
        return False
    plain = {key: [one.zh, one.en] for key, one in words.items()}
    preferences.put(session, f"{PREFIX}{department}", plain or None)
    changes = {
        key: [_text(before.get(key)), _text(words.get(key))]
        for key in dict.fromkeys((*before, *words))
        if before.get(key) != words.get(key)
    }
    here = (ChangeEvent.register == HISTORY, ChangeEvent.entry_id == department)
    counted = select(func.count()).select_from(ChangeEvent).where(*here)
    version = 1 + (session.scalar(counted) or 0)
    happened = Happening(department, version, "changed", changes)
    remember(session, HISTORY, [happened], writer)
    return True


def _text(label: Label | None) -> str | None:
    return None if label is None else f"{label.zh} | {label.en}"


def departments(session: Session) -> dict[int, int]:
    """Return how many words each department has of its own."""
    query = select(Preference.name, Preference.value)
    found = session.execute(query.where(Preference.name.startswith(PREFIX)))
    return {int(row.name.removeprefix(PREFIX)): len(row.value) for row in found}


def of_department(session: Session, department: int | None) -> Words:
    """Return the words for people of a department; the nearest above has the last say.

    At most five seconds old, since every page asks; nothing is read where nobody has
    words of their own.
    """
    shown = preferences.shown(session)
    kept: dict[int, Any] = {
        int(name.removeprefix(PREFIX)): value
        for name, value in shown.items()
        if name.startswith(PREFIX)
    }
    if not kept:
        return {}
    key = (address_of(session), department)
    held = _found.get(key)
    if held is None or held[1] is not shown or time.monotonic() - held[0] > _SECONDS:
        upwards = [*Departments(session).upwards(department), COMPANY]
        words = {
            name: Label(*pair)
            for one in reversed(upwards)
            for name, pair in kept.get(one, {}).items()
        }
        held = _found[key] = (time.monotonic(), shown, words)
    return held[2]


def worded(known: Catalogue, words: Words) -> Catalogue:
    """Return a catalogue in some words; made once for each catalogue and wording."""
    if not words:
        return known
    key = tuple(sorted((name, one.zh, one.en) for name, one in words.items()))
    made: dict[Any, Catalogue] = known.worked_out.setdefault("wordings", {})
    found = made.get(key)
    if found is None:
        if len(made) >= _MOST_KEPT:
            made.clear()
        found = Catalogue((_worded(one, words) for one in known), known.generation)
        found.wording = key
        made[key] = found
    return found


def _worded(declared: Declaration, words: Words) -> Declaration:
    code = declared.code
    title = _label(declared.title, words, code)
    fields = {one.name: _field(code, one, words) for one in declared.all_fields}
    flow = declared.flow and _flow(code, declared.flow, words)
    is_same = title is declared.title and flow is declared.flow
    if is_same and all(fields[one.name] is one for one in declared.all_fields):
        return declared
    made = replace(
        declared,
        title=title,
        fields=tuple(fields[one.name] for one in declared.fields),
        flow=flow,
    )
    # Said again among its own fields, a standard one would change its place.
    every = tuple(fields[one.name] for one in declared.all_fields)
    made.__dict__["all_fields"] = every
    return made


def _field(code: str, one: Field, words: Words) -> Field:
    name = one.name
    label = _label(one.label, words, f"{code}.{name}", f"{EVERY}.{name}")
    options = tuple(
        replace(it, label=found) if found is not it.label else it
        for it in one.options
        for found in [_option(it.label, words, code, name, it.value)]
    )
    if label is one.label and all(
        new is old for new, old in zip(options, one.options, strict=True)
    ):
        return one
    return replace(one, label=label, options=options)


def _option(label: Label, words: Words, code: str, field: str, value: str) -> Label:
    return _label(label, words, f"{code}.{field}.{value}", f"{EVERY}.{field}.{value}")


def _flow(code: str, flow: Flow, words: Words) -> Flow:
    states = tuple(
        replace(one, label=_option(one.label, words, code, flow.field, one.code))
        for one in flow.states
    )
    steps = tuple(
        replace(one, label=_label(one.label, words, f"{code}.{STEP}.{one.code}"))
        for one in flow.transitions
    )
    if (states, steps) == (flow.states, flow.transitions):
        return flow
    return replace(flow, states=states, transitions=steps)


def _label(label: Label, words: Words, *keys: str) -> Label:
    found = next((words[key] for key in keys if key in words), None)
    if found is None or found == label:
        return label
    return Reworded(found.zh, found.en, label)


def meant(known: Catalogue, key: str) -> Label | None:
    """Return what a key's thing is called by everybody; None if there is none."""
    code, _, rest = key.partition(".")
    name, _, value = rest.partition(".")
    if code == EVERY:
        found = (meant(known, f"{one.code}.{rest}") for one in known if one.has(name))
        return next((one for one in found if one is not None), None)
    if code not in known:
        return None
    return _meant(known[code], name, value) if name else known[code].title


def _meant(declared: Declaration, name: str, value: str) -> Label | None:
    if value and name == STEP and declared.flow is not None:
        step = declared.flow.transition(value)
        return step.label if step else None
    if not declared.has(name):
        return None
    one = declared.field(name)
    if not value:
        return one.label
    return next((it.label for it in one.options if it.value == value), None)


def alike(known: Catalogue, words: Words) -> list[tuple[str, str, Label]]:
    """Return fields of one register that some words would make look alike.

    Each with the register's code, the field's name and the label they would share: a
    sheet could not be read back.
    """
    wrong = []
    for declared in worded(known, words):
        if declared is known[declared.code]:
            continue
        seen: dict[str, Field] = {}
        for one in declared.all_fields:
            other = seen.setdefault(one.label.zh, one)
            before = known[declared.code]
            was = before.field(other.name).label.zh == before.field(one.name).label.zh
            if other is not one and not was:
                wrong.append((declared.code, one.name, one.label))
    return wrong


def history(session: Session, department: int, limit: int) -> Iterable[ChangeEvent]:
    """Return the last changes of a department's words, the latest first."""
    here = (ChangeEvent.register == HISTORY, ChangeEvent.entry_id == department)
    query = select(ChangeEvent).where(*here).order_by(ChangeEvent.id.desc())
    return session.scalars(query.limit(limit)).all()
