"""Posts and departments as they stand above each other, each read once when asked."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select
from sqlalchemy.orm import Session

from models import catalogue
from models.access import marked

GONE = "left"  # the state of staff who no longer work here


class Posts:
    """Which post reports to which; posts are few and read whole."""

    def __init__(self, session: Session) -> None:
        """Keep the session for the reads."""
        self._session = session

    @cached_property
    def rows(self) -> Mapping[int, Any]:
        """Return {id: a row with `name` and `reports_to_id`}."""
        table = catalogue.current().table("post")
        query = select(table.c.id, table.c.name, table.c.reports_to_id)
        query = query.where(table.c.binned_at.is_(None))
        return {row.id: row for row in self._session.execute(marked(query, "post"))}

    @cached_property
    def held(self) -> frozenset[int]:
        """Return the posts that somebody holds."""
        table = catalogue.current().table("staff")
        query = select(table.c.post_id).where(*works_here(table)).distinct()
        return frozenset(self._session.scalars(marked(query, "staff")))

    def above(self, post_id: int) -> int | None:
        """Return the nearest post above that somebody holds; circles end nowhere."""
        if post_id not in self.rows:
            return None
        seen = {post_id}
        above = self.rows[post_id].reports_to_id
        while above in self.rows and above not in seen:
            if above in self.held:
                return int(above)
            seen.add(above)
            above = self.rows[above].reports_to_id
        return None


class Managers:
    """Who manages which department; departments are few and read whole."""

    def __init__(self, session: Session) -> None:
        """Keep the session for the read."""
        self._session = session

    @cached_property
    def departments(self) -> Mapping[int, Any]:
        """Return {id: a row with `parent_id` and `manager_id`}."""
        table = catalogue.current().table("department")
        query = select(table.c.id, table.c.parent_id, table.c.manager_id)
        query = query.where(table.c.binned_at.is_(None))
        found = self._session.execute(marked(query, "department"))
        return {row.id: row for row in found}

    def of(self, department: int | None) -> int | None:
        """Return who manages a department, or the nearest above that has somebody."""
        seen: set[int] = set()
        at = department
        while at is not None and at in self.departments and at not in seen:
            seen.add(at)
            found = self.departments[at]
            if found.manager_id is not None:
                return int(found.manager_id)
            at = found.parent_id
        return None


def works_here(table: Table) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of staff who are not gone; `table` is theirs."""
    return table.c.binned_at.is_(None), or_(
        table.c.status.is_(None), table.c.status != GONE
    )
