"""What every side is asked: the same pages, rows, words and files."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from rustpy_xlsxwriter import write_worksheet
from sqlalchemy import func
from sqlalchemy.orm import Session

from admin.bench.store import Size
from models import access, catalogue
from models.access import SYSTEM
from models.database import Database
from seed import bench_rows as made
from seed.bench_rows import CUSTOMERS, REGISTER

PAGE = 50  # rows
LISTED = (
    *("number", "received_at", "customer", "category", "content", "judgement"),
    *("responsible", "closed_at", "status"),
)
EXPORTED = (
    *("number", "received_at", "channel", "complainant", "customer", "category"),
    *("content", "demand", "judgement", "responsible", "closed_at", "status"),
)
SEARCHED = ("number", "complainant", "content", "demand")
"""The searchable fields that hold anything; the peers need not look at the others."""
FILTERED = ("status", "received_at", "received_by", "customer", "category", "judgement")
SHEET_ROWS = 100_000  # of the XLSX export, at most
IMPORT_ROWS = 10_000  # of the XLSX import, at most
STATUS = "closed"


@dataclass(frozen=True, slots=True)
class Questions:
    """The particulars of one store; times are of the desk's zone."""

    url: str
    folder: str
    rows: int
    owner: int  # a staff id
    month: str  # 2026-05
    page: int  # the number, from 1, of the page that begins in the middle
    edge: tuple[str, int]  # received_at in ISO form and id of the row before that page
    entry: int  # whose form is opened
    since: str  # the day from which on the XLSX export goes
    import_file: str

    def month_in_utc(self) -> tuple[datetime, datetime]:
        """Return the first and the last second of the month."""
        first = datetime.strptime(self.month, "%Y-%m").replace(tzinfo=made.ZONE)
        after = (first + timedelta(days=31)).replace(day=1)
        return first.astimezone(UTC), (after - timedelta(seconds=1)).astimezone(UTC)

    def since_in_utc(self) -> datetime:
        """Return the last second before the XLSX export's first day."""
        day = datetime.fromisoformat(self.since).replace(tzinfo=made.ZONE)
        return (day - timedelta(seconds=1)).astimezone(UTC)

    def to_json(self) -> str:
        """Return them as one argument of a command."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, said: str) -> "Questions":
        """Read the argument."""
        given = json.loads(said)
        return cls(**given | {"edge": tuple(given["edge"])})


def questions(url: str, folder: Path, size: Size) -> Questions:
    """Look up what is to be asked of a store."""
    database = Database(url)
    try:
        with database.read() as session:
            return _questions(session, url, folder, size)
    finally:
        database.dispose()


def _questions(session: Session, url: str, folder: Path, size: Size) -> Questions:
    table = catalogue.current().table(REGISTER)
    page = size.rows // 2 // PAGE + 1
    visible = access.visible(SYSTEM, REGISTER)
    ordered = visible.with_only_columns(
        table.c.received_at, table.c.id, table.c.received_by_id
    ).order_by(table.c.received_at.desc(), table.c.id.desc())
    edge = session.execute(ordered.offset((page - 1) * PAGE - 1).limit(1)).one()
    days = made.DAYS * min(SHEET_ROWS, size.rows) // size.rows
    month = edge.received_at.astimezone(made.ZONE)
    return Questions(
        url=url,
        folder=str(folder),
        rows=size.rows,
        owner=edge.received_by_id,
        month=f"{month:%Y-%m}",
        page=page,
        edge=(edge.received_at.isoformat(), edge.id),
        entry=edge.id,
        since=f"{(made.NOW - timedelta(days=days)).date()}",
        import_file=str(_import_file(session, folder, min(IMPORT_ROWS, size.rows))),
    )


IMPORTED = {
    "received_at": "受理时间",
    "complainant": "投诉人",
    "phone": "电话",
    "customer": "客户",
    "category": "类别",
    "content": "内容",
    "demand": "客户要求",
    "external_key": "原系统编号",
}


def _import_file(session: Session, folder: Path, rows: int) -> Path:
    """Write complaints as another system would hand them over; return the file."""
    table = catalogue.current().table(CUSTOMERS)
    named = access.visible(SYSTEM, CUSTOMERS).with_only_columns(
        table.c.id, table.c.name
    )
    found = session.execute(named.order_by(table.c.id).limit(5_000))
    names = {row.id: row.name for row in found}
    declared = catalogue.current()[REGISTER]
    chance = Random(3)  # noqa: S311 - rows for a trial, no secret
    given = made.complaints(rows, [0], sorted(names), seed=4)

    def lines() -> Any:
        for number, row in zip(count(1), given, strict=False):
            told: dict[str, Any] = {
                **{name: row.get(name) for name in IMPORTED},
                "received_at": f"{row['received_at']:%Y-%m-%d %H:%M:%S}",
                "customer": names[row["customer"]],
                "category": declared.field("category").option_label(row["category"]).zh,
                "external_key": f"X{chance.randrange(10**6):06}-{number}",
            }
            yield {IMPORTED[name]: told[name] for name in IMPORTED}

    file = folder / f"import-{rows}.xlsx"
    write_worksheet(lines(), str(file), sheet_name="投诉")
    return file


def counted(session: Session) -> int:
    """Return how many complaints there are."""
    query = access.visible(SYSTEM, REGISTER).with_only_columns(
        func.count(), maintain_column_froms=True
    )
    return int(session.scalar(query) or 0)
