"""A plan carried out: its entries, the steps they take, and what follows from them."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from models import catalogue
from models.entry_errors import EntryRefusedError
from models.flow import Transition, WhoKind
from models.flow_steps import Take, flow_of
from models.preparing import Row
from models.register import Declaration
from models.words import PersonError
from seed.sample.days import FIRST, NOW, ZONE
from seed.sample.drafting import Drafting, Start
from seed.sample.drawing import Draft, Drawing, meets
from seed.sample.literals import literal
from seed.sample.loader import Loader
from seed.sample.plan_schema import (
    DelayStanza,
    FollowStanza,
    PlanStanza,
    RowsStanza,
    StepStanza,
)
from seed.sample.world import World, happened

APPROVE = "approve"
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
            said = stanza.rows[index] if stanza.rows else {}
            settled = {
                name: literal(declared.field(name), value)
                for name, value in said.items()
            }
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
                Walking(self, stanza, declared, rows).go()
            if stanza.steps or early:
                rows = self.world.add(declared.code, ids)
            for follow in stanza.then:
                if follow not in early:
                    self._follow(follow, declared, rows, moments)

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
            for _ in range(self.chance.randint(*stanza.each)):
                moment = _after(drawing, row, entered, stanza.after)
                if moment is not None and happened(moment):
                    by = self.chance.choice(people) if stanza.by else row["created_by"]
                    said = {**settled, via: row["id"]}
                    starts.append(Start(moment, by, said, row))
        self._write(stanza, sorted(starts, key=lambda one: one.moment))


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
    return via == target.part_of and state not in stanza.when


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


def _after(
    drawing: Drawing, row: Row, entered: datetime, said: DelayStanza | None
) -> datetime | None:
    """Return when something follows; None while what it waits for has not come."""
    if said is None:
        return entered
    start = entered if said.field is None else row.get(said.field)
    if start is None:
        return None
    if not isinstance(start, datetime):
        start = datetime.combine(start, entered.astimezone(ZONE).timetz())
    return max(drawing.later(start, said), entered)


class Walking:
    """Takes some entries through the steps of their flow."""

    def __init__(
        self,
        writing: Writing,
        stanza: RowsStanza,
        declared: Declaration,
        rows: Sequence[Row],
    ) -> None:
        """Begin where the entries stand."""
        self.world, self.loader = writing.world, writing.loader
        self.stanza, self.declared, self.rows = stanza, declared, rows
        self.flow = flow_of(declared)
        self.state = {row["id"]: self.flow.state_of(row) for row in rows}
        self.since: dict[int, datetime] = {row["id"]: row["created_at"] for row in rows}

    def go(self) -> None:
        """Take the steps in the order of the plan."""
        for said in self.stanza.steps:
            transition = self.flow.transition(said.step)
            if transition is not None:
                self._take(said, transition)

    def _take(self, said: StepStanza, transition: Transition) -> None:
        drawing = Drawing(self.world, self.declared, said.fields)
        taken: dict[int, list[Take]] = {}
        for row in self.rows:
            key = row["id"]
            if (
                self.state[key] not in transition.sources
                or not meets(said.when, row)
                or self.world.chance.random() >= said.share
            ):
                continue
            moment = _after(drawing, row, self.since[key], said.after)
            by = self._who(said, transition, row)
            if moment is not None and by is not None and happened(moment):
                values = self._asked(drawing, transition, row, moment, by)
                taken.setdefault(by, []).append(Take(key, None, values, moment))
        for by, takes in taken.items():
            comment = self._comment(said, transition)
            moments = {one.entry_id: one.at for one in takes}
            ids = self.loader.take(
                *(self.declared.code, takes, said.step, by, NOW, comment)
            )
            for key in ids:
                self.state[key] = transition.to
                self.since[key] = moments[key] or NOW

    def _comment(self, said: StepStanza, transition: Transition) -> str:
        if not said.comment:
            return "情况属实" if transition.comment else ""
        return self.world.words.text(said.comment, lambda _place: None, {})

    def _asked(
        self,
        drawing: Drawing,
        transition: Transition,
        row: Row,
        moment: datetime,
        by: int,
    ) -> Row:
        """Return what is typed for a step: what the plan says, and what is lacking."""
        lacking = [name for name in transition.asks if row.get(name) is None]
        asked = [name for name in transition.asks if name in drawing.fields]
        kept = {name: it for name, it in row.items() if name not in asked}
        draft = Draft(moment, by, {k: v for k, v in kept.items() if v is not None})
        return {
            name: drawing.insist(draft, name) for name in dict.fromkeys(asked + lacking)
        }

    def _who(self, said: StepStanza, transition: Transition, row: Row) -> int | None:
        """Return whom the flow lets take a step; None if nobody of the sample may."""
        crew = self.world.crew
        if said.by:
            found = list(crew.of(said.by))
            self.world.chance.shuffle(found)
            return self._not_own(found, transition, row)
        for who in transition.allowed:
            held: int | None = None
            if who.kind is WhoKind.PERSON:
                held = row.get(who.of)
            elif who.kind is WhoKind.SUPERIOR:
                held = crew.superiors.get(row.get(who.of) or 0)
            elif who.kind is WhoKind.POST:
                held = next(iter(crew.posts.get(who.of, ())), None)
            elif transition.approves or who.of == APPROVE:
                held = crew.leader
            else:  # whoever may change it: whoever entered it
                held = row.get("created_by")
            if held is not None and self._not_own([held], transition, row) is not None:
                return held
        return None

    @staticmethod
    def _not_own(found: Sequence[int], transition: Transition, row: Row) -> int | None:
        """Return the first who does not approve what is their own."""
        if not transition.approves or transition.own_too:
            return found[0] if found else None
        own = {row.get("holder"), row.get("created_by")}
        return next((one for one in found if one not in own), None)


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
