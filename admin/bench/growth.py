"""Growth: lists on a hundredth of the data and on all of it; 30 registers and 300."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from admin.bench.operations import GROWTH, LISTS, START, START_PAGE
from admin.bench.questions import Questions
from admin.bench.run import OURS, Figures, Tell, Verdict, process
from seed import bench_rows as made

FEW, MANY = 30, 300  # registers
STARTS = 3


def lists(
    small: Questions,
    large: Questions,
    repeat: int,
    seconds: Callable[[Figures], float],
    tell: Tell,
) -> list[Verdict]:
    """Show every list on a small and on the large store, in turn, and compare.

    The filter finds about as many rows in both: one person's in a shorter time in the
    larger one. A fuller page would take longer for its rows, not for their number.
    """
    found: list[Verdict] = []
    small, large = (_alike(one, small.rows) for one in (small, large))
    with process(OURS, small) as of_few, process(OURS, large) as of_many:
        for code in LISTS:
            tell(f"growth {code}")
            few, many = [], []
            of_few.ask(code)
            of_many.ask(code)
            for _ in range(repeat):
                few.append(of_few.ask(code))
                many.append(of_many.ask(code))
            ratio = seconds(Figures.of(many)) / seconds(Figures.of(few))
            found.append(Verdict(f"growth {code}", ratio, GROWTH))
    return found


def _alike(asked: Questions, rows: int) -> Questions:
    """Ask for so many days, about the middle, that so many rows came in meanwhile."""
    days = made.DAYS * rows // asked.rows
    middle = datetime.fromisoformat(asked.edge[0]).astimezone(made.ZONE).date()
    first = middle - timedelta(days=days // 2)
    return replace(asked, month=f"{first}..{first + timedelta(days=days - 1)}")


def registers(few: Questions, many: Questions, tell: Tell) -> list[Verdict]:
    """Start with few and with many registers, in turn, and compare by CPU.

    The stores hold the same rows, each with the tables of its own registers.
    """
    found: dict[int, list[dict[str, float]]] = {FEW: [], MANY: []}
    for _ in range(1 + STARTS):  # the first start makes the tables
        for count, asked in ((FEW, few), (MANY, many)):
            tell(f"{count} registers")
            found[count].append(_started(count, asked))
    return [
        Verdict(what, _ratio(found, key), most)
        for what, key, most in (
            ("300 registers: start", "start", START),
            ("300 registers: list", "page", START_PAGE),
        )
    ]


def _ratio(found: dict[int, list[dict[str, float]]], key: str) -> float:
    middle = {
        count: statistics.median(one[key] for one in some[1:])
        for count, some in found.items()
    }
    return middle[MANY] / middle[FEW]


def _started(count: int, asked: Questions) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 - this very program
        [
            *(sys.executable, "-m", "admin.bench.many_registers"),
            *(str(count), asked.to_json()),
        ],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said: dict[str, float] = json.loads(done.stdout)
    return said
