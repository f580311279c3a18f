"""Whatever stanza people write: it is read as meant, or refused with its line."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import declaring
from models.catalogue import Catalogue
from models.prepare import fingerprint
from models.stanza import read_register, write_register
from models.stanza_mistakes import StanzaError
from models.stored import PANEL, Stored
from seed.declared_items import put_together, taken_apart
from seed.merging import Outcome, merged
from seed.yaml_source import read_yaml
from tests.stanzas import Stanza, stanzas

FEW = settings(
    max_examples=30,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)


@FEW
@given(stanza=stanzas())
def test_stanza_comes_back_from_its_declaration(stanza: Stanza) -> None:
    declared = read_register(stanza)

    again = read_register(json.loads(json.dumps(write_register(declared))))

    assert again == declared
    assert fingerprint(Catalogue([again])) == fingerprint(Catalogue([declared]))


@FEW
@given(stanza=stanzas())
def test_valid_stanza_is_sound_beside_all_the_others(stanza: Stanza) -> None:
    declaring.sound(Stored().with_register(stanza, PANEL))


@FEW
@given(stanza=stanzas())
def test_stanza_is_put_together_as_it_was_taken_apart(stanza: Stanza) -> None:
    said = write_register(read_register(stanza))

    assert put_together(taken_apart(said)) == said


@FEW
@given(stanzas(), stanzas(), st.data())
def test_merging_keeps_what_was_changed_by_hand(
    first: Stanza, second: Stanza, data: st.DataObject
) -> None:
    last, wanted = (
        taken_apart(write_register(read_register(one))) for one in (first, second)
    )
    key = data.draw(st.sampled_from([one for one in last if one.startswith("fields ")]))
    by_hand = last[key] | {"help": {"zh": "人工", "en": "By hand"}}
    now = last | {key: by_hand}

    found = merged(wanted, now, last)

    result = now if found.values is None else found.values
    assert result[key] == by_hand
    assert key in found.kept or wanted.get(key) == by_hand
    read_register(put_together(result))
    assert merged(last, last, wanted).outcome is Outcome.SAME


def broken(stanza: Stanza, index: int, mistake: tuple[str, Any]) -> Stanza:
    fields = [dict(one) for one in stanza["fields"]]
    fields[index][mistake[0]] = mistake[1]
    return stanza | {"fields": fields}


MISTAKES = [
    ("type", "txt"),
    ("required", "perhaps"),
    ("colour", "red"),
    ("title", "只有中文"),
    ("places", "many"),
    ("minimum", "few"),
    ("default", {"form": "a.b"}),
    ("only_if", ["a"]),
    ("options", "a, b"),
    ("max_length", 1.5),
    ("help", ""),
    ("name", None),
]


@FEW
@given(stanza=stanzas(), mistake=st.sampled_from(MISTAKES), data=st.data())
def test_broken_stanza_is_refused_with_its_line(
    tmp_path: Path, stanza: Stanza, mistake: tuple[str, Any], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(stanza["fields"]) - 1))
    file = tmp_path / "one.yaml"
    written = yaml.safe_dump(
        broken(stanza, index, mistake), allow_unicode=True, sort_keys=False
    )
    file.write_text(written, encoding="utf-8")
    source = read_yaml(file, "one.yaml")

    with pytest.raises(StanzaError) as caught:
        read_register(source.data)

    (found,) = caught.value.mistakes
    assert found.path[:3] == ("fields", index, mistake[0])
    line = written.splitlines()[source.line(found.path) - 1]
    assert mistake[0] in line
