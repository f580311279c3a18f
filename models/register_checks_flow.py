"""Checks of flows: states that lead somewhere, steps that somebody can take."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from models import checking
from models.fields import CHOICE, CHOICES, LONG_TEXT, TEXT, Field, From, Given
from models.flow import Flow, Said, Transition, Who, WhoKind
from models.register import Declaration
from models.register_checks_formulas import asked, wants
from models.register_checks_values import given_fits
from models.register_findings import (
    Codes,
    Finding,
    Reached,
    column_of,
    copied,
    no_field,
    own_field,
    rule,
)
from models.rules import formula as formulas
from models.words import Label

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
# The rights on a row that a step may ask for: who only looks moves nothing.
RIGHTS = frozenset({"change", "approve", "delete"})
SETTABLE = frozenset({Given.NOW, Given.TODAY, Given.ME})


def _flow(declared: Declaration) -> Flow | None:
    """Return the flow of a register if it is whole enough to be looked into."""
    flow = declared.flow
    return flow if flow is not None and flow.states else None


@rule("R060")
def state_has_a_field(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """The states are those of one of the register's own choice fields."""
    flow = declared.flow
    if flow is None:
        return
    place = "flow"
    if not flow.states:
        yield Finding(
            place, Label("没有任何环节。", "has no states; give at least two.")
        )
        return
    kept = next((one for one in declared.fields if one.name == flow.field), None)
    if kept is None:
        yield no_field(place, flow.field, declared.code)
    elif kept.type is not CHOICE:
        yield Finding(
            place,
            Label(
                f"{flow.field} 须是单选字段。", f"{flow.field} must be a choice field."
            ),
        )
    elif [one.value for one in kept.options] != [one.code for one in flow.states]:
        yield Finding(
            place,
            Label(
                f"{flow.field} 的选项与流程的环节不一致；可不写选项。",
                f"the options of {flow.field} are not the flow's states; leave them "
                "out.",
            ),
        )
    elif kept.default != flow.first:
        yield Finding(
            place,
            Label(
                f"{flow.field} 的默认值须是第一个环节 {flow.first}。",
                f"{flow.field} must begin as the first state, {flow.first}.",
            ),
        )


