"""A month's pay of 5,000 people by thirty lines, beside the statements it rests on.

The measures are counted from six million rows of a year, of which the month is a part.
The bare side takes each of them by one GROUP BY and does nothing with the figures. Each
side works in a process of its own; both are asked in turn.
"""

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from admin.bench.questions import Questions
from admin.bench.run import MIB, Figures, Tell, Verdict, process

TIMES_THE_STATEMENTS = 4.0
"""How much longer a month's calculation may take than its bare statements."""
MEMORY = 500
"""MiB: the most that the process may hold that calculates."""
WHY = 1.0
"""How much longer it may take to show why a line is so than to show a list page."""
OURS, LIMIT, PAGES = "payroll", "payroll_bare", "payroll_pages"
REPEAT = 3
PAGES_REPEAT = 15

Clock = Callable[[Figures], float]


def verdicts(url: str, folder: Path, seconds: Clock, tell: Tell) -> list[Verdict]:
    """Calculate the month and show why, and say how the marks are held."""
    asked = _asked(url, folder)
    ours, bare = _calculated(asked, tell)
    mine, least = seconds(ours), seconds(bare)
    what = f"{ours.seen:,} lines of pay, {mine:.1f} s: GROUP BY {least:.1f} s"
    found = [
        Verdict(what, mine / least, TIMES_THE_STATEMENTS),
        Verdict("a month's pay, MiB", ours.peak / MIB, MEMORY),
    ]
    tell("payroll pages")
    pages = _pages(asked)
    page = seconds(pages["list"])
    for name, words in (("slip", "a slip"), ("rows", "why of a line")):
        taken = seconds(pages[name])
        what = f"{words}, {taken * 1000:.1f} ms: list page {page * 1000:.1f} ms"
        found.append(Verdict(what, taken / page, WHY))
    return found


def _calculated(asked: Questions, tell: Tell) -> tuple[Figures, Figures]:
    """Calculate and take the measures in turn; the month is calculated in the end."""
    ours: list[dict[str, Any]] = []
    bare: list[dict[str, Any]] = []
    with process(LIMIT, asked) as limit:
        limit.ask("figures")  # what is only slow the first time
        for turn in range(REPEAT):
            tell(f"payroll {turn + 1}/{REPEAT}")
            bare.append(limit.ask("figures"))
            # As a command does it: in a process that has reckoned nothing before.
            with process(OURS, asked) as alone:
                alone.ask("forget")
                ours.append(alone.ask("calculate"))
    return Figures.of(ours), Figures.of(bare)


def _pages(asked: Questions) -> dict[str, Figures]:
    times: dict[str, list[dict[str, Any]]] = defaultdict(list)
    with process(PAGES, asked) as panel:
        for _ in range(1 + PAGES_REPEAT):
            for name in ("list", "slip", "rows"):
                times[name].append(panel.ask(name))
    return {name: Figures.of(some[1:]) for name, some in times.items()}


def _asked(url: str, folder: Path) -> Questions:
    """Return the store's address as sides take it; what lists are asked is left out."""
    return Questions(
        url=url,
        folder=str(folder.resolve()),
        rows=0,
        owner=0,
        month="",
        page=1,
        edge=("", 0),
        entry=0,
        since="",
        import_file="",
    )
