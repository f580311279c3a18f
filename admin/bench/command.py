"""`taizhang bench`: build the big data, measure, say which marks are held."""

import importlib.util
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from admin.bench import due_times, growth, paying, report, sweeping
from admin.bench.operations import BY_CODE, OPERATIONS, Operation
from admin.bench.pay_store import PaySize
from admin.bench.questions import Questions, questions
from admin.bench.run import (
    LIMIT,
    OURS,
    PEERS,
    Figures,
    Verdict,
    measure,
    memory_verdict,
    verdict,
)
from admin.bench.store import Built, Size, ensure, sqlite_url
from models.database import Database
from models.settings import Settings, database_address
from models.words import PersonError

NEEDED = {
    "flask_admin": (),
    "django": ("django", "import_export", "tablib", "openpyxl"),
}
HUNDREDTH = 100
PAYROLL = "payroll"
LEAST_TO_GROW = 100_000  # rows below which growth cannot be told from noise
FEW_ROWS = Size(1_000, 100)
# What is no operation of a side.
FURTHER = ("growth", "registers", "due_times", "sweep", PAYROLL)


@click.command()
@click.option("--rows", type=click.IntRange(100), default=1_000_000, show_default=True)
@click.option(
    "--customers", type=click.IntRange(20), default=100_000, show_default=True
)
@click.option(
    "--database",
    "databases",
    multiple=True,
    help="An empty PostgreSQL database, or the bench's own; a second one for growth.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("instance/bench"),
    show_default=True,
    help="Where the big data and the peers' own files lie.",
)
@click.option("--only", help=f"Some of {','.join((*BY_CODE, *FURTHER))}.")
@click.option("--peers", default=",".join(PEERS), show_default=True)
@click.option("--repeat", type=click.IntRange(1), default=9, show_default=True)
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def bench(
    context: click.Context,
    rows: int,
    customers: int,
    databases: tuple[str, ...],
    folder: Path,
    only: str | None,
    peers: str,
    repeat: int,
    file: Path | None,
) -> None:
    """Measure the screens on a million rows beside Flask-Admin's and Django's.

    The data is built once, in a database of its own. Ends with 1 if a mark is missed.
    """
    console = Console(stderr=True)
    chosen, more = _chosen(only)
    sides = [OURS, LIMIT, *_installed(peers, console)]
    size = Size(rows, customers)
    folder.mkdir(parents=True, exist_ok=True)
    urls = [database_address(one) for one in databases]
    # Due times alone need no data.
    if chosen or "growth" in more:
        asked = _ready(folder, size, console, *urls[:1])
    else:
        asked = _ready(folder, FEW_ROWS, console)
    # The work of a server is not in this process's CPU.
    seconds = _by_wall if urls else _by_cpu
    with console.status("…") as status:
        found = measure(asked, sides, chosen, repeat, status.update)
        extra: list[Verdict] = []
        if "growth" in more and rows >= LEAST_TO_GROW and len(urls) != 1:
            less = Size(rows // HUNDREDTH, customers // HUNDREDTH)
            small = _ready(folder, less, console, *urls[1:2])
            extra += growth.lists(small, asked, repeat, seconds, status.update)
        if "registers" in more:
            stores = [
                _ready(folder / f"{count}-registers", FEW_ROWS, console)
                for count in (growth.FEW, growth.MANY)
            ]
            extra += growth.registers(stores[0], stores[1], status.update)
        if "due_times" in more:
            extra.append(due_times.batch_mark(status.update))
            extra += due_times.marks(status.update)
        if "sweep" in more:
            stores = [_ready(folder / "sweep", FEW_ROWS, console, *urls[:1])]
            extra += _sweep(stores[0].url, console)
        # On a server it takes a database of its own, and is measured by itself.
        if PAYROLL in more and (only == PAYROLL or not urls):
            url = urls[0] if urls else sqlite_url(folder, PAYROLL)
            _ensure(url, PaySize(), console)
            extra += paying.verdicts(url, folder, seconds, status.update)
    marks = {
        one.code: mark
        for one in chosen
        if (mark := verdict(one, found, seconds)) is not None
    }
    extra += [mark for one in chosen if (mark := memory_verdict(one, found))]
    table = report.table(found, marks, seconds)
    report.show(Console(), table, report.others(extra))
    every = [*marks.values(), *extra]
    if file is not None:
        about = {"rows": rows, "customers": customers, "clock": seconds.__name__}
        said = report.as_json(found, every, about)
        file.write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    if not all(one.is_held for one in every):
        context.exit(1)


def _sweep(url: str, console: Console) -> list[Verdict]:
    """Measure the sweep in a small store, to which its clocks are added."""
    database = Database(url)
    try:
        steps = sweeping.CLOCKS_RUNNING // sweeping.BATCH
        for _ in track(sweeping.build(database), "时限", steps, console=console):
            pass
        return sweeping.verdicts(database, Settings())
    finally:
        database.dispose()


def _by_cpu(figures: Figures) -> float:
    return figures.cpu


def _by_wall(figures: Figures) -> float:
    return figures.wall


def _chosen(only: str | None) -> tuple[Sequence[Operation], frozenset[str]]:
    """Return the operations that are to be measured, and what else."""
    if only is None:
        return OPERATIONS, frozenset(FURTHER)
    names = only.split(",")
    for name in names:
        if name not in BY_CODE and name not in FURTHER:
            raise PersonError(
                "没有“{name}”这一项，可选：{known}。",
                "There is no operation “{name}”; there are {known}.",
                name=name,
                known=", ".join([*BY_CODE, *FURTHER]),
            )
    chosen = [one for one in OPERATIONS if one.code in names]
    return chosen, frozenset(names) & frozenset(FURTHER)


def _installed(peers: str, console: Console) -> list[str]:
    """Return the peers that can be asked; say what to install for the others."""
    found = []
    for name in filter(None, peers.split(",")):
        if name not in NEEDED:
            raise PersonError(
                "没有对照“{name}”，可选：{known}。",
                "There is no peer “{name}”; there are {known}.",
                name=name,
                known=", ".join(NEEDED),
            )
        if all(importlib.util.find_spec(one) for one in NEEDED[name]):
            found.append(name)
        else:
            console.print(
                "没有安装 Django 与 django-import-export，本次不与它们比较；安装："
                "pip install -r requirements-bench.lock。\n"
                "Django and django-import-export are not installed and left out; to "
                "install them: pip install -r requirements-bench.lock."
            )
    return found


def _ready(folder: Path, size: Size, console: Console, *urls: str) -> Questions:
    """Build a store unless it is there; return what is to be asked of it."""
    url = urls[0] if urls else sqlite_url(folder, f"{size.rows}-{size.customers}")
    folder.mkdir(parents=True, exist_ok=True)

    _ensure(url, size, console)
    return questions(url, folder.resolve(), size)


def _ensure(url: str, size: Built, console: Console) -> None:
    """Build a store unless it is there, and show how far it is."""

    def tracked(parts: Iterable[Any], what: str, count: int) -> Iterable[Any]:
        return track(parts, what, total=count, console=console)

    ensure(url, size, tracked)
