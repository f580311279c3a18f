"""The value of a field of a planned entry, drawn as the plan says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models import catalogue
from models.fields import (
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    ID_NUMBER,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MONEY,
    PHONE,
    PLATE,
    TEXTUAL,
    TIME,
    YES_NO,
    Field,
)
from models.preparing import Row
from models.register import Declaration
from seed.sample.days import NOW, ZONE
from seed.sample.desk_hours import drawn_length, minutes
from seed.sample.literals import literal
from seed.sample.plan_schema import DelayStanza, Values, ValueStanza, When
from seed.sample.world import World, happened

USUAL = ValueStanza()
COMMON = {MONEY: 200, DECIMAL: 5, INTEGER: 3}  # about so much, where nothing is said
NOON = time(12)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Draft:
    """An entry in the making: what was drawn, and what its texts share."""

    moment: datetime
    by: int | None
    values: Row = field(default_factory=dict)
    picked: dict[str, str] = field(default_factory=dict)
    parent: Row | None = None


def meets(when: When, row: Mapping[str, Any]) -> bool:
    """Whether each field has one of its values.

    An empty one has the value `none`, one that is filled in the value `any`.
    """
    for name, values in when.items():
        held = row.get(name)
        if isinstance(held, bool):
            held = "yes" if held else "no"
        found = held if isinstance(held, list) else [held]
        said = {"none"} if held is None else {"any", *map(str, found)}
        if not said & set(values):
            return False
    return True


class Drawing:
    """Draws the values of one plan's entries."""

    def __init__(self, world: World, declared: Declaration, fields: Values) -> None:
        """Keep what the plan says of the register's fields."""
        self.world, self.declared, self.fields = world, declared, fields
        self.chance = world.chance
        self._ways: Mapping[str, Callable[[Draft, Field, ValueStanza], Any]] = {
            "value": lambda _draft, one, said: literal(one, said.value),
            "text": lambda draft, one, said: self._text(draft, one, said.text or ""),
            "one_of": self._one_of,
            "between": self._between,
            "about": self._about,
            "after": self._moved,
            "before": self._moved,
            "person": lambda _draft, _one, said: self._somebody(said.person),
            "same": self._same,
            "case": self._case,
            "usual": self._usual,
        }

    def give(self, draft: Draft, name: str, said: ValueStanza | None = None) -> Any:
        """Draw a field's value into the draft, unless it is there; return it."""
        if name in draft.values:
            return draft.values[name]
        said = said or self.fields.get(name, USUAL)
        draft.values[name] = None  # what refers to itself ends here
        for other in said.when:
            if other in self.fields:
                self.give(draft, other)
        value = self._drawn(draft, self.declared.field(name), said)
        draft.values[name] = value
        return value

    def _drawn(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        if not meets(said.when, draft.values):
            return None
        if said.empty and self.chance.random() < said.empty:
            return None
        value = self._ways[said.kind](draft, one, said)
        if said.ahead or not isinstance(value, date) or _has_come(value):
            return value
        return None

    def insist(self, draft: Draft, name: str, said: ValueStanza | None = None) -> Any:
        """Draw a value that must be there, whatever the plan leaves empty."""
        found = self.give(draft, name, said)
        if found is None:
            del draft.values[name]
            found = self.give(draft, name, USUAL)
        return found

    def _text(self, draft: Draft, one: Field, wording: str) -> Any:
        if one.type not in TEXTUAL:
            return literal(one, wording)

        def fill(place: str) -> str | None:
            head = place.partition(".")[0]
            if head == one.name or not self.declared.has(head):
                return None
            if head in self.fields:
                self.give(draft, head)
            return self.world.said(self.declared, draft.values, place)

        text = self.world.words.text(wording, fill, draft.picked)
        return text if one.type is LONG_TEXT else text[: one.max_length]

    def _one_of(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        codes, weights = said.likely
        found = self.chance.choices(codes, cum_weights=weights)
        return self._text(draft, one, found[0])

    def _between(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        del draft
        low, high = said.between or (0, 0)
        if one.type in (TIME, DURATION):
            first, last = (_minutes(each) for each in (low, high))
            step = int(said.step or 5)
            drawn = first + step * self.chance.randint(0, max(last - first, 0) // step)
            return _of_minutes(one, drawn)
        step_ = said.step or _step(one)
        low, high = Decimal(low), Decimal(high)
        return _figure(
            one, low + step_ * self.chance.randint(0, int((high - low) / step_))
        )

    def _about(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        del draft
        if one.type is DURATION:
            return _of_minutes(one, self._length(said))
        return self._around(one, Decimal(said.about or 0), said)

    def _around(self, one: Field, half: Decimal, said: ValueStanza) -> Any:
        step = said.step or _step(one)
        steps = drawn_length(self.chance, int(half / step), float(said.spread))
        return _figure(one, steps * step)

    def _half(self, said: ValueStanza | DelayStanza) -> tuple[str, float]:
        """Return the length that half of all are below, and how much they differ."""
        if said.late and self.chance.random() < said.late:
            # What is late is late: only a little is drawn around it.
            return said.late_about, 0.2
        return str(said.about or "1h"), float(said.spread)

    def _length(self, said: ValueStanza | DelayStanza) -> int:
        """Draw how long something takes, in minutes of the clock that counts."""
        day = 24 * 60 if said.clock == "wall" else self.world.desk.day_minutes
        half, spread = self._half(said)
        return drawn_length(self.chance, minutes(half, day), spread)

    def _lapse(self, said: ValueStanza | DelayStanza) -> timedelta:
        """Draw how long something takes by the clock on the wall, to the second."""
        half, spread = self._half(said)
        if half.endswith("s") and half[:-1].isdigit():
            drawn = drawn_length(self.chance, int(half[:-1]), spread)
            return timedelta(seconds=drawn)
        return timedelta(minutes=drawn_length(self.chance, minutes(half), spread))

    def later(self, start: datetime, said: ValueStanza | DelayStanza) -> datetime:
        """Return a moment as much later as was drawn."""
        if said.clock == "wall":
            return start + self._lapse(said)
        return self.world.desk.later(start, self._length(said))

    def _moved(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        name = said.after or said.before or ""
        there = self.give(draft, name) if name in self.fields else None
        there = there if there is not None else draft.values.get(name)
        if there is None and self.declared.has(name):
            return None
        start = _instant(there if there is not None else draft.moment)
        if said.after is not None:
            found = self.later(start, said)
        elif said.clock == "wall":
            found = start - self._lapse(said)
        else:
            found = self.world.desk.earlier(start, self._length(said))
        return found.astimezone(ZONE).date() if one.type is DATE else found

    def _entry(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        register = one.refers_to or ""
        rows = self.world.candidates(register, draft.moment)
        if one.only_of is not None:
            rows = self._belonging(draft, one, rows) or rows
        if said.where:
            me = str(draft.by)
            where = {
                name: tuple(me if each == "me" else each for each in values)
                for name, values in said.where.items()
            }
            rows = [row for row in rows if meets(where, row)]
        found = self.world.choose(rows, said.prefer)
        return None if found is None else found["id"]

    def _belonging(self, draft: Draft, one: Field, rows: list[Row]) -> list[Row]:
        """Return what is of the entry that another field holds: a customer's things."""
        of = self.declared.field(one.only_of or "")
        whose = self.give(draft, of.name)
        target = catalogue.current()[one.refers_to or ""]
        names = [it.name for it in target.fields if it.refers_to == of.refers_to]
        return [row for row in rows if any(row[name] == whose for name in names)]

    def _somebody(self, posts: tuple[str, ...] | None) -> Any:
        return self.chance.choice(self.world.crew.of(posts))

    def _same(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        path = said.same or ""
        self.give(draft, path.partition(".")[0])
        value = self.world.path(self.declared, draft.values, path)
        if one.type is DATE and isinstance(value, datetime):
            return value.astimezone(ZONE).date()
        return value

    def _case(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        held = self.give(draft, said.case or "")
        found = next(
            (said.of[key] for key in _keys(held) if key in said.of), said.otherwise
        )
        return None if found is None else self._drawn(draft, one, found)

    def _usual(self, draft: Draft, one: Field, said: ValueStanza) -> Any:
        """Draw what fits the field's type, where the plan says nothing of it."""
        if one.options:
            # In the order of the paper the first ones are the usual ones.
            codes = [it.value for it in one.options]
            weights = [1 / (place + 1) for place in range(len(codes))]
            found = self.chance.choices(codes, weights)[0]
            return [found] if one.type is CHOICES else found
        if one.refers_to is not None:
            target = catalogue.current()[one.refers_to]
            if target.of_people:
                return draft.by or self._somebody(None)
            return self._entry(draft, one, said)
        return _PLAIN[one.type](self, draft, one) if one.type in _PLAIN else None

    def _common(self, _draft: Draft, one: Field) -> Any:
        half = Decimal(COMMON[one.type])
        if one.minimum is not None and one.maximum is not None:
            half = (one.minimum + one.maximum) / 2
        elif one.minimum is not None and one.minimum > half:
            half = one.minimum * 2
        return self._around(one, half, USUAL)

    def _wording(self, draft: Draft, one: Field) -> Any:
        return self._text(draft, one, _WORDINGS.get(one.type, "{note}"))


_WORDINGS = {
    PHONE: "{phone}",
    PLATE: "{plate}",
    # A place that is none, so that the number is nobody's.
    ID_NUMBER: "99{#4}19{#2}0{#1}1{#5}X",
}

_PLAIN: Mapping[Any, Callable[[Drawing, Draft, Field], Any]] = {
    **dict.fromkeys((INTEGER, DECIMAL, MONEY), Drawing._common),  # noqa: SLF001 - its own table
    **dict.fromkeys(TEXTUAL, Drawing._wording),  # noqa: SLF001 - its own table
    DATE: lambda _self, draft, _one: draft.moment.astimezone(ZONE).date(),
    INSTANT: lambda _self, draft, _one: draft.moment,
    TIME: lambda _self, _draft, _one: NOON,
    DURATION: lambda _self, _draft, _one: timedelta(minutes=30),
    YES_NO: lambda self, _draft, _one: self.chance.random() < 0.5,  # noqa: PLR2004 - a coin
}


def _keys(held: Any) -> tuple[str, ...]:
    """Return what a case may call a value: a day by its weekday or its month."""
    if isinstance(held, datetime):
        held = held.astimezone(ZONE)
    if isinstance(held, date):
        return WEEKDAYS[held.weekday()], f"{held:%Y-%m}"
    if isinstance(held, bool):
        return ("yes" if held else "no",)
    return ("none" if held is None else str(held),)


def _has_come(value: date | datetime) -> bool:
    if isinstance(value, datetime):
        return happened(value)
    return value <= NOW.date()


def _instant(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, NOON, ZONE)


def _minutes(said: object) -> int:
    text = str(said)
    if ":" in text:
        there = time.fromisoformat(text)
        return there.hour * 60 + there.minute
    return minutes(text)


def _of_minutes(one: Field, drawn: int) -> time | timedelta:
    if one.type is TIME:
        return time(drawn // 60 % 24, drawn % 60)
    return timedelta(minutes=drawn)


def _step(one: Field) -> Decimal:
    return Decimal(1).scaleb(-one.places) if one.type is DECIMAL else Decimal(1)


def _figure(one: Field, value: Decimal) -> Decimal | int:
    """Return a number within the field's bounds."""
    if one.minimum is not None:
        value = max(value, one.minimum)
    if one.maximum is not None:
        value = min(value, one.maximum)
    if one.type is INTEGER:
        return int(value)
    places = 2 if one.type is MONEY else one.places
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
