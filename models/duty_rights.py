"""Whose duties a person may look at, by the rights that exist.

One's own; those of whoever reports to one; and those of the people whose work one
approves: the right to approve in the register that a duty is counted in, over the rows
it is given for.
"""

from models.access import Action, Person, Rows
from models.duty_people import Owner


def may_see(person: Person, owner: Owner, register: str) -> bool:
    """Whether a person may see how somebody stands with a duty of a register."""
    if person.watched_by is not None and not may_see(
        person.watched_by, owner, register
    ):
        return False
    if person.staff_id is not None and person.staff_id in (owner.id, owner.superior_id):
        return True
    return approves(person, owner, register)


def approves(person: Person, owner: Owner, register: str) -> bool:
    """Whether a person approves what somebody enters in a register."""
    rows = person.rows(register, Action.APPROVE)
    if rows is Rows.ALL:
        return True
    in_branch = person.branch_id is not None and owner.branch_id == person.branch_id
    if rows is Rows.BRANCH and in_branch:
        return True
    return rows >= Rows.DEPARTMENT and owner.department_id in person.departments
