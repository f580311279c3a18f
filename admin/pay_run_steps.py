"""A run's way from draft to paid on its page: states, moves, signatures."""

from typing import Any

from flask import url_for

from admin import visit
from admin.column_converters import show_instant
from models import payroll
from models.pay_checks import Unmet
from models.pay_signing import is_by, pending_unlock, signatures
from models.pay_tables import PayRun, PaySignature
from models.rules import pay_run
from models.rules.pay_run import RunState, Transition

ICONS = {
    "calculate": "calculator",
    "review": "checklist",
    "send_back": "arrow-back-up",
    "approve": "check",
    "lock": "lock",
    "ask_unlock": "lock-open",
    "unlock": "lock-open",
    "pay": "cash",
}
BACKWARDS = frozenset({"send_back", "ask_unlock", "unlock"})
LONGEST_REMARK = 400  # signs


def states(run: PayRun) -> list[dict[str, Any]]:
    """Return the states in their order, who brought the run there and when."""
    order = list(RunState)
    now = order.index(RunState(run.state))
    signed = {one.target: one for one in reversed(_signed(run))}
    return [
        _state(state, index - now, signed.get(state.value))
        for index, state in enumerate(order)
    ]


def _state(state: RunState, ahead: int, signed: PaySignature | None) -> dict[str, Any]:
    told = signed if ahead <= 0 else None
    return {
        "label": state.label.text(visit.language()),
        "state": "done" if ahead < 0 else "todo" if ahead else "now",
        "by": told.by_name if told else None,
        "at": told.at.astimezone(visit.zone()).strftime("%m-%d %H:%M")
        if told
        else None,
    }


def _signed(run: PayRun) -> list[PaySignature]:
    """Return the signatures that brought the run from one state to another."""
    found = signatures(visit.session(), run)
    return [one for one in found if one.action != "ask_unlock"]


def actions(run: PayRun, unmet: list[Unmet]) -> list[dict[str, Any]]:
    """Return the moves that the person may make, each as its button needs it."""
    rights = payroll.rights_of(visit.person())
    asked = pending_unlock(visit.session(), run)
    moves = [
        one
        for one in pay_run.possible(RunState(run.state), rights)
        if _is_offered(one, asked)
    ]
    forward = [one for one in moves if one.action not in BACKWARDS]
    return [
        {
            "label": one.label.text(visit.language()),
            "url": url_for("pay.move", period=run.period, action=one.action),
            "icon": ICONS[one.action],
            "primary": bool(forward) and one is forward[-1],
            "confirm": _confirm(one, asked),
            "danger": one.action in BACKWARDS,
            "disabled": _disabled(run, one, unmet),
            "remark": _remark(one, unmet),
        }
        for one in moves
    ]


def _is_offered(move: Transition, asked: PaySignature | None) -> bool:
    """Whether a move makes sense: to unlock, one person asks and another agrees."""
    if move.action == "ask_unlock":
        return asked is None
    if move.action == "unlock":
        return asked is not None and not is_by(asked, visit.person())
    return True


def _confirm(move: Transition, asked: PaySignature | None) -> str | None:
    if move.action == "lock":
        return visit.t(
            "关账后本期绩效不再重新核算，以后的变化作为差额计入下期。确认关账？",
            "A locked period is not reckoned again; what changes later is paid as a"
            " difference in the next run. Lock it?",
        )
    if move.action == "unlock" and asked is not None:
        return visit.t(
            f"{asked.by_name}申请反关账：{asked.remark}。同意后本期可重新核算，"
            "现有工资条另存备查。确认同意？",
            f"{asked.by_name} asks to unlock: {asked.remark}. The period can then be"
            " calculated again; its slips are kept as they are. Agree?",
        )
    return None


def _disabled(run: PayRun, move: Transition, unmet: list[Unmet]) -> str | None:
    """Say why a move cannot be made now; None if it can."""
    if run.errors and move.target is not RunState.CALCULATED:
        return visit.t("先解决有错的项目", "Mend the errors first")
    if move.action == "lock" and any(one.blocks for one in unmet):
        return visit.t("先完成关账前检查", "Finish the checks before closing first")
    return None


def _remark(move: Transition, unmet: list[Unmet]) -> str | None:
    """Say what a move asks to be written; None if it asks nothing."""
    if move.action == "ask_unlock":
        return visit.t("为什么要反关账？", "Why should it be unlocked?")
    if move.action == "lock" and unmet:
        names = "、".join(f"{one.label.zh} {one.count}" for one in unmet)
        english = ", ".join(f"{one.label.en} {one.count}" for one in unmet)
        return visit.t(
            f"还有未完成的检查（{names}），仍要关账的原因：",
            f"Not done yet: {english}. Why is it locked all the same?",
        )
    return None


def history(run: PayRun) -> list[dict[str, str]]:
    """Return who moved the run, the latest first, with what they said."""
    words = {one.action: one.label for one in pay_run.TRANSITIONS}
    return [
        {
            "by": one.by_name,
            "at": show_instant(one.at, visit.zone()),
            "text": words[one.action].text(visit.language()),
            "remark": one.remark,
        }
        for one in signatures(visit.session(), run)
    ]
