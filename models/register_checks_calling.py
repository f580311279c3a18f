"""Checks of call lists: whom to call can be found, and what came of it kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.call_list import Asks, CallList, Round
from models.fields import CHOICE, INSTANT, PERSON
from models.register import Declaration
from models.register_checks_flow import may_be_set
from models.register_checks_formulas import asked, wants
from models.register_checks_handing import of_type
from models.register_findings import (
    Codes,
    Finding,
    column_of,
    no_field,
    no_register,
    rule,
)
from models.rules import formula as formulas
from models.words import Label

PLACE = "call_list"
MOST_RETRIES, MOST_MINUTES, MOST_DAYS, MOST_A_DAY = 20, 60 * 24 * 31, 366, 200


@rule("R093")
def calls_say_what_came_of_them(
    codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """A call has a time, a caller and an outcome whose options the list knows."""
    said = declared.call_list
    if said is None:
        return
    yield from of_type(declared, PLACE, said.at, INSTANT)
    yield from of_type(declared, PLACE, said.caller, PERSON)
    yield from of_type(declared, PLACE, said.outcome, CHOICE)
    if said.again_at is not None:
        yield from of_type(declared, PLACE, said.again_at, INSTANT)
    yield from _outcomes(declared, said.outcome, (*said.reached, *said.again))
    yield from _set(declared, said.closes)
    yield from _attempts(codes, declared, said)
    yield from _bounds(said)


def _outcomes(
    declared: Declaration, name: str, values: tuple[str, ...]
) -> Iterator[Finding]:
    one = column_of(declared, name)
    there = [it.value for it in one.options] if one else []
    for value in values:
        if one is not None and value not in there:
            yield Finding(
                PLACE,
                Label(
                    f"{declared.code}.{name} 没有选项“{value}”；有 "
                    f"{'、'.join(there) or '—'}。",
                    f"{declared.code}.{name} has no option “{value}”; there are "
                    f"{', '.join(there) or '—'}.",
                ),
            )


def _set(declared: Declaration, values: Mapping[str, Any]) -> Iterator[Finding]:
    for name, value in values.items():
        one = column_of(declared, name)
        if one is None:
            yield no_field(PLACE, name, declared.code)
        elif one.refers_to is not None or one.computed or not may_be_set(one, value):
            yield Finding(
                PLACE,
                Label(
                    f"{name} 不能设为“{value}”。", f"{name} cannot be set to “{value}”."
                ),
            )


def _attempts(codes: Codes, declared: Declaration, said: CallList) -> Iterator[Finding]:
    parts = said.attempts
    if parts is None:
        if said.again:
            yield Finding(
                PLACE,
                Label(
                    "写了 again 就要写 attempts，再拨记在那里。",
                    "with again says attempts too, where retries are kept.",
                ),
            )
        return
    there = codes.get(parts.register)
    if there is None:
        yield no_register(PLACE, parts.register)
        return
    whole = column_of(there, there.part_of or "")
    if whole is None or whole.refers_to != declared.code:
        yield Finding(
            PLACE,
            Label(
                f"{parts.register} 不是本登记表的组成部分（part_of）。",
                f"{parts.register} holds no parts (part_of) of this register.",
            ),
        )
    yield from of_type(there, PLACE, parts.at, INSTANT)
    yield from of_type(there, PLACE, parts.caller, PERSON)
    yield from of_type(there, PLACE, parts.outcome, CHOICE)
    if parts.again_at is not None:
        yield from of_type(there, PLACE, parts.again_at, INSTANT)
    yield from _outcomes(there, parts.outcome, (*said.reached, *said.again))


def _bounds(said: CallList) -> Iterator[Finding]:
    figures = [
        ("retries", said.retries, 0, MOST_RETRIES),
        ("a_day", said.a_day, 0, MOST_A_DAY),
        ("days", said.days, 1, MOST_DAYS),
        *(("again", one, 1, MOST_MINUTES) for one in said.again.values()),
        *(("days", one.days, 1, MOST_DAYS) for one in said.asks),
    ]
    if said.round is not None:
        figures.append(("rest", said.round.rest, 1, MOST_DAYS))
    for name, value, least, most in figures:
        if not least <= value <= most:
            yield Finding(
                PLACE,
                Label(
                    f"{name} 是 {value}，须在 {least} 到 {most} 之间。",
                    f"{name} is {value} and must be from {least} to {most}.",
                ),
            )


@rule("R094")
def callers_find_whom_to_call(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A call can be made of what asks for it, and refers to it."""
    said = declared.call_list
    for one in said.sources if said is not None else ():
        there = codes.get(one.register)
        if there is None:
            yield no_register(PLACE, one.register)
            continue
        via = column_of(declared, one.via)
        if via is None:
            yield no_field(PLACE, one.via, declared.code)
        elif via.refers_to != one.register:
            yield Finding(
                PLACE,
                Label(
                    f"{one.via} 里不是 {one.register} 的条目。",
                    f"{one.via} does not hold an entry of {one.register}.",
                ),
            )
        yield from of_type(there, PLACE, _moment(one), INSTANT)
        yield from _set(declared, one.sets)
        yield from _makes(there, declared, one)
        if one.when is not None:
            found = list(wants(codes, there, PLACE, one.when, formulas.YES_NO))
            yield from found or asked(codes, there, PLACE, one.when)


def _moment(one: Asks | Round) -> str:
    return one.at if isinstance(one, Asks) else one.last


def _makes(
    there: Declaration, declared: Declaration, one: Asks | Round
) -> Iterator[Finding]:
    made = {(it.target, it.via) for it in there.makes}
    if (declared.code, one.via) not in made:
        yield Finding(
            PLACE,
            Label(
                f"{there.code} 的 makes 里没有经 {one.via} 到本登记表的一项。",
                f"{there.code} has no makes of this register via {one.via}.",
            ),
        )
