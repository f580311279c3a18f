"""Samples as plans: what a plan says is what is loaded, and all of it goes again."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import access, accounts, catalogue, entries, preferences, samples, stored
from models.access import SYSTEM
from models.applied import AppliedItem
from models.clock_table import Clock
from models.database import Database
from models.flow_table import FlowStep
from models.history import ChangeEvent
from models.samples import SampleRow
from models.stored import NOTHING
from models.targets import SlaTarget
from models.words import PersonError
from seed.declared import knowing
from seed.sample.days import NOW, WORKDAYS
from seed.sample.loading import add_rows, load_sample
from seed.sample.plan import read_plan
from seed.sample.plan_checks import check_plan
from seed.sample.removing import remove_sample
from seed.sample.staff_accounts import PASSWORD
from seed.template import read_template
from seed.template_error import TemplateError
from tests.databases import Builder
from tests.seed.conftest import WRITER, ZONE
from tests.seed.trial_templates import build_trial, trial_folder

Rows = list[dict[str, Any]]


@pytest.fixture
def folder() -> Iterator[Path]:
    with trial_folder() as found:
        yield found


@pytest.fixture
def trial(
    folder: Path, prepared_database: Callable[[str, Builder], str]
) -> Iterator[Database]:
    del folder
    database = Database(prepared_database("sample_trial", build_trial))
    stored.know(database)
    yield database
    database.dispose()
    catalogue.use()


def rows_of(session: Session, register: str) -> Rows:
    query = access.visible(SYSTEM, register)
    return entries.load(session, catalogue.current()[register], query)


def counts(session: Session) -> dict[str, int]:
    query = select(SampleRow.register, func.count()).group_by(SampleRow.register)
    return {row[0]: row[1] for row in session.execute(query)}


def by_id(rows: Rows) -> Mapping[int, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def test_plan_gives_so_many_entries_on_workdays_and_mostly_in_the_morning(
    trial: Database,
) -> None:
    with trial.read() as session:
        found = counts(session)
        calls = rows_of(session, "call_log")
    moments = [row["received_at"].astimezone(ZONE) for row in calls]

    assert (found["customer_file"], found["call_log"], found["staff"]) == (40, 200, 6)
    assert {one.date() for one in moments} <= set(WORKDAYS)
    assert sum(one.hour < 12 for one in moments) > 80
    assert max(moments) < NOW


def test_rows_that_say_themselves_what_they_are_come_as_they_are(
    trial: Database,
) -> None:
    with trial.read() as session:
        models = rows_of(session, "machine_model")
    found = {row["name"]: row["series"] for row in models}

    assert found == {"甲型": "大", "乙型": "小"}


def test_regular_customers_make_most_of_the_calls(trial: Database) -> None:
    with trial.read() as session:
        calls = rows_of(session, "call_log")
        customers = by_id(rows_of(session, "customer_file"))
    often = Counter(row["customer"] for row in calls).most_common(len(customers) // 5)

    assert sum(count for _, count in often) > len(calls) * 0.6
    assert all(row["phone"] == customers[row["customer"]]["phone"] for row in calls)


def test_values_follow_other_values_of_the_entry(trial: Database) -> None:
    with trial.read() as session:
        calls = rows_of(session, "call_log")
        customers = by_id(rows_of(session, "customer_file"))
    enquiries = [row for row in calls if row["category"] == "enquiry"]

    assert all(
        row["content"] == f"{customers[row['customer']]['name']}问价"
        for row in enquiries
    )
    assert 20 < len(enquiries) < 80
    assert all(
        (row["replied_at"] is None) or row["replied_at"] >= row["received_at"]
        for row in calls
    )
    assert not [
        row for row in calls if row["result"] == "pending" and row["replied_at"]
    ]
    assert not [row for row in calls if "{" in row["content"]]


def test_what_follows_refers_back_and_comes_later(trial: Database) -> None:
    with trial.read() as session:
        calls = by_id(rows_of(session, "call_log"))
        repairs = rows_of(session, "trial_repair")
        parts = Counter(
            row["repair"] for row in rows_of(session, "trial_part") if row["price"]
        )

    assert all(calls[row["call"]]["category"] == "repair" for row in repairs)
    assert all(row["came_at"] > calls[row["call"]]["received_at"] for row in repairs)
    asked = sum(row["category"] == "repair" for row in calls.values())
    assert 0.35 < len(repairs) / asked < 0.65
    assert set(parts) == {row["id"] for row in repairs}
    assert set(parts.values()) == {1, 2, 3}


def test_what_nobody_types_is_dated_by_the_entry(trial: Database) -> None:
    with trial.read() as session:
        repairs = rows_of(session, "trial_repair")

    assert repairs
    assert all(
        row["noted_at"] == row["came_at"] == row["created_at"] for row in repairs
    )


def test_required_fields_are_filled_within_their_bounds(trial: Database) -> None:
    with trial.read() as session:
        repairs = rows_of(session, "trial_repair")

    assert len({row["tag"] for row in repairs}) == len(repairs)
    assert all(1 <= row["hours"] <= 4 for row in repairs)
    assert {row["kind"] for row in repairs} == {"bench", "field"}
    assert all((row["place"] is None) == (row["kind"] == "bench") for row in repairs)
    assert all(
        row["promised_at"] is None or row["promised_at"] > row["came_at"]
        for row in repairs
    )


def test_steps_are_taken_by_whoever_the_flow_lets_each_at_its_moment(
    trial: Database,
) -> None:
    with trial.read() as session:
        repairs = by_id(rows_of(session, "trial_repair"))
        steps = list(session.scalars(select(FlowStep)))
        leader = next(
            row["id"] for row in rows_of(session, "staff") if row["name"] == "甲乙丙"
        )
    passed = [one for one in steps if one.transition == "pass"]

    assert (
        Counter(row["state"] for row in repairs.values())["passed"] == len(passed) > 0
    )
    assert {one.staff_id for one in passed} == {leader}
    assert all(repairs[one.entry_id]["passed_at"] == one.at for one in passed)
    assert all(repairs[one.entry_id]["done_at"] < one.at < NOW for one in passed)
    assert len({one.at for one in passed}) > len(passed) / 2
    assert all(str(repairs[one.entry_id]["verdict"]).endswith("验收") for one in passed)
    # The flow does not let pass what took four hours.
    assert {repairs[one.entry_id]["hours"] < 4 for one in passed} == {True}
    left = [one for one in steps if one.transition == "leave"]
    assert all(one.staff_id == repairs[one.entry_id]["created_by"] for one in left)


def test_step_comes_with_what_was_written_down_before_also_on_parts(
    trial: Database,
) -> None:
    with trial.read() as session:
        repairs = by_id(rows_of(session, "trial_repair"))
        parts = rows_of(session, "trial_part")
    took = [
        repairs[row["repair"]]["passed_at"] - row["checked_at"]
        for row in parts
        if repairs[row["repair"]]["passed_at"]
    ]

    assert {row["cleaned"] for row in repairs.values() if row["verdict"]} == {True}
    assert timedelta(0) < min(took) < max(took) < timedelta(minutes=10)
    assert any(one.seconds % 60 for one in took)
    assert {row["checked_at"] is None for row in parts} == {True, False}


def test_what_a_step_needs_is_there_before_it(trial: Database) -> None:
    with trial.read() as session:
        repairs = by_id(rows_of(session, "trial_repair"))
        parts = [row for row in rows_of(session, "trial_part") if not row["price"]]
    papers = Counter(row["repair"] for row in parts)

    assert {row["part"] for row in parts} == {"验收单", "合格证"}
    assert set(papers.values()) == {2}
    # Those about to take it, whether it is open to them or not.
    assert {repairs[one]["state"] for one in papers} <= {"passed", "open"}
    assert papers.keys() >= {
        key for key, row in repairs.items() if row["state"] == "passed"
    }
    for row in parts:
        passed_at = repairs[row["repair"]]["passed_at"]
        assert passed_at is None or row["created_at"] <= passed_at


def test_value_follows_the_weekday_or_the_month(trial: Database) -> None:
    with trial.read() as session:
        repairs = rows_of(session, "trial_repair")
    left = [row for row in repairs if row["state"] == "left"]

    assert len(left) > 3
    for row in left:
        on = row["came_at"].astimezone(ZONE)
        monday = True if on.weekday() == 0 else None
        expected = monday if on.month == 10 or monday else False
        assert row["cleaned"] is expected, on


def test_share_of_late_clocks_is_what_the_plan_expects(trial: Database) -> None:
    low, high = read_plan("trial").file.sample.late
    with trial.read() as session:
        late = [one.breached_at is not None for one in session.scalars(select(Clock))]

    assert low <= sum(late) / len(late) <= high


def test_people_of_the_plan_have_their_places_and_may_sign_in(trial: Database) -> None:
    with trial.read() as session:
        staff = {row["staff_number"]: row for row in rows_of(session, "staff")}
        places = {row["name"]: row for row in rows_of(session, "department")}
        account = accounts.find(session, "SY001")
        company = preferences.get(session, preferences.COMPANY)

    assert sorted(staff) == [f"SY{number:03}" for number in range(1, 7)]
    assert staff["SY005"]["department"] == places["外勤部"]["id"]
    assert places["外勤部"]["parent"] == places["试用部"]["id"]
    assert places["试用部"]["manager"] == staff["SY001"]["id"]
    assert {row["superior"] for row in staff.values()} == {None, staff["SY001"]["id"]}
    assert account is not None
    assert accounts.verify_password(account, PASSWORD)
    assert company == "试用公司"


def test_removal_leaves_nothing(trial: Database) -> None:
    remove_sample(trial, WRITER, "trial")

    with trial.read() as session:
        left = {one.code: rows_of(session, one.code) for one in catalogue.current()}
        assert {code: rows for code, rows in left.items() if rows} == {}
        for table in (Clock, FlowStep, SlaTarget, SampleRow):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        of_department = select(AppliedItem).where(AppliedItem.scope != 0)
        assert session.scalar(of_department) is None
        of_entries = select(ChangeEvent.register).where(ChangeEvent.batch == "sample")
        assert session.scalars(of_entries).all() == []
        assert samples.loaded(session) == {}
        assert preferences.get(session, preferences.COMPANY) is None
        assert accounts.find(session, "SY001") is None


def test_same_seed_gives_the_same_rows(trial: Database) -> None:
    def contents() -> list[tuple[Any, ...]]:
        with trial.read() as session:
            calls = rows_of(session, "call_log")
            names = sorted(row["name"] for row in rows_of(session, "staff"))
        said = sorted((r["number"], r["content"], r["received_at"]) for r in calls)
        return [*said, tuple(names)]

    before = contents()
    remove_sample(trial, WRITER, "trial")
    load_sample(trial, "trial", WRITER)

    assert contents() == before


def test_three_lines_make_a_sample(trial: Database) -> None:
    load_sample(trial, "other", WRITER)

    with trial.read() as session:
        found = rows_of(session, "complaint_log")
    assert len(found) == 12
    assert all(
        row["content"] and row["complainant"] and row["category"] for row in found
    )


def test_samples_stand_side_by_side_and_go_one_by_one(trial: Database) -> None:
    load_sample(trial, "other", WRITER)
    with trial.read() as session:
        both = set(samples.loaded(session))
        complaints = rows_of(session, "complaint_log")
        places = {row["name"] for row in rows_of(session, "department")}
        (branch,) = rows_of(session, "branch")
        shown = preferences.get(session, preferences.REGISTERS_ON)

    remove_sample(trial, WRITER, "trial")
    with trial.read() as session:
        left, company = samples.loaded(session), preferences.get(session, "company")
        kept = rows_of(session, "complaint_log")
        used = samples.marked_ids(session, "branch", "other")
    remove_sample(trial, WRITER, "other")

    assert both == {"trial", "other"}
    assert shown == ["call_log", "complaint_log"]
    assert places == {"试用部", "外勤部", "试用部（样例）"}
    assert (left, company) == ({"other": "试用公司"}, "试用公司")
    # What the other one needs of the first is its own from then on.
    assert [row["number"] for row in kept] == [row["number"] for row in complaints]
    assert used == {branch["id"]}
    with trial.read() as session:
        assert counts(session) == {}
        assert rows_of(session, "branch") == []


def test_own_entry_keeps_what_it_needs_of_the_sample(trial: Database) -> None:
    with trial.write() as session:
        customer = rows_of(session, "customer_file")[3]
        values = {"customer": customer["id"], "kind": "daily", "outcome": "connected"}
        person = rows_of(session, "staff")[0]["id"]
        entries.create(session, "callback_log", values | {"caller": person}, WRITER)

    said = remove_sample(trial, WRITER, "trial")

    assert "留下了" in said.zh
    with trial.read() as session:
        kept = [row["id"] for row in rows_of(session, "customer_file")]
    assert kept == [customer["id"]]


def test_any_number_of_rows_in_proportion(trial: Database) -> None:
    with trial.read() as session:
        before = counts(session)

    add_rows(trial, "trial", 500, WRITER)

    with trial.read() as session:
        after = counts(session)
    assert after["call_log"] - before["call_log"] == 500
    assert after["customer_file"] - before["customer_file"] == 100
    assert after["staff"] == before["staff"]


def test_rows_begin_a_sample_that_is_not_loaded(trial: Database) -> None:
    add_rows(trial, "other", 30, WRITER)

    with trial.read() as session:
        assert len(rows_of(session, "complaint_log")) == 30
        assert "other" in samples.loaded(session)


def test_sample_is_not_loaded_twice(trial: Database) -> None:
    with pytest.raises(PersonError, match="已经载入"):
        load_sample(trial, "trial", WRITER)


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("count: 200", "cuont: 200", "entries[3].cuont", "count"),
        ("role: trial_clerk, name", "role: trial_clark, name", "role", "trial_clerk"),
        ("register: call_log", "register: cal_log", "register", "call_log"),
        ("by: [外勤]", "by: [外出]", "by", "外勤"),
        ("      category: {one", "      categry: {one", "fields.categry", "category"),
        ("repair: 3, enq", "repairs: 3, enq", "one_of", "可选"),
        (", of: {repair:", ", of: {repairs:", "of.repairs", "repair"),
        ("{same: customer.phone}", "{same: customer.fone}", "phone.same", "phone"),
        ("after: came_at", "after: came_on", "done_at.after", "came_at"),
        ("about: 5h", "about: soon", "done_at.about", "40m"),
        ("T{#3}", "T{numbr}", "tag.text", "numbr"),
        ("{fault}，电话", "{faults}，电话", "words.told[2]", "fault"),
        ("fault: [不亮", "fault: ['{told}'", "words.told", "绕回"),
        (
            "parts: {trial_part",
            "parts: {trial_parts",
            "parts.trial_parts",
            "trial_part",
        ),
        (
            "{checked_at: {bef",
            "{checked_on: {bef",
            "trial_part.checked_on",
            "checked_at",
        ),
        ("step: leave", "step: leaf", "steps[1].step", "leave"),
        ("result: solved}}", "result: done}}", "when.result", "solved"),
        ("series: 大", "serial: 大", "entries[1].rows[1].serial", "series"),
        ("count: 40", "grows: yes", "entries[2]", "per_day"),
        ("late: [0.05, 0.4]", "late: [0.4, 0.05]", "sample.late", "下限"),
        ("price: {between", "price: {about: 3, between", "price", "只能写一个"),
        ('{part: "', "{number: 'x', part: \"", "number", "不由人填写"),
    ],
)
def test_broken_plan_is_refused_with_file_line_and_key(
    folder: Path, old: str, new: str, key: str, said: str
) -> None:
    file = folder / "trial" / "sample.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1

    with pytest.raises(TemplateError) as caught:
        checked("trial")

    found = caught.value.faults[0]
    assert found.file == "trial/sample.yaml"
    assert abs(found.line - line) <= 2
    assert key in found.key
    assert said in found.label.zh


def checked(name: str) -> None:
    """Read and check a plan as loading does."""
    plan, template = read_plan(name), read_template(name)
    with knowing(template, NOTHING, {}):
        check_plan(plan, template)


def test_mistake_leaves_the_database_as_it_was(trial: Database, folder: Path) -> None:
    file = folder / "other" / "sample.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("complaint_log", "complaint"), encoding="utf-8")

    with pytest.raises(TemplateError):
        load_sample(trial, "other", WRITER)

    with trial.read() as session:
        assert set(samples.loaded(session)) == {"trial"}


def test_lengths_count_the_hours_of_the_desk(trial: Database) -> None:
    with trial.read() as session:
        calls = rows_of(session, "call_log")
    replied = [row["replied_at"].astimezone(ZONE) for row in calls if row["replied_at"]]

    assert all(one.date() in WORKDAYS and 8 <= one.hour < 18 for one in replied)
    waited = [
        row["replied_at"] - row["received_at"] for row in calls if row["replied_at"]
    ]
    assert any(one > timedelta(days=2) for one in waited)
