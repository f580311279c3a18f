"""The steps that entries of a plan take, and what is written down on the way."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from models import catalogue, checking
from models.flow import Transition, WhoKind
from models.flow_steps import Take, flow_of
from models.preparing import Row
from models.register import Declaration
from seed.sample.days import NOW, ZONE
from seed.sample.drawing import Draft, Drawing, meets
from seed.sample.loader import Loader
from seed.sample.plan_schema import (
    DelayStanza,
    FollowStanza,
    RowsStanza,
    StepStanza,
)
from seed.sample.world import World, happened

APPROVE = "approve"
# Writes what follows from some entries, each since its moment.
Between = Callable[[FollowStanza, Sequence[Row], Sequence[datetime]], None]


def following(
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
        world: World,
        loader: Loader,
        stanza: RowsStanza,
        declared: Declaration,
        rows: Sequence[Row],
    ) -> None:
        """Begin where the entries stand."""
        self.world, self.loader = world, loader
        self.stanza, self.declared, self.rows = stanza, declared, rows
        self.flow = flow_of(declared)
        self.state = {row["id"]: self.flow.state_of(row) for row in rows}
        self.since: dict[int, datetime] = {row["id"]: row["created_at"] for row in rows}

    def go(self, between: Between) -> None:
        """Take the steps in the order of the plan, each after what it needs."""
        needed = {one.needed_for for one in self.stanza.then}
        for said in self.stanza.steps:
            transition = self.flow.transition(said.step)
            if transition is None:
                continue
            if said.step in needed:
                self._make(said.step, transition, between)
                needed.remove(said.step)  # once, also where it is taken again
            self._take(said, transition)

    def _make(self, step: str, transition: Transition, between: Between) -> None:
        """Write what a step needs, for those entries that are about to take it."""
        rows = [row for row in self.rows if self.state[row["id"]] in transition.sources]
        since = [self.since[row["id"]] for row in rows]
        for one in self.stanza.then:
            if one.needed_for == step:
                between(one, rows, since)

    def _take(self, said: StepStanza, transition: Transition) -> None:
        drawing = Drawing(self.world, self.declared, said.fields)
        taken: dict[int, list[Take]] = {}
        noted: dict[int, dict[int, Row]] = {}
        for row in self.rows:
            key = row["id"]
            if (
                self.state[key] not in transition.sources
                or not meets(said.when, row)
                or self.world.chance.random() >= said.share
            ):
                continue
            moment = following(drawing, row, self.since[key], said.after)
            by = self._who(said, transition, row)
            if moment is not None and by is not None and happened(moment):
                draft = self._draft(drawing, row, moment, by)
                values = self._asked(drawing, transition, draft)
                taken.setdefault(by, []).append(Take(key, None, values, moment))
                noted.setdefault(by, {})[key] = _noted(drawing, transition, draft)
        known = {row["id"]: row for row in self.rows}
        for by, takes in taken.items():
            comment = self._comment(said, transition)
            self._note(said, noted[by], takes, by)
            moments = {one.entry_id: one.at or NOW for one in takes}
            moved = self.loader.take(
                *(self.declared.code, takes, said.step, by, NOW, comment)
            )
            for row in moved:
                key = row["id"]
                self.state[key] = transition.to
                self.since[key] = moments[key]
                known[key].update(row)

    def _note(
        self,
        said: StepStanza,
        noted: Mapping[int, Row],
        takes: Sequence[Take],
        by: int,
    ) -> None:
        """Write what was written down before a step, on the entries and their parts."""
        self.loader.note(self.declared.code, noted, by)
        for code, fields in said.parts.items():
            part = catalogue.current()[code]
            drawing = Drawing(self.world, part, fields)
            of_parts = {}
            for one in takes:
                for row in self.world.parts(part, one.entry_id):
                    draft = self._draft(drawing, row, one.at or NOW, by)
                    of_parts[row["id"]] = _given(drawing, fields, draft)
            self.loader.note(code, of_parts, by)
            self.world.add(code, list(of_parts))

    def _comment(self, said: StepStanza, transition: Transition) -> str:
        if not said.comment:
            return "情况属实" if transition.comment else ""
        return self.world.words.text(said.comment, lambda _place: None, {})

    @staticmethod
    def _draft(drawing: Drawing, row: Row, moment: datetime, by: int) -> Draft:
        """Return an entry as it stands, without what the plan says of it now."""
        kept = {
            name: it
            for name, it in row.items()
            if it is not None and name not in drawing.fields
        }
        return Draft(moment, by, kept)

    def _asked(self, drawing: Drawing, transition: Transition, draft: Draft) -> Row:
        """Return what is typed for a step: what the plan says, and what is lacking."""
        asked = [name for name in transition.asks if name in drawing.fields]
        values = {name: drawing.insist(draft, name) for name in asked}
        for name in transition.asks:
            field = self.declared.field(name)
            if draft.values.get(name) is None and checking.applies(field, draft.values):
                values[name] = drawing.insist(draft, name)
        return values

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
            elif who.kind is WhoKind.MANAGER:
                held = crew.managers.get(row.get(who.of) or 0)
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


def _noted(drawing: Drawing, transition: Transition, draft: Draft) -> Row:
    """Return what the plan says of a step that the step itself does not ask for."""
    names = [name for name in drawing.fields if name not in transition.asks]
    return _given(drawing, names, draft)


def _given(drawing: Drawing, names: Iterable[str], draft: Draft) -> Row:
    drawn = {name: drawing.give(draft, name) for name in names}
    return {name: value for name, value in drawn.items() if value is not None}
