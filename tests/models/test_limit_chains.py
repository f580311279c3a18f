"""Time limits that stop and start each other, by a table of cases with reasons."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import entries
from models.clock_table import Clock
from models.database import Database
from tests.clock_desk import ZONE, Desk, prepare_desk
from tests.databases import Builder

CHECK: dict[str, Any] = {
    "code": "callback_log.check",
    "name_zh": "回访检查",
    "name_en": "Callback checked",
    "register": "callback_log",
    "start_field": "called_at",
    "stop_register": None,
    "stop_via": None,
    "stop_field": "checked_at",
    "how_long": "1 workday",
}
CHAINS: list[dict[str, Any]] = yaml.load(
    Path(__file__).with_name("limit_chains.yaml").read_text("utf-8"),
    yaml.BaseLoader,  # noqa: S506 - makes texts and nothing else, so times stay as written
)["chains"]
MOMENTS = ("started", "due", "met", "breached", "voided")


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[Desk]:
    database = Database(prepared_database("clock_desk", prepare_desk))
    yield Desk(database)
    database.dispose()


def do(desk: Desk, at: str, **said: Any) -> None:
    """Do one line of a case; callbacks of order 0 are of no order."""
    if "order" in said:
        del said["order"]
        desk.order(at, **said)
    elif "callback" in said:
        order = int(said["callback"]) or None
        desk.callback(at, order, said["called_at"])
    elif "bin" in said:
        with desk.database.write() as session:
            entries.bin_many(session, said["bin"], [int(said["id"])], desk.by(at))
    else:
        register, entry_id = said.pop("change"), int(said.pop("id"))
        given = {key: int(one) if one.isdigit() else one for key, one in said.items()}
        desk.change(register, entry_id, at, **given)


def told(clock: Clock) -> dict[str, str]:
    moments = {
        name: moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        for name in MOMENTS
        if (moment := getattr(clock, f"{name}_at")) is not None
    }
    return {"target": clock.target_code.partition(".")[2], **moments}


@pytest.mark.parametrize("chain", CHAINS, ids=[one["case"] for one in CHAINS])
def test_chain_of_limits_stands_as_people_say(
    desk: Desk, chain: dict[str, Any]
) -> None:
    desk.promise()
    desk.promise(**CHECK)

    for line in chain["do"]:
        do(desk, **line)

    assert [told(one) for one in desk.clocks()] == chain["clocks"], chain["why"]
