"""Teams around somebody whose line a rule is tried on: one below, others ranked."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from models.rules.formula import Unit, Value
from models.rules.pay import Slip
from tests.rules.team import Team


def with_one_below(
    lent: Iterable[str], inputs: Mapping[str, Value], slip: Slip
) -> Team:
    """Return a team of two: the second has these inputs, and these lines by them."""
    lines = {f"line.{one.code}": one.value for one in slip.items if one.value}
    known = {**inputs, **lines}
    return Team({one: {2: known[one]} for one in lent if one in known}, {2: 1})


def ranked(
    name: str, unit: Unit, line: Callable[[Team], Decimal | None], people: int
) -> list[Decimal]:
    """Return what each of so many people gets, of whom the first has most."""
    figures = {one: Value(Decimal(1000 - one), unit) for one in range(1, people + 1)}
    team = Team({name: figures})
    return [line(team.of(one)) or Decimal(0) for one in figures]
