"""A small team as formulas of pay see it: figures, a reporting line, earlier months."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.rules.formula import (
    Evaluation,
    FormulaError,
    Unit,
    Value,
    evaluate,
    parse,
)

SATURDAY = 5


@dataclass(frozen=True)
class Team:
    """Everybody's figures by name and staff id; `me` asks."""

    figures: Mapping[str, Mapping[int, Value]] = field(default_factory=dict)
    superiors: Mapping[int, int] = field(default_factory=dict)
    earlier_months: Mapping[tuple[str, int], Value] = field(default_factory=dict)
    me: int = 1
    first: date = date(2026, 10, 1)
    last: date = date(2026, 10, 31)
    made: dict[Hashable, Any] = field(default_factory=dict)

    def of(self, person: int) -> "Team":
        """Return the same team as another person sees it."""
        return replace(self, me=person)

    def unit(self, name: str) -> Unit:
        found = [*self.figures.get(name, {}).values()]
        found += [one for (key, _), one in self.earlier_months.items() if key == name]
        if not found:
            raise KeyError(name)
        return found[0].unit

    def group(self, name: str) -> Mapping[int, Value]:
        return self.figures.get(name, {})

    def below(self, name: str, levels: int | None) -> Sequence[Value]:
        found, line = [], [self.me]
        while line and (levels is None or levels > 0):
            line = [one for one, above in self.superiors.items() if above in line]
            found += line
            levels = None if levels is None else levels - 1
        figures = self.figures.get(name, {})
        return [figures[one] for one in found if one in figures]

    def earlier(self, name: str, periods: int) -> Value | None:
        return self.earlier_months.get((name, periods))

    def working_days(self, first: date, last: date) -> int:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return sum(day.weekday() < SATURDAY for day in days)

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]


def team(name: str, figures: Sequence[Value]) -> Team:
    """Return a team whose first person has the first figure, and so on from id 1."""
    return Team({name: dict(enumerate(figures, start=1))})


def reckoned(text: str, world: Team, person: int = 1) -> Evaluation:
    return evaluate(parse(text), {}, world=world.of(person))


def amounts(text: str, world: Team) -> list[str]:
    """Return what the formula gives each person of the team, lowest id first."""
    people = sorted({one for by in world.figures.values() for one in by})
    return [str(reckoned(text, world, one).value) for one in people]


def refusal(text: str, world: Team | None, **values: Value) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        evaluate(parse(text), values, world=world)
    return caught.value
