"""What a command works with: settings read and a database opened on first use."""

from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from models import catalogue, stored
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.prepare import prepare
from models.register_checks import assert_sound
from models.settings import Settings, read_settings


def ready(database: Database) -> Database:
    """Bring a database to what this program, and the database itself, declare.

    Raises:
        DeclarationError: The declarations contradict themselves.
        SchemaRefusedError: Existing entries do not allow a change.
    """
    stored.know(database)
    assert_sound(catalogue.current())
    prepare(database, catalogue.current())
    return database


class Opened:
    """The settings and the prepared database of one command; `click`'s object."""

    @cached_property
    def settings(self) -> Settings:
        """The settings; SettingsError if one is wrong."""
        return read_settings()

    @cached_property
    def database(self) -> Database:
        """The database, brought to what this program expects."""
        self.settings.data_folder.mkdir(parents=True, exist_ok=True)
        return ready(Database(self.settings.database_url))

    def close(self) -> None:
        """Close the database, if the command opened it."""
        if "database" in vars(self):
            self.database.dispose()

    @property
    def zone(self) -> ZoneInfo:
        """The desk's zone."""
        return self.settings.zone

    @staticmethod
    def now() -> datetime:
        """Return the present instant; a command reads the clock once."""
        return datetime.now(UTC)

    def writer(self, origin: str = "job") -> Writer:
        """Return the system as whoever writes."""
        return Writer(SYSTEM, self.now(), self.zone, origin)
