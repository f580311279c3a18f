"""Which rule of a regulation is carried by what, and which waits for a later issue."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models import catalogue
from models.stored import NOTHING
from models.words import Label
from seed.declared import knowing
from seed.regulation_files import RegulationText
from seed.template import Template


@dataclass(frozen=True, slots=True)
class Covered:
    """One clause with what carries it and what is still to come for it."""

    code: str
    text: Label
    carried: tuple[Label, ...]
    later: tuple[Label, ...]

    @property
    def is_open(self) -> bool:
        """Whether nothing carries it and nothing is announced."""
        return not self.carried and not self.later


def coverage(template: Template, regulation: RegulationText) -> list[Covered]:
    """Return every clause of a regulation with what a template makes of it."""
    carried: dict[str, list[Label]] = defaultdict(list)
    with knowing(template, NOTHING, {}):
        for code, label in (*_fields(), *_rules(template)):
            carried[code].append(label)
    later: dict[str, list[Label]] = defaultdict(list)
    for head in template.heads:
        for one in head.stanza.later:
            for code in one.clauses:
                later[code].append(one.what.label)
    return [
        Covered(
            one.code,
            Label(one.zh, one.en),
            tuple(carried[one.code]),
            tuple(later[one.code]),
        )
        for one in regulation.stanza.clauses
    ]


def _fields() -> Iterator[tuple[str, Label]]:
    """Yield the clauses that registers and their fields cite."""
    for declared in catalogue.current():
        yield from _each(declared.clauses, "台账", "register", declared.title)
        for one in declared.fields:
            for code in (one.clause or "").split():
                label = Label(
                    f"台账 {declared.title.zh}·{one.label.zh}",
                    f"register {declared.title.en}, {one.label.en}",
                )
                yield code, label
        for step in declared.flow.transitions if declared.flow else ():
            name = Label(
                f"{declared.title.zh}·{step.label.zh}",
                f"{declared.title.en}, {step.label.en}",
            )
            yield from _each(step.clauses, "流程", "flow", name)


def _rules(template: Template) -> Iterator[tuple[str, Label]]:
    """Yield the clauses that registers, targets, measures and pay lines carry."""
    for head in template.heads:
        for one in head.stanza.carries:
            name = catalogue.current()[one.register_].title
            yield from _each(one.clauses, "台账", "register", name)
    for target in template.targets:
        stanza = target.stanza
        yield from _each(stanza.clauses, "时限", "time limit", stanza.title.label)
    for measure in template.measures:
        counted = measure.stanza
        yield from _each(counted.clauses, "指标", "measure", counted.title.label)
    for one_check in template.pay_checks:
        asked = one_check.stanza
        yield from _each(asked.clauses, "关账检查", "check", asked.title.label)
    for role in template.roles:
        preset = role.stanza
        yield from _each(preset.clauses, "角色", "role", preset.title.label)
    for scheme in template.schemes:
        for rule in scheme.stanza.rules:
            yield from _each(rule.clauses, "计薪", "pay line", rule.title.label)


def _each(
    clauses: Iterable[str], zh: str, en: str, title: Label
) -> Iterator[tuple[str, Label]]:
    for code in clauses:
        yield code, Label(f"{zh} {title.zh}", f"{en} {title.en}")
