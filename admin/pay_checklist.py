"""关账前检查: what is still missing before a run is closed, each with its list."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from admin import clause_links, filters, listing, visit
from admin.list_page import desk
from admin.listing import Desk, Wanted
from models import catalogue, pay_checks, preferences
from models.access import SYSTEM, Action
from models.pay_checks import PayCheck, Unmet
from models.words import PersonError


def checklist(period: str) -> list[dict[str, Any]]:
    """Return the lines of a period that the person can look into.

    Counted are the rows that the person's own list shows: somebody who may not open the
    register, or not see what is asked, has no such line.
    """
    settings = preferences.shown(visit.session())
    checks = pay_checks.declared(settings)
    clauses = clause_links.links(code for one in checks for code in one.clauses)
    lines = (_line(one, period, clauses) for one in checks)
    return [line for line in lines if line is not None]


def _line(
    check: PayCheck, period: str, clauses: dict[str, dict[str, Any]]
) -> dict[str, Any] | None:
    count = _count(visit.session(), check, period, desk())
    if count is None:
        return None
    conditions = check.conditions(period)
    return {
        "label": check.label.text(visit.language()),
        "count": count,
        "url": url_for("register.index_view", register=check.register, w=conditions),
        "clauses": [clauses[code] for code in check.clauses],
        "ok": count == "0",
        "blocks": check.blocks,
    }


def unmet(session: Session, period: str, zone: ZoneInfo, now: datetime) -> list[Unmet]:
    """Return the checks of a period whose lists are not empty, whoever may see them.

    A check that means nothing any more is left out.
    """
    found = []
    looking = Desk(SYSTEM, SYSTEM.language, zone, now)
    for check in pay_checks.declared(preferences.shown(session)):
        counted = _count(session, check, period, looking)
        if counted not in (None, "0"):
            found.append(Unmet(check.label, str(counted), check.blocks))
    return found


def _count(session: Session, check: PayCheck, period: str, looking: Desk) -> str | None:
    """Return how many entries a check finds; None if it means nothing any more."""
    known, person = catalogue.current(), looking.person
    if check.register not in known or not person.may(check.register, Action.LIST):
        return None
    declared = known[check.register]
    try:
        asked = filters.given(person, declared, check.conditions(period))
        wanted = Wanted(filters=tuple(asked))
        count, exact = listing.count(session, declared, wanted, looking)
    except PersonError:
        return None
    return f"{count:,}" if exact else f"{count:,}+"
