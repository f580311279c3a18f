"""How personal data looks to those who may work with it but need not read it."""

from typing import Any

from models.access import Person
from models.register import ID_NUMBER, PHONE, Declaration, Field

STARS = "****"
SHORT = 7  # of so few digits nothing may stay


def mask(declared: Field, value: Any) -> Any:
    """Return the masked text: 138****1234, 320****001X, 王**; short texts vanish."""
    if value is None or value == "":
        return value
    text = str(value)
    if declared.type in (PHONE, ID_NUMBER):
        return f"{text[:3]}{STARS}{text[-4:]}" if len(text) > SHORT else STARS
    return f"{text[0]}**"


def is_masked(value: Any) -> bool:
    """Whether a text that came back from a person is a masked one, not the real one."""
    return isinstance(value, str) and "**" in value


def masks(
    person: Person, declared: Declaration, one: Field, row: dict[str, Any]
) -> bool:
    """Whether this field of this row is masked for this person.

    On entries that a person holds it stands in full, so that masking does not stop the
    work; elsewhere a reveal asks for a reason and is logged.
    """
    watcher = person.watched_by
    if watcher is not None and masks(watcher, declared, one, row):
        return True
    if not one.personal or person.is_unmasked(declared.code):
        return False
    return person.staff_id is None or row.get("holder") != person.staff_id
