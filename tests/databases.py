"""Real databases for tests: a recipe is built once in a run, each test gets a copy.

Both kinds offer the same: `empty()`, `copy_of(recipe, build)` and `drop(url)`. The
worker processes of a run share templates and server; a lock file of the run keeps two
of them from making the same template.
"""

import fcntl
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.postgres import start_server

KINDS = ("sqlite", "postgresql")

Builder = Callable[[str], object]
"""Fills the empty database at the given address; leaves no connection open."""


@dataclass(frozen=True, slots=True)
class Upon:
    """A builder that goes on where another recipe ended: with a copy of that."""

    recipe: str
    base: Builder
    build: Builder

    def __call__(self, url: str) -> None:
        """Build both, one upon the other, in an empty database."""
        self.base(url)
        self.build(url)


def upon(recipe: str, base: Builder) -> Callable[[Builder], Builder]:
    """Return what lets a builder go on where the recipe of `base` ended."""
    return lambda build: Upon(recipe, base, build)


class Databases(ABC):
    """Makes the databases of one worker process in the folder of one test run."""

    def __init__(self, run_folder: Path, worker: str) -> None:
        """Keep the folder all workers share and the name that tells this one apart."""
        self.run_folder = run_folder
        self._names = (f"test_{worker}_{number}" for number in count())
        self._builders: dict[str, Builder] = {}

    def empty(self) -> str:
        """Return the address of a new database with nothing in it."""
        return self._make(next(self._names))

    def copy_of(self, recipe: str, build: Builder) -> str:
        """Return the address of a new copy of what `build` makes.

        `build` runs once in a test run for each kind of database; a recipe's name
        belongs to one builder.
        """
        known = self._builders.setdefault(recipe, build)
        if known != build:
            raise ValueError(f"Recipe {recipe!r} is built by {known!r}, not {build!r}.")
        self._provide(recipe, build)
        return self._copy(recipe, next(self._names))

    def _provide(self, recipe: str, build: Builder) -> None:
        """Have a recipe built, unless some worker of the run has."""
        with run_lock(self.run_folder, recipe):
            if not self._is_ready(recipe):
                draft = f"draft_{recipe}"
                if isinstance(build, Upon):
                    self._provide(build.recipe, build.base)
                    build.build(self._copy(build.recipe, draft))
                else:
                    build(self._make(draft))
                self._keep(draft, recipe)

    @abstractmethod
    def drop(self, url: str) -> None:
        """Remove a database made here."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what this worker holds open."""

    @abstractmethod
    def _make(self, name: str) -> str: ...

    @abstractmethod
    def _is_ready(self, recipe: str) -> bool: ...

    @abstractmethod
    def _keep(self, draft: str, recipe: str) -> None: ...

    @abstractmethod
    def _copy(self, recipe: str, name: str) -> str: ...


class SqliteFiles(Databases):
    """SQLite: a file for each test, copied from the template's file."""

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        file = Path(url.removeprefix("sqlite:///"))
        for ending in ("", "-wal", "-shm", "-journal"):
            file.with_name(file.name + ending).unlink(missing_ok=True)

    def close(self) -> None:
        """Hold nothing open."""

    def _make(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def _is_ready(self, recipe: str) -> bool:
        return self._file(f"template_{recipe}").exists()

    def _keep(self, draft: str, recipe: str) -> None:
        # What is still in the write-ahead log would not be copied with the file.
        with closing(sqlite3.connect(self._file(draft))) as connection:
            busy, _, _ = connection.execute(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).fetchone()
        if busy:
            raise RuntimeError(f"The builder of {recipe!r} left a connection open.")
        self._file(draft).rename(self._file(f"template_{recipe}"))

    def _copy(self, recipe: str, name: str) -> str:
        url = self._make(name)
        self.drop(url)  # what a builder that failed left, its log above all
        shutil.copyfile(self._file(f"template_{recipe}"), self._file(name))
        return url

    def _file(self, name: str) -> Path:
        return self.run_folder / f"{name}.db"


class PostgresDatabases(Databases):
    """PostgreSQL: a database for each test, copied by the server of the run."""

    def __init__(self, run_folder: Path, worker: str) -> None:
        """Start the run's server, unless another worker has."""
        super().__init__(run_folder, worker)
        self._folder = run_folder / "postgres"
        with run_lock(run_folder, "postgres"):
            server = start_server(self._folder)
        self._connection = psycopg.connect(f"{server} dbname=postgres", autocommit=True)

    def drop(self, url: str) -> None:
        """Remove the database, whoever is still connected."""
        self._run("DROP DATABASE {} WITH (FORCE)", str(make_url(url).database))

    def close(self) -> None:
        """Close the connection; the server belongs to the run."""
        self._connection.close()

    def _make(self, name: str) -> str:
        self._run("DROP DATABASE IF EXISTS {}", name)  # left by a builder that failed
        # template0: nothing that somebody left in the server's usual template.
        self._run("CREATE DATABASE {} TEMPLATE template0", name)
        return self._url(name)

    def _is_ready(self, recipe: str) -> bool:
        found = self._connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [f"template_{recipe}"]
        )
        return found.fetchone() is not None

    def _keep(self, draft: str, recipe: str) -> None:
        self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", draft)
        self._run("ALTER DATABASE {} RENAME TO {}", draft, f"template_{recipe}")

    def _copy(self, recipe: str, name: str) -> str:
        self._run("DROP DATABASE IF EXISTS {}", name)  # left by a failed builder
        # Copying files takes a third of the time of copying through the log.
        statement = "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy"
        self._run(statement, name, f"template_{recipe}")
        return self._url(name)

    def _run(self, statement: LiteralString, *names: str) -> None:
        places = [sql.Identifier(name) for name in names]
        self._connection.execute(sql.SQL(statement).format(*places))

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"


def open_databases(kind: str, run_folder: Path, worker: str) -> Databases:
    """Return the maker of databases of one of the KINDS."""
    makers = {"sqlite": SqliteFiles, "postgresql": PostgresDatabases}
    return makers[kind](run_folder, worker)


@contextmanager
def run_lock(run_folder: Path, name: str) -> Iterator[None]:
    """Let one worker of the run at a time do the thing called `name`."""
    with (run_folder / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
