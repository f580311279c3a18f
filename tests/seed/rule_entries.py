"""Cases made from a rule's numbers, for fields: entries saved, refused and judged.

What is tried is saved as people save it and taken back; the numbers come from the
rule's facts. Which case is made follows from the kind of the fields that cite the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from models import catalogue, computing, entries
from models.access import SYSTEM
from models.entry_errors import EntryRefusedError
from models.numbering import NumberCounter
from models.register import (
    CHOICE,
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    TIME,
    YES_NO,
    Declaration,
    Field,
    Option,
)
from seed.rule_facts import Amount, Params
from tests.company import NOON, ZONE, Company, writer
from tests.seed.made_entries import completed
from tests.seed.rule_cases import Case

NUMBERS = (INTEGER, DECIMAL, MONEY)
MOMENTS = (DATE, INSTANT)
UPPER = ("at_most", "within")
SPELLS = ("minutes", "hours", "days")
DAYS_OF_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Row = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """Where entries are tried; what they refer to is made once and stays."""

    company: Company
    made: dict[str, int] = field(default_factory=dict)

    def tried(self, code: str, *rows: Mapping[str, Any]) -> tuple[list[Row], list[str]]:
        """Return the entries as they are kept, or the fields that were refused.

        A value of Ellipsis stands for the entry before it.
        """
        declared = catalogue.current()[code]
        said = [completed(self.company, code, one, self.made) for one in rows]
        kept: list[Row] = []
        try:
            with self.company.database.write() as session:
                last: int | None = None
                for one in said:
                    values = {k: last if v is ... else v for k, v in one.items()}
                    last = entries.create(session, code, values, writer())
                    session.flush()
                    kept.append(entries.get(session, SYSTEM, code, last))
                session.rollback()
            return kept, []  # noqa: TRY300 - because what is refused comes below
        except EntryRefusedError as error:
            names = {one.name: one.message for one in declared.checks}
            told = [
                one.field or next((n for n, m in names.items() if m == one.label), "")
                for one in error.problems
            ]
            return [], told


def cases(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Yield what can be tried with the fields of a register that cite one rule."""
    yield from _verdicts(desk, declared, cited, params)
    yield from _chains(desk, declared, cited, params)
    yield from _bounds(desk, declared, cited, params)
    yield from _checks(desk, declared, cited, params)
    yield from _defaults(desk, declared, cited, params)
    yield from _numbers(desk, declared, cited, params)
    yield from _charges(desk, declared, cited, params)
    yield from _shares(desk, declared, cited, params)


def _limits(params: Params) -> Iterator[tuple[str, Amount]]:
    for name, amount in params.amounts:
        if name in ("at_least", "at_most", "exactly", "within"):
            yield name, amount
    if params.weekdays:
        yield "at_most", Amount(count=Decimal(len(params.weekdays)))


