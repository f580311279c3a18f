"""What is worked out of a table's declaration, made once and kept beside the table.

A table belongs to one catalogue: what is kept goes when other declarations come.
"""

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

from sqlalchemy import MetaData, Table

MOST_KEPT = 1_000
Kept = TypeVar("Kept")
_MISSING: Final = object()


def kept(
    table: Table | MetaData,
    kind: str,
    key: Hashable,
    make: Callable[[], Kept],
    most: int = MOST_KEPT,
) -> Kept:
    """Return what was made before of this kind for this key, else make it now.

    Args:
        table: The table it is worked out of, or all tables of the catalogue.
        kind: What it is, a word of the caller's own.
        key: All that it depends on besides the declarations.
        make: Makes it; two threads may do so at the same time.
        most: How many are kept; after that they are all made anew.
    """
    made = table.info.setdefault(kind, {})
    found: Kept = made.get(key, _MISSING)
    if found is _MISSING:
        found = make()
        if len(made) >= most:
            made.clear()
        made[key] = found
    return found
