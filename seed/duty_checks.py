"""Whether the duties of a template make sense: measures, calendars, posts, amounts."""

from collections.abc import Iterator, Sequence
from typing import Any

from models.duties import declared_wrong
from models.words import Label, PersonError
from seed.pay_stanzas import SchemeStanza
from seed.stanza_objects import duty_of, measure_of
from seed.template import Placed, Template
from seed.template_error import Fault, one_of
from seed.template_schema import DutyStanza


def wrong_duty(template: Template, placed: Placed[DutyStanza]) -> Iterator[Fault]:
    """Yield what is wrong with a duty, each with its key."""
    stanza = placed.stanza
    yield from wrong_posts(template, placed)
    calendars = [one.stanza.code for one in template.calendars]
    if stanza.calendar is not None and stanza.calendar not in calendars:
        what = Label("模板里的工作日历", "a calendar of the template")
        yield placed.fault(one_of(stanza.calendar, calendars, what), "calendar")
    measures = {one.stanza.code: one.stanza for one in template.measures}
    if stanza.measure not in measures:
        what = Label("模板里的考核指标", "a measure of the template")
        problem = one_of(stanza.measure, list(measures), what)
        yield placed.fault(problem, "measure")
        return
    try:
        duty = duty_of(stanza)
    except PersonError as error:
        yield placed.fault(error.label, "remind_before")
        return
    for key, problem in declared_wrong(duty, measure_of(measures[stanza.measure])):
        yield placed.fault(problem, key)


def wrong_posts(
    template: Template, placed: Placed[DutyStanza] | Placed[SchemeStanza]
) -> Iterator[Fault]:
    """Yield each post that the template does not bring."""
    yield from unknown_posts(template, placed, placed.stanza.posts, "posts")


def unknown_posts(
    template: Template, placed: Placed[Any], names: Sequence[str], key: str
) -> Iterator[Fault]:
    """Yield each post under a key of a stanza that the template does not bring."""
    posts = [
        str(row.get("name"))
        for one in template.entries
        if one.stanza.register_ == "post"
        for row in one.stanza.rows
    ]
    for index, post in enumerate(names):
        if post not in posts:
            what = Label("模板里的岗位", "a post of the template")
            yield placed.fault(one_of(post, posts, what), key, index)