def _verdicts(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Judge entries at the limit and one step beyond by the computed fields."""
    verdicts = (YES_NO, CHOICE, DECIMAL) if params.counts_as else (YES_NO, CHOICE)
    judging = [one for one in cited if one.computed and one.type in verdicts]
    given = [one for one in cited if not one.is_given]
    if not judging:
        return
    for sense, amount in _limits(params):
        step = 1 if sense in UPPER else -1
        less = -step if amount.number >= step else 0
        for_inputs = [_inputs(given, params, amount, n) for n in (0, less, step)]
        if not for_inputs[0]:
            continue
        at, inside, beyond = (_judged(desk, declared, judging, v) for v in for_inputs)
        what = f"{declared.code} {sense} {amount.number} {amount.unit}"
        if not at == inside == beyond:  # else they judge something else
            yield Case(what, at == inside, at == beyond)


def _judged(
    desk: Desk, declared: Declaration, judging: Sequence[Field], said: Row
) -> list[Any]:
    kept = _kept(desk, declared, said)
    return [kept[one.name] for one in judging]


def _kept(desk: Desk, declared: Declaration, said: Row) -> Row:
    """Return an entry as it is kept; nothing of it may be refused."""
    kept, refused = desk.tried(declared.code, said)
    assert kept, (declared.code, said, refused)
    return kept[0]


def _inputs(given: Sequence[Field], params: Params, amount: Amount, more: int) -> Row:
    """Return what is typed so that the entry comes to the amount and some steps."""
    number = amount.number + more
    said: Row = {}
    moments = [one for one in given if one.type in MOMENTS]
    is_spell = amount.unit in SPELLS and len(moments) > 1
    for one in given:
        if one.type in NUMBERS and not is_spell:
            said[one.name] = number
        elif one.type is CHOICE:
            named = [two.value for two in one.options if two.value in params.choices]
            said |= {one.name: named[0]} if named else {}
        elif one.type is DURATION:
            said[one.name] = _length(amount, more)
    if is_spell:
        evening = timedelta(hours=6 if amount.unit == "days" else 0)
        end = NOON + _length(amount, more) + evening
        for one, at in zip(moments[:2], (NOON, end), strict=True):
            said[one.name] = at if one.type is INSTANT else at.astimezone(ZONE).date()
    named_only = all(one.type is CHOICE for one in given if one.name in said)
    return {} if named_only else said


def _length(amount: Amount, more: int) -> timedelta:
    """Return an amount of time; a step is a minute, of days a day."""
    length = timedelta(**{amount.unit: float(amount.number)})
    return length + more * timedelta(
        **{"days" if amount.unit == "days" else "minutes": 1}
    )


def _chains(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Let entries follow each other: as many as are allowed, and one more."""
    judging = [one for one in cited if one.computed]
    follows = [one for one in cited if one.refers_to == declared.code]
    if params.at_most is None or not judging or not follows:
        return
    limit = int(params.at_most.number)
    rows = [{}, *({follows[0].name: ...} for _ in range(limit))]
    kept, refused = desk.tried(declared.code, *rows)
    assert kept, (declared.code, refused)
    verdicts = [[one[two.name] for two in judging] for one in kept]
    alike = all(one == verdicts[0] for one in verdicts[:limit])
    yield Case(f"{declared.code} {limit} times", alike, verdicts[0] == verdicts[limit])


def _bounds(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Save a figure at its bound, and see the next one refused at that very field."""
    for one in cited:
        if one.is_given or one.type not in NUMBERS:
            continue
        for sense, amount in _limits(params):
            bound = one.maximum if sense in UPPER else one.minimum
            if not bound or amount.unit in SPELLS:
                continue
            beyond = amount.number + (1 if sense in UPPER else -1)
            _, at = desk.tried(declared.code, {one.name: amount.number})
            _, over = desk.tried(declared.code, {one.name: beyond})
            what = f"{declared.code}.{one.name} {sense} {amount.number}"
            yield Case(what, one.name not in at, one.name not in over)


def _checks(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Save two days so far apart, and see one day more refused by a check."""
    days = [one for one in cited if one.type is DATE and not one.is_given]
    names = {one.name for one in cited}
    checked = [one.name for one in declared.checks if {one.left, one.right} <= names]
    for _, amount in _limits(params):
        if len(days) < 2 or not checked or amount.unit not in ("days", "months"):
            continue
        first = date(2026, 3, 10)
        last = _moved(first, amount)
        at, over = (
            desk.tried(declared.code, {days[0].name: first, days[1].name: end})[1]
            for end in (last, last + timedelta(days=1))
        )
        what = f"{declared.code} {amount.number} {amount.unit}"
        yield Case(what, not at, not set(over) & {days[1].name, *checked})


def _moved(day: date, amount: Amount) -> date:
    if amount.unit == "days":
        return day + timedelta(days=int(amount.number))
    months = day.month - 1 + int(amount.number)
    return day.replace(year=day.year + months // 12, month=months % 12 + 1)


def _defaults(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Begin an entry with nothing said: it says what the rule says, and can differ."""
    hours = {time.fromisoformat(at) for at in chain(*params.open, *params.closed)}
    days = [DAYS_OF_WEEK[one - 1] for one in params.weekdays]
    for one in cited:
        if one.is_given or one.default is None or is_dataclass(one.default):
            continue  # what is taken from elsewhere is that register's matter
        if one.only_if is not None:
            continue
        expected: tuple[Any, ...] = ()
        other: Any = None
        if one.type is TIME and hours:
            expected, other = tuple(hours), time(23, 59)
        elif one.type is CHOICES and days:
            expected, other = (days,), days[:-1]
        if expected:
            begun, differs = (
                _kept(desk, declared, said)[one.name] in expected
                for said in ({}, {one.name: other})
            )
            yield Case(f"{declared.code}.{one.name} as it begins", begun, differs)


def _charges(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Reckon what a customer pays, choice by choice: what the rule says, and more."""
    for one in cited:
        if params.charge is None or one.computed is None or one.type is not MONEY:
            continue
        read = [declared.field(name) for name in _own(declared, one.computed)]
        typed = {each.name: 100 for each in read if each.type in NUMBERS}
        choice = next((each for each in read if each.type is CHOICE), None)
        rows = [
            typed | ({choice.name: each.value} if choice else {})
            for each in (choice.options if choice else [Option("", one.label)])
        ]
        paid = [_kept(desk, declared, row)[one.name] for row in rows]
        asked = params.charge.number
        what = f"{declared.code}.{one.name} {asked} yuan"
        yield Case(what, asked in paid, all(each == asked for each in paid))


def _shares(
    _desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Reckon the share of one amount alone: so much of it, nothing on top."""
    reckoned = [one.computed for one in cited if one.computed and one.type is MONEY]
    amounts = [one for one in cited if one.type is MONEY and not one.computed]
    for one in amounts if params.share is not None and reckoned else ():
        at, more = (_reckoned(declared, reckoned[0], one, n) for n in (100, 200))
        expected = params.share and params.share.number  # of a hundred yuan
        yield Case(f"{declared.code}.{one.name}", expected in at, expected in more)


def _reckoned(declared: Declaration, text: str, amount: Field, yuan: int) -> set[Any]:
    """Return what a formula comes to with one amount, whatever is chosen otherwise."""
    names = computing.names_of((text,))
    choice = next(
        (one for one in declared.fields if one.name in names and one.type is CHOICE),
        None,
    )
    found = set()
    for option in choice.options if choice else [Option("", amount.label)]:
        raw: dict[str, Any] = {amount.name: Decimal(yuan)}
        raw |= {choice.name: option.value} if choice else {}
        context = {
            name: computing.value_of(
                computing.unit_of_path(declared, name), raw.get(name), ZONE
            )
            for name in names
        }
        found.add(computing.number(text, context))
    return found


def _own(declared: Declaration, formula: str) -> list[str]:
    """Return the fields that people type and that a formula reads."""
    names = computing.names_of((formula,))
    return [
        one.name for one in declared.fields if one.name in names and not one.is_given
    ]


def _numbers(
    desk: Desk, declared: Declaration, cited: Sequence[Field], params: Params
) -> Iterator[Case]:
    """Number entries by the pattern, also when its serials are used up."""
    pattern = params.pattern
    if pattern is None or not any(one.name == "number" for one in cited):
        return
    width = pattern.count("N")
    kept, _ = desk.tried(declared.code, {})
    digits = "".join(one for one in kept[0]["number"] if one.isdecimal())
    local = NOON.astimezone(ZONE)
    begin = "".join(
        f"{local:{code}}"
        for letters, code in (("YYYY", "%Y"), ("YY", "%y"), ("MM", "%m"), ("DD", "%d"))
        if letters in pattern and (letters != "YY" or "YYYY" not in pattern)
    )
    after, refused = _used_up(desk, declared, width)
    yield Case(
        f"{declared.code} {pattern}",
        digits == f"{begin}{1:0{width}}" and after.endswith(f"{10**width}"),
        bool(refused),
    )


def _used_up(desk: Desk, declared: Declaration, width: int) -> tuple[str, list[str]]:
    """Return the number that follows the last one of so many digits."""
    company, code = desk.company, declared.code
    values = completed(company, code, {}, desk.made)
    number = ""
    try:
        with company.database.write() as session:
            entries.create(session, code, values, writer())
            counters = session.query(NumberCounter).filter_by(register=code).all()
            for one in counters:
                one.last = 10**width - 1
            session.flush()
            made = entries.create(session, code, values, writer())
            number = entries.get(session, SYSTEM, code, made)["number"]
            session.rollback()
        return number, []  # noqa: TRY300 - because what is refused comes below
    except EntryRefusedError as error:
        return "", [str(one.field) for one in error.problems]
