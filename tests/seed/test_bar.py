"""The points of a bar, a template of tests alone: a month worked out by hand."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

from models import catalogue, entries, payroll, stored
from models.access import SYSTEM, marked
from models.database import Database
from models.history import Writer
from models.opening import ready
from models.pay_tables import PayRate, PaySlip
from seed import template
from seed.apply import plan_template
from seed.declared import declare
from seed.template import read_template
from tests.databases import Builder
from tests.prepared import upon_tables
from tests.seed.trade_house import NOON, PAYER, ZONE, at

TEMPLATE = Path(__file__).parent.parent / "data" / "bar_template"
BY = Writer(PAYER, NOON, ZONE)
PEOPLE = ("周", "吴", "郑", "陈")


@contextmanager
def bar_folder() -> Iterator[None]:
    """Let the block find the bar's template beside the one it builds on."""
    with TemporaryDirectory() as path, pytest.MonkeyPatch.context() as patch:
        shutil.copytree(TEMPLATE, path, dirs_exist_ok=True)
        shutil.copytree(template.FOLDER / template.COMMON, f"{path}/{template.COMMON}")
        patch.setattr(template, "FOLDER", Path(path))
        yield


@upon_tables
def build(url: str) -> None:
    database = ready(Database(url))
    with bar_folder():
        read = read_template("bar")
        declare(read, database)
        with database.write() as session:
            for step in plan_template(read, session).steps:
                step.run(session, Writer(SYSTEM, NOON, ZONE, "template"))
    database.dispose()
    catalogue.use()


class Bar:
    """The bar's database and the people of its account managers."""

    by = Writer(SYSTEM, NOON, ZONE)

    def __init__(self, database: Database) -> None:
        """Employ everybody."""
        self.database = database
        stored.know(database)
        table = catalogue.current().table("post")
        with database.write() as session:
            posts = select(table.c.id).where(table.c.name == "酒吧客户经理")
            post = session.scalars(marked(posts, "post")).one()
            made = entries.create(session, "department", {"name": "酒吧"}, self.by)
            self.staff = {
                name: entries.create(
                    session,
                    "staff",
                    {
                        "staff_number": name,
                        "name": name,
                        "department": made,
                        "post": post,
                        "performance_base": Decimal("2000.00"),
                    },
                    self.by,
                )
                for name in PEOPLE
            }

    def write(self, register: str, name: str, **values: object) -> None:
        """Enter something of one person."""
        with self.database.write() as session:
            said = {"person": self.staff[name], **values}
            entries.create(session, register, said, self.by)

    def signed(self, name: str, day: int, minutes: int | None) -> None:
        """Let somebody due at 20:00 sign in so many minutes late; None: not at all."""
        due = at(f"2026-10-{day:02} 20:00")
        signed = None if minutes is None else at(f"2026-10-{day:02} 20:{minutes:02}")
        self.write("bar_sign_in", name, due_at=due, signed_at=signed)

    def offence(self, name: str, kind: str, day: int = 12, **more: object) -> None:
        """Let somebody be noted for an offence."""
        self.write("bar_offence", name, offence=kind, day=date(2026, 10, day), **more)

    def slips(self) -> dict[str, list[str]]:
        """Return points, tables, base, deduction and total of October by name."""
        lines = ("points", "tables", "base", "deduction")
        with self.database.write() as session:
            run = payroll.calculate(session, "2026-10", BY)
            found = session.scalars(select(PaySlip).filter_by(run_id=run.id)).all()
            return {
                one.staff_number: [
                    next(
                        item.shown_en if item.amount is None else f"{item.amount:.2f}"
                        for item in one.items
                        if item.code == code
                    )
                    for code in lines
                ]
                + [f"{one.total:.2f}"]
                for one in found
            }


@pytest.fixture
def bar(prepared_database: Callable[[str, Builder], str]) -> Iterator[Bar]:
    database = Database(prepared_database("bar", build))
    yield Bar(database)
    database.dispose()
    catalogue.use()


def october(bar: Bar) -> None:
    for day, minutes in ((1, 14), (2, 15), (3, 29), (4, 30), (5, None)):
        bar.signed("周", day, minutes)
    for kind in ("complaint", "dress", "odour", "area", "door"):
        bar.offence("吴", kind)
    bar.offence("吴", "clique", verified=False)
    for kind in ("tips", "property", "outside", "valuables"):
        bar.offence("郑", kind)
    bar.offence("郑", "same_table", verified=True)
    bar.offence("郑", "tips", day=31)
    for day in (3, 4, 5):
        bar.offence("陈", "clique", day=day, verified=True)
    for hostess, back_bar in ((True, True), (True, False), (False, True)):
        bar.write(
            "bar_table",
            "周",
            day=date(2026, 10, 9),
            hostess=hostess,
            back_bar=back_bar,
        )


def test_month_of_the_bar_is_worked_out_by_points(bar: Bar) -> None:
    october(bar)

    assert bar.slips() == {
        # 14 minutes nothing, 15 and 29 three each, 30 ten, not signed in two:
        # 18 points;
        # two tables by the hostess's record, the one of the back bar alone is none;
        # 2,000.00 - 18 x 10.00
        "周": ["18", "2", "2000.00", "180.00", "1820.00"],
        # 10 + 5 + 5 + 10 + 10; the clique is not verified: 40 points
        "吴": ["40", "0", "2000.00", "400.00", "1600.00"],
        # 4 x 20 + 30 + 20 on the last day of the month: 130 points
        "郑": ["130", "0", "2000.00", "1300.00", "700.00"],
        # three times 30, dismissed without any wages: nothing to take it from
        "陈": ["90", "0", "0.00", "0.00", "0.00"],
    }


def test_points_without_a_value_in_money_are_only_told(bar: Bar) -> None:
    october(bar)
    with bar.database.write() as session:
        session.scalars(select(PayRate).filter_by(code="bar_point")).one().value = "0"

    found = bar.slips()

    assert found["郑"] == ["130", "0", "2000.00", "0.00", "2000.00"]


def test_deductions_end_at_the_base(bar: Bar) -> None:
    for day in range(1, 12):
        bar.offence("吴", "tips", day=day)

    # 11 x 20 = 220 points, 2,200.00 yuan; there are 2,000.00
    assert bar.slips()["吴"] == ["220", "0", "2000.00", "2000.00", "0.00"]
