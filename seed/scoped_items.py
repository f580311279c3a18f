"""What a template brings for a department: calendar, targets, schemes; and its rows."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import calendars, catalogue, targets
from models.access import marked
from models.calendars import Calendar
from models.clock_moves import move_next
from models.history import Writer
from models.pay_tables import MONTH, PayRuleRow, PayScheme
from models.rules.calendar_object import read_calendar, write_calendar
from models.rules.official_days import LAST_PUBLISHED, with_official_days
from models.rules.pay import LineKind
from models.targets import SlaTarget
from models.words import Label
from seed.items import Item, Values, plainly, titles
from seed.pay_stanzas import SchemeStanza
from seed.stanza_objects import joined, target_values
from seed.template_schema import CalendarStanza, TargetStanza

FIRST_OFFICIAL_YEAR = 2024  # earlier days are asked by imported rows only, seldom


class CalendarItem(Item):
    """A business calendar; a change becomes its next version and moves open clocks."""

    kind = "calendar"
    kind_label = Label("工作日历", "business calendar")
    scoped = True

    def _found(self, session: Session, scope: int) -> Calendar | None:
        return calendars.latest(session, self.code, department_id=scope or None)

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the newest version."""
        found = self._found(session, scope)
        if found is None:
            return None
        return {"name_zh": found.name_zh, "name_en": found.name_en, **found.hours}

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Save the next version."""
        hours = {
            name: value
            for name, value in values.items()
            if name not in ("name_zh", "name_en")
        }
        label = Label(values["name_zh"], values["name_en"])
        saved = calendars.save(
            session, self.code, label, hours, writer.now, department_id=scope or None
        )
        while move_next(session, saved, writer.now):
            pass


def calendar_item(stanza: CalendarStanza) -> CalendarItem:
    """Return a stanza as an item, with the official days known today."""
    parts = read_calendar(stanza.hours)
    if stanza.official_days == "china":
        # The year after the last published one comes provisionally.
        years = range(FIRST_OFFICIAL_YEAR, LAST_PUBLISHED + 2)
        parts = with_official_days(parts, years)
    values = titles(stanza.title) | write_calendar(parts)
    return CalendarItem(stanza.code, stanza.title.label, values)


# What a time limit need not say. It is not compared where nothing is said: stores were
# filled before these were, and nobody changed them by hand there.
_IF_SAID = ("start_states", "stop_states", "pause_states", "escalation", "proposes")


def _said(values: Values) -> Values:
    return {
        name: value for name, value in values.items() if value or name not in _IF_SAID
    }


class TargetItem(Item):
    """A time limit; a change becomes its next version."""

    kind = "target"
    kind_label = Label("时限要求", "time limit")
    scoped = True

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the newest version."""
        found = session.scalar(
            select(SlaTarget)
            .filter_by(code=self.code, department_id=scope or None)
            .order_by(SlaTarget.version.desc())
            .limit(1)
        )
        if found is None:
            return None
        names = dict.fromkeys((*self.wanted, *_IF_SAID))
        return _said(plainly({name: getattr(found, name) for name in names}))

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Save the next version."""
        warn = values["warn_before"]
        said = values | {
            "valid_from": date.fromisoformat(values["valid_from"]),
            "warn_before": None if warn is None else timedelta(seconds=warn),
        }
        target = SlaTarget(code=self.code, department_id=scope or None, **said)
        targets.save(session, target, writer.now)


def target_item(stanza: TargetStanza) -> TargetItem:
    """Return a stanza as an item."""
    values = _said(plainly(target_values(stanza)))
    return TargetItem(stanza.code, stanza.title.label, values)


class SchemeItem(Item):
    """A pay scheme, each line under a key of its own; a change is its next version."""

    kind = "scheme"
    kind_label = Label("绩效方案", "pay scheme")
    scoped = True

    def _found(self, session: Session, scope: int) -> PayScheme | None:
        return session.scalar(
            select(PayScheme)
            .filter_by(code=self.code, department_id=scope or None)
            .order_by(PayScheme.version.desc())
            .limit(1)
        )

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the newest version."""
        found = self._found(session, scope)
        if found is None:
            return None
        names = {number: name for name, number in posts_by_name(session).items()}
        values = plainly(
            {
                "name_zh": found.name_zh,
                "name_en": found.name_en,
                "starts_on": found.starts_on,
                "ends_on": found.ends_on,
                "posts": sorted(names.get(one, str(one)) for one in found.posts),
                "grades": sorted(found.grades),
                "every": found.every,
            }
        )
        for one in found.rules:
            said = {name: getattr(one, name) for name in (*_RULE, *_LIMIT)}
            values[f"line {one.code}"] = _plain_rule(said)
        return _plain_scheme(values)

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Save the next version; runs reckoned under the old one keep their slips."""
        del writer
        posts = posts_by_name(session)
        last = session.scalar(
            select(func.max(PayScheme.version)).where(PayScheme.code == self.code)
        )
        ends_on = values["ends_on"]
        before = self._found(session, scope)
        session.add(
            PayScheme(
                code=self.code,
                version=(last or 0) + 1,
                name_zh=values["name_zh"],
                name_en=values["name_en"],
                starts_on=date.fromisoformat(values["starts_on"]),
                ends_on=None if ends_on is None else date.fromisoformat(ends_on),
                department_id=scope or None,
                posts=sorted(posts[one] for one in values["posts"] if one in posts),
                grades=values.get("grades", []),
                people=[] if before is None else before.people,  # named by hand
                every=values.get("every", MONTH),
                rules=[
                    PayRuleRow(code=name.removeprefix("line "), **said)
                    for name, said in values.items()
                    if name.startswith("line ")
                ],
            )
        )
        session.flush()


_RULE = (
    "position",
    "name_zh",
    "name_en",
    "kind",
    "formula",
    "condition",
    "cap",
    "floor",
    "clause",
)


_LIMIT = ("limits", "leaves")


def _plain_rule(said: Values) -> Values:
    """Leave out what only limits say, where it is none."""
    if said["limits"] is None:
        return {name: value for name, value in said.items() if name not in _LIMIT}
    return said


def _plain_scheme(values: Values) -> Values:
    """Leave out what a template need not say: stores were filled before it could."""
    if not values["grades"]:
        del values["grades"]
    if values["every"] == MONTH:
        del values["every"]
    return values


def posts_by_name(session: Session) -> dict[str, int]:
    """Return the id of each post by its name."""
    table = catalogue.current().table("post")
    query = select(table.c.name, table.c.id).where(table.c.binned_at.is_(None))
    return {row.name: row.id for row in session.execute(marked(query, "post"))}


def scheme_item(stanza: SchemeStanza) -> SchemeItem:
    """Return a stanza as an item."""
    values = titles(stanza.title) | plainly(
        {"starts_on": stanza.starts_on, "ends_on": stanza.ends_on}
    )
    values["posts"] = sorted(stanza.posts)
    values["grades"] = sorted(stanza.grades)
    values["every"] = stanza.every
    for position, one in enumerate(stanza.rules):
        values[f"line {one.code}"] = titles(one.title) | {
            "position": position,
            "kind": one.kind,
            "formula": one.formula,
            "condition": one.condition,
            "cap": one.cap,
            "floor": one.floor,
            "clause": joined(one.clauses),
        }
    for position, limit in enumerate(stanza.limits, len(stanza.rules)):
        values[f"line {limit.code}"] = titles(limit.title) | {
            "position": position,
            "kind": LineKind.DEDUCTION.value,
            "formula": limit.at_most,
            "condition": limit.condition,
            "cap": None,
            "floor": None,
            "clause": joined(limit.clauses),
            "limits": list(limit.of),
            "leaves": limit.leaves,
        }
    return SchemeItem(stanza.code, stanza.title.label, _plain_scheme(values))
