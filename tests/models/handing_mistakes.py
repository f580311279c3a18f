"""Registers whose way of passing entries on has one mistake each."""

from typing import Any

from models.handing import Absence, Anyone, HandsOver
from models.register import CHOICE, INSTANT, PERSON, PHONE, Field
from tests.changing_registers import named
from tests.models.register_mistakes import BLUE, RED, SHELF, WORDS, case

NOTES = (
    named("taken_by", PERSON, read_only=True),
    named("accepted_by", PERSON, read_only=True),
    named("accepted_at", INSTANT, read_only=True),
)
NOTE = named("note")


def anyone(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title": WORDS,
        "fields": ("note",),
        "taken_by": "taken_by",
        "accepted_by": "accepted_by",
        "accepted_at": "accepted_at",
    }
    return {"anyone": Anyone(**(given | changes))}


def left(number: str, place: str, what: str, *fields: Field, **options: Any) -> Any:
    return case(number, place, what, NOTE, *NOTES, *fields, **options)


def hands_over(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title": WORDS,
        "by": "taken_by",
        "to": "accepted_by",
        "confirmed_at": "accepted_at",
        "items": "nowhere",
        "matter": "note",
        "ticked": "is_done",
        "entries": ("box",),
    }
    return {"hands_over": HandsOver(**(given | changes))}


HANDING_CASES = [
    case(
        "R077",
        "open_in",
        "no such state",
        named("colour", CHOICE, options=(RED, BLUE)),
        stands_in="colour",
        open_in=("green",),
    ),
    case("R072", "handed_on", "to a text", NOTE, handed_on=("note",)),
    case("R072", "handed_on", "to nothing", handed_on=("nobody",)),
    case("R076", "stands_in", "in a text", NOTE, stands_in="note"),
    left("R073", "anyone", "unknown field", **anyone(fields=("nothing",))),
    left("R073", "anyone", "a reference", SHELF, **anyone(fields=("shelf",))),
    left("R073", "anyone", "nothing is asked", **anyone(fields=())),
    left(
        "R073",
        "anyone",
        "a unique field tells what is there",
        named("label", unique=True),
        **anyone(fields=("label",)),
    ),
    left("R074", "anyone", "sets nothing that is there", **anyone(sets={"no": "1"})),
    left("R074", "anyone", "sets what is asked", **anyone(sets={"note": "x"})),
    left(
        "R074",
        "anyone",
        "a required reference nobody fills",
        named("shelf", SHELF.type, target="shelf", required=True),
        **anyone(),
    ),
    left("R075", "anyone", "no such note", **anyone(taken_by="nobody")),
    left("R075", "anyone", "one note for both", **anyone(accepted_by="taken_by")),
    left(
        "R075",
        "anyone",
        "a note that people type",
        named("by", PERSON),
        **anyone(taken_by="by"),
    ),
    left(
        "R079",
        "absence",
        "an end that is no time",
        absence=Absence("taken_by", "accepted_at", "note", "accepted_by"),
    ),
    left("R078", "hands_over", "parts in no register", **hands_over()),
    case("R101", "takes_calls", "calls without a number", NOTE, takes_calls="note"),
    case(
        "R101",
        "takes_calls",
        "a number nobody types",
        named("phone", PHONE, read_only=True),
        takes_calls="phone",
    ),
    case("R102", "alike", "alike in nothing that is there", alike=("nothing",)),
    case("R102", "alike", "alike in what nobody searches", NOTE, alike=("note",)),
]
