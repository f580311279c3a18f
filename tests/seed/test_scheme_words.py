"""A template's formulas may call what it brings by its Chinese name."""

import shutil
from pathlib import Path

import pytest

from seed import template
from seed.template import Template, read_template
from seed.template_checks import check
from seed.template_error import TemplateError

PAY = """
template:
  title: {zh: 试行, en: Trial}
  summary: {zh: 试行, en: A trial}
  extends: [common]
measures:
  - code: calls
    title: {zh: 来电数, en: Calls}
    register: call_log
    aggregate: count
    date_field: received_at
    person_field: first_asked
rates:
  - code: call
    title: {zh: 每个来电, en: A call}
    unit: money
    value: 2.50
    starts_on: 2026-01-01
schemes:
  - code: desk
    title: {zh: 热线绩效, en: Desk}
    starts_on: 2026-01-01
    rules:
      - code: calls_pay
        title: {zh: 来电绩效, en: Calls}
        kind: earning
        formula: 来电数 * 每个来电
        condition: 来电数 > 3
      - code: extra
        title: {zh: 加成, en: Extra}
        kind: earning
        formula: 来电绩效 * 10%
        cap: 每个来电
"""


def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Template:
    folder = tmp_path / "templates"
    (folder / "trial").mkdir(parents=True)
    shutil.copytree(template.FOLDER / template.COMMON, folder / template.COMMON)
    (folder / "trial" / "template.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(template, "FOLDER", folder)
    return read_template("trial")


def test_words_are_read_as_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = written(tmp_path, monkeypatch, PAY)

    check(found)
    [desk] = [one.stanza for one in found.schemes if one.stanza.code == "desk"]
    calls_pay, extra = desk.rules
    assert calls_pay.formula == "measure.calls * rate.call"
    assert calls_pay.condition == "measure.calls > 3"
    assert (extra.formula, extra.cap) == ("line.calls_pay * 10%", "rate.call")


def test_a_word_of_two_things_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PAY.replace("zh: 来电绩效", "zh: 每个来电")

    with pytest.raises(TemplateError) as caught:
        written(tmp_path, monkeypatch, text)

    (first, *_) = caught.value.faults
    assert "rate.call、line.calls_pay" in first.label.zh
    assert first.line == text[: text.index("formula: 来电数")].count("\n") + 1


def test_what_is_no_formula_is_left_to_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = written(tmp_path, monkeypatch, PAY.replace("来电绩效 * 10%", "来电绩效 *"))

    with pytest.raises(TemplateError, match="公式没有写完"):
        check(found)
