"""What people owe and did: roster, leave, trips, lengths, topics, due points."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from models import duties
from models.database import Database
from models.duties import Duty, DutyRefusedError
from models.rule_versions import newest
from models.rules.duty_share import Verdict
from tests.company import ZONE
from tests.databases import Builder
from tests.duty_desk import WORKDAYS, DutyDesk, at, build_duty_company, said

DAY = "2026-10-14"


@pytest.fixture
def desk(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[DutyDesk]:
    database = Database(prepared_database("duty_company", build_duty_company))
    yield DutyDesk(database)
    database.dispose()


def test_ten_calls_of_a_day_are_met_with_the_rows_behind_them(desk: DutyDesk) -> None:
    desk.duty("ten")
    desk.call(at(14), times=9)
    desk.call(at(13, 23, 59))  # the day before, at the desk

    behind = desk.standing("ten", DAY)
    desk.call(at(14, 0, 0))  # midnight belongs to the day it begins
    met = desk.standing("ten", DAY)

    assert said(behind) == [9, 10, "missed"]
    assert said(met) == [10, 10, "met"]
    assert len(met.taken.counted) == 10


def test_a_day_that_runs_is_behind_and_not_missed(desk: DutyDesk) -> None:
    desk.duty("ten")

    assert desk.standing("ten", DAY, at(14, 17)).verdict is Verdict.BEHIND
    assert desk.standing("ten", DAY, at(15, 0)).verdict is Verdict.MISSED


@pytest.mark.parametrize(
    ("since", "until", "owed", "verdict"),
    [
        (at(14, 9), at(14, 18), 0, Verdict.FREE),
        (at(14, 9), at(14, 12), 5, Verdict.MISSED),  # half days half
        (at(12, 9), at(16, 18), 0, Verdict.FREE),
        (at(14, 9), at(14, 10), 10, Verdict.MISSED),
        (at(13, 9), at(13, 18), 10, Verdict.MISSED),  # of another day
    ],
)
def test_who_is_on_leave_owes_no_calls_and_half_a_day_half(
    desk: DutyDesk, since: datetime, until: datetime, owed: int, verdict: Verdict
) -> None:
    desk.duty("ten")
    desk.away("A02", since, until)

    found = desk.standing("ten", DAY)

    assert said(found) == [0, owed, verdict]


def test_a_rest_day_owes_nothing_unless_the_roster_has_work(desk: DutyDesk) -> None:
    desk.duty("ten")
    desk.roster("A02", 17, rest=False)  # a Saturday
    desk.roster("A02", 14, rest=True)

    assert desk.standing("ten", "2026-10-18").owed == 0
    assert desk.standing("ten", "2026-10-17").owed == 10
    assert desk.standing("ten", DAY).owed == 0


def test_leave_on_a_day_that_only_the_roster_knows_is_counted_by_usual_hours(
    desk: DutyDesk,
) -> None:
    desk.duty("ten")
    desk.roster("A02", 17, rest=False)
    desk.away("A02", at(17, 9), at(17, 12))

    assert desk.standing("ten", "2026-10-17").owed == 5


def test_a_trip_lessens_what_is_owed_unless_it_is_owed_on_trips(desk: DutyDesk) -> None:
    desk.duty("ten")
    desk.duty("outside", on_trips=True)
    desk.create(
        "business_trip",
        {
            "traveller": desk.staff["A02"],
            "destination": "无锡",
            "purpose": "装机",
            "guidance": "注意电源",
            "guided_at": at(14, 8),
            "departed_at": at(14, 8),
        },
    )

    assert desk.standing("ten", DAY).owed == 0
    assert desk.standing("ten", "2026-10-15").owed == 0  # not back yet
    assert desk.standing("outside", DAY).owed == 10


def test_a_training_that_is_too_short_is_shown_and_does_not_count(
    desk: DutyDesk,
) -> None:
    desk.trainings()
    long = [desk.train(13, 40), desk.train(27, 30)]
    short = desk.train(20, 25)

    found = desk.standing("trainings", "2026-10")

    assert said(found) == [2, 3, "missed"]
    assert found.taken.counted == tuple(long)
    assert found.taken.too_short == (short,)


def test_every_topic_is_to_be_dealt_with_by_a_row_that_counts(desk: DutyDesk) -> None:
    topics = ["service_concept", "installation", "repair"]
    desk.trainings(topics_field="topics", topics=topics, at_least=Decimal(2))
    desk.train(13, 40, "repair", "installation")
    desk.train(20, 25, "service_concept")
    desk.train(21, 40, "repair")

    found = desk.standing("trainings", "2026-10")

    assert said(found) == [2, 2, "missed"]
    assert found.uncovered == ("service_concept",)

    desk.train(28, 30, "service_concept")
    assert desk.standing("trainings", "2026-10").verdict is Verdict.MET


def test_who_joins_within_a_period_owes_the_share_of_its_workdays(
    desk: DutyDesk,
) -> None:
    desk.trainings(at_least=Decimal(4))
    desk.change("A01", {"hired_on": date(2026, 10, 20)})

    found = desk.standing("trainings", "2026-10")

    assert (found.planned, found.worked) == (2 * WORKDAYS, 2 * 9)
    assert found.owed == 2  # 4 * 9 / 17 = 2.1
    assert desk.standings("trainings", "2026-09") == []


def test_who_left_owes_nothing_afterwards(desk: DutyDesk) -> None:
    desk.duty("ten")
    desk.change("A02", {"status": "left", "left_on": date(2026, 10, 13)})

    assert desk.standing("ten", "2026-10-13").owed == 10
    assert desk.standings("ten", DAY) == []


def test_a_talk_is_owed_for_each_subordinate(desk: DutyDesk) -> None:
    desk.trainings(measure="talks", times="subordinates", at_least=Decimal(1))
    manager = desk.staff["A01"]
    for login in ("A02", "A03", "N01"):
        desk.change(login, {"superior": manager})
    for login, minutes in (("A02", 30), ("A02", 40), ("A03", 20)):
        talk = {
            "colleague": desk.staff[login],
            "talked_at": at(14),
            "minutes": minutes,
            "talked_by": manager,
            "content": "近况",
        }
        desk.create("staff_talk", talk)

    found = desk.standing("trainings", "2026-10")

    assert said(found) == [1, 3, "missed"]
    assert found.left == 2


def test_what_comes_after_the_due_point_does_not_count(desk: DutyDesk) -> None:
    # The fifth is a holiday; the next workday is the eighth.
    desk.trainings(due="day 5", at_least=Decimal(2), each_field=None, each_least=None)
    desk.train(8, 20)
    desk.train(9, 20)

    found = desk.standing("trainings", "2026-10", at(12))

    assert found.due_at == at(8, 18)
    assert said(found) == [1, 2, "missed"]


def test_an_upper_bound_is_broken_at_once(desk: DutyDesk) -> None:
    desk.duty("none", at_least=None, at_most=Decimal(0), period="month")

    kept = desk.standing("none", "2026-10", at(14))
    desk.call(at(14))
    broken = desk.standing("none", "2026-10", at(14, 11))

    assert (kept.verdict, broken.verdict) == (Verdict.MET, Verdict.MISSED)


def test_a_version_judges_no_period_that_had_begun(desk: DutyDesk) -> None:
    desk.trainings()
    desk.trainings(at_least=Decimal(5), valid_from=date(2026, 10, 2))

    assert desk.standing("trainings", "2026-10").owed == 3
    later = datetime(2026, 12, 1, tzinfo=ZONE)
    assert desk.standing("trainings", "2026-11", later).owed == 5


def test_a_department_has_its_own_version(desk: DutyDesk) -> None:
    sales = desk.get("staff", desk.staff["B01"])["department"]
    desk.duty("ten", people=[])
    desk.duty("ten", people=[], at_least=Decimal(3), department_id=sales)

    found = {one.owner.id: one.owed for one in desk.standings("ten", DAY)}

    assert found == {
        staff_id: 3 if login == "B01" else 10 for login, staff_id in desk.staff.items()
    }


def test_all_people_and_all_days_are_one_statement(desk: DutyDesk) -> None:
    desk.duty("ten", people=[])
    desk.call(at(14), times=2)
    desk.call(at(15), "B01")
    seen: list[str] = []

    def look(*said: object) -> None:
        seen.append(str(said[2]))

    engine = desk.database.reading
    event.listen(engine, "before_cursor_execute", look)
    found = desk.standings("ten", "2026-10")
    event.remove(engine, "before_cursor_execute", look)

    assert len(found) == 5 * 31
    assert sum(one.taken.figure or 0 for one in found) == 3
    assert sum("callback_log" in one for one in seen) == 1


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"measure": "nothing"}, "measure"),
        ({"calendar": "nothing"}, "calendar"),
        ({"at_least": None}, "at_least"),
        ({"at_least": Decimal(-1)}, "at_least"),
        ({"at_most": Decimal(2)}, "at_most"),
        ({"times": "friends"}, "times"),
        ({"each_field": "minutes"}, "each_field"),
        ({"each_least": 30}, "each_least"),
        ({"topics": ["a"]}, "topics_field"),
        ({"topics_field": "kind", "topics": ["a"]}, "topics"),
        ({"due": "day 5 of never"}, "due"),
        ({"due": "value of called_at"}, "due"),
        ({"remind_before": timedelta()}, "remind_before"),
    ],
)
def test_a_duty_that_cannot_be_reckoned_is_refused(
    desk: DutyDesk, wrong: dict[str, object], column: str
) -> None:
    with pytest.raises(DutyRefusedError) as refused:
        desk.duty("ten", **wrong)

    assert column in {name for name, _ in refused.value.problems}


def test_measure_and_period_stay_through_all_versions(desk: DutyDesk) -> None:
    first = desk.duty("ten")

    with pytest.raises(DutyRefusedError):
        desk.duty("ten", period="month")

    assert desk.duty("ten").id == first.id  # nothing new is no new version
    with desk.database.read() as session:
        assert [one.version for one in duties.versions(session)["ten"]] == [1]
        assert isinstance(newest(session, Duty, "ten", None), Duty)
