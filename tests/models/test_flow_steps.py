"""Steps are taken by whom the flow names, whole or not at all, and stay on record."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import catalogue, entries, flow_steps
from models.access import Action, Grant, Rows
from models.database import Database
from models.entry_errors import (
    EntryLockedError,
    EntryRefusedError,
    LostUpdateError,
    NotAllowedError,
    StateByStepsError,
    StepRefusedError,
)
from models.flow_steps import Take
from models.history import ChangeEvent
from models.words import PersonError
from tests.databases import Builder, Databases
from tests.models.flow_house import PURCHASE, House, build, purchases
from tests.models.register_desk import NOON, ZONE

TODAY = NOON.astimezone(ZONE).date()
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def house(prepared_database: Callable[[str, Builder], str]) -> Iterator[House]:
    with purchases():
        database = Database(prepared_database("flow_house", build))
        yield House(database)
        database.dispose()


def test_new_entry_begins_in_the_first_state(house: House) -> None:
    assert house.get(house.purchase())["standing"] == "draft"


def test_step_moves_sets_and_is_remembered(house: House) -> None:
    key = house.purchase()

    house.take(key, "ask", "ann")
    house.take(key, "grant", "lead", comment=" 同意 ")

    row = house.get(key)
    assert row["standing"] == "granted"
    assert (row["judged_by"], row["judged_at"]) == (house.ids["lead"], NOON)
    assert (row["granted"], row["urgent"], row["remark"]) == (100, False, "同意")
    assert house.steps(key) == [
        ("ask", "draft", "asked", "ann", None),
        ("grant", "asked", "granted", "lead", None),
    ]
    with house.database.read() as session:
        events = session.scalars(select(ChangeEvent).filter_by(register=PURCHASE)).all()
    assert events[-1].changes["standing"] == ["asked", "granted"]
    assert events[-1].entry_version == row["version"] == 3


@pytest.mark.parametrize("origin", ["form", "inline", "bulk", "import", "template"])
def test_no_other_way_writes_a_state(house: House, origin: str) -> None:
    key = house.purchase()
    writer = replace(house.writer(None), origin=origin)

    said = {"goods": "x", "standing": "came"}

    with (
        pytest.raises(StateByStepsError, match="由流程决定"),
        house.database.write() as session,
    ):
        entries.change(session, PURCHASE, key, said, writer)
    with pytest.raises(StateByStepsError), house.database.write() as session:
        entries.create(session, PURCHASE, said, writer)

    assert house.get(key)["standing"] == "draft"


def test_locked_entry_is_neither_changed_nor_deleted(house: House) -> None:
    key = house.purchase()
    house.take(key, "ask", "ann")
    writer = house.writer(None)

    with (
        pytest.raises(EntryLockedError, match="待审批"),
        house.database.write() as session,
    ):
        entries.change(session, PURCHASE, key, {"amount": 900}, writer)
    with pytest.raises(EntryLockedError), house.database.write() as session:
        entries.bin_many(session, PURCHASE, [key], writer)
    house.take(key, "send_back", "lead", comment="太贵")
    with house.database.write() as session:
        entries.change(session, PURCHASE, key, {"amount": 90}, writer)

    assert house.get(key)["amount"] == 90


def test_parts_of_a_locked_entry_are_locked(house: House) -> None:
    plan = house.create(
        "training_plan", month_on=TODAY, made_by=1, department=house.team
    )
    part: dict[str, Any] = {
        "plan": plan,
        "planned_at": NOON,
        "content": "装机",
        "topics": ["installation"],
    }
    house.create("training_plan_item", **part)
    with house.database.write() as session:
        takes = [Take(plan)]
        writer = house.writer(None)
        flow_steps.take_many(session, "training_plan", takes, "submit", writer)

    with pytest.raises(EntryLockedError):
        house.create("training_plan_item", **part)


@pytest.mark.parametrize(
    ("buyer", "who", "may"),
    [
        ("ann", "lead", True),  # holds the post above
        ("ann", "boss", True),  # manages the department above, which is led by nobody
        ("ann", "bob", False),
        ("lead", "boss", True),  # the post between is vacant
        ("boss", "lead", False),
    ],
)
def test_who_may_judge(house: House, buyer: str, who: str, *, may: bool) -> None:
    key = house.purchase(buyer)
    house.take(key, "ask", buyer)

    assert ("grant" in house.open(key, who)) is may


def test_a_superior_that_is_named_goes_before_the_posts(house: House) -> None:
    with house.database.write() as session:
        named = {"superior": house.ids["bob"]}
        entries.change(session, "staff", house.ids["ann"], named, house.writer(None))
    key = house.purchase("ann", team=None)
    house.take(key, "ask", "ann")

    assert "grant" in house.open(key, "bob")
    assert "grant" not in house.open(key, "lead")


def test_nobody_approves_their_own(house: House) -> None:
    key = house.purchase("lead", buyer=house.ids["boss"])
    house.take(key, "ask", "boss")

    assert set(house.open(key, "boss")) == {"send_back"}
    with pytest.raises(StepRefusedError, match="不由您办理"):
        house.take(key, "grant", "boss")


def test_deputy_acts_and_both_names_are_kept(house: House) -> None:
    house.deputise("lead", "eve", TODAY, agreed=True)
    key = house.purchase("ann", team=None)
    house.take(key, "ask", "ann")

    assert house.open(key, "eve") == {
        "grant": "lead",
        "send_back": "lead",
    }
    house.take(key, "grant", "eve")

    assert house.steps(key)[-1] == ("grant", "asked", "granted", "eve", "lead")
    assert house.get(key)["judged_by"] == house.ids["eve"]


@pytest.mark.parametrize(
    ("day", "agreed"), [(TOMORROW, True), (TODAY, False)], ids=["tomorrow", "proposed"]
)
def test_deputy_of_another_day_or_not_agreed_does_not_act(
    house: House, day: date, *, agreed: bool
) -> None:
    house.deputise("lead", "eve", day, agreed=agreed)
    key = house.purchase("ann", team=None)
    house.take(key, "ask", "ann")

    assert house.open(key, "eve") == {}


def test_deputy_does_not_approve_their_own_either(house: House) -> None:
    house.deputise("lead", "ann", TODAY, agreed=True)
    key = house.purchase("ann", team=None)
    house.take(key, "ask", "ann")

    assert "grant" not in house.open(key, "ann")


def test_nobody_makes_themselves_a_deputy(house: House) -> None:
    own = Grant("deputising", frozenset(Action) - {Action.APPROVE}, Rows.OWN)
    eve = house.person("eve", (own, Grant("staff", frozenset(Action), Rows.ALL)))
    writer = replace(house.writer("eve"), person=eve)
    values = {
        "person": house.ids["boss"],
        "deputy": house.ids["eve"],
        "until_on": TOMORROW,
    }
    with house.database.write() as session:
        key = entries.create(session, "deputising", values, writer)

    with pytest.raises(StepRefusedError), house.database.write() as session:
        flow_steps.take_many(session, "deputising", [Take(key)], "agree", writer)


def test_condition_keeps_a_step_closed(house: House) -> None:
    key = house.purchase(amount=None)

    assert "ask" not in house.open(key, "ann")


def test_what_a_step_asks_for_must_be_filled_and_nothing_else(house: House) -> None:
    key = house.purchase()
    house.take(key, "ask", "ann")
    house.take(key, "grant", "lead")

    with pytest.raises(EntryRefusedError, match="到货日期必须填写"):
        house.take(key, "receive", "ann", values={"taken_by": house.ids["ann"]})
    with pytest.raises(NotAllowedError):
        house.take(key, "receive", "ann", values={"amount": 1})
    with pytest.raises(EntryRefusedError, match="没有这条记录"):
        house.take(key, "receive", "ann", values={"came_on": TODAY, "taken_by": 999})
    values = {"came_on": TODAY, "taken_by": house.ids["bob"]}
    house.take(key, "receive", "ann", values=values)

    assert house.get(key)["came_on"] == TODAY


def test_comment_that_is_needed_is_demanded(house: House) -> None:
    key = house.purchase()
    house.take(key, "ask", "ann")

    with pytest.raises(PersonError, match="须写明意见"):
        house.take(key, "send_back", "lead", comment="  ")


def test_many_are_moved_all_or_none_with_a_report(house: House) -> None:
    keys = [house.purchase() for _ in range(3)]
    for key in keys[:2]:
        house.take(key, "ask", "ann")
    writer = house.writer("lead")
    takes = [Take(one) for one in keys]

    with (
        pytest.raises(StepRefusedError) as refused,
        house.database.write() as session,
    ):
        flow_steps.take_many(session, PURCHASE, takes, "grant", writer)

    assert house.get(keys[2])["number"] in refused.value.text("zh")
    assert "1 cannot be moved, so none was" in refused.value.text("en")
    assert [house.get(one)["standing"] for one in keys] == ["asked", "asked", "draft"]

    with house.database.write() as session:
        takes = [Take(one) for one in keys[:2]]
        flow_steps.take_many(session, PURCHASE, takes, "grant", writer)

    assert {house.get(one)["standing"] for one in keys[:2]} == {"granted"}


def test_what_may_not_be_read_is_not_moved(house: House) -> None:
    key = house.purchase()
    own = (Grant(PURCHASE, frozenset(Action), Rows.OWN),)
    writer = replace(house.writer("lead"), person=house.person("lead", own))

    with pytest.raises(NotAllowedError), house.database.write() as session:
        flow_steps.take_many(session, PURCHASE, [Take(key)], "ask", writer)


def test_step_on_what_somebody_changed_meanwhile_is_refused(house: House) -> None:
    key = house.purchase()
    with house.database.write() as session:
        entries.change(session, PURCHASE, key, {"amount": 5}, house.writer(None))

    with pytest.raises(LostUpdateError):
        house.take(key, "ask", "ann", version=1)


def test_of_two_at_once_one_wins_and_the_other_is_told(house: House) -> None:
    key = house.purchase()
    house.take(key, "ask", "ann")
    version, start = house.get(key)["version"], Barrier(2)

    def attempt(name: str) -> str:
        start.wait()
        try:
            house.take(key, "grant", name, version=version)
        except StepRefusedError as error:
            return error.text("zh")
        return name

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(attempt, ["lead", "boss"]))

    (winner,) = {"lead", "boss"} & set(said)
    (loser,) = [one for one in said if one != winner]
    assert f"已在“已批准”（{winner} 办理）" in loser
    assert [one[0] for one in house.steps(key)] == ["ask", "grant"]


def test_outside_step_is_noted_where_the_state_moved(house: House) -> None:
    key = house.purchase()
    before = house.get(key)
    declared = catalogue.current()[PURCHASE]
    with house.database.write() as session:
        moved = [
            (before, before | {"standing": "asked"}, NOON),
            (before, before | {"goods": "other"}, NOON),
        ]
        flow_steps.note_outside(session, declared, moved, house.writer(None))

    assert house.steps(key) == [(None, "draft", "asked", "系统", None)]


@pytest.fixture(scope="module")
def any_house(databases: Databases) -> Iterator[House]:
    with purchases():
        url = databases.copy_of("flow_house", build)
        database = Database(url)
        house = House(database)
        house.deputise("lead", "eve", TODAY, agreed=True)
        yield house
        database.dispose()
        databases.drop(url)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["boss", "lead", "ann", "bob", "eve"]),
        st.sampled_from(["ask", "grant", "send_back", "receive"]),
    ),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(buyer=st.sampled_from(["ann", "lead", "boss"]), moves=MOVES)
def test_any_series_of_steps_is_a_path_of_the_flow(
    any_house: House, buyer: str, moves: list[tuple[str, str]]
) -> None:
    house = any_house
    declared = catalogue.current()[PURCHASE]
    flow = flow_steps.flow_of(declared)
    key = house.purchase(buyer)
    needed: dict[str, Any] = {"came_on": TODAY, "taken_by": house.ids["bob"]}
    at = flow.first
    for who, code in moves:
        offered = house.open(key, who)
        values = needed if code == "receive" else {}
        try:
            house.take(key, code, who, values=values, comment="见附件")
        except StepRefusedError:
            assert code not in offered
        else:
            assert code in offered
            one = flow.transition(code)
            assert one is not None
            assert at in one.sources
            assert not (one.approves and who == buyer)
            at = one.to
        assert house.get(key)["standing"] == at

    taken = house.steps(key)
    assert [one[1] for one in taken] == [flow.first, *(one[2] for one in taken)][:-1]
    assert (taken[-1][2] if taken else flow.first) == at
