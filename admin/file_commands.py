"""`taizhang import` and `taizhang export`: files in and out without a browser."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
import yaml
from rich.progress import Progress

from admin import exporting, filters
from admin.listing import Desk, Wanted
from models import catalogue, importing
from models.access import SYSTEM
from models.history import plain
from models.import_mapping import FileMapping, guess, importable, read_mapping
from models.import_tables import ImportBatch
from models.opening import Opened
from models.register import Declaration
from models.sheets import Sheet, find_header, read_workbook
from models.words import PersonError


@click.command("import")
@click.argument("register")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file: fields, zone, currency, key; guessed by the heads otherwise.",
)
@click.option("--dry-run", is_flag=True, help="Rehearse only; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def import_file(
    opened: Opened,
    register: str,
    file: Path,
    mapping: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Import the table FILE into REGISTER; the same file again adds nothing."""
    declared = _register(register)
    data = file.read_bytes()
    if mapping is None:
        sheets = read_workbook(data, file.name)
        how = _guessed(declared, sheets, opened)
    else:
        how = _written(declared, mapping)
        sheets = read_workbook(data, file.name, encoding=how.encoding)
    file_hash = importing.file_hash_of(data)
    writer = opened.writer("import")
    with Progress(disable=as_json, transient=True) as progress:
        task = progress.add_task(f"{file.name}", total=None)

        def tell(_what: str, done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        lines, skipped = importing.lines_on(sheets, how)
        with opened.database.read() as session:
            found = importing.rehearse(
                session, register, lines, skipped, how, file_hash, writer, tell
            )
        imported = 0
        if not dry_run:
            with opened.database.write() as session:
                batch = importing.stage(
                    session, register, file.name, file_hash, how, found, writer
                )
                kept = session.get_one(ImportBatch, batch.id)
                imported = importing.apply_batch(session, kept, writer, found)
    _report(found, imported, dry_run=dry_run, as_json=as_json)


def _register(code: str) -> Declaration:
    known = catalogue.current()
    if code not in known:
        raise PersonError(
            "没有台账“{code}”，可用的是：{known}。",
            "There is no register “{code}”; there are {known}.",
            code=code,
            known=", ".join(sorted(known.codes)),
        )
    return known[code]


def _written(declared: Declaration, mapping: Path) -> FileMapping:
    try:
        written = yaml.safe_load(mapping.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise PersonError(
            "读不了导入设置 {file}：{why}",
            "The mapping {file} cannot be read: {why}",
            file=mapping,
            why=error,
        ) from error
    return read_mapping(written, declared)


def _guessed(
    declared: Declaration, sheets: Iterable[Sheet], opened: Opened
) -> FileMapping:
    words = [
        word
        for one in importable(declared)
        for word in (one.label.zh, one.label.en, one.name)
    ]
    sheet = next(one for one in sheets if one.height)
    heads = [column.label for column in find_header(sheet, words).columns]
    return guess(declared, heads, str(opened.zone))


def _report(
    found: importing.Rehearsal, imported: int, *, dry_run: bool, as_json: bool
) -> None:
    refused = [
        {
            "sheet": line.sheet,
            "row": line.number,
            "column": line.columns.get(problem.field or "", ""),
            "value": plain(line.cells.get(line.columns.get(problem.field or "", ""))),
            "problem": problem.label.zh,
        }
        for line in found.refused
        for problem in line.problems
    ]
    if as_json:
        answer = {
            "rows": len(found.lines),
            "good": len(found.good),
            "imported": imported,
            "known": len(found.known),
            "repeated": len(found.repeated),
            "skipped": len(found.skipped),
            "filled": found.filled,
            "refused": refused,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for one in refused[:20]:
        where = f"{one['sheet']} 第 {one['row']} 行 {one['column']}"
        click.echo(f"{where}：{one['problem']}")
    if len(refused) > 20:  # noqa: PLR2004 - as many as are shown above
        click.echo(f"… 还有 {len(refused) - 20} 处")
    for name, count in found.filled.items():
        click.echo(f"文件里没有的“{name}”按默认值填：{count} 行")
    done = f"可导入 {len(found.good)} 行" if dry_run else f"已导入 {imported} 行"
    click.echo(
        f"{done}，拒绝 {len(found.refused)} 行，以前已导入 {len(found.known)} 行，"
        f"与上面重复 {len(found.repeated)} 行，跳过 {len(found.skipped)} 行。"
    )


@click.command("export")
@click.argument("register")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "xlsx", "jsonl"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--where", "wheres", multiple=True, help="FIELD=VALUE, as often as needed."
)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export_file(
    opened: Opened, register: str, kind: str, wheres: tuple[str, ...], out: Path
) -> None:
    """Write the rows of REGISTER, unmasked, to a file; logged like any export."""
    declared = _register(register)
    desk = Desk(SYSTEM, "zh", opened.zone, opened.now())
    wanted = Wanted(filters=tuple(_wheres(declared, wheres)), sort="id")
    fields = exporting.exported(desk, declared)
    engine = opened.database.reading
    with opened.database.write() as session:
        words = urlencode([("w", one.word) for one in wanted.filters])
        detail = exporting.described(
            session, declared, wanted, desk, fields, f"{kind} {words}"
        )
        exporting.log(session, desk, register, detail, address=None)
    with Progress(transient=True) as progress, out.open("wb") as file:
        task = progress.add_task(out.name, total=None)
        if kind == "jsonl":
            parts = exporting.json_lines(engine, declared, wanted, desk, fields)
        else:
            parts = exporting.chunks(engine, declared, wanted, desk, fields, kind)
        for part in parts:
            file.write(part)
            progress.update(task, advance=len(part))
    click.echo(f"{out}: {out.stat().st_size:,} bytes")


def _wheres(declared: Declaration, wheres: tuple[str, ...]) -> Iterator[Any]:
    for where in wheres:
        name, sign, value = where.partition("=")
        if not sign:
            raise PersonError(
                "“{where}”应写成 字段=值。",
                "“{where}” should read FIELD=VALUE.",
                where=where,
            )
        if not declared.has(name):
            raise PersonError(
                "台账“{register}”没有字段“{name}”。",
                "The register “{register}” has no field “{name}”.",
                register=declared.title.zh,
                name=name,
            )
        one = declared.field(name)
        operation = "in" if one.options else "is"
        yield from filters.given(SYSTEM, declared, [f"{name}~{operation}~{value}"])
