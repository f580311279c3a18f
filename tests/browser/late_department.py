"""The sample department on a late afternoon: calls unanswered, letters undelivered."""

from pathlib import Path

from sqlalchemy import select

from jobs import job_runs, outbox
from jobs.routing import route_next
from jobs.work import Work
from models import clock_notes
from models.access import Role
from models.accounts import Account
from models.channels import Channel, Gets
from models.clock_table import Clock
from models.database import Database
from models.history import Writer
from models.settings import Settings
from tests.browser import walk_sample as walk
from tests.company import ZONE, Company

NOW = walk.at(11, 2, 17)
"""Of three calls of the day two are late and one nearly so."""

HEAD = "HY001"  # who sees all of the department, and here its settings, too
HOTLINE = "HY005"  # who answers for a late call


def pass_afternoon(company: Company, folder: Path) -> None:
    """Have the sample's afternoon pass: calls get late, nothing can be delivered."""
    with company.database.write() as session:
        account = session.scalars(select(Account).filter_by(login=HEAD)).one()
        account.roles.append(
            session.scalars(select(Role).filter_by(code="admin")).one()
        )
        session.add_all(_channels())
    settings = Settings(data_folder=folder)
    work = Work(company.database, settings, NOW)
    job_runs.run_job("clock_sweep", company.database, NOW, settings)
    while route_next(work).again:
        pass
    while outbox.send_next(work, lambda *_: "settings").again:
        pass
    _explain(company.database, Writer(company.person(HOTLINE), NOW, ZONE))


def _channels() -> list[Channel]:
    mail = {"host": "mail.example.com", "port": 465, "sender": "desk@example.com"}
    said = {"safety": "ssl", "user": "desk"}
    given = {"digest_minute": 540, "enabled": True, "saved_at": NOW}
    return [
        Channel(
            kind="mail",
            name="公司邮箱",
            address=mail | said,
            secret={"password": "s3cret"},
            gets=Gets.EACH,
            **given,
        ),
        Channel(
            kind="wecom",
            name="客服部群",
            address={},
            secret={
                "url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=s3cret"
            },
            gets=Gets.EACH,
            **given,
        ),
    ]


def _explain(database: Database, writer: Writer) -> None:
    """Have whoever answers for the latest late call say why."""
    late = select(Clock.id).where(
        Clock.breached_at.is_not(None),
        Clock.met_at.is_(None),
        Clock.holder_id == writer.person.staff_id,
    )
    with database.write() as session:
        clock_id = session.scalars(late.order_by(Clock.due_at).limit(1)).one()
        said = "来电高峰，两条线路同时占用，未能按时答复"
        clock_notes.explain(session, clock_id, said, writer)
