"""The tables of a new installation, which most builders of databases begin with."""

from models import catalogue
from models.database import Database
from models.prepare import prepare
from tests.databases import upon


def prepare_tables(url: str) -> None:
    """Make the tables that the program itself declares in an empty database."""
    database = Database(url)
    prepare(database, catalogue.current())
    database.dispose()


upon_tables = upon("tables_of_the_program", prepare_tables)
"""Lets a builder begin with these tables."""
