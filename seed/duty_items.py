"""The duties a template brings; posts are told by their names, kept by their ids."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from models import duties
from models.duties import Duty
from models.history import Writer
from models.rule_versions import newest
from models.words import Label
from seed.items import Item, Values, plainly
from seed.scoped_items import posts_by_name
from seed.stanza_objects import duty_values
from seed.template_schema import DutyStanza


class DutyItem(Item):
    """A duty; a change becomes its next version."""

    kind = "duty"
    kind_label = Label("定期任务", "duty")
    scoped = True

    def read(self, session: Session, scope: int) -> Values | None:
        """Return the newest version."""
        found = newest(session, Duty, self.code, scope or None)
        return None if found is None else said(session, found)

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Save the next version."""
        posts = posts_by_name(session)
        remind = values["remind_before"]
        columns = values | {
            "valid_from": date.fromisoformat(values["valid_from"]),
            "remind_before": None if remind is None else timedelta(seconds=remind),
            "posts": sorted(posts[one] for one in values["posts"] if one in posts),
        }
        for name in ("at_least", "at_most"):
            value = values[name]
            columns[name] = None if value is None else Decimal(value)
        before = newest(session, Duty, self.code, scope or None)
        people = [] if before is None else before.people  # named by hand
        duty = Duty(
            code=self.code, department_id=scope or None, people=people, **columns
        )
        duties.save(session, duty, writer.now)


def said(session: Session, duty: Duty) -> Values:
    """Return what a version says as a template says it."""
    values = {name: getattr(duty, name) for name in _SAID}
    for name in ("at_least", "at_most"):
        values[name] = _plain(values[name])
    names = {number: name for name, number in posts_by_name(session).items()}
    posts = sorted(names.get(one, str(one)) for one in duty.posts)
    return plainly(values) | {"posts": posts}


_SAID = (
    "name_zh",
    "name_en",
    "measure",
    "period",
    "at_least",
    "at_most",
    "times",
    "each_field",
    "each_least",
    "topics_field",
    "topics",
    "months",
    "for_each",
    "on_trips",
    "calendar",
    "due",
    "remind_before",
    "valid_from",
    "enabled",
    "clauses",
    "note",
)


def _plain(value: Decimal | None) -> str | None:
    """Return a figure without the places that it does not need."""
    return None if value is None else f"{value.normalize():f}"


def duty_item(stanza: DutyStanza) -> DutyItem:
    """Return a stanza as an item."""
    values = duty_values(stanza)
    for name in ("at_least", "at_most"):
        values[name] = _plain(values[name])
    wanted = plainly(values) | {"posts": sorted(stanza.posts)}
    return DutyItem(stanza.code, stanza.title.label, wanted)
