"""Two small templates with sample plans, for tests of what a plan can say."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from models import catalogue
from models.database import Database
from models.prepare import prepare
from seed import template
from seed.sample.loading import load_sample
from tests.seed.conftest import WRITER

TEMPLATES = Path(__file__).parent.parent / "data" / "sample_templates"


def write_templates(folder: Path) -> Path:
    """Copy both templates beside the one that all build on."""
    shutil.copytree(TEMPLATES, folder, dirs_exist_ok=True)
    shutil.copytree(template.FOLDER / template.COMMON, folder / template.COMMON)
    return folder


@contextmanager
def trial_folder() -> Iterator[Path]:
    """Let the block find these templates only."""
    with TemporaryDirectory() as path, pytest.MonkeyPatch.context() as patch:
        folder = write_templates(Path(path))
        patch.setattr(template, "FOLDER", folder)
        yield folder


def build_trial(url: str) -> None:
    """Prepare a database with the sample of the first template."""
    database = Database(url)
    prepare(database, catalogue.current())
    with trial_folder():
        load_sample(database, "trial", WRITER)
    database.dispose()
    catalogue.use()
