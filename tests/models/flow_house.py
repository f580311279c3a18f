"""A house with a register of purchases, whose flow uses every way to say who."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import access, catalogue, entries, flow_steps
from models.access import SYSTEM, Action, Grant, Person, Rows
from models.database import Database
from models.flow import (
    COMMENT,
    Flow,
    holder,
    manager,
    person,
    post,
    right,
    state,
    step,
    superior,
)
from models.history import Writer
from models.prepare import prepare
from models.register import (
    CHOICE,
    DATE,
    ENTRY,
    INSTANT,
    LONG_TEXT,
    ME,
    MONEY,
    NOW,
    PERSON,
    YES_NO,
    Declaration,
    From,
    Register,
    field,
)
from models.register_words import TEAM
from models.words import Label
from tests.models.register_desk import NOON, ZONE

PURCHASE = "flow_purchase"
JUDGES = (superior("buyer"), manager("team"), post("总监"))
GRANTS = (
    Grant(
        PURCHASE,
        frozenset({Action.LIST, Action.READ, Action.CREATE, Action.CHANGE}),
        Rows.ALL,
    ),
    Grant("staff", frozenset({Action.LIST}), Rows.ALL),
    Grant("department", frozenset({Action.LIST}), Rows.ALL),
)


@contextmanager
def purchases() -> Iterator[Declaration]:
    """Let there be the register for as long as the block runs."""
    catalogue.current()  # so that the engine's own registers are known before
    before = set(Register.known)

    class Purchase(Register):
        """A purchase that somebody agrees to."""

        code = PURCHASE
        title = Label("采购申请", "Purchases")
        menu = TEAM
        numbering = "CG{year}{serial:03}"

        goods = field("物品", "Goods", required=True, listed=True, searchable=True)
        buyer = field("申请人", "Buyer", PERSON, required=True, default=ME, owner=True)
        team = field("部门", "Team", ENTRY, target="department")
        amount = field("金额", "Amount", MONEY, listed=True)
        standing = field("状态", "State", CHOICE, listed=True, filterable=True)
        judged_by = field("审批人", "Judged by", PERSON, read_only=True)
        judged_at = field("审批时间", "Judged", INSTANT, read_only=True)
        granted = field("批准金额", "Granted", MONEY, read_only=True)
        urgent = field("加急", "Urgent", YES_NO, default=True, read_only=True)
        remark = field("意见", "Remark", LONG_TEXT, read_only=True)
        came_on = field("到货日期", "Came", DATE)
        taken_by = field("签收人", "Taken by", PERSON)

        flow = Flow(
            "standing",
            (
                state("draft", "草稿", "Draft"),
                state("asked", "待审批", "Asked", "warn", locked=True),
                state("granted", "已批准", "Granted", "busy", locked=True),
                state("came", "已到货", "Came", "good", final=True, locked=True),
            ),
            (
                step(
                    "ask",
                    "提交",
                    "Ask",
                    "draft",
                    "asked",
                    who=(person("buyer"), holder()),
                    when="or_zero(amount) > 0",
                ),
                step(
                    "grant",
                    "批准",
                    "Grant",
                    "asked",
                    "granted",
                    who=JUDGES,
                    sets={
                        "judged_by": ME,
                        "judged_at": NOW,
                        "granted": From("amount"),
                        "urgent": False,
                        "remark": COMMENT,
                    },
                    approves=True,
                ),
                step(
                    "send_back",
                    "退回",
                    "Send back",
                    "asked granted",
                    "draft",
                    who=JUDGES,
                    sets={"remark": COMMENT, "granted": None},
                    comment=True,
                    sends_back=True,
                ),
                step(
                    "receive",
                    "签收",
                    "Receive",
                    "granted",
                    "came",
                    who=(right("change"),),
                    asks=("came_on", "taken_by"),
                ),
            ),
        )

    try:
        yield Purchase.declaration
    finally:
        for code in set(Register.known) - before:
            del Register.known[code]


def build(url: str) -> None:
    """Fill an empty database with the house's posts, departments and people."""
    with purchases():
        database = Database(url)
        prepare(database, catalogue.current())
        with database.write() as session:
            _fill(session)
        database.dispose()


