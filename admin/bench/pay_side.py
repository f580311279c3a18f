"""A month's pay: reckoned by the engine in a process of its own, without the panel."""

from collections.abc import Callable

from sqlalchemy import delete, func, select

from admin.bench.questions import Questions
from admin.bench.side import Answer, Side
from admin.bench.store import settle
from models import payroll
from models.access import Action, Grant, Person, Rows
from models.database import Database
from models.history import Writer
from models.opening import ready
from models.pay_tables import PayItemRow, PayRun, PaySignature, PaySlip
from models.rules.pay_run import RIGHTS
from seed.bench_pay_rows import PERIOD
from seed.bench_rows import NOW, ZONE

PAYER = Person(
    name="试算",
    grants=tuple(Grant(right, frozenset(Action), Rows.ALL) for right in RIGHTS),
)


def open_side(asked: Questions) -> Side:
    """Open the store as `taizhang pay` does."""
    database = ready(Database(asked.url))
    return {
        "calculate": lambda: _calculate(database),
        "forget": lambda: _forget(database),
    }


def _calculate(database: Database) -> Answer:
    """Calculate the month, slips and all; see how many lines are kept."""
    with database.write() as session:
        payroll.calculate(session, PERIOD, Writer(PAYER, NOW, ZONE))
    return Answer(0, _lines(database))


def _lines(database: Database) -> Callable[[], int]:
    def count() -> int:
        with database.read() as session:
            errors = session.scalars(select(func.sum(PayRun.errors))).one()
            if errors:
                raise RuntimeError(f"{errors} lines of the scheme are in error")
            return session.scalars(select(func.count()).select_from(PayItemRow)).one()

    return count


def _forget(database: Database) -> Answer:
    """Put the store back to before the month was calculated."""
    with database.write() as session:
        for table in (PayItemRow, PaySlip, PaySignature, PayRun):
            session.execute(delete(table))
    kept = [PayItemRow.__tablename__, PaySlip.__tablename__]
    settle(database, [], kept)
    return Answer(0, 0)
