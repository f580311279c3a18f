"""The limit of a month's pay: its measures by the database's driver, and nothing else.

One statement for each, as somebody would write it by hand; the figures are fetched.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import make_url

from admin.bench.questions import Questions
from admin.bench.side import Answer, Side
from models.rules.periods import parse_period
from seed.bench_pay_rows import PERIOD, REGISTERS
from seed.bench_rows import ZONE


class Bare(NamedTuple):
    """What is taken of which rows of a register."""

    register: str
    taken: str
    where: str = "true"


MEASURES: Mapping[str, Bare] = {
    "calls": Bare("bench_call", "count(*)"),
    "repair_calls": Bare("bench_call", "count(*)", "queue = 'repair'"),
    "complaint_calls": Bare("bench_call", "count(*)", "queue = 'complaint'"),
    "long_calls": Bare("bench_call", "count(*)", "seconds > 600"),
    "talk_seconds": Bare("bench_call", "sum(seconds)"),
    "satisfaction": Bare("bench_call", "avg(score)", "score IS NOT NULL"),
    "solved": Bare("bench_call", "avg(CASE WHEN solved THEN 1.0 ELSE 0 END)"),
    "pleased": Bare(
        "bench_call",
        "avg(CASE WHEN score >= 4 THEN 1.0 ELSE 0 END)",
        "score IS NOT NULL",
    ),
    "callers": Bare("bench_call", "count(DISTINCT caller)"),
    "orders": Bare("bench_order", "count(*)"),
    "repairs": Bare("bench_order", "count(*)", "kind = 'repair'"),
    "installs": Bare("bench_order", "count(*)", "kind = 'install'"),
    "hours": Bare("bench_order", "sum(hours_e2)"),
    "repair_hours": Bare(
        "bench_order", "sum(hours_e2)", "kind = 'repair' AND NOT reworked"
    ),
    "parts": Bare("bench_order", "sum(parts_fen)"),
    "reworked": Bare("bench_order", "avg(CASE WHEN reworked THEN 1.0 ELSE 0 END)"),
    "machines": Bare("bench_order", "count(DISTINCT machine_no)"),
    "points": Bare("bench_check", "avg(points)"),
    "fatal": Bare("bench_check", "count(*)", "fatal"),
    "passed": Bare("bench_check", "avg(CASE WHEN passed THEN 1.0 ELSE 0 END)"),
    "sold": Bare("bench_sale", "sum(amount_fen)"),
    "contracts": Bare("bench_sale", "sum(amount_fen)", "kind = 'contract'"),
    "sales": Bare("bench_sale", "count(*)", "amount_fen >= 10000"),
    "customers": Bare("bench_sale", "count(DISTINCT customer_no)"),
}

KEPT = {one.register: one for one in REGISTERS}
Figures = list[tuple[Any, ...]]
"""Who has which figure."""


def open_side(asked: Questions) -> Side:
    """Take every measure of the month, one after the other."""
    return {
        "figures": lambda: Answer(0, sum(len(one) for _, one in figures(asked.url)))
    }


def figures(url: str) -> Iterator[tuple[str, Figures]]:
    """Yield each measure with everybody's figure of the month."""
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    connection: Any
    if is_sqlite:
        connection = sqlite3.connect(str(address.database))
    else:
        plain = address.set(drivername="postgresql")
        connection = psycopg.connect(plain.render_as_string(hide_password=False))
    with closing(connection):
        for code, one in MEASURES.items():
            said = _statement(one, "?" if is_sqlite else "%s")
            bounds = _bounds(one.register, is_sqlite=is_sqlite)
            yield code, connection.execute(said, bounds).fetchall()


def _statement(one: Bare, place: str) -> str:
    kept = KEPT[one.register]
    person, day = f"{kept.person_field}_id", kept.date_field
    return (
        f"SELECT {person}, {one.taken} FROM {one.register}"  # noqa: S608 - our own words
        f" WHERE {day} >= {place} AND {day} < {place} AND binned_at IS NULL"
        f" AND {one.where} GROUP BY {person}"
    )


def _bounds(register: str, *, is_sqlite: bool) -> tuple[Any, Any]:
    """Return where the month begins and ends, as the driver takes it."""
    span = parse_period(PERIOD)
    if not KEPT[register].is_moment:
        if is_sqlite:
            return str(span.first), str(span.end)
        return span.first, span.end
    first, end = span.instants(ZONE)
    return (_text(first), _text(end)) if is_sqlite else (first, end)


def _text(at: datetime) -> str:
    """Return an instant as SQLite keeps it."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"
