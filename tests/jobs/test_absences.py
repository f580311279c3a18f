"""When an agreed absence begins, the deputy gets the open work, once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from jobs.absences import hand_next
from jobs.work import Work
from models import catalogue, declaring
from models.accounts import Account
from models.history import ChangeEvent
from models.outbox import Message
from models.settings import Settings
from models.stored import PANEL
from tests.company import NOON, Company, build_company, open_company
from tests.databases import Builder
from tests.shift_desk import CALL, ORDER, call, staff_id

LEAVE: dict[str, Any] = {
    "code": "x_leave",
    "title": "休假 | Leaves",
    "menu": "team",
    "numbering": "XJ{year}{serial:03}",
    "handed_on": [],
    "stands_in": "state",
    "absence": {
        "person": "who",
        "deputy": "deputy",
        "from": "from_on",
        "until": "until_at",
        "states": ["agreed"],
    },
    "fields": [
        {"name": "who", "title": "请假人 | Who", "type": "person", "owner": True},
        {"name": "deputy", "title": "代理人 | Deputy", "type": "person", "owner": True},
        {"name": "from_on", "title": "开始 | From", "type": "date"},
        {"name": "until_at", "title": "结束 | Until", "type": "instant"},
        {
            "name": "state",
            "title": "状态 | State",
            "type": "choice",
            "options": {"asked": "待批 | Asked", "agreed": "已批 | Agreed"},
        },
    ],
}


@pytest.fixture
def office(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company", build_company), tmp_path)
    declaring.apply(opened.database, lambda it: it.with_register(LEAVE, PANEL))
    yield opened
    opened.close()
    catalogue.use()


def leave(office: Company, deputy: str | None = "A01", **changes: Any) -> int:
    values: dict[str, Any] = {
        "who": staff_id(office, "A02"),
        "deputy": staff_id(office, deputy) if deputy else None,
        "from_on": NOON.date(),
        "until_at": NOON + timedelta(days=3),
        "state": "agreed",
    }
    return office.create("x_leave", values | changes)


def run(office: Company, tmp_path: Path) -> int:
    work = Work(office.database, Settings(data_folder=tmp_path), NOON)
    rows, again = 0, True
    while again:
        done = hand_next(work)
        rows, again = rows + done.rows, done.again
    return rows


def test_deputy_gets_the_open_entries_and_is_told(
    office: Company, tmp_path: Path
) -> None:
    entry, done = call(office), call(office, result="solved")
    leave(office)

    assert run(office, tmp_path) == 1

    assert office.get("call_log", entry)["holder"] == staff_id(office, "A01")
    assert office.get("call_log", done)["holder"] == staff_id(office, "A02")
    with office.database.read() as session:
        told = session.scalars(select(Message)).one()
    assert told.staff_id == staff_id(office, "A01")
    assert "1 条登记已转到您名下" in told.text_zh


def test_it_is_done_once_and_stands_in_the_history(
    office: Company, tmp_path: Path
) -> None:
    absence = leave(office)
    run(office, tmp_path)
    entry = call(office)

    assert run(office, tmp_path) == 0

    assert office.get("call_log", entry)["holder"] == staff_id(office, "A02")
    page = office.client("admin").get(f"/register/x_leave/details/?id={absence}")
    assert page.text.count("工作已移交代理人") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "asked"},
        {"from_on": NOON.date() + timedelta(days=1)},
        {"from_on": NOON.date() - timedelta(days=9), "until_at": NOON - timedelta(1)},
        {"deputy": None},
    ],
    ids=["not agreed to", "not begun", "over", "without a deputy"],
)
def test_nothing_moves_before_an_absence_is_agreed_to_and_has_begun(
    office: Company, tmp_path: Path, changes: dict[str, Any]
) -> None:
    entry = call(office)
    leave(office, **changes)

    run(office, tmp_path)

    assert office.get("call_log", entry)["holder"] == staff_id(office, "A02")


def test_what_the_deputy_may_not_change_stays(office: Company, tmp_path: Path) -> None:
    called = office.create("call_log", CALL, "A02")
    order = office.create("service_order", ORDER, "A02")
    leave(office, "A03")  # an engineer, who keeps no calls

    run(office, tmp_path)

    assert office.get("call_log", called)["holder"] == staff_id(office, "A02")
    assert office.get("service_order", order)["holder"] == staff_id(office, "A03")


def test_killed_half_way_it_is_done_again(
    office: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = call(office)
    absence = leave(office)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("models.absences.remember", killed)
        with pytest.raises(KeyboardInterrupt):
            run(office, tmp_path)
    assert office.get("call_log", entry)["holder"] == staff_id(office, "A02")

    assert run(office, tmp_path) == 1

    with office.database.read() as session:
        told = session.scalars(select(ChangeEvent).filter_by(action="handed_on")).all()
    assert [one.entry_id for one in told] == [absence]


def test_deputy_who_cannot_sign_in_is_told_to_the_absent_one(
    office: Company, tmp_path: Path
) -> None:
    call(office)
    leave(office, deputy="N01")
    with office.database.write() as session:
        session.execute(
            update(Account).where(Account.login == "N01").values(active=False)
        )

    assert run(office, tmp_path) == 0

    with office.database.read() as session:
        told = session.scalars(select(Message)).one()
    assert told.staff_id == staff_id(office, "A02")
    assert "没有移交" in told.text_zh
