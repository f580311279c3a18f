"""后台任务: every job with its rule, its runs, and run now."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from admin import job_words
from jobs import job_runs, lease
from jobs.job_list import JOBS
from models.deliveries import Delivery
from models.job_tables import JobRun
from models.outbox import Message, Notice, enqueue
from models.words import Label
from tests.admin.late_desk import at
from tests.company import NOON, Company

PAGE = "/settings/jobs/"


@pytest.fixture
def admin(company: Company, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    at(monkeypatch, NOON)
    return company.client("admin")


def ran(company: Company, name: str, minutes: int, **values: object) -> None:
    """Keep a run of some minutes ago."""
    when = NOON - timedelta(minutes=minutes)
    run = {
        "job": name,
        "due_at": when,
        "fence": 1,
        "started_at": when,
        "finished_at": when,
        "rows": 12,
        "milliseconds": 340,
    }
    with company.database.write() as session:
        session.execute(insert(JobRun).values(run | values))


def test_every_job_stands_with_its_rule_and_its_last_run(
    company: Company, admin: FlaskClient
) -> None:
    ran(company, "clock_sweep", 5, failure="RuntimeError: disk full", rows=0)
    ran(company, "clock_sweep", 1)

    page = admin.get(PAGE).text

    for name, job in JOBS.items():
        assert job.label.zh in page
        assert f"{PAGE}{name}/run" in page
    assert "每分钟" in page
    assert "12 行，0.34 秒" in page
    assert "RuntimeError: disk full" in page
    assert "没有进程在做后台任务" in page


def test_whoever_holds_the_lease_is_named(company: Company, admin: FlaskClient) -> None:
    with company.database.write() as session:
        lease.take(session, job_runs.SCHEDULER, "desk-pc:4711:secretword")

    page = admin.get(PAGE).text

    assert "由 desk-pc 上的进程 4711 运行" in page
    assert "secretword" not in page


def test_run_now_asks_once_and_says_so(company: Company, admin: FlaskClient) -> None:
    first = admin.post(f"{PAGE}outbox/run", follow_redirects=True).text
    second = admin.post(f"{PAGE}outbox/run", follow_redirects=True).text

    assert "已安排" in first
    assert "已经在等待运行了" in second
    assert "等待运行" in second
    with company.database.read() as session:
        found = job_runs.requests(session)
    assert [(one.job, one.asked_by) for one in found.values()] == [
        ("outbox", "系统管理员")
    ]


def test_last_runs_of_a_job_say_who_and_how(
    company: Company, admin: FlaskClient
) -> None:
    ran(company, "outbox", 3, fence=None)
    ran(company, "outbox", 2, asked_by="林主管")
    ran(company, "outbox", 1, finished_at=None)

    page = admin.get(f"{PAGE}outbox/").text

    for said in ("命令行", "林主管", "自动", "运行中", "0.34"):
        assert said in page
    assert admin.get(f"{PAGE}no_such/").status_code == 404
    answer = admin.post(f"{PAGE}no_such/run", follow_redirects=True)
    assert "没有名为“no_such”的任务" in answer.text


def test_undelivered_messages_are_counted(company: Company, admin: FlaskClient) -> None:
    notice = Notice("a", "test", Label("消息", "message"))
    with company.database.write() as session:
        enqueue(session, [notice], NOON)
        message = session.query(Message).one()
        session.add(
            Delivery(
                message_id=message.id,
                route="channel/1",
                is_digest=False,
                attempts=12,
                given_up_at=NOON,
                failure="status 500",
            )
        )

    assert "未送达消息 1 条" in admin.get(PAGE).text


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}outbox/"])
def test_only_whoever_sets_up_the_house_sees_the_jobs(
    company: Company, address: str
) -> None:
    assert company.client("A01").get(address).status_code == 403
    assert company.client("A01").post(f"{PAGE}outbox/run").status_code == 403
    assert company.app.test_client().get(address).status_code == 302


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("* * * * *", "每分钟"),
        ("*/5 * * * *", "每5分钟"),
        ("30 * * * *", "每小时第30分"),
        ("0 2 * * *", "每天 2:00"),
        ("30 8 * * mon", "每周一 8:30"),
        ("0 6 1 * *", "每月1日 6:00"),
        ("0 6 1 11 *", "每年11月1日 6:00"),
        ("0 6-8 1 11 *", "0 6-8 1 11 *"),
    ],
)
def test_rule_of_a_job_in_words(due: str, said: str) -> None:
    assert job_words.rule(due).zh == said
