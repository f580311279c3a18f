"""A full disk, a lock, a constraint in the way: a sentence, and nothing lost."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database import ConflictError, StorageBusyError
from tests.company import Company

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "result": "pending",
    "channel": "phone",
    "urgency": "normal",
}


@pytest.mark.databases("sqlite")  # only SQLite can be made full without filling a disk
def test_full_disk_keeps_the_form_and_says_what_to_do(company: Company) -> None:
    with company.database.write() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages}"))
    client = company.client("A02")

    answer = client.post(
        "/register/call_log/new/", data=CALL | {"content": "还没有保存的内容" * 2000}
    )

    assert answer.status_code == 422
    assert "磁盘已满" in answer.text
    assert "还没有保存的内容" in answer.text
    query = "SELECT count(*) FROM change_event WHERE register = 'call_log'"
    with company.database.read() as session:
        assert session.execute(text(query)).scalar_one() == 0


def test_lock_that_is_not_given_is_told_as_busy(company: Company) -> None:
    locked = OperationalError("UPDATE", {}, Exception("database is locked"))

    with pytest.raises(StorageBusyError), company.database.write():
        raise locked


def test_constraint_in_the_way_is_told_without_sql(company: Company) -> None:
    with pytest.raises(ConflictError) as refused, company.database.write() as session:
        session.execute(text("UPDATE account SET login = 'same'"))

    assert "UPDATE" not in str(refused.value)
