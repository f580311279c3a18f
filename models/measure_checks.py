"""What keeps a measure from being taken, found when it is saved or a template read."""

from collections.abc import Collection, Iterator

from models import catalogue, computing, measure_splits
from models.measures import (
    ADDED_UP,
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
WEIGHTS = frozenset({INTEGER, DECIMAL, DURATION})
# What can be added up; different values are counted of every type.
_TYPES = dict.fromkeys(ADDED_UP, FIGURES)


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
    yield from _wrong_weight(measure, declared)
    yield from _wrong_split(measure, declared)
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


def _wrong_weight(
    measure: Measure, declared: Declaration
) -> Iterator[tuple[str, Label]]:
    if measure.weight is None:
        return
    if measure.aggregate not in ADDED_UP:
        said = Label(
            "只有合计、平均和日均可以加权。",
            "Only a sum, an average or a daily average is weighed.",
        )
        yield "weight", said
    name = measure.weight
    fits = declared.has(name) and declared.field(name).type in WEIGHTS
    if not fits:
        yield (
            "weight",
            Label(
                f"{declared.code}.{name} 不是数字或时长，不能作权数。",
                f"{declared.code}.{name} is no number and no length of time.",
            ),
        )


def _wrong_split(
    measure: Measure, declared: Declaration
) -> Iterator[tuple[str, Label]]:
    said = measure.split
    if said is None:
        return
    wrong = list(measure_splits.wrong(said, declared))
    if measure.aggregate == "distinct" or measure.target is not None:
        wrong.append(
            Label(
                "按时限算的、数不同的个数的指标不能分成。",
                "What goes by a time limit, or counts different values, has no shares.",
            )
        )
    is_by_day = said.get("since") or said.get("until")
    day = measure.date_field
    if is_by_day and day and declared.has(day) and declared.field(day).type is INSTANT:
        wrong.append(
            Label(
                "分成有起止日期时，请按日期字段算，不按时刻字段。",
                "Shares that hold from a day on need a measure dated by a day.",
            )
        )
    if not wrong:
        split = measure_splits.read(said)
        whole = measure_splits.shared_register(split, declared)
        for code, text in (
            (split.register, split.condition),
            (whole, split.whole_when),
        ):
            problem = condition_problem(catalogue.current()[code], text)
            wrong += [problem] if problem is not None else []
    for one in wrong:
        yield "split", one
