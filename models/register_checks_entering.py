"""Checks of what helps whoever fills in a form: calls taken, things there already."""

from collections.abc import Iterator

from models.fields import PHONE, TEXT
from models.list_indexes import NUMBERS
from models.register import Declaration, Field
from models.register_checks_handing import of_type
from models.register_findings import Codes, Finding, column_of, no_field, rule
from models.words import Label


@rule("R101")
def calls_have_a_number(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A softphone fills a phone field that people may type."""
    name = declared.takes_calls
    if name is None:
        return
    yield from of_type(declared, "takes_calls", name, PHONE)
    one = column_of(declared, name)
    if one is not None and one.is_given:
        yield Finding(
            "takes_calls",
            Label(f"{name} 不由人填写。", f"{name} is not filled in by people."),
        )


@rule("R102")
def what_is_alike_can_be_found(
    _codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """Two of the same are found by a number, or by a text that is searched."""
    for name in declared.alike:
        one = column_of(declared, name)
        if one is None:
            yield no_field("alike", name, declared.code)
        elif not _is_findable(one):
            yield Finding(
                "alike",
                Label(
                    f"{name} 须是电话、证件、车牌号码，或可搜索的非个人信息文字。",
                    f"{name} must be a phone, ID or plate number, or a searchable "
                    "text that is no personal data.",
                ),
            )


def _is_findable(one: Field) -> bool:
    searched = one.type is TEXT and one.searchable and not one.personal
    return searched or one.type in NUMBERS
