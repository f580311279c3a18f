"""时限要求: made and changed in the panel; versions are kept, clocks run at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from admin import target_pages
from models import calendars
from models.clock_table import Clock
from models.targets import SlaTarget
from models.words import Label
from seed.apply import plan_template
from seed.declared import declare
from seed.merging import Outcome
from seed.template import read_template
from tests.admin.late_desk import at, order, promise
from tests.clock_desk import CALENDAR
from tests.company import NOON, Company, writer

PAGE = "/settings/targets/"
NEW = f"{PAGE}new?register=service_order"
TODAY = date(2026, 10, 14)
FORM = {
    "name_zh": "完工时限",
    "name_en": "Finished in time",
    "start_field": "reported_at",
    "stop_field": "finished_at",
    "how": "elapsed",
    "how_number": "4",
    "how_unit": "h",
    "calendar": "desk",
    "warn_before": "1",
    "responsible": "holder",
    "hard": "hard",
    "valid_from": TODAY.isoformat(),
    "condition": "order_type = 'support'",
    "clauses": "S0-04-22、S0-04-32",
    "action": "save",
}
CODE = "service_order.x_wangongshixian"


@pytest.fixture(autouse=True)
def noon(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon, at a desk that has a calendar."""
    at(monkeypatch, NOON)
    with company.database.write() as session:
        calendars.save(session, "desk", Label("客服部", "Desk"), CALENDAR, NOON)


@pytest.fixture
def admin(company: Company) -> FlaskClient:
    return company.client("admin")


def versions(company: Company, code: str = CODE) -> list[SlaTarget]:
    with company.database.read() as session:
        query = select(SlaTarget).filter_by(code=code).order_by(SlaTarget.version)
        return list(session.scalars(query))


def clocks(company: Company) -> list[Clock]:
    with company.database.read() as session:
        return list(session.scalars(select(Clock).order_by(Clock.id)))


def change(company: Company, client: FlaskClient, **values: Any) -> Any:
    last = versions(company)[-1]
    form = FORM | {"basis": str(last.id)} | values
    return client.post(f"{PAGE}{last.id}/", data=form)


def wrong(text: str) -> dict[str, str]:
    """Return what stands beside the fields of a refused form."""
    rows = text.split(' data-field="')[1:]
    found = {}
    for row in rows:
        if "field-error" in row:
            said = row.partition('class="field-error"')[2].partition("</div>")[0]
            found[row.partition('"')[0]] = said.rpartition(">")[2]
    return found


def verdicts(text: str) -> list[str]:
    """Return the cells of a preview."""
    shown = text.partition('id="preview"')[2].partition("</section>")[0]
    cells = [it.partition("<")[0] for it in shown.split('<td class="num')[1:]]
    return [it.partition(">")[2] for it in cells]


def test_made_time_limit_runs_on_new_entries_at_once(
    company: Company, admin: FlaskClient
) -> None:
    answer = admin.post(NEW, data=FORM)
    order(company, reported_at=NOON - timedelta(hours=5))

    assert answer.status_code == 302
    (made,) = versions(company)
    assert (made.how_long, made.warn_before) == ("4h elapsed", timedelta(hours=1))
    assert (made.clauses, made.version) == ("S0-04-22 S0-04-32", 1)
    (clock,) = clocks(company)
    assert clock.target_code == CODE
    assert clock.due_at == NOON - timedelta(hours=1)
    shown = admin.get(PAGE).text
    assert "4小时（自然时间）" in shown
    assert "系统管理员" in shown


def test_entries_of_the_day_get_their_clocks_when_it_is_saved(
    company: Company, admin: FlaskClient
) -> None:
    today = order(company)
    order(company, reported_at=NOON - timedelta(days=2))

    admin.post(NEW, data=FORM)

    assert [one.entry_id for one in clocks(company)] == [today]


def test_entries_beyond_what_is_done_at_once_are_told_of(
    company: Company, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target_pages, "MOST_AT_ONCE", 1)
    order(company)

    answer = admin.post(NEW, data=FORM, follow_redirects=True)

    assert "其余的在下次保存时计时" in answer.text


def test_register_is_chosen_first(admin: FlaskClient) -> None:
    first = admin.get(f"{PAGE}new")
    second = admin.get(NEW)

    assert '<option value="service_order">' in first.text
    assert 'name="start_field"' not in first.text
    assert 'value="callback_log/service_order/called_at"' in second.text
    assert "reported_at" in second.text


