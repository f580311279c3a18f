"""A plan carried out: its entries, and what follows from them."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from models import catalogue, wholes
from models.access import SYSTEM
from models.entry_errors import EntryRefusedError
from models.preparing import Row
from models.register import BeginsWith, Declaration
from models.words import PersonError
from seed.sample.days import FIRST
from seed.sample.drafting import Drafting, Start
from seed.sample.drawing import Drawing, meets
from seed.sample.literals import literal
from seed.sample.loader import Loader
from seed.sample.plan_schema import FollowStanza, PlanStanza, RowsStanza
from seed.sample.walking import Walking, following
from seed.sample.world import World, happened

TOGETHER = 2_000  # entries written at once


class Writing:
    """Writes entries as their own people would have entered them."""

    def __init__(self, world: World, loader: Loader) -> None:
        """Keep where they go."""
        self.world, self.loader = world, loader
        self.chance = world.chance

    def plan(self, stanza: PlanStanza, count: int) -> None:
        """Write so many entries of a plan, and what follows from them."""
        self._write(stanza, list(self._starts(stanza, count)))

    def _starts(self, stanza: PlanStanza, count: int) -> Iterator[Start]:
        moments = sorted(self._moments(stanza, count))
        people = self.world.crew.of(stanza.by)
        declared = catalogue.current()[stanza.register_]
        for index, moment in enumerate(moments):
            settled = _said(declared, stanza.rows[index]) if stanza.rows else {}
            yield Start(moment, self.chance.choice(people), settled)

    def _moments(self, stanza: PlanStanza, count: int) -> Iterator[datetime]:
        desk, chance = self.world.desk, self.chance
        busy = {hour: float(weight) for hour, weight in (stanza.hours or {}).items()}
        if stanza.before is not None:
            for _ in range(count):
                on = FIRST - timedelta(days=1 + chance.randrange(stanza.before))
                yield desk.moment(chance, on, busy)
            return
        # No day is like another.
        weights = [one * chance.uniform(0.7, 1.3) for one in desk.weights]
        for on, some in _spread(desk.days, weights, count):
            for _ in range(some):
                yield desk.moment(chance, on, busy)

    def _write(self, stanza: RowsStanza, starts: Sequence[Start]) -> None:
        declared = catalogue.current()[stanza.register_]
        drafting = Drafting(
            self.world, declared, stanza.fields, self.loader.writer(None)
        )
        for first in range(0, len(starts), TOGETHER):
            drafted = list(drafting.rows(starts[first : first + TOGETHER]))
            ids = self._add(declared, [row for _, row in drafted])
            rows = self.world.add(declared.code, ids)
            moments = [start.moment for start, _ in drafted]
            early = [one for one in stanza.then if _comes_with_it(declared, one)]
            for follow in early:
                self._follow(follow, declared, rows, moments)
            if stanza.steps:
                Walking(self.world, self.loader, stanza, declared, rows).go(
                    lambda one, some, since: self._follow(one, declared, some, since)
                )
            if early or any(one.needed_for for one in stanza.then):
                rows = self.world.add(declared.code, ids)
            for follow in stanza.then:
                if follow not in early and follow.needed_for is None:
                    self._follow(follow, declared, rows, moments)
                    if _posts_to(follow, declared):
                        rows = self.world.add(declared.code, ids)

    def _add(self, declared: Declaration, rows: Sequence[Row]) -> list[int]:
        """Write entries; what is refused is a mistake of the plan."""
        try:
            return self.loader.add(declared.code, rows)
        except EntryRefusedError as error:
            said = {(one.field, one.label) for one in error.problems}
            raise PersonError(
                "样例里的“{title}”存不进去：{zh} 请改样例计划。",
                "The sample's “{title_en}” cannot be saved: {en} Correct the plan.",
                title=declared.title.zh,
                title_en=declared.title.en,
                zh=" ".join(f"{name}：{label.zh}" for name, label in said),
                en=" ".join(f"{name}: {label.en}" for name, label in said),
            ) from error

    def _follow(
        self,
        stanza: FollowStanza,
        declared: Declaration,
        rows: Sequence[Row],
        moments: Sequence[datetime],
    ) -> None:
        """Write what follows from some entries."""
        target = catalogue.current()[stanza.register_]
        via, carry = link(declared, target, stanza.via)
        drawing = Drawing(self.world, declared, {})
        people = self.world.crew.of(stanza.by)
        starts = []
        for row, entered in zip(rows, moments, strict=True):
            if not meets(stanza.when, row) or self.chance.random() >= stanza.share:
                continue
            carried = {
                name: self.world.path(declared, row, path)
                for name, path in carry.items()
            }
            settled = {
                name: it
                for name, it in carried.items()
                if it is not None and name not in stanza.fields
            }
            for begun in self._begun(stanza, target, row):
                moment = following(drawing, row, entered, stanza.after)
                if moment is not None and happened(moment):
                    by = self.chance.choice(people) if stanza.by else row["created_by"]
                    said = {**settled, **begun, via: row["id"]}
                    starts.append(Start(moment, by, said, row))
        self._write(stanza, sorted(starts, key=lambda one: one.moment))

    def _begun(
        self, stanza: FollowStanza, target: Declaration, row: Row
    ) -> Sequence[Row]:
        """Return the first values of each entry that follows from one.

        Where a whole begins with parts of something, it has just these.
        """
        begins = stanza.begins or target.begins_with
        chosen = row.get(begins.by) if begins is not None else None
        if stanza.rows:
            return [_said(target, one) for one in stanza.rows]
        if begins is None or chosen is None:
            return [{}] * self.chance.randint(*stanza.each)
        code = begins.register if isinstance(begins, BeginsWith) else begins.register_
        source = catalogue.current()[code]
        parts = wholes.standing(self.world.session, SYSTEM, source, chosen)
        return [
            {name: part.get(path) for name, path in begins.carry.items()}
            for part in parts
        ]


def _said(declared: Declaration, row: Mapping[str, Any]) -> Row:
    return {name: literal(declared.field(name), value) for name, value in row.items()}


def _spread(
    days: Sequence[date], weights: Sequence[float], count: int
) -> Iterator[tuple[date, int]]:
    """Yield how many of all come on each day; together they are so many."""
    whole, due, done = sum(weights), 0.0, 0
    for day, weight in zip(days, weights, strict=True):
        due += weight / whole * count
        yield day, round(due) - done
        done = round(due)


def _comes_with_it(declared: Declaration, stanza: FollowStanza) -> bool:
    """Whether these are parts that are there before the whole takes a step.

    Where a step locks the whole, nothing is added to it any more.
    """
    state = declared.flow.field if declared.flow is not None else None
    target = catalogue.current()[stanza.register_]
    via, _ = link(declared, target, stanza.via)
    said = stanza.needed_for is not None or state in stanza.when
    return via == target.part_of and not said


def _posts_to(stanza: FollowStanza, declared: Declaration) -> bool:
    """Whether figures of a register change with what follows from its entries."""
    target = catalogue.current()[stanza.register_]
    return any(one.to == declared.code for one in target.postings)


def link(
    declared: Declaration, target: Declaration, via: str | None
) -> tuple[str, Mapping[str, str]]:
    """Return the field of what follows that refers back, and what is carried over.

    What the register offers to make of an entry says both; else it is the only field
    that refers back.

    Raises:
        LookupError: Nothing says which field it is.
    """
    made = [one for one in declared.makes if one.target == target.code]
    for one in made:
        if via in (None, one.via):
            return one.via, one.carry
    back = [one.name for one in target.fields if one.refers_to == declared.code]
    if via is not None and via in back:
        return via, {}
    if target.part_of in back:
        return str(target.part_of), {}
    if via is None and len(back) == 1:
        return back[0], {}
    raise LookupError(target.code)


def grows(stanza: PlanStanza) -> bool:
    """Whether there are more of its entries where more rows are asked for."""
    return stanza.grows and not stanza.rows


def scaled(stanza: PlanStanza, days: int, factor: Decimal) -> int:
    """Return how many entries of a plan there are, at so many times its size."""
    planned = (
        len(stanza.rows) or stanza.count or math.ceil((stanza.per_day or 1) * days)
    )
    if not grows(stanza):
        return planned
    return max(math.ceil(planned * factor), 1)


def largest(plans: Sequence[PlanStanza], days: int) -> int:
    """Return how many entries the largest register of a plan has at its own size."""
    counted: Counter[str] = Counter()
    for one in plans:
        if grows(one):
            counted[one.register_] += scaled(one, days, Decimal(1))
    return max(counted.values(), default=1)
