"""One side in a process of its own: reads names of operations, answers with figures.

`python -m admin.bench.worker SIDE QUESTIONS` answers each line it reads with one line
of JSON. A process a side keeps one's caches and memory from the others, and gives each
its own peak of memory.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from admin.bench.peak import forget_peak, most_memory
from admin.bench.questions import Questions
from admin.bench.side import Side

SIDES = {
    "taizhang": "admin.bench.taizhang_side",
    "flask_admin": "admin.bench.flask_admin_side",
    "django": "admin.bench.django_side",
    "bare": "admin.bench.bare_side",
    "payroll": "admin.bench.pay_side",
    "payroll_bare": "admin.bench.pay_bare_side",
    "payroll_pages": "admin.bench.pay_pages_side",
}


def open_side(name: str, asked: Questions) -> Side:
    """Start a side; its module is loaded here alone."""
    opening = import_module(SIDES[name]).open_side
    return cast(Callable[[Questions], Side], opening)(asked)


def measured(side: Side, operation: str) -> dict[str, Any]:
    """Do one operation: seconds of CPU and of the wall clock, bytes, rows, peak KiB."""
    forget_peak()
    idle = most_memory()
    wall, cpu = time.perf_counter(), _cpu()
    answer = side[operation]()
    cpu, wall = _cpu() - cpu, time.perf_counter() - wall
    peak = most_memory()
    return {
        "cpu": cpu,
        "wall": wall,
        "bytes": answer.bytes,
        "seen": answer.seen() if callable(answer.seen) else answer.seen,
        "first_byte": answer.first_byte,
        "idle": idle,
        "peak": peak,
    }


def _cpu() -> float:
    """Return the seconds of CPU of this process and of those it has waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def main() -> None:
    """Answer until there is nothing more to read."""
    name, asked = sys.argv[1:]
    out, sys.stdout = sys.stdout, sys.stderr  # what a side prints is no answer
    side = open_side(name, Questions.from_json(asked))
    print(json.dumps({"able": sorted(side)}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(measured(side, line.strip())), file=out, flush=True)


if __name__ == "__main__":
    main()
