"""Load the hand-written sample department, in its figures, in one transaction."""

from random import Random

from sqlalchemy.orm import Session

from models import samples
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.words import Label
from seed.apply import plan_template
from seed.declared import declare
from seed.sample import appraisals, callbacks, calls, files, orders, parts, team, trips
from seed.sample.days import NOW, ZONE
from seed.sample.figures import mark_figures
from seed.sample.loader import Loader, demand_absent, keep_in_menu, shown_in_menu
from seed.sample.people import COMPANY, add_people
from seed.sample.progress import Track, untracked
from seed.template import read_template

CHANCE = 20261001  # where the dice start, so that every sample is the same


def load_written(
    database: Database, template: str, writer: Writer, track: Track[str] = untracked
) -> Label:
    """Apply a template to the company and load its sample department.

    All or nothing, in one transaction of some seconds.

    Args:
        database: Where to.
        template: The template that the sample is written for.
        writer: Who loads it; the sample itself is dated by its own days.
        track: Shows progress over the steps.

    Returns:
        What was loaded.

    Raises:
        PersonError: It is loaded already, or somebody has an account by a number of
            the sample.
    """
    declare(read_template(template), database)
    with database.write() as session:
        demand_absent(session, template)
        loading = _Loading(session, template, writer)
        for step in track(list(loading.steps), "Loading the sample"):
            loading.steps[step]()
        samples.note_loaded(session, template, COMPANY)
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
        self.loader = Loader(session, NOW, ZONE, template)
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
        shown = shown_in_menu(self.session)
        for step in plan_template(read_template(self.template), self.session).steps:
            step.run(self.session, by)
        keep_in_menu(self.session, shown)

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
        team.add_leave(self.loader, self.people)
        appraisals.add_appraisals(self.loader, self.people)
        team.review_work_hours(self.loader, self.people)
        team.add_boards(self.loader, self.people, self.orders)
        team.add_daily_papers(self.loader, self.people, self.teams, self.chance)
        mark_figures(self.session, self.template)
