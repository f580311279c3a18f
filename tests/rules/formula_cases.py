"""Values of every unit for the tests of the formula language."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.rules.formula import (
    DATE,
    ENTRY,
    INSTANT,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    TEXT,
    YES_NO,
    FormulaError,
    Value,
    evaluate,
    hours,
    money,
    number,
    parse,
    percent,
    table,
)

WORKED: dict[str, Value] = {
    "核定工时": hours("132.5"),
    "staff.base": money("7500"),
    "measure.satisfied": percent("0.96"),
    "score": number(87),
    "rate": Value(Decimal("18.00"), MONEY_PER_HOUR),
    "grade": Value("B2", TEXT),
    "urgent": Value(content=True, unit=YES_NO),
    "handler": Value(7, ENTRY),
    "deputy": Value(8, ENTRY),
    "installed_on": Value(date(2025, 10, 1), DATE),
    "warranty_until": Value(date(2026, 9, 30), DATE),
    "received_at": Value(datetime(2026, 9, 30, 1, 30, tzinfo=UTC), INSTANT),
    "closed_at": Value(datetime(2026, 9, 30, 9, 50, tzinfo=UTC), INSTANT),
    "pay_by_grade": table({"B1": Decimal(900), "B2": Decimal(1200)}, TEXT, MONEY),
    "points": table({Decimal(2): Decimal(10)}, NUMBER, MONEY),
    "zero": number(0),
    "none": Value(None, NUMBER),
    "no_fee": Value(None, MONEY),
    "no_text": Value(None, TEXT),
    "no_day": Value(None, DATE),
    "unsaid": Value(None, YES_NO),
}
UNITS_OF_WORKED = {name: value.unit for name, value in WORKED.items()}


def value(text: str) -> object:
    return evaluate(parse(text), WORKED).value


def error_of(text: str) -> FormulaError:
    with pytest.raises(FormulaError) as caught:
        evaluate(parse(text), WORKED)
    return caught.value


def marked(error: FormulaError, text: str) -> str:
    return text[error.position : error.position + error.length]
