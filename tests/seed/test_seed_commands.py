"""`taizhang seed` as it is typed."""

import re
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from models import preferences
from models.database import Database
from models.history import Writer
from models.targets import SlaTarget
from models.words import PersonError
from seed import beginning
from seed.commands import seed
from seed.template import read_template
from tests.seed.conftest import WRITER


class Typed:
    """Types commands for one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def __call__(self, *words: str) -> Result:
        opened = SimpleNamespace(database=self.database, writer=self.writer)
        return CliRunner().invoke(seed, words, obj=opened)

    @staticmethod
    def writer(origin: str) -> Writer:
        assert origin == "template"
        return WRITER


@pytest.fixture
def typed(empty: Database) -> Typed:
    return Typed(empty)


def test_a_dry_run_shows_and_changes_nothing(typed: Typed) -> None:
    said = typed("apply", "after_sales", "--department", "售后部", "--dry-run")

    assert said.exit_code == 0
    assert "新建 部门 售后部" in said.stdout
    with typed.database.read() as session:
        assert session.scalar(select(func.count()).select_from(SlaTarget)) == 0


def test_applying_tells_how_many_steps_it_took(typed: Typed) -> None:
    said = typed("apply", "after_sales", "--department", "售后部")

    assert said.exit_code == 0
    steps = re.search(r"applied in (\d+) steps", said.stdout)
    assert steps is not None
    # Each register, role and rule that the template brings is one of them.
    assert int(steps[1]) > len(read_template("after_sales").registers)
    assert "已应用 1 处" in typed("list").stdout


def test_coverage_tells_that_nothing_is_forgotten(typed: Typed) -> None:
    said = typed("coverage")

    assert said.exit_code == 0
    assert "0 by nothing" in said.stdout


def test_a_sample_comes_and_goes(typed: Typed) -> None:
    assert typed("sample", "after_sales").exit_code == 0
    assert typed("sample", "after_sales", "--rows", "5").exit_code == 0
    said = typed("sample", "after_sales", "--remove")

    assert said.exit_code == 0
    assert "样例已清除" in said.stdout


def test_a_template_that_is_not_there_is_a_persons_mistake(typed: Typed) -> None:
    for words in (("apply", "after_sale"), ("sample", "after_sale")):
        said = typed(*words)
        assert isinstance(said.exception, PersonError)
        assert "after_sales" in said.exception.label.zh


def test_an_installation_begins_empty_with_its_name(empty: Database) -> None:
    kind = "after_sales"
    beginning.begin_empty(empty, kind, "恒越机电", WRITER)

    titles = {code: title.zh for code, title, _ in beginning.kinds()}
    assert titles[kind] == "设备售后服务"
    with empty.read() as session:
        assert preferences.get(session, "company") == "恒越机电"
        written = set(session.scalars(select(SlaTarget.code)))
        assert written == {one.stanza.code for one in read_template(kind).targets}
