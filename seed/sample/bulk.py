"""Many rows for trials of speed: customers, calls and complaints, marked as samples."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import access, catalogue
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.samples import SampleRow
from models.words import Label, PersonError
from seed.sample.days import ZONE
from seed.sample.files import BRANDS, CITIES, KINDS, STREETS, SURNAMES, TRADES
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.loading import Track, untracked

BATCH = 2_000
SINCE = datetime(2024, 1, 2, 9, tzinfo=ZONE)
MINUTES = 960 * 24 * 60  # the time that rows are spread over
WORDS = (
    *("切不透", "不出光", "有异响", "漏水", "报警"),
    *("丢步", "断面毛刺", "软件卡顿", "换镜片", "要发票"),
)
COMPLAINED = ("late_visit", "repeated_fault", "waiting_parts", "charges", "other")
CALLED = ("repair", "enquiry", "parts", "progress", "other")


@dataclass
class _Trial:
    """The dice, and what rows refer to."""

    chance: Random
    people: dict[int, str]
    place: tuple[int | None, int | None]  # branch and department
    before: int  # so that a second trial has other words and keys
    customers: list[int] = field(default_factory=list)

    def moment(self) -> datetime:
        """Return a minute of the time rows are spread over."""
        return SINCE + timedelta(minutes=self.chance.randrange(MINUTES))

    def someone(self) -> int:
        """Return one of the staff."""
        return self.chance.choice(sorted(self.people))

    def phone(self, index: int) -> str:
        """Return a number that nobody was given."""
        return f"1992{(self.before + index) % 10_000_000:07}"

    def text(self) -> str:
        """Return what somebody says of a machine."""
        said = self.chance.sample(WORDS, 3)
        return f"{self.chance.choice(CITIES)}客户反映：{'，'.join(said)}，请处理"


def _customer(trial: _Trial, index: int) -> Row:
    chance = trial.chance
    town, by = chance.choice(CITIES), trial.someone()
    middle = f"{chance.choice(BRANDS.split())}{chance.choice(TRADES.split())}"
    return {
        "name": f"{town}{middle}{chance.choice(KINDS)}{trial.before + index}",
        "address": f"{town}市{chance.choice(STREETS)}{index % 400 + 1}号",
        "contact_name": f"{chance.choice(SURNAMES)}经理",
        "phone": trial.phone(index),
        "account_manager": by,
        AT: trial.moment(),
        BY: by,
    }


def _call(trial: _Trial, index: int) -> Row:
    received, by = trial.moment(), trial.someone()
    return {
        "received_at": received,
        "phone": trial.phone(index),
        "customer": trial.customers[index],
        "category": trial.chance.choice(CALLED),
        "content": trial.text(),
        "result": "solved",
        "replied_at": received + timedelta(minutes=trial.chance.randrange(2_000)),
        "first_asked": by,
        AT: received,
        BY: by,
    }


def _complaint(trial: _Trial, index: int) -> Row:
    received, by = trial.moment(), trial.someone()
    chance = trial.chance
    replied = received + timedelta(minutes=chance.randrange(3_000))
    return {
        "received_at": received,
        "received_by": by,
        "complainant": f"{chance.choice(SURNAMES)}经理",
        "phone": trial.phone(index),
        "customer": trial.customers[index],
        "category": chance.choice(COMPLAINED),
        "content": trial.text(),
        "demand": "尽快处理",
        "first_reply_at": replied,
        "judgement": chance.choice(("valid", "invalid", "pending")),
        "closed_at": replied + timedelta(days=3) if chance.random() < 0.9 else None,  # noqa: PLR2004 - nine of ten
        AT: received,
        BY: by,
    }


_MAKERS: dict[str, Callable[[_Trial, int], Row]] = {
    "customer_file": _customer,
    "call_log": _call,
    "complaint_log": _complaint,
}


def add_rows(
    database: Database, rows: int, writer: Writer, track: Track[Any] = untracked
) -> Label:
    """Write so many customers, calls and complaints, in batches of their own.

    Killed half way, what was written stays and is marked; beginning again adds more.

    Raises:
        PersonError: Nobody works here yet who could have entered them.
    """
    with database.read() as session:
        trial = _begin(session)
    batches = [
        (register, start) for register in _MAKERS for start in range(0, rows, BATCH)
    ]
    for register, start in track(batches, "Adding rows"):
        some = range(start, min(start + BATCH, rows))
        with database.write() as session:
            loader = Loader(
                session, writer.now, writer.zone, *trial.place, trial.people
            )
            made = [_MAKERS[register](trial, index) for index in some]
            ids = loader.add(register, made)
        if register == "customer_file":
            trial.customers += ids
    return Label(
        f"已加入客户、来电、投诉各 {rows} 条，均标记为样例。",
        f"{rows} customers, calls and complaints each are there, marked as samples.",
    )


def _begin(session: Session) -> _Trial:
    table = catalogue.current().table("staff")
    query = access.visible(SYSTEM, "staff").with_only_columns(
        table.c.id, table.c.name, table.c.branch_id, table.c.department_id
    )
    found = session.execute(query.order_by(table.c.id).limit(20)).all()
    if not found:
        raise PersonError(
            "还没有员工，无法加入试用数据；请先载入样例或登记员工。",
            "There is nobody to have entered the rows. Load the sample or enter staff "
            "first.",
        )
    before = session.scalar(select(func.count()).select_from(SampleRow)) or 0
    chance = Random(before)  # noqa: S311 - rows for a trial, no secret
    people = {row.id: row.name for row in found}
    place = (found[0].branch_id, found[0].department_id)
    return _Trial(chance, people, place, before)
