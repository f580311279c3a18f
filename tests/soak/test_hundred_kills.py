"""Two processes, a hundred kills: each fact is told once, each message arrives."""

import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email import message_from_string
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import exists, select

from models.channels import Gets
from models.clock_table import Clock, is_open
from models.database import Database
from models.deliveries import Delivery
from models.job_tables import Lease
from models.outbox import Message
from models.settings import Settings
from tests.clock_desk import ZONE, Desk, prepare_desk
from tests.databases import Builder
from tests.jobs.message_desk import MessageDesk, read_mail
from tests.jobs.servers import Post, Web, mail_server, web_server
from tests.soak import expected
from tests.soak.expected import AFTERWARDS, LOOKS, Order, Told
from tests.soak.killing import WARM, Life
from tests.soak.watching import POINTS, watch

pytestmark = pytest.mark.soak

KILLS = len(LOOKS)
LOST_EVERY = 7  # looks
PATIENCE = 90  # seconds for what is to be done at one look
KEY = re.compile(r"message=(\S+)")
ANYWHERE = "anywhere"


class Pair:
    """Two processes at the same work; who is killed is followed by another."""

    def __init__(self, url: str, chance: Random) -> None:
        self._url, self._chance = url, chance
        self.database = Database(url)
        begin = _zoned(expected.FIRST_DONE)  # when there is nothing to do yet
        self._seconds = WARM.RawValue("d", begin.timestamp())
        self._living: dict[int, tuple[Life, str | None]] = {}
        self.kills: Counter[str] = Counter()

    def set_time(self, now: datetime) -> None:
        self._seconds.value = now.timestamp()

    def start(self, *, may_die: bool = False) -> None:
        """Let there be two, of whom a new one may be told where to kill itself."""
        while len(self._living) < 2:
            point = None
            if may_die and self._chance.random() < 0.6:
                point = self._point()
            life = Life(watch, self._url, self._seconds, point)
            self._living[life.number] = (life, point)
            next(life.words(), None)  # it is at work; or dead, which is found later

    def _point(self) -> str:
        """Choose a point, of those where nobody has died yet while there are any."""
        new = sorted(set(POINTS) - set(self.kills))
        return self._chance.choice(new or sorted(POINTS))

    def lose_one(self) -> None:
        """Wait until one has killed itself, else kill one, more often the leader."""
        may_die = any(point for _, point in self._living.values())
        end = time.monotonic() + self._chance.uniform(0.02, 1.0 if may_die else 0.3)
        while time.monotonic() < end:
            if self.bury():
                return
            time.sleep(0.01)
        number = self._leader()
        if number not in self._living or self._chance.random() < 0.4:
            number = self._chance.choice(sorted(self._living))
        life, _ = self._living.pop(number)
        life.kill()
        life.forget()
        self.kills[ANYWHERE] += 1

    def bury(self) -> bool:
        """Count those who killed themselves where they were told to."""
        dead = [one for one in self._living.values() if not one[0].process.is_alive()]
        for life, point in dead:
            assert point is not None, f"one ended: {life.process.exitcode}"
            self.kills[point] += 1
            del self._living[life.number]
            life.forget()
        return bool(dead)

    def finish(self, now: datetime) -> None:
        """Wait until nothing is left to do by now."""
        end = time.monotonic() + PATIENCE
        while self._is_left(now):
            assert time.monotonic() < end, f"not done by {now}"
            self.bury()
            if not self._living:
                self.start()
            time.sleep(0.02)

    def _is_left(self, now: datetime) -> bool:
        waits = (
            exists().where(is_open(), Clock.next_at < now),
            exists().where(Message.next_try_at <= now),
            exists().where(Delivery.next_try_at <= now),
        )
        with self.database.read() as session:
            return any(session.scalar(select(one)) for one in waits)

    def _leader(self) -> int:
        with self.database.read() as session:
            held = session.scalar(select(Lease.holder))
        return int(held.split(":")[1]) if held else 0

    def end(self) -> None:
        for life, _ in self._living.values():
            life.kill()
            life.forget()
        self.database.dispose()


@contextmanager
def _pair(url: str, chance: Random) -> Iterator[Pair]:
    pair = Pair(url, chance)
    try:
        yield pair
    finally:
        pair.end()


def _zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZONE)


def _work_and_kill(pair: Pair, desk: Desk, orders: list[Order], web: Web) -> None:
    """Let the time pass from look to look, and at each kill one of the two."""
    for turn, look in enumerate(LOOKS, 1):
        for one in orders:
            if one.closed == look:
                desk.callback(str(look), one.place, str(one.called))
        pair.start(may_die=True)
        web.loses = turn % LOST_EVERY == 0  # a letter that is taken, and no answer
        pair.set_time(_zoned(look))
        pair.lose_one()
        pair.finish(_zoned(look))


def _send_the_rest(pair: Pair) -> None:
    """Let the time pass until what was under way at a kill is sent again."""
    now = AFTERWARDS
    waiting = select(exists().where(Delivery.next_try_at.is_not(None)))
    while True:
        pair.set_time(_zoned(now))
        pair.finish(_zoned(now))
        with pair.database.read() as session:
            if not session.scalar(waiting):
                return
        now += timedelta(hours=1)


