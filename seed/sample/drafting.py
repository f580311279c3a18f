"""Whole entries of a plan: what it says, what must be filled in, what must hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models import catalogue, checking, defaults
from models.access import marked
from models.fields import (
    CHOICE,
    DECIMAL,
    INTEGER,
    ME,
    MONEY,
    MY_DEPARTMENT,
    NOW,
    PHONE,
    TODAY,
    YES_NO,
    Field,
    FirstOf,
    From,
    Given,
)
from models.history import Writer
from models.preparing import Row
from models.register import Check, Declaration
from seed.sample.days import ZONE
from seed.sample.drawing import Draft, Drawing
from seed.sample.loader import AT, BY
from seed.sample.plan_schema import Values, ValueStanza
from seed.sample.world import World

TRIES = 40  # to find values that no other entry has
# Filled in also where nobody must, if they are among the six that people usually fill.
USUAL_TYPES = frozenset({CHOICE, YES_NO, MONEY, DECIMAL, INTEGER, PHONE})
LARGER = frozenset({">", ">="})

Keys = dict[tuple[str, ...], set[tuple[Any, ...]]]


@dataclass(frozen=True)
class Start:
    """Where an entry comes from: when it came in, by whom, and what is settled."""

    moment: datetime
    by: int | None
    settled: Mapping[str, Any]
    parent: Row | None = None


class Drafting:
    """Drafts the entries of one plan, so that a save has nothing to refuse."""

    def __init__(
        self, world: World, declared: Declaration, fields: Values, writer: Writer
    ) -> None:
        """Find out once what is the same for every entry."""
        self.world, self.declared, self.fields = world, declared, fields
        self.drawing = Drawing(world, declared, fields)
        self._blank = defaults.blank(declared, writer)()
        self._taken: Keys = {key: self._there(key) for key in _keys(declared)}

    def rows(self, starts: Iterable[Start]) -> Iterator[tuple[Start, Row]]:
        """Yield an entry for each start; none where all it could be is taken."""
        for start in starts:
            for _ in range(TRIES):
                row = self._row(start)
                if self._is_new(row):
                    yield start, row
                    break

    def _row(self, start: Start) -> Row:
        draft = Draft(start.moment, start.by, dict(start.settled), parent=start.parent)
        for one in self.declared.fields:
            if (
                one.name not in self.fields
                and one.name not in draft.values
                and not one.computed
            ):
                given = self._given(one, start)
                if given is not None:
                    draft.values[one.name] = given
        for name in self.fields:
            self.drawing.give(draft, name)
        self._complete(draft)
        self._settle_checks(draft.values)
        row = {name: value for name, value in draft.values.items() if value is not None}
        # What the plan leaves empty is not filled by a default, unless it is demanded.
        row |= {name: None for name in self.fields if draft.values.get(name, 0) is None}
        return row | {AT: start.moment, BY: start.by}

    def _given(self, one: Field, start: Start) -> Any:
        """Return what a field has from when an entry came in, and from whom.

        The save gives the rest.
        """
        for default in _defaults(one):
            if default is NOW:
                return start.moment
            if default is TODAY:
                return start.moment.astimezone(ZONE).date()
            if default is ME:
                return start.by
            if default is MY_DEPARTMENT:
                loader = self.world.loader
                return loader.homes.get(start.by or 0, loader.department)
        return None

    def _complete(self, draft: Draft) -> None:
        """Fill in what is demanded, and what people usually fill in."""
        seen = self._seen(draft)
        for one in self.declared.fields:
            if one.is_given or seen.get(one.name) is not None:
                continue
            if checking.demanded(one, seen):
                draft.values.pop(one.name, None)
                if not _comes(one, draft.values):
                    self.drawing.insist(draft, one.name, _plain(self.fields, one))
                seen = self._seen(draft)
            elif (
                not self.fields  # who says anything of a register says it all
                and one.first
                and one.type in USUAL_TYPES
                and one.default is None
                and checking.applies(one, seen)
            ):
                self.drawing.give(draft, one.name)
                seen = self._seen(draft)

    def _seen(self, draft: Draft) -> Row:
        given = {
            name: value for name, value in draft.values.items() if value is not None
        }
        left = {name: None for name in self.fields if name not in given}
        return self._blank | left | given

    def _settle_checks(self, values: Row) -> None:
        """Let what must hold hold: what is later is not before what is earlier."""
        for check in self.declared.checks:
            seen = self._blank | values
            if not checking.holds(check, seen):
                values[check.left] = self._settled(check, seen)

    def _settled(self, check: Check, seen: Mapping[str, Any]) -> Any:
        one = self.declared.field(check.left)
        right = seen[check.right] if isinstance(check.right, str) else check.right
        if check.op in ("<=", ">=", "="):
            return right
        if not checking.demanded(one, seen):
            return None
        return _beside(right, 1 if check.op in LARGER or check.op == "!=" else -1)

    def _is_new(self, row: Row) -> bool:
        found = {
            key: held
            for key in self._taken
            if None not in (held := tuple(row.get(name) for name in key))
        }
        if any(held in self._taken[key] for key, held in found.items()):
            return False
        for key, held in found.items():
            self._taken[key].add(held)
        return True

    def _there(self, key: Sequence[str]) -> set[tuple[Any, ...]]:
        table = catalogue.current().table(self.declared.code)
        columns = [table.c[self.declared.field(name).column or ""] for name in key]
        query = select(*columns).where(table.c.binned_at.is_(None))
        found = self.world.session.execute(marked(query, self.declared.code))
        return {tuple(row) for row in found}


def _keys(declared: Declaration) -> list[tuple[str, ...]]:
    """Return the fields that tell entries apart, but for numbers, which are given."""
    alone = [(one.name,) for one in declared.fields if one.unique and not one.is_given]
    return [*alone, *declared.unique_together]


def _defaults(one: Field) -> Sequence[Any]:
    return one.default.defaults if isinstance(one.default, FirstOf) else (one.default,)


def _comes(one: Field, values: Row) -> bool:
    """Whether the save fills a field by itself."""
    return any(
        isinstance(default, Given)
        or (
            isinstance(default, From)
            and values.get(default.path.partition(".")[0]) is not None
        )
        for default in _defaults(one)
    )


def _plain(fields: Values, one: Field) -> ValueStanza | None:
    """Return what the plan says of a field, but that it may be empty."""
    said = fields.get(one.name)
    if said is None or said.kind == "value":
        return None
    return said.model_copy(update={"empty": 0, "when": {}, "ahead": True})


def _beside(value: Any, direction: int) -> Any:
    if isinstance(value, date):
        return value + timedelta(days=direction)
    return value + direction
