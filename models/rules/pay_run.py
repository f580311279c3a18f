"""The states of a pay run and who may move it from one to the next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from models.words import Label, PersonError


class RunState(StrEnum):
    """Where a month's or quarter's run stands."""

    DRAFT = "draft"
    CALCULATED = "calculated"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    LOCKED = "locked"
    PAID = "paid"

    @property
    def label(self) -> Label:
        """The word on the screen."""
        return _STATES[self]


# What is paid out, or about to be: later changes are paid by later runs.
SETTLED = frozenset({RunState.LOCKED, RunState.PAID})

_STATES = {
    RunState.DRAFT: Label("草稿", "draft"),
    RunState.CALCULATED: Label("已核算", "calculated"),
    RunState.REVIEWED: Label("已复核", "reviewed"),
    RunState.APPROVED: Label("已审批", "approved"),
    RunState.LOCKED: Label("已关账", "locked"),
    RunState.PAID: Label("已发放", "paid"),
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted move; `may` is the word of the right it takes."""

    action: str
    label: Label
    source: RunState
    target: RunState
    may: str


# A signed run is not reckoned again unless it is sent back, a locked one not unless two
# people unlock it (反关账): what changes later is paid as a difference in the next run.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "calculate",
        Label("核算", "calculate"),
        RunState.DRAFT,
        RunState.CALCULATED,
        "pay.calculate",
    ),
    Transition(
        "calculate",
        Label("重新核算", "calculate again"),
        RunState.CALCULATED,
        RunState.CALCULATED,
        "pay.calculate",
    ),
    Transition(
        "review",
        Label("复核", "review"),
        RunState.CALCULATED,
        RunState.REVIEWED,
        "pay.review",
    ),
    Transition(
        "send_back",
        Label("退回", "send back"),
        RunState.REVIEWED,
        RunState.CALCULATED,
        "pay.approve",
    ),
    Transition(
        "approve",
        Label("审批", "approve"),
        RunState.REVIEWED,
        RunState.APPROVED,
        "pay.approve",
    ),
    Transition(
        "send_back",
        Label("退回", "send back"),
        RunState.APPROVED,
        RunState.CALCULATED,
        "pay.approve",
    ),
    Transition(
        "lock", Label("关账", "lock"), RunState.APPROVED, RunState.LOCKED, "pay.lock"
    ),
    Transition(
        "ask_unlock",
        Label("申请反关账", "ask to unlock"),
        RunState.LOCKED,
        RunState.LOCKED,
        "pay.unlock",
    ),
    Transition(
        "unlock",
        Label("同意反关账", "agree to unlock"),
        RunState.LOCKED,
        RunState.CALCULATED,
        "pay.unlock",
    ),
    Transition(
        "pay", Label("发放", "pay out"), RunState.LOCKED, RunState.PAID, "pay.pay"
    ),
)

# What the rights are called where roles are given them.
RIGHTS: Mapping[str, Label] = MappingProxyType(
    {
        "pay.calculate": Label("核算绩效", "calculate pay"),
        "pay.review": Label("复核绩效", "review pay"),
        "pay.approve": Label("审批绩效", "approve pay"),
        "pay.lock": Label("绩效关账", "lock pay"),
        "pay.unlock": Label("绩效反关账", "unlock pay"),
        "pay.pay": Label("登记发放", "record payment"),
    }
)


class RunStateError(PersonError):
    """A pay run cannot be moved so, or not by this person, or not yet."""


def possible(state: RunState, held: Collection[str]) -> tuple[Transition, ...]:
    """Return the moves that a person with these rights may make from a state."""
    return tuple(one for one in TRANSITIONS if one.source is state and one.may in held)


def move(
    state: RunState, action: str, held: Collection[str], lines_in_error: int = 0
) -> RunState:
    """Return the state a run comes to by an action.

    Args:
        state: Where it stands.
        action: The action of a transition.
        held: The rights of the person who asks.
        lines_in_error: How many lines of the run could not be reckoned.

    Raises:
        RunStateError: No such move from here, no right to it, or lines in error, which
            keep a run *calculated*.
    """
    found = next(
        (one for one in TRANSITIONS if (one.source, one.action) == (state, action)),
        None,
    )
    if found is None:
        raise _no_such_move(state, action)
    if found.may not in held:
        right = RIGHTS[found.may]
        raise RunStateError(
            f"“{found.label.zh}”需要“{right.zh}”权限。请联系有此权限的人。",
            f"To {found.label.en} a run takes the right “{right.en}”. Ask someone who"
            " has it.",
        )
    if lines_in_error and found.target is not RunState.CALCULATED:
        raise RunStateError(
            f"有 {lines_in_error} 个计薪项目没有算出来，不能“{found.label.zh}”。"
            "请先解决这些项目，再重新核算。",
            f"{lines_in_error} lines are in error, so the run cannot be moved on"
            f" ({found.label.en}). Mend them and calculate again.",
        )
    return found.target


def _no_such_move(state: RunState, action: str) -> RunStateError:
    words = {one.action: one.label for one in reversed(TRANSITIONS)}
    wanted = words.get(action, Label(action, action))
    there = [one.label for one in TRANSITIONS if one.source is state]
    zh = "、".join(label.zh for label in there) or "无"
    en = ", ".join(label.en for label in there) or "nothing"
    return RunStateError(
        f"绩效核算现在是“{state.label.zh}”，不能“{wanted.zh}”。现在可以做的是：{zh}。",
        f"The run is {state.label.en}, one cannot {wanted.en} it now. Possible now:"
        f" {en}.",
    )
