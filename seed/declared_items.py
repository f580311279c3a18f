"""Registers and added fields as things a template brings, merged part by part.

A stanza is kept under one key for each field, check, option and so on, so that what an
admin changed stays, and the rest of a newer template comes in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models.history import Writer
from models.register import Declaration
from models.stanza import write_register
from models.stanza_added import Added, read_added, write_added
from models.stored import StoredAddition, StoredRegister
from models.words import Label
from seed.items import Item, Values

# The lists of a stanza, and what tells their parts from each other.
PARTS: Mapping[str, tuple[str, ...]] = {
    "fields": ("name",),
    "retired_fields": ("name",),
    "checks": ("name",),
    "makes": ("register", "via"),
    "postings": ("register", "match"),
}
ORDER = "order of "


def taken_apart(stanza: Mapping[str, Any]) -> Values:
    """Return a stanza with each part of its lists under a key of its own."""
    found: Values = {}
    for key, value in stanza.items():
        if key not in PARTS:
            found[key] = value
            continue
        names = [_name(key, one) for one in value]
        found |= dict(zip(names, value, strict=True))
        found[f"{ORDER}{key}"] = names
    return found


def _name(key: str, part: Mapping[str, Any]) -> str:
    said = [str(part.get(one, "")) for one in PARTS[key]]
    return f"{key} {' '.join(said)}"


def put_together(values: Values) -> dict[str, Any]:
    """Return the stanza again; parts that no order names come after the others."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        kind = key.partition(" ")[0]
        if key.startswith(ORDER):
            continue
        if kind in PARTS and " " in key:
            found.setdefault(kind, {})[key] = value
        else:
            found[key] = value
    for kind in PARTS:
        if kind in found or f"{ORDER}{kind}" in values:
            order = values.get(f"{ORDER}{kind}", [])
            parts = found.get(kind, {})
            places = {name: index for index, name in enumerate(order)}
            names = sorted(parts, key=lambda one: places.get(one, len(places)))
            found[kind] = [parts[name] for name in names]
    return found


@dataclass(frozen=True)
class Declares(Item):
    """What a template declares; written by `models/declaring.py`, not step by step."""

    origin: str

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Refuse: tables are changed before anything else is written."""
        del session, scope, values, writer
        raise RuntimeError(f"{self.kind} {self.code} has to be declared first")


class RegisterItem(Declares):
    """A register of the template's own."""

    kind = "register"
    kind_label = Label("台账", "register")

    def read(self, session: Session, scope: int) -> Values | None:
        """Return its stanza, part by part."""
        del scope
        found = session.get(StoredRegister, self.code)
        return None if found is None else taken_apart(found.stanza)


class AddedItem(Declares):
    """What the template adds to a register that is declared elsewhere."""

    kind = "added fields"
    kind_label = Label("增加的字段", "fields added to")

    @property
    def register(self) -> str:
        """The register they are added to."""
        return self.code.partition(" ")[0]

    def read(self, session: Session, scope: int) -> Values | None:
        """Return what is added, part by part."""
        del scope
        found = session.get(StoredAddition, (self.register, self.origin))
        return None if found is None else pieces_apart(found.stanzas)


def register_item(declared: Declaration, origin: str) -> RegisterItem:
    """Return a register as an item."""
    values = taken_apart(write_register(declared))
    return RegisterItem(declared.code, declared.title, values, origin)


def added_item(
    register: str, title: Label, origin: str, some: list[Added]
) -> AddedItem:
    """Return all that one origin adds to a register as one item."""
    values = pieces_apart([write_added(one) for one in pieces(some)])
    return AddedItem(f"{register} {origin}", title, values, origin)


def pieces(some: Iterable[Added]) -> list[Added]:
    """Return additions with each new field by itself, after the one it follows."""
    found = []
    for one in some:
        after = one.after
        for each in one.fields:
            found.append(Added(one.register, after=after, fields=(each,)))
            after = each.name
        rest = write_added(one)
        for key in ("fields", "after"):
            rest.pop(key, None)
        if len(rest) > 1:
            found.append(read_added(rest))
    return found


def pieces_apart(stanzas: Iterable[Mapping[str, Any]]) -> Values:
    """Return the pieces of an addition, each under a key of its own."""
    found: Values = {}
    more = 0
    for one in stanzas:
        fields = one.get("fields", [])
        more += not fields
        found[f"field {fields[0]['name']}" if fields else f"more {more}"] = dict(one)
    return found


def pieces_together(values: Values) -> list[dict[str, Any]]:
    """Return the pieces again, in the order of their keys."""
    return list(values.values())
