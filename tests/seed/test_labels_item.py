"""A template gives its department words of its own; what an admin says stays."""

from collections.abc import Callable, Iterator

import pytest

from models import wordings
from models.database import Database
from models.words import Label
from seed import template
from seed.items import Remembered
from seed.labels_item import LabelsItem
from seed.merging import Outcome, merged
from seed.template import read_template
from seed.template_checks import check
from seed.template_error import TemplateError
from tests.company import build_company, writer
from tests.databases import Builder
from tests.seed.trial_templates import trial_folder

DESK = 3
GUEST = "call_log.customer"
LABEL = Label("来电登记", "Calls")


@pytest.fixture
def database(
    prepared_database: Callable[[str, Builder], str],
) -> Iterator[Database]:
    opened = Database(prepared_database("company", build_company))
    yield opened
    opened.dispose()


def item(**words: list[str]) -> LabelsItem:
    return LabelsItem("call_log", LABEL, {f"call_log.{k}": v for k, v in words.items()})


def applied(database: Database, one: LabelsItem, last: LabelsItem | None) -> Outcome:
    """Apply words to the desk, and return what became of them."""
    kept: Remembered = {}
    if last is not None:
        kept = {(last.kind, last.code, DESK): last.wanted}
    with database.write() as session:
        found = merged(one.wanted, one.read(session, DESK), one.last(kept, DESK))
        if found.values is not None:
            one.write(session, DESK, found.values, writer())
    return found.outcome


def said(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {key: one.zh for key, one in wordings.said(session, DESK).items()}


def test_second_time_changes_nothing_and_a_newer_version_merges(
    database: Database,
) -> None:
    first = item(customer=["客人", "Guest"], content=["所求", "Wish"])
    newer = item(customer=["住客", "Lodger"], phone=["房号", "Room"])

    assert applied(database, first, None) is Outcome.CREATE
    assert applied(database, first, first) is Outcome.SAME
    assert applied(database, newer, first) is Outcome.UPDATE
    assert said(database) == {GUEST: "住客", "call_log.phone": "房号"}


def test_word_that_an_admin_changed_or_took_away_stays_so(database: Database) -> None:
    first = item(customer=["客人", "Guest"], content=["所求", "Wish"])
    applied(database, first, None)
    with database.write() as session:
        own = {GUEST: Label("贵宾", "VIP"), "branch": Label("门店", "Shop")}
        wordings.save(session, DESK, own, writer())

    assert applied(database, first, first) is Outcome.KEEP
    assert said(database) == {GUEST: "贵宾", "branch": "门店"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("cal_log: 来客 | Calls", "call_log"),
        ("call_log.custmer: 客人 | Guest", "customer"),
        ("call_log.channel.fone: 电话 | Phone", "phone"),
        ("call_log.customer: 来电号码 | Number", "两个字段都叫"),
        ("call_log.customer: 客人", "labels"),
    ],
)
def test_word_for_nothing_is_told_with_its_line(line: str, told: str) -> None:
    with trial_folder() as folder:
        file = folder / "trial" / "words.yaml"
        file.write_text(f"# Words.\nlabels:\n  {line}\n", encoding="utf-8")

        with pytest.raises(TemplateError) as refused:
            check(read_template("trial"))

    [fault] = refused.value.faults
    assert (fault.file, fault.line) == ("trial/words.yaml", 3)
    assert told in str(refused.value)
    assert folder != template.FOLDER
