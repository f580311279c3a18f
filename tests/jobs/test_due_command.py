"""`taizhang due`: one question with its reasons, or a file of them line by line."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from click.testing import CliRunner

from admin.command_line import main
from models.calendars import save
from models.database import Database
from models.rules.calendar_object import CalendarParts, read_calendar
from tests.clock_desk import CALENDAR_NAME, SET_UP, prepare_desk
from tests.databases import Builder

WEEK = {
    day: [["09:00", "12:00"], ["13:30", "18:00"]]
    for day in ("mon", "tue", "wed", "thu", "fri")
}
OFFICE = {
    "zone": "Asia/Shanghai",
    "weekly": WEEK,
    "days_off": [f"2026-10-0{day}" for day in range(1, 8)],
    "days": {"2026-10-10": [["09:00", "18:00"]]},
}
CLOSED = {"zone": "Asia/Shanghai", "weekly": {}}
Run = Callable[..., str]


@pytest.fixture
def url(prepared_database: Callable[[str, Builder], str]) -> str:
    return prepared_database("clock_desk", prepare_desk)


@pytest.fixture
def run(url: str, tmp_path: Path) -> Run:
    settings = {"TAIZHANG_DATA_FOLDER": str(tmp_path), "DATABASE_URL": url}

    def command(*words: str, given: str | bytes = "", code: int = 0) -> str:
        done = CliRunner().invoke(main, ["due", *words], input=given, env=settings)
        assert done.exit_code == code, done.output
        return done.output

    return command


@pytest.fixture
def ask(run: Run) -> Callable[..., dict[str, Any]]:
    """Ask one question about the office and return its answer."""

    def asked(**question: Any) -> dict[str, Any]:
        line = json.dumps({"id": 7, "calendar": OFFICE} | question)
        found: dict[str, Any] = json.loads(run("--batch", "-", given=line))
        assert found.pop("id") == 7
        return found

    return asked


@pytest.mark.parametrize(
    ("question", "due"),
    [
        pytest.param({"within_s": 3600}, "2026-10-08T09:30:00+08:00", id="business"),
        pytest.param(
            {"within_s": 1800}, "2026-09-30T18:00:00+08:00", id="due at closing"
        ),
        pytest.param({"within_s": 0}, "2026-09-30T17:30:00+08:00", id="no time at all"),
        pytest.param(
            {"within_s": 86400, "mode": "elapsed"},
            "2026-10-01T17:30:00+08:00",
            id="elapsed",
        ),
        pytest.param(
            {"within_s": 86400, "mode": "rolled"},
            "2026-10-08T17:30:00+08:00",
            id="rolled over the holidays",
        ),
        pytest.param(
            {
                "within_s": 3600,
                "pauses": [["2026-09-30T17:40", "2026-10-08T10:00:00+08:00"]],
            },
            "2026-10-08T10:50:00+08:00",
            id="a pause over the holidays",
        ),
        pytest.param(
            {"start": "2026-10-09T09:00:00Z", "within_s": 9 * 3600},
            "2026-10-10T17:00:00+08:00",
            id="a Saturday of its own hours",
        ),
        pytest.param(
            {"calendar": "desk", "within_s": 1800.5},
            "2026-10-08T09:00:00.500000+08:00",
            id="by its code, to the half second",
        ),
    ],
)
def test_question_is_answered_by_its_due_instant(
    ask: Callable[..., dict[str, Any]], question: dict[str, Any], due: str
) -> None:
    assert ask(**({"start": "2026-09-30T17:30"} | question)) == {"due": due}


def test_question_with_an_end_is_answered_by_the_time_between(
    ask: Callable[..., dict[str, Any]],
) -> None:
    spell = {"start": "2026-09-30T17:30", "end": "2026-10-08T09:15"}
    pauses = [["2026-09-30T17:45", None]]

    assert ask(**spell) == {"elapsed_s": 2700}
    assert ask(**spell, pauses=pauses) == {"elapsed_s": 900}
    assert ask(**spell, mode="elapsed") == {"elapsed_s": 7 * 86400 + 56700}
    assert ask(**spell | {"end": "2026-09-30T17:30:00.25"}) == {"elapsed_s": 0.25}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"calendar": "moon"}, "moon"),
        ({"calendar": None}, "calendar"),
        ({"calendar": {"zone": "Mars", "weekly": {}}}, "Mars"),
        ({"calendar": CLOSED}, "ten years"),
        ({"calendar": CLOSED, "mode": "rolled"}, "ten years"),
        ({"start": "yesterday"}, "yesterday"),
        ({"start": None}, "start"),
        ({"start": "9999-12-31T23:00-12:00"}, "9999"),
        ({"end": "2026-10-02"}, "either within_s or end"),
        ({"within_s": None}, "either within_s or end"),
        ({"within_s": None, "end": "2026-09-01"}, "before the start"),
        ({"within_s": None, "end": "soon"}, "soon"),
        ({"within_s": -1}, "-1"),
        ({"within_s": "1h"}, "1h"),
        ({"within_s": True}, "True"),
        ({"within_s": 1e300}, "1e+300"),
        ({"within_s": 9e9, "mode": "elapsed"}, "outside the calendars"),
        ({"mode": "lunar"}, "lunar"),
        ({"pauses": [["2026-10-02", "2026-10-01"]]}, "check both times"),
        ({"pauses": [["2026-09-30T17:30", None]]}, "still paused"),
        ({"pauses": "never"}, "never"),
        ({"pauses": [["2026-10-02"]]}, "2026-10-02"),
    ],
)
def test_what_is_impossible_is_an_error_of_its_line(
    ask: Callable[..., dict[str, Any]], question: dict[str, Any], said: str
) -> None:
    found = ask(**({"start": "2026-09-30T17:30", "within_s": 86400} | question))

    assert set(found) == {"error"}
    assert said in found["error"]


def test_batch_goes_on_after_lines_that_are_no_questions(run: Run) -> None:
    good = json.dumps(
        {"id": "好", "calendar": OFFICE, "start": "2026-09-30T17:30", "within_s": 60}
    )
    lines = [b"{broken", b"[1]", b'{"within_s": NaN}', b"\xff", b"[" * 99_999, b""]
    given = b"\n".join([*lines, good.encode()])

    said = [json.loads(line) for line in run("--batch", "-", given=given).splitlines()]

    assert [one["id"] for one in said] == [None] * 5 + ["好"]
    assert all(one.get("error") for one in said[:5])
    assert said[5]["due"] == "2026-09-30T17:31:00+08:00"


def test_equal_calendars_of_a_batch_are_read_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []

    def counted(written: object) -> CalendarParts:
        read.append(written)
        return really(written)

    really = read_calendar
    monkeypatch.setattr("models.rules.business_calendar.read_calendar", counted)
    # Unlike any other: the process keeps the calendars that it has read.
    day = date(2030, 1, 1) + timedelta(days=uuid4().int % 10_000)
    own = {"weekly": WEEK, "zone": "Asia/Tokyo", "days_off": [day.isoformat()]}
    lines = [
        json.dumps(
            {"id": at, "calendar": calendar, "start": "2026-09-30", "within_s": at}
        )
        for at, calendar in enumerate([own, dict(reversed(own.items()))] * 20)
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(lines), "utf-8")

    said = run("--batch", str(file)).splitlines()

    assert [json.loads(one)["id"] for one in said] == list(range(40))
    assert len(read) == 1


def test_calendar_of_a_file_tells_the_same_as_that_of_a_code(
    run: Run, tmp_path: Path
) -> None:
    words = ("--start", "2026-09-30T17:30", "--within", "24h", "--json")
    for name, write in (("office.yaml", yaml.safe_dump), ("office.json", json.dumps)):
        (tmp_path / name).write_text(write(OFFICE), "utf-8")

    told = [
        json.loads(run("--calendar", calendar, *words))["due"]
        for calendar in (
            "desk",
            str(tmp_path / "office.yaml"),
            str(tmp_path / "office.json"),
        )
    ]

    assert told == ["2026-10-08T17:30:00+08:00"] * 3


def test_code_that_one_department_alone_has_is_found(run: Run, url: str) -> None:
    database = Database(url)
    with database.write() as session:
        save(session, "shop", CALENDAR_NAME, OFFICE, SET_UP, department_id=1)
    database.dispose()
    question = {"calendar": "shop", "start": "2026-09-30T17:30", "within_s": 60}

    assert "2026-09-30T17:31:00+08:00" in run(
        "--batch", "-", given=json.dumps(question)
    )


def test_command_without_its_words_says_which_to_give(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("zone: [", "utf-8")
    start = ("--start", "2026-09-30", "--within", "24h")

    assert "--batch" in run("--start", "2026-09-30", code=2)
    assert "--batch" in run("--batch", "-", *start, code=2)
    assert "bad.yaml" in run("--calendar", str(file), *start, code=2)
