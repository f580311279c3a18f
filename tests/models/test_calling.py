"""Call lists: what asks for a call, what is tried again, and who has it today."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from models import call_shares, calling
from models.access import SYSTEM
from models.database import Database
from tests.call_desk import NOW, CallDesk
from tests.company import ZONE
from tests.databases import Builder
from tests.duty_desk import at, build_duty_company


@pytest.fixture
def desk(prepared_database: Callable[[str, Builder], str]) -> Iterator[CallDesk]:
    database = Database(prepared_database("duty_company", build_duty_company))
    yield CallDesk(database)
    database.dispose()


def test_finished_services_ask_until_somebody_has_called(desk: CallDesk) -> None:
    late = desk.order(at(12, 15))
    fresh = desk.order(at(14, 9))
    desk.order(at(14, 9), order_type="remote", engineer=None)  # nobody was there
    desk.order(None)
    done = desk.order(at(13, 9))
    desk.called(at(13, 10), "connected", kind="after_service", service_order=done)

    assert desk.asks() == [late, fresh]
    assert desk.asks(at(27, 10)) == [fresh]  # fourteen days, then it is too late


def test_a_customer_nobody_reached_is_tried_again_later(desk: CallDesk) -> None:
    call = desk.called(at(14, 9))

    (one,) = desk.trying()

    assert one.key == ("callback_log", call)
    assert one.standing.next_at == at(14, 11)
    assert (one.standing.tries, one.caller) == (1, desk.staff["A02"])


def test_retries_count_with_the_last_one_and_end(desk: CallDesk) -> None:
    call = desk.called(at(14, 9))
    desk.tried(call, at(14, 11), "busy")

    (one,) = desk.trying(at(14, 15))
    assert (one.standing.tries, one.standing.next_at) == (2, at(14, 11, 30))

    for hour in (14, 15):
        desk.tried(call, at(14, hour), "no_answer")
    assert desk.trying(at(14, 16)) == []


def test_who_was_reached_or_closed_is_not_tried_again(desk: CallDesk) -> None:
    reached = desk.called(at(14, 9))
    desk.tried(reached, at(14, 9, 30), "connected")
    desk.called(at(14, 9), follow_up="unreachable")
    desk.called(at(14, 9), "dead")

    assert desk.trying() == []


def test_old_calls_are_left_alone_unless_a_time_was_agreed(desk: CallDesk) -> None:
    desk.called(at(8))
    later = desk.called(at(8), "postponed", next_call_at=at(14, 15))
    tried = desk.called(at(8))
    desk.tried(tried, at(13), "no_answer")

    assert {one.key[1] for one in desk.trying()} == {later, tried}


def test_the_round_is_who_was_not_called_for_longest(desk: CallDesk) -> None:
    first, second, third = desk.customers(3)
    desk.called(at(14), customer=second)
    desk.called(at(15), customer=first)
    said = desk.declared.call_list
    assert said is not None
    assert said.round is not None

    with desk.database.read() as session:
        soon, later = (
            calling.of_round(session, SYSTEM, said.round, now, 10)
            for now in (at(20), at(22, 9))
        )

    assert soon == [desk.customer, third]  # the others were called this week
    assert later == [desk.customer, third, second]
    assert desk.get("customer_file", first)["last_called_at"] == at(15)


def test_calls_are_shared_out_evenly_and_filled_from_the_round(desk: CallDesk) -> None:
    desk.customers()
    orders = [desk.order(at(14, 8, n)) for n in range(5)]

    shares = desk.share_out()

    assert desk.counts(shares) == {"A01": 10, "A02": 10}
    of_orders = Counter(shares["service_order", one] for one in orders)
    assert sorted(of_orders.values()) == [2, 3]
    # Whose machine was mended is called about that, not in the round too.
    assert ("customer_file", desk.customer) not in shares


def test_a_list_stays_through_the_day_and_new_calls_join(desk: CallDesk) -> None:
    desk.customers()
    before = desk.share_out(at(14, 9))
    new = desk.order(at(14, 11))

    after = desk.share_out(at(14, 14))

    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {("service_order", new)}


def test_calls_of_who_goes_away_pass_on_and_the_rest_stays(desk: CallDesk) -> None:
    desk.customers()
    before = desk.share_out(at(14, 9))
    mine = [key for key, it in before.items() if it == desk.staff["A02"]]
    desk.called(at(14, 10), "connected", customer=mine[0][1])
    desk.away("A02", at(14, 13), at(14, 18))

    after = desk.share_out(at(14, 14))

    assert desk.counts(after) == {"A01": 19, "A02": 1}  # the one that was made
    assert after[mine[0]] == desk.staff["A02"]


@pytest.mark.parametrize("way", ["leave", "roster"])
def test_nobody_is_given_calls_who_is_not_on_duty(desk: CallDesk, way: str) -> None:
    desk.customers()
    if way == "leave":
        desk.away("A02", at(14, 0), at(15, 0))
    else:
        desk.roster("A02", 14, rest=True)

    assert desk.counts(desk.share_out()) == {"A01": 10, "A02": 0}


def test_on_a_day_of_rest_nothing_is_shared_out(desk: CallDesk) -> None:
    desk.order(at(16, 17))

    assert desk.share_out(at(17, 10)) == {}


def test_a_retry_stays_with_whoever_called_first(desk: CallDesk) -> None:
    calls = [desk.called(at(14, 9), who="A02") for _ in range(3)]

    shares = desk.share_out()

    assert {shares["callback_log", one] for one in calls} == {desk.staff["A02"]}


def test_nobody_is_given_what_they_may_not_list(desk: CallDesk) -> None:
    desk.duty("ten", people=[desk.staff["A02"], desk.staff["B01"]])
    orders = [desk.order(at(14, 9)) for _ in range(4)]

    shares = desk.share_out()

    assert {shares["service_order", one] for one in orders} == {desk.staff["A02"]}


def test_more_of_the_round_is_taken_when_one_asks(desk: CallDesk) -> None:
    desk.customers()
    desk.share_out()
    with desk.database.write() as session:
        took = call_shares.take_more(
            session, desk.declared, desk.staff["A02"], NOW, ZONE, 5
        )

    assert took == 5
    assert desk.counts(desk.share_out()) == {"A01": 10, "A02": 15}
