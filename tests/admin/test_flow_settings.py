"""流程: an admin makes and changes a register's flow; the plan is shown first."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models import catalogue
from models.stanza import write_register
from tests.company import Company, build_company, open_company
from tests.databases import Builder

REGISTER = "coordination_log"  # of the engine, without a flow
PAGE = f"/settings/fields/{REGISTER}/flow"
STATES = [
    ("待办", "Waiting", "busy", ""),
    ("办理中", "", "", ""),
    ("办结", "Done", "good", "final"),
]
STEPS: list[dict[str, Any]] = [
    {"zh": "受理", "from": "1", "to": "2", "who": ["holder"]},
    {"zh": "办结", "from": "2", "to": "3", "who": ["right:change"], "flags": "comment"},
    {"zh": "退回", "from": "2, 3", "to": "1", "flags": "sends_back"},
]


@pytest.fixture
def company(
    prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    opened = open_company(prepared_database("company", build_company), tmp_path)
    yield opened
    opened.close()
    catalogue.use()


def sent(
    company: Company, steps: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    """Return the form as the browser sends it."""
    page = company.client("admin").get(PAGE).text
    basis = page.partition('name="basis" value="')[2].partition('"')[0]
    form: dict[str, Any] = {
        "states": "9",
        "steps": "9",
        "basis": basis,
        "action": "apply",
    }
    for at, (zh, en, tone, flags) in enumerate(STATES):
        form |= {
            f"s-zh-{at}": zh,
            f"s-en-{at}": en,
            f"s-tone-{at}": tone,
            f"s-flags-{at}": flags,
        }
    for at, one in enumerate(STEPS if steps is None else steps):
        form |= {f"t-{key}-{at}": said for key, said in one.items()}
    return form | more


def flow() -> dict[str, Any]:
    found: dict[str, Any] = write_register(catalogue.current()[REGISTER])["flow"]
    return found


def test_flow_is_planned_drawn_and_made(company: Company) -> None:
    steps = [STEPS[0] | {"who": ["right:change"]}, *STEPS[1:]]
    planned = company.client("admin").post(
        PAGE, data=sent(company, steps, action="plan")
    )

    assert 'id="plan"' in planned.text
    assert "flow-picture" in planned.text
    assert catalogue.current()[REGISTER].flow is None

    made = company.client("admin").post(PAGE, data=sent(company, steps))

    assert made.status_code == 302, made.text.partition("field-error")[2][:300]
    assert flow()["field"] == "status"
    assert [one["code"] for one in flow()["states"]] == [
        "daiban",
        "banlizhong",
        "banjie",
    ]
    assert [one["to"] for one in flow()["steps"]] == ["banlizhong", "banjie", "daiban"]
    assert flow()["steps"][2]["from"] == ["banlizhong", "banjie"]
    assert flow()["states"][2]["final"]


def test_entry_is_moved_by_the_new_flow(company: Company) -> None:
    first = {"who": ["right:change"], "asks": "reply", "at": "replied_at"}
    steps = [STEPS[0] | first, *STEPS[1:]]
    company.client("admin").post(PAGE, data=sent(company, steps))
    department = company.person("A01").department_id
    detail = {"to_department": department, "subject": "到货", "content": "何时到货？"}
    key = company.create(REGISTER, detail, "A01")
    manager = company.client("A01")
    address = f"/register/{REGISTER}/step/?id={key}&step=shouli"

    version = company.get(REGISTER, key)["version"]
    refused = manager.post(address, data={"version": version})
    moved = manager.post(address, data={"version": version, "reply": "下周三到货"})

    assert refused.status_code == 422
    assert moved.status_code == 302
    entry = company.get(REGISTER, key)
    assert entry["status"] == "banlizhong"
    assert entry["reply"] == "下周三到货"
    assert entry["replied_at"] is not None


def test_words_are_changed_and_codes_stay(company: Company) -> None:
    steps = [STEPS[0] | {"who": []}, *STEPS[1:]]
    company.client("admin").post(PAGE, data=sent(company, steps))
    again = sent(company, steps) | {
        "s-code-0": "daiban",
        "s-zh-0": "排队",
        "s-code-1": "banlizhong",
        "s-code-2": "banjie",
        "t-code-0": "shouli",
        "t-zh-0": "接手",
        "kept_in": "status",
    }
    made = company.client("admin").post(PAGE, data=again)

    assert made.status_code == 302
    assert flow()["states"][0]["code"] == "daiban"
    assert flow()["states"][0]["title"]["zh"] == "排队"
    assert flow()["steps"][0]["code"] == "shouli"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"zh": "受理", "from": "1", "to": "7"}], "状态的序号，现有 1 到 3"),
        ([{"zh": "", "from": "1", "to": "2"}], "请填写按钮上的字"),
        ([STEPS[0] | {"when": "nonsense ="}], "nonsense"),
        ([STEPS[0] | {"who": ["person:nobody"]}], "nobody"),
    ],
)
def test_mistake_stands_beside_its_step_and_nothing_is_lost(
    company: Company, steps: list[dict[str, Any]], said: str
) -> None:
    answer = company.client("admin").post(PAGE, data=sent(company, steps))

    assert answer.status_code == 422
    row = answer.text.partition('name="t-code-0"')[2].partition("</li>")[0]
    assert said in row
    assert 'value="办理中"' in answer.text
    assert catalogue.current()[REGISTER].flow is None


def test_flow_that_was_changed_meanwhile_is_told(company: Company) -> None:
    form = sent(company, basis="0123456789abcdef")
    answer = company.client("admin").post(PAGE, data=form)

    assert answer.status_code == 409
    assert 'value="办理中"' in answer.text


def test_flow_of_a_class_is_changed_and_taken_away(company: Company) -> None:
    page = "/settings/fields/expense_claim/flow"
    before = catalogue.current()["expense_claim"].flow
    client = company.client("admin")
    text = client.get(page).text
    basis = text.partition('name="basis" value="')[2].partition('"')[0]

    client.post(
        page, data={"states": "0", "steps": "0", "basis": basis, "action": "apply"}
    )

    assert before is not None
    assert catalogue.current()["expense_claim"].flow is None


@pytest.mark.parametrize("login", ["A01", "A02"])
def test_others_do_not_come_in(company: Company, login: str) -> None:
    assert company.client(login).get(PAGE).status_code == 403
    assert company.client(login).post(PAGE, data={}).status_code == 403
