"""Where a rule holds: a department and what is below it, or the whole company.

A rule of a nearer department takes the place of one of the same code from further up.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked

DEPARTMENT = "department"

Rule = TypeVar("Rule")


class Version(Protocol):
    """One version of a rule; a version is never changed."""

    @property
    def version(self) -> int:
        """Count the versions of a code."""

    @property
    def valid_from(self) -> date:
        """Say from which day on it holds."""

    @property
    def department_id(self) -> int | None:
        """Name the department it holds in; None is the whole company."""

    @property
    def enabled(self) -> bool:
        """Say whether it was not switched off."""


Versioned = TypeVar("Versioned", bound=Version)


class Departments:
    """Which departments stand above which; read only when a scoped rule asks."""

    def __init__(self, session: Session) -> None:
        """Keep the session for the one read."""
        self._session = session

    def nearest(
        self,
        rules: Iterable[Rule],
        scope_of: Callable[[Rule], int | None],
        department: int | None,
    ) -> list[Rule]:
        """Return the rules of the nearest department upwards that has any.

        A rule without a department holds everywhere and counts as the furthest.
        """
        by_scope: dict[int | None, list[Rule]] = {}
        for rule in rules:
            by_scope.setdefault(scope_of(rule), []).append(rule)
        if any(scope is not None for scope in by_scope):
            for above in self.upwards(department):
                if above in by_scope:
                    return by_scope[above]
        return by_scope.get(None, [])

    def upwards(self, department: int | None) -> Iterator[int]:
        """Return a department and those above it, the nearest first."""
        seen: set[int] = set()
        while department is not None and department not in seen:  # a ring ends too
            seen.add(department)
            yield department
            department = self._superior.get(department)

    @cached_property
    def _superior(self) -> Mapping[int, int | None]:
        table = catalogue.current().table(DEPARTMENT)
        query = marked(select(table.c.id, table.c.parent_id), DEPARTMENT)
        return {row.id: row.parent_id for row in self._session.execute(query)}


def in_force(
    versions: Sequence[Versioned],
    on: date,
    department: int | None,
    departments: Departments,
) -> Versioned | None:
    """Return the version of one code that holds on a day in a department.

    The nearest department that has versions decides; of those the newest that is valid
    on the day. None: there is none yet, or it was switched off.
    """
    here = departments.nearest(
        (one for one in versions if one.valid_from <= on),
        lambda one: one.department_id,
        department,
    )
    if not here:
        return None
    newest = max(here, key=lambda one: one.version)
    return newest if newest.enabled else None
