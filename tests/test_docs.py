"""Both READMEs say all there is, and what they show works as it stands there."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from admin.command_line import main
from jobs.job_list import JOBS
from models import catalogue
from models.register import Register
from models.register_checks import assert_sound
from models.settings import PREFIX, Settings, variables
from seed.template import read_template
from tests.company import Company, build_company, open_company
from tests.databases import Builder

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
REGULATION = re.compile(r"S\d-\d\d-\d\d")

pytestmark = pytest.mark.parametrize("readme", READMES)


def text_of(readme: str) -> str:
    return (ROOT / readme).read_text(encoding="utf-8")


def commands(group: click.Group, path: str = "taizhang") -> Iterator[str]:
    """Return every command as it is typed."""
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, f"{path} {name}")
        else:
            yield f"{path} {name}"


def column(readme: str, pattern: str) -> list[str]:
    """Return what a pattern finds in the rows of the tables, in their order."""
    rows = [row for row in text_of(readme).splitlines() if row.startswith("| ")]
    return [found for row in rows for found in re.findall(pattern, row)]


def test_settings_are_all_told(readme: str) -> None:
    told = column(readme, rf"^\| `({PREFIX}[A-Z_]+)`")

    assert sorted(told) == sorted(variables(one)[0] for one in Settings.model_fields)


def test_commands_are_all_told(readme: str) -> None:
    told = column(readme, r"^\| `(taizhang [a-z]+(?: [a-z]+)?)\b")
    known = set(commands(main))

    # A command's first argument may be written like a word of it.
    assert {one if one in known else one.rsplit(" ", 1)[0] for one in told} == known


def test_registers_are_all_told_by_their_names(readme: str) -> None:
    told = dict(
        re.findall(
            r"^\| ([^|`\s][^|]*?) \| `([a-z_]+)` \| \S", text_of(readme), re.MULTILINE
        )
    )
    english = readme == "README.md"

    assert {code: title for title, code in told.items()} == {
        one.code: f"{one.title.zh} {one.title.en}" if english else one.title.zh
        for one in catalogue.current()
        if one.in_menu
    }


def test_jobs_are_all_told(readme: str) -> None:
    told = column(readme, r"^\| `([a-z_]+)` \| \S")

    assert sorted(told) == sorted(JOBS)


def test_clauses_that_are_cited_are_in_the_rulebook(readme: str) -> None:
    known = {
        clause.code
        for regulation in read_template("after_sales").regulations
        for clause in regulation.stanza.clauses
    }
    cited = set(REGULATION.findall(text_of(readme)))

    assert cited
    assert cited <= known


def test_time_limits_are_all_told_with_their_clauses(
    readme: str, rulebook_targets: dict[str, list[str]]
) -> None:
    rows = text_of(readme).splitlines()

    for title, clauses in rulebook_targets.items():
        (row,) = (one for one in rows if one.startswith(f"| {title} "))
        assert REGULATION.findall(row) == clauses


@pytest.fixture
def rulebook_targets() -> dict[str, list[str]]:
    """The time limits of the template that are on, each with its clauses."""
    found = [one.stanza for one in read_template("after_sales").targets]
    return {one.title.zh: list(one.clauses) for one in found if one.enabled}


def test_links_and_pictures_are_there(readme: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", text_of(readme))
    own = [link for link in links if not link.startswith("https://")]

    assert "docs/screenshot.png" in own
    assert [link for link in own if not (ROOT / link).is_file()] == []


def build(url: str) -> None:
    """Make the company, and the table of the example beside the program's own."""
    build_company(url)


@pytest.fixture
def with_the_example(
    readme: str, prepared_database: Callable[[str, Builder], str], tmp_path: Path
) -> Iterator[Company]:
    """The company, once the README's class stands among the registers."""
    (source,) = EXAMPLE.findall(text_of(readme))
    catalogue.current()  # whichever test comes first, the others' classes are there
    before = set(Register.known)
    said: dict[str, Any] = {"__name__": "models.registers.tool_loan"}
    exec(compile(source, readme, "exec"), said)  # noqa: S102 - our own README
    try:
        assert_sound(catalogue.current())
        url = prepared_database("company_with_the_readmes_register", build)
        opened = open_company(url, tmp_path)
        yield opened
        opened.close()
    finally:
        for code in set(Register.known) - before:
            del Register.known[code]


def test_register_of_the_example_works_by_its_class_alone(
    with_the_example: Company,
) -> None:
    client = with_the_example.client("admin")
    lent = {"tool": "光路校准仪", "borrower": "1", "lent_at": "2026-10-14T09:00"}

    saved = client.post("/register/tool_loan/new/", data=lent, follow_redirects=True)
    refused = client.post(
        "/register/tool_loan/new/", data=lent | {"returned_at": "2026-10-13T09:00"}
    )
    found = client.get("/register/tool_loan/?q=校准")

    assert saved.status_code == 200
    assert "光路校准仪" in found.text
    assert re.search(r"GJ\d{6}001", found.text)
    assert refused.status_code == 422
    assert "归还时间早于借出时间" in refused.text
