"""Any register that is declared takes rows, gives them out and takes them in again."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models import catalogue, declaring, entries
from models.access import SYSTEM, marked, visible
from models.stored import PANEL
from tests.company import Company, build_company, open_company, writer
from tests.databases import Builder
from tests.stanzas import CODE, VALUES, Stanza, fields, rows, stanzas

BATCHES = count()
FEW = settings(
    max_examples=3,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
        HealthCheck.too_slow,
    ],
)


@pytest.fixture
def office(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company", build_company), tmp_path)
    yield opened
    opened.close()
    catalogue.use()


def declare(office: Company, stanza: Stanza) -> None:
    declaring.apply(office.database, lambda it: it.with_register(stanza, PANEL))


def kept(office: Company) -> list[dict[str, Any]]:
    """Return what is kept of every entry, in the order in which they came."""
    declared = catalogue.current()[CODE]
    table = catalogue.current().table(CODE)
    query = marked(visible(SYSTEM, CODE).order_by(table.c.id), CODE)
    with office.database.read() as session:
        found = entries.load(session, declared, query)
    return [{one.name: row[one.name] for one in declared.fields} for row in found]


def empty(office: Company) -> None:
    with office.database.write() as session:
        table = catalogue.current().table(CODE)
        ids = session.scalars(visible(SYSTEM, CODE).with_only_columns(table.c.id))
        entries.bin_many(session, CODE, list(ids), writer())


def bring_in(office: Company, name: str, data: bytes) -> None:
    """Import a file as people do: send it, map its columns, apply it."""
    client, base = office.client("admin"), f"/register/{CODE}/import/"
    sent = client.post(base, data={"file": (BytesIO(data), name)})
    assert sent.status_code == 302, sent.text
    known = catalogue.installed()[CODE].fields
    form: dict[str, Any] = {"head": [one.label.zh for one in known]}
    form |= {f"column.{index}": one.name for index, one in enumerate(known)}
    rehearsal = client.post(sent.headers["Location"], data=form).headers["Location"]
    client.post(f"{rehearsal}/apply")


def comes_back(office: Company, data: st.DataObject, kind: str) -> None:
    # Names of their own: a column that was retired is not taken for another type.
    stanza = data.draw(stanzas(f"f{next(BATCHES)}_", most=5))
    declare(office, stanza)
    # What has no value at all would be an empty line of the file.
    drawn = data.draw(rows(stanza))
    given_rows = [one for one in drawn if any(it is not None for it in one.values())]
    with office.database.write() as session:
        entries.create_many(session, CODE, given_rows, writer())
    before = kept(office)
    exported = office.client("admin").get(f"/register/{CODE}/export/{kind}/").data
    empty(office)

    bring_in(office, f"a.{kind}", exported)

    assert sorted(kept(office), key=repr) == sorted(before, key=repr)
    empty(office)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@FEW
@given(data=st.data())
def test_any_register_gives_out_what_it_takes_in(
    office: Company, kind: str, data: st.DataObject
) -> None:
    comes_back(office, data, kind)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(FEW, max_examples=150)
@given(data=st.data())
def test_very_many_registers_give_out_what_they_take_in(
    office: Company, kind: str, data: st.DataObject
) -> None:
    comes_back(office, data, kind)


def changed(stanza: Stanza, data: st.DataObject, number: int) -> Stanza:
    """Return a register after one valid change of its fields."""
    own = [dict(one) for one in stanza["fields"]]
    retired = list(stanza.get("retired_fields", ()))
    place = data.draw(st.integers(0, len(own) - 1))
    match data.draw(st.sampled_from(["add", "rename", "hide", "back", "move", "word"])):
        case "add":
            own.insert(place, data.draw(fields(f"n{number}")))
        case "rename":
            own[place] |= {"was": own[place]["name"], "name": f"r{number}"}
            own[place].setdefault("id", stanza["fields"][place]["name"])
            own = [one for one in own if "only_if" not in one or one.pop("only_if")]
        case "hide" if len(own) > 1:
            retired.append(own.pop(place))
            for one in (*own, *retired):
                one.pop("only_if", None)
        case "back" if retired:
            own.append(retired.pop())
        case "move":
            own.insert(0, own.pop(place))
        case _:
            own[place]["title"] = {"zh": f"新名{number}", "en": f"New {number}"}
    return stanza | {"fields": own, "retired_fields": retired}


def keeps_every_value(office: Company, data: st.DataObject) -> None:
    stanza = data.draw(stanzas(f"g{next(BATCHES)}_", most=4))
    declare(office, stanza)
    with office.database.write() as session:
        entries.create_many(session, CODE, data.draw(rows(stanza)), writer())
    before = by_id(office)

    for number in range(data.draw(st.integers(1, 3))):
        stanza = changed(stanza, data, 100 * next(BATCHES) + number)
        declare(office, stanza)
        after = by_id(office)
        for key in before.keys() & after.keys():
            assert after[key] == before[key]
        before |= after
    assert all(one["type"] in VALUES for one in stanza["fields"])
    empty(office)


def by_id(office: Company) -> dict[str, list[Any]]:
    """Return the values of every field by its id, which no change touches."""
    found = kept(office)
    declared = catalogue.current()[CODE]
    return {one.id: [row[one.name] for row in found] for one in declared.fields}


@FEW
@given(data=st.data())
def test_any_series_of_changes_keeps_every_value(
    office: Company, data: st.DataObject
) -> None:
    keeps_every_value(office, data)


@pytest.mark.soak
@settings(FEW, max_examples=100)
@given(data=st.data())
def test_very_many_changes_keep_every_value(
    office: Company, data: st.DataObject
) -> None:
    keeps_every_value(office, data)
