"""`taizhang bench`: the payroll is counted by both sides alike, and reckoned whole."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from admin.bench import pay_bare_side, paying, store
from admin.bench.pay_side import PAYER
from admin.bench.pay_store import PaySize
from admin.bench.run import Figures
from models import catalogue, measures, payroll, stored
from models.database import Database
from models.history import Writer
from models.measures import Measure
from models.pay_tables import PaySlip
from models.rules.periods import parse_period
from seed import bench_pay_rows as rows
from seed.bench_rows import NOW, ZONE
from tests.databases import Builder

FEW = PaySize(people=80, rows=6_000)


def untracked(parts: Iterable[Any], _what: str, _count: int) -> Iterable[Any]:
    return parts


def build(url: str) -> None:
    store.ensure(url, FEW, untracked)
    catalogue.use()


@pytest.fixture
def database(prepared_database: Any) -> Iterator[Database]:
    builder: Builder = build
    opened = Database(prepared_database("bench_pay", builder))
    stored.know(opened)
    yield opened
    opened.dispose()
    catalogue.use()


def test_bare_statements_come_to_the_figures_of_the_measures(
    database: Database,
) -> None:
    month = parse_period(rows.PERIOD)
    with database.read() as session:
        known = {one.code: one for one in session.scalars(select(Measure))}
        ours = {
            code: measures.figures(session, one, month, ZONE)
            for code, one in known.items()
        }

    bare = dict(pay_bare_side.figures(database.url))

    assert bare.keys() == ours.keys()
    for code, found in bare.items():
        scale = SCALES.get(code, Decimal(1))
        assert {
            who: round(Decimal(figure or 0) * scale, 6) for who, figure in found
        } == {
            who: round(Decimal(str(one.content or 0)), 6)
            for who, one in ours[code].items()
        }, code
    assert sum(len(found) for found in bare.values()) > FEW.people * 10


HUNDREDTH = Decimal("0.01")
SCALES = dict.fromkeys(
    ("hours", "repair_hours", "parts", "sold", "contracts"), HUNDREDTH
)


def test_month_is_paid_whole_with_those_who_come_and_go(database: Database) -> None:
    with database.write() as session:
        run = payroll.calculate(session, rows.PERIOD, Writer(PAYER, NOW, ZONE))
        slips = session.scalars(select(PaySlip)).all()
        (late, gone) = (
            next(one for one in slips if one.staff_number == number)
            for number in ("BP00008", "BP00032")
        )

    assert run.errors == 0
    assert len(slips) == FEW.people
    assert {len(one.items) for one in slips} == {30}
    assert run.total == sum(one.total or 0 for one in slips)
    assert [item.first_on is not None for item in (late.items[0], gone.items[0])] == [
        True,
        True,
    ]


def test_store_is_built_once(database: Database) -> None:
    def refuse(*_: Any) -> Iterable[Any]:
        raise AssertionError("built again")

    store.ensure(database.url, FEW, refuse)

    with database.read() as session:
        assert session.scalars(select(PaySlip)).all() == []


@pytest.mark.databases("sqlite")
def test_payroll_is_measured_beside_the_bare_statements(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paying, "REPEAT", 1)
    monkeypatch.setattr(paying, "PAGES_REPEAT", 1)

    found = paying.verdicts(database.url, tmp_path, by_cpu, lambda _: None)

    assert [one.most for one in found] == [4, 500, 1, 1]
    assert all(one.ratio > 0 for one in found)
    assert found[0].what.startswith(f"{FEW.people * 30:,} lines of pay")


def by_cpu(figures: Figures) -> float:
    return figures.cpu