def test_two_processes_and_a_hundred_kills_tell_each_fact_once(
    prepared_database: Callable[[str, Builder], str],
    database_kind: str,
    tmp_path: Path,
) -> None:
    url = prepared_database("clock_desk", prepare_desk)
    desk = Desk(Database(url))
    out = MessageDesk(desk, Settings(data_folder=tmp_path))
    desk.promise(
        responsible="holder",
        warn_before=expected.WARNED_BEFORE,
        escalation="\n".join(expected.STEPS),
    )
    orders = expected.orders()
    for one in orders:
        finished = _zoned(one.finished)
        desk.order("2026-09-21 18:00", finished_at=finished, holder=one.holder)
    for staff_id in expected.STAFF:
        out.account(staff_id)
        out.wish(f"a{staff_id}@example.com", staff_id=staff_id, gets=Gets.EACH)
    chance = Random(database_kind)  # noqa: S311 - when to kill, not a secret
    with web_server() as web, mail_server() as post, _pair(url, chance) as pair:
        web.seconds = 0.02  # long enough to be killed in
        out.channel(secret={"url": web.url})
        out.mail(post.port)

        _work_and_kill(pair, desk, orders, web)
        _send_the_rest(pair)

    clocks = desk.clocks()
    deliveries = _deliveries(desk.database)
    told = _told(desk.database)
    desk.database.dispose()
    sys.stdout.write(f"\n{database_kind}: {dict(sorted(pair.kills.items()))}\n")
    assert pair.kills.total() >= KILLS == 100
    assert set(pair.kills) == {ANYWHERE, *POINTS}
    wanted = sum((one.told() for one in orders), Counter[Told]())
    assert told == wanted
    assert {what for _, what, _, _ in wanted} == {"warned", "breached", "escalated"}
    assert [one.escalation_level for one in clocks] == [one.level for one in orders]
    assert [one.breached_at is not None for one in clocks] == [
        one.is_breached for one in orders
    ]
    _check_letters(deliveries, [*_posted(web), *_mailed(post)], orders)
    letters = Counter(key for key, _ in [*_posted(web), *_mailed(post)])
    # Sent again are those under way at a kill, and those that were not answered.
    assert 0 < letters.total() - len(letters) <= pair.kills.total() + KILLS


Sent = dict[tuple[str, str], Delivery]
"""Deliveries by the way and the key of the message."""
Letter = tuple[str, frozenset[str]]
"""A letter's key and the keys of the messages in it."""


def _check_letters(
    deliveries: Sent, letters: list[Letter], orders: list[Order]
) -> None:
    """See that each message has arrived by each way, and by one key alone."""
    whole: dict[str, frozenset[str]] = {}
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, messages in letters:
        # What became untrue meanwhile is left out of it; nothing is ever put in.
        assert messages <= whole.setdefault(key, messages)
        for one in messages:
            keys[_way(key), one].add(key)
    assert {len(one) for one in keys.values()} == {1}
    assert set(deliveries) == _wanted(orders)
    arrived = {way for way, one in deliveries.items() if one.sent_at is not None}
    assert arrived <= set(keys) <= set(deliveries)
    done = {one.place for one in orders if one.closed is not None}
    for (_, message), delivery in deliveries.items():
        if delivery.sent_at is None:
            what, place = message.split("/")[:2]
            is_warning = what == "clock.warned"
            why = delivery.dropped
            assert why == "done" or (is_warning and why == "overdue")
            assert is_warning or int(place) in done


def _wanted(orders: list[Order]) -> set[tuple[str, str]]:
    """Return each way with the key of the message that goes it."""
    return {
        (route, _message_key(place, what, level, staff_id))
        for order in orders
        for place, what, level, staff_id in order.told()
        for route in expected.routes(what, staff_id)
    }


def _message_key(place: int, what: str, level: int, staff_id: int | None) -> str:
    """Return a message's key; an order's clock has the order's number here."""
    key = f"clock.{what}/{place}/0"
    return f"{key}/{level}/{staff_id or ''}" if level else key


def _way(route: str) -> str:
    way = route.partition("/")[0]
    return way if way == expected.GROUP else "/".join(route.split("/")[:2])


def _deliveries(database: Database) -> Sent:
    query = select(Delivery, Message.key).join(Message)
    with database.read() as session:
        rows = session.execute(query).all()
        found = {(_way(one.route), key): one for one, key in rows}
    assert len(found) == len(rows)
    return found


def _told(database: Database) -> Counter[Told]:
    """Return each message as what it tells of which order to whom."""
    found: Counter[Told] = Counter()
    with database.read() as session:
        for one in session.scalars(select(Message)):
            level = int(one.key.split("/")[3]) if "escalated" in one.kind else 0
            what = one.kind.removeprefix("clock.")
            found[one.entry_id or 0, what, level, one.staff_id] += 1
    return found


def _posted(web: Web) -> Iterator[Letter]:
    for key, body in zip(web.keys, web.posted, strict=True):
        yield key or "", frozenset(KEY.findall(body["message"]))


def _mailed(post: Post) -> Iterator[Letter]:
    for _, letter in post.taken:
        key = str(message_from_string(letter)["X-Taizhang-Key"])
        yield key, frozenset(KEY.findall(read_mail(letter)[1]))
