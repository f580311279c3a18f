"""Objections: raised from the slip, decided by whom the matrix names, shown on it."""

import pytest
from sqlalchemy import select

from models import catalogue, entries
from models.access import SYSTEM, marked, visible
from models.outbox import Message
from seed.template import read_template
from tests.admin.test_pay_pages import out, paid
from tests.admin.test_pay_secrecy import FOREIGN, OWN
from tests.company import NOON, Company

__all__ = ["out", "paid"]
SLIP = f"/slips/2026-10/{OWN}"
WRONG = {"line": "third", "reason": "少算了一个来电"}


def objections(company: Company) -> list[dict[str, object]]:
    with company.database.read() as session:
        declared = catalogue.current()["pay_objection"]
        return entries.load(session, declared, visible(SYSTEM, "pay_objection"))


def test_owner_objects_to_a_line_by_one_click(out: Company) -> None:
    with out.database.write() as session:
        staff = catalogue.current().table("staff")
        session.execute(
            marked(
                staff.update().where(staff.c.id == OWN).values(superior_id=1), "staff"
            )
        )
    client = out.client("A02")

    answer = client.post(f"{SLIP}/object/", data=WRONG, follow_redirects=True)

    (one,) = objections(out)
    assert "少算了一个来电" in answer.text
    assert (one["objector"], one["handler"]) == (OWN, 1)
    assert (one["period"], one["line"]) == ("2026-10", "三分之一")
    assert one["status"] == "raised"
    page = client.get(SLIP).text
    assert "待处理" in page
    assert str(one["number"]) in page


def test_same_line_is_objected_to_once_until_it_is_decided(out: Company) -> None:
    client = out.client("A02")
    client.post(f"{SLIP}/object/", data=WRONG)

    again = client.post(f"{SLIP}/object/", data=WRONG, follow_redirects=True)

    assert len(objections(out)) == 1
    assert "已有待处理的异议" in again.text


@pytest.mark.parametrize(
    ("login", "whose", "form"),
    [
        ("A01", OWN, WRONG),  # of another
        ("B01", OWN, WRONG),
        ("A02", FOREIGN, WRONG),
        ("A02", OWN, WRONG | {"line": "no_such_line"}),
        ("A02", OWN, WRONG | {"reason": "  "}),
        ("A03", 3, WRONG),  # may not create such entries
    ],
)
def test_what_is_no_objection_to_ones_own_slip_is_refused(
    out: Company, login: str, whose: int, form: dict[str, str]
) -> None:
    out.client(login).post(f"/slips/2026-10/{whose}/object/", data=form)

    assert objections(out) == []


def test_slip_that_is_not_out_cannot_be_objected_to(paid: Company) -> None:
    client = paid.client("A02")

    client.post(f"{SLIP}/object/", data=WRONG)

    assert objections(paid) == []


def test_form_stands_on_ones_own_slip_only(out: Company) -> None:
    assert "slip-object" in out.client("A02").get(SLIP).text
    assert "slip-object" not in out.client("A01").get(SLIP).text


def test_superior_decides_and_the_answer_stands_on_the_slip(out: Company) -> None:
    out.client("A02").post(f"{SLIP}/object/", data=WRONG)
    (one,) = objections(out)
    step = f"/register/pay_objection/step/?id={one['id']}&step=uphold"
    form = {"id": one["id"], "step": "uphold", "version": one["version"]}
    said = form | {"comment": "已补登，下月补发"}

    by_owner = out.client("A02").post(step, data=said)
    assert objections(out)[0]["status"] == "raised"
    by_superior = out.client("A01").post(step, data=said)

    assert (by_owner.status_code, by_superior.status_code) == (409, 302)
    (after,) = objections(out)
    assert (after["status"], after["decided_by"]) == ("upheld", 1)
    page = out.client("A02").get(SLIP).text
    assert "成立" in page
    assert "已补登，下月补发" in page


def told(company: Company) -> list[Message]:
    with company.database.read() as session:
        query = select(Message).filter_by(kind="pay_slip").order_by(Message.staff_id)
        return list(session.scalars(query))


def test_people_are_told_once_by_a_link_without_figures(out: Company) -> None:
    client = out.client("A01")

    client.post("/slips/2026-10/tell/")
    client.post("/slips/2026-10/tell/")

    messages = told(out)
    assert [one.staff_id for one in messages] == [1, 2, 3, 5]
    assert {one.text_zh for one in messages} == {"2026年10月的绩效工资条可以查看了。"}
    assert not any("0.83" in one.text_zh + one.text_en for one in messages)
    followed = out.client("A02").get(f"/messages/{messages[1].id}")
    assert followed.headers["Location"] == "/slips/"


def test_nobody_is_told_before_the_lock_nor_by_whoever_may_not_close(
    paid: Company,
) -> None:
    paid.client("A01").post("/slips/2026-10/tell/")
    clerk = paid.client("A02").post("/slips/2026-10/tell/")

    assert clerk.status_code == 403
    assert told(paid) == []


def test_objection_has_a_clock_in_every_template() -> None:
    found = {one.stanza.code: one.stanza for one in read_template("common").targets}

    target = found["pay_objection.decided"]

    assert target.enabled
    assert (target.start, target.stop) == ("asked_at", "decided_at")


def test_moment_of_an_objection_is_when_it_was_sent(out: Company) -> None:
    out.client("A02").post(f"{SLIP}/object/", data=WRONG)

    (one,) = objections(out)

    assert one["asked_at"] == one["created_at"]
    assert one["asked_at"] != NOON
