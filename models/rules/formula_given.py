"""Values and tables as people give them by hand, to try a formula.

    read_given("base=5000元")              # ("base", 5,000.00 yuan)
    read_given("day=2026-10-01")           # a date
    read_given("grade=B2")                 # a lone word is a text, with quotes or not
    read_table("pay={"B1": "900元"}")      # ("table.pay", a table)
    read_table("pay=[[0元, 3%], [1000元, 5%]]")

Anything the language itself reads may stand as a value, as long as it names nothing.
"""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from json import JSONDecodeError
from typing import Any
from zoneinfo import ZoneInfo

from models.rules.formula_error import Misuse
from models.rules.formula_evaluate import evaluate
from models.rules.formula_function import same_unit
from models.rules.formula_parse import parse
from models.rules.formula_tree import Name
from models.rules.formula_units import (
    DATE,
    INSTANT,
    LARGEST,
    NUMBER,
    TEXT,
    YES_NO,
    ZERO,
    Kind,
    Scalar,
    Table,
    Unit,
    Value,
    table,
)
from models.words import PersonError

TABLE = "table."
# How a day and an instant are written by hand.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?", re.ASCII)
_MOST_ROWS = 1_000


class GivenError(PersonError):
    """What is given by hand is no name with a value."""


def read_given(text: str, zone: ZoneInfo) -> tuple[str, Value]:
    """Read NAME=VALUE.

    Raises:
        GivenError: No equals sign, no name, or no value before or behind it.
        FormulaError: The value is no value of the language, with the place in it.
    """
    name, written = _halves(text)
    return name, read_value(written, zone)


def read_value(written: str, zone: ZoneInfo) -> Value:
    """Read a value alone; an instant without a zone is one of this zone.

    Raises:
        GivenError: A day that the calendar has not.
        FormulaError: No value of the language, with the place in it.
    """
    written = written.strip()
    if _DAY.fullmatch(written) or _INSTANT.fullmatch(written):
        return _moment(written, zone)
    formula = parse(written)
    if isinstance(formula.tree, Name):
        return Value(written, TEXT)
    found = evaluate(formula, {}).result
    return Value(found.content, NUMBER) if found.unit == ZERO else found


def read_table(text: str, zone: ZoneInfo) -> tuple[str, Value]:
    """Read CODE={"key": "value", ...} or CODE=[[key, value], ...].

    Raises:
        GivenError: No JSON object, cells of mixed units, a list that is no table.
        FormulaError: A cell or list that is none of the language.
    """
    name, written = _halves(text)
    code = name if name.startswith(TABLE) else TABLE + name
    if written.strip().startswith("{"):
        return code, _from_json(name, written, zone)
    found = read_value(written, zone)
    if found.unit.kind is not Kind.TABLE:
        raise GivenError(
            "“{name}”不是对照表，请写成 [[0元, 3%], [1000元, 5%]]。",
            "“{name}” is no table; write [[0 yuan, 3%], [1000 yuan, 5%]].",
            name=name,
        )
    return code, found


def _halves(text: str) -> tuple[str, str]:
    """Return the name and what stands behind the equals sign."""
    name, sign, written = text.partition("=")
    name = name.strip()
    if not sign or not name or not written.strip():
        raise GivenError(
            "“{text}”应写成 名称=值，例如 base=5000.00。",
            "“{text}” should read NAME=VALUE, such as base=5000.00.",
            text=_shortened(text),
        )
    tree = parse(name).tree
    if not isinstance(tree, Name) or tree.name != name:
        raise GivenError(
            "“{name}”不是名称，应是字母、汉字、数字和下划线，各段用点连接。",
            "“{name}” is no name: letters, Chinese characters, digits and _, with"
            " dots between its parts.",
            name=_shortened(name),
        )
    return name, written


def _moment(written: str, zone: ZoneInfo) -> Value:
    try:
        if _DAY.fullmatch(written):
            return Value(date.fromisoformat(written), DATE)
        return Value(datetime.fromisoformat(written).replace(tzinfo=zone), INSTANT)
    except ValueError:
        raise GivenError(
            "没有“{text}”这个日期或时刻。",
            "There is no such day or time as “{text}”.",
            text=written,
        ) from None


def _from_json(name: str, written: str, zone: ZoneInfo) -> Value:
    try:
        rows = json.loads(
            written,
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=Decimal,
            object_pairs_hook=list,
        )
    except (JSONDecodeError, RecursionError, ArithmeticError) as error:
        raise GivenError(
            '对照表“{name}”不是 JSON：{error}。请写成 {{"B1": "900元"}}。',
            'Table “{name}” is no JSON: {error}. Write {{"B1": "900 yuan"}}.',
            name=name,
            error=_shortened(str(error)),
        ) from None
    if not 0 < len(rows) <= _MOST_ROWS:
        raise GivenError(
            "对照表“{name}”有 {count} 行，应是 1 到 {most} 行。",
            "Table “{name}” has {count} rows; give 1 to {most}.",
            name=name,
            count=len(rows),
            most=_MOST_ROWS,
        )
    cells = [(read_value(key, zone), _cell(name, said, zone)) for key, said in rows]
    units = [_column(name, [row[index] for row in cells]) for index in (0, 1)]
    found: dict[Scalar, Scalar] = {}
    for (key, said), (written_key, _) in zip(cells, rows, strict=True):
        if key.content in found:
            raise GivenError(
                "对照表“{name}”里“{key}”有两行，请去掉一行。",
                "Table “{name}” has “{key}” twice; take one out.",
                name=name,
                key=_shortened(written_key),
            )
        found[_scalar(name, key)] = _scalar(name, said)
    return table(found, *units)


def _cell(name: str, said: Any, zone: ZoneInfo) -> Value:
    """Return what a JSON value means: a text is read as the language reads it."""
    if isinstance(said, str):
        return read_value(said, zone)
    if isinstance(said, bool):
        return Value(said, YES_NO)
    if isinstance(said, Decimal) and said.is_finite() and said.copy_abs() <= LARGEST:
        return Value(said, NUMBER)
    raise GivenError(
        "对照表“{name}”里的“{said}”不是一个值。",
        "“{said}” in table “{name}” is no value.",
        name=name,
        said=_shortened(str(said)),
    )


def _column(name: str, cells: Sequence[Value]) -> Unit:
    try:
        unit = same_unit([cell.unit for cell in cells])
    except Misuse as misuse:
        raise GivenError(
            "对照表“{name}”第 {row} 行：{zh}。",
            "Table “{name}”, row {row}: {en}.",
            name=name,
            row=(misuse.index or 0) + 1,
            zh=misuse.problem.zh,
            en=misuse.problem.en,
        ) from None
    return NUMBER if unit == ZERO else unit


def _scalar(name: str, value: Value) -> Scalar:
    if isinstance(value.content, (Table, tuple)):
        raise GivenError(
            "对照表“{name}”的一格里不能是列表。",
            "A cell of table “{name}” cannot be a list.",
            name=name,
        )
    return value.content


def _shortened(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[:most] + "…"
