"""Pay schemes in the panel: tried on a real month, saved as a version from a day on."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from models import payroll
from models.accounts import ReadEvent
from models.history import ChangeEvent
from models.pay_people import payees
from models.pay_tables import PayRun, PayScheme
from models.rules.periods import parse_period
from tests.admin.formula_desk import give
from tests.admin.late_desk import at
from tests.admin.test_pay_pages import CALL, paid, scheme
from tests.company import NOON, Company, writer

__all__ = ["paid"]
LINE = {
    "code": "third",
    "name_zh": "三分之一",
    "name_en": "A third",
    "kind": "earning",
    "clause": "",
    "formula": "measure.calls / 3 * rate.call",
    "condition": "",
    "cap": "",
    "floor": "",
}


def form(*lines: dict[str, str], **more: Any) -> dict[str, Any]:
    """Return the form of the scheme as a browser sends it."""
    fields: dict[str, Any] = {
        "basis": "1",
        "name_zh": "热线绩效",
        "name_en": "Desk",
        "starts_on": "2026-11-01",
        "month": "2026-10",
        "action": "preview",
        "line": [str(place) for place, _ in enumerate(lines)],
    }
    for place, line in enumerate(lines):
        fields |= {f"line-{place}-{name}": text for name, text in line.items()}
    return fields | more


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be noon."""
    at(monkeypatch, NOON)


@pytest.fixture
def trusted(paid: Company) -> Company:
    """The company, whose manager may change schemes as well."""
    give(paid, "manager", "pay.scheme", "change")
    return paid


def versions(company: Company) -> list[tuple[int, date, list[str]]]:
    with company.database.read() as session:
        found = session.scalars(select(PayScheme).order_by(PayScheme.version))
        return [
            (one.version, one.starts_on, [it.formula for it in one.rules])
            for one in found
        ]


WHOLE = LINE | {"formula": "measure.calls * rate.call"}


def test_change_is_tried_on_a_real_month_before_anything_is_saved(
    trusted: Company,
) -> None:
    client = trusted.client("A01")

    answer = client.post("/settings/schemes/1/", data=form(WHOLE))

    assert answer.status_code == 200
    preview = answer.text[answer.text.index('id="preview"') :]
    assert "王敏" in preview
    for figure in ("0.83", "2.50", "+1.67"):
        assert figure in preview
    assert "周工" not in preview  # has no call and no other pay
    assert len(versions(trusted)) == 1


def test_version_that_is_saved_holds_from_its_day_and_pays_by_then(
    trusted: Company,
) -> None:
    client = trusted.client("A01")

    answer = client.post("/settings/schemes/1/", data=form(WHOLE, action="save"))

    assert answer.status_code == 302
    assert versions(trusted) == [
        (1, date(2026, 1, 1), ["measure.calls / 3 * rate.call"]),
        (2, date(2026, 11, 1), ["measure.calls * rate.call"]),
    ]
    page = client.get("/settings/schemes/").text
    assert "热线绩效" in page
    assert "第 2 版" in page
    assert "measure.calls / 3 * rate.call →" in page.replace("\n", "")
    october = client.get("/pay/2026-10").text
    assert "0.83" in october


