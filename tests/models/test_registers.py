"""The registers of the engine do what the desk expects of the paper they replace."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from sqlalchemy import create_engine, inspect

from models import catalogue
from models.entry_errors import EntryRefusedError
from models.register import (
    PERSON,
    TEXT,
    Declaration,
    Register,
    again,
    field,
)
from models.register_words import MENUS
from models.words import Label
from tests.models.register_desk import Desk, at

# The twelve that a clerk meets, in the order of the menu's papers.
CLERKS_TWELVE = {
    "call_log": 9,
    "service_order": 9,
    "callback_log": 8,
    "complaint_log": 9,
    "handover_book": 9,
    "customer_file": 8,
    "machine_file": 8,
    "inventory": 7,
    "board_repair": 8,
    "business_trip": 8,
    "coordination_log": 8,
    "work_hours": 7,
}


@pytest.mark.parametrize(("code", "columns"), CLERKS_TWELVE.items())
def test_the_lists_of_the_twelve_have_six_to_nine_columns(
    code: str, columns: int
) -> None:
    declared = catalogue.current()[code]

    assert len(declared.listed) == columns
    assert 6 <= columns <= 9


def test_no_title_says_register_twice_and_every_menu_is_one_of_six() -> None:
    for declared in catalogue.current():
        assert "台账" not in declared.title.zh
        assert declared.menu in MENUS
    assert all(count <= 9 for count in _menu_lengths().values())


def _menu_lengths() -> Counter[Label]:
    return Counter(one.menu for one in catalogue.current() if one.in_menu)


def test_every_table_is_valid_sql() -> None:
    known = catalogue.Catalogue(catalogue.current())
    engine = create_engine("sqlite://")

    for table in list(known.tables()):
        with engine.begin() as connection:
            table.create(connection)

    assert set(inspect(engine).get_table_names()) == set(known.codes)
    engine.dispose()


def test_a_register_says_a_standard_field_in_its_own_words_and_place(
    declared: dict[str, Declaration],
) -> None:
    class Diary(Register):
        code = "diary"
        title = Label("日记", "Diary")
        menu = Label("登记", "Papers")
        page = field("页", "Page", TEXT, listed=True)
        holder = again("holder", "记录人", "Written by", listed=True)

    names = [one.name for one in declared["diary"].all_fields]

    assert names[:4] == ["number", "page", "holder", "branch"]
    assert Counter(names).most_common(1)[0][1] == 1
    assert declared["diary"].field("holder").label == Label("记录人", "Written by")
    assert declared["diary"].field("holder").type is PERSON
    assert [one.name for one in declared["diary"].listed] == ["page", "holder"]


def test_a_call_knows_its_customer_by_the_number(desk: Desk) -> None:
    person = desk.person("E01")
    machine = desk.machine(person)
    customer = desk.get("machine_file", machine)["customer"]

    known, new = (
        desk.get(
            "call_log",
            desk.create(
                "call_log",
                phone=phone,
                category="repair",
                content="激光管不出光",
                result="pending",
                first_asked=person,
            ),
        )
        for phone in ("13812345678", "13900000000")
    )

    assert (known["customer"], known["contact_name"]) == (customer, "孙丽")
    assert (known["customer_kind"], known["number"]) == ("known", "LD2026100001")
    assert (new["customer"], new["customer_kind"]) == (None, "new")


def test_a_call_by_telephone_needs_its_number_and_a_referred_one_does_not(
    desk: Desk,
) -> None:
    given = {"category": "other", "content": "大型廢棄物清運", "result": "pending"}

    with pytest.raises(EntryRefusedError) as refused:
        desk.create("call_log", **given)
    referred = desk.create(
        "call_log", channel="transferred", external_key="2026043010407", **given
    )

    assert [one.field for one in refused.value.problems] == ["phone"]
    assert desk.get("call_log", referred)["phone"] is None


def test_a_call_becomes_an_order_in_one_click(desk: Desk) -> None:
    person = desk.person("E01")
    machine = desk.machine(person)
    call = desk.create(
        "call_log",
        phone="13812345678",
        machine=machine,
        category="repair",
        content="激光管不出光",
        result="to_order",
        urgency="urgent",
    )

    made = desk.made_of("call_log", call, "service_order")
    order = desk.get(
        "service_order", desk.create("service_order", order_type="repair", **made)
    )

    assert (order["call"], order["machine"], order["urgency"]) == (
        call,
        machine,
        "urgent",
    )
    assert order["symptom"] == "激光管不出光"
    assert order["address"] == "昆山市前进路 8 号"
    assert order["status"] == "waiting"


def test_a_referred_complaint_needs_neither_name_nor_number(desk: Desk) -> None:
    given = {"category": "other", "content": "Street Sign - Dangling"}

    with pytest.raises(EntryRefusedError) as refused:
        desk.create("complaint_log", **given)
    referred = desk.create(
        "complaint_log",
        origin="referred",
        received_at=at("2011-03-01 14:27"),
        closed_at=at("2011-03-14 15:59"),
        customer_due_at=at("2011-03-22 14:27"),
        **given,
    )

    missing = {one.field for one in refused.value.problems}
    assert missing == {"complainant", "phone", "demand"}
    assert desk.get("complaint_log", referred)["status"] == "closed"


def test_a_complaint_closed_before_it_was_received_is_refused(desk: Desk) -> None:
    with pytest.raises(EntryRefusedError) as refused:
        desk.create(
            "complaint_log",
            origin="anonymous",
            category="other",
            content="x",
            received_at=at("2026-10-14 09:00"),
            closed_at=at("2026-10-14 08:59"),
        )

    assert [(one.field, one.label.en) for one in refused.value.problems] == [
        ("closed_at", "“Closed” is earlier than “Received”. Check both.")
    ]


def test_the_quality_block_stands_only_on_complaints_about_quality(
    desk: Desk,
) -> None:
    found = desk.get(
        "complaint_log",
        desk.create(
            "complaint_log",
            origin="anonymous",
            category="attitude",
            content="x",
            part_number="LN-20",
        ),
    )

    assert found["part_number"] is None


def test_only_a_signed_penalty_counts(desk: Desk) -> None:
    given = {
        "person": desk.person("E01"),
        "kind": "deduction",
        "occasion": "complaint",
        "amount": Decimal(500),
        "reason": "上门不及时",
    }

    unsigned = desk.create("reward_penalty", **given)
    signed = desk.create("reward_penalty", signed_at=at("2026-10-15 09:00"), **given)
    bonus = desk.create(
        "reward_penalty",
        **(given | {"kind": "bonus", "signed_at": at("2026-10-15 09:00")}),
    )

    figures = [
        (found["deduction"], found["bonus"])
        for found in (
            desk.get("reward_penalty", one) for one in (unsigned, signed, bonus)
        )
    ]
    assert figures == [(0, 0), (500, 0), (0, 500)]


def test_further_attempts_are_counted_at_their_callback(desk: Desk) -> None:
    person = desk.person("E01")
    customer = desk.get("machine_file", desk.machine(person))["customer"]
    callback = desk.create(
        "callback_log", customer=customer, outcome="no_answer", caller=person
    )

    for _ in range(2):
        desk.create(
            "callback_attempt", callback=callback, outcome="busy", caller=person
        )

    assert desk.get("callback_log", callback)["retries"] == 2


def test_one_cannot_take_over_from_oneself(desk: Desk) -> None:
    person = desk.person("E01")

    with pytest.raises(EntryRefusedError, match="同一人"):
        desk.create("handover_book", handed_over_by=person, taken_over_by=person)


def test_a_special_approval_says_who_gave_it_and_why(desk: Desk) -> None:
    person = desk.person("E01")
    claim = {"claimant": person, "amount": Decimal(120)}

    ordinary = desk.create("expense_claim", **claim)
    with pytest.raises(EntryRefusedError) as refused:
        desk.create("expense_claim", special_approval=True, **claim)

    assert desk.get("expense_claim", ordinary)["special_approval"] is False
    missing = {one.field for one in refused.value.problems}
    assert missing == {"special_approved_by", "special_reason"}


def test_a_planned_training_becomes_a_record(desk: Desk) -> None:
    person = desk.person("E01")
    department = desk.get("staff", person)["department"]
    plan = desk.create(
        "training_plan",
        month_on=date(2026, 10, 1),
        department=department,
        made_by=person,
    )
    planned = desk.create(
        "training_plan_item",
        plan=plan,
        planned_at=at("2026-10-20 16:00"),
        content="激光管更换",
        topics=["repair", "safety"],
    )

    made = desk.made_of("training_plan_item", planned, "training_record")
    record = desk.create("training_record", organiser=person, **made)

    found = desk.get("training_record", record)
    assert (found["plan"], found["planned"]) == (plan, planned)
    assert (found["minutes"], found["topics"]) == (30, ["repair", "safety"])


def test_tables_may_be_asked_for_by_many_threads_at_once() -> None:
    known = catalogue.Catalogue(catalogue.current())
    together = Barrier(12)

    def ask(_: int) -> list[int]:
        together.wait()
        return [id(known.table(code)) for code in known.codes]

    with ThreadPoolExecutor(12) as threads:
        asked = list(threads.map(ask, range(12)))

    assert all(one == asked[0] for one in asked)
