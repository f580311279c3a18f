"""Take the sample away: its entries with all that hangs on them, in one transaction.

What somebody entered while trying stays; a sample entry that such an entry refers to
stays with it, as an entry of one's own.
"""

from collections.abc import Iterator

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from models import catalogue, samples, search
from models.access import marked
from models.accounts import Account
from models.applied import AppliedItem, AppliedTemplate
from models.database import Database
from models.engine_tables import engine_metadata
from models.history import Writer
from models.numbering import NumberCounter
from models.pay_tables import PayRun, PaySlip
from models.references import CHUNK
from models.register import Declaration
from models.samples import SampleRow
from models.words import Label, PersonError

Ids = dict[str, set[int]]
# Who looked at what stays on record, whatever became of the entry.
AUDIT = "read_event"


def remove_sample(
    database: Database, writer: Writer, sample: str | None = None
) -> Label:
    """Take every entry of a sample away, with history, clocks, accounts and slips.

    Args:
        database: Where from.
        writer: Who asks; nothing of what goes keeps a name.
        sample: The template whose sample goes; None takes all of them away.

    Returns:
        How many went, and how many stayed because own entries refer to them.

    Raises:
        PersonError: There is no such sample.
    """
    del writer
    gone = left = 0
    with database.write() as session:
        there = samples.names(session)
        wanted = there if sample is None else [one for one in there if one == sample]
        if not wanted:
            raise PersonError(
                "没有样例可清除。", "There is no sample to be taken away."
            )
        for one in wanted:
            went, stayed = _remove(session, one)
            gone, left = gone + went, left + stayed
    return Label(
        f"样例已清除，共 {gone} 条"
        + (f"；您自己的记录用到的 {left} 条留下了。" if left else "。"),
        f"The sample is gone, {gone} entries"
        + (f"; {left} that your own entries refer to stay." if left else "."),
    )


def _remove(session: Session, sample: str) -> tuple[int, int]:
    """Take one sample away; return how many entries went and how many stay as own."""
    found = {
        one: samples.marked_ids(session, one, sample)
        for one in samples.registers(session, sample)
    }
    kept = _kept(session, found, None)
    held = _handed_over(session, sample, found, kept)
    going = {
        one: ids - kept.get(one, set()) - held.get(one, set())
        for one, ids in found.items()
    }
    for register, ids in going.items():
        _let_go(session, register, ids)
    for register, ids in going.items():
        _delete(session, register, ids)
    _forget_people(session, going.get("staff", set()))
    _forget_departments(session, going.get("department", set()))
    session.execute(delete(SampleRow).where(SampleRow.sample == sample))
    _reset_numbers(session, list(going))
    samples.note_removed(session, sample)
    return _count(going), _count(kept)


def _count(some: Ids) -> int:
    return sum(len(ids) for ids in some.values())


def _handed_over(session: Session, sample: str, found: Ids, kept: Ids) -> Ids:
    """Let what entries of other samples refer to be theirs; return it."""
    held: Ids = {}
    for other in samples.names(session):
        if other == sample:
            continue
        for register, ids in _kept(session, found, other).items():
            already = kept.get(register, set()) | held.get(register, set())
            samples.hand_over(session, register, ids - already, other)
            held.setdefault(register, set()).update(ids - already)
    return held


def _kept(session: Session, found: Ids, by: str | None) -> Ids:
    """Return the sample entries that other entries refer to, and what those need.

    Those others are one's own, or with `by` the entries of another sample.
    """
    kept: Ids = {}
    fresh = {
        target: ids & found[target]
        for target in found
        if (ids := set(_referred(session, target, by)))
    }
    while fresh:
        for register, ids in fresh.items():
            kept.setdefault(register, set()).update(ids)
        needed: Ids = {}
        for register, ids in fresh.items():
            for target, more in _needs(session, register, ids):
                new = (more & found.get(target, set())) - kept.get(target, set())
                if new:
                    needed.setdefault(target, set()).update(new)
        fresh = needed
    return kept


