"""What pay reads of duties: in how many periods a person missed one.

`duty.<code>` counts the periods that end within the period of pay and whose verdict is
that the duty was missed. Who was away owes nothing, and what was excused counts in
nothing. What is not due when the period of pay ends is not missed yet.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import duties, duty_lists
from models.rules.duty_share import Verdict
from models.rules.formula import NUMBER, Value
from models.rules.periods import DateRange
from models.words import Label

DUTY = "duty."


def missed(
    session: Session,
    names: Iterable[str],
    span: DateRange,
    zone: ZoneInfo,
    people: Sequence[int],
) -> dict[int, dict[str, Value]]:
    """Return {person: {name: how often}} for those of some names that are duties."""
    codes = _codes(names)
    if codes:
        codes &= duties.versions(session).keys()
    counted = {one: dict.fromkeys(sorted(codes), 0) for one in people}
    if codes:
        _, end = span.instants(zone)
        found = duty_lists.over(session, span, end, zone, codes=codes, only=people)
        for code, standings in found.items():
            for one in standings:
                if one.verdict is Verdict.MISSED and one.owner.id in counted:
                    counted[one.owner.id][code] += 1
    return {
        person: {DUTY + code: Value(Decimal(n), NUMBER) for code, n in some.items()}
        for person, some in counted.items()
    }


def labels(session: Session) -> dict[str, Label]:
    """Return what the number of times each duty was missed is called, by name."""
    return {
        DUTY + code: Label(
            f"未达标次数：{some[-1].label.zh}", f"Times missed: {some[-1].label.en}"
        )
        for code, some in duties.versions(session).items()
    }


def _codes(names: Iterable[str]) -> set[str]:
    return {one.removeprefix(DUTY) for one in names if one.startswith(DUTY)}
