"""Escalation: each step of each clock exactly once, to whoever is there to be told."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from jobs import clock_messages
from jobs.clock_sweep import sweep_next
from jobs.work import Work
from models import calendars, clock_moves, entries, flow_steps
from models.history import Writer
from models.outbox import Message
from models.rules.calendar_object import read_calendar, write_calendar
from models.settings import Settings
from tests.clock_desk import CALENDAR_NAME, HOURS, SET_UP, ZONE, Desk, at

# Due on Wednesday 2026-09-23 at 17:30.
FINISHED = "2026-09-22 17:30"


@dataclass(frozen=True)
class Sweeping:
    """The desk with its sweep, and the people above the clerk."""

    desk: Desk
    settings: Settings
    chief: int = 3
    director: int = 4

    def to(self, now: str) -> int:
        """Sweep at a moment until nothing is left; return how many rows."""
        rows, again = 0, True
        while again:
            done = sweep_next(Work(self.desk.database, self.settings, at(now)))
            rows, again = rows + done.rows, done.again
        return rows

    def told(self) -> list[tuple[str, int | None]]:
        """Return what was told, and to whom, in the order it was."""
        with self.desk.database.read() as session:
            query = select(Message.kind, Message.staff_id).order_by(Message.id)
            return [(kind.partition(".")[2], to) for kind, to in session.execute(query)]

    def promise(self, *steps: str, **values: Any) -> None:
        self.desk.promise(escalation="\n".join(steps), responsible="holder", **values)

    def order(self, **values: Any) -> int:
        given = {"finished_at": FINISHED, "holder": self.desk.clerk, **values}
        return self.desk.order("2026-09-22 17:40", **given)


@pytest.fixture
def sweeping(desk: Desk, settings: Settings) -> Sweeping:
    """Return a desk whose clerk has a superior, and that one a superior too."""
    by = Writer(desk.by("2026-01-02 09:00").person, SET_UP, ZONE)
    with desk.database.write() as session:
        posts = [
            entries.create(session, "post", {"name": name}, by)
            for name in ("客服主管", "客服经理")
        ]
        people = [
            entries.create(
                session,
                "staff",
                {
                    "staff_number": f"B{n}",
                    "name": name,
                    "department": where,
                    "post": it,
                },
                by,
            )
            for n, (name, where, it) in enumerate(
                (("钱主管", desk.team, posts[0]), ("赵经理", desk.top, posts[1]))
            )
        ]
        for one, above in ((desk.clerk, people[0]), (people[0], people[1])):
            entries.change(session, "staff", one, {"superior": above}, by)
    return Sweeping(desk, settings, *people)


def changed(sweeping: Sweeping, register: str, entry_id: int, **values: Any) -> None:
    sweeping.desk.change(register, entry_id, "2026-09-22 09:00", **values)


def deputised(sweeping: Sweeping, person: int, deputy: int) -> None:
    values = {
        "person": person,
        "deputy": deputy,
        "from_on": at("2026-09-20 00:00").date(),
        "until_on": at("2026-09-30 00:00").date(),
    }
    by = sweeping.desk.by("2026-09-20 09:00", person=person)
    with sweeping.desk.database.write() as session:
        made = entries.create(session, "deputising", values, by)
        flow_steps.take(session, "deputising", made, "agree", by, version=1)


def test_steps_are_taken_one_after_the_other(sweeping: Sweeping) -> None:
    clerk, chief, director = sweeping.desk.clerk, sweeping.chief, sweeping.director
    sweeping.promise("2h superior", "1 workday superior2")
    sweeping.order()

    sweeping.to("2026-09-23 17:31")
    sweeping.to("2026-09-23 19:29")
    before = sweeping.told()
    sweeping.to("2026-09-23 19:31")
    sweeping.to("2026-09-24 18:01")
    sweeping.to("2026-09-28 09:00")

    assert before == [("breached", clerk)]
    assert sweeping.told() == [
        ("breached", clerk),
        ("escalated", chief),
        ("escalated", director),
    ]
    clock = sweeping.desk.clock()
    assert (clock.escalation_level, clock.escalate_at, clock.next_at) == (2, None, None)


def test_step_before_the_due_time_comes_before_the_breach(sweeping: Sweeping) -> None:
    sweeping.promise("1h before superior", "1h holder", warn_before=None)
    sweeping.order()

    for now in ("2026-09-23 16:31", "2026-09-23 17:31", "2026-09-23 18:31"):
        sweeping.to(now)

    clerk = sweeping.desk.clerk
    assert sweeping.told() == [
        ("escalated", sweeping.chief),
        ("breached", clerk),
        ("escalated", clerk),
    ]


def test_warning_and_steps_before_the_due_time_are_both_given(
    sweeping: Sweeping,
) -> None:
    # The warning is of two hours of business time: at 15:30.
    sweeping.promise("3h before superior", "1h before superior2")
    sweeping.order()

    for now in ("2026-09-23 14:31", "2026-09-23 15:31", "2026-09-23 16:31"):
        sweeping.to(now)

    assert sweeping.told() == [
        ("escalated", sweeping.chief),
        ("warned", sweeping.desk.clerk),
        ("escalated", sweeping.director),
    ]


def test_night_switched_off_loses_no_step(sweeping: Sweeping) -> None:
    sweeping.promise("1h superior", "2h superior2", "3h holder")
    sweeping.order()

    rows = sweeping.to("2026-09-28 09:00")
    again = sweeping.to("2026-09-29 09:00")

    assert (rows, again) == (4, 0)
    assert [to for _, to in sweeping.told()] == [
        sweeping.desk.clerk,
        sweeping.chief,
        sweeping.director,
        sweeping.desk.clerk,
    ]


def test_work_done_late_ends_the_escalation(sweeping: Sweeping) -> None:
    sweeping.promise("1h superior", "1 workday superior2")
    order = sweeping.order()
    sweeping.to("2026-09-23 19:00")

    sweeping.desk.callback("2026-09-24 09:00", order, "2026-09-24 09:00")
    sweeping.to("2026-09-28 09:00")

    assert [kind for kind, _ in sweeping.told()] == ["breached", "escalated"]


def test_promise_of_history_escalates_to_nobody(sweeping: Sweeping) -> None:
    sweeping.promise("1h superior")
    sweeping.desk.order("2026-09-22 09:00", finished_at="2026-08-03 09:00")

    assert sweeping.to("2026-09-28 09:00") == 0
    assert sweeping.told() == []


def test_deputy_of_one_who_is_away_is_told_instead(sweeping: Sweeping) -> None:
    engineer, clerk = sweeping.desk.engineer, sweeping.desk.clerk
    deputised(sweeping, clerk, engineer)
    sweeping.promise("1h holder", "2h superior")
    sweeping.order()

    sweeping.to("2026-09-23 20:00")

    assert [to for _, to in sweeping.told()] == [engineer, engineer, sweeping.chief]


def test_deputy_is_the_one_of_the_staff_file_when_nobody_is_away(
    sweeping: Sweeping,
) -> None:
    changed(sweeping, "staff", sweeping.desk.clerk, deputy=sweeping.desk.engineer)
    sweeping.promise("1h deputy")
    sweeping.order()

    sweeping.to("2026-09-23 20:00")

    assert sweeping.told()[-1] == ("escalated", sweeping.desk.engineer)


def test_post_means_its_people_of_the_department_first(sweeping: Sweeping) -> None:
    desk = sweeping.desk
    by = desk.by("2026-01-02 09:00")
    with desk.database.write() as session:
        other = entries.create(session, "department", {"name": "北京"}, by)
        values = {
            "staff_number": "C1",
            "name": "孙主管",
            "department": other,
            "post": 2,
        }
        entries.create(session, "staff", values, by)
    sweeping.promise("1h post 客服主管", "2h post 客服经理")
    sweeping.order(department=desk.team)

    sweeping.to("2026-09-23 20:00")

    # The team has its own 客服主管; the 客服经理 sits in the department above.
    assert [to for _, to in sweeping.told()][1:] == [
        sweeping.chief,
        sweeping.director,
    ]


def test_superior_by_post_is_found_where_none_is_named(sweeping: Sweeping) -> None:
    changed(sweeping, "staff", sweeping.desk.clerk, superior=None)
    changed(sweeping, "post", 1, reports_to=2)
    sweeping.promise("1h superior")
    sweeping.order()

    sweeping.to("2026-09-23 20:00")

    assert sweeping.told()[-1] == ("escalated", sweeping.chief)


def test_nobody_above_is_told_to_nobody_in_particular(sweeping: Sweeping) -> None:
    sweeping.promise("1h superior")
    sweeping.order(holder=sweeping.desk.engineer)

    sweeping.to("2026-09-23 20:00")

    assert sweeping.told()[-1] == ("escalated", None)


def test_kill_between_step_and_message_loses_neither(
    sweeping: Sweeping, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweeping.promise("1h superior")
    sweeping.order()
    sweeping.to("2026-09-23 17:31")

    def die(*_: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(clock_messages, "enqueue_selected", die)
        with pytest.raises(SystemExit):
            sweeping.to("2026-09-23 20:00")
    between = sweeping.desk.clock().escalation_level
    sweeping.to("2026-09-23 20:00")

    assert between == 0
    assert [kind for kind, _ in sweeping.told()] == ["breached", "escalated"]


def test_changed_calendar_moves_the_steps_with_the_due_time(
    sweeping: Sweeping,
) -> None:
    desk = sweeping.desk
    sweeping.promise("1 workday superior")
    sweeping.order()
    first = desk.clock().escalate_at
    closed = read_calendar({**HOURS, "days_off": ["2026-09-24"]})
    with desk.database.write() as session:
        calendar = calendars.save(
            session,
            "desk",
            CALENDAR_NAME,
            write_calendar(closed),
            at("2026-09-22 18:00"),
        )
        clock_moves.move_next(session, calendar, at("2026-09-22 18:00"))

    assert first == at("2026-09-24 18:00")
    assert desk.clock().due_at == at("2026-09-23 17:30")
    assert desk.clock().escalate_at == at("2026-09-25 18:00")
