"""What a version of a pay scheme would have meant for a period; nothing is kept."""

from collections.abc import Callable
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.access import Action, Person, Rows
from models.pay_people import Payee, schemes_at
from models.pay_reading import SLIPS
from models.pay_reckoning import reckoned
from models.pay_tables import PayScheme
from models.pay_trial import copy_of
from models.rules.pay import LINE, Slip
from models.rules.periods import parse_period

Reckoned = list[tuple[Payee, Slip]]


def as_if(
    session: Session, wanted: PayScheme, period: str, zone: ZoneInfo
) -> tuple[Reckoned, Reckoned]:
    """Return the slips of a period as the rules are, and as if a version had held.

    It holds the whole period, whenever it begins and ends, in the place of all versions
    of its series. Both are reckoned from the entries of now.

    Raises:
        SchemeError: Lines of several schemes wait for each other.
    """
    span = parse_period(period)
    kept = schemes_at(session, span)
    series = (wanted.code, wanted.department_id)
    others = [one for one in kept if (one.code, one.department_id) != series]
    before = reckoned(session, period, zone, schemes=kept)
    stops = wanted.ends_on is not None and wanted.ends_on < wanted.starts_on
    held = [] if stops else [copy_of(wanted, starts_on=span.first, ends_on=None)]
    return before, reckoned(session, period, zone, schemes=[*others, *held])


class Whose(Protocol):
    """Somebody whose pay is about to be shown."""

    @property
    def staff_id(self) -> int:
        """Say who it is."""

    @property
    def department_id(self) -> int | None:
        """Say where they work."""


def reader(person: Person) -> Callable[[Whose], bool] | None:
    """Return what says whose pay a person may read; None if at most their own.

    For pay that is reckoned and not kept; of kept slips the database is asked.
    """
    rows = person.rows(SLIPS, Action.LIST)
    if rows <= Rows.OWN:
        return None
    return lambda one: (
        rows is Rows.ALL
        or one.staff_id == person.staff_id
        or one.department_id in person.departments
    )


def reaches_further(kept: PayScheme | None, wanted: PayScheme) -> bool:
    """Whether a version reads what the slips of the one before do not show.

    A name that no line has read yet, or a function that asks others: a formula made up
    to be tried would tell them to whoever may see some of the slips only.
    """
    was = {} if kept is None else _texts(kept)
    new = [rule for key, rule in _texts(wanted).items() if key not in was]
    known = {name for rule in was.values() for name in rule.reads}
    return any(
        rule.borrows
        or any(name not in known for name in rule.reads if not name.startswith(LINE))
        for rule in new
    )


def _texts(scheme: PayScheme) -> dict[tuple[Any, ...], Any]:
    """Return the rules of a scheme by what they say."""
    found = {}
    for row in scheme.rules:
        rule = row.rule()
        found[rule.code, *rule.parts] = rule
    return found
