"""Customers and machines of the sample department; all of them are invented."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from seed.sample.days import at
from seed.sample.loader import AT, BY, Loader, Row
from seed.sample.people import DESK, MANAGER, OFFICE_A, OFFICE_B, People

CUSTOMERS, MACHINES = 320, 520
IN_WARRANTY = 198  # 38 % of the machines, on the sample's last day
NEW_MACHINES = 22  # installed by orders of the two months
TWINS = 3  # pairs of customers that only share their name
TWICE = 2  # customers that were entered twice
DEAD = (10, 110, 210)  # the places of customers whose number reaches nobody

CITIES = ("苏州", "昆山", "吴江", "常熟", "太仓", "张家港", "无锡", "常州")
BRANDS = "恒锐 金泰 华晟 鼎和 宏图 瑞丰 永昌 天成 博远 嘉禾 盛达 联创 启明 正大 新纪"
TRADES = "金属制品 广告标识 精密机械 钣金 亚克力 电子 工艺品 包装 模具 五金"
KINDS = ("有限公司", "厂", "经营部", "科技有限公司")
STREETS = ("工业路", "创业街", "科技路", "富民路", "兴业路", "迎宾路", "长江路")
SURNAMES = "赵钱孙李王张刘杨黄徐朱马胡郭林高罗梁宋谢"
TITLES = (("经理", "经理"), ("师傅", "操作工"), ("厂长", "厂长"), ("女士", "文员"))
INDUSTRIES = ("manufacturing", "advertising", "trade", "services", "education")

# (model, series, hours of an installation that differ from the standard)
CUTTERS = ("HY-C1530", "HY-C3015", "HY-C4020")
ENGRAVERS = ("HY-E6040", "HY-E9060", "HY-E1290", "HY-E1390", "HY-E1610", "HY-E1825")
MODELS = (*CUTTERS, *ENGRAVERS)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer that was written."""

    id: int
    phone: str
    contact: str
    address: str


@dataclass(slots=True)
class Machine:
    """A machine; `id` once it is written."""

    model: str
    customer: Customer
    installed_on: date
    id: int = 0


def add_files(
    loader: Loader, people: People, chance: Random
) -> tuple[list[Customer], dict[str, int]]:
    """Write areas, models, installation hours and customers."""
    areas = loader.add("area", [{"name": city} for city in CITIES])
    models = loader.add(
        "machine_model",
        [
            {
                "name": name,
                "series": "切割机" if name in CUTTERS else "雕刻机",
                "maker": "恒越激光",
                "warranty_months": 12,
            }
            for name in MODELS
        ],
    )
    model_ids = dict(zip(MODELS, models, strict=True))
    loader.add(
        "man_hour_standard",
        [
            {"order_type": "installation", "model": model_ids[one], "hours": 16}
            for one in CUTTERS
        ],
    )
    rows = _customer_rows(people, areas, chance)
    ids = loader.add("customer_file", rows)
    customers = [
        Customer(key, row["phone"], row["contact_name"], row["address"])
        for key, row in zip(ids, rows, strict=True)
    ]
    _add_contacts(loader, people, customers, chance)
    return customers, model_ids


def _customer_rows(people: People, areas: Sequence[int], chance: Random) -> list[Row]:
    rows: list[Row] = []
    names: set[str] = set()
    while len(rows) < CUSTOMERS - TWINS - TWICE:
        city = chance.randrange(len(CITIES))
        middle = f"{chance.choice(BRANDS.split())}{chance.choice(TRADES.split())}"
        if middle not in names or len(names) > len(BRANDS.split()) * 9:
            names.add(middle)
            rows.append(_customer(middle, city, areas, len(rows), people, chance))
    for index in range(TWINS):  # another firm of the same name
        other = rows[20 + index]
        twin = _customer("", index, areas, len(rows), people, chance)
        rows.append(twin | {"name": other["name"], "short_name": other["short_name"]})
    for index in range(TWICE):  # the same firm, entered again
        rows.append(rows[60 + index] | {AT: at(date(2026, 7, 3), 10, index)})
    return rows


def _customer(
    middle: str,
    city: int,
    areas: Sequence[int],
    position: int,
    people: People,
    chance: Random,
) -> Row:
    ending, title = chance.choice(TITLES)
    town = CITIES[city]
    since = date(2021, 1, 4) + timedelta(days=chance.randrange(1900))
    manager = people[chance.choice((OFFICE_A, OFFICE_B))]
    street = f"{chance.choice(STREETS)}{chance.randrange(1, 399)}号"
    return {
        "name": f"{town}{middle}{chance.choice(KINDS)}",
        "short_name": middle,
        "area": areas[city],
        "industry": chance.choice(INDUSTRIES),
        "address": f"{town}市{street}",
        "contact_name": f"{chance.choice(SURNAMES)}{ending}",
        "contact_title": title,
        # A block of numbers that nobody was given.
        "phone": f"1990000{position:04}",
        "important": chance.random() < 0.06,  # noqa: PLR2004 - about twenty of them
        "account_manager": manager,
        AT: at(since, 9, chance.randrange(60)),
        BY: manager,
    }


def _add_contacts(
    loader: Loader, people: People, customers: Sequence[Customer], chance: Random
) -> None:
    """Write a second person to talk to at every eighth customer."""
    rows = []
    for position, one in enumerate(customers[::8]):
        ending, title = chance.choice(TITLES)
        rows.append(
            {
                "customer": one.id,
                "name": f"{chance.choice(SURNAMES)}{ending}",
                "position": title,
                "phone": f"1991000{position:04}",
                BY: people[chance.choice(DESK)],
            }
        )
    loader.add("customer_contact", rows)


def old_machines(customers: Sequence[Customer], chance: Random) -> list[Machine]:
    """Return the machines that stood before September; 176 are in warranty."""
    count = MACHINES - NEW_MACHINES
    young = IN_WARRANTY - NEW_MACHINES
    owners = [*customers[: len(customers) - TWICE - 30]]
    owners += chance.choices(customers[:200], k=count - len(owners))
    found = []
    for index, owner in enumerate(owners):
        if index % 2 == 0 and index // 2 < young:
            on = date(2025, 11, 10) + timedelta(days=chance.randrange(280))
        else:
            on = date(2021, 3, 1) + timedelta(days=chance.randrange(1660))
        model = chance.choice(CUTTERS if chance.random() < 1 / 3 else ENGRAVERS)
        found.append(Machine(model, owner, on))
    return found


def add_machines(
    loader: Loader,
    people: People,
    machines: Sequence[Machine],
    models: dict[str, int],
    installers: Sequence[int],
) -> None:
    """Write machines and keep their ids; `installers` are those of the last ones."""
    known = len(machines) - len(installers)
    rows: list[Row] = []
    for index, one in enumerate(machines):
        row: Row = {
            "serial_number": f"{one.model[3:]}-{one.installed_on:%y%m}{index:04}",
            "model": models[one.model],
            "customer": one.customer.id,
            "place": one.customer.address,
            "bought_on": one.installed_on - timedelta(days=5 + index % 20),
            "installed_on": one.installed_on,
            "software": f"HYCut {5 + index % 3}.{index % 10}",
            AT: at(one.installed_on, 17, index % 60),
            BY: people[MANAGER],
        }
        if index >= known:
            row["installed_by"] = installers[index - known]
        rows.append(row)
    ids = loader.add("machine_file", rows)
    for one, key in zip(machines, ids, strict=True):
        one.id = key
