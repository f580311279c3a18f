"""The formula language of pay rules, computed fields and conditions.

    formula = parse("核定工时 * 18元/小时")
    check(formula, {"核定工时": HOURS})                        # MONEY
    evaluate(formula, {"核定工时": hours("132.5")}).value      # Decimal("2385.000")

Small (+ - * /, comparison, in, and, or, not, the functions of formula_functions.py),
typed (formula_units.py), exact (50 digits between, ten decimals wherever a value is
looked at) and total: every formula ends, within a few milliseconds. What is written:

- Figures carry their unit: 1.10, 30%, 20元 (20 yuan), 8小时 (8 hours), 18元/小时. A
  bare 0 is nothing of any unit. Texts are quoted, days are `date(2026, 10, 1)`.
- Lists stand in square brackets: [1500元, 1000元]; rows of a table are pairs:
  [[0元, 1%], [1000元, 2%]]. Only functions take them.
- Names are Latin or Chinese, their parts joined by dots: measure.hours, 核定工时.
- and 且, or 或, not 非, in 属于, yes 是, no 否 are words of the language: a blank or
  a sign sets them off from names. Functions have Chinese names too: if 如果, max 最大.
- Full-width signs count as plain ones, also × ÷ ≤ ≥ ≠.

This module only gathers the names that others import.
"""

from models.rules.formula_check import check
from models.rules.formula_error import FormulaError
from models.rules.formula_evaluate import evaluate, holds, unit_among
from models.rules.formula_parse import RESERVED_WORDS, parse
from models.rules.formula_result import Evaluation, Step
from models.rules.formula_tree import Formula
from models.rules.formula_units import (
    DATE,
    ENTRY,
    HOURS,
    INSTANT,
    MONEY,
    MONEY_PER_HOUR,
    NUMBER,
    PERCENT,
    TEXT,
    UNITS,
    YES_NO,
    Content,
    Kind,
    Table,
    Unit,
    Value,
    hours,
    list_unit,
    money,
    number,
    percent,
    settle,
    table,
    table_unit,
)
from models.rules.formula_world import World

__all__ = [
    "DATE",
    "ENTRY",
    "HOURS",
    "INSTANT",
    "MONEY",
    "MONEY_PER_HOUR",
    "NUMBER",
    "PERCENT",
    "RESERVED_WORDS",
    "TEXT",
    "UNITS",
    "YES_NO",
    "Content",
    "Evaluation",
    "Formula",
    "FormulaError",
    "Kind",
    "Step",
    "Table",
    "Unit",
    "Value",
    "World",
    "check",
    "evaluate",
    "holds",
    "hours",
    "list_unit",
    "money",
    "number",
    "parse",
    "percent",
    "settle",
    "table",
    "table_unit",
    "unit_among",
]
