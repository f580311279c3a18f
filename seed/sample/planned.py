"""Load the sample that a plan describes, in its own size or any other."""

from decimal import Decimal
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import samples
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.samples import SampleRow
from models.words import Label
from seed.apply import plan_template
from seed.declared import declare
from seed.sample.crew import add_crew, department_name, found_crew, place
from seed.sample.days import NOW, ZONE
from seed.sample.desk_hours import hours_of
from seed.sample.figures import mark_figures
from seed.sample.loader import Loader, demand_absent, keep_in_menu, shown_in_menu
from seed.sample.plan import SamplePlan, read_plan
from seed.sample.plan_checks import check_plan
from seed.sample.plan_schema import PlanStanza, WordingStanza
from seed.sample.progress import Track, untracked
from seed.sample.words import Words
from seed.sample.world import Crew, World
from seed.sample.writing import Writing, grows, largest, scaled
from seed.template import Template, read_template

BATCH = 2_000  # rows of the largest register in one transaction


def load_planned(
    database: Database, name: str, writer: Writer, track: Track[PlanStanza] = untracked
) -> Label:
    """Apply a template to a department of its own and fill it, all or nothing.

    Raises:
        TemplateError: The plan makes no sense; says every mistake.
        PersonError: It is loaded already, or somebody has an account by a number of
            the sample.
    """
    plan, template = read_plan(name), read_template(name)
    declare(template, database)
    check_plan(plan, template)
    with database.write() as session:
        demand_absent(session, name)
        loading = _Loading(session, plan)
        loading.begin(template, writer)
        for stanza in track(plan.file.entries, "Loading the sample"):
            loading.fill(stanza, Decimal(1))
        loading.end()
        rows = len(samples.registers(session, name))
        samples.note_loaded(session, name, plan.file.sample.company)
    said = plan.file.sample
    return Label(
        f"样例部门已载入：{said.company} {said.department}，{rows} 本台账，"
        "2026 年 9 月和 10 月。",
        f"The sample department of {said.company} is loaded in {rows} registers: "
        "September and October 2026.",
    )


def add_planned(
    database: Database,
    name: str,
    rows: int,
    writer: Writer,
    track: Track[Decimal] = untracked,
    *,
    begins: bool = True,
) -> Label:
    """Write so many rows of the plan's largest register, the others in proportion.

    In transactions of their own: killed half way, what was written stays and is marked;
    beginning again adds more. The people of the sample enter them.

    Args:
        database: Where to.
        name: The template whose plan it is.
        rows: How many.
        writer: Who applies the template, where the sample is begun.
        track: Shows progress over the transactions.
        begins: Whether the sample's people are written first, if they are not there.

    Returns:
        What was written.

    Raises:
        TemplateError: The plan makes no sense; says every mistake.
        PersonError: Nobody works here yet who could have entered them.
    """
    plan, template = read_plan(name), read_template(name)
    declare(template, database)
    check_plan(plan, template)
    if begins:
        _begin(database, plan, template, writer)
    days = len(hours_of(plan.file.sample).days)
    whole = Decimal(largest(plan.file.entries, days))
    parts = [min(BATCH, rows - start) for start in range(0, rows, BATCH)]
    for factor in track([part / whole for part in parts], "Adding rows"):
        with database.write() as session:
            loading = _Loading(session, plan)
            loading.go_on()
            for stanza in plan.file.entries:
                if grows(stanza):
                    loading.fill(stanza, factor)
            loading.end()
    return Label(
        f"已加入 {rows} 条（最多的台账），其余按比例，均标记为样例。",
        f"{rows} rows of the largest register are there, the others in proportion, "
        "marked as samples.",
    )


def _begin(
    database: Database, plan: SamplePlan, template: Template, writer: Writer
) -> None:
    """Write the people, and what does not grow with the rows, unless they are there."""
    with database.write() as session:
        if plan.template in samples.loaded(session):
            return
        loading = _Loading(session, plan)
        loading.begin(template, writer)
        for stanza in plan.file.entries:
            if not grows(stanza):
                loading.fill(stanza, Decimal(1))
        samples.note_loaded(session, plan.template, plan.file.sample.company)


class _Loading:
    """The steps of loading within one transaction."""

    def __init__(self, session: Session, plan: SamplePlan) -> None:
        self.session, self.plan = session, plan
        self.loader = Loader(session, NOW, ZONE, plan.template)
        self.desk = hours_of(plan.file.sample)
        here = select(func.count()).select_from(SampleRow)
        before = session.scalar(here.where(SampleRow.sample == plan.template)) or 0
        # Rows that are added later differ from those that are there.
        self.chance = Random(f"{plan.file.sample.seed} {before}")  # noqa: S311 - a sample, no secret
        phones = WordingStanza(text=f"1993{plan.file.sample.block}{{#5}}")
        self.words = Words({"phone": (phones,), **plan.file.words}, self.chance)

    def begin(self, template: Template, writer: Writer) -> None:
        """Make the departments, apply the template to them, write the people."""
        places = place(self.loader, self.plan.file.sample)
        by = Writer(SYSTEM, writer.now, writer.zone, "template")
        shown = shown_in_menu(self.session)
        name = department_name(self.session, self.loader.department or 0)
        for step in plan_template(template, self.session, name).steps:
            step.run(self.session, by)
        keep_in_menu(self.session, shown)
        self._work(add_crew(self.loader, self.plan, places, self.words))

    def go_on(self) -> None:
        """Work with the people who are there."""
        self._work(found_crew(self.loader, self.plan, self.chance))

    def _work(self, crew: Crew) -> None:
        world = World(self.loader, crew, self.desk, self.words, self.chance)
        self.writing = Writing(world, self.loader)

    def fill(self, stanza: PlanStanza, factor: Decimal) -> None:
        """Write the entries of one plan, at so many times its size."""
        count = scaled(stanza, len(self.desk.days), factor)
        self.writing.plan(stanza, count)

    def end(self) -> None:
        """Mark what came with the entries."""
        mark_figures(self.session, self.plan.template)