def _fill(session: Session) -> None:
    by = Writer(SYSTEM, NOON, ZONE)

    def make(register: str, **values: Any) -> int:
        return entries.create(session, register, values, by)

    whole = make("department", name="公司")
    buying = make("department", name="采购部", parent=whole)
    director = make("post", name="总监")
    middle = make("post", name="经理", reports_to=director)
    leader = make("post", name="组长", reports_to=middle)
    buyer = make("post", name="采购员", reports_to=leader)
    posts = {"boss": director, "lead": leader}
    for name in ("boss", "lead", "ann", "bob", "eve"):
        key = make(
            "staff",
            staff_number=name,
            name=name,
            department=buying,
            post=posts.get(name, buyer),
        )
        if name == "boss":
            entries.change(session, "department", whole, {"manager": key}, by)


@dataclass
class House:
    """The house's database in one test, and the people in it."""

    database: Database
    now: datetime = NOON

    def __post_init__(self) -> None:
        """Learn the ids of the people."""
        with self.database.read() as session:
            query = access.visible(SYSTEM, "staff")
            rows = entries.load(session, catalogue.current()["staff"], query)
            self.ids = {row["name"]: row["id"] for row in rows}
            self.team = rows[0]["department"]

    def person(self, name: str, grants: tuple[Grant, ...] = GRANTS) -> Person:
        """Return one of the people, who reads every purchase."""
        return Person(name, staff_id=self.ids[name], grants=grants)

    def writer(self, name: str | None, **more: Any) -> Writer:
        """Return one of the people as who writes now; None is the system."""
        who = self.person(name) if name else SYSTEM
        return replace(Writer(who, self.now, ZONE), **more)

    def create(self, register: str, by: str | None = None, **values: Any) -> int:
        """Write an entry."""
        with self.database.write() as session:
            return entries.create(session, register, values, self.writer(by))

    def purchase(self, by: str = "ann", **values: Any) -> int:
        """Write a purchase that is ready to be asked for."""
        given = {"goods": "光纤", "amount": 100, "team": self.team}
        return self.create(PURCHASE, by, **(given | values))

    def get(self, entry_id: int) -> dict[str, Any]:
        """Return a purchase."""
        with self.database.read() as session:
            return entries.get(session, SYSTEM, PURCHASE, entry_id)

    def take(
        self,
        entry_id: int,
        code: str,
        by: str,
        *,
        version: int | None = None,
        values: Mapping[str, Any] | None = None,
        comment: str = "",
    ) -> None:
        """Take one step as somebody."""
        seen = self.get(entry_id)["version"] if version is None else version
        with self.database.write() as session:
            flow_steps.take(
                session,
                PURCHASE,
                entry_id,
                code,
                self.writer(by),
                version=seen,
                values=values,
                comment=comment,
            )

    def open(self, entry_id: int, name: str) -> dict[str, str | None]:
        """Return {step: in whose stead} that is open to somebody."""
        declared = catalogue.current()[PURCHASE]
        today = self.now.astimezone(ZONE).date()
        with self.database.read() as session:
            found = flow_steps.may_take(
                session, self.person(name), declared, self.get(entry_id), today
            )
        return {
            one.transition.code: one.stead.name if one.stead else None for one in found
        }

    def steps(self, entry_id: int) -> list[tuple[Any, ...]]:
        """Return the steps taken: which, from where, to where, by whom, for whom."""
        with self.database.read() as session:
            return [
                (
                    one.transition,
                    one.from_state,
                    one.to_state,
                    one.by_name,
                    one.for_name,
                )
                for one in flow_steps.steps_of(session, PURCHASE, entry_id)
            ]

    def deputise(self, away: str, deputy: str, day: date, *, agreed: bool) -> int:
        """Write that somebody stands in for somebody on a day."""
        entry_id = self.create(
            "deputising",
            person=self.ids[away],
            deputy=self.ids[deputy],
            from_on=day,
            until_on=day,
        )
        if agreed:
            with self.database.write() as session:
                flow_steps.take_many(
                    session,
                    "deputising",
                    [flow_steps.Take(entry_id)],
                    "agree",
                    self.writer(None),
                )
        return entry_id
