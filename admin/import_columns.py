"""Which column is which field: the page that asks, and the mapping it posts."""

from typing import Any

from flask import g, request, url_for
from sqlalchemy import select

from admin import visit
from models import catalogue
from models.import_mapping import FileMapping, guess, importable, read_mapping
from models.import_tables import ImportMapping
from models.register import Declaration, Field
from models.sheets import Sheet, find_header, header_at, table_rows
from models.words import PersonError

SAMPLES = 3  # values of a column shown when it is mapped
ZONES = (
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Hong_Kong",
    "Asia/Tokyo",
    "Asia/Singapore",
    "Europe/London",
    "America/New_York",
    "America/Los_Angeles",
    "UTC",
)
CURRENCIES = ("CNY", "HKD", "TWD", "USD", "EUR", "GBP", "JPY")


def the_register() -> Declaration:
    """Return the register of the address."""
    return catalogue.current()[g.register]


def common(**more: Any) -> dict[str, Any]:
    """Return what every page of an import shows, and more."""
    declared, language = the_register(), visit.language()
    title = declared.title.text(language)
    return {
        "page_title": visit.t(f"导入{title}", f"Import: {title}"),
        "register": {
            "code": declared.code,
            "title": title,
            "icon": declared.icon,
            "list_url": url_for("register.index_view", register=declared.code),
        },
        **more,
    }


def offered(declared: Declaration) -> list[Field]:
    """Return the fields that a file of this person's may fill."""
    person = visit.person()
    return [one for one in importable(declared) if person.sees(declared, one)]


def mapping_page(sheets: list[Sheet], name: str, size: int) -> dict[str, Any]:
    """Return the context of the mapping page; see import/mapping.html."""
    declared, language = the_register(), visit.language()
    fields = offered(declared)
    labels = [word for one in fields for word in (*one.label.every, one.name)]
    sheet = sheets[0]
    asked = request.args.get("header_row", type=int)
    header = (
        header_at(sheet, asked, asked, labels) if asked else find_header(sheet, labels)
    )
    heads = [column.label for column in header.columns]
    mapping, remembered = _first_mapping(declared, heads)
    chosen = {
        source.column: field
        for field, source in mapping.fields.items()
        if source.column is not None
    }
    rows = []
    for _, cells in table_rows(sheet, header):
        rows.append(cells)
        if len(rows) == SAMPLES:
            break
    required = [one for one in fields if one.required and one.default is None]
    found = set(chosen.values())
    return common(
        file={
            "name": name,
            "size": f"{size / 1024:,.0f} KB",
            "rows": f"{sum(one.height for one in sheets):,}",
            "found": visit.t(
                f"第 {header.first_row} 行为表头，{len(sheets)} 个工作表",
                f"Row {header.first_row} is the header; {len(sheets)} sheets",
            ),
        },
        form_url=request.full_path,
        sheets=[
            {"name": one.name, "rows": f"{one.height:,}", "chosen": not one.hidden}
            for one in sheets
        ]
        if len(sheets) > 1
        else [],
        header_row=header.first_row,
        encoding=None,
        zone={"chosen": mapping.zone, "choices": [[one, one] for one in ZONES]},
        currency={
            "chosen": mapping.currency,
            "choices": [[one, one] for one in CURRENCIES],
        },
        key={
            "chosen": ",".join(mapping.key),
            "choices": [
                ["", visit.t("文件和行号", "File and row")],
                *(
                    [one.name, one.label.text(language)]
                    for one in fields
                    if one.unique or one.name in declared.import_key
                ),
            ],
        },
        mappings=[],
        columns=[
            {
                "name": str(index),
                "label": label,
                "samples": [str(row.get(label) or "") for row in rows],
                "field": chosen.get(label, ""),
                "guess": "sure"
                if remembered
                else "likely"
                if label in chosen
                else "none",
                "error": None,
            }
            for index, label in enumerate(heads)
        ],
        field_groups=[
            {
                "label": None,
                "fields": [
                    {
                        "key": one.name,
                        "label": one.label.text(language),
                        "required": one.required,
                    }
                    for one in fields
                ],
            }
        ],
        missing=[one.label.text(language) for one in required if one.name not in found],
        back_url=url_for(".upload"),
        heads=heads,
    )


def _first_mapping(declared: Declaration, heads: list[str]) -> tuple[FileMapping, bool]:
    """Return the mapping last used for these columns, else a guess by equal names."""
    kept = visit.session().scalar(
        select(ImportMapping.mapping).where(
            ImportMapping.register == declared.code,
            ImportMapping.columns == signature(heads),
        )
    )
    if kept is not None:
        return read_mapping(kept, declared), True
    return guess(declared, heads, str(visit.zone())), False


def signature(heads: list[str]) -> str:
    """Return what tells files of the same columns."""
    return "\n".join(sorted(heads))


def posted_mapping() -> FileMapping:
    """Read the mapping page's form."""
    declared = the_register()
    fields: dict[str, Any] = {}
    heads = request.form.getlist("head")
    fits = {one.name for one in offered(declared)}
    for index, head in enumerate(heads):
        name = request.form.get(f"column.{index}", "")
        if not name:
            continue
        if name not in fits:
            raise PersonError(
                "没有可导入的字段“{name}”，请重新选择。",
                "There is no field “{name}” to import. Choose again.",
                name=name,
            )
        if name in fields:
            label = declared.field(name).label
            raise PersonError(
                "字段“{zh}”对应了两列，请只留一列。",
                "The field “{en}” has two columns; keep one.",
                zh=label.zh,
                en=label.en,
            )
        by = "display" if declared.field(name).refers_to else None
        fields[name] = {
            key: value
            for key, value in {"column": head, "by": by}.items()
            if value is not None
        }
    if not fields:
        raise PersonError(
            "还没有对应任何列，请至少选一列。", "No column is mapped yet. Choose one."
        )
    key = [name for name in request.form.get("key", "").split(",") if name]
    written: dict[str, Any] = {
        "fields": fields,
        "zone": request.form.get("zone", str(visit.zone())),
        "currency": request.form.get("currency", "CNY"),
        "key": [name for name in key if name in fields],
        "sheets": request.form.getlist("sheet"),
    }
    row = request.form.get("header_row", type=int)
    if row is not None and str(row) != request.form.get("found_row"):
        written["header"] = [row, row]
    return read_mapping(written, declared)
