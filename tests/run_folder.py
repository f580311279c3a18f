"""The folder of one test run: in memory where there is plenty of it.

A copy of a database is thousands of files on PostgreSQL, and making them takes a disk
twenty times as long as memory. What the tests are about does not depend on it: they
kill processes, not machines.
"""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux keeps files in memory
NEEDED = 6 * 2**30  # bytes, twice what a run of all tests holds at the most


def make_run_folder(*, is_long: bool) -> Path:
    """Make the folder; a run of long tests, with their millions of rows, has a disk."""
    in_memory = not is_long and min(_free(), _unused()) >= NEEDED
    folder = tempfile.mkdtemp(
        prefix="taizhang-tests-", dir=MEMORY if in_memory else None
    )
    return Path(folder)


def _free() -> int:
    """Return how many bytes of files the machine would hold in memory; 0 for none."""
    return shutil.disk_usage(MEMORY).free if MEMORY.is_dir() else 0


def _unused() -> int:
    """Return how many bytes of memory nobody uses; 0 where the system does not say."""
    with suppress(OSError):
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0
