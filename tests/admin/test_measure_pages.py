"""指标: made and changed in the panel, this month's figures shown before."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models import measure_changes, measures
from models.measures import Measure
from models.pay_tables import PayRuleRow, PayScheme
from models.rules.periods import parse_period
from seed.apply import plan_template
from seed.declared import declare
from seed.merging import Outcome
from seed.template import read_template
from tests.admin.late_desk import at, order, promise
from tests.company import NOON, ZONE, Company, writer

PAGE = "/settings/measures/"
NEW = f"{PAGE}new?register=service_order"
CODE = "x_service_order_xiudan"
FORM = {
    "name_zh": "修单",
    "name_en": "Orders",
    "aggregate": "count",
    "date_field": "reported_at",
    "person_field": "holder",
    "whose": "person",
    "condition": "symptom = '机器不启动'",
    "clauses": "S0-04-22",
    "action": "save",
}


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon."""
    at(monkeypatch, NOON)


@pytest.fixture
def admin(company: Company) -> FlaskClient:
    return company.client("admin")


def found(company: Company, code: str = CODE) -> Measure | None:
    with company.database.read() as session:
        return session.scalar(select(Measure).filter_by(code=code))


def change(company: Company, client: FlaskClient, **values: Any) -> Any:
    one = found(company)
    assert one is not None
    form = FORM | {"basis": measure_changes.basis(one)} | values
    return client.post(f"{PAGE}{one.id}/", data=form)


def figures(company: Company) -> dict[int, Any]:
    one = found(company)
    assert one is not None
    with company.database.read() as session:
        taken = measures.figures(session, one, parse_period("2026-10"), ZONE)
    return {person: value.content for person, value in taken.items()}


def preview(answer: Any) -> str:
    return str(answer.text.partition('id="preview"')[2].partition("</section>")[0])


def test_measure_is_made_listed_and_taken(company: Company, admin: FlaskClient) -> None:
    order(company)
    order(company, symptom="试机")

    answer = admin.post(NEW, data=FORM)

    assert answer.status_code == 302
    assert figures(company) == {2: 1}
    shown = admin.get(PAGE).text
    assert "修单" in shown
    assert CODE in shown
    assert "新建 修单" in shown


def test_preview_shows_each_persons_figure_and_saves_nothing(
    company: Company, admin: FlaskClient
) -> None:
    order(company, "A02")
    order(company, "A02")
    order(company, "B01")
    order(company, "B01", reported_at=NOON - timedelta(days=40))

    answer = admin.post(NEW, data=FORM | {"action": "preview"})

    shown = preview(answer)
    assert shown.index("王敏") < shown.index("赵倩")
    assert '<td class="num end">2</td>' in shown
    assert '<td class="num end">1</td>' in shown
    assert "有 2 人有数" in shown
    assert found(company) is None


def test_late_work_is_counted_for_whoever_answers_for_it(
    company: Company, admin: FlaskClient
) -> None:
    promise(company, how_long="1h elapsed")
    order(company, finished_at=NOON)
    order(company, reported_at=NOON, finished_at=NOON)
    typed = FORM | {"target": "order.finished", "verdict": "late", "condition": ""}

    shown = admin.post(NEW, data=typed | {"action": "preview"})
    admin.post(NEW, data=typed)

    assert '<td class="num end">1</td>' in preview(shown)
    made = found(company)
    assert made is not None
    assert (made.target, made.verdict, made.date_field) == (
        *("order.finished", "late", None),
    )
    assert "完工时限逾期的" in admin.get(PAGE).text


