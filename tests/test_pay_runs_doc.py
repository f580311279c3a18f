"""The handbook of pay runs: what it lists is all there is, what it shows is sound."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from click import Group

from admin.command_line import main
from models import catalogue
from models.catalogue import Catalogue
from models.pay_settings import LAST_CLOSING_DAY, MOST_BACK, PaySettings
from models.register_checks import check
from models.rules.pay_run import RunState
from models.stanza import read_register
from seed.pay_stanzas import PayRunStanza
from seed.yaml_source import read_yaml

PAGE = Path(__file__).parent.parent / "docs" / "pay-runs.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
ROWS = re.findall(r"^\| `(\w+)` \| ([^|]*) \|(?: ([^|]*) \|)?", TEXT, re.MULTILINE)


def test_states_are_all_told_in_their_order() -> None:
    told = [(name, words) for name, words, _ in ROWS[: len(RunState)]]

    assert told == [(one.value, one.label.zh) for one in RunState]


def test_settings_are_all_told_with_what_they_are_unless_said() -> None:
    told = {name: usual for name, _, usual in ROWS[len(RunState) :]}

    usual = PaySettings()
    assert list(told) == [one.name for one in fields(PaySettings)]
    assert told["closing_day"] == f"`{usual.closing_day}`"
    assert told["periods_back"] == f"`{usual.periods_back}`"
    assert told["closing_roll"] == f"`{usual.closing_roll.value}`"
    assert told["four_eyes"] == "`no`"
    assert not usual.four_eyes
    assert f"up to {MOST_BACK}" in TEXT
    assert LAST_CLOSING_DAY == 28


def test_settings_of_the_example_are_a_stanza(tmp_path: Path) -> None:
    (stanza,) = _example(tmp_path, 0)["pay_runs"]

    found = PayRunStanza.model_validate(stanza)

    assert found.four_eyes
    assert found.reviewers == ("客服经理",)


def test_register_of_the_example_is_sound(tmp_path: Path) -> None:
    declared = read_register(_example(tmp_path, 1))

    assert declared.hardens is not None
    known = Catalogue((*catalogue.current(), declared))
    assert [str(one) for one in check(known)] == []


def test_commands_are_there() -> None:
    group = main.commands["pay"]
    assert isinstance(group, Group)

    told = set(re.findall(r"taizhang\s+pay\s+([a-z]+)", TEXT))

    assert told
    assert told <= set(group.commands)


def _example(folder: Path, index: int) -> dict[str, Any]:
    file = folder / "example.yaml"
    file.write_text(EXAMPLES[index], encoding="utf-8")
    found: dict[str, Any] = read_yaml(file, "example.yaml").data
    return found
