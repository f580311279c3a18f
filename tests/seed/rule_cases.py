"""Cases made from a rule's numbers, for objects that need no database.

Each case is a pair: what keeps the rule, and what breaks it by the least there is. The
numbers come from the rule's facts in the rulebook, never from the object that is tried.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from models import catalogue
from models.access import Action, Grant, Person, Rows
from models.duties import PLAIN_WEEK
from models.rules.business_calendar import BusinessCalendar
from models.rules.clock_standing import standing
from models.rules.deadlines import due_instant
from models.rules.duty_share import Verdict, verdict
from models.rules.formula import MONEY, NUMBER, UNITS, Value, parse
from models.rules.how_long import needed_field
from models.rules.how_long_notation import parse_how_long
from models.rules.pay import PayRule, calculate_slip
from models.rules.pay_lookup import read_table
from models.rules.periods import (
    DateRange,
    Period,
    PeriodKind,
    period_of,
    periods_in,
)
from seed.carriers import Carrier, CarrierKind
from seed.items import role_item
from seed.rule_facts import Deed, Params
from seed.scoped_items import calendar_item
from seed.stanza_objects import duty_of, scheme_of
from seed.template import Template
from seed.template_checks import names_of_pay
from seed.template_schema import DutyStanza
from tests.rules.team import Team
from tests.seed.rule_teams import ranked, with_one_below

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=ZONE)  # no holiday for weeks around
FIRST = datetime(2026, 3, 1, 10, 0, tzinfo=ZONE)
SAMPLE_YUAN = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Case:
    """Whether the object let pass what keeps the rule, and what breaks it."""

    what: str
    keeps: bool
    breaks: bool

    @property
    def is_right(self) -> bool:
        """Whether the object tells the two apart as the rule does."""
        return self.keeps and not self.breaks


@dataclass(frozen=True, slots=True)
class Edge:
    """A start with the last stop that is in time, and the first that is late."""

    start: datetime
    inside: datetime
    outside: datetime
    ahead_of: datetime  # what a promise before something is before


def calendar_of(template: Template, code: str) -> BusinessCalendar:
    """Return a calendar of a template, with the official days it would have."""
    [placed] = [one for one in template.calendars if one.stanza.code == code]
    said = calendar_item(placed.stanza).wanted
    names = ("name_zh", "name_en")
    return BusinessCalendar.from_object(
        {key: value for key, value in said.items() if key not in names}
    )


def promised(template: Template, carrier: Carrier, params: Params) -> Iterator[Case]:
    """Let a clock of a target start, and stop just in time and just too late."""
    target = carrier.stanza
    calendar = calendar_of(template, target.calendar)
    how_long = parse_how_long(target.how_long)
    field = needed_field(how_long)
    for edge in _edges(params, calendar):
        values = {} if field is None else {field: edge.ahead_of}
        due = due_instant(edge.start, how_long, calendar, values=values)
        yield Case(carrier.code, _met(due, edge.inside), _met(due, edge.outside))


def _met(due: datetime, stopped: datetime) -> bool:
    verdict = standing(
        due,
        None,
        met_at=stopped,
        breached_at=None,
        warned_at=None,
        settled_before=None,
    )
    return verdict.breached_at is None


def _edges(params: Params, calendar: BusinessCalendar) -> Iterator[Edge]:
    within, before, by = params.within, params.before, params.by
    if within is None and params.at_most is not None:
        within = params.at_most  # no longer than so many minutes
    later = TUESDAY + DAY
    if within is not None and within.unit in ("minutes", "hours"):
        last = TUESDAY + timedelta(**{within.unit: float(within.number)})
        yield Edge(TUESDAY, last - MINUTE, last + MINUTE, last)
    elif within is not None and within.unit == "days":
        start = TUESDAY
        while not calendar.is_workday((start + int(within.number) * DAY).date()):
            start += DAY
        last = _noon(start + int(within.number) * DAY)
        yield Edge(start, last, _noon(_next_workday(calendar, last)), last)
    if by is not None and by.time is not None:
        last = _at(TUESDAY, by.time)
        yield Edge(_at(TUESDAY, "00:00"), last - MINUTE, last + MINUTE, last)
    elif before is not None and before.unit in ("minutes", "hours"):
        last = later - timedelta(**{before.unit: float(before.number)})
        yield Edge(TUESDAY - DAY, last - MINUTE, last + MINUTE, later)
    if by is not None and by.day is not None:
        last = _noon(FIRST.replace(day=by.day))
        yield Edge(FIRST, last, _noon(_next_workday(calendar, last)), last)
    if by is not None and by.weekday is not None:
        last = _noon(TUESDAY + (by.weekday - TUESDAY.isoweekday()) * DAY)
        yield Edge(TUESDAY - DAY, last, last + DAY, last)


def _next_workday(calendar: BusinessCalendar, at: datetime) -> datetime:
    """Return the same time of the next workday: what is rolled is in time till then."""
    following = at + DAY
    while not calendar.is_workday(following.date()):
        following += DAY
    return following


def _noon(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(12), ZONE)


def owing(template: Template, carrier: Carrier, params: Params) -> Iterator[Case]:
    """Let somebody do what a duty asks, and the least that is not enough of it."""
    duty = carrier.stanza
    for name in ("at_least", "exactly"):
        amount = getattr(params, name)
        if amount is not None and amount.unit in ("count", "hours"):
            enough, short = (_judged(duty, amount.number - one) for one in (0, 1))
            yield Case(f"{carrier.code} {name}", enough, short)
    if params.at_most is not None and params.at_most.unit == "count":
        few, many = (_judged(duty, params.at_most.number + one) for one in (0, 1))
        yield Case(f"{carrier.code} at most", few, many)
    lengths = [
        one.number
        for one in (params.each, params.at_least)
        if one is not None and one.unit == "minutes"
    ]
    for least in lengths:
        found = duty.each_least or 0
        yield Case(f"{carrier.code} each", found <= least, found < least)
    if params.months:
        asked = [duty_of(duty).is_owed_in(one) for one in months_of(FIRST.year)]
        inside = all(asked[one - 1] for one in params.months)
        outside = sum(asked) > len(params.months)
        yield Case(f"{carrier.code} months", inside, outside)
    if duty.due is not None:
        yield from _in_time(template, carrier, params)


def _in_time(template: Template, carrier: Carrier, params: Params) -> Iterator[Case]:
    """Look until when what is done counts, from the first day of a period."""
    duty = carrier.stanza
    calendar = (
        PLAIN_WEEK if duty.calendar is None else calendar_of(template, duty.calendar)
    )
    for edge in _edges(params, calendar):
        period = period_of(PeriodKind(duty.period), edge.start.date())
        first, _ = period.instants(ZONE)
        due = due_instant(first, parse_how_long(duty.due), calendar)
        yield Case(carrier.code, edge.inside <= due, edge.outside <= due)


def months_of(year: int) -> list[Period]:
    """Return the months of a year."""
    whole = DateRange(date(year, 1, 1), date(year + 1, 1, 1))
    return list(periods_in(PeriodKind.MONTH, whole))


def _judged(duty: DutyStanza, figure: Decimal) -> bool:
    found = verdict(figure, duty.at_least, duty.at_most, is_over=True)
    return found in (Verdict.MET, Verdict.FREE)


def paid(template: Template, carrier: Carrier, params: Params) -> Iterator[Case]:
    """Reckon a line for a person-month that the rule says the result of."""
    scheme = scheme_of(carrier.stanza)
    code = carrier.code.partition(".")[2]
    [rule] = [one for one in scheme.rules if one.code == code]
    units = names_of_pay(template)
    read = _measures(rule, {one.code: one for one in scheme.rules})

    lent = {name for one in scheme.rules for _, name in parse(one.formula).borrowed}

    def line(said: Mapping[str, Decimal], world: Team | None = None) -> Decimal | None:
        names = {name for one in scheme.rules for name in one.reads}
        names |= {name for name in lent if name in units}
        inputs = _inputs(template, names, said)
        if world is None:
            world = with_one_below(lent, inputs, calculate_slip(scheme, inputs))
        slip = calculate_slip(scheme, inputs, world)
        [item] = [one for one in slip.items if one.rule.code == code]
        return item.amount

    for name in read:
        if units[name] == MONEY:
            yield from _money_cases(f"{carrier.code} {name}", params, name, line)
    if params.pays is not None:
        nothing, much = line({}), line(dict.fromkeys(read, SAMPLE_YUAN))
        result = params.pays.number
        yield Case(carrier.code, nothing == result, bool(read) and much == result)
    counts = [name for name in read if units[name] == NUMBER]
    if params.awards and counts:
        yield _award_case(carrier.code, params.awards, counts, line)
    for function, name in parse(rule.formula).borrowed:
        if function == "rank_award" and (params.awards or params.top):
            places = partial(ranked, name, units[name], lambda it: line({}, it))
            yield _rank_case(carrier.code, params, places)


def _measures(rule: PayRule, rules: Mapping[str, PayRule]) -> list[str]:
    """Return the measures that a line's formula reads, also through other lines."""
    found: list[str] = []
    for name in parse(rule.formula).every_name:
        head, _, code = name.partition(".")
        if head == "line":
            found += _measures(rules[code], rules)
        elif head == "measure":
            found.append(name)
    return list(dict.fromkeys(found))


