"""The sample of every template that has a plan: it loads, and reads as people write."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, samples, stored
from models.access import SYSTEM
from models.clock_table import Clock
from models.database import Database
from models.fields import TEXTUAL
from models.opening import ready
from models.register import BeginsWith, Declaration
from seed.sample.days import FIRST, LAST, NOW
from seed.sample.loading import WRITTEN, load_sample
from seed.sample.plan import plan_names, read_plan
from seed.sample.plan_schema import BeginsStanza, FollowStanza, RowsStanza
from seed.sample.removing import remove_sample
from tests.databases import Builder
from tests.seed.conftest import WRITER, ZONE
from tests.seed.declared_templates import upon_template

PLANNED = [one for one in plan_names() if one not in WRITTEN]
UNFILLED = re.compile(r"[{}]|None|示例")


def build(url: str, name: str) -> None:
    database = ready(Database(url))
    load_sample(database, name, WRITER)
    database.dispose()
    catalogue.use()


BUILDERS: dict[str, Builder] = {
    name: upon_template(name)(partial(build, name=name)) for name in PLANNED
}


@pytest.fixture(params=PLANNED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def loaded(
    name: str, prepared_database: Callable[[str, Builder], str]
) -> Iterator[Database]:
    database = Database(prepared_database(f"sample_{name}", BUILDERS[name]))
    stored.know(database)
    yield database
    database.dispose()
    catalogue.use()


def written(
    session: Session, name: str
) -> Iterator[tuple[Declaration, dict[str, Any]]]:
    """Yield every entry of a sample with its register."""
    for code in samples.registers(session, name):
        declared, table = catalogue.current()[code], catalogue.current().table(code)
        own = table.c.id.in_(samples.sample_ids(code, name))
        query = access.visible(SYSTEM, code).where(own)
        for row in entries.load(session, declared, query):
            yield declared, row


def test_share_of_late_clocks_lies_where_the_plan_says(
    loaded: Database, name: str
) -> None:
    low, high = read_plan(name).file.sample.late
    with loaded.read() as session:
        late = [one.breached_at is not None for one in session.scalars(select(Clock))]

    assert len(late) > 100
    assert low <= sum(late) / len(late) <= high


def test_texts_read_as_people_write_them(loaded: Database, name: str) -> None:
    with loaded.read() as session:
        texts = {
            (declared.code, one.name, row[one.name])
            for declared, row in written(session, name)
            for one in declared.fields
            if one.type in TEXTUAL and row[one.name]
        }

    assert len(texts) > 200
    assert not [said for *_, said in texts if UNFILLED.search(said)]


def test_every_register_of_the_plan_has_its_entries_within_the_two_months(
    loaded: Database, name: str
) -> None:
    plan = read_plan(name).file
    with loaded.read() as session:
        moments = {
            code: [row["created_at"] for row in rows]
            for code, rows in by_register(session, name).items()
        }
    for stanza in plan.entries:
        assert stanza.register_ in moments
        if stanza.before is None:
            days = [one.astimezone(ZONE).date() for one in moments[stanza.register_]]
            assert min(days) >= FIRST
            assert max(moments[stanza.register_]) <= NOW
            assert len(set(days)) > (LAST - FIRST).days / 3 or len(days) < 60


def by_register(session: Session, name: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for declared, row in written(session, name):
        found.setdefault(declared.code, []).append(row)
    return found


def test_every_field_that_the_plan_names_is_filled_somewhere(
    loaded: Database, name: str
) -> None:
    with loaded.read() as session:
        rows = by_register(session, name)

    for stanza in read_plan(name).file.entries:
        for field, said in stanza.fields.items():
            if said.kind != "value" or said.value is not None:
                held = [row[field] for row in rows[stanza.register_]]
                assert any(value is not None for value in held), (
                    stanza.register_,
                    field,
                )


def test_whole_that_begins_with_parts_has_just_these(
    loaded: Database, name: str
) -> None:
    plan = read_plan(name).file
    with loaded.read() as session:
        rows = by_register(session, name)
    for stanza in followers(plan.entries):
        target = catalogue.current()[stanza.register_]
        said = stanza.begins or target.begins_with
        if said is None or target.part_of is None:
            continue
        begins = BeginsWith(said.by, code_of(said), said.carry)
        of_source = catalogue.current()[begins.register].part_of or ""
        for whole in rows[target.field(target.part_of).refers_to or ""]:
            if whole[begins.by] is not None:
                begun = [
                    [row[one] for one in begins.carry]
                    for row in rows[target.code]
                    if row[target.part_of] == whole["id"]
                ]
                should = [
                    [row[one] for one in begins.carry.values()]
                    for row in rows[begins.register]
                    if row[of_source] == whole[begins.by]
                ]
                assert sorted(begun, key=str) == sorted(should, key=str)
                assert should


def followers(stanzas: Sequence[RowsStanza]) -> Iterator[FollowStanza]:
    for one in stanzas:
        yield from one.then
        yield from followers(one.then)


def code_of(said: BeginsWith | BeginsStanza) -> str:
    return said.register if isinstance(said, BeginsWith) else said.register_


def test_it_leaves_with_one_click(loaded: Database, name: str) -> None:
    remove_sample(loaded, WRITER, name)

    with loaded.read() as session:
        assert samples.registers(session) == []
        assert samples.loaded(session) == {}
        for one in catalogue.current():
            if one.of_people or one.code == "department":
                table = catalogue.current().table(one.code)
                query = access.visible(SYSTEM, one.code).with_only_columns(table.c.id)
                assert session.scalars(query).all() == []


def test_no_two_samples_share_numbers_or_telephones() -> None:
    said = [read_plan(one).file.sample for one in plan_names()]

    assert len({one.prefix for one in said}) == len(said)
    assert len({one.block for one in said}) == len(said)
