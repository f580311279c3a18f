"""What every test may ask for: a database of its own, of each kind, filled or not.

    def test_something(prepared_database):
        url = prepared_database("schema", prepare)

runs twice, on SQLite and on PostgreSQL; `prepare(url)` is called once in a run for each
kind and its result copied for each test. `--database sqlite` runs one kind only,
`@pytest.mark.databases("sqlite")` says that a test is about one kind.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from models import catalogue
from tests.databases import KINDS, Builder, Databases, open_databases
from tests.postgres import stop_server
from tests.quick_apps import share_compiled
from tests.run_folder import make_run_folder

RUN_FOLDER = pytest.StashKey[Path]()

# Two busy cores make any single example slow now and then, and a run must not fail for
# what another run did not see: `make soak` is where chance comes in.
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile("suite")

share_compiled()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=KINDS,
        action="append",
        help="Run the tests that use a database on this kind only.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that all workers of this run share; forget personal settings."""
    for name in list(os.environ):
        if name.startswith(("TAIZHANG_", "DATABASE_URL")):
            del os.environ[name]
    worker = getattr(config, "workerinput", None)
    if worker is None:
        is_long = config.getoption("markexpr") == "soak"
        config.stash[RUN_FOLDER] = make_run_folder(is_long=is_long)
        # The server's account must be able to pass through it.
        config.stash[RUN_FOLDER].chmod(0o711)
        # A run that is told to end ends as on Ctrl-C, and leaves no server behind.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    else:
        config.stash[RUN_FOLDER] = Path(worker["run_folder"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the run's folder is."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove the folder, in the process that made them."""
    if hasattr(config, "workerinput") or RUN_FOLDER not in config.stash:
        return
    stop_server(config.stash[RUN_FOLDER] / "postgres")
    shutil.rmtree(config.stash[RUN_FOLDER])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that uses a database once on each kind."""
    if "database_kind" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("database") or KINDS
    mark = metafunc.definition.get_closest_marker("databases")
    about = mark.args if mark else KINDS
    kinds = [kind for kind in KINDS if kind in chosen and kind in about]
    metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def databases(
    database_kind: str, pytestconfig: pytest.Config, worker_id: str
) -> Iterator[Databases]:
    """Return the maker of databases of the test's kind, for this worker."""
    maker = open_databases(database_kind, pytestconfig.stash[RUN_FOLDER], worker_id)
    yield maker
    maker.close()


@pytest.fixture
def prepared_database(databases: Databases) -> Iterator[Callable[[str, Builder], str]]:
    """Return `(recipe, build) -> url`: a copy, for this test, of what `build` makes."""
    made: list[str] = []

    def prepared(recipe: str, build: Builder) -> str:
        made.append(databases.copy_of(recipe, build))
        return made[-1]

    yield prepared
    for url in made:
        databases.drop(url)


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """Return the address of a database of the test's own with nothing in it."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture(autouse=True)
def classes_alone_afterwards() -> Iterator[None]:
    """Forget what a test's database declared: the next one has another database."""
    yield
    catalogue.use()
