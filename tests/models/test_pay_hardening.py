"""Fields that harden with the pay: by form, import and plain SQL, until unlocked."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from admin.command_line import main
from models import catalogue, declaring, entries, stored
from models.access import SYSTEM
from models.database import Database, PeriodClosedError
from models.entry_errors import EntryRefusedError
from models.prepare import prepare
from models.register_checks import check
from models.stanza import read_register, write_register
from models.stored import PANEL, Stored
from tests.company import writer
from tests.databases import Builder, upon
from tests.models.pay_months import SEPTEMBER, Months
from tests.models.test_payroll import build_pay

HOURS = {
    "code": "x_hours",
    "title": "工时单 | Hours",
    "menu": "现场 | Field work",
    "display": ["number"],
    "numbering": "{year}-{serial:04}",
    "hardens": {"fields": ["hours", "approved"], "by": "worked_on"},
    "fields": [
        {"name": "worked_on", "title": "日期 | Day", "type": "date"},
        {"name": "hours", "title": "工时 | Hours", "type": "decimal"},
        {"name": "approved", "title": "核定 | Approved", "type": "decimal"},
        {"name": "closed", "title": "结束 | Closed", "type": "yes_no"},
        {"name": "remark", "title": "说明 | Remark"},
    ],
}
MOMENTS = {
    "code": "x_moments",
    "title": "投诉计件 | Complaints counted",
    "menu": "现场 | Field work",
    "display": ["number"],
    "numbering": "{year}-{serial:04}",
    "hardens": {"fields": ["counts"], "by": "received_at"},
    "fields": [
        {"name": "received_at", "title": "收到 | Received", "type": "instant"},
        {"name": "counts", "title": "计入 | Counts", "type": "integer"},
        {"name": "closed_on", "title": "结案 | Closed", "type": "date"},
    ],
}


def build_hardening(url: str) -> None:
    database = Database(url)
    stored.know(database)
    try:
        for stanza in (HOURS, MOMENTS):

            def edit(there: Stored, stanza: Any = stanza) -> Stored:
                return there.with_register(stanza, PANEL)

            declaring.apply(database, edit)
    finally:
        database.dispose()
        catalogue.use()


@pytest.fixture
def months(prepared_database: Callable[[str, Builder], str]) -> Iterator[Months]:
    url = prepared_database("pay_hardening", upon("pay", build_pay)(build_hardening))
    opened = Database(url)
    stored.know(opened)
    yield Months(opened)
    opened.dispose()
    catalogue.use()


def sheet(months: Months, on: date = date(2026, 9, 10), **values: Any) -> int:
    given = {"worked_on": on, "hours": 8} | values
    with months.database.write() as session:
        return entries.create(session, "x_hours", given, writer())


def change(months: Months, key: int, register: str = "x_hours", **values: Any) -> None:
    with months.database.write() as session:
        entries.change(session, register, key, values, writer())


def hours(months: Months, key: int) -> Any:
    with months.database.read() as session:
        return entries.get(session, SYSTEM, "x_hours", key)["hours"]


def plainly(months: Months, statement: str, **values: Any) -> None:
    with months.database.writing.begin() as connection:
        connection.execute(text(statement), values)


@pytest.fixture
def locked(months: Months) -> tuple[Months, int]:
    key = sheet(months)
    months.pay(SEPTEMBER, "2026-10-05 09:00")
    return months, key


def test_hours_of_a_locked_month_are_refused_with_a_sentence(
    locked: tuple[Months, int],
) -> None:
    months, key = locked

    with pytest.raises(EntryRefusedError) as caught:
        change(months, key, hours=9)

    assert caught.value.text("zh") == (
        "2026-09 的绩效已关账，不能再改“工时”。需要时请先反关账。"
    )
    assert caught.value.problems[0].field == "hours"


def test_other_fields_of_a_locked_month_stay_writable(
    locked: tuple[Months, int],
) -> None:
    months, key = locked

    change(months, key, closed=True, remark="四月结案")

    with months.database.read() as session:
        kept = entries.get(session, SYSTEM, "x_hours", key)
    assert (kept["closed"], kept["remark"]) == (True, "四月结案")


def test_hours_of_an_open_month_stay_writable(locked: tuple[Months, int]) -> None:
    months, _ = locked
    key = sheet(months, date(2026, 10, 1))

    change(months, key, hours=9)

    assert hours(months, key) == 9


@pytest.mark.parametrize(
    "values",
    [{"worked_on": date(2026, 10, 1)}, {"approved": 1}, {"hours": None}],
    ids=["to another month", "filled in now", "emptied"],
)
def test_whatever_moves_the_figures_of_a_locked_month_is_refused(
    locked: tuple[Months, int], values: dict[str, Any]
) -> None:
    months, key = locked

    with pytest.raises(EntryRefusedError):
        change(months, key, **values)


def test_entry_is_neither_moved_nor_entered_into_a_locked_month(
    locked: tuple[Months, int],
) -> None:
    months, _ = locked
    later = sheet(months, date(2026, 10, 1))

    with pytest.raises(EntryRefusedError):
        change(months, later, worked_on=date(2026, 9, 30))
    with pytest.raises(EntryRefusedError):
        sheet(months, date(2026, 9, 30))


def test_entry_without_figures_comes_and_goes(locked: tuple[Months, int]) -> None:
    months, _ = locked
    key = sheet(months, hours=None)

    with months.database.write() as session:
        entries.bin_many(session, "x_hours", [key], writer())
        entries.restore_many(session, "x_hours", [key], writer())


def test_entry_of_a_locked_month_is_not_binned(locked: tuple[Months, int]) -> None:
    months, key = locked

    with pytest.raises(EntryRefusedError), months.database.write() as session:
        entries.bin_many(session, "x_hours", [key], writer())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE x_hours SET hours_e2 = 900 WHERE id = :key",
        "UPDATE x_hours SET worked_on = '2026-10-01' WHERE id = :key",
        "UPDATE x_hours SET binned_at = created_at WHERE id = :key",
        "DELETE FROM x_hours WHERE id = :key",
        "INSERT INTO x_hours (worked_on, hours_e2)"  # noqa: ISC004 - one statement
        " SELECT worked_on, 100 FROM x_hours WHERE id = :key",
    ],
    ids=["changed", "moved", "binned", "deleted", "inserted"],
)
def test_plain_sql_is_refused_on_both_databases(
    locked: tuple[Months, int], statement: str
) -> None:
    months, key = locked

    with pytest.raises(DBAPIError, match="绩效已关账"):
        plainly(months, statement, key=key)

    assert hours(months, key) == 8


def test_plain_sql_may_write_what_does_not_harden(locked: tuple[Months, int]) -> None:
    months, key = locked

    plainly(months, "UPDATE x_hours SET remark = '改' WHERE id = :key", key=key)
    plainly(months, "UPDATE x_hours SET hours_e2 = hours_e2, remark = '再改'")

    with months.database.read() as session:
        assert entries.get(session, SYSTEM, "x_hours", key)["remark"] == "再改"


def test_unlocking_opens_the_fields_again(locked: tuple[Months, int]) -> None:
    months, key = locked
    months.unlock(SEPTEMBER, "2026-10-06 09:00")

    change(months, key, hours=9)
    plainly(months, "UPDATE x_hours SET hours_e2 = 950 WHERE id = :key", key=key)

    assert float(hours(months, key)) == 9.5


@pytest.mark.parametrize(
    ("at", "is_in"),
    [
        ("2026-08-31 15:59:59", False),
        ("2026-08-31 16:00:00", True),  # midnight of 1 September at the desk
        ("2026-09-30 15:59:59", True),
        ("2026-09-30 16:00:00", False),
    ],
)
def test_moment_is_of_the_month_it_is_in_at_the_desk(
    months: Months, at: str, *, is_in: bool
) -> None:
    zone = "" if months.database.is_sqlite else "+00"
    statement = "INSERT INTO x_moments (received_at, counts) VALUES (:at, 1)"
    plainly(months, statement, at=at + zone)
    months.pay(SEPTEMBER, "2026-10-05 09:00")

    plainly(months, "UPDATE x_moments SET closed_on = '2026-10-09'")
    if is_in:
        with pytest.raises(DBAPIError, match="绩效已关账"):
            plainly(months, "UPDATE x_moments SET counts = 2")
    else:
        plainly(months, "UPDATE x_moments SET counts = 2")


def test_save_that_the_lock_overtakes_is_told_kindly(
    locked: tuple[Months, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    months, key = locked
    # As if the period had been open when the save looked.
    monkeypatch.setattr("models.pay_hardening._closed", lambda _: [])

    with pytest.raises(PeriodClosedError, match="刚刚关账"):
        change(months, key, hours=9)


def test_import_tells_each_row_of_a_locked_month(
    locked: tuple[Months, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    months, _ = locked
    monkeypatch.setenv("DATABASE_URL", months.database.url)
    monkeypatch.setenv("TAIZHANG_DATA_FOLDER", str(tmp_path))
    file = tmp_path / "hours.csv"
    lines = ["日期,工时", "2026-09-20,3", "2026-10-02,4"]
    file.write_text("\n".join(lines), "utf-8-sig")

    result = CliRunner().invoke(main, ["import", "x_hours", str(file)])

    assert "2026-09 的绩效已关账" in result.output
    with months.database.read() as session:
        count = text("SELECT count(*) FROM x_hours WHERE worked_on >= '2026-09-20'")
        assert session.scalar(count) in (0, 1)


def test_nothing_is_left_to_do_for_the_planner(months: Months) -> None:
    prepare(months.database, catalogue.current())

    with months.database.read() as session:
        generation = months.database.generation
        assert generation is not None
        assert session.scalar(text("SELECT count(*) FROM pay_closed")) == 0


def test_stanza_says_what_it_was_read_from() -> None:
    declared = read_register(HOURS)

    assert write_register(declared)["hardens"] == HOURS["hardens"]


@pytest.mark.parametrize(
    "hardens",
    [
        {"fields": ["no_such"], "by": "worked_on"},
        {"fields": ["hours"], "by": "remark"},
        {"fields": ["hours"], "by": "no_such"},
        {"fields": [], "by": "worked_on"},
    ],
    ids=["field", "by a text", "by nothing", "empty"],
)
def test_wrong_declaration_is_found(hardens: dict[str, Any]) -> None:
    declared = read_register(HOURS | {"hardens": hardens})
    known = catalogue.Catalogue((*catalogue.current(), declared))

    assert [one.id for one in check(known)] == ["R100"]
