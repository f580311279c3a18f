"""`taizhang formula`: reckon a formula over values given by hand; asks no database."""

import json
import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

import click

from models.opening import Opened
from models.rules.formula import (
    UNITS,
    Content,
    Evaluation,
    FormulaError,
    Table,
    Unit,
    Value,
    evaluate,
    parse,
)
from models.rules.formula_given import read_given, read_table
from models.words import PersonError

_CODES = {unit: code for code, unit in UNITS.items()}
_WIDE = frozenset("WF")  # East Asian characters that take two columns
# How much of a long formula is shown on either side of the place.
_AROUND = 60


@click.command("formula", context_settings={"ignore_unknown_options": True})
@click.argument("text")
@click.option(
    "--set", "values", multiple=True, help="NAME=VALUE: base=5000元, day=2026-10-01."
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    help="""NAME=ROWS, read as table.NAME: '{"B1": "900元"}' or [[0元, 3%]].""",
)
@click.option("--language", type=click.Choice(("zh", "en")), default="zh")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def formula_command(
    opened: Opened,
    text: str,
    values: tuple[str, ...],
    tables: tuple[str, ...],
    *,
    language: str,
    as_json: bool,
) -> None:
    """Reckon the formula TEXT and show the way to its value.

    A bare figure is a number; write units as the language does: 5000元, 12.5小时, 90%,
    18元/小时, "text", 2026-10-01, 是. Exit code 1 and the place for a mistake.
    """
    told = _Teller(language, as_json=as_json)
    known: dict[str, Value] = {}
    for option, read, written in (
        *(("--set", read_given, one) for one in values),
        *(("--table", read_table, one) for one in tables),
    ):
        plain = _printable(written)
        try:
            name, value = read(plain, opened.zone)
        except PersonError as error:
            told.refuse(error, plain.partition("=")[2].strip(), f"{option} {plain}")
        known[name] = value
    plain = _printable(text)
    try:
        found = evaluate(parse(plain), known)
    except FormulaError as error:
        told.refuse(error, plain, None)
    told.answer(found)


class _Teller:
    """Prints what came of it, for people or as JSON."""

    def __init__(self, language: str, *, as_json: bool) -> None:
        self.language = language
        self.as_json = as_json

    def answer(self, found: Evaluation) -> None:
        """Print value, unit and the way."""
        why = found.why(self.language)
        if self.as_json:
            answer = {
                "value": _plain(found.value),
                "unit": _code(found.unit),
                "text": found.result.text(self.language),
                "why": list(why),
            }
            click.echo(json.dumps(answer, ensure_ascii=False))
            return
        for line in why:
            click.echo(line)
        unit = found.unit.label.text(self.language)
        click.echo(f"= {found.result.text(self.language)}  [{unit}]")

    def refuse(self, error: PersonError, text: str, option: str | None) -> NoReturn:
        """Print what is wrong and where, and end with exit code 1."""
        if self.as_json:
            told = _mistake(error, self.language) | ({"in": option} if option else {})
            click.echo(json.dumps({"error": told}, ensure_ascii=False))
            raise click.exceptions.Exit(1)
        if option:
            click.echo(option, err=True)
        if isinstance(error, FormulaError):
            for line in caret(text, error.position, error.length):
                click.echo(line, err=True)
            click.echo(error.problem.text(self.language), err=True)
            if error.hint is not None:
                click.echo(error.hint.text(self.language), err=True)
        else:
            click.echo(error.text(self.language), err=True)
        raise click.exceptions.Exit(1)


def _mistake(error: PersonError, language: str) -> dict[str, Any]:
    """Return a mistake as JSON has it; start and end count characters."""
    if not isinstance(error, FormulaError):
        return {
            "message": error.text(language),
            "start": None,
            "end": None,
            "hint": None,
        }
    return {
        "message": error.problem.text(language),
        "start": error.position,
        "end": error.position + error.length,
        "hint": error.hint.text(language) if error.hint else None,
    }


def caret(text: str, position: int, length: int) -> tuple[str, str]:
    """Return the formula on one line, and carets under the place."""
    line = "".join(" " if unicodedata.category(one) == "Cc" else one for one in text)
    first = max(position - _AROUND, 0)
    last = min(position + length + _AROUND, len(line))
    before = "…" * (first > 0) + line[first:position]
    shown = "…" * (first > 0) + line[first:last] + "…" * (last < len(line))
    # At least one, so that an end that came too early has its place as well.
    under = max(_width(line[position : position + length]), 1)
    return shown, " " * _width(before) + "^" * under


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in _WIDE else 1 for one in text)


def _printable(text: str) -> str:
    """Return a text without what no terminal can print: halves of a character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _code(unit: Unit) -> str:
    """Return the code a declaration has for a unit, else the unit in words."""
    return _CODES.get(unit) or unit.label.en


def _plain(content: Content) -> Any:
    """Return a value as JSON has it: figures as text, so that none loses a digit."""
    if isinstance(content, Table):
        return [[_plain(key), _plain(said)] for key, said in content.rows.items()]
    if isinstance(content, tuple):
        return [_plain(item) for item in content]
    if isinstance(content, bool) or content is None:
        return content
    if isinstance(content, datetime):
        return content.isoformat()
    if not isinstance(content, Decimal):
        return str(content)
    whole, point, rest = f"{content:f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}{point}{rest}" if rest else whole
