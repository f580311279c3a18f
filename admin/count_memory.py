"""Lists that were found to have very many rows, for a minute.

"10,000+" stays right for as long as a list does not lose thousands of rows at once, so
the page need not count to ten thousand again each time somebody turns to it.
"""

import time
from collections.abc import Callable, Hashable

SECONDS = 60.0
MOST_KEPT = 1_000


class CountMemory:
    """Remembers keys for a while."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Take the clock, in seconds."""
        self._now = now
        self._until: dict[Hashable, float] = {}

    def holds(self, key: Hashable) -> bool:
        """Whether the key was kept less than a minute ago."""
        return self._until.get(key, 0.0) > self._now()

    def keep(self, key: Hashable) -> None:
        """Keep a key for a minute."""
        if len(self._until) >= MOST_KEPT:
            self._until.clear()
        self._until[key] = self._now() + SECONDS