def test_lengths_of_time_are_added_up_as_hours(
    company: Company, admin: FlaskClient
) -> None:
    register = {"zh": "巡店", "rows": "1", "zh-0": "用时", "type-0": "duration"}
    register |= {"numbering": "{year}{serial:03}", "action": "apply"}
    admin.post("/settings/fields/new", data=register)
    for minutes in (90, 120):
        company.create("x_xundian", {"x_yongshi": timedelta(minutes=minutes)}, "A01")
    typed = {"aggregate": "sum", "field": "x_yongshi", "date_field": "created_at"}
    typed |= {"name_zh": "巡店用时", "condition": "", "action": "preview"}
    new = f"{PAGE}new?register=x_xundian"

    shown = admin.post(new, data=FORM | typed)
    admin.post(new, data=FORM | typed | {"action": "save"})

    assert '<td class="num end">3.5 小时</td>' in preview(shown)
    made = found(company, "x_xundian_xundianyongshi")
    assert made is not None
    assert made.unit == "hours"


def test_unit_follows_the_field_unless_it_is_chosen(
    company: Company, admin: FlaskClient
) -> None:
    typed = FORM | {"aggregate": "share", "share_of": "symptom = '试机'"}

    admin.post(NEW, data=typed)
    made = found(company)
    change(company, admin, unit="hours")
    changed = found(company)

    assert made is not None
    assert changed is not None
    assert (made.unit, changed.unit) == ("percent", "hours")


def test_change_holds_at_once_and_is_told(company: Company, admin: FlaskClient) -> None:
    admin.post(NEW, data=FORM)
    order(company, symptom="试机")

    answer = change(company, admin, condition="symptom = '试机'")

    assert answer.status_code == 302
    assert figures(company) == {2: 1}
    told = admin.get(f"{PAGE}1/").text
    assert "条件 symptom = &#39;机器不启动&#39; → symptom = &#39;试机&#39;" in told


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    change(company, admin, name_zh="修机单")

    answer = admin.post(f"{PAGE}1/", data=FORM | {"basis": "old", "name_zh": "单子"})

    assert answer.status_code == 409
    assert 'value="单子"' in answer.text
    made = found(company)
    assert made is not None
    assert made.name_zh == "修机单"


def test_measure_that_pay_reads_is_not_deleted(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    admin.post(NEW, data=FORM | {"name_zh": "没人用"})
    with company.database.write() as session:
        rule = PayRuleRow(
            code="orders",
            position=0,
            name_zh="修单奖",
            name_en="For orders",
            kind="earning",
            formula=f"measure.{CODE} * 3 元",
            clause="",
        )
        scheme = PayScheme(
            code="s",
            version=1,
            name_zh="方案",
            name_en="Scheme",
            starts_on=NOON.date(),
            posts=[],
            rules=[rule],
        )
        session.add(scheme)

    kept = admin.post(f"{PAGE}1/delete", follow_redirects=True)
    gone = admin.post(f"{PAGE}2/delete", follow_redirects=True)

    assert "修单奖" in kept.text
    assert found(company) is not None
    assert "指标已删除" in gone.text
    assert found(company, "x_service_order_meirenyong") is None


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name_zh", "", "请填写"),
        ("aggregate", "median", "不在选项中"),
        ("date_field", "", "请填写"),
        ("date_field", "symptom", "不在选项中"),
        ("person_field", "", "请填写"),
        ("target", "nothing", "不在选项中"),
        ("condition", "symptom =", "公式第"),
        ("condition", "symptm = 'x'", "是否要写“symptom”"),
        ("condition", "holder.name = 'x'", "没有名为“holder.name”"),
        ("condition", "symptom", "应是条件"),
    ],
)
def test_mistake_stands_beside_its_field_and_nothing_typed_is_lost(
    company: Company, admin: FlaskClient, field: str, typed: str, said: str
) -> None:
    answer = admin.post(NEW, data=FORM | {field: typed})

    row = answer.text.partition(f'data-field="{field}"')[2].partition('data-field="')[0]
    assert answer.status_code == 422
    assert "field-error" in row
    assert said in row
    assert "S0-04-22" in answer.text
    assert found(company) is None


