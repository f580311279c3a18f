"""Pay on screens: what is missing before closing, and slips in words."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from admin import filters
from admin.listing import Desk
from models import catalogue, pay_item_words, pay_reading, payroll, preferences
from models.access import SYSTEM
from models.measures import Measure
from models.pay_checks import PayCheck
from models.pay_tables import PayRate, PayRuleRow, PayScheme
from models.rules.periods import parse_period
from models.stored import NOTHING
from seed.declared import knowing
from seed.pay_stanzas import PayCheckStanza
from seed.template import Placed, read_template, template_names
from tests.company import NOON, ZONE, Company, writer

CALL = {
    "phone": "13911112222",
    "category": "repair",
    "content": "激光不出光",
    "result": "pending",
}
COMPLAINT = {
    "complainant": "王先生",
    "phone": "13911112222",
    "category": "attitude",
    "content": "态度不好",
    "demand": "道歉",
    "received_at": NOON,
}
CHECK = {
    "name_zh": "投诉未判定",
    "name_en": "Complaints not judged",
    "position": 0,
    "register": "complaint_log",
    "where": ["judgement~in~pending", "received_at~to~{period}"],
}


def scheme(formula: str) -> PayScheme:
    rule = PayRuleRow(
        position=0,
        code="third",
        name_zh="三分之一",
        name_en="A third",
        kind="earning",
        formula=formula,
    )
    return PayScheme(
        code="desk",
        version=1,
        name_zh="热线绩效",
        name_en="Desk",
        starts_on=date(2026, 1, 1),
        posts=[],
        rules=[rule],
    )


CALLS = {
    "code": "calls",
    "name_zh": "来电数",
    "name_en": "Calls",
    "register": "call_log",
    "aggregate": "count",
    "date_field": "received_at",
    "person_field": "first_asked",
}
RATE = {
    "code": "call",
    "name_zh": "每个来电",
    "name_en": "A call",
    "unit": "money",
    "value": "2.50",
    "starts_on": date(2026, 1, 1),
    "is_invented": True,
}


@pytest.fixture
def paid(company: Company) -> Company:
    """The company with October reckoned: a third of 2.50 yuan for each call."""
    company.create("call_log", CALL | {"received_at": NOON, "first_asked": 2})
    with company.database.write() as session:
        session.add(Measure(**CALLS))
        session.add(PayRate(**RATE))
        session.add(scheme("measure.calls / 3 * rate.call"))
        session.flush()
        payroll.calculate(session, "2026-10", writer(company.person("A01")))
    return company


def add_check(company: Company, **changes: Any) -> None:
    with company.database.write() as session:
        preferences.put(session, "pay_check.complaints", CHECK | changes)


def test_run_tells_what_is_missing_with_a_link_to_exactly_that_list(
    paid: Company,
) -> None:
    add_check(paid)
    for days in (0, 1, 40):  # the last one is November's
        moment = NOON + timedelta(days=days)
        paid.create("complaint_log", COMPLAINT | {"received_at": moment}, "A01")
    client = paid.client("A01")

    page = client.get("/pay/2026-10").text

    assert "关账前检查" in page
    start = page.index('href="/register/complaint_log/?w=')
    address = page[start + 6 : page.index('"', start + 6)].replace("&amp;", "&")
    assert '投诉未判定</a><b class="num">2</b>' in page[start : start + 400]
    assert '<span class="list-count num">2</span>' in client.get(address).text


def test_list_that_is_empty_is_told_as_done(paid: Company) -> None:
    add_check(paid)

    page = paid.client("A01").get("/pay/2026-10").text

    assert '<span>投诉未判定</span><b class="num">0</b>' in page


@pytest.mark.parametrize(
    "change",
    [
        {"register": "no_such_register"},
        {"where": ["judgement~in~no_such_option"]},
        {"where": ["no_such_field~empty~"]},
    ],
    ids=["register gone", "option gone", "field gone"],
)
def test_check_that_means_nothing_any_more_is_left_out(
    paid: Company, change: dict[str, Any]
) -> None:
    add_check(paid, **change)

    answer = paid.client("A01").get("/pay/2026-10")

    assert answer.status_code == 200
    assert "投诉未判定" not in answer.text


def test_run_shows_what_each_has_more_or_less_than_the_month_before(
    paid: Company,
) -> None:
    october = paid.client("A01").get("/pay/2026-10").text
    for days in (29, 28):  # two calls in November, of one person again
        moment = NOON + timedelta(days=days)
        paid.create("call_log", CALL | {"received_at": moment, "first_asked": 2})
    with paid.database.write() as session:
        payroll.calculate(session, "2026-11", writer(paid.person("A01")))

    november = paid.client("A01").get("/pay/2026-11").text

    # 2 / 3 x 2.50 = 1.67 after 1 / 3 x 2.50 = 0.83
    assert '<td class="end text-ok">+0.84</td>' in november
    assert '<td class="end">0.00</td></tr>' in november
    assert '<td class="end">–</td></tr>' in october


def test_locked_run_asks_nothing_any_more(paid: Company) -> None:
    add_check(paid)
    client = paid.client("A01")
    for action in ("review", "approve", "lock"):
        client.post(f"/pay/2026-10/{action}")

    page = client.get("/pay/2026-10").text

    assert "已关账" in page
    assert "关账前检查" not in page


def test_slip_says_its_formula_by_names_in_figures_that_people_read(
    paid: Company,
) -> None:
    page = paid.client("A01").get("/slips/2026-10/2").text

    assert "<code>来电数 ÷ 3 × 每个来电</code>" in page
    assert "来电数 1 · 每个来电 2.50 元" in page
    assert "来电数 ÷ 3 × 每个来电 ≈ 0.83 元" in page
    assert "来电数 = 1<" not in page  # it stands in the table of inputs
    assert "measure." not in page
    assert "rate." not in page
    assert "本系统默认值" in page


def test_figure_whose_division_does_not_end_is_kept_exactly(paid: Company) -> None:
    with paid.database.read() as session:
        run = payroll.find_run(session, parse_period("2026-10").text)
        slip = pay_reading.slip_of(session, paid.person("A01"), run, 2)

    assert slip.total == Decimal("0.83")
    assert any(
        "0.8333333333" in line for line in pay_item_words.why(slip.items[0], "zh")
    )


def checks_of_templates() -> list[tuple[str, Placed[PayCheckStanza]]]:
    return [
        (name, one)
        for name in template_names()
        for one in read_template(name).pay_checks
    ]


@pytest.mark.parametrize(
    ("name", "placed"),
    checks_of_templates(),
    ids=lambda one: one if isinstance(one, str) else one.stanza.code,
)
def test_conditions_of_a_template_are_those_of_the_lists_they_name(
    name: str, placed: Placed[PayCheckStanza]
) -> None:
    stanza = placed.stanza
    check = PayCheck(stanza.title.label, stanza.register_, stanza.where)
    catalogue.current()  # the engine's own, before those that the template declares
    with knowing(read_template(name), NOTHING, {}):
        declared = catalogue.current()[stanza.register_]
        looking = Desk(SYSTEM, "zh", ZONE, NOON)

        found = filters.given(SYSTEM, declared, check.conditions("2026-10"))

        for one in found:
            filters.criterion(Session(), declared, one, looking)
    assert len(found) == len(stanza.where)


def behind(period: str = "2026-10", staff: str = "2", measure: str = "calls") -> str:
    return f"/register/call_log/?behind={period}.{staff}.{measure}"


@pytest.fixture
def out(paid: Company) -> Company:
    """October locked, with a call of another person in the register as well."""
    paid.create("call_log", CALL | {"received_at": NOON, "first_asked": 3}, "A02")
    for action in ("review", "approve", "lock"):
        paid.client("A01").post(f"/pay/2026-10/{action}")
    return paid


def test_figure_opens_the_registers_list_of_exactly_its_rows(out: Company) -> None:
    client = out.client("A02")

    rows = client.get("/slips/2026-10/2/rows/calls").text
    page = client.get(behind()).text

    assert behind() in rows
    assert '<span class="list-count num">1</span>' in page
    assert "王敏 2026-10 · 来电数" in page
    every = client.get("/register/call_log/").text
    assert '<span class="list-count num">2</span>' in every


@pytest.mark.parametrize(
    ("login", "address"),
    [
        ("A02", behind(staff="1")),
        ("A02", behind()),  # not locked yet
        ("A01", behind(staff="4")),
        ("A01", behind(measure="no_such_measure")),
        ("A01", behind(period="2026-12")),
        ("A01", behind(staff="x")),
        ("A01", "/register/complaint_log/?behind=2026-10.2.calls"),
    ],
)
def test_list_is_not_narrowed_by_a_slip_that_one_may_not_read(
    paid: Company, login: str, address: str
) -> None:
    answer = paid.client(login).get(address)

    assert answer.status_code == 302
    assert "behind" not in answer.headers["Location"]


def test_figure_of_a_stretch_opens_the_rows_of_its_days(paid: Company) -> None:
    for days in (2, 7):  # the other two are from the 16th on
        values = {"received_at": NOON + timedelta(days=days), "first_asked": 2}
        paid.create("call_log", CALL | values, "A02")
    with paid.database.write() as session:
        second = scheme("measure.calls * rate.call")
        second.version, second.starts_on = 2, date(2026, 10, 16)
        session.add(second)
        session.flush()
        payroll.calculate(session, "2026-10", writer(paid.person("A01")))
    for action in ("review", "approve", "lock"):
        paid.client("A01").post(f"/pay/2026-10/{action}")
    client = paid.client("A02")

    slip = client.get("/slips/2026-10/2").text
    found = {}
    for line in ("third.1001", "third.1016"):
        address = f"/slips/2026-10/2/rows/calls?line={line}"
        assert address in slip
        rows = client.get(address).text
        listed = rows[rows.index("/register/call_log/?behind=") :].split('"')[0]
        page = client.get(listed).text
        found[line] = (rows.count('<a class="num" href="/register/call_log/'), page)

    first, later = (found[line] for line in ("third.1001", "third.1016"))
    assert (first[0], later[0]) == (1, 2)
    assert '<span class="list-count num">1</span>' in first[1]
    assert '<span class="list-count num">2</span>' in later[1]


def test_rows_of_a_figure_can_be_exported(out: Company) -> None:
    address = behind().replace("call_log/", "call_log/export/csv/")

    text = out.client("A02").get(address).data.decode("utf-8-sig")

    assert len(text.splitlines()) == 2


def statements(company: Company, path: str) -> int:
    """Return how many statements a page takes, once it has been opened before."""
    client, said = company.client("A01"), []
    client.get(path)

    def note(*words: Any) -> None:
        said.append(words[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(said)


def test_why_takes_a_list_page_and_the_slip_it_is_asked_of(paid: Company) -> None:
    whole = statements(paid, "/register/call_log/")

    narrowed = statements(paid, behind())

    # Run, slip, its lines, the measure; the look, written down in a transaction.
    assert narrowed <= whole + 6


def test_slip_of_many_lines_takes_no_more_statements_than_one_of_a_single_line(
    paid: Company,
) -> None:
    few = statements(paid, "/slips/2026-10/2")
    more = scheme("measure.calls * rate.call")
    more.version = 2
    more.rules = [
        PayRuleRow(
            position=place,
            code=f"line_{place}",
            name_zh=f"第 {place} 行",
            name_en=f"Line {place}",
            kind="earning",
            formula="measure.calls * rate.call",
        )
        for place in range(30)
    ]
    with paid.database.write() as session:
        session.add(more)
        session.flush()
        payroll.calculate(session, "2026-10", writer(paid.person("A01")))

    many = statements(paid, "/slips/2026-10/2")

    assert "第 29 行" in paid.client("A01").get("/slips/2026-10/2").text
    assert many == few
