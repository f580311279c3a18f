"""Stanzas as the engine's own objects, before they are saved."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import time, timedelta
from typing import Any

from models import catalogue, checking
from models.duties import Duty
from models.measures import Measure
from models.register import TIME, Field
from models.rules.escalation import parse_step, steps_notation
from models.rules.how_long import Hours, HowLongError
from models.rules.how_long_notation import parse_how_long
from models.rules.pay import LineKind, PayRule, Scheme
from models.targets import SlaTarget
from seed.pay_stanzas import SchemeStanza
from seed.template_schema import DutyStanza, MeasureStanza, TargetStanza


def joined(codes: Iterable[str]) -> str:
    """Return clause codes as the tables keep them."""
    return " ".join(codes)


def warning(text: str | None) -> timedelta | None:
    """Return how long before the due instant is warned.

    Raises:
        HowLongError: It is no number of hours.
    """
    if text is None:
        return None
    length = parse_how_long(text)
    if not isinstance(length, Hours):
        raise HowLongError(
            "提前提醒请写小时，如 2h。", "Write the warning in hours, such as 2h."
        )
    return length.length


def target_values(stanza: TargetStanza) -> dict[str, Any]:
    """Return the columns of a target; HowLongError for its warning or its steps."""
    return {
        "name_zh": stanza.title.zh,
        "name_en": stanza.title.en,
        "register": stanza.register_,
        "condition": stanza.condition,
        "start_field": stanza.start or _state_field(stanza.register_),
        "stop_field": stanza.stop
        or _state_field(stanza.stop_register or stanza.register_),
        "stop_register": stanza.stop_register,
        "stop_via": stanza.stop_via,
        "start_states": " ".join(stanza.start_states),
        "stop_states": " ".join(stanza.stop_states),
        "pause_states": " ".join(stanza.pause_states),
        "how_long": stanza.how_long,
        "calendar": stanza.calendar,
        "hard": stanza.hard,
        "warn_before": warning(stanza.warn_before),
        "escalation": steps_notation([parse_step(one) for one in stanza.escalation]),
        "proposes": None
        if stanza.proposes is None
        else stanza.proposes.model_dump(by_alias=True),
        "responsible": stanza.responsible,
        "valid_from": stanza.valid_from,
        "enabled": stanza.enabled,
        "clauses": joined(stanza.clauses),
        "note": stanza.note,
    }


def _state_field(register: str) -> str:
    """Return the field that keeps a register's state; "" where it has no flow."""
    known = catalogue.current()
    flow = known[register].flow if register in known else None
    return flow.field if flow is not None else ""


def target_of(stanza: TargetStanza) -> SlaTarget:
    """Return a target that was never saved."""
    return SlaTarget(code=stanza.code, **target_values(stanza))


def measure_values(stanza: MeasureStanza) -> dict[str, Any]:
    """Return the columns of a measure."""
    return {
        "name_zh": stanza.title.zh,
        "name_en": stanza.title.en,
        "register": stanza.register_,
        "aggregate": stanza.aggregate,
        "field": stanza.field,
        "weight": stanza.weight,
        "condition": stanza.condition,
        "share_of": stanza.share_of,
        "date_field": stanza.date_field,
        "person_field": stanza.person_field,
        "whose": stanza.whose,
        "split": None
        if stanza.split is None
        else stanza.split.model_dump(by_alias=True, exclude_none=True),
        "target": stanza.target,
        "verdict": stanza.verdict,
        "unit": stanza.unit,
        "clause": joined(stanza.clauses),
    }


def duty_values(stanza: DutyStanza) -> dict[str, Any]:
    """Return the columns of a duty, but its posts; HowLongError for its reminder."""
    return {
        "name_zh": stanza.title.zh,
        "name_en": stanza.title.en,
        "measure": stanza.measure,
        "period": str(stanza.period),
        "at_least": stanza.at_least,
        "at_most": stanza.at_most,
        "times": stanza.times,
        "each_field": stanza.each_field,
        "each_least": stanza.each_least,
        "topics_field": stanza.topics_field,
        "topics": list(stanza.topics),
        "months": list(stanza.months),
        "for_each": None
        if stanza.for_each is None
        else stanza.for_each.model_dump(by_alias=True),
        "on_trips": stanza.on_trips,
        "calendar": stanza.calendar,
        "due": stanza.due,
        "remind_before": warning(stanza.remind_before),
        "valid_from": stanza.valid_from,
        "enabled": stanza.enabled,
        "clauses": joined(stanza.clauses),
        "note": stanza.note,
    }


def duty_of(stanza: DutyStanza) -> Duty:
    """Return a duty that was never saved, of nobody in particular."""
    return Duty(code=stanza.code, **duty_values(stanza))


def measure_of(stanza: MeasureStanza) -> Measure:
    """Return a measure that was never saved."""
    return Measure(code=stanza.code, **measure_values(stanza))


def scheme_of(stanza: SchemeStanza) -> Scheme:
    """Return a scheme as rules reckon with it; SchemeError if it cannot be."""
    rules = tuple(
        PayRule(
            one.code,
            one.title.label,
            LineKind(one.kind),
            one.formula,
            one.condition,
            one.cap,
            one.floor,
            joined(one.clauses),
        )
        for one in stanza.rules
    )
    rules += tuple(
        PayRule(
            one.code,
            one.title.label,
            LineKind.DEDUCTION,
            one.at_most,
            one.condition,
            clause=joined(one.clauses),
            limits=one.of,
            leaves=one.leaves,
        )
        for one in stanza.limits
    )
    return Scheme(stanza.code, 1, stanza.starts_on, stanza.ends_on, rules)


def row_value(one: Field, value: Any) -> Any:
    """Return what a template's row says for a field as the register takes it.

    A time of day is a text in YAML: "13:30". What the field refuses comes as a Label.
    """
    if one.type is TIME and isinstance(value, str):
        with suppress(ValueError):  # told by the field itself
            value = time.fromisoformat(value)
    return None if value is None else checking.clean(one, value)
