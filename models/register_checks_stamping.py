"""Checks of stamps: instants people fill in, given by persons of the entry."""

from collections.abc import Iterator

from models.register import INSTANT, PERSON, Declaration
from models.register_checks_formulas import wants
from models.register_findings import Codes, Finding, column_of, no_field, rule
from models.rules import formula as formulas
from models.words import Label

STAMPS = "stamps"


@rule("R104")
def stamps_fill_in_what_is_there(
    codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """A stamp fills in an instant, is given by a person field, has sound conditions."""
    said = declared.stamps
    if said is None:
        return
    for name in said.by:
        yield from _typed(declared, name, PERSON.value)
    texts = [said.when]
    for one in said.given:
        yield from _typed(declared, one.field, INSTANT.value)
        texts.append(one.when)
        for name in one.needs:
            if column_of(declared, name) is None:
                yield no_field(STAMPS, name, declared.code)
    for text in filter(None, texts):
        yield from wants(codes, declared, STAMPS, text, formulas.YES_NO)


def _typed(declared: Declaration, name: str, wanted: str) -> Iterator[Finding]:
    one = column_of(declared, name)
    if one is None:
        yield no_field(STAMPS, name, declared.code)
    elif one.type.value != wanted or one.computed or one.read_only:
        yield Finding(
            STAMPS,
            Label(
                f"{name} 须是能填写的 {wanted}。",
                f"{name} must be a {wanted} that people fill in.",
            ),
        )
