"""What a formula reads that a person may not: so that no figure tells it to them.

A count of the entries for which "base_pay > 10000" holds says what the field hides. So
previews are made only of what their reader may read in full.
"""

from collections.abc import Iterable, Iterator

from models import catalogue, computing
from models.access import Action, Person, sees_every_row
from models.register import Declaration, Field
from models.words import Label


def unread(
    person: Person,
    declared: Declaration,
    texts: Iterable[str | None],
    names: Iterable[str | None] = (),
) -> Label | None:
    """Return the first field of formulas and names that a person may not read in full.

    None: there is none. The formulas have been checked before.
    """
    used = computing.names_of(tuple(text for text in texts if text))
    for path in (*used, *(name for name in names if name)):
        for register, one in _fields(declared, path):
            whole = register is declared or sees_every_row(
                person, register, Action.LIST
            )
            if not whole or not _reads(person, register, one):
                return one.label
    return None


def _fields(declared: Declaration, path: str) -> Iterator[tuple[Declaration, Field]]:
    head, _, tail = path.partition(".")
    one = declared.field(head)
    yield declared, one
    if tail and one.refers_to is not None:
        far = catalogue.current()[one.refers_to]
        yield far, far.field(tail)


def _reads(person: Person, declared: Declaration, one: Field) -> bool:
    watcher = person.watched_by
    if watcher is not None and not _reads(watcher, declared, one):
        return False
    if not person.sees(declared, one):
        return False
    return not one.personal or person.is_unmasked(declared.code)
