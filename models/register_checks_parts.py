"""Checks of parts: what a whole begins with is there to be taken."""

from collections.abc import Iterator

from models.register import Declaration
from models.register_findings import (
    Codes,
    Finding,
    Reached,
    column_of,
    copied,
    no_field,
    no_register,
    reach,
    rule,
)
from models.words import Label

PLACE = "begins_with"


@rule("R070")
def parts_begin_with_what_is_there(
    codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """A whole's field refers to what has parts, of which each makes one part here."""
    begins = declared.begins_with
    if begins is None:
        return
    whole = codes.get(_whole_of(declared) or "")
    if whole is None:
        yield Finding(
            PLACE,
            Label(
                "只有组成部分（part_of）才能这样开始。", "is for parts (part_of) only."
            ),
        )
        return
    by, source = column_of(whole, begins.by), codes.get(begins.register)
    if by is None:
        yield no_field(PLACE, begins.by, whole.code)
    elif source is None:
        yield no_register(PLACE, begins.register)
    elif by.refers_to is None or _whole_of(source) != by.refers_to:
        yield Finding(
            PLACE,
            Label(
                f"{source.code} 不是 {whole.code}.{begins.by} 所选条目的组成部分。",
                f"{source.code} holds no parts of what {whole.code}.{begins.by} "
                "refers to.",
            ),
        )
    else:
        for name, path in begins.carry.items():
            one = column_of(declared, name)
            if one is None or one.is_given:
                yield no_field(PLACE, name, declared.code)
            else:
                found = reach(codes, source, path)
                yield from copied(PLACE, path, found, source.code, Reached(one))


def _whole_of(declared: Declaration) -> str | None:
    one = column_of(declared, declared.part_of or "")
    return one.refers_to if one is not None else None
