"""The handbook of flows: what it shows is sound, what it lists is all there is."""

import re
from pathlib import Path

import pytest

from models import catalogue
from models.catalogue import Catalogue
from models.flow import WhoKind
from models.register_checks import check
from models.stanza import read_register
from models.stanza_flow import BARE, STATE_KEYS, STEP_KEYS
from seed.yaml_source import read_yaml

PAGE = Path(__file__).parent.parent / "docs" / "flows.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_example_is_sound(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    file = tmp_path / "example.yaml"
    file.write_text(example, encoding="utf-8")

    (said,) = read_yaml(file, "example.yaml").data["registers"]
    declared = read_register(said)

    assert declared.flow is not None
    known = Catalogue((*catalogue.current(), declared))
    assert [str(one) for one in check(known)] == []


@pytest.mark.parametrize(
    "word",
    [*(key.name for key in (*STATE_KEYS, *STEP_KEYS)), *BARE],
)
def test_every_key_is_explained(word: str) -> None:
    assert f"`{word}`" in TEXT


@pytest.mark.parametrize("kind", [one.value for one in WhoKind])
def test_every_way_to_say_who_is_explained(kind: str) -> None:
    assert f"{{{kind}: " in TEXT
