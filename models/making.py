"""What is made of an entry: the first values of a repair order from a call."""

from sqlalchemy.orm import Session

from models import references
from models.preparing import Row
from models.register import Declaration, Makes


def prefill(session: Session, declared: Declaration, entry: Row, made: Makes) -> Row:
    """Return the first values of what is made of an entry: the link and the carried."""
    taken = references.paths(session, declared, [entry], made.carry.values())[0]
    values = {
        name: taken[path] if "." in path else entry.get(path)
        for name, path in made.carry.items()
    }
    return {made.via: entry["id"]} | {
        name: value for name, value in values.items() if value is not None
    }
