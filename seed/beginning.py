"""How an installation begins: what the first page offers, and what it does."""

from models import preferences
from models.database import Database
from models.history import Writer
from models.words import Label
from seed.apply import plan_template
from seed.declared import declare
from seed.sample.loading import load_sample, sample_names
from seed.sample.removing import remove_sample
from seed.template import read_head, read_template

__all__ = ["begin_empty", "kinds", "load_sample", "remove_sample"]


def kinds() -> list[tuple[str, Label, Label]]:
    """Return the templates that have a sample: code, title, what it is for."""
    found = [(one, read_head(one)) for one in sample_names()]
    return [(one, it.title.label, it.summary.label) for one, it in found]


def begin_empty(
    database: Database, template: str, company: str, writer: Writer
) -> None:
    """Name the company and apply a template to all of it, in one transaction.

    The tables that the template declares are made before.

    Raises:
        TemplateError: There is no such template, or it makes no sense.
    """
    found = read_template(template)
    declare(found, database)
    with database.write() as session:
        for step in plan_template(found, session).steps:
            step.run(session, writer)
        preferences.put(session, preferences.COMPANY, company)
