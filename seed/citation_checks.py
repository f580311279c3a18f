"""Whether what a template cites is there: clauses, and fields and steps that cite.

Clauses of a regulation that is off here are not looked at: packs come and go. That they
exist is the matter of `taizhang seed coverage`, which reads the whole rulebook.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from models import catalogue
from models.stanza_added import STEP
from models.stanza_mistakes import Path
from models.words import Label
from seed.template import Placed, Template
from seed.template_error import Fault, one_of


def wrong_citations(template: Template) -> Iterator[Fault]:
    """Yield each citation of a clause that its regulation lacks, or by nothing."""
    known = {one.stanza.code: set(one.codes) for one in template.regulations}
    for placed, path, code in _all(template):
        there = known.get(code.rpartition("-")[0])
        if there is not None and code not in there:
            yield placed.fault(_no_clause(code), *path)
    for added in template.fields:
        for name in added.stanza.get("cites", {}):
            yield from _citing(added, name)


def _all(template: Template) -> Iterator[tuple[Placed[Any], Path, str]]:
    """Yield what cites, where in it, and the clause."""
    for head in template.heads:
        for part in ("carries", "later", "beyond"):
            for at, one in enumerate(getattr(head.stanza, part)):
                yield from _each(head, one.clauses, part, at, "clauses")
    rules: list[Placed[Any]] = [
        *template.calendars,
        *template.targets,
        *template.measures,
        *template.duties,
        *template.pay_checks,
        *template.roles,
        *template.entries,
    ]
    for placed in rules:
        yield from _each(placed, placed.stanza.clauses, "clauses")
    for scheme in template.schemes:
        for at, rule in enumerate(scheme.stanza.rules):
            yield from _each(scheme, rule.clauses, "rules", at, "clauses")
    for declared in (*template.registers, *template.fields):
        yield from _of_declared(declared)


def _of_declared(placed: Placed[Any]) -> Iterator[tuple[Placed[Any], Path, str]]:
    said = placed.stanza
    yield from _each(placed, said.get("clauses", ()), "clauses")
    for name, codes in said.get("cites", {}).items():
        yield from _each(placed, codes, "cites", name)
    for at, one in enumerate(said.get("fields", ())):
        clause = one.get("clause") or ()
        codes = clause.split() if isinstance(clause, str) else clause
        for code in codes:
            yield placed, ("fields", at, "clause"), code


def _each(
    placed: Placed[Any], codes: Sequence[str], *path: str | int
) -> Iterator[tuple[Placed[Any], Path, str]]:
    for index, code in enumerate(codes):
        yield placed, (*path, index), code


def _citing(placed: Placed[Any], name: str) -> Iterator[Fault]:
    """Say that there is nothing of this name that could carry a clause."""
    code = placed.stanza["register"]
    if code not in catalogue.current().codes:
        return  # told where its fields are read
    declared = catalogue.current()[code]
    steps = declared.flow.transitions if declared.flow else ()
    names = [one.name for one in declared.all_fields]
    names += [f"{STEP}{one.code}" for one in steps]
    if name not in names:
        what = Label(
            f"{declared.title.zh}的字段或步骤",
            f"a field or step of {declared.title.en}",
        )
        yield placed.fault(one_of(name, names, what), "cites", name)


def _no_clause(code: str) -> Label:
    return Label(
        f"所用制度里没有条款“{code}”，请核对编号。",
        f"No regulation of the template has a clause “{code}”. Check it.",
    )