def test_preview_counts_last_month_by_the_clocks_own_rules(
    company: Company, admin: FlaskClient
) -> None:
    done = NOON - timedelta(days=3)
    begun = done - timedelta(hours=2)
    order(company, reported_at=begun, finished_at=done)
    order(company, reported_at=begun, finished_at=done + timedelta(hours=9))
    order(company, reported_at=NOON - timedelta(hours=1))
    order(company, reported_at=NOON - timedelta(hours=9))
    order(company, symptom="试机")
    order(company, reported_at=NOON - timedelta(days=40))

    answer = admin.post(
        NEW, data=FORM | {"condition": "symptom != '试机'", "action": "preview"}
    )

    assert verdicts(answer.text) == [
        *("按时完成", "1", "逾期", "2", "还在时限内", "1", "不适用", "1"),
    ]
    assert "共 5 条" in answer.text
    assert not versions(company)
    assert 'value="save"' in answer.text


def test_preview_says_when_it_did_not_look_at_all(
    company: Company, admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.target_preview.MOST", 2)
    monkeypatch.setattr("admin.target_words.MOST", 2)
    for _ in range(3):
        order(company)

    answer = admin.post(NEW, data=FORM | {"action": "preview"})

    assert "超过 2 条，只算了最近的 2 条" in answer.text


def test_preview_knows_what_another_register_stops(
    company: Company, admin: FlaskClient
) -> None:
    begun = NOON - timedelta(days=2)
    done = order(company, reported_at=begun)
    order(company, reported_at=begun)
    customer = {"name": "恒越", "address": "苏州", "account_manager": 1}
    callback = {
        "kind": "after_service",
        "service_order": done,
        "customer": company.create("customer_file", customer),
        "called_at": begun + timedelta(hours=1),
        "outcome": "connected",
    }
    company.create("callback_log", callback, "A02")
    stop = "callback_log/service_order/called_at"

    answer = admin.post(NEW, data=FORM | {"stop_field": stop, "action": "preview"})

    assert verdicts(answer.text)[:4] == ["按时完成", "1", "逾期", "1"]


def test_preview_of_a_yes_says_that_nobody_knows_when(
    company: Company, admin: FlaskClient
) -> None:
    order(company, rework=True)

    answer = admin.post(NEW, data=FORM | {"stop_field": "rework", "action": "preview"})

    assert verdicts(answer.text)[-2:] == ["已完成，不知是何时", "1"]


def test_preview_of_a_departments_own_leaves_the_others_aside(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    for login in ("A02", "B01"):
        order(company, login, reported_at=NOON - timedelta(hours=5))

    own = change(company, admin, department="1", action="preview")

    assert verdicts(own.text)[2:4] == ["逾期", "1"]
    assert verdicts(own.text)[-2:] == ["不适用", "1"]


def test_preview_tells_nothing_of_fields_that_are_hidden(admin: FlaskClient) -> None:
    typed = FORM | {"condition": "holder.base_pay > 3000 元", "action": "preview"}

    answer = admin.post(NEW, data=typed)

    assert "有您看不到的内容" in answer.text
    assert "按时完成" not in answer.text


def test_change_is_the_next_version_and_clocks_that_run_stay(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    order(company)
    before = clocks(company)[0].due_at

    answer = change(company, admin, how_number="2")
    order(company)

    assert answer.status_code == 302
    assert [one.how_long for one in versions(company)] == ["4h elapsed", "2h elapsed"]
    old, new = clocks(company)
    assert (old.due_at, new.due_at) == (before, before - timedelta(hours=2))
    told = admin.get(f"{PAGE}1/").text
    assert "时限 4小时（自然时间） → 2小时（自然时间）" in told


def test_change_from_a_later_day_leaves_today_as_it_is(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    later = (TODAY + timedelta(days=7)).isoformat()

    change(company, admin, how_number="2", valid_from=later)
    order(company)

    (clock,) = clocks(company)
    assert clock.target_id == versions(company)[0].id
    shown = admin.get(PAGE).text
    assert "未到起用日" in shown
    assert "现行：4小时（自然时间）" in shown


def test_saving_without_a_change_makes_no_version(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)

    later = (TODAY + timedelta(days=1)).isoformat()
    answer = change(company, admin, valid_from=later)

    assert answer.status_code == 302
    assert len(versions(company)) == 1


def test_what_somebody_else_changed_meanwhile_is_not_written_over(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    first = versions(company)[0].id
    change(company, admin, how_number="2")

    late = FORM | {"basis": str(first), "how_number": "9"}
    answer = admin.post(f"{PAGE}{first}/", data=late)

    assert answer.status_code == 409
    assert 'value="9"' in answer.text
    assert f'name="basis" value="{versions(company)[1].id}"' in answer.text
    assert len(versions(company)) == 2


def test_switched_off_no_new_clock_starts_and_the_running_one_stays(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)
    order(company)
    made = versions(company)[0].id

    admin.post(f"{PAGE}{made}/switch")
    order(company)

    (clock,) = clocks(company)
    assert clock.voided_at is None
    assert versions(company)[-1].enabled is False
    admin.post(f"{PAGE}{versions(company)[-1].id}/switch")
    assert len(clocks(company)) == 2


def test_department_gets_its_own_beside_the_companys(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM)

    answer = change(company, admin, department="1", how_number="2")
    again = admin.post(
        f"{PAGE}1/", data=FORM | {"basis": "1", "department": "1", "how_number": "3"}
    )
    order(company, login="A02")
    order(company, login="B01")

    assert answer.status_code == 302
    assert again.status_code == 409
    assert "已经有自己的一份" in again.text
    first, second = clocks(company)
    assert second.due_at - first.due_at == timedelta(hours=2)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name_zh", "", "请填写"),
        ("name_zh", "长" * 81, "最多 80 个"),
        ("start_field", "symptom", "不在选项中"),
        ("stop_field", "nothing", "不在选项中"),
        ("calendar", "moon", "不在选项中"),
        ("department", "77", "不在选项中"),
        ("condition", "order_type = ", "公式第"),
        ("condition", "order_typ = 'support'", "是否要写“order_type”"),
        ("condition", "holder.nam = 'x'", "是否要写“holder.name”"),
        ("condition", "order_type", "结果不是“是”或“否”"),
        ("how", "", "请选择怎么算"),
        ("how_number", "", "请填写"),
        ("how_number", "两个", "两个"),
        ("how_number", "99999999", "超出范围"),
        ("how_weekday", "someday", "不在选项中"),
        ("how_written", "soon", "不是时限写法"),
        ("how_written", "1h before nowhere", "没有字段“nowhere”"),
        ("warn_before", "0", "大于零"),
        ("warn_before", "早点", "早点"),
        ("valid_from", "昨天", "昨天"),
    ],
)
def test_mistake_stands_beside_its_field_and_nothing_typed_is_lost(
    admin: FlaskClient, company: Company, field: str, typed: str, said: str
) -> None:
    answer = admin.post(NEW, data=FORM | {"note": "写给大家看", field: typed})

    assert answer.status_code == 422
    found = wrong(answer.text)
    assert [*found] == [field]
    assert said in found[field]
    assert "写给大家看" in answer.text
    assert "S0-04-22、S0-04-32" in answer.text
    assert not versions(company)


@pytest.mark.parametrize(
    ("typed", "notation", "words"),
    [
        ({"how": "rolled", "how_number": "24"}, "24h", "24小时（遇休息日顺延）"),
        ({"how": "business", "how_number": "0.5"}, "30m business", "30分（营业时间）"),
        (
            {"how": "elapsed", "how_number": "20", "how_unit": "min"},
            "20m elapsed",
            "20分（自然时间）",
        ),
        ({"how": "days", "how_number": "3"}, "3d", "3天"),
        ({"how": "workdays", "how_number": "5"}, "5 workdays", "5个工作日"),
        (
            {"how": "month", "how_day": "31", "how_ahead": "1"},
            "day last next month",
            "次月最后一天",
        ),
        (
            {
                "how": "weekday",
                "how_weekday": "friday",
                "how_time": "17:30",
                "how_roll": "earlier",
            },
            "friday 17:30 earlier",
            "周五17:30",
        ),
        (
            {
                "how": "before_workdays",
                "how_number": "2",
                "how_field": "finished_at",
            },
            "2 workdays before finished_at",
            "完工时间 之前2个工作日",
        ),
        (
            {"how": "value", "how_field": "finished_at", "how_roll": "later"},
            "value of finished_at later",
            "完工时间 所填时间",
        ),
        ({"how_written": "day 9 in 3 months"}, "day 9 in 3 months", "3个月后9日"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_plain_choice_means_its_notation_and_comes_back(
    company: Company,
    admin: FlaskClient,
    typed: dict[str, str],
    notation: str,
    words: str,
) -> None:
    admin.post(NEW, data=FORM | typed)

    (made,) = versions(company)
    assert made.how_long == notation
    assert words in admin.get(PAGE).text
    shown = admin.get(f"{PAGE}{made.id}/").text
    kind = typed.get("how", "month")
    assert f'<option value="{kind}" selected>' in shown


def test_another_register_stops_the_clock(company: Company, admin: FlaskClient) -> None:
    stop = "callback_log/service_order/called_at"

    admin.post(NEW, data=FORM | {"stop_field": stop})

    (made,) = versions(company)
    assert (made.stop_register, made.stop_via) == ("callback_log", "service_order")
    assert f'<option value="{stop}" selected>' in admin.get(f"{PAGE}{made.id}/").text
    assert "回访" in admin.get(f"{PAGE}?register=service_order").text


def test_calendar_of_one_department_is_refused_for_the_company(
    company: Company, admin: FlaskClient
) -> None:
    with company.database.write() as session:
        name = Label("客服部", "Desk")
        calendars.save(session, "own", name, CALENDAR, NOON, department_id=1)

    refused = admin.post(NEW, data=FORM | {"calendar": "own"})
    taken = admin.post(NEW, data=FORM | {"calendar": "own", "department": "1"})

    assert "own" in wrong(refused.text)["calendar"]
    assert taken.status_code == 302


@pytest.mark.parametrize("login", ["A01", "A02", "N01"])
def test_whoever_may_not_set_up_sees_and_changes_nothing(
    company: Company, login: str
) -> None:
    promise(company)
    client = company.client(login)

    answers = [
        client.get(PAGE),
        client.get(NEW),
        client.post(NEW, data=FORM),
        client.get(f"{PAGE}1/"),
        client.post(f"{PAGE}1/", data=FORM),
        client.post(f"{PAGE}1/switch"),
    ]

    assert {one.status_code for one in answers} == {403}
    assert not versions(company)
    assert len(versions(company, "order.finished")) == 1


def test_nothing_is_saved_without_the_token(guarded: Company) -> None:
    answer = guarded.client("admin").post(NEW, data=FORM)

    assert answer.status_code in (303, 400)
    assert not versions(guarded)


def test_page_is_in_english_by_the_switch(admin: FlaskClient) -> None:
    admin.post(NEW, data=FORM)
    admin.get("/account/language")

    assert "Time limits" in admin.get(PAGE).text
    assert "Finished in time" in admin.get(PAGE).text
    assert "Starts at" in admin.get(NEW).text
    assert "Last changes" in admin.get(PAGE).text


def test_what_is_gone_is_told(admin: FlaskClient) -> None:
    assert admin.get(f"{PAGE}77/").status_code == 422
    assert admin.get(f"{PAGE}?register=nothing").status_code == 404


def test_a_hand_changed_time_limit_is_kept_by_a_newer_template(
    company: Company, admin: FlaskClient
) -> None:
    template = read_template("after_sales")
    (said,) = (one for one in template.targets if one.stanza.code == "call_log.reply")
    code = said.stanza.code
    _apply(company, template)
    last = versions(company, code)[-1]
    form = _form_of(last) | {"how": "business", "how_number": "6"}
    admin.post(f"{PAGE}{last.id}/", data=form)

    outcome = _apply(company, template)

    found = versions(company, code)
    assert [one.how_long for one in found] == ["24h rolled", "6h business"]
    assert outcome[code] is Outcome.KEEP
    assert "手动改过" in admin.get(f"{PAGE}?register=call_log").text


def _apply(company: Company, template: Any) -> dict[str, Outcome]:
    declare(template, company.database)
    with company.database.write() as session:
        plan = plan_template(template, session)
        for step in plan.steps:
            step.run(session, writer())
    return {
        one.item.code: one.outcome for one in plan.changes if one.item.kind == "target"
    }


def _form_of(target: SlaTarget) -> dict[str, Any]:
    return FORM | {
        "basis": str(target.id),
        "name_zh": target.name_zh,
        "name_en": target.name_en,
        "start_field": target.start_field,
        "stop_field": target.stop_field,
        "responsible": target.responsible,
        "condition": target.condition or "",
        "clauses": target.clauses,
        "note": target.note,
    }


STEPS = {
    "step1_when": "4小时后",
    "step1_to": "superior",
    "step2_when": "1个工作日后",
    "step2_to": "post:客服经理",
    "step3_when": "30 分钟前",
    "step3_to": "deputy",
}


def with_post(company: Company) -> None:
    company.create("post", {"name": "客服经理"}, "admin")


def test_steps_of_escalation_are_made_and_shown_in_words(
    company: Company, admin: FlaskClient
) -> None:
    with_post(company)

    admin.post(NEW, data=FORM | STEPS)

    (made,) = versions(company)
    assert made.escalation.splitlines() == [
        "4h superior",
        "1 workday post 客服经理",
        "30m before deputy",
    ]
    listed = admin.get(PAGE).text
    assert "通知岗位“客服经理”" in listed
    again = admin.get(f"{PAGE}{made.id}/").text
    assert 'value="1个工作日后"' in again
    assert 'name="step5_when"' in again


def test_changed_title_keeps_the_steps_as_they_are(
    company: Company, admin: FlaskClient
) -> None:
    with_post(company)
    admin.post(NEW, data=FORM | STEPS)

    change(company, admin, **STEPS, name_zh="完工")

    first, second = versions(company)
    assert second.name_zh == "完工"
    assert second.escalation == first.escalation


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"step1_when": "晚些时候", "step1_to": "holder"}, "step1_when", "4小时后"),
        ({"step1_when": "4小时后"}, "step1_to", "请选择通知谁"),
        ({"step2_to": "holder"}, "step2_when", "4小时后"),
        ({"step1_when": "4小时后", "step1_to": "everybody"}, "step1_to", "不在选项中"),
    ],
)
def test_step_that_is_not_understood_is_asked_for_again(
    company: Company, admin: FlaskClient, typed: dict[str, str], field: str, said: str
) -> None:
    answer = admin.post(NEW, data=FORM | typed)

    assert answer.status_code == 422
    assert said in wrong(answer.text)[field]
    assert versions(company) == []


PLAN = {
    "start_field": "review",
    "start_states": "待审核",
    "stop_field": "review",
    "stop_states": "passed",
    "pause_states": "退回、草稿",
    "condition": "",
}
PLAN_NEW = f"{PAGE}new?register=training_plan"


def test_states_are_named_by_their_words(company: Company, admin: FlaskClient) -> None:
    answer = admin.post(PLAN_NEW, data=FORM | PLAN)

    assert answer.status_code == 302
    with company.database.read() as session:
        made = session.scalars(select(SlaTarget)).one()
    assert (made.start_field, made.start_states) == ("review", "pending")
    assert (made.stop_states, made.pause_states) == ("passed", "returned draft")
    listed = admin.get(PAGE).text
    assert "进入“待审核”" in listed
    assert "在“退回、草稿”暂停" in listed
    assert 'value="退回、草稿"' in admin.get(f"{PAGE}{made.id}/").text


def test_preview_counts_by_states_too(admin: FlaskClient) -> None:
    answer = admin.post(PLAN_NEW, data=FORM | PLAN | {"action": "preview"})

    assert answer.status_code == 200
    assert len(verdicts(answer.text)) >= 3


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"start_states": "睡着"}, "start_states", "没有环节“睡着”"),
        ({"start_states": ""}, "start_states", "请写明"),
        ({"stop_states": "待审核"}, "stop_states", "既是起算又是完成"),
    ],
)
def test_states_that_are_not_there_are_asked_for_again(
    admin: FlaskClient, typed: dict[str, str], field: str, said: str
) -> None:
    answer = admin.post(PLAN_NEW, data=FORM | PLAN | typed)

    assert answer.status_code == 422
    assert said in wrong(answer.text)[field]