@rule("R061")
def codes_are_said_once(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """States and steps have codes of small letters, each said once."""
    flow = declared.flow
    if flow is None:
        return
    for codes in (
        [one.code for one in flow.states],
        [one.code for one in flow.transitions],
    ):
        for code, count in Counter(codes).items():
            if count > 1 or not CODE.fullmatch(code):
                yield Finding(
                    f"flow.{code}",
                    Label(
                        "代号须由小写字母、数字、下划线组成，且不能重复。",
                        "a code is of small letters, figures and underscores, and "
                        "said once.",
                    ),
                )


@rule("R062")
def steps_join_states(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A step leads from states that there are to another one."""
    flow = _flow(declared)
    known = [one.code for one in flow.states] if flow else []
    for one in flow.transitions if flow else ():
        wrong = [name for name in (*one.sources, one.to) if name not in known]
        if wrong or not one.sources:
            said = ", ".join(wrong) or "—"
            yield Finding(
                f"flow.{one.code}",
                Label(
                    f"没有环节“{said}”，可用：{'、'.join(known)}。",
                    f"there is no state “{said}”; there are {', '.join(known)}.",
                ),
            )
        elif one.to in one.sources:
            yield Finding(
                f"flow.{one.code}",
                Label(
                    f"从 {one.to} 又回到 {one.to}，什么也没有改变。",
                    f"leads from {one.to} to itself and moves nothing.",
                ),
            )


def _beyond(flow: Flow, begun: Iterable[str]) -> set[str]:
    """Return the states that can be reached from some states, those among them."""
    found, fresh = set(begun), set(begun)
    while fresh:
        fresh = {one.to for one in flow.transitions if fresh & set(one.sources)} - found
        found |= fresh
    return found


@rule("R063")
def every_state_is_reached(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """No state is there in vain."""
    flow = _flow(declared)
    if flow is None:
        return
    reached = _beyond(flow, [flow.first])
    for one in flow.states:
        if one.code not in reached:
            yield Finding(
                f"flow.{one.code}",
                Label(
                    "从第一个环节出发到不了这里。",
                    "no steps lead here from the first state.",
                ),
            )


@rule("R064")
def only_final_states_end(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """From every state a final one is reached; a final one is only taken back."""
    flow = _flow(declared)
    if flow is None:
        return
    final = {one.code for one in flow.states if one.final}
    for one in flow.states:
        leaves = any(
            one.code in each.sources and not each.sends_back
            for each in flow.transitions
        )
        if one.final and leaves:
            yield Finding(
                f"flow.{one.code}",
                Label(
                    "是最后的环节，却还有下一步；只能退回。",
                    "is final and yet leads on; it may only be sent back.",
                ),
            )
        elif not one.final and not _beyond(flow, [one.code]) & final:
            yield Finding(
                f"flow.{one.code}",
                Label(
                    "从这里到不了任何最后的环节。",
                    "is not final, and no final state is reached from it.",
                ),
            )


@rule("R065")
def somebody_takes_each_step(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Each step says who takes it, by what is there."""
    flow = declared.flow
    for one in flow.transitions if flow else ():
        place = f"flow.{one.code}"
        if not one.allowed:
            yield Finding(
                place,
                Label("没有写谁可以办理。", "does not say who may take it."),
            )
        for who in one.allowed:
            yield from _who(declared, place, who)


def _who(declared: Declaration, place: str, who: Who) -> Iterator[Finding]:
    if who.kind is WhoKind.RIGHT:
        if who.of not in RIGHTS or (who.on is not None and "." not in who.on):
            yield Finding(
                place,
                Label(
                    f"权限“{who.on or who.of}”不可用：可写 "
                    f"{'、'.join(sorted(RIGHTS))}，另立的权限名中须有点号。",
                    f"the right “{who.on or who.of}” cannot be asked for; there are "
                    f"{', '.join(sorted(RIGHTS))}, and a right of its own has a dot.",
                ),
            )
    elif who.kind is WhoKind.POST:
        if not who.of:
            yield Finding(place, Label("没有写岗位名称。", "does not name a post."))
    else:
        target = "department" if who.kind is WhoKind.MANAGER else "staff"
        one = column_of(declared, who.of)
        if one is None:
            yield no_field(place, who.of, declared.code)
        elif one.refers_to != target:
            yield Finding(
                place,
                Label(
                    f"{who.of} 里不是{'部门' if target == 'department' else '人员'}。",
                    f"{who.of} does not hold a {target} entry.",
                ),
            )


@rule("R066")
def conditions_of_steps_hold(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A step's condition is one, and the database can be asked for it."""
    flow = declared.flow
    for one in flow.transitions if flow else ():
        if one.when is not None:
            place = f"flow.{one.code}"
            yield from wants(codes, declared, place, one.when, formulas.YES_NO)
            yield from asked(codes, declared, place, one.when)


@rule("R067")
def asked_fields_can_be_filled(
    _codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """What a step asks for is a field that people fill in."""
    flow = declared.flow
    for one in flow.transitions if flow else ():
        for name in one.asks:
            place = f"flow.{one.code}"
            field = own_field(declared, name)
            if field is None:
                yield no_field(place, name, declared.code)
            elif name == flow_field(declared) or field.computed or name in one.sets:
                yield _not_asked(place, name)


def flow_field(declared: Declaration) -> str | None:
    """Return the field in which a register's states are kept."""
    return declared.flow.field if declared.flow else None


def _not_asked(place: str, name: str) -> Finding:
    return Finding(
        place,
        Label(
            f"{name} 由系统填写，不能在办理时要求填写。",
            f"{name} is filled by the panel and cannot be asked for.",
        ),
    )


@rule("R068")
def set_values_fit(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """What a step sets is a field of its own kind."""
    flow = declared.flow
    for one in flow.transitions if flow else ():
        for name, value in one.sets.items():
            yield from _set(declared, one, name, value)


def _set(
    declared: Declaration, one: Transition, name: str, value: Any
) -> Iterator[Finding]:
    place = f"flow.{one.code}"
    field = column_of(declared, name)
    if field is None:
        yield no_field(place, name, declared.code)
    elif name == flow_field(declared) or field.computed or name == "number":
        yield Finding(
            place,
            Label(f"{name} 不能由办理步骤填写。", f"{name} is not for a step to set."),
        )
    elif isinstance(value, From):
        source = column_of(declared, value.path)
        reached = Reached(source) if source else None
        yield from copied(place, value.path, reached, declared.code, Reached(field))
    elif not may_be_set(field, value):
        yield Finding(
            place,
            Label(
                f"{name} 不能是“{getattr(value, 'value', value)}”。",
                f"{name} cannot be “{getattr(value, 'value', value)}”.",
            ),
        )


def may_be_set(field: Field, value: Any) -> bool:
    """Whether a value, or what gives one, may be filled into a field by itself."""
    if value is None:
        return not field.required
    if isinstance(value, Said):
        return field.type in (TEXT, LONG_TEXT)
    if isinstance(value, Given):
        return value in SETTABLE and given_fits(field, value)
    many: Collection[Any] | Any = list(value) if field.type is CHOICES else value
    return not isinstance(checking.clean(field, many), Label)


@rule("R069")
def back_is_a_way_forth_again(
    _codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """What is sent back can come again, and sending back is no approval."""
    flow = _flow(declared)
    if flow is None:
        return
    for one in flow.transitions:
        comes_again = set(one.sources) <= _beyond(flow, [one.to])
        if one.sends_back and (one.approves or not comes_again):
            yield Finding(
                f"flow.{one.code}",
                Label(
                    "退回之后应能再次提交，且退回不算通过。",
                    "what is sent back must be able to come again; and sending back "
                    "is no approval.",
                ),
            )
