"""What an entry's page shows of its flow: the picture, the steps, what may be done."""

from typing import Any

from flask import url_for

from admin import visit
from admin.column_converters import show_instant
from admin.entry_lines import pill
from admin.flow_picture import draw
from models import flow_steps
from models.flow import Flow, Transition
from models.flow_steps import Open
from models.flow_table import FlowStep
from models.register import Declaration

Row = dict[str, Any]
OUTSIDE = "外部程序", "another program"


def shown(declared: Declaration, entry: Row) -> dict[str, Any] | None:
    """Return what register/entry_flow.html shows; None where there is no flow.

    `picture` is a `Picture`; `state` a Pill; `now` the words of the state; `steps` a
    list of {label, from, to, by, stead, at, comment}.
    """
    flow = declared.flow
    if flow is None:
        return None
    language, at = visit.language(), flow.state_of(entry)
    steps = flow_steps.steps_of(visit.session(), declared.code, entry["id"])
    moves = {(one.from_state, one.to_state) for one in steps}
    return {
        "picture": draw(flow, at, moves, language),
        "now": flow.state(at).label.text(language),
        "state": pill(declared.field(flow.field), at, language),
        "steps": [_step(flow, one) for one in steps],
    }


def _step(flow: Flow, taken: FlowStep) -> dict[str, Any]:
    language = visit.language()
    one = flow.transition(taken.transition or "")
    label = one.label.text(language) if one else taken.transition
    return {
        "label": label or visit.t(*OUTSIDE),
        "from": flow.state(taken.from_state).label.text(language),
        "to": flow.state(taken.to_state).label.text(language),
        "by": taken.by_name,
        "stead": taken.for_name,
        "at": show_instant(taken.at, visit.zone()),
        "comment": taken.comment,
    }


def opened(declared: Declaration, entry: Row) -> list[Open]:
    """Return the steps that the person may take on an entry."""
    if declared.flow is None:
        return []
    today = visit.now().astimezone(visit.zone()).date()
    return flow_steps.may_take(visit.session(), visit.person(), declared, entry, today)


def moves(declared: Declaration, entry: Row) -> list[dict[str, Any]]:
    """Return the buttons of an entry's page, one for each step that is open."""
    found = opened(declared, entry)
    forth = next((one for one in found if not one.transition.sends_back), None)
    return [_move(one, entry, primary=one is forth) for one in found]


def _move(one: Open, entry: Row, *, primary: bool) -> dict[str, Any]:
    step = one.transition
    label = step.label.text(visit.language())
    if one.stead is not None:
        label += visit.t(f"（代{one.stead.name}）", f" (for {one.stead.name})")
    url = url_for(".step_view", id=entry["id"], step=step.code)
    return {
        "label": label,
        "url": url,
        "form_url": url if needs_a_form(step) else None,
        "icon": "arrow-back-up" if step.sends_back else "check",
        "primary": primary,
        "confirm": None,
        "danger": False,
    }


def needs_a_form(step: Transition) -> bool:
    """Whether something is to be typed before the step can be taken."""
    return bool(step.asks or step.comment)
