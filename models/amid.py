"""A column among many values: one parameter, however many there are.

With a parameter for each, a statement over thousands of values takes longer to write
and to read than to run, and SQLite takes no more than 32,766.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    String,
    Subquery,
    bindparam,
    column,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement

from models.json_text import dumps

Plain = int | str


class _Given(FunctionElement[Any]):
    """The values of a JSON array as rows of one column, of the type it is called by."""

    name = "given"
    inherit_cache = True


@compiles(_Given, "sqlite")
def _of_sqlite(element: _Given, compiler: Any, **options: Any) -> str:
    array = compiler.process(element.clauses, **options)
    return f"(SELECT value FROM json_each({array}))"  # noqa: S608 - a parameter


@compiles(_Given, "postgresql")
def _of_postgres(element: _Given, compiler: Any, **options: Any) -> str:
    array = compiler.process(element.clauses, **options)
    kind = compiler.dialect.type_compiler_instance.process(element.type)
    # Without its bound: a bound in a cast would cut values off in silence.
    kind = kind.partition("(")[0]
    rows = f"json_array_elements_text(CAST({array} AS json))"
    return f"(SELECT CAST(value AS {kind}) FROM {rows})"  # noqa: S608 - a parameter


def among(
    column: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Plain]
) -> ColumnElement[bool]:
    """Return whether a column of numbers or texts has one of the values.

    Args:
        column: Whole numbers or texts, kept as they are.
        values: Any number of them; none is true of no row.
    """
    array = bindparam(None, dumps(list(values)), String())
    given = _Given(array)
    given.type = column.type
    return column.op("IN", is_comparison=True)(given)


# Our own words; the pairs are a parameter.
_PAIRS = {
    "sqlite": "SELECT json_extract(value, '$[0]') AS one,"
    " json_extract(value, '$[1]') AS other FROM json_each(:pairs)",
    "postgresql": "SELECT CAST(value ->> 0 AS bigint) AS one,"
    " CAST(value ->> 1 AS bigint) AS other"
    " FROM json_array_elements(CAST(:pairs AS json)) AS given",
}


def paired(pairs: Sequence[tuple[int, int | None]], dialect: str) -> Subquery:
    """Return pairs of whole numbers as a table of the columns `one` and `other`."""
    given = text(_PAIRS[dialect]).bindparams(pairs=dumps(pairs))
    columns = column("one", BigInteger), column("other", BigInteger)
    return given.columns(*columns).subquery("given_pairs")
