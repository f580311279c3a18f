"""A column among many values: one parameter, however many there are.

With a parameter for each, a statement over thousands of values takes longer to write
and to read than to run, and SQLite takes no more than 32,766.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Dialect,
    String,
    Subquery,
    TypeDecorator,
    bindparam,
    column,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

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


class _Values(TypeDecorator[Sequence[Plain]]):
    """Values as one parameter: an array of PostgreSQL, a JSON text of SQLite."""

    impl = String
    cache_ok = True

    def __init__(self, *, texts: bool) -> None:
        """Take texts, or whole numbers."""
        super().__init__()
        self.texts = texts

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the driver is given."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String())
        # Without a bound, as above.
        return dialect.type_descriptor(ARRAY(String() if self.texts else BigInteger()))

    def process_bind_param(
        self, value: Sequence[Plain] | None, dialect: Dialect
    ) -> Any | None:
        """Write the values; none where none are given."""
        some = list(value or ())
        return dumps(some) if dialect.name == "sqlite" else some


class _AmongThose(FunctionElement[Any]):
    """A column and the values of a parameter.

    Not called a truth value, which SQLite would be asked to compare with 1: it looks
    up no index for that.
    """

    inherit_cache = True


@compiles(_AmongThose, "sqlite")
def _those_of_sqlite(element: _AmongThose, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - a parameter


@compiles(_AmongThose, "postgresql")
def _those_of_postgres(element: _AmongThose, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({values})"


def among_those(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return whether a column has one of the values that are given by name.

    For a statement that is kept and asked with other values each time; `among` is for
    one that is built around its values.

    Args:
        column: Whole numbers or texts, kept as they are.
        name: The parameter: a list of any number of them.
    """
    texts = isinstance(column.type, String)
    return _AmongThose(column, bindparam(name, type_=_Values(texts=texts)))


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
