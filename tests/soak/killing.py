"""Processes forked from one that has read everything already, killed or let work.

To start Python and read the project takes seconds, and a soak kills hundreds of
processes; a fork takes milliseconds. What is forked from holds no connection and no
thread.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from tests.soak import labour

WARM = multiprocessing.get_context("forkserver")
WARM.set_forkserver_preload(["tests.soak.warm"])


class Life:
    """One process at work, and what it says."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        """Start it: `work(*given, say)`."""
        self._said, say = WARM.Pipe(duplex=False)
        self.process: BaseProcess = WARM.Process(target=_live, args=(work, given, say))
        self.process.start()
        say.close()  # so that the end of the process is the end of its words

    @property
    def number(self) -> int:
        """The process's number."""
        assert self.process.pid is not None
        return self.process.pid

    def words(self) -> Iterator[str]:
        """Yield what it says, as it says it, until it ends."""
        try:
            while True:
                yield self._said.recv_bytes().decode()
        except EOFError:
            return

    def kill(self) -> None:
        """Kill it, as `kill -9` does, and wait until it is gone."""
        self.process.kill()
        self.process.join()

    def forget(self) -> None:
        """Let go of what has ended."""
        self._said.close()
        self.process.close()


def _live(work: Callable[..., None], given: tuple[Any, ...], say: Connection) -> None:
    # So few bytes are written at once or not at all: no word is cut off by a kill.
    work(*given, lambda word: say.send_bytes(str(word).encode()))


def until_killed(kind: str, url: str, seconds: float) -> list[str]:
    """Kill a process so long after its first word; return all that it promised."""
    with _working(kind, url) as life:
        words = life.words()
        first = next(words)
        time.sleep(seconds)
        life.kill()
        return [first, *words]


def to_the_end(kind: str, url: str) -> list[str]:
    """Let a process work until it ends by itself; return what it said."""
    with _working(kind, url) as life:
        said = list(life.words())
        life.process.join()
        assert life.process.exitcode == 0
        return said


@contextmanager
def _working(kind: str, url: str) -> Iterator[Life]:
    life = Life(labour.KINDS[kind], url)
    try:
        yield life
    finally:
        life.kill()
        life.forget()
