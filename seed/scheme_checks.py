"""Whether the schemes of a template can be reckoned, each and all of them together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from models.rules.formula import Unit
from models.rules.pay import Scheme, SchemeError
from models.rules.pay_rules import problems_of
from models.words import Label
from seed.pay_stanzas import SchemeStanza
from seed.stanza_objects import scheme_of
from seed.template import Placed, Template
from seed.template_error import Fault, one_of

_Both = tuple[Placed[SchemeStanza], Scheme]


def wrong_schemes(template: Template, names: Mapping[str, Unit]) -> Iterator[Fault]:
    """Yield what is wrong with formulas, their units and their order."""
    together: dict[str, list[_Both]] = defaultdict(list)
    for placed in template.schemes:
        yield from _limits(placed)
        try:
            scheme = scheme_of(placed.stanza)
        except SchemeError as error:
            yield _fault(placed, error)
            continue
        together[placed.stanza.every].append((placed, scheme))
    for some in together.values():
        yield from _together(some, names)


def _together(some: Sequence[_Both], names: Mapping[str, Unit]) -> Iterator[Fault]:
    try:
        problems = problems_of([scheme for _, scheme in some], names)
    except SchemeError as error:  # a circle through several schemes
        guilty = next(
            (
                placed
                for placed, scheme in some
                if any(rule.code == error.rule for rule in scheme.rules)
            ),
            some[0][0],
        )
        yield _fault(guilty, error)
        return
    for at, problem in problems:
        yield _fault(some[at][0], problem)


def _limits(placed: Placed[SchemeStanza]) -> Iterator[Fault]:
    deductions = [one.code for one in placed.stanza.rules if one.kind == "deduction"]
    for at, limit in enumerate(placed.stanza.limits):
        if not limit.at_most and limit.leaves is None:
            said = Label("请写 at_most 或 leaves。", "Say at_most or leaves.")
            yield placed.fault(said, "limits", at)
        for index, code in enumerate(limit.of):
            if code not in deductions:
                what = Label("方案里的扣减项目", "a deduction of the scheme")
                problem = one_of(code, deductions, what)
                yield placed.fault(problem, "limits", at, "of", index)


def _fault(placed: Placed[SchemeStanza], error: SchemeError) -> Fault:
    for key, stanzas in (
        ("rules", placed.stanza.rules),
        ("limits", placed.stanza.limits),
    ):
        codes = [one.code for one in stanzas]
        if error.rule in codes:
            return placed.fault(error.label, key, codes.index(error.rule))
    return placed.fault(error.label, "rules")
