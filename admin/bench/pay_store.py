"""The payroll's own database: people, a scheme, and a year of what it counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from admin.bench.bulk_write import without_indexes
from admin.bench.store import MANAGER, PASSWORD, Track, hurry, settle
from models import accounts, bulk_rows, catalogue, entries
from models.access import SYSTEM, Role
from models.database import Database
from models.history import Writer
from models.prepare import prepare as prepare_tables
from models.preparing import prepare
from models.register import Declaration
from seed import bench_pay_rows as made
from seed.apply import plan_template
from seed.bench_rows import NOW, ZONE
from seed.declared import declare
from seed.template import Template, read_template

FOLDER = Path(__file__).parent / "templates"
TEMPLATE, ROLE = "payroll", "bench_payer"
BATCH = 20_000
AT_ONCE = 500  # people in one transaction
MANNER = 1  # raise when the same size has other rows than before


@dataclass(frozen=True, slots=True)
class PaySize:
    """How many people, and how many rows in all registers together."""

    people: int = 5_000
    rows: int = 6_000_000

    @property
    def words(self) -> str:
        """What the store remembers of itself."""
        return f"{TEMPLATE} {self.people} {self.rows} {MANNER}"

    def build(self, database: Database, track: Track) -> None:
        """Fill an empty database."""
        prepare_tables(database, catalogue.current())
        template = read_template(TEMPLATE, FOLDER)
        declare(template, database)
        by = Writer(SYSTEM, NOW, ZONE)
        staff = _people(database, template, self.people, by)
        if database.is_sqlite:
            hurry(database)
        names = [one.register for one in made.REGISTERS]
        with without_indexes(database, names):
            for one in made.REGISTERS:
                rows = int(self.rows * one.share)
                parts = _write(database, one, rows, staff, by)
                for _ in track(parts, one.register, -(-rows // BATCH)):
                    pass
        settle(database, names, [*names, "staff"])


def _people(
    database: Database, template: Template, count: int, by: Writer
) -> list[int]:
    """Write the people, team by team, and the account whose pages are timed."""
    with database.write() as session:
        for step in plan_template(template, session).steps:
            step.run(session, by)
        branch = entries.create(session, "branch", {"name": "苏州"}, by)
        place = {"name": "客服部", "branch": branch}
        department = entries.create(session, "department", place, by)
        post = entries.create(session, "post", {"name": "职员"}, by)
        shared = {"post": post, "department": department, "branch": branch}
    everybody = made.people(count, shared)
    leaders = everybody[:: made.TEAM]
    with database.write() as session:
        above = entries.create_many(session, "staff", leaders, by)
        _open_account(session, above[0])
    others = [
        one | {"superior": above[place // made.TEAM]}
        for place, one in enumerate(everybody)
        if place % made.TEAM
    ]
    found = list(above)
    for start in range(0, len(others), AT_ONCE):
        with database.write() as session:
            some = others[start : start + AT_ONCE]
            found += entries.create_many(session, "staff", some, by)
    return found


def _open_account(session: Session, staff_id: int) -> None:
    (role,) = session.query(Role).filter_by(code=ROLE)
    account = accounts.open_account(
        session, MANAGER, "职员00001", [role], PASSWORD, staff_id=staff_id
    )
    account.must_set_password = False


def _write(
    database: Database, kept: made.Kept, rows: int, staff: Sequence[int], by: Writer
) -> Iterator[int]:
    """Write a register's rows as the panel would leave them; yield how far."""
    declared = catalogue.current()[kept.register]
    table = catalogue.current().table(kept.register)
    prefix = (declared.numbering or "").partition("{")[0]
    for start, values in kept.write(rows, staff, BATCH):
        count = len(values[kept.person_field])
        with database.write() as session:
            usual = _usual(session, declared, kept, values, by)
            columns = _columns(declared, usual, values, count)
            places = range(start + 1, start + count + 1)
            columns |= {"id": list(places), "version": [1] * count}
            columns["number"] = [f"{prefix}{made.FIRST:%Y}{it:08}" for it in places]
            columns["created_at"] = columns["changed_at"] = [
                _moment(one) for one in values[kept.date_field]
            ]
            bulk_rows.insert_columns(session, table, columns)
        yield start + count


def _usual(
    session: Session,
    declared: Declaration,
    kept: made.Kept,
    values: made.Columns,
    by: Writer,
) -> Mapping[str, Any]:
    """Return what is the same in all rows: what the first one is saved with."""
    given = {name: some[0] for name, some in values.items()}
    (row,), problems = prepare(session, declared, [given], by)
    if problems:
        raise ValueError(f"{kept.register}: {problems[0].label.en}")
    return row


def _columns(
    declared: Declaration, usual: Mapping[str, Any], values: made.Columns, count: int
) -> dict[str, Sequence[Any]]:
    return {
        column: values[one.name]
        if one.name in values
        else [usual.get(one.name)] * count
        for one, column in declared.columns
    }


def _moment(day: Any) -> datetime:
    """Return when a row was written: when it happened, or in the evening of its day."""
    if isinstance(day, datetime):
        return day
    return datetime.combine(day, time(18), ZONE)
