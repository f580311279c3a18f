"""A small company at which two people share the calls."""

from collections import Counter
from datetime import datetime
from typing import Any

from models import call_shares, calling, catalogue, entries
from models.access import SYSTEM
from models.call_people import Hours
from models.call_shares import Shares, Today
from models.calling import Trying
from models.database import Database
from models.register import Declaration
from tests.company import ZONE, writer
from tests.duty_desk import DutyDesk, at

CUSTOMERS = 30
NOW = at(14, 10)


class CallDesk(DutyDesk):
    """A desk at which two people share the calls."""

    def __init__(self, database: Database) -> None:
        """Let the manager and the clerk owe ten calls a day."""
        super().__init__(database)
        self.duty("ten", people=[self.staff["A01"], self.staff["A02"]])
        self.department = self.get("staff", self.staff["A02"])["department"]
        model = self.create("machine_model", {"name": "HY-3015"})
        machine = {"serial_number": "S1", "model": model, "customer": self.customer}
        self.machine = self.create(
            "machine_file", machine | {"installed_on": at(1).date()}
        )

    @property
    def declared(self) -> Declaration:
        """Return the register of the calls."""
        return catalogue.current()["callback_log"]

    def order(self, finished_at: datetime | None, **values: Any) -> int:
        """Write a repair that was finished."""
        given = {
            "customer": self.customer,
            "machine": self.machine,
            "department": self.department,
            "order_type": "repair",
            "symptom": "不出光",
            "reported_at": at(1),
            "engineer": self.staff["A03"],
            "arrived_at": at(1, 11),
            "finished_at": finished_at,
        }
        return self.create("service_order", given | values)

    def customers(self, count: int = CUSTOMERS) -> list[int]:
        """Write customers whom nobody has called yet."""
        manager = self.staff["A02"]
        rows = [
            {"name": f"客户{n}", "address": "苏州", "account_manager": manager}
            for n in range(count)
        ]
        with self.database.write() as session:
            return entries.create_many(session, "customer_file", rows, writer())

    def called(
        self, when: datetime, outcome: str = "no_answer", who: str = "A02", **more: Any
    ) -> int:
        """Write a callback."""
        values = {
            "kind": "daily",
            "customer": self.customer,
            "department": self.department,
            "called_at": when,
            "caller": self.staff[who],
            "outcome": outcome,
        }
        return self.create("callback_log", values | more)

    def tried(self, callback: int, when: datetime, outcome: str) -> int:
        """Write one more attempt."""
        values = {
            "callback": callback,
            "attempted_at": when,
            "outcome": outcome,
            "caller": self.staff["A02"],
        }
        return self.create("callback_attempt", values)

    def asks(self, now: datetime = NOW) -> list[int]:
        """Return the orders that ask for a call."""
        said = self.declared.call_list
        assert said is not None
        with self.database.read() as session:
            (one,) = said.asks
            found = calling.asking(session, SYSTEM, self.declared, one, now)
            return [it.key[1] for it in found]

    def trying(self, now: datetime = NOW) -> list[Trying]:
        """Return what is tried again."""
        with self.database.read() as session:
            return calling.trying(session, SYSTEM, self.declared, now, Hours(session))

    def share_out(self, now: datetime = NOW) -> Shares:
        """Share out and return who has what."""
        with self.database.write() as session:
            call_shares.share_out(session, self.declared, now, ZONE)
        with self.database.read() as session:
            return Today(session, self.declared, now, ZONE).shares

    def counts(self, shares: Shares) -> dict[str, int]:
        """Return how many calls each has, by login."""
        by_staff = Counter(shares.values())
        return {who: by_staff[self.staff[who]] for who in ("A01", "A02")}
