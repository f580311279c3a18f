"""A desk of one writer: entries written and read as the panel does it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import access, catalogue, entries, making
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.prepare import prepare

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 10, 14, 4, 0, tzinfo=UTC)  # a Wednesday, noon at the desk
WRITER = Writer(SYSTEM, NOON, ZONE, "form")


def at(local: str) -> datetime:
    """Return the instant of "2026-10-14 12:00" at the desk."""
    return datetime.fromisoformat(local).replace(tzinfo=ZONE)


def build(url: str) -> None:
    """Fill an empty database with every register of the engine."""
    database = Database(url)
    prepare(database, catalogue.current())
    database.dispose()


class Desk:
    """One open transaction, with people, a customer and a machine on demand."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def create(self, register: str, **values: Any) -> int:
        """Write one entry and return its id."""
        with self.session.begin_nested():
            return entries.create(self.session, register, values, WRITER)

    def change(self, register: str, entry_id: int, **values: Any) -> None:
        """Change one entry."""
        with self.session.begin_nested():
            entries.change(self.session, register, entry_id, values, WRITER)

    def bin(self, register: str, entry_id: int) -> None:
        """Put one entry into the bin."""
        with self.session.begin_nested():
            entries.bin_many(self.session, register, [entry_id], WRITER)

    def get(self, register: str, entry_id: int) -> dict[str, Any]:
        """Return one entry."""
        return entries.get(self.session, SYSTEM, register, entry_id)

    def made_of(self, register: str, entry_id: int, target: str) -> dict[str, Any]:
        """Return the first values of what is made of an entry in one click."""
        declared = catalogue.current()[register]
        (made,) = (one for one in declared.makes if one.target == target)
        entry = entries.get(self.session, SYSTEM, register, entry_id)
        return making.prefill(self.session, declared, entry, made)

    def find(self, register: str, **values: Any) -> list[dict[str, Any]]:
        """Return the entries that have these values."""
        known = catalogue.current()
        declared, table = known[register], known.table(register)
        query = access.visible(SYSTEM, register)
        for name, value in values.items():
            column = declared.field(name).column or name
            query = query.where(table.c[column] == value)
        return entries.load(self.session, declared, query)

    def person(self, number: str, **values: Any) -> int:
        """Write somebody of a department."""
        department = self.create("department", name=f"部门{number}")
        post = self.create("post", name=f"岗位{number}")
        given = {"staff_number": number, "name": f"员工{number}", "post": post}
        return self.create("staff", **(given | {"department": department} | values))

    def machine(self, person: int, **values: Any) -> int:
        """Write a machine at a customer's whom a person looks after."""
        customer = self.create(
            "customer_file",
            name="昆山明泰标识",
            address="昆山市前进路 8 号",
            contact_name="孙丽",
            phone="13812345678",
            account_manager=person,
        )
        model = self.create("machine_model", name="HY-1390", warranty_months=12)
        given = {"serial_number": "H1390-017", "model": model, "customer": customer}
        day = at("2026-01-31 00:00").date()
        return self.create("machine_file", **(given | {"installed_on": day} | values))

    def order(self, **values: Any) -> int:
        """Write a service order with what every order needs."""
        given = {"order_type": "repair", "symptom": "激光管不出光"}
        return self.create("service_order", **(given | values))
