"""Cases made from a rule's place on a ladder: the first time, the second, the third.

What counts earlier times and looks up what follows is found by its declaration: a field
whose default is a step of the ladder, matched by another whose default counts.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from models import catalogue
from models.register import CHOICE, Count, Declaration, Field, Lookup
from seed.rule_facts import Params
from tests.company import Company
from tests.seed.made_entries import completed, entry_of
from tests.seed.rule_cases import Case
from tests.seed.rule_entries import Desk

HIGHEST = 4  # one more than any rule's level, so that each has a time after it


def ladders(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Let the same happen again and again: only that time brings the rule's step."""
    level = params.level
    kinds = {opt.value for one in cited if one.type is CHOICE for opt in one.options}
    if level is None or not kinds:
        return
    for taker, looked, lookup in _takers(declared):
        steps = _steps(desk, declared, taker, lookup)
        same = {
            ours: entry_of(desk.company, taker.field(ours).refers_to or "", desk.made)
            for ours in lookup.match.values()
            if taker.field(ours).refers_to
        }
        kept, _ = desk.tried(taker.code, *[same] * HIGHEST)
        brought = [row[looked.name] == steps[level - 1] for row in kept]
        yield Case(
            f"{declared.code} level {level}",
            set(params.choices) <= kinds and bool(brought) and brought.pop(level - 1),
            any(brought),
        )


def _takers(declared: Declaration) -> Iterator[tuple[Declaration, Field, Lookup]]:
    for taker in catalogue.current():
        for one in taker.fields:
            lookup = one.default
            if isinstance(lookup, Lookup) and lookup.register == declared.code:
                yield taker, one, lookup


def _steps(
    desk: Desk, declared: Declaration, taker: Declaration, lookup: Lookup
) -> list[int]:
    """Return a step for each time, made once and left there."""
    company, said = desk.company, dict[str, Any]()
    for theirs, ours in lookup.match.items():
        if isinstance(taker.field(ours).default, Count):
            counter = theirs
        else:
            register = taker.field(ours).refers_to or ""
            said[theirs] = entry_of(company, register, desk.made)
    return [
        _step(company, declared, desk, said | {counter: earlier})
        for earlier in range(HIGHEST)
    ]


def _step(
    company: Company, declared: Declaration, desk: Desk, said: dict[str, Any]
) -> int:
    key = f"{declared.code} {sorted(said.items())}"
    if key not in desk.made:
        values = completed(company, declared.code, said, desk.made)
        desk.made[key] = company.create(declared.code, values)
    return desk.made[key]
