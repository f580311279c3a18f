"""The run: sides in processes of their own, asked in turn, so that noise hits all."""

import json
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from admin.bench.operations import OPERATIONS, Against, Operation
from admin.bench.questions import Questions

OURS = "taizhang"
LIMIT = "bare"
PEERS = ("flask_admin", "django")
MIB = 1024  # KiB


@dataclass(frozen=True, slots=True)
class Figures:
    """The median of what one side took for one operation."""

    cpu: float  # seconds of this process
    wall: float  # seconds
    bytes: int
    seen: Any  # ids in order, or how many rows
    first_byte: float | None
    peak: int  # KiB, the most of its process

    @classmethod
    def of(cls, times: Sequence[dict[str, Any]]) -> "Figures":
        """Take the medians; the rest is the same each time."""
        first = times[0]
        return cls(
            cpu=statistics.median(one["cpu"] for one in times),
            wall=statistics.median(one["wall"] for one in times),
            bytes=first["bytes"],
            seen=first["seen"],
            first_byte=first["first_byte"],
            peak=max(one["peak"] for one in times),
        )


Measured = dict[str, dict[str, Figures]]
"""Figures by operation, then by side."""


class Process:
    """One side that waits for operations in a process of its own."""

    def __init__(self, side: str, asked: Questions) -> None:
        """Start it; it says what it is able to do."""
        self._process = subprocess.Popen(  # noqa: S603 - this very program
            [sys.executable, "-m", "admin.bench.worker", side, asked.to_json()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.able: frozenset[str] = frozenset(self._answer()["able"])

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"a side ended by itself: {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, operation: str) -> dict[str, Any]:
        """Have one operation done; return what `worker.measured` says."""
        if self._process.stdin is None:
            raise RuntimeError("a side without ears")
        self._process.stdin.write(operation + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """Let it end."""
        self._process.communicate()


@contextmanager
def process(side: str, asked: Questions) -> Iterator[Process]:
    """Run one side for as long as it is asked."""
    started = Process(side, asked)
    try:
        yield started
    finally:
        started.close()


Tell = Callable[[str], None]


TIMES_ALONE = 3
"""How often what takes long is done; the first time in a process takes longer."""


def measure(
    asked: Questions,
    sides: Iterable[str],
    chosen: Sequence[Operation] = OPERATIONS,
    repeat: int = 7,
    tell: Tell = lambda _: None,
) -> Measured:
    """Ask every side for every operation; the short ones in turn, several times."""
    found: Measured = defaultdict(dict)
    sides = list(sides)
    short = [one for one in chosen if not one.alone]
    with ExitStack() as stack:
        running = {
            side: stack.enter_context(process(side, asked)) for side in sides if short
        }
        for one in short:
            tell(one.code)
            able = [side for side in sides if one.code in running[side].able]
            times = defaultdict(list)
            for side in able:  # what is only slow the first time
                running[side].ask(one.code)
            for _ in range(repeat):
                for side in able:
                    times[side].append(running[side].ask(one.code))
            found[one.code] = {side: Figures.of(some) for side, some in times.items()}
    for one in chosen:
        for side in sides if one.alone else ():
            if side in PEERS and not one.peers_alone:
                continue
            tell(f"{one.code} {side}")
            with process(side, asked) as alone:
                if one.code in alone.able:
                    some = [alone.ask(one.code) for _ in range(TIMES_ALONE)]
                    found[one.code][side] = Figures.of(some)
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one mark is held: what it is about, our figure, the most allowed."""

    what: str
    ratio: float
    most: float

    @property
    def is_held(self) -> bool:
        """Whether the mark is held."""
        return self.ratio <= self.most


def verdict(
    one: Operation, found: Measured, seconds: Callable[[Figures], float]
) -> Verdict | None:
    """Return how an operation stands to its mark; None where there is none."""
    here = found.get(one.code, {})
    ours = here.get(OURS)
    other = (
        found.get("first_page", {}).get(OURS)
        if one.against is Against.OWN_FIRST_PAGE
        else here.get(one.against or "")
    )
    if ours is None or other is None or one.most is None:
        return None
    return Verdict(one.code, seconds(ours) / seconds(other), one.most)


def memory_verdict(one: Operation, found: Measured) -> Verdict | None:
    """Return how the peak of an operation stands to its mark, in MiB."""
    ours = found.get(one.code, {}).get(OURS)
    if one.memory is None or ours is None:
        return None
    return Verdict(f"{one.code} MiB", ours.peak / MIB, one.memory)
