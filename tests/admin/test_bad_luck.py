"""A full disk, a busy database, a constraint in the way: a sentence, and nothing lost."""

import pytest
from sqlalchemy import text

from models.database import ConflictError, StorageBusyError
from tests.company import Company

CALL = {
    "phone": "13800138000",
    "category": "repair",
    "content": "还没有保存的内容",
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
    with company.database.read() as session:
        assert session.execute(
            text("SELECT count(*) FROM change_event")
        ).scalar_one() == (
            session.execute(
                text("SELECT count(*) FROM change_event WHERE register <> 'call_log'")
            ).scalar_one()
        )


@pytest.mark.databases("sqlite")  # PostgreSQL's writers wait for rows, not for the file
def test_locked_file_is_told_as_busy(company: Company) -> None:
    with (
        company.database.write() as first,
        pytest.raises(StorageBusyError),
        company.database.write() as second,
    ):
        first.execute(text("UPDATE account SET name = name"))
        second.connection().exec_driver_sql("PRAGMA busy_timeout = 10")
        second.execute(text("UPDATE account SET name = name"))


def test_constraint_in_the_way_is_told_without_sql(company: Company) -> None:
    with pytest.raises(ConflictError) as refused, company.database.write() as session:
        session.execute(text("UPDATE account SET login = 'same'"))

    assert "UPDATE" not in str(refused.value)
