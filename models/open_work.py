"""What is still to be done, and by whom: open entries of any register, as SQL."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_

from models import access, catalogue
from models.access import Action, Person
from models.register import Declaration

OPEN_TONES = frozenset({"warn", "busy"})  # of states in which work is still to be done


def open_criteria(declared: Declaration, table: Table) -> ColumnElement[bool] | None:
    """Return the condition that an entry is still to be done; None where nothing says.

    The states of a flow that are not final, else those that the register names, else
    those whose tone tells it. An entry without a state counts as in a flow's first.
    """
    state = declared.state_field
    if state is None or state.column is None:
        return None
    column = table.c[state.column]
    if declared.flow is not None:
        final = [one.code for one in declared.flow.states if one.final]
        return or_(column.is_(None), column.not_in(final))
    if declared.open_in:
        return column.in_(declared.open_in)
    values = [one.value for one in state.options if one.tone in OPEN_TONES]
    return column.in_(values) if values else None


def answered_for(
    declared: Declaration, table: Table, staff_id: int
) -> ColumnElement[bool]:
    """Return the condition that a person answers for an entry."""
    columns = (declared.field(name).column or "" for name in declared.handed_on)
    return or_(*(table.c[name] == staff_id for name in columns))


def of_person(
    person: Person, declared: Declaration, staff_id: int, action: Action = Action.LIST
) -> Select[Any] | None:
    """Return the select of the open entries that one answers for.

    Of the rows that `person` may act on; None where the register knows nothing open.
    """
    table = catalogue.current().table(declared.code)
    still_open = open_criteria(declared, table)
    if (
        still_open is None
        or not declared.handed_on
        or not person.may(declared.code, action)
    ):
        return None
    query = access.visible(person, declared.code, action)
    return query.where(answered_for(declared, table, staff_id), still_open)


def registers() -> list[Declaration]:
    """Return the registers whose entries pass from one person to another."""
    return [one for one in catalogue.current() if one.handed_on and one.part_of is None]
