"""Flows with one mistake each, as `register_mistakes.py` has them of registers."""

from typing import Any

from models.flow import Flow, State, Transition, manager, person, post, right, step
from models.flow import state as state_of
from models.register import (
    CHOICE,
    DATE,
    NOW,
    TODAY,
    From,
    option,
)
from tests.changing_registers import named
from tests.models.register_mistakes import case

STATUS = named("status", CHOICE)
ITS_OWN = named(
    "status",
    CHOICE,
    options=(option("draft", "草稿", "Draft"), option("red", "红", "Red")),
)
DRAFT = state_of("draft", "草稿", "Draft")
DONE = state_of("done", "办结", "Done", "good", final=True)
LATER = state_of("later", "以后", "Later")
CHANGE = (right("change"),)
CLOSE = step("close", "办结", "Close", "draft", "done", who=CHANGE)


def flow(
    *steps: Transition, states: tuple[State, ...] = (DRAFT, DONE)
) -> dict[str, Any]:
    """Return a register's flow of these steps."""
    return {"flow": Flow("status", states, steps)}


def closing(**more: Any) -> dict[str, Any]:
    """Return a flow whose one step has something to it."""
    given: dict[str, Any] = {"who": CHANGE}
    return flow(step("close", "办结", "Close", "draft", "done", **(given | more)))


FLOW_CASES = [
    case("R060", "flow", "no states", ITS_OWN, flow=Flow("status", (), ())),
    case("R060", "flow", "no such field", **flow(CLOSE)),
    case("R060", "flow", "no choice", named("status"), **flow(CLOSE)),
    case("R060", "flow", "options of its own", ITS_OWN, **flow(CLOSE)),
    case(
        "R060",
        "flow",
        "begins in the middle",
        named("status", CHOICE, default="done"),
        **flow(CLOSE),
    ),
    case("R061", "flow.close", "a step twice", STATUS, **flow(CLOSE, CLOSE)),
    case(
        "R061",
        "flow.Close",
        "a capital",
        STATUS,
        **flow(step("Close", "办结", "Close", "draft", "done", who=CHANGE)),
    ),
    case(
        "R062",
        "flow.lose",
        "to nowhere",
        STATUS,
        **flow(CLOSE, step("lose", "丢", "Lose", "draft", "lost", who=CHANGE)),
    ),
    case(
        "R062",
        "flow.lose",
        "from nowhere",
        STATUS,
        **flow(CLOSE, step("lose", "丢", "Lose", "", "done", who=CHANGE)),
    ),
    case(
        "R062",
        "flow.stay",
        "to itself",
        STATUS,
        **flow(CLOSE, step("stay", "留", "Stay", "draft", "draft", who=CHANGE)),
    ),
    case(
        "R063",
        "flow.later",
        "never reached",
        STATUS,
        **flow(
            CLOSE,
            step("on", "再", "On", "later", "done", who=CHANGE),
            states=(DRAFT, LATER, DONE),
        ),
    ),
    case(
        "R064",
        "flow.later",
        "a dead end",
        STATUS,
        **flow(
            CLOSE,
            step("wait", "等", "Wait", "draft", "later", who=CHANGE),
            states=(DRAFT, LATER, DONE),
        ),
    ),
    case(
        "R064",
        "flow.done",
        "a way out of the end",
        STATUS,
        **flow(CLOSE, step("again", "再", "Again", "done", "draft", who=CHANGE)),
    ),
    case("R065", "flow.close", "nobody", STATUS, **closing(who=())),
    case("R065", "flow.close", "no field", STATUS, **closing(who=(person("no"),))),
    case(
        "R065",
        "flow.close",
        "a person for a department",
        STATUS,
        **closing(who=(manager("holder"),)),
    ),
    case("R065", "flow.close", "only looks", STATUS, **closing(who=(right("read"),))),
    case(
        "R065",
        "flow.close",
        "a right without a dot",
        STATUS,
        **closing(who=(right("approve", "finance"),)),
    ),
    case("R065", "flow.close", "a post unnamed", STATUS, **closing(who=(post(""),))),
    case(
        "R066", "flow.close", "no condition", STATUS, **closing(when="or_zero(version)")
    ),
    case("R067", "flow.close", "no field", STATUS, **closing(asks=("no",))),
    case("R067", "flow.close", "its own state", STATUS, **closing(asks=("status",))),
    case(
        "R067",
        "flow.close",
        "asked and set",
        STATUS,
        named("day", DATE),
        **closing(asks=("day",), sets={"day": TODAY}),
    ),
    case("R068", "flow.close", "no field", STATUS, **closing(sets={"no": 1})),
    case("R068", "flow.close", "the state", STATUS, **closing(sets={"status": "done"})),
    case(
        "R068",
        "flow.close",
        "an instant for a day",
        STATUS,
        named("day", DATE),
        **closing(sets={"day": NOW}),
    ),
    case(
        "R068",
        "flow.close",
        "a text for a day",
        STATUS,
        named("day", DATE),
        named("a"),
        **closing(sets={"day": From("a")}),
    ),
    case(
        "R068",
        "flow.close",
        "a word for a day",
        STATUS,
        named("day", DATE),
        **closing(sets={"day": "soon"}),
    ),
    case(
        "R069",
        "flow.back",
        "never comes again",
        STATUS,
        **flow(
            CLOSE,
            step("back", "退", "Back", "later", "draft", who=CHANGE, sends_back=True),
            step("wait", "等", "Wait", "first", "later", who=CHANGE),
            step("begin", "开", "Begin", "first", "draft", who=CHANGE),
            states=(state_of("first", "起", "First"), DRAFT, LATER, DONE),
        ),
    ),
    case(
        "R069", "flow.close", "back is no approval", STATUS, **closing(sends_back=True)
    ),
]
