"""Which rule of a regulation is carried by what, and what is still to come for it.

`docs/rulebook.md` tells how it is counted. A rule is *weak*, and counts as open, when
it states a number, a step, a right or a record and nothing but a line names it: a point
of a checklist, a duty in a job description, a bare reference to a register.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from models.stored import NOTHING
from models.words import Label
from seed.carriers import Carrier, CarrierKind, carriers
from seed.declared import knowing
from seed.regulation_files import RegulationText, read_regulation, regulation_codes
from seed.rule_facts import TIMED, Params
from seed.template import Template


class Standing(Enum):
    """What became of a rule."""

    CARRIED = ("carried", Label("已有承载", "carried"))
    LATER = ("later", Label("待后续功能", "later"))
    BEYOND = ("beyond", Label("软件做不到", "beyond software"))
    WEAK = ("weak", Label("承载不足", "weak"))
    OPEN = ("open", Label("无着落", "open"))

    def __init__(self, word: str, label: Label) -> None:
        """Keep the two apart."""
        self.word = word
        self.label = label


@dataclass(frozen=True, slots=True)
class Awaited:
    """A part of the engine that a later issue brings."""

    part: str
    what: Label


@dataclass(frozen=True, slots=True)
class Covered:
    """One clause with what carries it and what is still to come for it."""

    code: str
    text: Label
    kind: str
    params: Params
    carriers: tuple[Carrier, ...]
    awaited: tuple[Awaited, ...]
    beyond: tuple[Label, ...]  # why software cannot

    @property
    def carried(self) -> tuple[Label, ...]:
        """What carries it, in words."""
        return tuple(one.label for one in self.carriers)

    @property
    def later(self) -> tuple[Label, ...]:
        """What is still to come for it, in words."""
        return tuple(one.what for one in self.awaited)

    @property
    def enough(self) -> tuple[Carrier, ...]:
        """Those of its carriers that can carry what it states."""
        return tuple(one for one in self.carriers if one.is_enough(self.params))

    @property
    def standing(self) -> Standing:
        """What became of it; what is only announced counts as later, not as carried."""
        if self.enough:
            return Standing.CARRIED
        if self.awaited:
            return Standing.LATER
        if self.beyond:
            return Standing.BEYOND
        return Standing.WEAK if self.carriers else Standing.OPEN

    @property
    def best(self) -> CarrierKind | None:
        """The strongest kind of object that carries it."""
        order = list(CarrierKind)
        kinds = [one.kind for one in self.enough]
        return min(kinds, key=order.index) if kinds else None

    @property
    def is_watched(self) -> bool:
        """Whether a time limit or a duty carries it, so that nobody has to remember."""
        watching = (CarrierKind.TARGET, CarrierKind.OWED)
        return any(one.kind in watching for one in self.carriers)

    @property
    def is_left_to_people(self) -> bool:
        """Whether it asks for something in time or so often, and nothing watches it."""
        return self.kind in TIMED and not (
            self.is_watched or self.awaited or self.beyond
        )

    @property
    def is_open(self) -> bool:
        """Whether nothing that is enough carries it and nothing is announced."""
        return self.standing in (Standing.OPEN, Standing.WEAK)


def regulations_of(template: Template) -> list[RegulationText]:
    """Return the regulations a template is measured by.

    Those that it switches on; of one that only others build on, and that switches none
    on, those that come from its kind of organisation.
    """
    if template.regulations:
        return list(template.regulations)
    every = (read_regulation(code) for code in regulation_codes())
    return [one for one in every if one.stanza.template == template.name]


def coverage(template: Template, regulation: RegulationText) -> list[Covered]:
    """Return every clause of a regulation with what a template makes of it."""
    return coverages(template, [regulation])


def coverages(
    template: Template, regulations: Iterable[RegulationText]
) -> list[Covered]:
    """Return every clause of some regulations with what a template makes of it."""
    carried: dict[str, list[Carrier]] = defaultdict(list)
    with knowing(template, NOTHING, {}):
        for one in carriers(template):
            carried[one.clause].append(one)
    later: dict[str, list[Awaited]] = defaultdict(list)
    beyond: dict[str, list[Label]] = defaultdict(list)
    for head in template.heads:
        for coming in head.stanza.later:
            for code in coming.clauses:
                later[code].append(Awaited(coming.waits_for, coming.what.label))
        for never in head.stanza.beyond:
            for code in never.clauses:
                beyond[code].append(never.reason.label)
    return [
        Covered(
            clause.code,
            Label(clause.zh, clause.en),
            clause.kind,
            clause.params,
            tuple(carried[clause.code]),
            tuple(later[clause.code]),
            tuple(beyond[clause.code]),
        )
        for regulation in regulations
        for clause in regulation.stanza.clauses
    ]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rules came to what, and by which kind of object."""

    standings: Counter[Standing]
    kinds: Counter[CarrierKind]

    @property
    def total(self) -> int:
        """How many rules there are."""
        return self.standings.total()

    @property
    def open(self) -> int:
        """How many of them nothing that is enough carries."""
        return self.standings[Standing.WEAK] + self.standings[Standing.OPEN]

    def share(self, kind: CarrierKind) -> str:
        """Return the share of the rules carried best by such objects, as 12.3%."""
        return f"{100 * self.kinds[kind] / self.total:.1f}%" if self.total else "0.0%"


def tally(found: Iterable[Covered]) -> Tally:
    """Count rules by what became of them."""
    rules = list(found)
    standings = Counter(one.standing for one in rules)
    kinds = Counter(one.best for one in rules if one.best is not None)
    return Tally(standings, kinds)
