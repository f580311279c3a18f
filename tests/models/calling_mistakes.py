"""Registers whose call list has one mistake each."""

from typing import Any

from models.call_list import Asks, Attempts, CallList, Round
from models.register import CHOICE, INSTANT, PERSON, Field
from tests.changing_registers import named
from tests.models.register_mistakes import BLUE, RED, SHELF, WORDS, case

CALL = (
    named("called_at", INSTANT),
    named("outcome", CHOICE, options=(RED, BLUE)),
    named("caller", PERSON),
    named("note"),
)


def called(number: str, what: str, *more: Field, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "title": WORDS,
        "at": "called_at",
        "outcome": "outcome",
        "caller": "caller",
        "reached": ("red",),
    }
    said = CallList(**(given | changes))
    return case(number, "call_list", what, *CALL, *more, call_list=said)


CALLING_CASES = [
    called("R093", "a caller who is nobody", caller="note"),
    called("R093", "an outcome there is not", reached=("green",)),
    called("R093", "closed by what is no field", closes={"nothing": "x"}),
    called("R093", "closed by what does not fit", closes={"called_at": "never"}),
    called("R093", "retries that nothing keeps", again={"blue": 30}),
    called("R093", "retries kept nowhere", attempts=Attempts("no", "a", "b", "c")),
    called("R093", "retries without end", retries=1_000),
    called("R094", "who asks is in no register", asks=(Asks("no", "note", "at"),)),
    called(
        "R094",
        "no call can be made of what asks",
        SHELF,
        asks=(Asks("shelf", "shelf", "seen_at"),),
    ),
    called(
        "R094",
        "no call can be made of the round",
        SHELF,
        round=Round("shelf", "shelf", "seen_at"),
    ),
]
