"""Registers whose limits or month grid have one mistake each."""

from decimal import Decimal
from typing import Any

import pytest

from models.dispatching import Dispatch
from models.limit import EVER, Allowance, Grid, Limit
from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    INSTANT,
    PERSON,
    YES_NO,
    Field,
)
from models.stamping import Stamp, Stamps
from tests.changing_registers import named
from tests.models.register_mistakes import BLUE, RED, SHELF, WORDS

ROSTER = (
    named("person", PERSON),
    named("day", DATE),
    named("rest", YES_NO),
    named("note"),
    named("hours", DECIMAL),
    named("watch", CHOICE, options=(RED, BLUE)),
    named("done_at", INSTANT),
)
PLACE = "limit some"


def limits(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "name": "some",
        "of": "person",
        "by": "day",
        "most": Decimal(2),
        "message": WORDS,
    }
    return {"limits": (Limit(**(given | changes)),)}


def within(*said: str, **changes: Any) -> dict[str, Any]:
    given = {"most": None, "within": Allowance(*said), "per": EVER}
    return limits(**(given | changes))


def grid(**changes: Any) -> dict[str, Any]:
    unique = changes.pop("unique", (("day", "person"),))
    given = {"rows": "person", "columns": "day", "cell": "watch"} | changes
    return {"grid": Grid(**given), "unique_together": unique}


def board(**changes: Any) -> dict[str, Any]:
    given = {"person": "person", "at": "day", "settled": "rest"} | changes
    return {"dispatch_board": Dispatch(**given)}


def stamps(**changes: Any) -> dict[str, Any]:
    by = changes.pop("by", ("person",))
    given: dict[str, Any] = {"field": "done_at", "label": WORDS} | changes
    return {"stamps": Stamps(by, (Stamp(**given),))}


def case(number: str, place: str, what: str, *fields: Field, **options: Any) -> Any:
    some = (*ROSTER, *fields)
    return pytest.param(number, place, some, options, id=f"{number} {what}")


LIMIT_CASES = [
    case("R090", PLACE, "of nobody", **limits(of="nobody")),
    case("R090", PLACE, "of a text", **limits(of="note")),
    case("R090", PLACE, "by a text", **limits(by="note")),
    case("R090", PLACE, "sum of a text", **limits(sum="note")),
    case("R090", PLACE, "a broken condition", **limits(when="rest and")),
    case("R090", PLACE, "a figure as a condition", **limits(when="hours")),
    case(
        "R090",
        PLACE,
        "a condition the database cannot ask",
        SHELF,
        **limits(when="shelf.colour = 'red'"),
    ),
    case("R090", PLACE, "within nothing", **within("none", "person", "stock")),
    case("R090", PLACE, "within another's", **within("shelf", "box", "stock")),
    case("R090", PLACE, "within a text", **within("shelf", "holder", "name")),
    case("R091", PLACE, "no bound", **limits(most=None)),
    case("R091", PLACE, "two bounds", **limits(least=Decimal(1))),
    case(
        "R091",
        PLACE,
        "half a day in a row",
        **limits(in_a_row=True, most=Decimal("1.5")),
    ),
    case("R091", PLACE, "no period", **limits(by=None)),
    case(
        "R091",
        PLACE,
        "the least of ever",
        **limits(per=EVER, least=Decimal(1), most=None),
    ),
    case(
        "R091",
        PLACE,
        "within a month",
        **within("shelf", "holder", "stock", per="month"),
    ),
    case(
        "R091",
        PLACE,
        "one name twice",
        limits=limits()["limits"] * 2,
    ),
    case(
        "R092", "grid", "rows of texts", **grid(rows="note", unique=(("note", "day"),))
    ),
    case("R092", "grid", "cells of texts", **grid(cell="note")),
    case("R092", "grid", "rest by a text", **grid(rest="note")),
    case("R092", "grid", "sums of texts", **grid(sums=("note",))),
    case("R092", "grid", "short of a choice", **grid(short="name")),
    case("R092", "grid", "two entries a day", **grid(unique=())),
    case("R104", "stamps", "of a text", **stamps(field="note")),
    case("R104", "stamps", "by a text", **stamps(by=("note",))),
    case("R104", "stamps", "of nothing", **stamps(field="nothing")),
    case("R104", "stamps", "what needs nothing there", **stamps(needs=("nothing",))),
    case("R104", "stamps", "a broken condition", **stamps(when="rest and")),
    case("R103", "dispatch", "given to a text", **board(person="note")),
    case("R103", "dispatch", "for a number", **board(at="hours")),
    case("R103", "dispatch", "by a text", **board(by="note")),
    case("R103", "dispatch", "cards of nothing", **board(shows=("nothing",))),
    case("R103", "dispatch", "a broken condition", **board(settled="rest and")),
    case("R103", "dispatch", "a figure as a condition", **board(settled="hours")),
    case(
        "R103",
        "dispatch",
        "a day nobody fills in",
        named("set_on", DATE, read_only=True),
        **board(at="set_on"),
    ),
]
