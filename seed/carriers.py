"""What of a template carries a clause: every object that cites one, with its kind.

Read beside a template's declarations (`knowing` of seed/declared.py), since fields and
flows are those of the whole catalogue as the template makes it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from models import catalogue
from models.register import Declaration
from models.words import Label
from seed.rule_facts import Params
from seed.template import Placed, Template


class CarrierKind(Enum):
    """What sort of object cites a clause; the strongest come first."""

    PAY = ("pay", Label("计薪", "pay line"))
    TARGET = ("target", Label("时限", "time limit"))
    OWED = ("duty", Label("定期任务", "duty"))
    MEASURE = ("measure", Label("指标", "measure"))
    NUMBERING = ("numbering", Label("编号", "numbering"))
    FLOW = ("flow", Label("流程", "flow"))
    RIGHT = ("right", Label("角色", "role"))
    CHECK = ("check", Label("关账检查", "check"))
    CALENDAR = ("calendar", Label("工作日历", "calendar"))
    FIELD = ("field", Label("字段", "field"))
    ROW = ("row", Label("预置内容", "row"))
    REGISTER = ("register", Label("台账", "register"))
    REFERENCE = ("reference", Label("台账引用", "reference to the register"))

    def __init__(self, word: str, label: Label) -> None:
        """Keep the two apart."""
        self.word = word
        self.label = label


# Lines that people tick or read: enough for a rule without number, record, step, right.
_LINES = frozenset({CarrierKind.REFERENCE, CarrierKind.ROW})
# What cannot carry a rule whose strength is a number, a step, a right, a record.
_TOO_WEAK = {
    "number": _LINES | {CarrierKind.REGISTER},
    "step": _LINES | {CarrierKind.REGISTER},
    "right": _LINES | {CarrierKind.REGISTER},
    "record": _LINES,
}
CITES = "clause"
"""The field by which a row of any register names the clauses it rests on."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One object that cites a clause."""

    clause: str
    kind: CarrierKind
    label: Label
    code: str  # complaint_log.number, complaint.first_reply
    stanza: Any = None  # the declaration's part, or the template's stanza

    def is_enough(self, params: Params) -> bool:
        """Whether it can carry what a rule states; a row can that holds its numbers."""
        strength = params.strength
        if strength is None or self.kind not in _TOO_WEAK[strength]:
            return True
        amounts = {one.number for _, one in params.amounts}
        return strength == "number" and bool(amounts) and amounts <= self.figures

    @property
    def figures(self) -> frozenset[Decimal]:
        """The numbers that stand in a row; none of anything else."""
        values = self.stanza.values() if isinstance(self.stanza, dict) else ()
        return frozenset(
            Decimal(one)
            for one in values
            if isinstance(one, int | Decimal) and not isinstance(one, bool)
        )


def carriers(template: Template) -> list[Carrier]:
    """Return everything that cites a clause, each object with each of its clauses."""
    referred = _referred(template)
    found = [
        one
        for declared in catalogue.current()
        for one in _of_register(declared, referred.get(declared.code, frozenset()))
    ]
    return [*found, *_of_rules(template), *_of_rows(template)]


def _referred(template: Template) -> dict[str, frozenset[str]]:
    """Return by register what is said only to rest on it, without saying where."""
    found: dict[str, frozenset[str]] = {}
    for placed in template.fields:
        code = placed.stanza["register"]
        said = frozenset(placed.stanza.get("clauses", ()))
        found[code] = found.get(code, frozenset()) | said
    return found


def _of_register(declared: Declaration, referred: frozenset[str]) -> Iterator[Carrier]:
    for clause in declared.clauses:
        is_reference = clause in referred
        kind = CarrierKind.REFERENCE if is_reference else CarrierKind.REGISTER
        label = _said(kind, declared.title)
        yield Carrier(clause, kind, label, declared.code, declared)
    for one in declared.fields:
        is_number = one.name == "number" and declared.numbering
        kind = CarrierKind.NUMBERING if is_number else CarrierKind.FIELD
        name = Label(
            f"{declared.title.zh}·{one.label.zh}",
            f"{declared.title.en}, {one.label.en}",
        )
        code = f"{declared.code}.{one.name}"
        for clause in (one.clause or "").split():
            yield Carrier(clause, kind, _said(kind, name), code, one)
    for step in declared.flow.transitions if declared.flow else ():
        name = Label(
            f"{declared.title.zh}·{step.label.zh}",
            f"{declared.title.en}, {step.label.en}",
        )
        code = f"{declared.code}.{step.code}"
        for clause in step.clauses:
            label = _said(CarrierKind.FLOW, name)
            yield Carrier(clause, CarrierKind.FLOW, label, code, step)


def _of_rules(template: Template) -> Iterator[Carrier]:
    for head in template.heads:
        for one in head.stanza.carries:
            declared = catalogue.current()[one.register_]
            label = _said(CarrierKind.REGISTER, declared.title)
            for clause in one.clauses:
                kind = CarrierKind.REGISTER
                yield Carrier(clause, kind, label, declared.code, declared)
    kinds: tuple[tuple[CarrierKind, Iterable[Placed[Any]]], ...] = (
        (CarrierKind.TARGET, template.targets),
        (CarrierKind.OWED, template.duties),
        (CarrierKind.MEASURE, template.measures),
        (CarrierKind.CHECK, template.pay_checks),
        (CarrierKind.RIGHT, template.roles),
        (CarrierKind.CALENDAR, template.calendars),
    )
    for kind, some in kinds:
        for placed in some:
            stanza = placed.stanza
            label = _said(kind, stanza.title.label)
            for clause in stanza.clauses:
                yield Carrier(clause, kind, label, stanza.code, stanza)
    for scheme in template.schemes:
        for rule in scheme.stanza.rules:
            label = _said(CarrierKind.PAY, rule.title.label)
            code = f"{scheme.stanza.code}.{rule.code}"
            for clause in rule.clauses:
                yield Carrier(clause, CarrierKind.PAY, label, code, scheme.stanza)


def _of_rows(template: Template) -> Iterator[Carrier]:
    """Yield the rows that a template brings and that name a clause.

    A checkpoint of a sheet and a line of a job description are such rows.
    """
    kind = CarrierKind.ROW
    for placed in template.entries:
        declared = catalogue.current()[placed.stanza.register_]
        for row in placed.stanza.rows:
            words = " ".join(str(row.get(one, "")) for one in placed.stanza.key)
            title = declared.title
            label = _said(kind, Label(f"{title.zh} {words}", f"{title.en} {words}"))
            own = str(row.get(CITES) or "").split()
            for clause in (*own, *placed.stanza.clauses):
                yield Carrier(clause, kind, label, declared.code, row)


def _said(kind: CarrierKind, title: Label) -> Label:
    return Label(f"{kind.label.zh} {title.zh}", f"{kind.label.en} {title.en}")
