"""Each mistake in a declaration is found, under its id, and nothing else is."""

from typing import Any

import pytest

from models.catalogue import Catalogue, current
from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    PHONE,
    TODAY,
    YES_NO,
    Count,
    Field,
    From,
    only_if,
)
from models.register_checks import DeclarationError, assert_sound
from models.register_findings import RULES, rule
from tests.changing_registers import named
from tests.models.calling_mistakes import CALLING_CASES
from tests.models.flow_mistakes import FLOW_CASES
from tests.models.handing_mistakes import HANDING_CASES
from tests.models.limit_mistakes import LIMIT_CASES
from tests.models.register_mistakes import (
    BLUE,
    CASES,
    OTHERS,
    RED,
    SHELF,
    checked,
    declare,
    latest,
    makes,
    mistakes,
    posting,
)

FAR = "shelf.colour in ('red', 'blue')"
SEEN_ON = ("seen_at", "made_on")


@pytest.mark.parametrize(
    ("number", "place", "fields", "options"),
    [*CASES, *FLOW_CASES, *HANDING_CASES, *LIMIT_CASES, *CALLING_CASES],
)
def test_a_mistake_is_found_under_its_id_and_nothing_else_is(
    number: str, place: str, fields: tuple[Field, ...], options: dict[str, Any]
) -> None:
    assert mistakes(*fields, **options) == [(number, place)]


def test_every_check_has_a_mistake_it_finds() -> None:
    tried = {
        parameters.values[0]
        for parameters in [
            *CASES,
            *FLOW_CASES,
            *HANDING_CASES,
            *LIMIT_CASES,
            *CALLING_CASES,
        ]
    }

    assert tried == set(RULES)


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="R001"):
        rule("R001")(RULES["R002"])


def test_a_register_that_uses_every_freedom_is_sound() -> None:
    found = mistakes(
        SHELF,
        named("name", searchable=True, default=From("shelf.name")),
        named("phone", PHONE, filterable=True, default=From("shelf.phone")),
        named("holds_phone", YES_NO, computed="not is_empty(shelf.phone)"),
        named("made_on", DATE, default=TODAY),
        named("colour", CHOICE, options=(RED, BLUE), default=From("shelf.colour")),
        named("size", DECIMAL, required_if=only_if("colour", "red")),
        named("twice", DECIMAL, computed="size * 2"),
        named("work_time", DURATION, computed="8 hours"),
        named("seen_at", INSTANT),
        named("works", INTEGER, default=Count("work", {"name": "name"}, SEEN_ON)),
        display=("name", "made_on"),
        unique_together=(("name", "made_on"),),
        **makes(carry={"note": "name"}, when="colour = 'red'"),
        postings=(
            *posting(add={"stock": "twice"}, when=FAR)["postings"],
            *latest(when="colour in ('red', 'blue')")["postings"],
        ),
        **checked("size", ">", 0, "positive"),
    )

    assert found == []


def test_all_mistakes_are_told_at_once_in_sentences() -> None:
    broken = declare(
        "complaint_log",
        named("due_at", INSTANT, required=True, read_only=True),
        named("kind", CHOICE),
    )

    with pytest.raises(DeclarationError) as caught:
        assert_sound(Catalogue((*OTHERS, declare("work"), broken)))

    assert str(caught.value).splitlines() == [
        (
            "R003 complaint_log.due_at: required but read-only; "
            "the form could never save a row."
        ),
        "R011 complaint_log.kind: has no options; give some.",
    ]
    assert caught.value.problems[1].text("zh") == (
        "R011 complaint_log.kind: 没有选项，请补上。"
    )


def test_the_registers_of_the_engine_are_sound() -> None:
    assert_sound(current())
