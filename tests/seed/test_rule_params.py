"""Every rule with numbers works: what keeps it passes, what breaks it does not.

One test for all templates. Cases come from the numbers of the rulebook, their makers
are chosen by the kind of the object that carries the rule. A rule whose part of the
engine is still to come is listed with that part, and the list must not outlive it.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from models import catalogue
from models.database import Database
from models.flow import Transition
from models.opening import ready
from models.register import Field
from seed.carriers import CarrierKind
from seed.coverage import Covered, Standing, coverages, regulations_of
from seed.rule_facts import MEASURED
from seed.template import COMMON, Template, read_template, template_names
from seed.template_schema import TemplateFile
from tests.company import Company, fill_company, open_company
from tests.databases import Builder
from tests.seed.declared_templates import upon_template
from tests.seed.rule_cases import MAKERS, Case
from tests.seed.rule_entries import Desk, cases
from tests.seed.rule_ladders import ladders

NAMES = [COMMON, *template_names()]
LEFT_TO_PEOPLE = {
    "S0-10-13": "sorting the customers' files leaves nothing to be counted",
    "S0-19-24": "generally no less: a field tells of each plan whether it is enough",
    "S0-19-48": "the step asks whether a grade is skipped, and why",
    "S0-19-91": "a limit of the claims refuses what is above it",
    "S0-19-104": "a limit of the limits tells what is above the branch's total",
    "S0-19-122": "the cap stands in the grade; a check of the subsidy refuses more",
    "S0-19-123": "the cap stands in the grade; a check of the subsidy refuses more",
    "S0-19-124": "the cap stands in the grade; a check of the subsidy refuses more",
    "S0-19-125": "a check of the subsidy refuses what is above the grade's cap",
    "S1-12-03": "a speed in an examination: the attendee's field judges it",
    "S1-14-18": "one call for one matter: a field and a measure tell the second",
    "S2-15-25": "the text says irregularly; the project keeps what was found",
    "S2-16-19": "whether overtime was needed is for the one who approves it",
    "S3-01-10": "that no number is fixed: whoever is given an amount has a share",
    "S4-04-02": "a standard of quality without a number or a time",
    "S4-15-03": "a number of persons, kept by the job description and the posts",
}
"""Deadlines, cadences, quotas that neither time limit nor duty carries, and why."""


def builder(name: str) -> Builder:
    """Return what makes the small company with all that a template declares."""

    @upon_template(name)
    def build(url: str) -> None:
        ready(Database(url)).dispose()
        fill_company(url)
        catalogue.use()

    return build


@pytest.fixture
def template(request: pytest.FixtureRequest) -> Template:
    return read_template(request.param)


@pytest.fixture
def desk(
    template: Template,
    prepared_database: Callable[[str, Builder], str],
    tmp_path: Path,
) -> Iterator[Desk]:
    url = prepared_database(f"rules_of_{template.name}", builder(template.name))
    ready(Database(url)).dispose()
    company: Company = open_company(url, tmp_path)
    yield Desk(company)
    company.close()
    catalogue.use()


def rules(template: Template) -> list[Covered]:
    return coverages(template, regulations_of(template))


def tried(desk: Desk, template: Template, rule: Covered) -> list[Case]:
    """Make every case that the objects which carry a rule allow.

    Fields of a rule that waits for a part of the engine only hold what that will read,
    those beside a duty what it reads, and those beside a pay line leave it the share.
    """
    found: list[Case] = []
    cited: dict[str, list[Field]] = {}
    is_read = any(one.kind is CarrierKind.PAY for one in rule.enough)
    is_held = rule.awaited or any(one.kind is CarrierKind.OWED for one in rule.enough)
    for one in rule.enough:
        if isinstance(one.stanza, Field) and not is_held:
            cited.setdefault(one.code.partition(".")[0], []).append(one.stanza)
        elif one.kind in MAKERS:
            found += MAKERS[one.kind](template, one, rule.params)
    params = rule.params.model_copy(update={"share": None} if is_read else {})
    for code, fields in cited.items():
        found += cases(desk, catalogue.current()[code], fields, params)
        found += ladders(desk, catalogue.current()[code], fields, params)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("template", NAMES, indirect=True)
def test_what_breaks_a_rule_is_told_from_what_keeps_it(
    desk: Desk, template: Template
) -> None:
    without: list[str] = []
    wrong: list[tuple[str, str]] = []
    for rule in rules(template):
        params = rule.params
        if not (params.numbers or params.may or params.may_not):
            continue
        found = tried(desk, template, rule)
        wrong += [(rule.code, one.what) for one in found if not one.is_right]
        waits = bool(rule.awaited) or rule.standing is Standing.BEYOND
        if rule.kind in MEASURED and not found and not waits:
            without.append(rule.code)

    assert wrong == []
    assert without == []


@pytest.mark.parametrize("template", NAMES, indirect=True)
def test_nothing_is_open_or_carried_by_too_little(template: Template) -> None:
    found = {one.code: one.standing.word for one in rules(template) if one.is_open}

    assert found == {}


@pytest.mark.parametrize("template", NAMES, indirect=True)
def test_what_is_due_or_owed_is_a_time_limit_or_a_duty(template: Template) -> None:
    every = rules(template)
    found = {one.code for one in every if one.is_left_to_people}

    assert found == {one.code for one in every} & set(LEFT_TO_PEOPLE)


@pytest.mark.parametrize("template", NAMES, indirect=True)
def test_what_waits_for_a_part_of_the_engine_still_has_to(template: Template) -> None:
    stale = {
        (one.code, coming.part)
        for one in rules(template)
        for coming in one.awaited
        if is_there(coming.part)
    }

    assert stale == set()


@pytest.mark.parametrize("template", NAMES, indirect=True)
def test_steps_with_places_follow_each_other(template: Template) -> None:
    broken = [
        after.code
        for places in steps_by_place(template)
        for place in sorted(places)
        for after in places[place]
        if not _follows(after, places.get(place - 1, []))
    ]

    assert broken == []


def _follows(after: Transition, before: list[Transition]) -> bool:
    """Whether a step begins where one of those before it ends, or is one of them."""
    if not before:
        return True
    return any(one is after or one.to in after.sources for one in before)


def steps_by_place(template: Template) -> Iterable[dict[int, list[Transition]]]:
    """Return the steps of each flow by the place that their rules give them."""
    found: dict[str, dict[int, list[Transition]]] = {}
    for rule in rules(template):
        for one in rule.enough:
            if rule.params.place is not None and isinstance(one.stanza, Transition):
                places = found.setdefault(one.code.partition(".")[0], {})
                places.setdefault(rule.params.place, []).append(one.stanza)
    return found.values()


def is_there(part: str) -> bool:
    """Whether a template can say a part already: duties, or schemes.period."""
    model: type[BaseModel] | None = TemplateFile
    for name in part.split("."):
        if model is None or name not in model.model_fields:
            return False
        model = next(
            (
                each
                for each in get_args(model.model_fields[name].annotation)
                if isinstance(each, type) and issubclass(each, BaseModel)
            ),
            None,
        )
    return True


@pytest.mark.parametrize(
    ("part", "there"),
    [
        ("targets", True),
        ("schemes.rules", True),
        ("schemes.rules.cap", True),
        ("schemes.rules.period", False),
        ("spells", False),
    ],
)
def test_a_part_is_there_once_templates_can_say_it(part: str, *, there: bool) -> None:
    assert is_there(part) is there
