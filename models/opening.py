"""What a command works with: settings read and a database opened on first use."""

from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from models import catalogue
from models.access import SYSTEM
from models.database import Database
from models.history import Writer
from models.prepare import prepare
from models.register_checks import assert_sound
from models.settings import Settings, read_settings


class Opened:
    """The settings and the prepared database of one command; `click`'s object."""

    @cached_property
    def settings(self) -> Settings:
        """The settings; SettingsError if one is wrong."""
        return read_settings()

    @cached_property
    def database(self) -> Database:
        """The database, brought to what this program expects."""
        assert_sound(catalogue.current())
        self.settings.data_folder.mkdir(parents=True, exist_ok=True)
        opened = Database(self.settings.database_url)
        prepare(opened, catalogue.current())
        return opened

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
