"""How far a person is with the duties that count the calls of a list."""

from typing import Any

from flask import url_for

from admin import duty_matrix, duty_words, visit
from models import duty_lists
from models.register import Declaration
from models.rules.periods import PeriodKind, period_at


def of(declared: Declaration, staff_id: int) -> list[dict[str, Any]]:
    """Return what a person owes of these calls in the periods that run, and has done.

    Bounds from above are left out: they are not worked towards.
    """
    said = declared.call_list
    if said is None:
        return []
    found = duty_lists.running(visit.session(), visit.now(), visit.zone(), [staff_id])
    known = duty_matrix.known_duties(list(found))
    month = period_at(PeriodKind.MONTH, visit.now(), visit.zone())
    return [
        {
            "label": one.duty.label.text(visit.language()),
            "done": duty_words.amount(one.taken.figure, known[code][1]),
            "owed": duty_words.amount(one.owed, known[code][1]),
            "share": min(int(100 * (one.taken.figure or 0) / one.owed), 100),
            "tone": duty_words.TONES[one.verdict],
            "url": url_for(
                "duties.one", code=code, staff_id=staff_id, month=month.text
            ),
        }
        for code, some in found.items()
        for one in some
        if code in known
        and known[code][1].register == declared.code
        and known[code][1].person_field == said.caller
        and known[code][1].date_field == said.at
        and one.owed
    ]
