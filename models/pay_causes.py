"""Why a locked line comes out otherwise: which figures moved, who changed what entry.

A cause is kept as it is found, for a page or the command line to say: a figure (of a
measure, a rate, a person's field) or a formula with what it was and what it is, and
every entry behind a measure that somebody changed since the run was calculated.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import measures, pay_inputs, pay_item_words
from models.pay_differences import Again, Key
from models.pay_inputs import MEASURE
from models.pay_run_tables import PayDifference
from models.pay_tables import PayItemRow, PaySlip
from models.pay_touched import touched
from models.rules.pay import LINE, PayItem
from models.rules.periods import parse_period

Cause = dict[str, Any]
MOST = 20
"""Causes that are kept of one difference; of the others, how many there are."""


@dataclass(slots=True)
class Found:
    """What is found of one difference, before the entries behind it are looked up."""

    difference: PayDifference
    causes: list[Cause] = field(default_factory=list)
    measures: set[str] = field(default_factory=set)


def explain(session: Session, again: Again, zone: ZoneInfo) -> None:
    """Write into each difference of a period what it comes from."""
    if not again.found:
        return
    people = sorted({one.staff_id for one in again.found})
    locked = _locked_items(session, again.run.id, people)
    traced = [_traced(one, locked, again.items) for one in again.found]
    names = {cause["name"] for one in traced for cause in one.causes if "name" in cause}
    labels = pay_inputs.labels_of(session, names)
    by_code = measures.by_code(session, sorted(_known(session, traced)))
    span = parse_period(again.run.period)
    entries: dict[str, dict[int, list[Cause]]] = {
        code: touched(session, again.run, measure, span, zone, people)
        for code, measure in by_code.items()
    }
    for one in traced:
        for cause in one.causes:
            label = labels.get(cause.get("name", ""))
            if label is not None:
                cause |= {"zh": label.zh, "en": label.en}
        staff_id = one.difference.staff_id
        behind = [
            cause
            for code in sorted(one.measures & entries.keys())
            for cause in entries[code].get(staff_id, ())
        ]
        every = _without_repeats([*one.causes, *behind])
        one.difference.causes = every[:MOST]
        one.difference.more_causes = max(len(every) - MOST, 0)


def _known(session: Session, traced: Iterable[Found]) -> set[str]:
    """Return the codes of the measures that still exist."""
    codes = {code for one in traced for code in one.measures}
    query = select(measures.Measure.code).where(measures.Measure.code.in_(codes))
    return set(session.scalars(query)) if codes else set()


def _locked_items(
    session: Session, run_id: int, people: Iterable[int]
) -> dict[Key, PayItemRow]:
    query = (
        select(PaySlip.staff_id, PayItemRow)
        .join(PayItemRow, PayItemRow.slip_id == PaySlip.id)
        .where(
            PaySlip.run_id == run_id,
            PaySlip.staff_id.in_(people),
            PayItemRow.of_period.is_(None),
        )
    )
    return {(staff, item.code): item for staff, item in session.execute(query)}


def _traced(
    one: PayDifference, locked: Mapping[Key, PayItemRow], now: Mapping[Key, PayItem]
) -> Found:
    """Follow a line down to the figures that moved."""
    found = Found(one)
    waiting, seen = [one.code], set()
    while waiting:
        code = waiting.pop(0)
        if code in seen:
            continue
        seen.add(code)
        key = (one.staff_id, code)
        for cause in _moved(locked.get(key), now.get(key)):
            name = cause.get("name", "")
            if name.startswith(LINE):
                # Of a stretch, the line of the same stretch.
                _, point, days = code.partition(".")
                waiting.append(f"{name.removeprefix(LINE)}{point}{days}")
                continue
            found.causes.append(cause)
            if name.startswith(MEASURE):
                found.measures.add(name.removeprefix(MEASURE))
    return found


def _moved(before: PayItemRow | None, now: PayItem | None) -> Iterator[Cause]:
    """Yield the formula and the inputs of one line that are not what they were."""
    formula = (before.formula if before else "", now.formula if now else "")
    if formula[0] != formula[1]:
        yield {"what": "formula", "old": formula[0], "new": formula[1]}
    was = pay_item_words.in_both(before) if before else {}
    is_now = {
        name: {"zh": value.text("zh"), "en": value.text("en")}
        for name, value in (now.inputs if now else {}).items()
    }
    for name in dict.fromkeys([*was, *is_now]):
        old, new = was.get(name), is_now.get(name)
        if old != new:
            yield {"what": "figure", "name": name, "old": old, "new": new}


def _without_repeats(causes: Iterable[Cause]) -> list[Cause]:
    found: list[Cause] = []
    for one in causes:
        if one not in found:
            found.append(one)
    return found
