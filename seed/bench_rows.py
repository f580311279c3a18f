"""The rows of the big data: the same for the same size, in the order of their days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]

REGISTER = "complaint_log"
CUSTOMERS = "customer_file"

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 31, 18, tzinfo=ZONE)
"""When the big data stands still: nothing in it is later."""
DAYS = 960
OPENS, OPEN_MINUTES = timedelta(hours=8), 12 * 60  # when entries come in, of each day

COMMON_WORD = "退款"
"""Two characters, in about 3.4 of 100 complaints."""
RARE_WORDS = "激光头进水"
"""In RARE_HITS complaints, however many there are."""
RARE_HITS = 50
NOWHERE = "鲸鱼搁浅"
"""In none."""

_SURNAMES = tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗")
_GIVEN = tuple("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚")
_CITIES = ("苏州", "昆山", "无锡", "常熟", "太仓", "张家港", "南通", "嘉兴", "常州")
_STREETS = ("长江路", "人民路", "工业大道", "金山路", "学府路", "港城路")
_MIDDLE = ("联创", "恒达", "精工", "华源", "瑞丰", "三合", "天工", "新锐")
_KINDS = ("工艺品厂", "机械有限公司", "广告标识公司", "服装厂", "模具厂")
_FAULTS = (
    *("切不透", "不出光", "有异响", "漏水", "报警", "丢步", "断面毛刺", "软件卡顿"),
    *("镜片发热", "导轨卡滞", "气压不足", "水温偏高", "对焦不准", "急停失灵"),
)
_DEMANDS = ("尽快处理", "派人上门", "说明原因", "更换部件", "书面答复")
_CATEGORIES = ("late_visit", "repeated_fault", "waiting_parts", "charges", "other")
_JUDGEMENTS = ("valid", "invalid", "pending")
_REFUNDS, _REPLIED, _CLOSED = 0.034, 0.97, 0.88  # shares of the complaints


def moment(index: int, rows: int) -> datetime:
    """Return when the row of an index comes in: evenly over the days, by the minute."""
    minutes = DAYS * OPEN_MINUTES * index // rows
    day, minute = divmod(minutes, OPEN_MINUTES)
    midnight = NOW.replace(hour=0) - timedelta(days=DAYS - day)
    return midnight + OPENS + timedelta(minutes=minute)


def phone(index: int) -> str:
    """Return a number of a block that nobody was given."""
    return f"1992{index % 10_000_000:07}"


def name(chance: Random) -> str:
    """Return somebody's name."""
    return chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_GIVEN)


def customers(count: int, staff: list[int], seed: int = 1) -> Iterator[Row]:
    """Yield customers as they are given, each with who manages it."""
    chance = Random(seed)  # noqa: S311 - rows for a trial, no secret
    for index in range(count):
        town = chance.choice(_CITIES)
        middle = f"{chance.choice(_MIDDLE)}{chance.choice(_KINDS)}"
        yield {
            "name": f"{town}{middle}{index + 1}",
            "address": f"{town}市{chance.choice(_STREETS)}{index % 400 + 1}号",
            "contact_name": name(chance),
            "phone": phone(index),
            "account_manager": chance.choice(staff),
            "created_at": moment(0, 1),
        }


def complaints(
    count: int, staff: list[int], customer_ids: list[int], seed: int = 2
) -> Iterator[Row]:
    """Yield complaints as they are given, the earliest first."""
    chance = Random(seed)  # noqa: S311 - rows for a trial, no secret
    rare = max(count // RARE_HITS, 1)
    for index in range(count):
        received, of = moment(index, count), chance.randrange(len(customer_ids))
        faults = "，".join(chance.sample(_FAULTS, 3))
        refund = f"，要求{COMMON_WORD}" if chance.random() < _REFUNDS else ""
        wet = f"，{RARE_WORDS}" if index % rare == 0 else ""
        standing = chance.random()
        replied = received + timedelta(minutes=chance.randrange(30, 2_400))
        closed = replied + timedelta(hours=chance.randrange(2, 100))
        yield {
            "received_at": received,
            "received_by": chance.choice(staff),
            "complainant": name(chance),
            "phone": phone(of),
            "customer": customer_ids[of],
            "category": chance.choice(_CATEGORIES),
            "content": f"{chance.choice(_CITIES)}客户反映：{faults}{refund}{wet}。",
            "demand": chance.choice(_DEMANDS),
            "judgement": chance.choice(_JUDGEMENTS),
            "responsible": chance.choice(staff),
            "first_reply_at": replied if standing < _REPLIED else None,
            "closed_at": closed if standing < _CLOSED else None,
            "created_at": received,
        }