def _rank_case(
    what: str, params: Params, places: Callable[[int], list[Decimal]]
) -> Case:
    """Rank one person more than there are awards: that one gets nothing."""
    *awarded, last = places((params.top or len(params.awards)) + 1)
    expected = list(params.awards) or awarded
    return Case(what, all(awarded) and awarded == expected, bool(last))


def _award_case(
    what: str,
    awards: Sequence[Decimal],
    counts: Sequence[str],
    line: Callable[[Mapping[str, Decimal]], Decimal | None],
) -> Case:
    """Reckon each award: by one figure that is the place, or by a count for each."""
    if len(counts) == len(awards):
        found = sorted((line({one: Decimal(1)}) or 0 for one in counts), reverse=True)
        return Case(what, found == list(awards), bool(line({})))
    places = [line({counts[0]: Decimal(n)}) for n in range(1, len(awards) + 2)]
    return Case(what, places[:-1] == list(awards), bool(places[-1]))


def _money_cases(
    what: str,
    params: Params,
    name: str,
    line: Callable[[Mapping[str, Decimal]], Decimal | None],
) -> Iterator[Case]:
    known: tuple[Decimal, Decimal] | None = None
    if params.share is not None:
        known = SAMPLE_YUAN, SAMPLE_YUAN * params.share.number / 100
    if params.of is not None and params.makes is not None:
        known = params.of.number, params.makes.number
    if known is not None:
        amount, result = known
        yield Case(
            what,
            line({name: amount}) == result and not line({}),
            line({name: amount + 1}) == result,
        )


