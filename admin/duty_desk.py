"""What the person owes in the periods that run today, for the desk."""

from typing import Any

from flask import url_for

from admin import clause_links, duty_matrix, duty_words, visit
from models import duty_lists
from models.duty_standing import Standing
from models.measures import Measure
from models.rules.duty_share import Verdict
from models.rules.periods import PeriodKind, period_at

SHOWN = 8


def owed() -> list[dict[str, Any]]:
    """Return what the person owes now, what is lacking first, as the desk shows it.

    Bounds from above are left out: nothing is to be done for them.
    """
    staff_id = visit.person().staff_id
    if staff_id is None:
        return []
    found = duty_lists.running(visit.session(), visit.now(), visit.zone(), [staff_id])
    owing = [
        one
        for some in found.values()
        for one in some
        if one.owed is not None and one.verdict is not Verdict.FREE
    ]
    if not owing:
        return []
    known = duty_matrix.known_duties([one.duty.code for one in owing])
    owing.sort(key=lambda one: (one.verdict is Verdict.MET, one.due_at))
    links = clause_links.links(one.duty.clauses for one in owing)
    return [
        _line(one, known[one.duty.code][1], links)
        for one in owing[:SHOWN]
        if one.duty.code in known
    ]


def _line(
    one: Standing, measure: Measure, links: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    t = visit.t
    due = duty_words.due(one)
    lacking = duty_words.lacking(one, measure)
    word = duty_words.word(one.verdict)
    month = period_at(PeriodKind.MONTH, visit.now(), visit.zone())
    return {
        "label": one.duty.label.text(visit.language()),
        "done": duty_words.amount(one.taken.figure, measure),
        "owed": duty_words.amount(one.owed, measure),
        "share": _share(one),
        "left": f"{word} · {lacking}" if lacking else word,
        "due": t(f"截至 {due}", f"by {due}"),
        "tone": duty_words.TONES[one.verdict],
        "url": url_for(
            "duties.one", code=one.duty.code, staff_id=one.owner.id, month=month.text
        ),
        "clause": clause_links.first(links, one.duty.clauses),
    }


def _share(one: Standing) -> int:
    """Return how much of it is done, in hundredths."""
    if not one.owed or one.taken.figure is None:
        return 0
    return min(int(100 * one.taken.figure / one.owed), 100)
