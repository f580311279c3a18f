"""What is planted: for every declared register a colleague's entry and a foreign one.

Both have a comment, a file, a past, an import and a message, persons a slip as well; so
whatever shows one of them to somebody who may not see it is caught by its text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models import attachments, catalogue, checking, clocks, entries, search
from models.access import Role, marked
from models.accounts import Account, new_uniquifier
from models.attachments import Attachment, Comment, Storage
from models.database import Database
from models.import_tables import ImportBatch
from models.outbox import Message
from models.register import (
    CHOICE,
    CHOICES,
    DURATION,
    INSTANT,
    REFERENCES,
    TIME,
    YES_NO,
    Declaration,
    FieldType,
)
from seed.beginning import begin_empty
from seed.roles import ensure_roles
from tests.admin.prober import beside
from tests.admin.prober.canaries import (
    BESIDE,
    CANARIED,
    COLLEAGUE,
    FOREIGN,
    IMPORTED,
    PAID,
    TOLD,
    Canary,
    canaries,
    value_of,
    word,
)
from tests.company import NOON, QUICK_HASH, upon_company, writer

WHOSE = (COLLEAGUE, FOREIGN)
Places = dict[str, dict[str, int]]


@dataclass(slots=True)
class Plant:
    """One planted entry, and where what is beside it stands."""

    register: str
    whose: str
    entry_id: int
    staff_id: int  # who holds it
    attachment_id: int
    comment_id: int
    batch_id: int
    message_id: int
    refers: frozenset[str] = frozenset()  # registers whose plant it refers to


@dataclass(slots=True)
class Garden:
    """Everything that was planted."""

    plants: dict[tuple[str, str], Plant] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)

    def of(self, register: str, whose: str) -> list[Canary]:
        """Return one entry's canaries."""
        place = (register, whose)
        return [one for one in self.canaries if (one.register, one.whose) == place]


@upon_company
def build(url: str) -> None:
    """Fill the company: template, shipped roles, canaries."""
    database = Database(url)
    with database.write() as session:
        # The small company's roles leave their names to the shipped ones.
        session.execute(update(Role).values(code="small_" + Role.code))
    begin_empty(database, "after_sales", "苏州恒越机电", writer())
    with database.write() as session:
        _people(session)
    with database.write() as session, TemporaryDirectory() as folder:
        places = _places(session)
        planted: dict[tuple[str, str], int] = {}
        for declared in in_order():
            for whose in WHOSE:
                planted[declared.code, whose] = _plant(
                    session, declared, whose, places, planted, Storage(Path(folder))
                )
    database.dispose()


def garden_of(database: Database) -> Garden:
    """Return what stands in a copy of the database that `build` made."""
    garden = Garden()
    with database.read() as session:
        places = _places(session)
        ids: dict[tuple[str, str], int] = {}
        for declared in in_order():
            table = catalogue.current().table(declared.code)
            for whose in WHOSE:
                number = word(declared, whose, "number")
                query = select(table.c.id).where(table.c.number == number)
                found = session.scalars(marked(query, declared.code)).one()
                ids[declared.code, whose] = found
        for declared in in_order():
            for whose in WHOSE:
                values = _values(declared, whose, places, ids)
                garden.canaries += _canaries_of(declared, whose, values)
                plant = _found(session, declared, whose, places, ids)
                garden.plants[declared.code, whose] = plant
    return garden


def lay_files(folder: Path) -> None:
    """Put the planted files where an application's files lie."""
    for declared in in_order():
        for whose in WHOSE:
            Storage(folder).keep(*beside.file(declared, whose), 10_000)


def in_order() -> list[Declaration]:
    """Return the registers, each after those it refers to as far as can be."""
    left, done = list(catalogue.current()), list[Declaration]()
    while left:
        codes = {one.code for one in done}
        ready = [
            one
            for one in left
            if {each.refers_to for each in one.fields if each.refers_to}
            <= codes | {one.code}
        ] or [min(left, key=lambda one: len(one.fields))]
        done += ready
        left = [one for one in left if one not in ready]
    return done


# Who is there -------------------------------------------------------------------------


def _people(session: Session) -> None:
    names = {"name": "上海分公司"}
    branch = entries.create(session, "branch", names, writer())
    names = {"name": "上海客服部"}
    away = entries.create(session, "department", names | {"branch": branch}, writer())
    for number, role in enumerate(ensure_roles(session).values()):
        login = f"P{number:02}"
        account = Account(
            login=login,
            name=f"试用{login}",
            staff_id=_staff(session, login, 1, 1),
            password=QUICK_HASH,
            fs_uniquifier=new_uniquifier(),
            must_set_password=False,
            roles=[role],
        )
        session.add(account)
    _staff(session, f"W-{COLLEAGUE}", 1, 1)
    _staff(session, f"W-{FOREIGN}", away, branch)


