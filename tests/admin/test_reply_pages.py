"""Reply texts: everybody's by admins, one's own by oneself, offered in forms."""

import pytest

from tests.company import Company

TEXT = {"code": "yq", "title": "致歉", "text": "{客户}您好，很抱歉。"}


def offered(company: Company, login: str) -> dict[str, str]:
    texts = company.client(login).get("/replies/").get_json()["texts"]
    return {one["code"]: one["text"] for one in texts}


def write(company: Company, login: str, whose: str = "own", **changes: str) -> int:
    path = f"/replies/texts/{whose}/new"
    return company.client(login).post(path, data=TEXT | changes).status_code


def test_own_text_is_offered_to_its_writer_alone(company: Company) -> None:
    assert write(company, "A02") == 302

    assert offered(company, "A02") == {"yq": "{客户}您好，很抱歉。"}
    assert offered(company, "A01") == {}
    assert "致歉" not in company.client("admin").get("/replies/texts/").text


def test_shared_text_is_everybodys_and_ones_own_comes_before_it(
    company: Company,
) -> None:
    write(company, "admin", "shared", text="公用的")
    write(company, "admin", "shared", code="zq", text="另一条")
    write(company, "A02", text="我的")

    assert offered(company, "A02") == {"yq": "我的", "zq": "另一条"}
    assert offered(company, "A03") == {"yq": "公用的", "zq": "另一条"}


def test_only_admins_write_what_is_everybodys(company: Company) -> None:
    assert write(company, "A02", "shared") == 403
    assert offered(company, "A02") == {}


def test_text_of_another_can_be_neither_read_nor_changed(company: Company) -> None:
    write(company, "A02")
    other = company.client("A01")

    assert other.get("/replies/texts/own/1").status_code == 404
    assert other.post("/replies/texts/own/1", data=TEXT).status_code == 404
    assert other.post("/replies/texts/own/1/remove").status_code == 404
    assert company.client("admin").get("/replies/texts/shared/1").status_code == 404
    assert offered(company, "A02")


@pytest.mark.parametrize(
    "changes",
    [{"code": ""}, {"code": "y q"}, {"code": "x" * 21}, {"title": ""}, {"text": ""}],
)
def test_text_that_could_not_be_used_is_refused(
    company: Company, changes: dict[str, str]
) -> None:
    assert write(company, "A02", **changes) == 422
    assert offered(company, "A02") == {}


def test_code_stands_for_one_text(company: Company) -> None:
    write(company, "A02")

    assert write(company, "A02", title="另一条") == 409
    answer = company.client("A02").post("/replies/texts/own/1", data=TEXT)
    assert answer.status_code == 302  # its own code is its own


def test_removed_text_is_offered_no_more(company: Company) -> None:
    write(company, "A02")

    company.client("A02").post("/replies/texts/own/1/remove")

    assert offered(company, "A02") == {}
