"""What a template declares, made once for all that apply it or load its sample."""

from collections.abc import Callable
from functools import cache, partial

from models import catalogue
from models.database import Database
from models.opening import ready
from seed.declared import declare
from seed.template import read_template
from tests.databases import Builder, upon
from tests.prepared import upon_tables


@cache
def upon_template(name: str) -> Callable[[Builder], Builder]:
    """Return what lets a builder begin with all that a template declares.

    The template is applied to nothing yet.
    """
    return upon(f"declared_by_{name}", upon_tables(partial(_declare, name=name)))


def _declare(url: str, name: str) -> None:
    database = ready(Database(url))
    declare(read_template(name), database)
    database.dispose()
    catalogue.use()
