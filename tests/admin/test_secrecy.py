"""Levels of secrecy: who sees which entries, by every way; who may give which level."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, true

from models import access, catalogue, entries
from models.access import SYSTEM, Action, Grant, Person, Role, RoleGrant, Rows
from models.accounts import raise_stamps
from models.entry_errors import EntryRefusedError
from tests.admin.test_role_pages import BASIS, SELECTED
from tests.company import Company, writer

LOANS = "document_loan"
DAILY = "list read create change export"
LEVELS = ("public", "internal", "secret", "top_secret")


def loan(level: str | None, **more: Any) -> dict[str, Any]:
    values = {
        "document": f"卷宗{level}",
        "borrower": 1,
        "lent_on": date(2026, 10, 12),
        "due_on": date(2026, 10, 20),
        "secrecy_level": level,
    }
    return values | more


@pytest.fixture
def desk(company: Company) -> Company:
    """The company with a document of each level; who sees what is up to the test."""
    here = company.person("A02")
    for level in LEVELS:
        company.create(
            LOANS,
            loan(level, department=here.department_id, branch=here.branch_id),
        )
    return company


def grant(company: Company, *lines: tuple[Rows, int], actions: str = DAILY) -> None:
    """Let clerks have these rows of the loans, each up to a level."""
    with company.database.write() as session:
        role = session.scalars(select(Role).filter_by(code="clerk")).one()
        session.execute(
            delete(RoleGrant).where(
                RoleGrant.role_id == role.id, RoleGrant.register == LOANS
            )
        )
        session.add_all(
            RoleGrant(
                role_id=role.id, register=LOANS, actions=actions, rows=rows, secrecy=up
            )
            for rows, up in lines
        )
        raise_stamps(session)


def seen(company: Company, person: Person) -> list[str]:
    table = catalogue.current().table(LOANS)
    query = access.visible(person, LOANS).with_only_columns(table.c.document)
    with company.database.read() as session:
        return list(session.scalars(query.order_by(table.c.id)))


@pytest.mark.parametrize("level", range(4))
def test_entries_are_seen_up_to_the_level_that_a_grant_carries(
    desk: Company, level: int
) -> None:
    grant(desk, (Rows.ALL, level))

    found = seen(desk, desk.person("A02"))

    assert found == [f"卷宗{one}" for one in LEVELS[: level + 1]]


def test_grant_that_says_no_level_sees_the_lowest(desk: Company) -> None:
    assert seen(desk, desk.person("admin")) == ["卷宗public"]


def test_wide_and_low_beside_narrow_and_high_are_not_wide_and_high(
    desk: Company,
) -> None:
    grant(desk, (Rows.ALL, 0), (Rows.DEPARTMENT, 2))

    assert len(seen(desk, desk.person("A02"))) == 3
    assert seen(desk, desk.person("B01")) == ["卷宗public"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "?q=卷宗secret",
        "?w=secrecy_level~in~secret",
        "?sort=secrecy_level",
        "count/?q=卷宗secret",
        "export/csv/",
        "details/?id={id}",
        "edit/?id={id}",
        "history/?id={id}",
    ],
)
def test_what_is_too_secret_is_in_no_page(desk: Company, address: str) -> None:
    grant(desk, (Rows.ALL, 1))
    with desk.database.read() as session:
        table = catalogue.current().table(LOANS)
        query = access.visible(SYSTEM, LOANS).where(table.c.document == "卷宗secret")
        secret = session.scalars(query.with_only_columns(table.c.id)).one()
    client = desk.client("A02")

    answer = client.get(
        f"/register/{LOANS}/{address.format(id=secret)}", follow_redirects=True
    )

    text = answer.data.decode("utf-8", "replace")
    assert "卷宗secret" not in text.replace("?q=卷宗secret", "").replace(
        'value="卷宗secret"', ""
    )
    assert f'data-pk="{secret}"' not in text


def test_what_is_too_secret_is_not_counted(desk: Company) -> None:
    grant(desk, (Rows.ALL, 1))

    answer = desk.client("A02").get(f"/register/{LOANS}/count/?q=卷宗")

    assert answer.get_json() == {"text": "2"}


def test_level_above_ones_own_is_refused_with_a_sentence(desk: Company) -> None:
    grant(desk, (Rows.ALL, 1))
    person = desk.person("A02")

    with desk.database.write() as session, pytest.raises(EntryRefusedError) as error:
        entries.create(session, LOANS, loan("secret"), writer(person))

    (problem,) = error.value.problems
    assert problem.field == "secrecy_level"
    assert "最高可用“内部”" in problem.label.zh


def test_entry_is_not_lifted_above_ones_own_level(desk: Company) -> None:
    grant(desk, (Rows.ALL, 1))
    person = desk.person("A02")
    with desk.database.write() as session:
        own = entries.create(session, LOANS, loan("internal"), writer(person))

    for level, refused in (("top_secret", True), ("public", False)):
        with desk.database.write() as session:
            try:
                values = {"secrecy_level": level}
                entries.change(session, LOANS, own, values, writer(person))
            except EntryRefusedError:
                assert refused
            else:
                assert not refused


def test_register_without_levels_is_seen_as_before() -> None:
    declared = catalogue.current()["call_log"]
    table = catalogue.current().table("call_log")
    low = Person("", grants=(Grant("*", frozenset(Action), Rows.ALL),))

    assert declared.secrecy is None
    assert access.sees_every_row(low, declared, Action.LIST)
    said = access.row_criteria(low, declared, table, Action.LIST)
    assert str(said) == str(true())


def test_entry_without_a_level_counts_as_the_lowest() -> None:
    declared = catalogue.current()[LOANS]
    table = catalogue.current().table(LOANS)
    low = Person("", grants=(Grant(LOANS, frozenset(Action), Rows.ALL),))

    said = str(access.row_criteria(low, declared, table, Action.LIST))

    assert "secrecy_level IS NULL" in said
    assert not access.sees_every_row(low, declared, Action.LIST)


def test_level_is_set_in_the_matrix_and_not_beyond_ones_own(desk: Company) -> None:
    grant(desk, (Rows.ALL, 0))
    with desk.database.read() as session:
        clerk = session.scalars(select(Role.id).filter_by(code="clerk")).one()
    client = desk.client("admin")
    page = client.get(f"/settings/roles/{clerk}/").text

    groups = [one for one in ("m0", "m1", "m2", "m3", "m4", "m5") if f"/{one}/" in page]
    shown = {one: client.get(f"/settings/roles/{clerk}/{one}/").text for one in groups}
    (group,) = (one for one, text in shown.items() if f"secrecy.{LOANS}" in text)
    form = form_of(shown[group]) | {f"secrecy.{LOANS}": "2"}
    answer = client.post(f"/settings/roles/{clerk}/{group}/", data=form)

    assert answer.status_code == 422
    assert "您自己没有这些权限" in answer.text
    assert seen(desk, desk.person("A02")) == ["卷宗public"]


def form_of(page: str) -> dict[str, str]:
    return {"basis": BASIS.findall(page)[0], **dict(SELECTED.findall(page))}
