"""What is proposed is reached by the same rules as what the database keeps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from models import access, catalogue, row_reach
from models.access import EVERYTHING, Action, Grant, Person, Rows, marked
from models.entries import load
from tests.company import Company, build_company, open_company
from tests.databases import Builder

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
}


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company", build_company), tmp_path)
    for login in ("A01", "A02", "B01", None):
        opened.create("call_log", CALL, login)
    yield opened
    opened.close()


@pytest.mark.parametrize("rows", list(Rows))
@pytest.mark.parametrize("register", ["call_log", "staff"])
def test_rows_are_reached_as_the_database_finds_them(
    company: Company, rows: Rows, register: str
) -> None:
    people = [company.person(login) for login in ("A01", "A02", "B01", "admin")]
    granted = [_with(one, rows) for one in people]
    watched = [replace(one, watched_by=by) for one, by in product(granted, granted)]
    declared = catalogue.current()[register]
    table = catalogue.current().table(register)

    with company.database.read() as session:
        every = load(session, declared, marked(select(table), register))
        for person in (*granted, *watched):
            seen = access.visible(person, register, Action.CHANGE)
            found = {row["id"] for row in load(session, declared, seen)}
            proposed = {
                row["id"]
                for row in every
                if row_reach.reaches(person, declared, Action.CHANGE, row)
            }
            assert proposed == found


def _with(person: Person, rows: Rows) -> Person:
    grant = Grant(EVERYTHING, frozenset({Action.CHANGE}), rows)
    return replace(person, grants=(grant,))