def _inputs(
    template: Template, names: set[str], said: Mapping[str, Decimal]
) -> dict[str, Value]:
    """Return what a scheme reads: rates and tables as they are, else what is said."""
    units = names_of_pay(template)
    fixed = {
        f"rate.{one.stanza.code}": Value(one.stanza.value, UNITS[one.stanza.unit])
        for one in template.rates
    }
    for one in (placed.stanza for placed in template.tables):
        fixed[f"table.{one.code}"] = read_table(
            one.rows, UNITS[one.key], UNITS[one.unit]
        )

    def value(name: str) -> Value:
        unit = units[name]
        nothing = Decimal(0) if unit.is_quantity else None
        return fixed.get(name) or Value(said.get(name, nothing), unit)

    return {name: value(name) for name in names if not name.startswith("line.")}


def allowed(template: Template, _carrier: Carrier, params: Params) -> Iterator[Case]:
    """Let holders of roles do what the rule gives them, and what it keeps from them."""
    bundles = {one.stanza.code: one.stanza for one in template.bundles}
    people = {
        one.stanza.code: _holder(role_item(one.stanza, bundles).wanted)
        for one in template.roles
    }
    nobody = Person("")
    for deed in params.may:
        yield Case(_told(deed), _may(people[deed.role], deed), _may(nobody, deed))
    for deed in params.may_not:
        # Somebody may, or there is something to keep: else the ban would mean nothing.
        declared = catalogue.current()[deed.register_]
        others = (
            any(one.personal for one in declared.fields)
            if deed.action == "unmask"
            else any(_may(one, deed) for one in people.values())
        )
        yield Case(f"not {_told(deed)}", others, _may(people[deed.role], deed))


