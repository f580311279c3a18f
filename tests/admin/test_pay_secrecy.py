"""Whose pay may be seen by whom, and that every look at another's is written down."""

import pytest
from sqlalchemy import select

from models.accounts import ReadEvent
from tests.admin.test_pay_pages import paid
from tests.company import Company

__all__ = ["paid"]
PAGES = ("", "/print/", "/rows/calls")
OWN, FOREIGN = 2, 4  # the slips of A02 and of B01, who is in another department


def looks(company: Company) -> list[tuple[str, int | None, str]]:
    with company.database.read() as session:
        found = session.scalars(select(ReadEvent).order_by(ReadEvent.id))
        return [(one.kind, one.entry_id, one.by_name) for one in found]


def lock(company: Company) -> None:
    for action in ("review", "approve", "lock"):
        company.client("A01").post(f"/pay/2026-10/{action}")


@pytest.mark.parametrize(
    ("login", "whose", "seen"),
    [
        ("A01", OWN, True),
        ("A01", FOREIGN, False),
        ("A02", OWN, True),
        ("A02", 1, False),
        ("A02", FOREIGN, False),
        ("A03", OWN, False),
        ("B01", FOREIGN, True),
        ("B01", OWN, False),
        ("N01", OWN, False),
        ("admin", OWN, False),
    ],
)
@pytest.mark.parametrize("page", PAGES)
def test_slip_is_open_to_its_owner_and_those_the_matrix_names(
    paid: Company, login: str, whose: int, page: str, *, seen: bool
) -> None:
    lock(paid)

    answer = paid.client(login).get(f"/slips/2026-10/{whose}{page}")

    assert (answer.status_code == 200) == seen
    assert answer.status_code in (200, 403, 404, 422)


@pytest.mark.parametrize("page", PAGES)
def test_own_slip_waits_for_the_lock(paid: Company, page: str) -> None:
    answer = paid.client("A02").get(f"/slips/2026-10/{OWN}{page}")

    assert answer.status_code != 200
    assert "尚未公布" in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_look_at_the_slip_of_another_is_written_down(paid: Company, page: str) -> None:
    paid.client("A01").get(f"/slips/2026-10/{OWN}{page}")

    assert looks(paid) == [("pay_slip", OWN, "林主管")]


@pytest.mark.parametrize("page", PAGES)
def test_look_at_ones_own_slip_is_nobodys_business(paid: Company, page: str) -> None:
    lock(paid)

    paid.client("A02").get(f"/slips/2026-10/{OWN}{page}")

    assert looks(paid) == []


def test_run_and_its_printed_slips_are_written_down(paid: Company) -> None:
    client = paid.client("A01")

    client.get("/pay/2026-10")
    printed = client.get("/slips/2026-10/print/").text

    kinds = [kind for kind, _, _ in looks(paid)]
    # The four of the department, one's own not among those written down.
    assert kinds == ["pay_run", "pay_slip", "pay_slip", "pay_slip"]
    assert printed.count('class="paper"') == 4
    assert "赵倩" not in printed


@pytest.mark.parametrize("login", ["A02", "N01", "admin"])
@pytest.mark.parametrize(
    "path",
    [
        "/pay/2026-10/compare/",
        "/pay/2026-10/compare/export/",
        "/pay/2026-10/export/xlsx/",
        "/pay/2026-10/export/csv/",
        "/slips/2026-10/print/",
    ],
)
def test_figures_of_all_are_closed_to_whoever_sees_only_their_own(
    paid: Company, login: str, path: str
) -> None:
    answer = paid.client(login).get(path)

    assert answer.status_code == 403


def test_log_tells_whose_slip_was_looked_at(paid: Company) -> None:
    paid.client("A01").get(f"/slips/2026-10/{OWN}")
    paid.client("A01").get("/pay/2026-10")

    page = paid.client("admin").get("/settings/logs/").text

    assert "查看他人工资条" in page
    assert "查看绩效明细" in page
    assert f"/register/staff/details/?id={OWN}" in page
    assert "2026-10 (4)" in page
