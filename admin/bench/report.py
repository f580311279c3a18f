"""The figures as a table for people and as JSON for programs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from admin.bench.operations import OPERATIONS, Operation
from admin.bench.run import LIMIT, MIB, OURS, PEERS, Figures, Measured, Verdict

NAMES = {
    OURS: "台账",
    "flask_admin": "Flask-Admin",
    "django": "Django",
    LIMIT: "极限 limit",
}
SIDES = (OURS, *PEERS, LIMIT)


def table(
    found: Measured,
    verdicts: Mapping[str, Verdict],
    seconds: Callable[[Figures], float],
) -> Table:
    """Return the table of all operations that were measured."""
    made = Table(title="毫秒，中位数；括号内为我方的倍数 ms, median; (times ours)")
    made.add_column("操作 operation")
    for side in SIDES:
        made.add_column(NAMES[side], justify="right")
    for heading in ("大小 size", "内存峰值 peak", "标准 mark", ""):
        made.add_column(heading, justify="right")
    for one in OPERATIONS:
        here = found.get(one.code)
        if here:
            made.add_row(*_row(one, here, verdicts.get(one.code), seconds))
    return made


def _row(
    one: Operation,
    here: Mapping[str, Figures],
    verdict: Verdict | None,
    seconds: Callable[[Figures], float],
) -> list[str]:
    ours = here.get(OURS)
    cells = [f"{one.label.zh} {one.label.en}"]
    for side in SIDES:
        figures = here.get(side)
        if figures is None:
            cells.append("—")
            continue
        text = f"{seconds(figures) * 1000:,.1f}"
        if ours is not None and side != OURS:
            text += f" ({seconds(figures) / seconds(ours):.2g}×)"
        cells.append(text)
    if ours is None:
        return [*cells, "", "", "", ""]
    first = f" ({ours.first_byte:.2f} s)" if ours.first_byte is not None else ""
    cells += [f"{ours.bytes / 1024:,.0f} KiB{first}", f"{ours.peak // MIB} MiB"]
    return [*cells, *_held(verdict)]


def _held(verdict: Verdict | None) -> list[str]:
    if verdict is None:
        return ["", ""]
    word = "[green]✓[/]" if verdict.is_held else "[red]✗[/]"
    return [f"{verdict.ratio:.3g} ≤ {verdict.most:.3g}", word]


def others(verdicts: Sequence[Verdict]) -> Table:
    """Return the marks that are no operation's own: growth, memory, registers."""
    made = Table(title="其他标准 other marks")
    for heading in ("", "值 figure", ""):
        made.add_column(heading)
    for one in verdicts:
        made.add_row(one.what, *_held(one))
    return made


def as_json(found: Measured, verdicts: Sequence[Verdict], about: Any) -> dict[str, Any]:
    """Return everything as plain values; times are seconds, memory KiB."""
    return {
        "about": about,
        "figures": {
            code: {side: asdict(figures) for side, figures in here.items()}
            for code, here in found.items()
        },
        "marks": [{**asdict(one), "held": one.is_held} for one in verdicts],
    }


def show(console: Console, *tables: Table) -> None:
    """Print tables, as wide as they are."""
    for one in tables:
        if one.row_count:
            console.print(one)
