"""The matrix of people and duties of a month, as far as somebody may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from admin import clause_links, duty_words, visit
from models import catalogue, duties, duty_lists, duty_people, duty_rights, references
from models.duties import Duty
from models.duty_people import Owner
from models.duty_standing import Standing
from models.measures import Measure
from models.rules.duty_share import Verdict
from models.rules.periods import DateRange, Period

MOST_PEOPLE = 200  # of one page
DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person may see of a month: the duties, the people, how they stand."""

    month: Period
    duties: Mapping[str, tuple[Duty, Measure]]
    people: Sequence[Owner]
    cells: Mapping[tuple[int, str], Sequence[Standing]]
    departments: Sequence[tuple[int, str]]  # that may be chosen
    has_more: bool


def known_duties(codes: Sequence[str] | None = None) -> dict[str, tuple[Duty, Measure]]:
    """Return the newest version of each duty whose register is there."""
    session = visit.session()
    found = duties.versions(session)
    measures = {one.code: one for one in session.scalars(select(Measure))}
    return {
        code: (some[-1], measures[some[-1].measure])
        for code, some in found.items()
        if (codes is None or code in codes)
        and some[-1].measure in measures
        and measures[some[-1].measure].register in catalogue.current()
    }


def visible_owners(span: DateRange, registers: set[str]) -> list[Owner]:
    """Return the people of whom one may see a duty of some register."""
    person = visit.person()
    return [
        one
        for one in duty_people.owners(visit.session(), span)
        if any(duty_rights.may_see(person, one, it) for it in registers)
    ]


def seen(month: Period, department: int | None) -> Seen:
    """Return what the person may see of a month, of one department or of all."""
    known = known_duties()
    registers = {measure.register for _, measure in known.values()}
    everybody = visible_owners(month, registers)
    places = sorted({one.department_id for one in everybody if one.department_id})
    names = references.labels(visit.session(), DEPARTMENT, places)
    some = [
        one
        for one in everybody
        if department is None or one.department_id == department
    ]
    shown = some[:MOST_PEOPLE]
    cells = _cells(month, known, shown)
    return Seen(
        month,
        {code: it for code, it in known.items() if any(code == c for _, c in cells)},
        [one for one in shown if any(one.id == p for p, _ in cells)],
        cells,
        [(one, names.get(one, f"#{one}")) for one in places],
        len(some) > len(shown),
    )


def _cells(
    month: Period,
    known: Mapping[str, tuple[Duty, Measure]],
    people: Sequence[Owner],
) -> dict[tuple[int, str], list[Standing]]:
    found = duty_lists.over(
        visit.session(),
        month,
        visit.now(),
        visit.zone(),
        codes=known,
        only=[one.id for one in people],
    )
    person = visit.person()
    cells: dict[tuple[int, str], list[Standing]] = {}
    for code, some in found.items():
        register = known[code][1].register
        for one in some:
            if duty_rights.may_see(person, one.owner, register):
                cells.setdefault((one.owner.id, code), []).append(one)
    return cells


def drawn(found: Seen) -> dict[str, Any]:
    """Return heads and rows as duty/matrix.html takes them."""
    language = visit.language()
    links = clause_links.links(duty.clauses for duty, _ in found.duties.values())
    posts = references.labels(
        visit.session(), "post", {one.post_id for one in found.people if one.post_id}
    )
    return {
        "heads": [
            {
                "label": duty.label.text(language),
                "asked": duty_words.asked(duty, measure),
                "clause": clause_links.first(links, duty.clauses),
            }
            for duty, measure in found.duties.values()
        ],
        "rows": [
            {
                "name": one.name,
                "post": posts.get(one.post_id or 0, ""),
                "cells": [
                    _cell(found, one, code, duty.label.text(language), measure)
                    for code, (duty, measure) in found.duties.items()
                ],
            }
            for one in found.people
        ],
        "counts": _counts(found),
    }


def _cell(
    found: Seen, one: Owner, code: str, label: str, measure: Measure
) -> dict[str, Any] | None:
    some = found.cells.get((one.id, code))
    if not some:
        return None
    verdict = duty_words.together(some)
    lacks = duty_words.lacking(some[0], measure) if len(some) == 1 else ""
    if any(it.explained_at is not None for it in some):
        lacks = visit.t("已有说明，待答复", "explained, waits for an answer")
    return {
        "label": label,
        "text": duty_words.done(some, measure),
        "tone": duty_words.TONES[verdict],
        "word": duty_words.word(verdict),
        "small": lacks,
        "url": url_for(
            "duties.one", code=code, staff_id=one.id, month=found.month.text
        ),
    }


def _counts(found: Seen) -> list[dict[str, Any]]:
    """Return how many cells came to each verdict."""
    verdicts = [duty_words.together(some) for some in found.cells.values()]
    counts = {one: verdicts.count(one) for one in verdicts}
    shown = [Verdict.MISSED, Verdict.BEHIND, Verdict.MET]
    if Verdict.EXCUSED in counts:
        shown.append(Verdict.EXCUSED)
    return [
        {
            "label": duty_words.word(one),
            "tone": duty_words.TONES[one],
            "value": counts.get(one, 0),
        }
        for one in shown
    ]
