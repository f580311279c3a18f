"""What a template says of a time limit's states, steps and proposals; merging it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from models import target_changes
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from seed.merging import Outcome, merged
from seed.scoped_items import TargetItem, target_item
from seed.template_schema import TargetStanza
from tests.clock_desk import SET_UP, ZONE, Desk, prepare_desk
from tests.databases import Builder

SAID: dict[str, Any] = {
    "code": "training_plan.judged",
    "title": {"zh": "计划审核", "en": "Plan judged"},
    "register": "training_plan",
    "start_states": ["pending"],
    "stop_states": ["passed"],
    "how_long": "8h business",
    "calendar": "desk",
    "valid_from": date(2026, 1, 1),
}
MORE: dict[str, Any] = {
    "pause_states": ["returned"],
    "escalation": ["4h  superior", "1 workday post 客服经理"],
    "proposes": {
        "register": "reward_penalty",
        "person": "person",
        "values": {"kind": "deduction", "amount": 20},
    },
}
BY = Writer(SYSTEM, SET_UP, ZONE, "template")


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


def item(**more: Any) -> TargetItem:
    return target_item(TargetStanza(**(SAID | more)))


def write(desk: Desk, one: TargetItem) -> None:
    with desk.database.write() as session:
        one.write(session, 0, one.wanted, BY)


def read(desk: Desk, one: TargetItem) -> dict[str, Any] | None:
    with desk.database.read() as session:
        return one.read(session, 0)


def test_stanza_is_read_back_as_it_was_written(desk: Desk) -> None:
    wanted = item(**MORE)

    write(desk, wanted)

    assert read(desk, wanted) == wanted.wanted
    assert wanted.wanted["start_field"] == "review"
    assert wanted.wanted["escalation"].splitlines() == [
        "4h superior",
        "1 workday post 客服经理",
    ]
    assert merged(wanted.wanted, read(desk, wanted), None).outcome is Outcome.SAME


def test_newer_template_brings_its_steps_to_a_store_filled_before(desk: Desk) -> None:
    old, new = item(), item(**MORE)
    write(desk, old)

    found = merged(new.wanted, read(desk, new), old.wanted)

    assert found.outcome is Outcome.UPDATE
    assert found.values == new.wanted
    assert found.kept == ()


def test_steps_made_by_hand_stay_when_the_template_changes_something_else(
    desk: Desk,
) -> None:
    old, new = item(), item(how_long="4h business")
    write(desk, old)
    with desk.database.write() as session:
        (only,) = target_changes.series(session)
        said = {name: getattr(only[-1], name) for name in target_changes.SAID}
        said["escalation"] = "2h superior"
        wanted = type(only[-1])(code=only[-1].code, register=only[-1].register, **said)
        target_changes.say(session, wanted, only[-1].id, BY)

    found = merged(new.wanted, read(desk, new), old.wanted)

    assert found.values is not None
    assert found.values["escalation"] == "2h superior"
    assert found.values["how_long"] == "4h business"
    assert found.kept == ("escalation",)
