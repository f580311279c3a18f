"""The handbook of stanzas: what it shows can be read, what it lists is all there is."""

import re
from pathlib import Path

import pytest

from models import catalogue
from models.fields import FieldType
from models.stanza import REGISTER_KEYS, read_register
from models.stanza_added import ADDED_KEYS, read_added
from models.stanza_fields import FIELD_KEYS
from models.wordings import meant
from seed.template_schema import TemplateFile
from seed.yaml_source import read_yaml

PAGE = Path(__file__).parent.parent / "docs" / "registers.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_example_can_be_read(number: int, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(EXAMPLES[number], encoding="utf-8")

    said = read_yaml(file, "example.yaml").data

    if not {"registers", "fields"} & said.keys():  # of a template, beside registers
        beside = TemplateFile.model_validate(said)
        assert all(meant(catalogue.current(), one) for one in beside.labels)
        return
    fields = [read_register(one).fields for one in said.get("registers", ())]
    fields += [read_added(one).fields for one in said.get("fields", ())]
    assert fields
    assert all(fields)


@pytest.mark.parametrize(
    "word",
    [
        *(key.name for key in (*REGISTER_KEYS, *FIELD_KEYS, *ADDED_KEYS)),
        *(one.value for one in FieldType),
    ],
)
def test_every_key_and_type_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE.read_text(encoding="utf-8")
