"""How pay is run, as a template says it: set, kept where changed, checked."""

from collections.abc import Iterator

import pytest

from models import pay_settings
from models.database import Database
from models.pay_settings import PaySettings
from models.rules.how_long import Roll
from models.words import Label
from seed.items import Item
from seed.pay_run_items import pay_run_item
from seed.pay_stanzas import PayRunStanza
from seed.scoped_items import posts_by_name
from tests.company import build_company, writer
from tests.databases import Databases


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    url = databases.copy_of("company", build_company)
    opened = Database(url)
    yield opened
    opened.dispose()
    databases.drop(url)


def item(**said: object) -> Item:
    title = {"zh": "绩效核算", "en": "Pay runs"}
    return pay_run_item(PayRunStanza.model_validate({"title": title} | said))


def test_settings_of_a_template_are_those_of_the_runs(database: Database) -> None:
    made = item(four_eyes=True, reviewers=["客服"], closing_day=8, closing_roll="as_is")

    with database.write() as session:
        before = made.read(session, 0)
        made.write(session, 0, made.wanted, writer())
        found = pay_settings.read(session)
        post = posts_by_name(session)["客服"]

    assert before is None
    assert found == PaySettings(
        four_eyes=True,
        reviewers=(post,),
        closing_day=8,
        closing_roll=Roll.AS_IS,
        periods_back=3,
    )


def test_settings_are_read_as_they_were_written(database: Database) -> None:
    made = item(reviewers=["客服"], periods_back=2)

    with database.write() as session:
        made.write(session, 0, made.wanted, writer())
        again = made.read(session, 0)

    assert again == made.wanted
    assert made.label == Label("绩效核算", "Pay runs")
