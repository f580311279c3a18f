"""What keeps a measure from being taken, found when it is saved or a template read."""

from collections.abc import Collection, Iterator

from models import catalogue, computing
from models.measures import (
    AGGREGATES,
    NEED_FIELD,
    WHOSE,
    Measure,
    condition_of,
)
from models.register import (
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    PERSON,
    Declaration,
    FieldType,
)
from models.rules.formula import UNITS, FormulaError
from models.words import Label

FIGURES = frozenset({INTEGER, DECIMAL, MONEY, DURATION})
# What can be added up; different values are counted of every type.
_TYPES = dict.fromkeys(("sum", "average"), FIGURES)


def problems(measure: Measure) -> list[Label]:
    """Say all that keeps a measure from being taken; nothing if it is sound."""
    return [said for _, said in wrong_columns(measure)]


def wrong_columns(measure: Measure) -> Iterator[tuple[str, Label]]:
    """Yield what keeps a measure from being taken, each with the column it is about."""
    known = catalogue.current()
    if measure.register not in known:
        yield (
            "register",
            Label(
                f"没有台账“{measure.register}”。",
                f"There is no register “{measure.register}”.",
            ),
        )
        return
    declared = known[measure.register]
    for column in ("condition", "share_of"):
        wrong = condition_problem(declared, getattr(measure, column))
        if wrong is not None:
            yield column, wrong
    yield from _wrong_fields(measure, declared)
    for column, allowed in (
        ("aggregate", AGGREGATES),
        ("whose", WHOSE),
        ("unit", tuple(UNITS)),
    ):
        value = getattr(measure, column)
        if value not in allowed:
            words = ", ".join(allowed)
            yield (
                column,
                Label(
                    f"“{value}”应是 {words} 之一。", f"“{value}” is not one of {words}."
                ),
            )


def condition_problem(declared: Declaration, text: str | None) -> Label | None:
    """Say why a condition cannot be asked of the database; None if it can."""
    if not text:
        return None
    wrong = computing.formula_problem(declared, text)
    if wrong is not None:
        return wrong
    try:
        condition_of(declared, catalogue.current().table(declared.code), text)
    except FormulaError as error:
        return error.label
    return None


def _wrong_fields(
    measure: Measure, declared: Declaration
) -> Iterator[tuple[str, Label]]:
    wanted: list[tuple[str, Collection[FieldType] | None, bool]] = [
        ("field", _TYPES.get(measure.aggregate), measure.aggregate in NEED_FIELD),
        ("date_field", (DATE, INSTANT), measure.target is None),
        ("person_field", (PERSON,), measure.target is None),
    ]
    for column, types, needed in wanted:
        name = getattr(measure, column)
        if name is None:
            if needed:
                text = measure.code
                yield (
                    column,
                    Label(f"{text}：缺少字段。", f"{text}: a field is missing."),
                )
            continue
        fits = declared.has(name) and (
            types is None or declared.field(name).type in types
        )
        if not fits:
            yield (
                column,
                Label(
                    f"{declared.code}.{name} 不存在或类型不对。",
                    f"{declared.code}.{name} is missing or of another type.",
                ),
            )
