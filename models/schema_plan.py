"""The planner: registers' declarations against the database; compare, show, run.

It owns the tables of all registers. It expands first and tightens later, says renames
and never guesses them, drops no values, and may be killed at any line: what is done is
remembered in the same transaction, and the next plan holds the rest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, Dialect, delete, insert

from models.catalogue import Catalogue
from models.database import Database
from models.schema_alter import Alteration
from models.schema_faces import faces
from models.schema_lock import SchemaChange, exclusive, planning
from models.schema_look import look, remembered, state
from models.schema_rewrite import back_up
from models.schema_state import CatalogueState
from models.schema_steps import SchemaRefusedError, Step
from models.schema_tables import Wanted, connect, create


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done so that the tables are as declared."""

    catalogue: Catalogue
    steps: tuple[Step, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the tables are as declared."""
        return not self.steps

    def summary(self, language: str = "zh") -> str:
        """Return one line a step, as people read them."""
        return "\n".join(step.label.text(language) for step in self.steps)

    def run(self, database: Database) -> None:
        """Bring the tables to the declarations.

        The plan is made anew once no other process can change the tables, so of two
        processes that start together one does the work and the other finds none.

        Raises:
            SchemaRefusedError: Existing entries do not allow a step.
            SchemaBusyError: A table stayed locked.
        """
        with exclusive(database) as change:
            bring_up_to_date(change, self.catalogue)


def compare(database: Database, catalogue: Catalogue) -> Plan:
    """Return the plan; it changes nothing.

    Raises:
        SchemaRefusedError: A declaration asks for what would lose values.
    """
    with planning(database.reading.connect()) as connection:
        return _compare(connection, catalogue)


def bring_up_to_date(change: SchemaChange, catalogue: Catalogue) -> None:
    """Do all steps, and let the catalogue know the generation they lead to."""
    with change.transaction() as connection:
        plan = _compare(connection, catalogue)
        ask_guards(connection, plan)
        if any(step.rewrite for step in plan.steps):
            back_up(connection, state(connection)[0])
    for step in plan.steps:
        _do(change, step)
    change.do(partial(_raise_generation, plan=plan), "catalogue_state")


def ask_guards(connection: Connection, plan: Plan) -> None:
    """Refuse the whole plan, with every reason, before any of it is done."""
    asked = (guard.complaint(connection) for one in plan.steps for guard in one.guards)
    found = [label for label in asked if label is not None]
    if found:
        raise SchemaRefusedError(
            "\n".join(one.zh for one in found), "\n".join(one.en for one in found)
        )


def _compare(connection: Connection, catalogue: Catalogue) -> Plan:
    every = list(_wanted(catalogue, connection.dialect))
    found = look(connection, (one.table.name for one in every))
    new = [one for one in every if one.table.name not in found]
    known = remembered(connection)
    altered = [
        Alteration(one, found[one.table.name], known[one.declared.code])
        for one in every
        if one not in new
    ]
    touched = (one.wanted.table.name for one in altered if one.touches_columns)
    others = faces(connection, catalogue, touched)
    steps = list(others.before())
    steps += [step for one in new for step in create(one)]
    steps += [step for one in altered for step in one.steps()]
    # Last: a foreign key may lead to a column or table made just before.
    steps += [step for one in new for step in connect(one)]
    steps += others.after()
    return Plan(catalogue, tuple(steps))


def _wanted(catalogue: Catalogue, dialect: Dialect) -> Iterator[Wanted]:
    for declared in catalogue:
        yield Wanted(declared, catalogue.schema_tables[declared.code], dialect)


def _do(change: SchemaChange, step: Step) -> None:
    if not step.concurrently:
        change.do(step.run, step.label.zh)
        return
    with change.outside() as connection:
        step.run(connection)


def _raise_generation(connection: Connection, plan: Plan) -> None:
    generation, _ = state(connection)
    if plan.steps or not generation:
        generation += 1
        connection.execute(delete(CatalogueState))
        connection.execute(
            insert(CatalogueState).values(
                id=1,
                generation=generation,
                fingerprint="",
                changed_at=datetime.now(UTC),
            )
        )
    plan.catalogue.generation = generation