@pytest.mark.parametrize("field", ["", "symptom"])
def test_sum_of_no_figure_is_refused(
    company: Company, admin: FlaskClient, field: str
) -> None:
    answer = admin.post(NEW, data=FORM | {"aggregate": "sum", "field": field})

    assert answer.status_code == 422
    assert found(company) is None


def test_preview_tells_nothing_that_is_hidden(admin: FlaskClient) -> None:
    typed = FORM | {
        "aggregate": "sum",
        "field": "base_pay",
        "date_field": "created_at",
        "condition": "",
        "action": "preview",
    }

    answer = admin.post(f"{PAGE}new?register=staff", data=typed)

    assert "有您看不到的内容" in answer.text
    assert "王敏" not in preview(answer)


@pytest.mark.parametrize("login", ["A01", "A02", "N01"])
def test_whoever_may_not_set_up_sees_and_changes_nothing(
    company: Company, admin: FlaskClient, login: str
) -> None:
    admin.post(NEW, data=FORM)
    client = company.client(login)

    answers = [
        client.get(PAGE),
        client.post(NEW, data=FORM),
        client.get(f"{PAGE}1/"),
        client.post(f"{PAGE}1/", data=FORM | {"name_zh": "另一个"}),
        client.post(f"{PAGE}1/delete"),
    ]

    assert {one.status_code for one in answers} == {403}
    made = found(company)
    assert made is not None
    assert made.name_zh == "修单"


def test_nothing_is_saved_without_the_token(guarded: Company) -> None:
    answer = guarded.client("admin").post(NEW, data=FORM)

    assert answer.status_code in (303, 400)
    assert found(guarded) is None


def test_page_is_in_english_by_the_switch(admin: FlaskClient) -> None:
    admin.post(NEW, data=FORM)
    admin.get("/account/language")

    assert "New measure" in admin.get(PAGE).text
    assert "Reckoned as" in admin.get(f"{PAGE}1/").text


def test_a_hand_changed_measure_is_kept_by_a_newer_template(
    company: Company, admin: FlaskClient
) -> None:
    template = read_template("after_sales")
    _apply(company, template)
    made = found(company, "man_hours")
    assert made is not None
    form = {name: getattr(made, name) or "" for name in measure_changes.SAID}
    form |= {"basis": measure_changes.basis(made), "condition": "counted_hours > 1"}
    form |= {"clauses": made.clause, "action": "save"}
    admin.post(f"{PAGE}{made.id}/", data=form)

    outcome = _apply(company, template)

    kept = found(company, "man_hours")
    assert kept is not None
    assert kept.condition == "counted_hours > 1"
    assert outcome["man_hours"] is Outcome.KEEP
    assert "手动改过" in admin.get(PAGE).text


def _apply(company: Company, template: Any) -> dict[str, Outcome]:
    declare(template, company.database)
    with company.database.write() as session:
        plan = plan_template(template, session)
        for step in plan.steps:
            step.run(session, writer())
    return {
        one.item.code: one.outcome for one in plan.changes if one.item.kind == "measure"
    }


def test_shares_are_said_by_the_names_of_their_fields(
    company: Company, admin: FlaskClient
) -> None:
    typed = FORM | {
        "aggregate": "daily",
        "field": "approved_hours",
        "date_field": "reported_at",
        "split_register": "service_part",
        "split_of": "service_order",
        "split_person": "holder",
        "split_share": "quantity",
    }

    wrong = admin.post(NEW, data=typed | {"split_of": "nowhere"})
    admin.post(NEW, data=typed)

    assert wrong.status_code == 422
    assert "“nowhere”" in wrong.text
    made = found(company)
    assert made is not None
    assert made.aggregate == "daily"
    assert made.split == {
        "register": "service_part",
        "of": "service_order",
        "person": "holder",
        "share": "quantity",
    }
    assert 'value="quantity"' in admin.get(f"{PAGE}{made.id}/").text
    assert "按换件记录分成" in admin.get(PAGE).text
