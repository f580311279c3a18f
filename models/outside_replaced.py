"""Which of the entries in the way of another program's write it really replaced.

On SQLite, OR REPLACE deletes them and tells nobody, OR IGNORE and ON CONFLICT let them
be; the trigger that notes them before the write cannot know which it is. What became
of them tells afterwards.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from models.outside_completing import Chain

REPLACED = "replaced"


def settled(chain: Chain, *, is_there: bool) -> Chain:
    """Return the writes of an entry with what was replaced as deleted.

    It was replaced if next it was created anew, or if it is gone and nothing else
    happened to it.

    Args:
        chain: What triggers noticed, in order.
        is_there: Whether the entry exists by now.
    """
    if all(one.what != REPLACED for one in chain):
        return chain
    found = []
    for one, following in zip_longest(chain, chain[1:]):
        if one.what != REPLACED:
            found.append(one)
        elif (following is None and not is_there) or (
            following is not None and following.what == "created"
        ):
            found.append(replace(one, what="deleted"))
    return found


def without_open_end(noticed: Sequence[Any], most: int) -> Sequence[Any]:
    """Return a batch that does not end between what was replaced and what replaced it.

    Both are noticed right after each other. Where half a batch is in somebody's way,
    nothing was replaced.

    Args:
        noticed: Rows of `entry_change` by id, at most so many.
        most: If there are fewer, there are no more.
    """
    end = len(noticed)
    while len(noticed) == most and end > max(1, most // 2):
        if noticed[end - 1].what != REPLACED:
            break
        end -= 1
    return noticed[:end]
