"""The tests' proof that every statement on a register was checked for rights.

What `access.visible` and `access.marked` leave on a statement is looked for on each one
that reaches the database.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, event

# The option of connections on which the planner looks at tables and changes them: it
# counts and copies rows, and shows none to anybody.
PLANNER = "planner"


class UnmarkedStatementError(AssertionError):
    """A statement touched a register's table that `access` has not marked."""


def demand_marks(engine: Engine, registers: Iterable[str]) -> None:
    """Fail any statement on a register's table that does not carry its mark."""
    names = "|".join(sorted(registers, key=len, reverse=True))
    touched = re.compile(
        rf'\b(?:FROM|JOIN|INTO|UPDATE|COPY)\s+"?({names})\b(?!_)', re.IGNORECASE
    )

    @event.listens_for(engine, "before_cursor_execute")
    def check(
        _connection: Any,
        _cursor: Any,
        statement: str,
        _parameters: Any,
        context: Any,
        _many: Any,
    ) -> None:
        if context.execution_options.get(PLANNER):
            return
        found = {match.lower() for match in touched.findall(statement)}
        allowed = context.execution_options.get("access", frozenset())
        if not found <= allowed:
            message = f"without a mark on {sorted(found - allowed)}: {statement[:300]}"
            raise UnmarkedStatementError(message)
