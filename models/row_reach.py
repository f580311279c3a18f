"""Whether an entry, as it would be saved, is one that a person may act on.

The same conditions as `access.row_criteria`, which databases check on what is saved;
here for rows that are only proposed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.access import Action, Person, Rows
from models.register import Declaration

Row = Mapping[str, Any]


def reaches(person: Person, declared: Declaration, action: Action, row: Row) -> bool:
    """Whether the person may do this to an entry with these values."""
    if person.watched_by is not None:
        alone = replace(person, watched_by=None)
        return reaches(alone, declared, action, row) and reaches(
            person.watched_by, declared, action, row
        )
    if declared.secrecy is None:
        return _is_among(person, declared, row, person.rows(declared.code, action))
    level = _level(declared, row)
    return any(
        level <= highest and _is_among(person, declared, row, rows)
        for rows, highest in person.reach(declared.code, action)
    )


def _level(declared: Declaration, row: Row) -> int:
    """Return how secret an entry is, counted from the least."""
    one = declared.field(declared.secrecy or "")
    values = [option.value for option in one.options]
    value = row.get(one.name)
    if value is None:
        return 0
    return values.index(value) if value in values else len(values)


def _is_among(person: Person, declared: Declaration, row: Row, rows: Rows) -> bool:
    if rows in (Rows.ALL, Rows.NONE):
        return rows is Rows.ALL
    if _is_own(person, declared, row):
        return True
    if rows >= Rows.DEPARTMENT and row.get("department") in person.departments:
        return True
    branch = person.branch_id
    return rows >= Rows.BRANCH and branch is not None and row.get("branch") == branch


def _is_own(person: Person, declared: Declaration, row: Row) -> bool:
    mine = person.staff_id
    if mine is None:
        return False
    if declared.of_people and row.get("id") == mine:
        return True
    return any(
        row.get(one.name) == mine
        for one in declared.all_fields
        if one.owner and one.column
    )
