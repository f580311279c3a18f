"""The tables that the import hands out: an empty one to fill, the refused rows."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from admin import visit
from admin.import_shown import shown
from admin.sheet_writing import CSV_TYPE, content_disposition
from models.import_tables import ImportLine
from models.register import Declaration, Field
from models.rules.cell_values import guard_text
from models.rules.sheet_signs import guard_cell


def empty_sheet(declared: Declaration, fields: Iterable[Field]) -> Response:
    """Return an empty table with the fields' heads, named after the register."""
    heads = [one.label.text(visit.language()) for one in fields]
    name = f"{declared.title.text(visit.language())}.csv"
    return _csv([map(guard_text, heads)], name)


def refused_sheet(lines: Sequence[ImportLine], file_name: str) -> Response:
    """Return refused rows as they came, each with its reasons."""
    heads = list(lines[0].cells) if lines else []
    rows = [[*heads, visit.t("问题", "Problem")]]
    for line in lines:
        why = " ".join(visit.t(one["zh"], one["en"]) for one in line.problems)
        cells = [guard_cell(shown(line.cells.get(head))) for head in heads]
        rows.append([*cells, why])
    return _csv(rows, f"{file_name}-refused.csv")


def _csv(rows: Iterable[Iterable[str]], name: str) -> Response:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return Response(
        out.getvalue().encode("utf-8-sig"),
        mimetype=CSV_TYPE,
        headers={"Content-Disposition": content_disposition(name)},
    )
