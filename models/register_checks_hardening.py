"""Checks of the fields that harden when pay is locked."""

from collections.abc import Iterator

from models.register import DATE, INSTANT, Declaration
from models.register_findings import (
    Codes,
    Finding,
    column_of,
    no_field,
    rule,
)
from models.words import Label

PLACE = "hardens"


@rule("R100")
def what_hardens_is_there(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A register hardens fields that have columns, by a day or a moment."""
    del codes
    hardens = declared.hardens
    if hardens is None:
        return
    for name in hardens.fields:
        if column_of(declared, name) is None:
            yield no_field(PLACE, name, declared.code)
    if not hardens.fields:
        said = Label("fields 是空的，请写明字段。", "names no fields; name some.")
        yield Finding(PLACE, said)
    by = column_of(declared, hardens.by)
    if by is None:
        yield no_field(PLACE, hardens.by, declared.code)
    elif by.type not in (DATE, INSTANT):
        said = Label(
            f"{hardens.by} 须是日期或时间，才能看出属于哪个期间。",
            f"{hardens.by} has to be a date or a time, to tell the period.",
        )
        yield Finding(PLACE, said)
