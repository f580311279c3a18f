"""Processes of `labour.py`, killed after a while or let work to their end."""

import subprocess
import sys
import time


def until_killed(kind: str, url: str, seconds: float) -> list[str]:
    """Kill a process so long after its first word; return all that it promised."""
    with _working(kind, url) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    # The last line may be cut off by the kill; then it was not promised.
    return (first + rest).split("\n")[:-1]


def to_the_end(kind: str, url: str) -> list[str]:
    """Let a process work until it ends by itself; return what it said."""
    with _working(kind, url) as process:
        said, _ = process.communicate()
    assert process.returncode == 0
    return said.splitlines()


def _working(kind: str, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.soak.labour", kind, url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own
