"""Parts and stock: an opening count, receipts, issues to bags, parts used on orders."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from seed.sample.days import OCTOBER, SEPTEMBER, at
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.orders import Order
from seed.sample.people import FIELD_ENGINEERS, STAFF, STORE, People


@dataclass(frozen=True, slots=True)
class Part:
    """One part: price, warning level, and what the main store has at the end."""

    code: str
    name: str
    unit: str
    price: str
    warning: int
    left: int
    old_part_due: bool = False


# Three of them end below their warning level.
PARTS = (
    Part("QG-JP", "保护镜片", "piece", "38", 40, 64),
    Part("QG-PZ", "双层喷嘴", "unit", "12", 80, 120),
    Part("QG-TC", "陶瓷体", "unit", "95", 8, 11),
    Part("JG-JJ", "聚焦镜", "piece", "420", 2, 4),
    Part("JG-GUAN", "CO2激光管100W", "stick", "1650", 2, 3),
    Part("JG-DY", "激光电源", "machine", "780", 2, 1),
    Part("DK-ZB", "控制主板", "board", "2300", 2, 2, old_part_due=True),
    Part("DK-BJ", "步进驱动器", "unit", "360", 4, 3),
    Part("CD-SF", "伺服电机750W", "machine", "1480", 1, 2),
    Part("CD-TB", "同步带", "metre", "28", 20, 14),
    Part("DK-JK", "接近开关", "unit", "26", 15, 22),
    Part("SL-SB", "水泵", "machine", "310", 2, 3),
)
RECEIVED_AT = at(date(2026, 9, 16), 10, 20)
MANY = {"CD-TB": 3}  # metres for one belt; anything else is used one by one
RETURNED = 3  # of four old boards
SPARE = {"QG-JP": 2, "QG-PZ": 4, "DK-JK": 1}  # what each bag still has at the end


def add_parts(loader: Loader, people: People) -> tuple[dict[str, int], dict[str, int]]:
    """Write the parts and the places; return the ids of both."""
    by = people[STORE]
    ids = loader.add(
        "inventory",
        [
            {
                "item_code": one.code,
                "name": one.name,
                "unit": one.unit,
                "price": Decimal(one.price),
                "warning_quantity": Decimal(one.warning),
                "old_part_due": one.old_part_due,
                BY: by,
            }
            for one in PARTS
        ],
    )
    items = {one.code: key for one, key in zip(PARTS, ids, strict=True)}
    names = {one.key: one.name for one in STAFF}
    places: list[Row] = [{"name": "总仓", "kind": "main", "person": by, BY: by}]
    places += [
        {"name": f"{names[one]}随身包", "kind": "bag", "person": people[one], BY: by}
        for one in FIELD_ENGINEERS
    ]
    found = loader.add("stock_place", places)
    return items, dict(zip(("main", *FIELD_ENGINEERS), found, strict=True))


def add_stock(
    loader: Loader,
    people: People,
    orders: Sequence[Order],
    items: dict[str, int],
    places: dict[str, int],
) -> None:
    """Write movements and the parts used; nothing ever falls below zero."""
    used = [one for one in orders if one.part is not None]
    needed: dict[bool, Counter[tuple[str, str]]] = {True: Counter(), False: Counter()}
    for one in used:
        early = one.finished_at.date() < OCTOBER[0]
        needed[early][one.engineer, one.part or ""] += MANY.get(one.part or "", 1)
    for engineer in FIELD_ENGINEERS:
        for code, count in SPARE.items():
            needed[True][engineer, code] += count
    by = people[STORE]
    common = {"handled_by": by, BY: by}
    opening, receipts = [], []
    for part in PARTS:
        taken = [
            sum(count for (_, code), count in some.items() if code == part.code)
            for some in (needed[True], needed[False])
        ]
        later = taken[1] // 2
        opening.append(
            common
            | {
                "moved_at": at(SEPTEMBER[0], 8, 45),
                "kind": "count",
                "item": items[part.code],
                "to_place": places["main"],
                "counted": Decimal(taken[0] + taken[1] - later + part.left),
                "remark": "期初盘点",
                AT: at(SEPTEMBER[0], 8, 45),
            }
        )
        if later:
            receipts.append(_received(part, later, items, places, common))
    loader.add("stock_movement", opening)
    loader.add("stock_movement", receipts)
    issues = [
        _issued(early, engineer, code, count, items, places, people) | common
        for early, some in needed.items()
        for (engineer, code), count in sorted(some.items())
    ]
    loader.add("stock_movement", issues)
    loader.add(
        "service_part",
        [_used(one, index, items, places, people) for index, one in enumerate(used)],
    )


def _received(
    part: Part, count: int, items: dict[str, int], places: dict[str, int], common: Row
) -> Row:
    return common | {
        "moved_at": RECEIVED_AT,
        "kind": "receive",
        "item": items[part.code],
        "to_place": places["main"],
        "quantity": Decimal(count),
        "counterparty": "恒越激光配件部",
        AT: RECEIVED_AT,
    }


def _issued(
    early: bool,  # noqa: FBT001 - which of the two months
    engineer: str,
    code: str,
    count: int,
    items: dict[str, int],
    places: dict[str, int],
    people: People,
) -> Row:
    moved_at = at((SEPTEMBER if early else OCTOBER)[0], 9, 30)
    return {
        "moved_at": moved_at,
        "kind": "issue",
        "item": items[code],
        "from_place": places["main"],
        "to_place": places[engineer],
        "quantity": Decimal(count),
        "taken_by": people[engineer],
        AT: moved_at,
    }


def _used(
    one: Order,
    index: int,
    items: dict[str, int],
    places: dict[str, int],
    people: People,
) -> Row:
    code = one.part or ""
    row: Row = {
        "service_order": one.id,
        "item": items[code],
        "place": places[one.engineer],
        "quantity": Decimal(MANY.get(code, 1)),
        AT: one.finished_at,
        BY: people[one.engineer],
    }
    if code == "DK-ZB" and index % (RETURNED + 1) < RETURNED:
        row["old_part_number"] = f"ZB-{one.finished_at:%m%d}{index:03}"
        row["old_part_returned_on"] = one.finished_at.date() + timedelta(days=2)
    return row