def _referred(session: Session, target: str, by: str | None) -> Iterator[int]:
    """Yield the sample entries of a register that some other entries refer to."""
    known = catalogue.current()
    sampled = samples.sample_ids(target)
    for declared in known:
        table = known.table(declared.code)
        for one in declared.all_fields:
            if one.refers_to != target:
                continue
            column = table.c[one.column or ""]
            query = select(column).where(column.in_(sampled)).distinct()
            theirs = samples.sample_ids(declared.code, by)
            here = table.c.id.not_in(theirs) if by is None else table.c.id.in_(theirs)
            yield from session.scalars(marked(query.where(here), declared.code))


def _needs(
    session: Session, register: str, ids: set[int]
) -> Iterator[tuple[str, set[int]]]:
    """Yield what some entries themselves refer to, field by field."""
    declared, table = _of(register)
    for one in declared.all_fields:
        if one.refers_to is None:
            continue
        column = table.c[one.column or ""]
        found: set[int] = set()
        for some in _chunks(ids):
            query = select(column).where(table.c.id.in_(some), column.is_not(None))
            found |= set(session.scalars(marked(query, register)))
        yield one.refers_to, found


def _let_go(session: Session, register: str, ids: set[int]) -> None:
    """Empty the references of entries that go, so that none waits for another."""
    declared, table = _of(register)
    empty = {
        one.column: None for one in declared.all_fields if one.refers_to is not None
    }
    for some in _chunks(ids):
        anew = empty | {"version": table.c.version + 1}
        changed = update(table).where(table.c.id.in_(some)).values(anew)
        session.execute(marked(changed, register))


def _delete(session: Session, register: str, ids: set[int]) -> None:
    declared, table = _of(register)
    beside = [
        one
        for one in engine_metadata().sorted_tables
        if {"register", "entry_id"} <= set(one.c.keys()) and one.name != AUDIT
    ]
    for some in _chunks(ids):
        search.drop_entries(session, declared, some)
        # First: its trigger takes it for another program's deletion and notes it.
        gone = delete(table).where(table.c.id.in_(some))
        session.execute(marked(gone, register))
        for other in reversed(beside):
            here = (other.c.register == register) & other.c.entry_id.in_(some)
            session.execute(delete(other).where(here))


def _forget_people(session: Session, staff: set[int]) -> None:
    """Delete the accounts and slips of people who are gone, and runs left empty."""
    for some in _chunks(staff):
        session.execute(delete(Account).where(Account.staff_id.in_(some)))
        session.execute(delete(PaySlip).where(PaySlip.staff_id.in_(some)))
    session.execute(delete(PayRun).where(PayRun.id.not_in(select(PaySlip.run_id))))


def _forget_departments(session: Session, departments: set[int]) -> None:
    """Delete what held in departments that are gone: calendars, targets, schemes.

    What a template brought to them is forgotten as well.
    """
    scoped = [
        one for one in engine_metadata().sorted_tables if "department_id" in one.c
    ]
    for some in _chunks(departments):
        for table in reversed(scoped):
            session.execute(delete(table).where(table.c.department_id.in_(some)))
        for applied in (AppliedItem, AppliedTemplate):
            session.execute(delete(applied).where(applied.scope.in_(some)))


def _reset_numbers(session: Session, registers: list[str]) -> None:
    """Begin numbers anew where nothing is left."""
    for register in registers:
        table = catalogue.current().table(register)
        counted = select(func.count()).select_from(table)
        if not session.scalar(marked(counted, register)):
            session.execute(
                delete(NumberCounter).where(NumberCounter.register == register)
            )


def _of(register: str) -> tuple[Declaration, Table]:
    known = catalogue.current()
    return known[register], known.table(register)


def _chunks(ids: set[int]) -> Iterator[list[int]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]
