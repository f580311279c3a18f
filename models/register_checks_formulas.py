"""Checks of formulas in declarations: names, units, and no circle among them."""

from collections.abc import Iterator

from sqlalchemy import column

from models.computing import unit_of
from models.conditions import SqlColumn, sql_column, to_sql
from models.register import DURATION, Declaration, Field
from models.register_findings import (
    Codes,
    Finding,
    Reached,
    column_of,
    exposes,
    own_field,
    reach,
    rule,
)
from models.rules import formula as formulas
from models.rules.formula import FormulaError, Unit
from models.words import Label


def _reckon(codes: Codes, declared: Declaration, text: str) -> Unit | Label:
    """Return the unit of a formula over a register's entries, or what is wrong."""
    try:
        parsed = formulas.parse(text)
        units = {}
        for name in parsed.names:
            reached = reach(codes, declared, name)
            if reached is None or reached.field is None:
                return Label(f"没有字段 {name}。", f"there is no field {name}.")
            units[name] = unit_of(reached.field)
        return formulas.check(parsed, units)
    except FormulaError as error:
        return error.label


def wants(
    codes: Codes, declared: Declaration, place: str, text: str, wanted: Unit
) -> Iterator[Finding]:
    """Find a formula that is broken or comes to something else than wanted."""
    unit = _reckon(codes, declared, text)
    if isinstance(unit, Label):
        yield Finding(
            place, Label(f"公式“{text}”：{unit.zh}", f"the formula “{text}”: {unit.en}")
        )
    elif unit != wanted and not (unit.is_number and wanted.is_number):
        yield Finding(
            place,
            Label(
                f"公式“{text}”的结果是{unit.label.zh}，应是{wanted.label.zh}。",
                f"the formula “{text}” comes to {unit.label.en}, not to "
                f"{wanted.label.en}.",
            ),
        )


@rule("R021")
def computed_fields_fit(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A computed field's formula is right and comes to the field's type."""
    for one in declared.fields:
        if one.computed is not None:
            yield from wants(codes, declared, one.name, one.computed, _result(one))


def _result(one: Field) -> Unit:
    return formulas.HOURS if one.type is DURATION else unit_of(one)


@rule("R022")
def computed_fields_end(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """No computed field waits for itself, not even round a corner."""
    needs = {
        one.name: _names(one.computed)
        for one in declared.fields
        if one.computed is not None
    }
    waiting = dict(needs)
    while ready := [name for name in waiting if not waiting[name] & waiting.keys()]:
        for name in ready:
            del waiting[name]
    if waiting:
        circle = sorted(waiting)
        yield Finding(
            circle[0],
            Label(
                f"计算字段互相等待：{'、'.join(circle)}。",
                f"computed fields wait for each other: {', '.join(circle)}.",
            ),
        )


def _names(text: str) -> frozenset[str]:
    try:
        return frozenset(formulas.parse(text).names)
    except FormulaError:
        return frozenset()


@rule("R023")
def computed_fields_hide(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """What is computed from hidden values is hidden as they are."""
    for one in declared.fields:
        for name in sorted(_names(one.computed or "0")):
            source = reach(codes, declared, name)
            # A masked text that is only asked for being there shows nothing of itself.
            copied = source and source.field and unit_of(source.field) == unit_of(one)
            if source and copied and exposes(source, Reached(one)):
                yield Finding(
                    one.name,
                    Label(
                        f"由脱敏或保密字段 {name} 算出，也须脱敏或保密。",
                        f"is computed from {name}, which is masked or secret, and "
                        "must be so too.",
                    ),
                )


@rule("R024")
def conditions_come_to_yes_or_no(
    codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """Conditions of what is made and of what is posted are conditions."""
    for made in declared.makes:
        if made.when is not None:
            place = f"makes {made.target}"
            yield from wants(codes, declared, place, made.when, formulas.YES_NO)
    for posting in declared.postings:
        place = f"posting {posting.to}"
        if posting.when is not None:
            yield from wants(codes, declared, place, posting.when, formulas.YES_NO)
            if posting.latest:
                yield from asked(codes, declared, place, posting.when)
        target = codes.get(posting.to)
        for name, text in posting.add.items():
            figure = own_field(target, name) if target else None
            wanted = unit_of(figure) if figure else formulas.NUMBER
            yield from wants(codes, declared, place, text, wanted)


def asked(
    codes: Codes, declared: Declaration, place: str, text: str
) -> Iterator[Finding]:
    """Find a condition that is sound and yet cannot be asked of the database."""
    if isinstance(_reckon(codes, declared, text), Label):
        return  # told already

    def lookup(name: str) -> SqlColumn:
        own = column_of(declared, name)
        if own is None:
            raise KeyError(name)
        return sql_column(own, column(name))

    try:
        to_sql(formulas.parse(text), lookup)
    except FormulaError as error:
        yield Finding(
            place,
            Label(
                f"公式“{text}”要由数据库判断：{error.label.zh}",
                f"the database is asked “{text}”: {error.label.en}",
            ),
        )
