"""The entries behind a measure that somebody changed since a run was calculated.

Told are who, when, by which way and which fields, from what to what: from the history,
and for what other programs wrote and nobody took over yet from `entry_change`. Found
are entries that count for a person now, and those that counted when the run was
calculated and do so no more.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import access, catalogue, measures, references
from models.access import marked
from models.amid import among
from models.history import EVENTS, difference, from_plain, plain
from models.measures import Measure
from models.outside import CHANGES, OUTSIDE
from models.outside_values import NotedRows
from models.pay_inputs import STAFF_REGISTER
from models.pay_tables import PayRun
from models.register import Declaration
from models.rules.periods import DateRange

Cause = dict[str, Any]
# Beside every change, and none itself.
_BESIDE = frozenset({"version", "changed_at", "changed_by", "created_at", "created_by"})
_MOST_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one entry, by whichever way it was noticed."""

    entry_id: int
    at: datetime
    by: str
    origin: str
    action: str
    changes: dict[str, list[Any]]


def touched(
    session: Session,
    run: PayRun,
    measure: Measure,
    span: DateRange,
    zone: ZoneInfo,
    people: Sequence[int],
) -> dict[int, list[Cause]]:
    """Return {person: what was changed since the run was calculated, in order}."""
    declared = catalogue.current()[measure.register]
    events: dict[int, list[Event]] = defaultdict(list)
    for one in (*_told(session, run, declared), *_waiting(session, run, declared)):
        events[one.entry_id].append(one)
    if not events:
        return {}
    concerned = _now(session, measure, span, zone, people, events)
    for key, staff in _before(session, measure, span, zone, events).items():
        concerned[key] |= staff & set(people)
    numbers = references.labels(session, declared.code, concerned)
    found: dict[int, list[Cause]] = defaultdict(list)
    for key, staff in sorted(concerned.items()):
        for person in sorted(staff):
            found[person] += [
                _cause(declared, one, numbers.get(key, f"#{key}"))
                for one in events[key]
            ]
    return found


def _told(session: Session, run: PayRun, declared: Declaration) -> Iterable[Event]:
    """Yield what the history has of a register since a run was calculated."""
    query = select(
        EVENTS.c.entry_id,
        EVENTS.c.at,
        EVENTS.c.by_name,
        EVENTS.c.origin,
        EVENTS.c.action,
        EVENTS.c.changes,
    ).where(
        EVENTS.c.id > (run.read_to or 0),
        EVENTS.c.register == declared.code,
        # What another program wrote before was in the rows, if not yet in the history.
        or_(EVENTS.c.origin != "outside", EVENTS.c.at >= run.calculated_at),
    )
    for row in session.execute(query.order_by(EVENTS.c.id)):
        yield Event(*row)


def _waiting(session: Session, run: PayRun, declared: Declaration) -> Iterable[Event]:
    """Yield what other programs wrote since and is not in the history yet."""
    noted = NotedRows(declared)
    names = [one.name for one, _ in declared.columns]
    query = select(CHANGES).where(
        CHANGES.c.register == declared.code, CHANGES.c.at >= run.calculated_at
    )
    for row in session.execute(query.order_by(CHANGES.c.id)):
        before, after = noted.row(row.before), noted.row(row.after)
        changes = difference(before or {}, after or {}, names)
        yield Event(row.entry_id, row.at, OUTSIDE.name, "outside", row.what, changes)


def _now(
    session: Session,
    measure: Measure,
    span: DateRange,
    zone: ZoneInfo,
    people: Sequence[int],
    events: Iterable[int],
) -> dict[int, set[int]]:
    """Return {entry: people} of the touched entries that the measure counts now."""
    source = measures.source_of(measure, span, zone, access.SYSTEM)
    table = catalogue.current().table(measure.register)
    query = source.rows.where(
        among(table.c.id, events), among(source.person, people)
    ).with_only_columns(
        table.c.id, source.person.label("person"), maintain_column_froms=True
    )
    found: dict[int, set[int]] = defaultdict(set)
    for entry_id, person in session.execute(marked(query, *source.marks)):
        found[entry_id].add(person)
    return found


def _before(
    session: Session,
    measure: Measure,
    span: DateRange,
    zone: ZoneInfo,
    events: Mapping[int, list[Event]],
) -> dict[int, set[int]]:
    """Return {entry: people} of the touched entries that were of the period before.

    Their person and day are those now, with the changes since taken back.
    """
    if measure.person_field is None or measure.date_field is None:
        return {}
    names = [measure.person_field, measure.date_field]
    declared = catalogue.current()[measure.register]
    rows = references.fetch(session, measure.register, events, names)
    found: dict[int, set[int]] = {}
    for key, some in events.items():
        if some[0].action == "created":
            continue
        was = dict(rows.get(key, {}))
        for name in names:
            first = next((one for one in some if name in one.changes), None)
            if first is not None:
                was[name] = from_plain(declared.field(name), first.changes[name][0])
        person, at = was.get(names[0]), was.get(names[1])
        if person is not None and at is not None and _day(at, zone) in span:
            found[key] = {int(person)}
    return _superiors(session, found) if measure.whose == "superior" else found


def _day(at: datetime | date, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date() if isinstance(at, datetime) else at


def _superiors(session: Session, found: dict[int, set[int]]) -> dict[int, set[int]]:
    staff = {person for people in found.values() for person in people}
    rows = references.fetch(session, STAFF_REGISTER, staff, ["superior"])
    return {
        key: {
            rows[person]["superior"]
            for person in people
            if person in rows and rows[person]["superior"] is not None
        }
        for key, people in found.items()
    }


def _cause(declared: Declaration, one: Event, number: str) -> Cause:
    """Return a change as it is kept; personal data and secrets are left out."""
    shown = {
        name: values
        for name, values in one.changes.items()
        if name not in _BESIDE
        and declared.has(name)
        and not declared.field(name).personal
        and not declared.field(name).secret
    }
    return {
        "what": "entry",
        "register": declared.code,
        "entry_id": one.entry_id,
        "entry": number,
        "at": plain(one.at),
        "by": one.by,
        "origin": one.origin,
        "action": one.action,
        "fields": dict(list(shown.items())[:_MOST_FIELDS])
        if one.action != "created"
        else {},
    }
