"""Exports: what a list has found, streamed as CSV or .xlsx, masked as the screen is.

Rows are read by a server-side cursor on a connection of their own, so that memory does
not grow with the export and a long one never stops those who write.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import chain

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin import export_rows, listing
from admin.listing import COUNTED_TO, Desk, Wanted
from admin.sheet_writing import (
    CSV_TYPE,
    XLSX_TYPE,
    SheetColumn,
    Wording,
    csv_chunks,
    xlsx_chunks,
)
from models import accounts, catalogue
from models.access import Action, marked
from models.history import plain
from models.register import TEXT, WITHOUT_COLUMN, Declaration, Field
from models.words import PersonError

TYPES = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}


class UnknownFormatError(PersonError):
    """An export in a format there is not."""


def exported(desk: Desk, declared: Declaration) -> list[Field]:
    """Return the fields an export has: every one that exists for the person."""
    return [
        one for one in desk.person.fields(declared) if one.type not in WITHOUT_COLUMN
    ]


def log(
    session: Session, desk: Desk, register: str, detail: str, address: str | None
) -> None:
    """Write down who exported what, and from where; no address on a command line."""
    session.add(
        accounts.ReadEvent(
            at=desk.now,
            staff_id=desk.person.staff_id,
            by_name=desk.person.name,
            kind="export",
            register=register,
            entry_id=None,
            detail=detail[:2000],
            address=address,
        )
    )


def described(
    session: Session,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
    asked: str,
) -> str:
    """Return what is written down of an export: filter, columns, how many rows.

    Rows are counted to 10,000, as the list's are.
    """
    query = listing.conditioned(session, declared, wanted, desk, Action.EXPORT)
    table = catalogue.current().table(declared.code)
    ids = query.with_only_columns(table.c.id, maintain_column_froms=True)
    capped = select(func.count()).select_from(ids.limit(COUNTED_TO + 1).subquery())
    marks = query.get_execution_options()["access"]
    count = int(session.scalar(marked(capped, *marks)) or 0)
    rows = f"{COUNTED_TO}+" if count > COUNTED_TO else str(count)
    names = " ".join(one.name for one in fields)
    return f"{rows} rows; {names}; {asked}"


def chunks(
    engine: Engine,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
    kind: str,
) -> Iterator[bytes]:
    """Yield a file of every row that is wanted and that the person may export.

    Raises:
        UnknownFormatError: There is no such format.
    """
    if kind not in TYPES:
        raise UnknownFormatError(
            "没有“{kind}”这种导出格式，可用的是 csv 和 xlsx。",
            "There is no export format “{kind}”; there are csv and xlsx.",
            kind=kind,
        )
    language = desk.language
    columns = [_column(one, language) for one in fields]
    wording = Wording.of(desk.zone, language)
    blocks = export_rows.blocks(engine, declared, wanted, desk, fields, stored=True)
    if kind == "csv":
        return csv_chunks(columns, blocks, wording)
    return xlsx_chunks(columns, blocks, wording, title=declared.title.text(language))


def json_lines(
    engine: Engine,
    declared: Declaration,
    wanted: Wanted,
    desk: Desk,
    fields: Sequence[Field],
) -> Iterator[bytes]:
    """Yield one JSON object a row, by field names, values as histories keep them."""
    names = [one.name for one in fields]
    blocks = export_rows.blocks(engine, declared, wanted, desk, fields, stored=False)
    for row in chain.from_iterable(zip(*block, strict=True) for block in blocks):
        shown = dict(zip(names, map(plain, row), strict=True))
        yield json.dumps(shown, ensure_ascii=False).encode() + b"\n"


def _column(one: Field, language: str) -> SheetColumn:
    """Return a column: references, choices and personal data are written as texts."""
    type_ = TEXT if export_rows.is_text(one) else one.type
    return SheetColumn(one.label.text(language), type_, one.places, stored=True)


def file_name(declared: Declaration, desk: Desk, kind: str) -> str:
    """Return what the file is called: the register and the day."""
    day = desk.now.astimezone(desk.zone).strftime("%Y%m%d-%H%M")
    return f"{declared.title.text(desk.language)}-{day}.{kind}"
