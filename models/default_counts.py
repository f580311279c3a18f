"""Defaults that count: the calls of a day, the times a rule was broken in a year."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, and_, column, func, select, values
from sqlalchemy.orm import Session

from models import catalogue, references
from models.access import marked
from models.register import DATE, Count, Declaration, Field
from models.rules.periods import DateRange, months_later

# Each takes a parameter for its place, its two instants and every field it matches.
MOST_KEYS = 1_000
_ONE_DAY = timedelta(days=1)
Key = tuple[Any, ...]


def counted(
    session: Session,
    declared: Declaration,
    fields: Iterable[Field],
    row: Mapping[str, Any],
    zone: ZoneInfo,
) -> dict[str, int]:
    """Return by name those of some fields whose default counts, and can already."""
    found = {
        one.name: counts(session, declared, one.default, [row], zone)[0]
        for one in fields
        if isinstance(one.default, Count)
    }
    return {name: many for name, many in found.items() if many is not None}


def counts(
    session: Session,
    declared: Declaration,
    source: Count,
    rows: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
) -> list[int | None]:
    """Return for each row how many there are; None where a part of the key is empty."""
    months = () if source.within is None else (source.within,)
    paths = (*source.match.values(), *months, source.on[1])
    keys = [
        _asked(source, key) for key in references.values(session, declared, rows, paths)
    ]
    asked = list(dict.fromkeys(key for key in keys if key is not None))
    found: dict[Key, int] = {}
    for start in range(0, len(asked), MOST_KEYS):
        some = asked[start : start + MOST_KEYS]
        found.update(zip(some, _counted(session, source, some, zone), strict=True))
    return [None if key is None else found.get(key) for key in keys]


def _asked(source: Count, values: Key) -> Key | None:
    """Return the matched values and the days to count in; None where one is empty.

    The day before the first and the one after the last are days of the calendar, too.
    """
    if None in values or not date.min + _ONE_DAY < values[-1] < date.max - _ONE_DAY:
        return None
    day = values[-1]
    if source.within is None:
        return *values[:-1], DateRange(day, day + _ONE_DAY)
    *matched, months = values[:-1]
    try:
        first = months_later(day, -months) + _ONE_DAY
    except (ValueError, OverflowError):
        return None
    return *matched, DateRange(first, day + _ONE_DAY)


def _counted(
    session: Session, source: Count, keys: Sequence[Key], zone: ZoneInfo
) -> list[int]:
    """Count for all keys by one statement."""
    known = catalogue.current()
    target, table = known[source.register], known.table(source.register)

    def there(name: str) -> Any:
        return table.c["id" if name == "id" else target.field(name).column or name]

    at, matched = there(source.on[0]), [there(name) for name in source.match]
    is_dated = target.field(source.on[0]).type is DATE
    wanted = values(
        column("place", Integer),
        column("first", at.type),
        column("after", at.type),
        *(column(f"part_{place}", one.type) for place, one in enumerate(matched)),
        name="wanted",
    ).data(
        [
            (place, *_bounds(key[-1], zone, is_dated=is_dated), *key[:-1])
            for place, key in enumerate(keys)
        ]
    )
    asked = wanted.cte("asked")
    here = [at >= asked.c.first, at < asked.c.after, table.c.binned_at.is_(None)]
    here += [one == asked.c[f"part_{place}"] for place, one in enumerate(matched)]
    query = (
        select(asked.c.place, func.count().label("many"))
        .select_from(asked)
        .join(table, and_(*here))
        .group_by(asked.c.place)
    )
    rows = session.execute(marked(query, source.register))
    found = {row.place: int(row.many) for row in rows}
    return [found.get(place, 0) for place in range(len(keys))]


def _bounds(days: DateRange, zone: ZoneInfo, *, is_dated: bool) -> tuple[Any, Any]:
    return (days.first, days.end) if is_dated else days.instants(zone)
