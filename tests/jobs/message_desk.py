"""The desk of the clock tests, with accounts, a mail server and messages of it."""

import base64
from dataclasses import dataclass, field
from email import message_from_string
from email.header import decode_header, make_header
from typing import Any

from sqlalchemy import select

from jobs.outbox import deliver_next, send_next
from jobs.routing import route_next
from jobs.ways import Letter, Way
from jobs.work import Work
from models import outbox
from models.access import Role, RoleGrant, Rows
from models.accounts import Account, new_uniquifier
from models.channels import Channel, Gets, Wish
from models.deliveries import Delivery
from models.outbox import Message, Notice
from models.settings import Settings
from models.words import Label
from tests.clock_desk import Desk, at

NOW = "2026-09-23 10:00"  # a Wednesday
SECRET = {"url": "https://hooks.example.com/x?token=s3cret"}


def notice(key: str, staff_id: int | None = 2, **values: Any) -> Notice:
    kind = values.pop("kind", "test")
    return Notice(key, kind, Label(f"消息 {key}", f"message {key}"), staff_id, **values)


@dataclass
class Sent:
    """A channel that takes letters, or does not, or breaks."""

    failure: str | None = None
    letters: list[Letter] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)

    def __call__(self, way: Way, letter: Letter) -> str | None:
        self.ways.append(way)
        self.letters.append(letter)
        return self.failure


@dataclass
class MessageDesk:
    """The desk with its outbox."""

    desk: Desk
    settings: Settings

    def tell(self, *notices: Notice, now: str = NOW) -> None:
        with self.desk.database.write() as session:
            outbox.enqueue(session, notices, at(now))

    def work(self, now: str = NOW) -> Work:
        return Work(self.desk.database, self.settings, at(now))

    def route(self, now: str = NOW) -> int:
        return route_next(self.work(now)).rows

    def run(self, now: str = NOW) -> None:
        """Do what the job does, over real connections."""
        while deliver_next(self.work(now)).again:
            pass

    def send(self, sent: Sent, now: str = NOW) -> None:
        """Hand on and send, by a channel that only remembers."""
        self.route(now)
        while send_next(self.work(now), sent).again:
            pass

    def account(self, staff_id: int, rows: Rows = Rows.ALL) -> None:
        grants = [RoleGrant(register="*", actions="list read", rows=rows)]
        role = Role(code=f"r{staff_id}", name_zh="岗", name_en="role", grants=grants)
        account = Account(
            login=f"L{staff_id}",
            name="某人",
            staff_id=staff_id,
            password="",
            fs_uniquifier=new_uniquifier(),
            roles=[role],
        )
        with self.desk.database.write() as session:
            session.add(account)

    def wish(self, mail: str | None = "wu@example.com", **values: Any) -> None:
        given = {
            "staff_id": self.desk.clerk,
            "mail": mail,
            "gets": Gets.DIGEST,
            "digest_minute": 540,
            "warnings": True,
        }
        with self.desk.database.write() as session:
            session.merge(Wish(**(given | values)))

    def channel(self, kind: str = "webhook", **values: Any) -> int:
        given = {
            "kind": kind,
            "name": "群",
            "address": {},
            "secret": SECRET,
            "gets": Gets.EACH,
            "digest_minute": 540,
            "enabled": True,
            "saved_at": at(NOW),
        }
        with self.desk.database.write() as session:
            made = Channel(**(given | values))
            session.add(made)
            session.flush()
            return made.id

    def mail(self, port: int = 25) -> int:
        """Set the company's mail server, an inside one that needs no password."""
        address = {
            "host": "127.0.0.1",
            "port": port,
            "sender": "bot@example.com",
            "safety": "insecure",
            "user": "",
        }
        return self.channel("mail", address=address, secret={})

    def deliveries(self) -> list[Delivery]:
        with self.desk.database.read() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def messages(self) -> list[Message]:
        with self.desk.database.read() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))


def read_mail(letter: str) -> tuple[str, str]:
    """Return the heading and the text of a letter as it came."""
    read = message_from_string(letter)
    title = str(make_header(decode_header(str(read["Subject"]))))
    for part in read.walk():
        if part.get_content_type() == "text/plain":
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            return title, body.decode()
    return title, base64.b64decode(str(read.get_payload())).decode()
