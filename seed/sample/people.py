"""The twelve of the sample department, and who signs for the company; all invented."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models import entries
from seed.sample.loader import Loader, Row
from seed.sample.staff_accounts import Opening, open_accounts, post_ids

COMPANY = "苏州恒越机电"
DEPARTMENT = "客服部"


@dataclass(frozen=True, slots=True)
class Someone:
    """One of the department, as the staff list has them."""

    key: str
    number: str
    name: str
    post: str
    role: str
    base: str | None
    performance: str | None = None  # engineers are paid by their hours


MANAGER, FOLLOW_UP, OFFICE_A, OFFICE_B = "manager", "follow_up", "office_a", "office_b"
HOTLINE, STORE, SUPPORT = "hotline", "store", "support"
ZHOU, WU, ZHENG, CHEN, FENG = "zhou", "wu", "zheng", "chen", "feng"
FIELD_ENGINEERS = (ZHOU, WU, ZHENG, FENG)
ENGINEERS = (ZHOU, WU, ZHENG, CHEN, FENG)
DESK = (HOTLINE, OFFICE_A, OFFICE_B)

STAFF = (
    Someone(MANAGER, "HY001", "顾明远", "客服经理", "service_manager", "7500", "3000"),
    Someone(FOLLOW_UP, "HY002", "沈若溪", "督办专员", "follow_up", "5200", "1500"),
    Someone(OFFICE_A, "HY003", "林晓棠", "内勤", "office", "4500", "1200"),
    Someone(OFFICE_B, "HY004", "何佳禾", "内勤", "office", "4500", "1200"),
    Someone(HOTLINE, "HY005", "苏念安", "热线客服", "hotline", "4300", "1000"),
    Someone(ZHOU, "HY006", "周启航", "工程师", "engineer", "4800"),
    Someone(WU, "HY007", "吴景川", "工程师", "engineer", "4800"),
    Someone(ZHENG, "HY008", "郑伯言", "工程师", "engineer", "4800"),
    Someone(CHEN, "HY009", "陈砚秋", "工程师", "engineer", "4800"),
    Someone(FENG, "HY010", "冯立群", "工程师", "engineer", "4800"),
    Someone(STORE, "HY011", "许稳", "备件仓管", "storekeeper", "4200", "800"),
    Someone(SUPPORT, "HY012", "韩知行", "技术支持兼培训", "clerk", "5500", "1200"),
)
# Approves and locks the department's pay, and gets no slip: no scheme pays the post.
EXECUTIVE = Someone("executive", "HY013", "高文博", "总经理", "executive", None)
EVERYBODY = (*STAFF, EXECUTIVE)
EXECUTIVE_OFFICE = "总经办"
OTHER_DEPARTMENTS = (EXECUTIVE_OFFICE, "销售部", "财务部", "研发部")

People = dict[str, int]  # staff ids by key


def add_people(loader: Loader) -> tuple[People, dict[str, int]]:
    """Write branch, departments, staff and accounts; return ids of staff and teams."""
    (loader.branch,) = loader.add(
        "branch", [{"name": COMPANY, "short_code": "SZ", "city": "苏州"}]
    )
    names = (DEPARTMENT, *OTHER_DEPARTMENTS)
    found = loader.add(
        "department", [{"name": one, "branch": loader.branch} for one in names]
    )
    teams = dict(zip(names, found, strict=True))
    loader.department = teams[DEPARTMENT]
    loader.add("post", [{"name": EXECUTIVE.post, "is_leading": True}])
    posts = post_ids(loader.session)
    office = {"department": teams[EXECUTIVE_OFFICE]}
    rows = [_staff(one, posts) for one in STAFF]
    ids = loader.add("staff", [*rows, _staff(EXECUTIVE, posts) | office])
    people = {one.key: key for one, key in zip(EVERYBODY, ids, strict=True)}
    loader.names |= {people[one.key]: one.name for one in EVERYBODY}
    writer = loader.writer()
    below = [
        entries.Change(people[one.key], {"superior": people[MANAGER]})
        for one in STAFF
        if one.key != MANAGER
    ]
    entries.change_many(loader.session, "staff", below, writer)
    led = {"manager": people[MANAGER], "deputy": people[FOLLOW_UP]}
    entries.change(loader.session, "department", loader.department, led, writer)
    led = {"manager": people[EXECUTIVE.key]}
    entries.change(loader.session, "department", office["department"], led, writer)
    _open_accounts(loader, people)
    return people, teams


def _staff(one: Someone, posts: dict[str, int]) -> Row:
    position = int(one.number[-3:])
    return {
        "staff_number": one.number,
        "name": one.name,
        "mobile": _mobile(one),
        "post": posts[one.post],
        "base_pay": Decimal(one.base) if one.base else None,
        "performance_base": Decimal(one.performance) if one.performance else None,
        "hired_on": date(2020 + position % 5, 1 + position % 12, 6),
    }


def _open_accounts(loader: Loader, people: People) -> None:
    """Open the accounts of everybody."""
    open_accounts(
        loader.session,
        [
            Opening(one.number, _mobile(one), one.name, people[one.key], one.role)
            for one in EVERYBODY
        ],
    )


def _mobile(one: Someone) -> str:
    """Return a number of a block that nobody was given."""
    return f"1980000{int(one.number[-3:]):04}"
