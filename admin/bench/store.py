"""The big data's own database: built once, found again, never anybody's real one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import URL, inspect, make_url, select, text
from sqlalchemy.orm import Session

from admin.bench.bulk_write import BATCH, EVENTS, BulkWriter, without_indexes
from models import accounts, catalogue, entries
from models.access import SYSTEM, marked
from models.clock_table import CLOCKS
from models.database import Database
from models.history import Writer
from models.opening import ready
from models.prepare import prepare
from models.search_store import store as search_store
from models.words import PersonError
from seed import bench_rows as made
from seed.apply import plan_template
from seed.bench_rows import CUSTOMERS, REGISTER
from seed.declared import declare
from seed.roles import ensure_roles
from seed.template import read_template

TEMPLATE = "after_sales"
STAFF = 500
MANAGER, MANAGER_ROLE = "BN0001", "service_manager"
PASSWORD = "of-nobody-1000000"  # noqa: S105 - of an invented person, for trials only
MANNER = 1  # raise when the same size has other rows than before
BUILT = "bench_built"  # the table that says what was built, made at the end

Track = Callable[[Iterable[Any], str, int], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is."""

    rows: int
    customers: int

    @property
    def words(self) -> str:
        """What the store remembers of itself."""
        return f"{TEMPLATE} {self.rows} {self.customers} {STAFF} {MANNER}"

    def build(self, database: Database, track: Track) -> None:
        """Fill an empty database."""
        _build(database, self, track)


class Built(Protocol):
    """What a store holds, in words that tell it from others, and how it is made."""

    @property
    def words(self) -> str:
        """What the store remembers of itself."""

    def build(self, database: Database, track: Track) -> None:
        """Fill an empty database."""


class NotOursError(PersonError):
    """A database with something in it that the bench did not put there."""


def sqlite_url(folder: Path, name: str) -> str:
    """Return the address of the file of that name."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder.resolve()}/taizhang-{name}.db"


def file_of(url: URL) -> Path:
    """Return the file of a SQLite address."""
    return Path(str(url.database))


def ensure(url: str, size: Built, track: Track) -> None:
    """Build the big data unless it is there.

    Raises:
        NotOursError: The database holds something else, or big data of another size.
    """
    database = Database(url)
    try:
        found = _found(database)
        if found == size.words:
            ready(database)  # for a program that has moved on
            return
        if found is not None and not database.is_sqlite:
            raise NotOursError(
                "这个数据库不是空的，里面也不是这个规模的试验数据（{found}）。"
                "请换一个空数据库。",
                "This database is not empty and holds no big data of this size "
                "({found}). Give an empty one.",
                found=found or "?",
            )
        if database.is_sqlite:
            database.dispose()
            for ending in ("", "-wal", "-shm"):
                Path(f"{file_of(make_url(url))}{ending}").unlink(missing_ok=True)
        size.build(database, track)
        with database.writing.begin() as connection:
            connection.execute(text(f"CREATE TABLE {BUILT} (said TEXT)"))
            added = text(f"INSERT INTO {BUILT} VALUES (:said)")  # noqa: S608 - our own name
            connection.execute(added, {"said": size.words})
    finally:
        database.dispose()


def _found(database: Database) -> str | None:
    """Return what was built here; None for an empty database, "" for anything else."""
    with database.reading.connect() as connection:
        names = inspect(connection).get_table_names()
        if BUILT in names:
            query = text(f"SELECT said FROM {BUILT}")  # noqa: S608 - our own name
            return str(connection.scalar(query))
        return "" if names else None


def begin(database: Database) -> None:
    """Make the tables of an empty database, those that the template declares too."""
    prepare(database, catalogue.current())
    declare(read_template(TEMPLATE), database)


def _build(database: Database, size: Size, track: Track) -> None:
    begin(database)
    with database.write() as session:
        writers = people(session)
    if database.is_sqlite:
        hurry(database)
    by_customer = BulkWriter(database, CUSTOMERS, writers, "account_manager")
    by_complaint = BulkWriter(database, REGISTER, writers, "received_by")
    loaded = [REGISTER, CUSTOMERS, EVENTS.name, CLOCKS.name]
    loaded += [
        search_store(one, database.dialect.name).table.name for one in loaded[:2]
    ]
    with without_indexes(database, loaded):
        staff = list(writers)
        ids: list[int] = []
        some = made.customers(size.customers, staff)
        for part in _tracked(track, by_customer.write(some), "客户", size.customers):
            ids += part
        many = made.complaints(size.rows, staff, ids)
        for _ in _tracked(track, by_complaint.write(many), "投诉", size.rows):
            pass
    settle(database, (REGISTER, CUSTOMERS), [*loaded, "staff"])


def _tracked(
    track: Track, parts: Iterator[list[int]], what: str, count: int
) -> Iterable[list[int]]:
    return track(parts, what, -(-count // BATCH))


def people(session: Session) -> dict[int, Writer]:
    """Apply the template, write a department of 500 people; return each as a writer.

    The first of them is the manager whose account the bench signs in with.
    """
    by = Writer(SYSTEM, made.NOW, made.ZONE, "template")
    for step in plan_template(read_template(TEMPLATE), session).steps:
        step.run(session, by)
    branch = entries.create(session, "branch", {"name": "苏州"}, by)
    place = {"name": "客服部", "branch": branch}
    department = entries.create(session, "department", place, by)
    here = replace(SYSTEM, branch_id=branch, department_id=department)
    by = replace(by, person=here)
    posts = catalogue.current().table("post")
    post = session.scalar(marked(select(posts.c.id).order_by(posts.c.id), "post"))
    given: list[dict[str, Any]] = [
        {
            "staff_number": f"BN{index:04}",
            "name": f"职员{index:04}",
            "post": post,
            "department": department,
            "branch": branch,
        }
        for index in range(1, STAFF + 1)
    ]
    ids = entries.create_many(session, "staff", given, by)
    role = ensure_roles(session)[MANAGER_ROLE]
    account = accounts.open_account(
        session, MANAGER, "职员0001", [role], PASSWORD, staff_id=ids[0]
    )
    account.must_set_password = False
    return {
        key: replace(by, person=replace(here, name=row["name"], staff_id=key))
        for key, row in zip(ids, given, strict=True)
    }


def hurry(database: Database) -> None:
    """Let SQLite build without waiting for the disk: what is half built is thrown away.

    Holds for the one pooled connection that the building uses.
    """
    with database.writing.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for pragma in (
            "synchronous = OFF",
            "cache_size = -400000",
            "foreign_keys = OFF",
        ):
            raw.execute(f"PRAGMA {pragma}")


def settle(database: Database, registers: Sequence[str], tables: Sequence[str]) -> None:
    """Leave the tables as time would: PostgreSQL's counted, SQLite's log short.

    `registers` were written with ids of our own.
    """
    if database.is_sqlite:
        with database.writing.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with database.writing.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        for name in registers:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"  # noqa: S608 - our own names
                f' (SELECT max(id) FROM "{name}"))'
            )
        for name in tables:
            connection.exec_driver_sql(f'VACUUM ANALYZE "{name}"')
