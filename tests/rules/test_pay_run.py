"""The states of a pay run: which moves there are, and who may make them."""

import pytest

from models.rules.pay_run import (
    RIGHTS,
    TRANSITIONS,
    RunState,
    RunStateError,
    Transition,
    move,
    possible,
)

ALL = frozenset(RIGHTS)
ACTIONS = sorted({one.action for one in TRANSITIONS})
ALLOWED = {
    ("draft", "calculate"): "calculated",
    ("calculated", "calculate"): "calculated",
    ("calculated", "review"): "reviewed",
    ("reviewed", "send_back"): "calculated",
    ("reviewed", "approve"): "approved",
    ("approved", "send_back"): "calculated",
    ("approved", "lock"): "locked",
    ("locked", "ask_unlock"): "locked",
    ("locked", "unlock"): "calculated",
    ("locked", "pay"): "paid",
}


def test_a_run_goes_from_draft_to_paid() -> None:
    state = RunState.DRAFT

    for action in ("calculate", "review", "approve", "lock", "pay"):
        state = move(state, action, ALL)

    assert state is RunState.PAID


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("action", ACTIONS)
def test_only_the_listed_moves_exist(state: RunState, action: str) -> None:
    target = ALLOWED.get((state.value, action))
    if target is not None:
        assert move(state, action, ALL).value == target
        return

    with pytest.raises(RunStateError) as caught:
        move(state, action, ALL)

    assert state.label.zh in caught.value.text("zh")


def test_a_wrong_move_says_where_the_run_stands_and_what_is_possible() -> None:
    with pytest.raises(RunStateError) as caught:
        move(RunState.APPROVED, "calculate", ALL)

    assert caught.value.text("zh") == (
        "绩效核算现在是“已审批”，不能“核算”。现在可以做的是：退回、关账。"
    )
    assert caught.value.text("en") == (
        "The run is approved, one cannot calculate it now. Possible now:"
        " send back, lock."
    )


def test_a_paid_run_moves_no_more() -> None:
    assert possible(RunState.PAID, ALL) == ()
    with pytest.raises(RunStateError, match="现在可以做的是：无"):
        move(RunState.PAID, "unlock", ALL)


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda one: one.action)
def test_each_move_takes_its_right_and_no_other(transition: Transition) -> None:
    source, action, right = transition.source, transition.action, transition.may

    assert move(source, action, {right}) is transition.target
    with pytest.raises(RunStateError, match=RIGHTS[right].zh):
        move(source, action, ALL - {right})


def test_a_run_with_lines_in_error_stays_calculated() -> None:
    with pytest.raises(RunStateError, match="有 2 个计薪项目没有算出来"):
        move(RunState.CALCULATED, "review", ALL, lines_in_error=2)

    again = move(RunState.CALCULATED, "calculate", ALL, lines_in_error=2)

    assert again is RunState.CALCULATED


def test_people_are_shown_only_the_moves_they_may_make() -> None:
    offered = possible(RunState.REVIEWED, {"pay.review", "pay.approve"})

    assert [one.action for one in offered] == ["send_back", "approve"]
    assert possible(RunState.REVIEWED, {"pay.review"}) == ()
