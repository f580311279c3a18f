"""Apply a template: plan what will change, show it, do it step by step.

What a template brought is remembered, so that a second apply changes nothing, a newer
template is merged in key by key, and what an admin changed by hand is kept and told.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, clock_refresh, entries, stored
from models.applied import AppliedItem, AppliedTemplate
from models.history import Writer
from models.words import Label
from seed import declared
from seed.chart_items import chart_item
from seed.declared import knowing
from seed.duty_items import duty_item
from seed.entry_items import entry_item, in_order
from seed.items import (
    Item,
    Values,
    measure_item,
    regulation_item,
    role_item,
)
from seed.labels_item import labels_items
from seed.menu_item import menu_item
from seed.merging import Outcome, merged
from seed.pay_items import pay_check_item, rate_item, table_item
from seed.pay_run_items import pay_run_item
from seed.scoped_items import (
    calendar_item,
    scheme_item,
    target_item,
)
from seed.template import Template
from seed.template_checks import check_beside
from seed.view_items import view_items

COMPANY = 0  # the scope of what is everybody's
DEPARTMENT = "department"


@dataclass(slots=True)
class Scope:
    """The department a template is applied to; its id once it is there."""

    name: str | None
    id: int | None

    @property
    def key(self) -> int:
        """The number under which its things are remembered; 0 is the company."""
        if self.name is None:
            return COMPANY
        if self.id is None:
            raise ValueError(f"department {self.name} is not made yet")
        return self.id


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one thing: its new values, and the keys that are left alone."""

    item: Item
    outcome: Outcome
    values: Values | None = None  # None: nothing is written
    kept: tuple[str, ...] = ()

    @property
    def label(self) -> Label:
        """One line of the summary."""
        item = self.item
        kept = f"（{'、'.join(self.kept)}）" if self.kept else ""
        kept_en = f" ({', '.join(self.kept)})" if self.kept else ""
        return Label(
            f"{self.outcome.label.zh} {item.kind_label.zh} {item.label.zh}{kept}",
            f"{self.outcome.label.en}: {item.kind_label.en} {item.label.en}{kept_en}",
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; may be repeated."""

    label: Label
    _plan: "Plan"
    _change: Change | None = None

    def run(self, session: Session, writer: Writer) -> None:
        """Do it in the open transaction.

        Args:
            session: A writing session.
            writer: Who applies; their clock and zone are used, the origin is
                "template" whatever it says.
        """
        by = Writer(writer.person, writer.now, writer.zone, "template", writer.batch)
        if self._change is None:
            self._plan.make_department(session, by)
        else:
            self._plan.carry_out(session, self._change, by)


@dataclass(slots=True)
class Plan:
    """What applying a template would do."""

    template: Template
    scope: Scope
    changes: list[Change] = field(default_factory=list)

    @property
    def steps(self) -> list[Step]:
        """What is to be done, in order; a last one remembers that it was."""
        found = []
        if self.scope.name is not None and self.scope.id is None:
            label = Label(f"新建部门 {self.scope.name}", f"Make {self.scope.name}")
            found.append(Step(label, self))
        return [*found, *(Step(one.label, self, one) for one in self.changes)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be written that people see."""
        wanted = self.scope.name is None or self.scope.id is not None
        return wanted and all(one.values is None for one in self.changes)

    def count(self, outcome: Outcome) -> int:
        """Return how many things have an outcome."""
        return sum(one.outcome is outcome for one in self.changes)

    def summary(self) -> Label:
        """Say what would change, and what is kept."""
        title = self.template.title
        where = self.scope.name or "全公司"
        where_en = self.scope.name or "the company"
        counts = [(one.label, self.count(one)) for one in Outcome]
        zh = [f"{title.zh} → {where}：" + "，".join(f"{k.zh} {n}" for k, n in counts)]
        en = [
            f"{title.en} → {where_en}: " + ", ".join(f"{n} {k.en}" for k, n in counts)
        ]
        if self.scope.name is not None and self.scope.id is None:
            zh.append(f"  新建 部门 {self.scope.name}")
            en.append(f"  new: department {self.scope.name}")
        for one in self.changes:
            if one.outcome is not Outcome.SAME:
                zh.append(f"  {one.label.zh}")
                en.append(f"  {one.label.en}")
        return Label("\n".join(zh), "\n".join(en))

    def make_department(self, session: Session, writer: Writer) -> None:
        """Make the department, unless somebody has meanwhile."""
        name = self.scope.name or ""
        self.scope.id = _department(session, name)
        if self.scope.id is None:
            self.scope.id = entries.create(session, DEPARTMENT, {"name": name}, writer)

    def carry_out(self, session: Session, change: Change, writer: Writer) -> None:
        """Write one thing and remember what the template said."""
        item = change.item
        scope = self.scope.key if item.scoped else COMPANY
        if change.values is not None:
            item.write(session, scope, change.values, writer)
            if item.kind == "target":
                _start_clocks(session, str(item.wanted["register"]), writer)
        remember(session, self.template.name, item, scope)
        if change is self.changes[-1]:
            _remember_template(session, self, writer)


def plan_template(
    template: Template, session: Session, department: str | None = None
) -> Plan:
    """Check a template and work out what applying it would change; writes nothing.

    Args:
        template: As `read_template` gives it.
        session: Any session; reading is enough.
        department: The name of the department it is for, made if it is missing; None
            is the whole company.

    Raises:
        TemplateError: The template makes no sense; says every mistake.
    """
    remembered = {
        (one.kind, one.code, one.scope): one.said
        for one in session.scalars(select(AppliedItem))
    }
    there = stored.read(session.connection())
    with knowing(template, there, declared.last(remembered)):
        check_beside(template)
        return _plan(template, session, department, remembered)


def _plan(
    template: Template,
    session: Session,
    department: str | None,
    remembered: Mapping[tuple[str, str, int], Values],
) -> Plan:
    found = None if department is None else _department(session, department)
    plan = Plan(template, Scope(department, found))
    for item in items_of(template):
        scope = COMPANY
        if item.scoped and department is not None:
            if found is None:  # nothing can stand in a department yet to be made
                plan.changes.append(Change(item, Outcome.CREATE, item.wanted))
                continue
            scope = found
        last = item.last(remembered, scope)
        plan.changes.append(_change(item, item.read(session, scope), last))
    return plan


def items_of(template: Template) -> Iterator[Item]:
    """Return everything a template brings, in the order it is to be written."""
    yield from declared.items(template)
    for text in template.regulations:
        yield regulation_item(text)
    bundles = {one.stanza.code: one.stanza for one in template.bundles}
    for role in template.roles:
        yield role_item(role.stanza, bundles)
    yield from in_order(
        entry_item(rows.stanza.register_, rows.stanza.key, row)
        for rows in template.entries
        for row in rows.stanza.rows
    )
    for calendar in template.calendars:
        yield calendar_item(calendar.stanza)
    for target in template.targets:
        yield target_item(target.stanza)
    for measure in template.measures:
        yield measure_item(measure.stanza)
    for duty in template.duties:
        yield duty_item(duty.stanza)
    for position, chart in enumerate(template.charts):
        yield chart_item(chart.stanza, position)
    yield from _pay(template)
    yield from _settings(template)


def _pay(template: Template) -> Iterator[Item]:
    for rate in template.rates:
        yield rate_item(rate.stanza)
    for table in template.tables:
        yield table_item(table.stanza)
    for scheme in template.schemes:
        yield scheme_item(scheme.stanza)


def _settings(template: Template) -> Iterator[Item]:
    for position, one in enumerate(template.pay_checks):
        yield pay_check_item(one.stanza, position)
    for run in template.pay_runs:
        yield pay_run_item(run.stanza)
    for position, view in enumerate(template.views):
        yield from view_items(view.stanza, position)
    yield from labels_items(template)
    on = [code for head in template.heads for code in head.stanza.registers_on]
    yield menu_item(template.name, on)


def _change(item: Item, now: Values | None, last: Values | None) -> Change:
    """Work out what becomes of one thing."""
    found = merged(item.wanted, now, last)
    return Change(item, found.outcome, found.values, found.kept)


def _department(session: Session, name: str) -> int | None:
    table = catalogue.current().table(DEPARTMENT)
    query = access.visible(access.SYSTEM, DEPARTMENT).where(table.c.name == name)
    narrowed = query.with_only_columns(table.c.id).order_by(table.c.id).limit(1)
    return session.scalar(narrowed)


def _start_clocks(session: Session, register: str, writer: Writer) -> None:
    """Open the clocks of entries that were there before their target."""
    after: int | None = 0
    while after is not None:
        after = clock_refresh.refresh_next(session, register, after, writer)


def remember(session: Session, template: str, item: Item, scope: int) -> None:
    """Keep what a template said of one thing."""
    found = session.scalar(
        select(AppliedItem).filter_by(kind=item.kind, code=item.code, scope=scope)
    )
    if found is None:
        found = AppliedItem(kind=item.kind, code=item.code, scope=scope)
        session.add(found)
    found.template = template
    if found.said != item.wanted:
        found.said = item.wanted
    session.flush()


def _remember_template(session: Session, plan: Plan, writer: Writer) -> None:
    scope, name = plan.scope.key, plan.template.name
    said = [[one.item.kind, one.item.code, one.item.wanted] for one in plan.changes]
    written = json.dumps(said, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(written.encode()).hexdigest()
    found = session.scalar(
        select(AppliedTemplate).filter_by(template=name, scope=scope)
    )
    if found is None:
        found = AppliedTemplate(template=name, scope=scope, hash="")
        session.add(found)
    if found.hash != digest:
        found.hash, found.applied_at = digest, writer.now
    session.flush()
