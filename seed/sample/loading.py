"""The sample departments there are, and the two ways in which they come about.

One is written by hand, in figures that do not change; all others are plans that lie
beside their templates. Rows for trials come from a plan, for each of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from models.database import Database
from models.history import Writer
from models.words import Label, PersonError
from seed.sample.plan import plan_names
from seed.sample.planned import add_planned, load_planned
from seed.sample.progress import Track, untracked
from seed.sample.written import load_written
from seed.template import template_names

Load = Callable[[Database, str, Writer, Track[Any]], Label]
WRITTEN: Mapping[str, Load] = {"after_sales": load_written}


def sample_names() -> list[str]:
    """Return the templates that have a sample."""
    return [one for one in template_names() if one in WRITTEN or one in plan_names()]


def load_sample(
    database: Database, template: str, writer: Writer, track: Track[Any] = untracked
) -> Label:
    """Apply a template and load its sample department, beside others that are there.

    Args:
        database: Where to.
        template: A template that has a sample.
        writer: Who loads it; the sample itself is dated by its own days.
        track: Shows progress over the steps.

    Returns:
        What was loaded.

    Raises:
        PersonError: There is no such sample, or it is loaded already.
    """
    _known(template)
    load = WRITTEN.get(template, load_planned)
    return load(database, template, writer, track)


def add_rows(
    database: Database,
    template: str,
    rows: int,
    writer: Writer,
    track: Track[Any] = untracked,
) -> Label:
    """Write so many rows of a sample's largest register, the others in proportion.

    A sample that is planned and not loaded yet is begun first, with its people.

    Raises:
        PersonError: There is no such sample, or nobody could have entered the rows.
    """
    _known(template)
    begins = template not in WRITTEN
    return add_planned(database, template, rows, writer, track, begins=begins)


def _known(template: str) -> None:
    if template not in sample_names():
        raise PersonError(
            "模板“{name}”没有样例部门，可用：{known}。",
            "Template “{name}” has no sample department; there is {known}.",
            name=template,
            known=", ".join(sample_names()),
        )
