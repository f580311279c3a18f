"""Load the sample department in its figures, in one transaction."""

from collections.abc import Callable, Iterable, Sequence
from random import Random
from typing import TypeVar

from sqlalchemy.orm import Session

from models import preferences
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.words import Label, PersonError
from seed.apply import plan_template
from seed.declared import declare
from seed.sample import callbacks, calls, files, orders, parts, team, trips
from seed.sample.days import NOW, ZONE
from seed.sample.figures import mark_figures
from seed.sample.loader import Loader
from seed.sample.people import COMPANY, add_people
from seed.template import read_template

CHANCE = 20261001  # where the dice start, so that every sample is the same
SAMPLES = ("after_sales",)

Part = TypeVar("Part")
Track = Callable[[Sequence[Part], str], Iterable[Part]]


def untracked(steps: Sequence[Part], description: str) -> Iterable[Part]:
    """Go through steps without showing anything."""
    del description
    return steps


def load_sample(
    database: Database, template: str, writer: Writer, track: Track[str] = untracked
) -> Label:
    """Apply a template to the company and load its sample department.

    All or nothing, in one transaction of some seconds.

    Args:
        database: Where to.
        template: A template that has a sample.
        writer: Who loads it; the sample itself is dated by its own days.
        track: Shows progress over the steps.

    Returns:
        What was loaded.

    Raises:
        PersonError: There is no such sample, or one is loaded already.
    """
    if template not in SAMPLES:
        raise PersonError(
            "模板“{name}”没有样例部门，可用：{known}。",
            "Template “{name}” has no sample department; there is {known}.",
            name=template,
            known=", ".join(SAMPLES),
        )
    declare(read_template(template), database)
    with database.write() as session:
        if preferences.get(session, preferences.SAMPLE) is not None:
            raise PersonError(
                "样例已经载入。要重新载入，请先清除样例。",
                "The sample is loaded already. Take it away first to load it again.",
            )
        loading = _Loading(session, template, writer)
        for step in track(list(loading.steps), "Loading the sample"):
            loading.steps[step]()
        if not preferences.get(session, preferences.COMPANY):
            preferences.put(session, preferences.COMPANY, COMPANY)
        preferences.put(session, preferences.SAMPLE, template)
    return Label(
        f"样例部门已载入：{COMPANY} 客服部，2026 年 9 月和 10 月。",
        f"The sample department of {COMPANY} is loaded: September and October 2026.",
    )


class _Loading:
    """The steps of loading, and what they hand on."""

    def __init__(self, session: Session, template: str, writer: Writer) -> None:
        self.session = session
        self.template = template
        self.writer = writer
        self.loader = Loader(session, NOW, ZONE)
        self.chance = Random(CHANCE)  # noqa: S311 - a sample, no secret
        self.steps = {
            "template": self.apply,
            "people": self.people_,
            "customers": self.customers_,
            "machines": self.machines_,
            "calls": self.calls_,
            "orders": self.orders_,
            "parts": self.parts_,
            "complaints": self.complaints_,
            "callbacks": self.callbacks_,
            "trips": self.trips_,
            "team": self.team_,
        }

    def apply(self) -> None:
        """Apply the template to the company as it was before the sample began."""
        by = Writer(SYSTEM, self.writer.now, self.writer.zone, "template")
        for step in plan_template(read_template(self.template), self.session).steps:
            step.run(self.session, by)

    def people_(self) -> None:
        self.people, self.teams = add_people(self.loader)

    def customers_(self) -> None:
        found = files.add_files(self.loader, self.people, self.chance)
        self.customers, self.models = found

    def machines_(self) -> None:
        old = files.old_machines(self.customers, self.chance)
        self.orders = orders.plan_orders(self.chance)
        new = orders.give_machines(self.orders, old, self.customers, self.chance)
        installers = [
            self.people[one.engineer]
            for one in self.orders
            if one.order_type == "installation"
        ]
        self.machines = [*old, *new]
        files.add_machines(
            self.loader, self.people, self.machines, self.models, installers
        )
        self.old_machines = old

    def calls_(self) -> None:
        self.complaints = calls.plan_complaints(self.old_machines, self.chance)
        calls.add_calls(
            self.loader,
            self.people,
            self.orders,
            self.complaints,
            self.old_machines,
            self.chance,
        )

    def orders_(self) -> None:
        rows = list(orders.order_rows(self.orders, self.people))
        ids = self.loader.add("service_order", rows)
        for one, key in zip(self.orders, ids, strict=True):
            one.id = key

    def parts_(self) -> None:
        items, places = parts.add_parts(self.loader, self.people)
        parts.add_stock(self.loader, self.people, self.orders, items, places)

    def complaints_(self) -> None:
        calls.add_complaints(self.loader, self.people, self.complaints, self.chance)

    def callbacks_(self) -> None:
        rows = callbacks.after_service_rows(self.orders, self.people, self.chance)
        ids = self.loader.add("callback_log", rows)
        again = callbacks.attempt_rows(ids, rows, self.people, self.chance)
        self.loader.add("callback_attempt", again)
        daily = callbacks.daily_rows(self.customers, self.people, self.chance)
        self.loader.add("callback_log", daily)

    def trips_(self) -> None:
        planned = trips.plan_trips(self.orders, self.chance)
        trips.add_trips(self.loader, self.people, planned, self.chance)

    def team_(self) -> None:
        team.add_trainings(self.loader, self.people)
        team.add_talks(self.loader, self.people, self.chance)
        team.add_penalties(self.loader, self.people, self.complaints)
        team.review_work_hours(self.loader, self.people)
        team.add_boards(self.loader, self.people, self.orders)
        team.add_daily_papers(self.loader, self.people, self.teams, self.chance)
        mark_figures(self.session)