PROPOSED = {
    "proposes_register": "reward_penalty",
    "proposes": (
        "类型 = 绩效扣减\n事由类别 = late_work\n金额 = 20\n"
        "原因 = {target}逾期：{number}"
    ),
}


def test_breach_proposes_what_the_form_says(
    company: Company, admin: FlaskClient
) -> None:
    admin.post(NEW, data=FORM | PROPOSED)

    (made,) = versions(company)
    assert made.proposes == {
        "register": "reward_penalty",
        "person": "person",
        "values": {
            "kind": "deduction",
            "occasion": "late_work",
            "amount": "20",
            "reason": "{target}逾期：{number}",
        },
        "carry": {},
    }
    assert "逾期建议登记奖惩记录" in admin.get(PAGE).text
    again = admin.get(f"{PAGE}{made.id}/").text
    assert "类型 = 绩效扣减" in again
    assert "金额 = 20" in again


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("金额 20", "应写成"),
        ("天气 = 晴", "应写成"),
        ("金额 = 很多", "金额"),
        ("类型 = 流放", "类型"),
        ("金额 = @weather", "weather"),
    ],
)
def test_proposal_that_could_not_be_entered_is_refused(
    admin: FlaskClient, lines: str, said: str
) -> None:
    answer = admin.post(NEW, data=FORM | PROPOSED | {"proposes": lines})

    assert answer.status_code == 422
    assert said in wrong(answer.text)["proposes"]
