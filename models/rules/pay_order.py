"""In which order lines are reckoned: one order over all schemes of a run.

A line comes after those it reads. A line borrowed from everybody, as by
`subordinates`, has been reckoned in every scheme before; one borrowed from the group,
as by `share`, in the scheme itself; one of an earlier period waits for nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

from models.rules.formula import FormulaError, parse
from models.rules.pay_line import LINE, LineKind, PayRule, SchemeError, in_part
from models.words import Label

OF_EVERYBODY = frozenset({"subordinates"})
OF_THE_PAST = frozenset({"last"})
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")

Node = tuple[int, int]
"""The place of a scheme, and of a rule in it."""


def in_order(schemes: Sequence[Sequence[PayRule]]) -> list[tuple[int, PayRule]]:
    """Return the rules of all schemes so that each comes after those it waits for.

    Each with the place of its scheme. Among those that are ready the one declared first
    comes first, so that the order is as declared wherever nothing forbids it, and the
    same every time.

    Raises:
        SchemeError: A code that is no code or is there twice, a text that is no
            formula, rules that wait for each other; a circle is told with its path.
    """
    places = [_places(rules) for rules in schemes]
    waiting: dict[Node, set[Node]] = {
        (at, place): set(_waits_for(at, rule, schemes, places))
        for at, rules in enumerate(schemes)
        for place, rule in enumerate(rules)
    }
    sorter = TopologicalSorter(waiting)
    try:
        sorter.prepare()
    except CycleError as error:
        raise _circle([schemes[at][place] for at, place in error.args[1]]) from None
    ready = list(sorter.get_ready())
    heapify(ready)
    ordered = []
    while ready:
        at, place = node = heappop(ready)
        ordered.append((at, schemes[at][place]))
        sorter.done(node)
        for one in sorter.get_ready():
            heappush(ready, one)
    return ordered


def _places(rules: Sequence[PayRule]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, rule in enumerate(rules):
        if not _CODE.fullmatch(rule.code):
            raise SchemeError(
                rule.code,
                Label(
                    f"计薪项目的代码“{rule.code}”不合规则：请用小写字母开头，"
                    "只含小写字母、数字和下划线，最多 41 个字符。",
                    f"“{rule.code}” cannot be the code of a line: start with a small"
                    " letter, use small letters, digits and _, at most 41.",
                ),
            )
        if rule.code in places:
            raise SchemeError(
                rule.code,
                Label(
                    f"有两个计薪项目的代码都是“{rule.code}”。请改掉其中一个。",
                    f"Two lines have the code “{rule.code}”. Change one of them.",
                ),
            )
        places[rule.code] = place
    return places


def _waits_for(
    at: int,
    rule: PayRule,
    schemes: Sequence[Sequence[PayRule]],
    places: Sequence[Mapping[str, int]],
) -> Iterator[Node]:
    """Yield the lines a rule waits for; other names are left to the check."""
    for part, text in rule.parts:
        try:
            parse(text)
        except FormulaError as error:
            raise in_part(rule, part, error) from None
    own = places[at]
    codes = {name.removeprefix(LINE) for name in rule.reads if name.startswith(LINE)}
    if rule.limits is not None:
        codes |= _limited(rule, schemes[at])
    for function, name in rule.borrows:
        code = name.removeprefix(LINE)
        if code == name or function in OF_THE_PAST:
            continue
        if function in OF_EVERYBODY:
            yield from (
                (other, known[code])
                for other, known in enumerate(places)
                if code in known
            )
        else:
            codes.add(code)
    yield from ((at, own[code]) for code in codes if code in own)


def _limited(rule: PayRule, rules: Sequence[PayRule]) -> set[str]:
    """Return the lines that must be known before a limit is."""
    earlier = rules[: [one.code for one in rules].index(rule.code)]
    before = {one.code for one in earlier if one.limits is not None}
    before |= {one.code for one in rules if is_limited(one)}
    if rule.leaves:
        before |= {one.code for one in rules if one.kind is LineKind.EARNING}
    return before


def is_limited(rule: PayRule) -> bool:
    """Whether a limit on all deductions is one on this line, too."""
    return rule.kind is LineKind.DEDUCTION and rule.limits is None


def _circle(path: Sequence[PayRule]) -> SchemeError:
    # graphlib tells who is waited for first; people read who waits for whom.
    waiting = list(reversed(path))
    return SchemeError(
        waiting[0].code,
        Label(
            "计薪项目互相引用，无法计算："
            f"{' → '.join(rule.label.zh for rule in waiting)}。请去掉其中一处引用。",
            "These lines wait for each other: "
            f"{' → '.join(rule.label.en for rule in waiting)}. Take out one of the"
            " references.",
        ),
    )
