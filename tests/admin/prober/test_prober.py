"""Nothing leaks, nothing changes, nothing fails: every role against every register.

`make test` tries a part of the matrix that is chosen by the requests themselves, so
that each register, each role and each way is in it; `make soak` tries one of PARTS
parts, another each day, so that all of it, hours of requests, is tried in turn. What
another day tried is tried again with PROBER_PART=7 in the environment.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from zlib import crc32

import pytest
from sqlalchemy import inspect, select, text

from admin import search_pages
from models import stored
from models.access import Action, Role
from models.accounts import Account
from models.database import Database
from seed.template import COMMON, read_template
from tests.admin.prober import parts, probes
from tests.admin.prober.attacker import Attacker, Request
from tests.admin.prober.planting import Garden, Plant, build, garden_of, lay_files
from tests.company import ROLES, Company, open_company
from tests.databases import Databases

EVERY_ROLE = [
    *(one.stanza.code for one in read_template(COMMON).roles),
    *(f"small_{code}" for code in ROLES),
]
ONE_IN = 90  # requests of the whole matrix that every run sends
PARTS = 12  # of the whole matrix, one of which a soak tries
# Tables that may grow by looking, and why.
MAY_GROW = {
    "read_event": "what was revealed, exported or typed is written down",
    "sign_in_event": "so is every try to sign in",
}
# Whoever may open a list keeps views of it for himself; shared ones are compared.
COMPARED = {
    "list_view": " WHERE account_id IS NULL OR department_id IS NOT NULL"
    " OR role IS NOT NULL OR for_all",
    "preference": " WHERE name <> 'list_views'",  # how often views were saved
}


@pytest.fixture(scope="module")
def planted_once(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Company, Garden]]:
    """The company with its canaries, open to every role's attacks."""
    url = databases.copy_of("prober", build)
    folder: Path = tmp_path_factory.mktemp("prober")
    company = open_company(url, folder)
    lay_files(folder / "attachments")
    # A busy machine must not make one search shorter than another.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_pages, "SECONDS", 600.0)
        yield company, garden_of(company.database)
    company.close()
    databases.drop(url)


@pytest.fixture
def planted(planted_once: tuple[Company, Garden]) -> tuple[Company, Garden]:
    """The same company; each test forgets what the one before knew of registers."""
    stored.know(planted_once[0].database)
    return planted_once


def login_of(company: Company, role: str) -> str:
    """Return the account that has a role, and a staff entry in the department."""
    with company.database.read() as session:
        query = select(Account.login).join(Account.roles).where(Role.code == role)
        return max(one for one in session.scalars(query) if one.startswith("P"))


def fingerprint(company: Company) -> dict[str, int]:
    """Return what every table holds, as one number each."""
    watched = Database(company.database.url)
    with watched.reading.connect() as connection:
        found = {}
        for name in inspect(connection).get_table_names():
            if name not in MAY_GROW:
                query = f'SELECT * FROM "{name}"{COMPARED.get(name, "")}'  # noqa: S608 - the database's own names
                rows = connection.execute(text(query))
                found[name] = hash(tuple(sorted(map(str, rows))))
    watched.dispose()
    return found


def chosen(role: str, request: Request, one_in: int, part: int) -> bool:
    """Whether a request is in the part of the matrix that is tried."""
    word = f"{role} {request.method} {request.path} {request.more}"
    return crc32(word.encode()) % one_in == part


def part_of_today() -> int:
    """Return which part of the matrix a soak tries today, from 0."""
    today = datetime.now(UTC).date().toordinal()
    return int(os.environ.get("PROBER_PART", today)) % PARTS


def attack(
    company: Company,
    garden: Garden,
    role: str,
    one_in: int,
    part: int = 0,
    seen_as: str | None = None,
) -> Attacker:
    """Try a part of everything as somebody with a role; return what was found."""
    other = login_of(company, seen_as) if seen_as else None
    attacker = Attacker(company, garden, login_of(company, role), other)
    for plant in garden.plants.values():
        for request in requests(attacker, plant):
            if chosen(role, request, one_in, part):
                attacker.send(request)
        for typed, there, nowhere in pairs(attacker, plant):
            if chosen(role, there, one_in, part):
                attacker.compare(typed, there, nowhere)
        for orders in probes.orders(plant):
            if chosen(role, orders[0], one_in, part):
                attacker.compare_order(orders)
    return attacker


def requests(attacker: Attacker, plant: Plant) -> Iterator[Request]:
    """Yield every look at a planted entry, and every change that is not granted."""
    yield from probes.looks(attacker, plant)
    yield from probes.beside(attacker, plant)
    yield from probes.elsewhere(attacker, plant)
    yield from parts.looks(attacker, plant)
    changes = chain(probes.posts(attacker, plant), parts.posts(attacker, plant))
    for action, request in changes:
        created = action is Action.CREATE and attacker.rows(plant.register, action)
        if not created and not attacker.reaches(plant.register, plant.whose, action):
            yield request


def pairs(attacker: Attacker, plant: Plant) -> Iterator[tuple[str, Request, Request]]:
    """Yield what must not tell a hidden value from one that is nobody's."""
    if attacker.rows(plant.register, Action.LIST, Action.READ):
        yield from probes.oracles(attacker, plant)
    yield from probes.everywhere(attacker, plant)


def test_every_address_can_be_tried(planted: tuple[Company, Garden]) -> None:
    company, _ = planted

    # A rule with an argument of a new kind: say in probes.ARGUMENTS what it may be.
    assert not probes.unknown(company.app.url_map.iter_rules())


def test_the_prober_finds_what_may_be_seen(planted: tuple[Company, Garden]) -> None:
    company, garden = planted
    auditor = Attacker(company, garden, login_of(company, "auditor"))
    seen = {one.text: one for one in garden.canaries if one.text not in auditor.hidden}
    auditor.hidden = seen

    for plant in garden.plants.values():
        if plant.register in ("call_log", "staff"):
            for request in probes.looks(auditor, plant):
                auditor.send(request)

    found = "\n".join(auditor.findings)
    for place in ("call_log.number", "call_log.*entry", "staff.name"):
        assert f"shows foreign {place}" in found


@pytest.mark.parametrize("role", EVERY_ROLE)
def test_nothing_is_seen_told_or_changed(
    planted: tuple[Company, Garden], role: str
) -> None:
    company, garden = planted
    before = fingerprint(company)

    attacker = attack(company, garden, role, ONE_IN)

    assert attacker.sent > 50
    assert attacker.findings == []
    assert fingerprint(company) == before


@pytest.mark.parametrize("role", ["finance", "hr", "service_manager"])
def test_whoever_looks_as_another_sees_no_more_than_as_themselves(
    planted: tuple[Company, Garden], role: str
) -> None:
    company, garden = planted
    before = fingerprint(company)

    attacker = attack(company, garden, "admin", ONE_IN, seen_as=role)

    assert attacker.sent > 50
    assert attacker.findings == []
    assert fingerprint(company) == before


@pytest.mark.soak
@pytest.mark.parametrize("role", EVERY_ROLE)
def test_nothing_at_all_is_seen_told_or_changed(
    planted: tuple[Company, Garden], role: str
) -> None:
    company, garden = planted
    before, part = fingerprint(company), part_of_today()

    attacker = attack(company, garden, role, PARTS, part)

    assert attacker.findings == [], f"PROBER_PART={part}"
    assert fingerprint(company) == before
