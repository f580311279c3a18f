"""What the import's pages show of a batch: its counts, its problems, its first rows."""

from typing import Any

from flask import url_for
from sqlalchemy import select

from admin import visit
from admin.column_converters import show, show_instant
from admin.declaring_field_form import GIVEN
from admin.import_columns import the_register
from models.import_lines import from_kept
from models.import_tables import (
    APPLIED,
    GOOD,
    REHEARSED,
    UNDONE,
    ImportBatch,
    ImportLine,
)
from models.register import Count, FirstOf, From, Given, Lookup

STATES = {
    REHEARSED: ("试导入", "rehearsed", "info"),
    APPLIED: ("已导入", "imported", "ok"),
    UNDONE: ("已撤销", "undone", "plain"),
}


def earlier(batch: ImportBatch) -> dict[str, Any]:
    """Return one of the register's last imports, for the first page."""
    zh, en, tone = STATES[batch.state]
    return {
        "file": batch.file_name,
        "by": batch.by_name,
        "at": show_instant(batch.at, visit.zone()),
        "state": {"text": visit.t(zh, en), "tone": tone},
        "counts": visit.t(
            f"导入 {batch.imported:,}，拒绝 {batch.refused:,}",
            f"{batch.imported:,} imported, {batch.refused:,} refused",
        ),
        "url": url_for(".result", batch_id=batch.id),
        "undo_url": url_for(".undo", batch_id=batch.id)
        if batch.state == APPLIED
        else None,
    }


def counts(batch: ImportBatch) -> list[dict[str, Any]]:
    """Return the figures at the head of a batch's page."""
    parts = (
        (visit.t("可导入", "Good"), batch.good, "ok"),
        (
            visit.t("需修改", "To mend"),
            batch.refused,
            "late" if batch.refused else "plain",
        ),
        (visit.t("以前已导入", "Imported before"), batch.known, "plain"),
        (
            visit.t("与上面重复", "Repeated"),
            batch.repeated,
            "warn" if batch.repeated else "plain",
        ),
        (visit.t("跳过的合计、表头行", "Totals skipped"), len(batch.skipped), "plain"),
    )
    return [
        {
            "label": label,
            "value": f"{value:,}",
            "tone": tone,
            "url": None,
            "active": False,
        }
        for label, value, tone in parts
    ]


def filled(batch: ImportBatch) -> list[str]:
    """Return what empty cells and fields without a column begin with."""
    declared, language, zone = the_register(), visit.language(), visit.zone()
    counts = batch.filled or {}
    there = [one for one in declared.all_fields if counts.get(one.name)]
    told = []
    for one in there:
        if not visit.person().sees(declared, one):
            continue
        many, label = counts[one.name], one.label.text(language)
        if isinstance(one.default, Given):
            word = GIVEN[one.default].text(language)
        elif isinstance(one.default, From | Lookup | Count | FirstOf):
            word = visit.t("按设置带出", "as it is set to be found")
        else:
            value = list(one.default) if isinstance(one.default, tuple) else one.default
            word = f"“{show(one, value, language, zone)}”"
        told.append(
            visit.t(
                f"{label}：{many:,} 行，填{word}", f"{label}: {many:,} rows, {word}"
            )
        )
    return told


def problem(line: ImportLine, one: dict[str, Any]) -> dict[str, Any]:
    """Return one refused cell with what mends it."""
    declared = the_register()
    field = one["field"] or ""
    label = field and declared.field(field).label.text(visit.language())
    options = declared.field(field).options if field else ()
    return {
        "row": line.line,
        "sheet": line.sheet,
        "column": one["column"] or label,
        "field": f"{line.id}.{one['column']}",
        "value": "" if one["value"] is None else str(one["value"]),
        "message": visit.t(one["zh"], one["en"]),
        "choices": [[it.label.zh, it.label.text(visit.language())] for it in options]
        or None,
        "context": "；".join(
            shown(value) for value in list(line.cells.values())[:4] if value
        ),
    }


def shown(written: Any) -> str:
    """Return a kept cell as people read it."""
    cell = from_kept(written)
    return "" if cell is None else str(cell).removesuffix(" 00:00:00")


def preview(batch: ImportBatch) -> dict[str, Any]:
    """Return the first good rows under the fields they go into."""
    query = select(ImportLine).where(
        ImportLine.batch_id == batch.id, ImportLine.state == GOOD
    )
    lines = list(visit.session().scalars(query.order_by(ImportLine.id).limit(5)))
    declared = the_register()
    pairs = [
        (declared.field(name).label.text(visit.language()), source["column"])
        for name, source in batch.mapping["fields"].items()
        if source.get("column")
    ]
    return {
        "heads": [label for label, _ in pairs],
        "rows": [
            [shown(line.cells.get(column)) for _, column in pairs] for line in lines
        ],
    }
