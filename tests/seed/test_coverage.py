"""How coverage is counted: what is strong, what is enough, what the command tells."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from pydantic import ValidationError

from models import catalogue
from models.words import Label
from seed import template
from seed.carriers import Carrier, CarrierKind
from seed.commands import seed
from seed.coverage import Awaited, Covered, Standing, coverages, regulations_of, tally
from seed.regulation_files import read_regulation, regulation_codes
from seed.rule_facts import Amount, Params
from seed.template import COMMON, read_template, template_names
from seed.template_checks import check
from seed.template_error import TemplateError

A_DAY = Params(within=Amount(hours=Decimal(24)))
A_RECORD = Params(fields=("customer", "problem"))
WORDS = Label("某", "some")


def covered(
    params: Params, *kinds: CarrierKind, part: str = "", beyond: bool = False
) -> Covered:
    """Return a rule that such objects carry."""
    return Covered(
        "S0-00-01",
        WORDS,
        "flow",
        params,
        tuple(Carrier("S0-00-01", kind, WORDS, "x") for kind in kinds),
        (Awaited(part, WORDS),) if part else (),
        (WORDS,) if beyond else (),
    )


@pytest.mark.parametrize(
    ("params", "strength"),
    [
        (Params(), None),
        (A_RECORD, "record"),
        (Params(choices=("call",)), "record"),
        (Params(right="sign", fields=("a",)), "right"),
        (Params(states=("sent", "read"), right="sign"), "step"),
        (Params(within=Amount(hours=Decimal(24)), states=("sent",)), "number"),
        (Params(per="month"), None),
    ],
)
def test_a_rule_is_strong_by_what_it_states(
    params: Params, strength: str | None
) -> None:
    assert params.strength == strength


@pytest.mark.parametrize(
    ("rule", "standing"),
    [
        (covered(A_DAY), Standing.OPEN),
        (covered(A_DAY, CarrierKind.REFERENCE), Standing.WEAK),
        (covered(A_DAY, CarrierKind.ROW), Standing.WEAK),
        (covered(A_DAY, CarrierKind.REGISTER), Standing.WEAK),
        (covered(A_DAY, CarrierKind.TARGET), Standing.CARRIED),
        (covered(A_DAY, CarrierKind.ROW, CarrierKind.FIELD), Standing.CARRIED),
        (covered(A_DAY, CarrierKind.ROW, part="duties"), Standing.LATER),
        (covered(A_DAY, beyond=True), Standing.BEYOND),
        (covered(A_RECORD, CarrierKind.REFERENCE), Standing.WEAK),
        (covered(A_RECORD, CarrierKind.REGISTER), Standing.CARRIED),
        (covered(Params(), CarrierKind.ROW), Standing.CARRIED),
        (covered(Params(), CarrierKind.REFERENCE), Standing.CARRIED),
    ],
)
def test_a_strong_rule_needs_more_than_a_line(
    rule: Covered, standing: Standing
) -> None:
    assert rule.standing is standing
    assert rule.is_open == (standing in (Standing.WEAK, Standing.OPEN))


@pytest.mark.parametrize(("share", "is_open"), [(30, False), (20, True), (None, True)])
def test_a_duty_carries_the_number_that_stands_in_it(
    share: int | None, *, is_open: bool
) -> None:
    row = {"duty": "答疑", "time_share": share, "must": True}
    duty = Carrier("S0-00-01", CarrierKind.ROW, WORDS, "job_duty", row)
    rule = replace(covered(Params(share=Amount(percent=Decimal(30)))), carriers=(duty,))

    assert rule.is_open is is_open


def test_a_rule_counts_for_the_strongest_object_that_is_enough() -> None:
    kinds = (CarrierKind.REFERENCE, CarrierKind.FIELD, CarrierKind.TARGET)
    rules = [covered(A_DAY, *kinds), covered(Params(), CarrierKind.ROW)]

    counted = tally(rules)

    assert counted.kinds == {CarrierKind.TARGET: 1, CarrierKind.ROW: 1}
    assert counted.share(CarrierKind.TARGET) == "50.0%"


def test_an_amount_has_one_unit() -> None:
    for wrong in ({}, {"hours": 1, "days": 2}, {"weeks": 1}):
        with pytest.raises(ValidationError):
            Amount.model_validate(wrong)


def test_common_is_measured_by_its_own_regulations() -> None:
    common = read_template(COMMON)

    counted = tally(coverages(common, regulations_of(common)))

    assert (counted.total, counted.open) == (726, 0)


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_measured_by_what_comes_from_its_trade(name: str) -> None:
    trade = {
        code
        for code in regulation_codes()
        if read_regulation(code).stanza.template == name
    }

    on = {one.stanza.code for one in regulations_of(read_template(name))}

    assert on <= trade


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the templates, to be changed."""
    shutil.copytree(template.FOLDER, tmp_path / "templates")
    monkeypatch.setattr(template, "FOLDER", tmp_path / "templates")
    yield tmp_path / "templates"
    catalogue.use()


def typed(*words: str) -> Result:
    return CliRunner().invoke(seed, ["coverage", *words], obj=SimpleNamespace())


def test_the_command_tells_figures_shares_and_what_is_later() -> None:
    said = typed("--template", "after_sales", "--strict")

    assert said.exit_code == 0
    assert "0 weak, 0 by nothing" in said.stdout
    assert "later, reports: S0-04-18" in said.stdout
    assert "%" in said.stdout


def test_the_command_names_what_nothing_watches() -> None:
    said = typed("--template", "after_sales")

    assert "no time limit, no duty: S4-15-03\n" in said.stdout


def test_json_names_every_rule_with_its_objects() -> None:
    said = json.loads(typed("--template", "after_sales", "--json").stdout)

    rules = {one["code"]: one for one in said["after_sales"]}
    assert rules["S0-04-13"]["standing"] == "carried"
    assert rules["S0-04-13"]["strength"] == "number"
    kinds = {one["kind"] for one in rules["S0-04-13"]["carriers"]}
    assert "target" in kinds


def test_strict_fails_when_an_object_lets_go_of_a_rule(folder: Path) -> None:
    for name, cited in (("figures", "S2-20-09, "), ("pay", "S2-20-09")):
        file = folder / "common" / f"{name}.yaml"
        text = file.read_text(encoding="utf-8")
        assert cited in text
        file.write_text(text.replace(cited, ""), encoding="utf-8")

    said = typed("--template", "common", "--strict")

    assert said.exit_code == 1
    assert "open: S2-20-09" in said.stdout


def test_a_step_or_field_that_is_not_there_cannot_cite(folder: Path) -> None:
    file = folder / "after_sales" / "more.yaml"
    file.write_text(
        "fields:\n  - register: call_log\n    cites:\n      flow.close: [S0-04-32]\n",
        encoding="utf-8",
    )

    with pytest.raises(TemplateError, match=r"flow\.close"):
        check(read_template("after_sales"))
