"""The most memory a process has held."""

import resource
import sys
from contextlib import suppress
from pathlib import Path


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
