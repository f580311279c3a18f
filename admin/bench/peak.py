"""The most memory a process has held, and what a piece of work costs."""

import resource
import statistics
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

Seconds = Callable[[], float]
"""A clock: of the CPU, or of the wall."""


class Cost(NamedTuple):
    """What a piece of work took, and the most memory the process held meanwhile."""

    seconds: float
    peak: int  # KiB

    @classmethod
    def median(cls, several: Iterable["Cost"]) -> "Cost":
        """Return the median of each figure."""
        seconds, peaks = zip(*several, strict=True)
        return cls(statistics.median(seconds), int(statistics.median(peaks)))


def cost(seconds: Seconds, work: Callable[[], object]) -> Cost:
    """Do a piece of work and return what it cost."""
    forget_peak()
    began = seconds()
    work()
    return Cost(seconds() - began, most_memory())


def forget_peak() -> None:
    """Let the peak begin anew, where the system can: a start takes more than a page."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def most_memory() -> int:
    """Return the most memory this process has held, in KiB."""
    # Linux counts what the parent held into `ru_maxrss`, but not into this.
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 1024 if sys.platform == "darwin" else most
