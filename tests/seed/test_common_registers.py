"""The registers of every kind of organisation: they open, take rows, give them back.

One database for each file of them, since a copy costs more than what is tried in it.
"""

from collections.abc import Callable, Iterator
from csv import reader
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from models import catalogue, entries
from models.access import SYSTEM, marked, visible
from models.database import Database
from models.entry_errors import EntryRefusedError
from models.import_mapping import importable
from models.opening import ready
from models.register import Declaration
from seed.coverage import coverage
from seed.declared import declare
from seed.regulation_files import read_regulation, regulation_codes
from seed.template import COMMON, Template, read_template
from tests.company import Company, open_company, upon_company, writer
from tests.databases import Builder
from tests.seed.made_entries import entry_of

FILES = ("posts", "worktime", "meetings", "quality", "business")


@pytest.fixture(scope="module")
def common() -> Template:
    return read_template(COMMON)


@upon_company
def build(url: str) -> None:
    """Let the company have what every kind of organisation declares."""
    database = ready(Database(url))
    declare(read_template(COMMON), database)
    database.dispose()
    catalogue.use()


@pytest.fixture
def office(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    url = prepared_database("common_registers", build)
    ready(Database(url)).dispose()
    opened = open_company(url, tmp_path)
    yield opened
    opened.close()
    catalogue.use()


def kept(company: Company, declared: Declaration) -> list[dict[str, Any]]:
    """Return what is kept of every entry in the fields that a file may fill."""
    names = [one.name for one in importable(declared) if one.name != "created_at"]
    with company.database.read() as session:
        found = entries.load(session, declared, visible(SYSTEM, declared.code))
    return [{name: row[name] for name in names} for row in found]


def newest(company: Company, code: str) -> int:
    """Return the entry that came last, to which the parts that follow belong."""
    table = catalogue.current().table(code)
    query = visible(SYSTEM, code).with_only_columns(table.c.id)
    with company.database.read() as session:
        found: list[int] = list(session.scalars(marked(query, code)))
    return max(found)


def bring_in(company: Company, declared: Declaration, data: bytes) -> str:
    """Import a file as people do: send it, map its columns, apply it."""
    client, base = company.client("admin"), f"/register/{declared.code}/import/"
    sent = client.post(base, data={"file": (BytesIO(data), "a.csv")})
    titles = {one.label.zh: one.name for one in importable(declared)}
    [head] = islice(reader(data.decode("utf-8-sig").splitlines()), 1)
    form: dict[str, Any] = {"head": head}
    form |= {f"column.{at}": titles.get(one, "") for at, one in enumerate(head)}
    rehearsal = client.post(sent.headers["Location"], data=form).headers["Location"]
    page = client.get(rehearsal).text
    client.post(f"{rehearsal}/apply")
    return page


@pytest.mark.parametrize("file", FILES)
def test_registers_open_and_give_out_what_they_take_in(
    office: Company, common: Template, file: str
) -> None:
    client = office.client("admin")
    made: dict[str, int] = {"staff": office.person("A01").staff_id or 0}
    codes = [
        one.stanza["code"]
        for one in common.registers
        if one.source.name == f"{COMMON}/{file}.yaml"
    ]
    for code in codes:
        declared = catalogue.current()[code]
        entry_id = entry_of(office, code, made)
        before = kept(office, declared)

        assert client.get(f"/register/{code}/").status_code == 200, code
        assert client.get(f"/register/{code}/new/").status_code == 200, code
        assert (
            client.get(f"/register/{code}/details/?id={entry_id}").status_code == 200
        ), code
        exported = client.get(f"/register/{code}/export/csv/").data

        with office.database.write() as session:
            entries.bin_many(session, code, [entry_id], writer())
        told = bring_in(office, declared, exported)

        assert kept(office, declared) == before, (code, told)
        made[code] = newest(office, code)


def test_every_clause_that_is_cited_exists_and_most_are_carried(
    common: Template,
) -> None:
    known = {
        clause.code
        for code in regulation_codes()
        for clause in read_regulation(code).stanza.clauses
    }
    cited = {
        clause
        for placed in (*common.registers, *common.fields)
        for clause in _cited(placed.stanza)
    }

    assert cited <= known
    # Attendance, the one regulation that is about nothing but these registers.
    attendance = coverage(common, read_regulation("S2-16"))
    assert [one.code for one in attendance if not one.carried] == []


def _cited(said: Any) -> Iterator[str]:
    if isinstance(said, list):
        for one in said:
            yield from _cited(one)
    if isinstance(said, dict):
        for key, one in said.items():
            if key in ("clause", "clauses"):
                yield from [one] if isinstance(one, str) else one
            elif key == "cites":
                yield from (code for codes in one.values() for code in codes)
            else:
                yield from _cited(one)


def test_swaps_and_time_off_keep_their_limits(office: Company) -> None:
    one, other = (office.person(login).staff_id for login in ("A02", "A03"))

    def swap(day: int) -> int:
        days = {"own_day": date(2026, 11, day), "other_day": date(2026, 11, day + 1)}
        who = {"applicant": one, "colleague": other, "reason": "家中有事"}
        return office.create("shift_swap", who | days)

    def leave(hours: str) -> int:
        return office.create(
            "leave_request",
            {
                "applicant": one,
                "kind": "time_off",
                "from_at": datetime(2026, 11, 2, 1, tzinfo=UTC),
                "until_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
                "hours": Decimal(hours),
                "reason": "调休",
                "deputy": other,
                "handed_over": "已交接",
            },
        )

    for day in (2, 9):
        swap(day)
    with pytest.raises(EntryRefusedError, match="2026年11月 已达 3，最多 2"):
        swap(16)
    with pytest.raises(EntryRefusedError, match="已达 4，最多 0"):
        leave("4")
    balance = {"person": one, "carried": Decimal(6)}
    office.create("time_off_balance", balance)
    asked = leave("4")
    with pytest.raises(EntryRefusedError, match=r"已达 6\.5，最多 6"):
        leave("2.5")
    form = office.client("admin").get(f"/register/leave_request/edit/?id={asked}")
    assert "王敏：可用 6，已用 4，还剩 2。" in form.text