def _told(deed: Deed) -> str:
    return f"{deed.role} {deed.action} {deed.register_} {deed.rows}"


def _holder(wanted: Mapping[str, object]) -> Person:
    """Return who holds a role, with the grants that applying it would write."""
    grants = []
    for name, said in wanted.items():
        if name.startswith("grant ") and isinstance(said, dict):
            _, register, rows = name.split()
            grants.append(
                Grant(
                    register,
                    frozenset(Action(one) for one in said["actions"]),
                    Rows[rows.upper()],
                    unmasked=said["unmasked"],
                )
            )
    return Person("", grants=tuple(grants))


def _may(person: Person, deed: Deed) -> bool:
    if deed.action == "unmask":
        return person.is_unmasked(deed.register_)
    needed = Rows[deed.rows.upper()]
    return person.rows(deed.register_, Action(deed.action)) >= needed


def opened(template: Template, carrier: Carrier, params: Params) -> Iterator[Case]:
    """Look whether a calendar is open in the hours and on the days of the rule."""
    calendar = calendar_of(template, carrier.stanza.code)
    monday = _noon(TUESDAY - DAY)
    for opens, closes in params.open:
        first, last = _at(TUESDAY, opens), _at(TUESDAY, closes)
        inside = calendar.is_open(first) and calendar.is_open(last - MINUTE)
        outside = calendar.is_open(first - MINUTE) or calendar.is_open(last)
        yield Case(f"{carrier.code} {opens}-{closes}", inside, outside)
    for begins, ends in params.closed:
        first, last = _at(TUESDAY, begins), _at(TUESDAY, ends)
        around = calendar.is_open(first - MINUTE) and calendar.is_open(last)
        pause = calendar.is_open(first) or calendar.is_open(last - MINUTE)
        yield Case(f"{carrier.code} {begins}-{ends}", around, pause)
    if params.weekdays:
        week = {n + 1: calendar.is_workday((monday + n * DAY).date()) for n in range(7)}
        worked = all(week[one] for one in params.weekdays)
        rest = any(on for one, on in week.items() if one not in params.weekdays)
        yield Case(f"{carrier.code} {params.weekdays}", worked, rest)


def _at(day: datetime, clock: str) -> datetime:
    return datetime.combine(day.date(), time.fromisoformat(clock), ZONE)


def written(_template: Template, carrier: Carrier, params: Params) -> Iterator[Case]:
    """Look for the rule's numbers in a row that a template brings."""
    for name, amount in params.amounts:
        found = amount.number in carrier.figures
        more = amount.number + 1 in carrier.figures
        yield Case(f"{carrier.code} {name} {amount.number}", found, more)


Maker = Callable[[Template, Carrier, Params], Iterator[Case]]
MAKERS: Mapping[CarrierKind, Maker] = {
    CarrierKind.TARGET: promised,
    CarrierKind.OWED: owing,
    CarrierKind.PAY: paid,
    CarrierKind.RIGHT: allowed,
    CarrierKind.CALENDAR: opened,
    CarrierKind.ROW: written,
}
