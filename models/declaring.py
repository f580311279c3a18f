"""Declare, change, add to and retire registers while the panel runs.

A change is checked whole, planned, shown, and then done in one locked step: the tables
by the planner, what is declared, and the generation by which every process finds out.
Killed at any line it has happened, or can be repeated, or the next start completes
the tables of what was declared before; no value is lost.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, inspect, update

from models import catalogue, stored
from models.catalogue import Catalogue
from models.database import Database
from models.prepare import fingerprint, prepare
from models.register import Register
from models.register_checks import Problem, check
from models.schema_lock import exclusive, planning
from models.schema_look import state
from models.schema_plan import Plan, ask_guards, bring_up_to_date, compare
from models.schema_state import CatalogueState
from models.search_build import bring_search_up_to_date
from models.stored import Stored
from models.stored_checks import addition_problems
from models.words import PersonError

# Asked again once no other process can change anything, so it repeats what it does to
# whatever is stored by then.
Edit = Callable[[Stored], Stored]


class UnsoundError(PersonError):
    """What is to be declared contradicts itself or the rest; nothing was changed."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep the problems; the message is one line for each."""
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(one.text("zh") for one in problems),
            "\n".join(one.text("en") for one in problems),
        )


@dataclass(frozen=True, slots=True)
class Proposed:
    """What would be declared, and what that does to the tables."""

    stored: Stored
    catalogue: Catalogue
    plan: Plan
    is_same: bool  # whether all of it is declared already


def propose(database: Database, edit: Edit) -> Proposed:
    """Return what a change would come to; nothing is changed.

    Raises:
        StanzaError: A stanza cannot be read.
        UnsoundError: Names, links, formulas or values do not fit together.
        SchemaRefusedError: Values would be lost, or entries do not allow it.
    """
    before = stored.of(database)
    after = edit(before)
    if after == before and _is_made(database, after):
        known = catalogue.made(after)
        return Proposed(after, known, Plan(known, ()), is_same=True)
    known = sound(after)
    plan = compare(database, known)
    with planning(database.reading.connect()) as connection:
        ask_guards(connection, plan)
    return Proposed(after, known, plan, after == before)


def _is_made(database: Database, there: Stored) -> bool:
    """Whether the tables were last made from just this, and all of it was found sound.

    What others changed in the tables since is found by `schema_plan.compare`.
    """
    with database.reading.connect() as connection:
        if not inspect(connection).has_table(CatalogueState.__tablename__):
            return False
        _, applied = state(connection)
    return applied == fingerprint(catalogue.made(there))


def apply(database: Database, edit: Edit) -> Proposed:
    """Do a change: tables, what is declared, and the process's own catalogue.

    The second time there is nothing to do. To be called outside a writing transaction:
    it takes the right to change the tables for itself.

    Raises:
        StanzaError: A stanza cannot be read.
        UnsoundError: Names, links, formulas or values do not fit together.
        SchemaRefusedError: Values would be lost, or entries do not allow it.
        SchemaBusyError: Others kept a table locked.
    """
    proposed = propose(database, edit)
    if proposed.is_same and proposed.plan.is_empty:
        return proposed
    try:
        done = _apply(database, edit, proposed)
    except Exception:
        # Where each step stood by itself, the tables of what is declared are completed.
        prepare(database, catalogue.made(stored.of(database)))
        raise
    done.catalogue.generation = database.generation = _generation(database)
    catalogue.install(done.catalogue, done.stored)
    if catalogue.is_pinned():  # who declares goes on under what is declared
        catalogue.pin(done.catalogue, database.generation)
    return done


def _apply(database: Database, edit: Edit, proposed: Proposed) -> Proposed:
    with exclusive(database) as change:
        with change.transaction() as connection:
            before = stored.read(connection)
        after = edit(before)
        # Mostly nobody else has declared anything meanwhile.
        known = proposed.catalogue if after == proposed.stored else sound(after)
        bring_up_to_date(change, known)
        bring_search_up_to_date(change, known)
        change.do(
            partial(_store, after=after, made_from=fingerprint(known)),
            "declared_register",
        )
    return Proposed(after, known, Plan(known, ()), after == before)


def sound(after: Stored) -> Catalogue:
    """Return the catalogue of what is stored with the classes.

    Raises:
        StanzaError: A stanza cannot be read.
        UnsoundError: Names, links, formulas or values do not fit together.
    """
    before = catalogue.made_before(after)
    if before is not None and _SOUND in before.worked_out:
        return before
    problems = addition_problems(after, Register.known.values())
    if problems:
        raise UnsoundError(problems)
    known = catalogue.made(after)
    problems = check(known)
    if problems:
        raise UnsoundError(problems)
    known.worked_out[_SOUND] = True
    return known


_SOUND = "sound"  # whether the checks found nothing: a catalogue never changes


def _store(connection: Connection, after: Stored, made_from: str) -> None:
    stored.write(connection, after)
    generation, _ = state(connection)
    # Also where only words have changed: every process has to read them anew.
    connection.execute(
        update(CatalogueState).values(generation=generation + 1, fingerprint=made_from)
    )


def _generation(database: Database) -> int:
    with database.reading.connect() as connection:
        return state(connection)[0]
