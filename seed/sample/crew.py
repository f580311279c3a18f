"""The people of a planned sample: branch, departments, posts, staff, accounts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, samples
from models.access import SYSTEM, marked
from models.words import PersonError
from seed.sample.days import ZONE
from seed.sample.loader import AT, Loader, Row
from seed.sample.plan import SamplePlan
from seed.sample.plan_schema import PeopleStanza, SampleStanza
from seed.sample.staff_accounts import Opening, open_accounts, post_ids
from seed.sample.words import Words
from seed.sample.world import Crew

FOUNDED = datetime(2018, 3, 1, 9, tzinfo=ZONE)  # before anybody was hired
MARK = "（样例）"  # behind the name of a department where there is one of that name


@dataclass(frozen=True, slots=True)
class Someone:
    """One of the people of a plan, with a number and a name."""

    position: int
    name: str
    stanza: PeopleStanza

    def number(self, sample: SampleStanza) -> str:
        """Return the staff number, with which one signs in."""
        return f"{sample.prefix}{self.position:03}"

    def mobile(self, sample: SampleStanza) -> str:
        """Return a number of a block that nobody was given."""
        return f"1982{sample.block:02}{self.position:05}"


def place(loader: Loader, said: SampleStanza) -> dict[str, int]:
    """Write the sample's departments; return their ids by the plan's names.

    They are of the branch that is there already, so that several samples share it.
    """
    branches = _ids(loader.session, "branch")
    if branches:
        loader.branch = branches[0]
    else:
        row = {"name": said.company, "short_code": said.prefix, "city": said.city}
        (loader.branch,) = loader.add("branch", [row])
    names = _free_names(loader.session, (said.department, *said.departments))
    first: Row = {"name": names[0], "branch": loader.branch, AT: FOUNDED}
    (loader.department,) = loader.add("department", [first])
    below = [first | {"name": one, "parent": loader.department} for one in names[1:]]
    found = [loader.department, *loader.add("department", below)]
    return dict(zip((said.department, *said.departments), found, strict=True))


def department_name(session: Session, department: int) -> str:
    """Return what a department is called."""
    table = catalogue.current().table("department")
    query = select(table.c.name).where(table.c.id == department)
    return str(session.scalar(marked(query, "department")))


def _ids(session: Session, register: str) -> list[int]:
    table = catalogue.current().table(register)
    query = access.visible(SYSTEM, register).with_only_columns(table.c.id)
    return list(session.scalars(query.order_by(table.c.id)))


def _managers(session: Session) -> dict[int, int]:
    table = catalogue.current().table("department")
    query = select(table.c.id, table.c.manager_id)
    query = query.where(table.c.manager_id.is_not(None))
    found = session.execute(marked(query, "department"))
    return {row[0]: row[1] for row in found}


def _free_names(session: Session, names: Sequence[str]) -> list[str]:
    table = catalogue.current().table("department")
    query = select(table.c.name).where(table.c.binned_at.is_(None))
    there = set(session.scalars(marked(query, "department")))
    return [f"{one}{MARK}" if one in there else one for one in names]


def add_crew(
    loader: Loader, plan: SamplePlan, places: dict[str, int], words: Words
) -> Crew:
    """Write staff and open their accounts; return who holds which post."""
    said = plan.file.sample
    everybody = list(_everybody(plan.file.people, words))
    home = said.department
    rows = [
        _staff(one, said, places[one.stanza.department or home]) for one in everybody
    ]
    posts = _posts(loader, everybody)
    for row, one in zip(rows, everybody, strict=True):
        row["post"] = posts[one.stanza.post]
    ids = loader.add("staff", rows)
    crew = Crew()
    leaders: dict[str, int] = {}
    for key, one in zip(ids, everybody, strict=True):
        crew.posts.setdefault(one.stanza.post, []).append(key)
        loader.names[key] = one.name
        loader.homes[key] = places[one.stanza.department or home]
        if one.stanza.leads:
            leaders.setdefault(one.stanza.department or home, key)
    crew.leader = leaders.get(home)
    for key, one in zip(ids, everybody, strict=True):
        above = leaders.get(one.stanza.department or home, crew.leader)
        above = crew.leader if above == key else above
        if above is not None and above != key:
            crew.superiors[key] = above
    _lead(loader, crew, {places[name]: key for name, key in leaders.items()})
    open_accounts(
        loader.session,
        [
            Opening(one.number(said), one.mobile(said), one.name, key, one.stanza.role)
            for key, one in zip(ids, everybody, strict=True)
        ],
    )
    return crew


def _everybody(people: Sequence[PeopleStanza], words: Words) -> Iterator[Someone]:
    taken = {one.name for one in people}
    position = 0
    for stanza in people:
        for _ in range(stanza.count):
            position += 1
            name = stanza.name
            while name is None or (name in taken and stanza.name is None):
                name = words.text("{person}", lambda _place: None, {})
            taken.add(name)
            yield Someone(position, name, stanza)


def _staff(one: Someone, said: SampleStanza, department: int) -> Row:
    position = one.position
    return {
        "staff_number": one.number(said),
        "name": one.name,
        "mobile": one.mobile(said),
        "department": department,
        "base_pay": one.stanza.base_pay,
        "performance_base": one.stanza.performance_base,
        "hired_on": date(2019 + position % 7, 1 + position % 12, 6),
        **one.stanza.fields,
    }


def _posts(loader: Loader, everybody: Sequence[Someone]) -> dict[str, int]:
    """Return the ids of the posts by name; those that no template brought are made."""
    there = post_ids(loader.session)
    leading = {one.stanza.post: one.stanza.leads for one in reversed(everybody)}
    lacking = [one for one in leading if one not in there]
    rows: list[Row] = [{"name": one, "is_leading": leading[one]} for one in lacking]
    return there | dict(zip(lacking, loader.add("post", rows), strict=True))


def _lead(loader: Loader, crew: Crew, leaders: dict[int, int]) -> None:
    writer = loader.writer()
    below = [
        entries.Change(key, {"superior": above})
        for key, above in crew.superiors.items()
    ]
    entries.change_many(loader.session, "staff", below, writer)
    crew.managers = leaders
    for department, leader in leaders.items():
        led: dict[str, Any] = {"manager": leader}
        entries.change(loader.session, "department", department, led, writer)


def found_crew(loader: Loader, plan: SamplePlan, chance: Random) -> Crew:
    """Return the people who are there already and could have entered rows.

    Those of the sample, where it is loaded; else whoever works here, at any post.

    Raises:
        PersonError: Nobody works here yet.
    """
    session = loader.session
    table = catalogue.current().table("staff")
    query = access.visible(SYSTEM, "staff").order_by(table.c.id)
    own = samples.sample_ids("staff", plan.template)
    rows = entries.load(
        session, catalogue.current()["staff"], query.where(table.c.id.in_(own))
    ) or entries.load(session, catalogue.current()["staff"], query.limit(20))
    if not rows:
        raise PersonError(
            "还没有员工，无法加入试用数据；请先载入样例或登记员工。",
            "There is nobody to have entered the rows. Load the sample or enter staff "
            "first.",
        )
    names = {key: name for name, key in post_ids(session).items()}
    crew = Crew()
    known = {one.post for one in plan.file.people}
    for row in rows:
        post = names.get(row["post"], "")
        # Somebody who is of no post of the plan lends a hand at one of them.
        at = post if post in known else chance.choice(sorted(known))
        crew.posts.setdefault(at, []).append(row["id"])
        loader.names[row["id"]] = row["name"]
        loader.homes[row["id"]] = row["department"]
        if row["superior"] is not None:
            crew.superiors[row["id"]] = row["superior"]
    loader.branch, loader.department = rows[0]["branch"], rows[0]["department"]
    crew.managers = _managers(session)
    heads = [one["id"] for one in rows if one["superior"] is None]
    crew.leader = heads[0] if heads else None
    return crew
