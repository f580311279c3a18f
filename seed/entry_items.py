"""The rows a template brings, such as posts, shifts and the items of a checklist.

A row may refer to another one: by what that is called, or by fields of it. It is kept
as these words, not as an id, since a template is the same in every database.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, entries
from models.access import marked
from models.history import Writer, from_plain
from models.register import Declaration, Field
from models.words import Label, PersonError
from seed.items import Item, Values, plainly
from seed.stanza_objects import row_value


@dataclass(frozen=True)
class EntryItem(Item):
    """A row of a register, found again by the values of some fields."""

    kind = "entry"
    kind_label = Label("记录", "entry")

    register_code: str
    key: Mapping[str, Any]

    def _found(self, session: Session) -> dict[str, Any] | None:
        # As the tables are, also where the template is about to change them.
        known = catalogue.installed()
        code = self.register_code
        if code not in known or not all(map(known[code].has, self.key)):
            return None
        with catalogue.pinned(known, catalogue.pinned_generation()):
            declared, table = known[code], known.table(code)
            query = access.visible(access.SYSTEM, code)
            for name, value in self.key.items():
                one = declared.field(name)
                if one.refers_to and value is not None:
                    value = referred(session, one, value)  # noqa: PLW2901 - its id
                    if value is None:
                        return None
                query = query.where(table.c[one.column or ""] == value)
            found = entries.load(session, declared, query.limit(1))
        return found[0] if found else None

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the fields that the template says."""
        del scope
        found = self._found(session)
        if found is None:
            return None
        declared = catalogue.installed()[self.register_code]
        now = {name: found.get(name) for name in self.wanted}
        for name, words in self.wanted.items():
            one = declared.field(name) if declared.has(name) else None
            if one and one.refers_to and isinstance(words, Mapping):
                now[name] = _worded(session, one, now[name], words)
        return plainly(now)

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Create or change the entry as any other, with history."""
        del scope
        declared = catalogue.current()[self.register_code]
        given = {
            name: _given(session, declared.field(name), value)
            for name, value in values.items()
        }
        found = self._found(session)
        if found is None:
            entries.create(session, self.register_code, given, writer)
        else:
            entries.change(session, self.register_code, found["id"], given, writer)


def _given(session: Session, one: Field, value: Any) -> Any:
    if not (one.refers_to and isinstance(value, Mapping)):
        return from_plain(one, value)
    found = referred(session, one, value)
    if found is None:
        words = "、".join(map(str, value.values()))
        raise PersonError(
            "“{field}”引用的“{words}”不存在，请先建立。",
            "“{words}”, which “{field}” refers to, is not there. Make it first.",
            field=one.label.zh,
            words=words,
        )
    return found


def referred(session: Session, one: Field, by: Any) -> int | None:
    """Return the id of the entry outside the bin that a row refers to by some fields.

    None if there is none; the first of several.
    """
    if not isinstance(by, Mapping):
        return int(by)
    known = catalogue.installed()
    code = one.refers_to or ""
    if code not in known:
        return None
    declared, table = known[code], known.table(code)
    query = select(table.c.id).where(table.c.binned_at.is_(None))
    for name, value in by.items():
        query = query.where(table.c[declared.field(name).column or ""] == value)
    found = session.scalar(marked(query.order_by(table.c.id).limit(1), code))
    return None if found is None else int(found)


def _worded(session: Session, one: Field, value: Any, like: Iterable[str]) -> Any:
    """Return the fields by which a template names the entry that is referred to."""
    known = catalogue.installed()
    code = one.refers_to or ""
    if value is None or code not in known:
        return value
    declared, table = known[code], known.table(code)
    columns = {name: declared.field(name).column for name in like if declared.has(name)}
    query = select(*(table.c[column or ""] for column in columns.values()))
    found = session.execute(marked(query.where(table.c.id == value), code)).first()
    return value if found is None else dict(zip(columns, found, strict=True))


def named(one: Field, value: Any) -> Mapping[str, Any]:
    """Return by which fields a row refers to an entry; one word is what it is called.

    Args:
        one: The referring field.
        value: What the row says: a word, or {field: value}.
    """
    if isinstance(value, Mapping):
        return dict(value)
    return {catalogue.current()[one.refers_to or ""].display[0]: value}


def reference_problems(
    declared: Declaration, one: Field, value: Any, rows: Mapping[str, Any]
) -> Iterator[Label]:
    """Yield why a row cannot refer so: no such field, or no such row in the template.

    Args:
        declared: The register that is referred to.
        one: The referring field.
        value: What the row says.
        rows: The rows of the template by register, those of what it extends too.
    """
    if not isinstance(value, str | Mapping) or not value:
        yield Label(
            f"“{one.label.zh}”写所引用记录的名称，或 {{字段: 值}}。",
            f"“{one.label.en}” takes the name of an entry, or {{field: value}}.",
        )
        return
    by = named(one, value)
    unknown = [name for name in by if not declared.has(name)]
    if unknown:
        yield Label(
            f"{declared.title.zh}没有字段“{unknown[0]}”。",
            f"{declared.title.en} has no field “{unknown[0]}”.",
        )
    elif not any(
        all(row.get(name) == said for name, said in by.items())
        for row in rows.get(declared.code, ())
    ):
        words = "、".join(map(str, by.values()))
        yield Label(
            f"模板里没有{declared.title.zh}“{words}”这一行。",
            f"The template has no row “{words}” of {declared.title.en}.",
        )


def entry_item(
    register: str, key: tuple[str, ...], row: Mapping[str, Any]
) -> EntryItem:
    """Return a template's row as an item."""
    declared = catalogue.current()[register]
    values = {}
    for name, value in row.items():
        one = declared.field(name)
        is_reference = one.refers_to and value is not None
        values[name] = named(one, value) if is_reference else row_value(one, value)
    found_by = {name: values[name] for name in key}
    words = " ".join(_words(one) for one in found_by.values() if one is not None)
    title = declared.title
    return EntryItem(
        f"{register} {words}",
        Label(f"{title.zh} {words}", f"{title.en} {words}"),
        plainly(values),
        register,
        found_by,
    )


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(map(str, value.values()))
    return str(value)


def in_order(items: Iterable[EntryItem]) -> list[EntryItem]:
    """Return rows as they are written, but each after those it refers to."""
    waiting = list(items)
    by_register: dict[str, list[EntryItem]] = {}
    for item in waiting:
        by_register.setdefault(item.register_code, []).append(item)
    found: dict[int, EntryItem] = {}  # in the order they were put in
    begun: set[int] = set()

    def put(item: EntryItem) -> None:
        if id(item) in begun:  # put already, or rows that refer to each other in a ring
            return
        begun.add(id(item))
        for register, by in _references(item):
            for other in by_register.get(register, ()):
                if all(other.wanted.get(name) == said for name, said in by.items()):
                    put(other)
        found[id(item)] = item

    for item in waiting:
        put(item)
    return list(found.values())


def _references(item: EntryItem) -> Iterator[tuple[str, Mapping[str, Any]]]:
    declared = catalogue.current()[item.register_code]
    for name, value in item.wanted.items():
        if isinstance(value, Mapping) and (to := declared.field(name).refers_to):
            yield to, value
