"""Checks of postings: the figures of other registers that entries move."""

from collections import Counter
from collections.abc import Iterator

from models.register import (
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    TIME,
    Declaration,
)
from models.register_findings import (
    Codes,
    Finding,
    Reached,
    column_of,
    copied,
    matched,
    misfit,
    no_field,
    no_register,
    rule,
)
from models.words import Label

FIGURES = frozenset({INTEGER, DECIMAL, MONEY})
ORDERED = FIGURES | {DATE, TIME, INSTANT, DURATION}  # of which one is the greatest


@rule("R026")
def postings_find_figures(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A posting names a register, whose entry it means, and figures of it."""
    for posting in declared.postings:
        place = f"posting {posting.to}"
        target = codes.get(posting.to)
        if target is None:
            yield no_register(place, posting.to)
            continue
        yield from matched(codes, declared, target, posting.match, place)
        for name in posting.add:
            figure = column_of(target, name)
            if figure is None:
                yield no_field(place, name, target.code)
            elif figure.type not in FIGURES or not figure.read_only:
                yield Finding(
                    place,
                    Label(
                        f"{target.code}.{name} 须是只读的数字字段。",
                        f"{target.code}.{name} must be a read-only number.",
                    ),
                )
        for name, source in posting.latest.items():
            yield from _held(declared, target, name, source)
        if posting.create and not posting.add:
            yield Finding(
                place,
                Label(
                    "只记最近值，没有累加的数字，不能新建条目。",
                    "adds up no figure, so it cannot make the entry for one.",
                ),
            )


def _held(
    declared: Declaration, target: Declaration, name: str, source: str
) -> Iterator[Finding]:
    """Check that the latest of these entries' values can stand in a field there."""
    place = f"posting {target.code}"
    figure, own = column_of(target, name), column_of(declared, source)
    if figure is None:
        yield no_field(place, name, target.code)
    elif own is None:
        yield no_field(place, source, declared.code)
    elif own.type not in ORDERED or not figure.read_only:
        yield Finding(
            place,
            Label(
                f"{target.code}.{name} 须是只读的数字、日期或时间字段。",
                f"{target.code}.{name} must be a read-only number, date or time.",
            ),
        )
    elif own.places != figure.places:
        yield misfit(place, source, name)
    else:
        yield from copied(place, source, Reached(own), declared.code, Reached(figure))


@rule("R033")
def latest_has_one_source(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A field holds the latest of one posting's entries, or two would overwrite it."""
    held = Counter(
        name
        for other in codes.values()
        for posting in other.postings
        if posting.to == declared.code
        for name in (*posting.latest, *posting.add)
    )
    latest = {
        name
        for other in codes.values()
        for posting in other.postings
        if posting.to == declared.code
        for name in posting.latest
    }
    for name in sorted(latest):
        if held[name] > 1:
            yield Finding(
                name,
                Label(
                    "记最近值的字段只能有一个来源。",
                    "holds the latest of some entries and may be posted to only once.",
                ),
            )
