"""The slips of a period: every measure taken once, every line reckoned for everybody.

One line is reckoned for all who have it before the next one is, in one order over all
schemes, so that a line may rest on what others came to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import measure_batches, measures, pay_duties, pay_earlier
from models.call_people import Hours
from models.pay_inputs import MEASURE, OF_THE_PERIOD, attributes, rates_at, tables_at
from models.pay_people import Payee, Stretch, payees, schemes_at
from models.pay_tables import PayScheme
from models.pay_world import Place, Together, keyed
from models.rules import pay
from models.rules.formula import Content, Unit, Value
from models.rules.formula_units import EXACT
from models.rules.pay import Cell, Scheme, in_order
from models.rules.pay_items import Days
from models.rules.pay_rules import units_of_lines
from models.rules.periods import DateRange, parse_period


def reckoned(
    session: Session,
    period: str,
    zone: ZoneInfo,
    scope: int = 0,
    schemes: Sequence[PayScheme] | None = None,
) -> list[tuple[Payee, pay.Slip]]:
    """Return what everybody's slip of a period comes to now; nothing is written.

    Args:
        session: Any session; reading is enough.
        period: As `parse_period` reads it.
        zone: Where the period's days begin and end.
        scope: A department and what is below it; 0 is the company.
        schemes: To be reckoned by, in place of those kept; they need not be kept.
    """
    span = parse_period(period)
    people = payees(session, span, scope, schemes)
    return list(reckon(session, people, span, zone))


def reckon(
    session: Session, people: Sequence[Payee], span: DateRange, zone: ZoneInfo
) -> Iterable[tuple[Payee, pay.Slip]]:
    """Reckon each person's slip; every measure is taken once for all of them.

    Raises:
        SchemeError: Lines of several schemes wait for each other.
    """
    kept = {_key(one): one for one in schemes_at(session, span)}
    kept |= {_key(one.scheme): one.scheme for each in people for one in each.stretches}
    schemes = [one.scheme() for one in kept.values()]
    groups = {key: at for at, key in enumerate(kept)}
    names = [_names(one) for one in schemes]
    parts = [
        _Part(payee, stretch, groups[_key(stretch.scheme)], has_others)
        for payee in people
        for has_others in (len(payee.stretches) > 1,)
        for stretch in payee.stretches
    ]
    edited = rates_at(session, span) | tables_at(session, span)
    every = {name for some in names for name in some}
    inputs = _Inputs(edited, _taken(session, every, parts, span, zone), zone, span)
    places = [
        _place(part, key, schemes[part.group], inputs.of(part, names[part.group]), span)
        for part, key in zip(parts, _keys(parts), strict=True)
    ]
    units = units_of_lines(
        schemes, [inputs.units(some, places, at) for at, some in enumerate(names)]
    )
    hours = Hours(session)
    Together(
        places,
        units,
        lambda: pay_earlier.superiors(session),
        lambda name, back: pay_earlier.figures(session, span, name, back),
        hours.of,
    ).enter()
    _run(schemes, places)
    return _slips(people, schemes, places)


class _Part(NamedTuple):
    """One stretch of one person, and the place of its scheme."""

    payee: Payee
    stretch: Stretch
    group: int
    has_others: bool


def _key(scheme: PayScheme) -> tuple[str, int, int | None]:
    # By what tells versions apart: a scheme that is only tried has no id.
    return scheme.code, scheme.version, scheme.department_id


def _keys(parts: Sequence[_Part]) -> list[int]:
    """Return the key of each part in its group."""
    by_group: dict[int, Iterator[int]] = {}
    members: dict[int, list[int]] = defaultdict(list)
    for one in parts:
        members[one.group].append(one.payee.staff["id"])
    for group, ids in members.items():
        by_group[group] = keyed(ids)
    return [next(by_group[one.group]) for one in parts]


def _names(scheme: Scheme) -> frozenset[str]:
    """Return every name that a scheme reads or borrows."""
    return frozenset(
        name
        for rule in scheme.rules
        for name in (*rule.reads, *(lent for _, lent in rule.borrows))
    )


class _Taken(NamedTuple):
    """What is counted over a stretch of days: of each person, and of all others."""

    of: Mapping[int, Mapping[str, Value]]
    nothing: Mapping[str, Value]


_Spans = Mapping[tuple[date, date], _Taken]


def _taken(
    session: Session,
    names: Iterable[str],
    parts: Sequence[_Part],
    span: DateRange,
    zone: ZoneInfo,
) -> _Spans:
    """Take measures and duties of each stretch of days that anybody has."""
    wanted = measures.by_code(
        session,
        sorted(one.removeprefix(MEASURE) for one in names if one.startswith(MEASURE)),
    )
    nothing = {MEASURE + code: measures.nothing(one) for code, one in wanted.items()}
    people: dict[tuple[date, date], list[int]] = defaultdict(list)
    for one in parts:
        days = one.stretch.days
        people[days.first, days.end].append(one.payee.staff["id"])
    whole = (span.first, span.end)
    figures: dict[tuple[date, date], dict[int, dict[str, Value]]] = defaultdict(dict)
    if whole in people:
        figures[whole] = measure_batches.taken(session, wanted, span, zone)
    stretches = [
        (person, DateRange(*days))
        for days, ids in people.items()
        for person in ids
        if days != whole
    ]
    taken = measure_batches.taken_of(session, wanted, stretches, span, zone)
    for (person, days), own in zip(stretches, taken, strict=True):
        figures[days.first, days.end][person] = own
    found = {}
    for (first, end), ids in people.items():
        counted: dict[int, dict[str, Value]] = pay_duties.missed(
            session, names, DateRange(first, end), zone, ids
        )
        for person, own in figures[first, end].items():
            into = counted.setdefault(person, {})
            into |= {MEASURE + code: value for code, value in own.items()}
        found[first, end] = _Taken(counted, nothing)
    return found


class _Inputs(NamedTuple):
    """What formulas read that is no line."""

    edited: Mapping[str, Value]
    taken: _Spans
    zone: ZoneInfo
    span: DateRange

    def of(self, part: _Part, names: Iterable[str]) -> dict[str, Value]:
        """Return the values of the names that a person's scheme reads."""
        days = part.stretch.days
        taken = self.taken[days.first, days.end]
        own = taken.of.get(part.payee.staff["id"], {})
        values = {}
        for name in names:
            for some in (own, taken.nothing, self.edited):
                if name in some:
                    values[name] = some[name]
                    break
        values |= attributes(part.stretch.staff, self.zone, names)
        return values | _of_days(self.span, days)

    def units(
        self, names: Iterable[str], places: Sequence[Place], group: int
    ) -> Mapping[str, Unit]:
        """Return the units of what a group reads beside its lines."""
        first = next((one for one in places if one.group == group), None)
        if first is not None:
            return {name: value.unit for name, value in first.cell.values.items()}
        known = {name: one.unit for name, one in self.edited.items()}
        known |= OF_THE_PERIOD
        return {name: known[name] for name in names if name in known}


