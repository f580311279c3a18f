"""Steps of a flow taken over a list: many entries at once, all or none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from admin import visit
from admin.column_converters import read
from models import flow_steps
from models.entry_errors import NotAllowedError
from models.flow import Transition
from models.flow_steps import Take
from models.history import Writer
from models.register import CHOICES, DATE, WITHOUT_COLUMN, YES_NO, Declaration, Field

KIND = "step:"
# What one box of a dialog cannot take.
NOT_IN_A_BOX = WITHOUT_COLUMN | {CHOICES, YES_NO}


def is_step(name: str) -> bool:
    """Whether an action of a list is a step of the flow."""
    return name.startswith(KIND)


def offered(declared: Declaration, shown: Sequence[int]) -> list[dict[str, Any]]:
    """Return the list's actions for the steps that are open on some entry shown."""
    if declared.flow is None or not shown:
        return []
    today = visit.now().astimezone(visit.zone()).date()
    found = flow_steps.may_take_many(
        visit.session(), visit.person(), declared, shown, today
    )
    open_ = {one.transition.code for some in found.values() for one in some}
    return [
        _action(declared, one)
        for one in declared.flow.transitions
        if one.code in open_ and _fits(declared, one)
    ]


def _fits(declared: Declaration, one: Transition) -> bool:
    return all(declared.field(name).type not in NOT_IN_A_BOX for name in one.asks)


def _action(declared: Declaration, one: Transition) -> dict[str, Any]:
    label = one.label.text(visit.language())
    fields = [_box(declared.field(name)) for name in one.asks]
    if one.comment:
        said = visit.t("意见", "Comment")
        fields.append({"name": "comment", "label": said, "kind": "text"})
    return {
        "name": KIND + one.code,
        "label": label,
        "icon": "arrow-back-up" if one.sends_back else "check",
        # The page puts in how many are ticked.
        "confirm": visit.t(
            f"对所选的 {{count}} 条办理“{label}”？", f"“{label}” for {{count}} entries?"
        )
        if not fields
        else None,
        "danger": False,
        "fields": fields,
    }


def _box(one: Field) -> dict[str, Any]:
    kind = "picker" if one.refers_to else "choice" if one.options else "text"
    language = visit.language()
    return {
        "name": one.name,
        "label": one.label.text(language),
        "kind": "date" if one.type is DATE else kind,
        "choices": [[it.value, it.label.text(language)] for it in one.options],
        "picker_url": url_for(".ajax_lookup", name=one.name) if one.refers_to else None,
    }


def take(
    session: Session,
    declared: Declaration,
    ids: Sequence[int],
    name: str,
    writer: Writer,
) -> None:
    """Take the step that was chosen, with what its dialog gave.

    Raises:
        PersonError: It is not taken on any of them; naming the entries and why.
    """
    flow = flow_steps.flow_of(declared)
    step = flow.transition(name.removeprefix(KIND))
    if step is None:
        raise NotAllowedError
    typed = {one: request.form[one] for one in step.asks if one in request.form}
    values = {
        one: read(declared.field(one), text, visit.zone())
        for one, text in typed.items()
    }
    flow_steps.take_many(
        session,
        declared.code,
        [Take(one) for one in ids],
        step.code,
        replace(writer, origin="flow"),
        values=values,
        comment=request.form.get("comment", ""),
    )
