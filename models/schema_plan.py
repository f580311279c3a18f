"""The planner: registers' declarations against the database; compare, show, run.

It owns the tables of all registers. It expands first and tightens later, says renames
and never guesses them, drops no values, and may be killed at any line: what is done is
remembered in the same transaction, and the next plan holds the rest.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection, Dialect, delete, insert, text

from models.catalogue import Catalogue
from models.database import Database
from models.schema_lock import SchemaChange, exclusive
from models.schema_look import Memory, look, remembered, state
from models.schema_state import CatalogueState
from models.schema_steps import Step
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
    with database.reading.connect() as connection:
        return _compare(connection, catalogue)


def bring_up_to_date(change: SchemaChange, catalogue: Catalogue) -> None:
    """Do all steps, and let the catalogue know the generation they lead to."""
    with change.transaction() as connection:
        plan = _compare(connection, catalogue)
    for step in plan.steps:
        _do(change, step)
    change.do(partial(_raise_generation, plan=plan), "catalogue_state")


def _compare(connection: Connection, catalogue: Catalogue) -> Plan:
    every = list(_wanted(catalogue, connection.dialect))
    found = look(connection, (one.table.name for one in every))
    new = [one for one in every if one.table.name not in found]
    steps = [step for one in new for step in create(one)]
    steps += [step for one in new for step in connect(one)]
    return Plan(catalogue, tuple(steps))


def _wanted(catalogue: Catalogue, dialect: Dialect) -> Iterator[Wanted]:
    # All tables first: a foreign key is put in words only when its target is known.
    tables = {one.code: catalogue.table(one.code) for one in catalogue}
    for declared in catalogue:
        yield Wanted(declared, tables[declared.code], dialect)


def _do(change: SchemaChange, step: Step) -> None:
    def work(connection: Connection) -> None:
        if step.guard is not None:
            step.guard.check(connection)
        for statement in step.statements:
            connection.exec_driver_sql(statement)
        step.remember(connection)

    change.do(work, step.label.zh)


def _raise_generation(connection: Connection, plan: Plan) -> None:
    table = CatalogueState.__table__
    generation, _ = state(connection)
    if plan.steps or not generation:
        generation += 1
        connection.execute(delete(table))
        connection.execute(
            insert(table).values(
                id=1,
                generation=generation,
                fingerprint="",
                changed_at=datetime.now(UTC),
            )
        )
    plan.catalogue.generation = generation