def _of_days(span: DateRange, days: DateRange) -> dict[str, Value]:
    whole, part = (Decimal((one.end - one.first).days) for one in (span, days))
    contents: tuple[Content, ...] = (
        whole,
        span.first,
        span.last,
        part,
        EXACT.divide(part, whole),
    )
    return {
        name: Value(content, unit)
        for (name, unit), content in zip(OF_THE_PERIOD.items(), contents, strict=True)
    }


def _place(
    part: _Part, key: int, scheme: Scheme, values: dict[str, Value], span: DateRange
) -> Place:
    days, staff = part.stretch.days, part.stretch.staff
    is_all = (days.first, days.end) == (span.first, span.end)
    shown = None if is_all else Days(days.first, days.last, part.has_others)
    return Place(
        staff["id"],
        staff["name"],
        part.group,
        key,
        days.first,
        days.last,
        staff["department"],
        Cell(scheme.rules, values, days=shown),
    )


def _run(schemes: Sequence[Scheme], places: Sequence[Place]) -> None:
    """Reckon line after line, each for all who have it."""
    members: dict[int, list[Cell]] = defaultdict(list)
    for one in places:
        members[one.group].append(one.cell)
    for group, rule in in_order([one.rules for one in schemes]):
        for cell in members[group]:
            cell.reckon(rule)


def _slips(
    people: Sequence[Payee], schemes: Sequence[Scheme], places: Sequence[Place]
) -> Iterator[tuple[Payee, pay.Slip]]:
    following = iter(places)
    for payee in people:
        own = [next(following) for _ in payee.stretches]
        scheme = schemes[own[-1].group]
        items = tuple(item for one in own for item in one.cell.declared)
        yield payee, pay.Slip(scheme.code, scheme.version, items)
