"""What a planned sample has so far: its people, and the entries others may refer to."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from models import access, catalogue, entries, references, samples
from models.access import SYSTEM
from models.amid import among
from models.fields import CHOICE, CHOICES, Field
from models.register import Declaration
from seed.sample.days import NOW, ZONE
from seed.sample.desk_hours import DeskHours
from seed.sample.loader import Loader, Row
from seed.sample.words import Words

MOST_KNOWN = 2_000  # entries of a register that nothing was planned for
REGULARS = 0.2  # this share of the entries ...
THEIRS = 0.8  # ... is referred to by this share of the others
LONG_AGO = datetime(2000, 1, 1, tzinfo=ZONE)
RECENT = 12  # how far back one looks for what is recent, in entries


@dataclass
class Crew:
    """The people of a sample, by their posts."""

    posts: dict[str, list[int]] = field(default_factory=dict)
    leader: int | None = None  # of the sample's department
    superiors: dict[int, int] = field(default_factory=dict)
    managers: dict[int, int] = field(default_factory=dict)  # of departments, by id

    @property
    def everybody(self) -> list[int]:
        """Return all ids."""
        return [one for some in self.posts.values() for one in some]

    def of(self, posts: Sequence[str] | None) -> list[int]:
        """Return those of some posts; everybody where none are named."""
        named = [one for post in posts or () for one in self.posts.get(post, ())]
        return named or self.everybody


class World:
    """Entries by register, in the order in which they were entered."""

    def __init__(
        self, loader: Loader, crew: Crew, desk: DeskHours, words: Words, chance: Random
    ) -> None:
        """Begin with nothing; what is in the database is read when it is asked for."""
        self.session, self.sample = loader.session, loader.sample
        self.loader = loader
        self.crew, self.desk = crew, desk
        self.words, self.chance = words, chance
        self._rows: dict[str, dict[int, Row]] = {}
        self._order: dict[str, tuple[list[datetime], list[Row]]] = {}
        self._parts: dict[str, dict[int, list[int]]] = {}  # ids of parts by their whole

    def add(self, register: str, ids: Sequence[int]) -> list[Row]:
        """Take in entries that were written, as they are now; return them in order."""
        found = self._read(register, ids)
        known = self._rows.setdefault(register, {})
        if not known.keys() >= found.keys():
            self._parts.pop(register, None)
        known.update(found)
        self._order.pop(register, None)
        return [found[one] for one in ids]

    def _read(self, register: str, ids: Sequence[int]) -> dict[int, Row]:
        declared = catalogue.current()[register]
        table = catalogue.current().table(register)
        query = access.visible(SYSTEM, register).where(among(table.c.id, ids))
        rows = entries.load(self.session, declared, query)
        return {row["id"]: row for row in rows}

    def row(self, register: str, entry_id: int) -> Row:
        """Return an entry, from the database if it is none of the sample's."""
        known = self._rows.setdefault(register, {})
        if entry_id not in known:
            known.update(self._read(register, [entry_id]))
        return known.get(entry_id, {})

    def parts(self, declared: Declaration, whole: int) -> list[Row]:
        """Return the parts of a whole that were written with it, in their order."""
        if declared.code not in self._parts:
            found: dict[int, list[int]] = {}
            for row in self._rows.get(declared.code, {}).values():
                found.setdefault(row[declared.part_of or ""], []).append(row["id"])
            self._parts[declared.code] = found
        ids = self._parts[declared.code].get(whole, [])
        return [self._rows[declared.code][one] for one in ids]

    def candidates(self, register: str, until: datetime) -> list[Row]:
        """Return the entries one may refer to: those entered by then, oldest first."""
        if register not in self._order:
            self._order[register] = self._sorted(register)
        moments, rows = self._order[register]
        return rows[: bisect_right(moments, until)] or rows[:1]

    def _sorted(self, register: str) -> tuple[list[datetime], list[Row]]:
        rows = list(self._rows.get(register, {}).values())
        if not rows:
            declared = catalogue.current()[register]
            table = catalogue.current().table(register)
            query = access.visible(SYSTEM, register).order_by(table.c.id)
            query = query.limit(MOST_KNOWN)
            own = table.c.id.in_(samples.sample_ids(register, self.sample))
            rows = entries.load(self.session, declared, query.where(own))
            if not rows:  # the template's: they were there before anything
                rows = entries.load(self.session, declared, query)
                return [LONG_AGO] * len(rows), rows
        rows.sort(key=lambda row: (row["created_at"], row["id"]))
        return [row["created_at"] for row in rows], rows

    def choose(self, rows: Sequence[Row], prefer: str) -> Row | None:
        """Choose one of some entries: regular customers, or what is recent, oftener."""
        if not rows:
            return None
        chance, count = self.chance, len(rows)
        if prefer == "recent":
            back = int(chance.expovariate(1 / RECENT))
            return rows[max(count - 1 - back, 0)]
        few = max(int(count * REGULARS), 1)
        if prefer == "regular" and chance.random() < THEIRS:
            # Every fifth, so that old and new ones are among them.
            return rows[min(chance.randrange(few) * (count // few), count - 1)]
        return rows[chance.randrange(count)]

    def path(self, declared: Declaration, row: Mapping[str, Any], path: str) -> Any:
        """Return a field of an entry, or of what it refers to: customer.address."""
        head, _, tail = path.partition(".")
        value = row.get(head)
        if not tail or value is None:
            return value
        register = declared.field(head).refers_to or ""
        target = catalogue.current()[register]
        return self.path(target, self.row(register, value), tail)

    def said(self, declared: Declaration, row: Mapping[str, Any], path: str) -> str:
        """Return a field as a person would write it into a text; nothing if empty."""
        head, _, tail = path.partition(".")
        value, one = row.get(head), declared.field(head)
        if value is None:
            return ""
        if one.refers_to is None:
            return _spoken(one, value)
        target, other = (
            catalogue.current()[one.refers_to],
            self.row(one.refers_to, value),
        )
        if tail:
            return self.said(target, other, tail)
        return references.called(target, other)


def _spoken(one: Field, value: Any) -> str:
    if one.type is CHOICE:
        return one.option_label(value).zh
    if one.type is CHOICES:
        return "、".join(one.option_label(each).zh for each in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        there = value.astimezone(ZONE)
        return f"{there.month}月{there.day}日{there.hour}时{there.minute:02}分"
    if isinstance(value, date):
        return f"{value.month}月{value.day}日"
    return str(value)


def happened(moment: datetime) -> bool:
    """Whether something had happened when the sample stands still."""
    return moment <= NOW
