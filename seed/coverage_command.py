"""`taizhang seed coverage`: what became of every rule, as tables, figures or JSON."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from models.words import Label
from seed.carriers import CarrierKind
from seed.coverage import Covered, Standing, Tally, coverages, regulations_of, tally
from seed.template import COMMON, Template, read_template, template_names


@click.command("coverage")
@click.option("--template", "name", help="Only this template, clause by clause.")
@click.option("--strict", is_flag=True, help="End with 1 when a rule is open or weak.")
@click.option("--json", "as_json", is_flag=True, help="Every rule as JSON.")
def coverage_command(name: str | None, *, strict: bool, as_json: bool) -> None:
    """Show which rule is carried by what, and which waits for a later issue."""
    names = [name] if name else [COMMON, *template_names()]
    found = {one: _covered(read_template(one)) for one in names}
    if as_json:
        click.echo(json.dumps(_written(found), ensure_ascii=False, indent=1))
    else:
        if name:
            Console().print(_clauses(found[name], name))
        for one, rules in found.items():
            _tell(one, rules)
        if len(found) > 1:
            _tell("all", [rule for rules in found.values() for rule in rules])
    if strict and any(one.is_open for rules in found.values() for one in rules):
        raise SystemExit(1)


def _covered(template: Template) -> list[Covered]:
    return coverages(template, regulations_of(template))


def _tell(name: str, rules: list[Covered]) -> None:
    """Print the figures of one template, and name what is open."""
    counted = tally(rules)
    Console().print(_figures(name, counted))
    awaited: dict[str, list[str]] = {}
    for one in rules:
        for coming in one.awaited:
            awaited.setdefault(coming.what.en, []).append(one.code)
    for what, codes in awaited.items():
        click.echo(f"later, {what}: {' '.join(codes)}")
    for standing in (Standing.BEYOND, Standing.WEAK, Standing.OPEN):
        codes = [one.code for one in rules if one.standing is standing]
        if codes:
            click.echo(f"{standing.word}: {' '.join(codes)}")
    codes = [one.code for one in rules if one.is_left_to_people]
    if codes:
        click.echo(f"no time limit, no duty: {' '.join(codes)}")
    more = sum(bool(one.awaited) and one.standing is Standing.CARRIED for one in rules)
    for label in _summary(name, counted, more):
        click.echo(label)


def _summary(name: str, counted: Tally, more: int) -> tuple[str, str]:
    of = counted.standings
    label = Label(
        f"{name}：{counted.total} 条，已有承载 {of[Standing.CARRIED]}"
        f"（其中还有后续 {more}），待后续功能 {of[Standing.LATER]}，"
        f"软件做不到 {of[Standing.BEYOND]}，承载不足 {of[Standing.WEAK]}，"
        f"无着落 {of[Standing.OPEN]}",
        f"{name}: {counted.total} rules, {of[Standing.CARRIED]} carried "
        f"({more} with more to come), {of[Standing.LATER]} later, "
        f"{of[Standing.BEYOND]} beyond, {of[Standing.WEAK]} weak, "
        f"{of[Standing.OPEN]} by nothing",
    )
    return label.zh, label.en


def _figures(name: str, counted: Tally) -> Table:
    """Return the share of each kind of object."""
    table = Table(title=name)
    for heading in ("承载", "carried by"):
        table.add_column(heading)
    for heading in ("rules", "share"):
        table.add_column(heading, justify="right")
    for kind in CarrierKind:
        if counted.kinds[kind]:
            row = kind.label.zh, kind.label.en, str(counted.kinds[kind])
            table.add_row(*row, counted.share(kind))
    return table


def _clauses(rules: list[Covered], title: str) -> Table:
    table = Table(title=title)
    for heading in ("条款", "内容", "承载", "后续"):
        table.add_column(heading)
    for one in rules:
        table.add_row(
            one.code,
            one.text.zh,
            "\n".join(label.zh for label in one.carried) or one.standing.label.zh,
            "\n".join(label.zh for label in (*one.later, *one.beyond)),
        )
    return table


def _written(found: dict[str, list[Covered]]) -> dict[str, Any]:
    return {
        name: [
            {
                "code": one.code,
                "kind": one.kind,
                "strength": one.params.strength,
                "standing": one.standing.word,
                "carriers": [
                    {"kind": each.kind.word, "code": each.code, "label": each.label.en}
                    for each in one.carriers
                ],
                "later": [each.part for each in one.awaited],
                "beyond": [each.en for each in one.beyond],
            }
            for one in rules
        ]
        for name, rules in found.items()
    }
