"""Formulas over entries: computed fields, conditions of postings, targets and measures.

A formula sees the entry's own fields by name and, one hop away, those of what it refers
to ("machine.warranty_until"). Instants are seen in the desk's zone, so that the day of
an instant is a day of the desk.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from models import catalogue, references
from models.access import marked
from models.checking import Problem
from models.register import (
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    REFERENCES,
    YES_NO,
    Declaration,
    Field,
    FieldType,
)
from models.rules import formula as formulas
from models.rules.formula import FormulaError, Unit, Value
from models.rules.formula_check import unknown
from models.words import Label

Row = dict[str, Any]
Context = Mapping[str, Value]

_UNITS: Mapping[FieldType, Unit] = {
    **dict.fromkeys((INTEGER, DECIMAL), formulas.NUMBER),
    **dict.fromkeys(REFERENCES, formulas.ENTRY),
    MONEY: formulas.MONEY,
    DURATION: formulas.HOURS,
    DATE: formulas.DATE,
    INSTANT: formulas.INSTANT,
    YES_NO: formulas.YES_NO,
}


def unit_of(one: Field) -> Unit:
    """Return the unit in which formulas see a field."""
    return _UNITS.get(one.type, formulas.TEXT)


def unit_of_path(declared: Declaration, path: str) -> Unit:
    """Return the unit of a field or one-hop path; KeyError if there is none."""
    head, _, tail = path.partition(".")
    one = declared.field(head)
    if not tail:
        return unit_of(one)
    if one.refers_to is None:
        raise KeyError(f"{declared.code}.{path}")
    return unit_of(catalogue.current()[one.refers_to].field(tail))


def value_of(unit: Unit, raw: Any, zone: ZoneInfo) -> Value:
    """Return a field's value as formulas see it."""
    if isinstance(raw, datetime):
        raw = raw.astimezone(zone)
    elif isinstance(raw, timedelta):
        raw = Decimal(raw // timedelta(seconds=1)) / Decimal(3600)
    elif isinstance(raw, list):
        raw = ",".join(raw)
    elif unit is formulas.NUMBER and isinstance(raw, int):
        raw = Decimal(raw)
    return Value(raw, unit)


@lru_cache(maxsize=2_000)
def names_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return every name that some formulas use, each once."""
    found = (name for text in texts for name in formulas.parse(text).names)
    return tuple(dict.fromkeys(found))


def contexts(
    session: Session,
    declared: Declaration,
    rows: Sequence[Mapping[str, Any]],
    texts: Iterable[str],
    zone: ZoneInfo,
) -> list[dict[str, Value]]:
    """Return for each row the values of the names that the formulas use."""
    units = _units_of(declared, texts)
    return [
        _context(units, raws, zone)
        for raws in references.values(session, declared, rows, tuple(units))
    ]


def _units_of(declared: Declaration, texts: Iterable[str]) -> dict[str, Unit]:
    """Return the unit of every name that some formulas use."""
    return {name: unit_of_path(declared, name) for name in names_of(tuple(texts))}


def _context(
    units: Mapping[str, Unit], raws: Iterable[Any], zone: ZoneInfo
) -> dict[str, Value]:
    return {
        name: value_of(unit, raw, zone)
        for (name, unit), raw in zip(units.items(), raws, strict=True)
    }


def holds(text: str, context: Context) -> bool:
    """Whether a condition is met; empty counts as no."""
    return formulas.holds(formulas.parse(text), context)


def number(text: str, context: Context) -> Decimal:
    """Return a formula's figure; nothing counts as zero."""
    value = formulas.evaluate(formulas.parse(text), context).value
    return value if isinstance(value, Decimal) else Decimal(0)


def compute(
    session: Session, declared: Declaration, rows: Sequence[Row], zone: ZoneInfo
) -> list[Problem]:
    """Fill every computed field of the rows, in order of dependency."""
    computed = _in_order(declared)
    if not computed or not rows:
        return []
    steps = [
        (one, unit_of(one), formulas.parse(one.computed or "")) for one in computed
    ]
    units = _units_of(declared, (one.computed or "" for one in computed))
    said = references.values(session, declared, rows, tuple(units))
    # Most rows of a file say one of a few things, so that they compute to the same.
    known: dict[tuple[Any, ...], Row] = {}
    problems = []
    for index, (row, raws) in enumerate(zip(rows, said, strict=True)):
        is_plain = _ONE_WAY.issuperset(map(type, raws))
        if is_plain and raws in known:
            row.update(known[raws])
            continue
        context = _context(units, raws, zone)
        wrong = []
        for one, unit, formula in steps:
            try:
                row[one.name] = _computed(one, formula, context)
            except FormulaError as error:
                row[one.name] = None
                wrong.append(Problem(one.name, error.label, index))
            context[one.name] = value_of(unit, row[one.name], zone)
        if is_plain and not wrong:
            known[raws] = {one.name: row[one.name] for one in computed}
        problems += wrong
    return problems


# Of these kinds equal values are written alike; decimals and instants need not be.
_ONE_WAY = frozenset({NoneType, str, int, bool, date})


def recompute(
    session: Session,
    declared: Declaration,
    ids: Sequence[int],
    moved: Collection[str],
    zone: ZoneInfo,
    *,
    raises: bool = False,
) -> None:
    """Compute and write anew what entries compute from fields that were moved.

    Figures move without a new version. Where it is the formula that is another one, the
    version `raises`, as no other program's write does.
    """
    computed = [one for one in declared.fields if one.computed is not None]
    if not set(moved) & set(names_of(tuple(one.computed or "" for one in computed))):
        return
    names = [one.name for one, _ in declared.columns]
    rows = list(references.fetch(session, declared.code, ids, names).values())
    compute(session, declared, rows, zone)
    table = catalogue.current().table(declared.code)
    values: dict[str, Any] = {
        one.column or "": bindparam(f"new_{one.name}") for one in computed
    }
    if raises:
        values["version"] = table.c.version + 1
    change = update(table).where(table.c.id == bindparam("entry_id")).values(values)
    session.connection().execute(
        marked(change, declared.code),
        [
            {"entry_id": row["id"]}
            | {f"new_{one.name}": row[one.name] for one in computed}
            for row in rows
        ],
    )


def _computed(one: Field, formula: formulas.Formula, context: Context) -> Any:
    value = formulas.evaluate(formula, context).value
    if not isinstance(value, Decimal):
        return value
    if one.type is DURATION:
        return timedelta(seconds=int(value * 3600))
    places = {INTEGER: 0, MONEY: 2}.get(one.type, one.places)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return int(rounded) if one.type is INTEGER else rounded


@lru_cache(maxsize=1_000)
def _ordered(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return computed fields so that each comes after those it reads."""
    waiting = {one.name: one for one in fields if one.computed is not None}
    done: list[Field] = []
    while waiting:
        ready = [
            one
            for one in waiting.values()
            if not set(names_of((one.computed or "",))) & set(waiting)
        ]
        if not ready:
            raise ValueError(f"computed fields wait for each other: {sorted(waiting)}")
        done += ready
        for one in ready:
            del waiting[one.name]
    return tuple(done)


def _in_order(declared: Declaration) -> tuple[Field, ...]:
    return _ordered(declared.fields)


def formula_problem(declared: Declaration, text: str) -> Label | None:
    """Say what is wrong with a formula over a register's entries; None if nothing."""
    try:
        parsed = formulas.parse(text)
        units = {name: _known_unit(declared, parsed, name) for name in parsed.names}
        formulas.check(parsed, units)
    except FormulaError as error:
        return error.label
    return None


def _known_unit(declared: Declaration, parsed: formulas.Formula, name: str) -> Unit:
    """Return a name's unit; FormulaError says where one stands that is not there."""
    try:
        return unit_of_path(declared, name)
    except KeyError:
        head, _, tail = name.partition(".")
        known, before = declared, ""
        if tail and declared.has(head):
            refers_to = declared.field(head).refers_to
            known = declared if refers_to is None else catalogue.current()[refers_to]
            before = "" if refers_to is None else f"{head}."
        names = [f"{before}{one.name}" for one in known.all_fields]
        raise unknown(parsed, name, names) from None
