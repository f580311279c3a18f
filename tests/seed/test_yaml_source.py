"""Files of templates as data: what one part takes over from another."""

from pathlib import Path

import pytest

from seed.template_error import TemplateError
from seed.yaml_source import read_yaml

MERGED = """\
first: &first {way: car, far: 3}
second:
  <<: *first
  far: 5
"""


def test_part_begins_with_another_and_says_anew_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(MERGED, encoding="utf-8")

    source = read_yaml(file, "a.yaml")

    assert source.data["second"] == {"way": "car", "far": 5}
    assert source.line(("second", "far")) == 4
    assert source.line(("second", "way")) == 1


@pytest.mark.parametrize(
    ("added", "line", "said"),
    [("  far: 6\n", 5, "写了两次"), ("  <<: [1]\n", 5, "另一处")],
)
def test_key_written_twice_or_what_cannot_be_taken_over_is_refused(
    tmp_path: Path, added: str, line: int, said: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(MERGED + added, encoding="utf-8")

    with pytest.raises(TemplateError) as caught:
        read_yaml(file, "a.yaml")

    (found,) = caught.value.faults
    assert found.line == line
    assert said in found.label.zh