def _staff(session: Session, number: str, department: int, branch: int) -> int:
    values = {
        "staff_number": number,
        "name": f"员工{number}",
        "department": department,
        "branch": branch,
        "post": 1,
    }
    return entries.create(session, "staff", values, writer())


def _places(session: Session) -> Places:
    """Return {whose: the standard fields that say so}."""
    table = catalogue.current().table("staff")
    found = {}
    for whose in WHOSE:
        query = select(table.c.id, table.c.department_id, table.c.branch_id)
        query = query.where(table.c.staff_number == f"W-{whose}")
        person, department, branch = session.execute(marked(query, "staff")).one()
        found[whose] = dict.fromkeys(("holder", "created_by", "changed_by"), person)
        found[whose] |= {"department": department, "branch": branch}
    return found


# What is planted ----------------------------------------------------------------------

PLAIN: dict[FieldType, Any] = {
    INSTANT: NOON - timedelta(days=30),
    TIME: time(9, 30),
    DURATION: timedelta(minutes=45),
    YES_NO: True,
}


def _values(
    declared: Declaration,
    whose: str,
    places: Places,
    planted: dict[tuple[str, str], int],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in declared.all_fields:
        if one.name in places[whose]:
            values[one.name] = places[whose][one.name]
        elif one.type in REFERENCES:
            values[one.name] = planted.get((one.refers_to or "", whose))
        elif one.type in CANARIED:
            values[one.name] = value_of(declared, one, whose)
        elif one.type in (CHOICE, CHOICES):
            first = one.options[0].value
            values[one.name] = [first] if one.type is CHOICES else first
        else:
            values[one.name] = PLAIN.get(one.type)
    for check in declared.checks:
        if not checking.holds(check, values):
            values[check.left] = None
    return values


def _plant(
    session: Session,
    declared: Declaration,
    whose: str,
    places: Places,
    planted: dict[tuple[str, str], int],
    storage: Storage,
) -> int:
    row = _values(declared, whose, places, planted)
    row |= {"created_at": NOON, "changed_at": NOON}
    entry_id = _written(session, declared, row)
    place, text = (declared.code, entry_id), word(declared, whose)
    attachments.say(session, place, f"评论{text}", writer())
    stream, name = beside.file(declared, whose)
    stored = storage.keep(stream, name, 10_000)
    attachments.add(session, place, stored, name, writer())
    session.add(beside.past(declared, whose, entry_id))
    holder, department = places[whose]["holder"], places[whose]["department"]
    text = word(declared, whose, TOLD)
    session.add(beside.message(declared, entry_id, text, holder))
    beside.batch(session, declared, word(declared, whose, IMPORTED), holder)
    if declared.of_people:
        beside.slip(session, entry_id, word(declared, whose, PAID), department)
    session.flush()
    return entry_id


def _written(session: Session, declared: Declaration, row: dict[str, Any]) -> int:
    """Write an entry as it is: nothing is checked, no stock is moved by it."""
    table = catalogue.current().table(declared.code)
    values = {column: row[one.name] for one, column in declared.columns}
    inserted = insert(table).values(values | {"version": 1}).returning(table.c.id)
    row["id"] = int(session.scalars(marked(inserted, declared.code)).one())
    search.index_entries(session, declared, [row])
    clocks.follow(session, declared, [None], [row], writer())
    return int(row["id"])


# What stands there --------------------------------------------------------------------


def _canaries_of(
    declared: Declaration, whose: str, values: dict[str, Any]
) -> Iterator[Canary]:
    for name in (BESIDE, IMPORTED, TOLD, PAID):
        yield Canary(word(declared, whose, name), declared.code, whose, name)
    for one in declared.all_fields:
        if one.type not in REFERENCES:
            yield from canaries(declared, one, whose, values[one.name])


def _found(
    session: Session,
    declared: Declaration,
    whose: str,
    places: Places,
    ids: dict[tuple[str, str], int],
) -> Plant:
    at: dict[str, Any] = {
        "register": declared.code,
        "entry_id": ids[declared.code, whose],
    }
    name = f"{word(declared, whose, IMPORTED)}.csv"
    targets = {
        one.refers_to for one in declared.fields if one.name not in places[whose]
    }

    def only(query: Any) -> int:
        return int(session.scalars(query).one())

    return Plant(
        declared.code,
        whose,
        at["entry_id"],
        places[whose]["holder"],
        only(select(Attachment.id).filter_by(**at)),
        only(select(Comment.id).filter_by(**at)),
        only(select(ImportBatch.id).filter_by(file_name=name)),
        only(select(Message.id).filter_by(**at)),
        frozenset(one for one in targets if one),
    )