@pytest.mark.parametrize("state", ["approved", "locked", "paid"])
def test_month_that_is_signed_is_not_changed(trusted: Company, state: str) -> None:
    with trusted.database.write() as session:
        session.execute(update(PayRun).values(state=state))
    sent = form(WHOLE, action="save", starts_on="2026-10-31")

    answer = trusted.client("A01").post("/settings/schemes/1/", data=sent)

    assert answer.status_code == 422
    assert "2026-11-01 以前的绩效已经审批或关账" in answer.text
    assert len(versions(trusted)) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([LINE | {"formula": "measure.calls *"}], "公式：公式没有写完"),
        ([LINE | {"formula": "measure.no_such"}], "measure.no_such"),
        ([LINE | {"formula": "measure.calls"}], "应是金额"),
        ([LINE | {"formula": "line.third"}], "互相引用"),
        ([LINE | {"formula": ""}], "请填写公式"),
        ([LINE | {"name_zh": ""}], "请填写名称"),
        ([], "至少要有一个计薪项目"),
    ],
    ids=["broken", "name", "unit", "circle", "no formula", "no name", "no line"],
)
def test_mistake_stands_at_its_line_and_nothing_is_saved(
    trusted: Company, lines: list[dict[str, str]], said: str
) -> None:
    sent = form(*lines, action="save")

    answer = trusted.client("A01").post("/settings/schemes/1/", data=sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert len(versions(trusted)) == 1


def test_version_of_somebody_else_is_not_overwritten(trusted: Company) -> None:
    client = trusted.client("A01")
    client.post("/settings/schemes/1/", data=form(WHOLE, action="save"))

    late = client.post("/settings/schemes/1/", data=form(LINE, action="save"))

    assert late.status_code == 409
    assert "刚被别人改过" in late.text
    assert len(versions(trusted)) == 2


def test_line_is_added_struck_out_and_moved(trusted: Company) -> None:
    client = trusted.client("A01")
    more = LINE | {"code": "", "name_zh": "全勤", "name_en": "", "formula": "20元"}
    more["order"] = "0"

    added = client.post("/settings/schemes/1/", data=form(LINE, action="add"))
    client.post("/settings/schemes/1/", data=form(LINE, more, action="save"))
    gone = LINE | {"gone": "y"}
    kept = more | {"code": "x_quanqin"}
    sent = form(gone, kept, action="save", basis="2")
    client.post("/settings/schemes/2/", data=sent)

    assert added.text.count('name="line"') == 2
    assert [formulas for _, _, formulas in versions(trusted)] == [
        ["measure.calls / 3 * rate.call"],
        ["20元", "measure.calls / 3 * rate.call"],
        ["20元"],
    ]


def test_whoever_sees_no_pay_saves_without_a_trial(paid: Company) -> None:
    client = paid.client("admin")

    tried = client.post("/settings/schemes/1/", data=form(WHOLE))
    saved = client.post("/settings/schemes/1/", data=form(WHOLE, action="save"))

    assert "没有查看绩效的权限" in tried.text
    assert "王敏" not in tried.text
    assert saved.status_code == 302


def test_trial_shows_only_people_whose_pay_one_sees(trusted: Company) -> None:
    trusted.create("call_log", CALL | {"received_at": NOON, "first_asked": 4})

    page = trusted.client("A01").post("/settings/schemes/1/", data=form(WHOLE)).text

    assert "王敏" in page
    assert "赵倩" not in page


@pytest.mark.parametrize("login", ["A01", "A02", "N01"])
def test_page_is_for_those_who_may_change_schemes(paid: Company, login: str) -> None:
    client = paid.client(login)

    assert client.get("/settings/schemes/").status_code == 403
    assert client.post("/settings/schemes/new").status_code == 403
    assert client.post("/settings/schemes/1/", data=form(WHOLE)).status_code == 403


def test_new_scheme_is_made_from_an_empty_form(trusted: Company) -> None:
    sent = form(
        LINE | {"code": "", "name_zh": "固定奖", "formula": "100元"},
        name_zh="仓管绩效",
        basis="",
        action="save",
        posts=["1"],
        people=["2"],
        grades="B2、A",
        department="1",
        every="quarter",
    )

    answer = trusted.client("A01").post("/settings/schemes/new", data=sent)

    assert answer.status_code == 302, answer.text
    with trusted.database.read() as session:
        one = session.scalars(select(PayScheme).filter_by(name_zh="仓管绩效")).one()
        assert (one.version, one.posts, one.grades) == (1, [1], ["A", "B2"])
        assert (one.people, one.department_id, one.every) == ([2], 1, "quarter")
        assert [rule.code for rule in one.rules] == ["x_gudingjiang"]


def test_same_said_again_is_no_new_version(trusted: Company) -> None:
    sent = form(LINE, action="save", starts_on="2026-01-01")

    trusted.client("A01").post("/settings/schemes/1/", data=sent)

    assert len(versions(trusted)) == 1


def test_saved_version_pays_the_month_it_begins_in(trusted: Company) -> None:
    client = trusted.client("A01")
    sent = form(WHOLE, action="save", starts_on="2026-10-01")

    client.post("/settings/schemes/1/", data=sent)
    with trusted.database.write() as session:
        run = payroll.calculate(session, "2026-10", writer(trusted.person("A01")))
        total = run.total

    assert f"{total}" == "2.50"


def test_words_are_taken_for_names_and_codes_are_kept(trusted: Company) -> None:
    bonus = LINE | {"code": "bonus", "name_zh": "加成", "formula": "三分之一 * 10%"}
    client = trusted.client("A01")
    sent = form(LINE | {"formula": "来电数 * 每个来电"}, bonus, action="save")

    client.post("/settings/schemes/1/", data=sent)

    assert versions(trusted)[-1][2] == [
        "measure.calls * rate.call",
        "line.third * 10%",
    ]
    page = client.get("/settings/schemes/2/").text
    assert ">\n来电数 * 每个来电</textarea>" in page
    assert ">\n三分之一 * 10%</textarea>" in page


def test_line_that_is_renamed_may_be_called_by_its_old_name(trusted: Company) -> None:
    renamed = LINE | {"name_zh": "来电绩效"}
    bonus = LINE | {"code": "bonus", "name_zh": "加成", "formula": "三分之一 * 10%"}
    sent = form(renamed, bonus, action="save")

    trusted.client("A01").post("/settings/schemes/1/", data=sent)

    assert versions(trusted)[-1][2][-1] == "line.third * 10%"


def test_place_of_a_mistake_is_marked_as_it_was_typed(trusted: Company) -> None:
    wrong = LINE | {"formula": "每个来电 + 来店数"}
    other = LINE | {"code": "other", "name_zh": "另一项", "cap": "(3"}

    page = trusted.client("A01").post("/settings/schemes/1/", data=form(wrong)).text
    both = form(LINE | {"formula": "来电数 +"}, other)
    two = trusted.client("A01").post("/settings/schemes/1/", data=both).text

    assert "每个来电 + <mark>来店数</mark>" in page
    assert "是否要写“来电数”？" in page
    assert two.count("<mark>") == 2
    assert "上限：" in two


def test_circle_over_several_schemes_is_refused(trusted: Company) -> None:
    with trusted.database.write() as session:
        other = scheme("subordinates(line.third) * 10%")
        other.code, other.rules[0].code = "above", "joint"
        other.posts = [99]
        session.add(other)
    wanted = LINE | {"formula": "subordinates(line.joint) * 10%"}

    answer = trusted.client("A01").post("/settings/schemes/1/", data=form(wanted))

    assert answer.status_code == 422
    assert "互相引用" in answer.text


def test_version_that_is_no_longer_used_is_no_part_of_a_circle(
    trusted: Company,
) -> None:
    with trusted.database.write() as session:
        old, new = scheme("subordinates(line.third) * 10%"), scheme("20元")
        for number, one in enumerate((old, new), 1):
            one.code, one.version, one.posts = "above", number, [99]
            one.rules[0].code = "joint"
        new.starts_on = date(2026, 9, 1)
        session.add_all([old, new])
    wanted = LINE | {"formula": "subordinates(line.joint) * 10%"}

    sent = form(wanted, action="save", starts_on="2026-10-01")
    answer = trusted.client("A01").post("/settings/schemes/1/", data=sent)
    with trusted.database.write() as session:
        run = payroll.calculate(session, "2026-10", writer(trusted.person("A01")))

    assert answer.status_code == 302, answer.text
    assert run.errors == 0


def test_lines_are_moved_by_arrows_and_nothing_typed_is_lost(trusted: Company) -> None:
    second = LINE | {"code": "", "name_zh": "第二", "formula": "尚未写完 +"}
    second["order"] = "2"
    sent = form(LINE, second, action="up-1")

    page = trusted.client("A01").post("/settings/schemes/1/", data=sent).text

    assert page.index('value="第二"') < page.index('value="三分之一"')
    assert "尚未写完 +</textarea>" in page
    assert len(versions(trusted)) == 1


def test_line_that_is_struck_out_stays_on_the_page_until_it_is_saved(
    trusted: Company,
) -> None:
    sent = form(WHOLE, LINE | {"code": "other", "gone": "y"})

    page = trusted.client("A01").post("/settings/schemes/1/", data=sent).text

    assert page.count('name="line"') == 2
    assert 'name="line-1-gone" value="y" checked' in page


def test_limit_names_its_deductions_by_words(trusted: Company) -> None:
    fine = LINE | {"code": "fine", "name_zh": "扣款", "kind": "deduction"}
    limit = LINE | {"code": "", "name_zh": "上限", "kind": "limit", "of": "扣款"}
    limit |= {"formula": "三分之一 * 20%", "leaves": "1元"}
    client = trusted.client("A01")

    wrong = form(LINE, fine, limit | {"of": "罚款"}, action="save")
    refused = client.post("/settings/schemes/1/", data=wrong)
    client.post("/settings/schemes/1/", data=form(LINE, fine, limit, action="save"))

    assert "“罚款”不是本方案的扣减项目" in refused.text
    with trusted.database.read() as session:
        (kept,) = session.scalars(select(PayScheme).filter_by(version=2))
        row = kept.rules[-1]
        assert (row.kind, row.limits, row.leaves) == ("deduction", ["fine"], "1元")
        assert row.formula == "line.third * 20%"
    assert 'value="扣款"' in client.get("/settings/schemes/2/").text


def test_scheme_stops_by_a_version_that_ends_before_it_starts(
    trusted: Company,
) -> None:
    client = trusted.client("A01")
    sent = form(LINE, action="save", starts_on="2026-10-01", ends_on="2026-09-30")

    client.post("/settings/schemes/1/", data=sent)

    with trusted.database.read() as session:
        assert payees(session, parse_period("2026-10")) == []
        assert len(payees(session, parse_period("2026-09"))) > 0


def test_what_is_saved_and_who_looked_is_written_down(trusted: Company) -> None:
    client = trusted.client("A01")

    client.post("/settings/schemes/1/", data=form(WHOLE))
    client.post("/settings/schemes/1/", data=form(WHOLE, action="save"))

    with trusted.database.read() as session:
        (looked,) = session.scalars(select(ReadEvent).filter_by(kind="pay_run"))
        (saved,) = session.scalars(
            select(ChangeEvent).filter_by(register="rules.scheme")
        )
        assert (looked.by_name, looked.detail[:13]) == ("林主管", "2026-10 trial")
        assert saved.by_name == "林主管"
        assert "rule.third" in saved.changes


def test_reader_of_some_slips_tries_only_what_slips_show(trusted: Company) -> None:
    probing = LINE | {"formula": "or_zero(staff.base_pay) + 0元"}
    asking = LINE | {"formula": "total(line.third)", "code": "all"}
    client = trusted.client("A01")

    refused = client.post("/settings/schemes/1/", data=form(probing)).text
    asked = client.post("/settings/schemes/1/", data=form(LINE, asking)).text
    give(trusted, "manager", "pay.slip", "list read")
    seen = client.post("/settings/schemes/1/", data=form(probing)).text

    assert "查看全部工资条的权限" in refused
    assert "王敏" not in refused
    assert "查看全部工资条的权限" in asked
    assert "王敏" in seen


def test_quarterly_scheme_is_tried_on_a_quarter(trusted: Company) -> None:
    with trusted.database.write() as session:
        session.execute(update(PayScheme).values(every="quarter"))

    page = (
        trusted.client("A01")
        .post("/settings/schemes/1/", data=form(WHOLE, month="2026-Q4"))
        .text
    )

    assert "2026年第4季度试算" in page
    assert "+1.67" in page


def test_later_version_is_told_to_take_over(trusted: Company) -> None:
    client = trusted.client("A01")
    sent = form(WHOLE, action="save", starts_on="2027-01-01")
    client.post("/settings/schemes/1/", data=sent)

    page = client.post("/settings/schemes/1/", data=form(LINE, basis="2")).text

    assert "已有第 2 版从 2027-01-01 起用" in page
