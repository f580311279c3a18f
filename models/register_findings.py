"""What the checks of declarations share: findings, ids, paths between fields.

The checks themselves are in `register_checks_*.py`; `register_checks.py` runs them all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from models.register import REFERENCES, TEXTUAL, Declaration, Field
from models.words import Label

Codes: TypeAlias = Mapping[str, Declaration]


class Finding(NamedTuple):
    """One mistake within a register: a field or part of it, and a sentence."""

    place: str  # "" is the register itself
    label: Label


Rule: TypeAlias = Callable[[Codes, Declaration], Iterator[Finding]]
RULES: dict[str, Rule] = {}


def rule(number: str) -> Callable[[Rule], Rule]:
    """Make a function a check; its id never changes and is never given again."""

    def remember(function: Rule) -> Rule:
        if number in RULES:
            raise ValueError(f"{number} is the id of {RULES[number].__name__}")
        RULES[number] = function
        return function

    return remember


@dataclass(frozen=True, slots=True)
class Reached:
    """What a path leads to: a field, or an entry of a register where it says "id"."""

    field: Field | None
    register: str | None = None  # the register whose entry it is

    @property
    def refers_to(self) -> str | None:
        """The register whose entry stands there, if one does."""
        return self.field.refers_to if self.field else self.register


def own_field(declared: Declaration, name: str) -> Field | None:
    """Return a field by name, None if there is none."""
    return next((one for one in declared.all_fields if one.name == name), None)


def column_of(declared: Declaration, name: str) -> Field | None:
    """Return a field that has a column, None if there is none of that name."""
    one = own_field(declared, name)
    return one if one is not None and one.column is not None else None


def reach(codes: Codes, declared: Declaration, path: str) -> Reached | None:
    """Follow a field or one-hop path ("machine.customer", "id"); None if it ends."""
    head, _, tail = path.partition(".")
    if head == "id" and not tail:
        return Reached(None, declared.code)
    one = column_of(declared, head)
    if one is None or not tail:
        return Reached(one) if one else None
    target = codes.get(one.refers_to or "")
    return reach(codes, target, tail) if target and "." not in tail else None


def fits(source: Reached, target: Reached) -> bool:
    """Whether every value of one place may stand in the other."""
    if source.refers_to or target.refers_to:
        return source.refers_to == target.refers_to
    if source.field is None or target.field is None:
        return False
    given, taking = source.field, target.field
    if given.options or taking.options:
        values = {one.value for one in taking.options}
        same = given.type is taking.type
        return same and values >= {one.value for one in given.options}
    if given.type in TEXTUAL and taking.type in TEXTUAL:
        return True
    return given.type is taking.type and given.places <= taking.places


def exposes(source: Reached, target: Reached) -> bool:
    """Whether a copy would show what the original hides."""
    if source.field is None or target.field is None:
        return False
    hides, shows = source.field, target.field
    return (hides.secret and not shows.secret) or (
        hides.personal and not (shows.personal or shows.type in REFERENCES)
    )


def no_field(place: str, path: str, register: str) -> Finding:
    """Return that a register has no such field."""
    return Finding(
        place,
        Label(
            f"{register} 没有字段 {path}。", f"{register} has no field {path} to use."
        ),
    )


def no_register(place: str, code: str | None) -> Finding:
    """Return that there is no such register."""
    return Finding(
        place,
        Label(f"没有登记表“{code}”。", f"there is no register “{code}”."),
    )


def matched(
    codes: Codes,
    declared: Declaration,
    target: Declaration,
    match: Mapping[str, str],
    place: str,
) -> Iterator[Finding]:
    """Check {field there: path here}: both known and of one type."""
    for theirs, ours in match.items():
        there, here = reach(codes, target, theirs), reach(codes, declared, ours)
        if there is None:
            yield no_field(place, theirs, target.code)
        elif here is None:
            yield no_field(place, ours, declared.code)
        elif not fits(here, there):
            yield misfit(place, ours, theirs)


def copied(
    place: str, path: str, source: Reached | None, register: str, target: Reached
) -> Iterator[Finding]:
    """Check that what a path leads to may be copied into a place."""
    if source is None:
        yield no_field(place, path, register)
    elif not fits(source, target):
        yield misfit(place, path, target.field.name if target.field else place)
    elif exposes(source, target):
        yield _exposed(place, path)


def misfit(place: str, source: str, target: str) -> Finding:
    """Return that the values of one place cannot stand in the other."""
    return Finding(
        place,
        Label(
            f"{source} 和 {target} 类型或选项不同，不能相互对应。",
            f"{source} and {target} differ in type or options and cannot be matched.",
        ),
    )


def _exposed(place: str, path: str) -> Finding:
    return Finding(
        place,
        Label(
            f"{path} 是脱敏或保密字段，这里却会完整显示。",
            f"{path} is masked or secret and would be shown here in full.",
        ),
    )
