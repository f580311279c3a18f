"""What is told of a template that is written wrongly, or makes no sense."""

import shutil
from pathlib import Path

import pytest

from seed import template
from seed.template import read_template
from seed.template_checks import check
from seed.template_error import Fault, TemplateError

GOOD = template.FOLDER


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates, to be spoilt."""
    shutil.copytree(GOOD, tmp_path / "templates")
    monkeypatch.setattr(template, "FOLDER", tmp_path / "templates")
    return tmp_path / "templates" / "after_sales"


def spoil(file: Path, old: str, new: str) -> int:
    """Replace the first occurrence; return the line it stands in."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults() -> tuple[Fault, ...]:
    with pytest.raises(TemplateError) as caught:
        check(read_template("after_sales"))
    return caught.value.faults


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("time.yaml", "how_long: 24h rolled", "how_lng: 24h rolled", "how_long"),
        ("time.yaml", "register: call_log", "register: cal_log", "call_log"),
        ("time.yaml", "start: finished_at", "start: finish_at", "finished_at"),
        ("time.yaml", "responsible: traveller", "responsible: traveler", "traveller"),
        ("time.yaml", "calendar: desk", "calendar: dask", "desk"),
        ("time.yaml", "stop_via: trip", "stop_via: trips", "trip"),
        ("pay.yaml", "aggregate: sum", "aggregate: sums", "sum"),
        ("pay.yaml", "field: counted_hours", "field: count_hours", "counted_hours"),
        ("pay.yaml", "unit: money_per_hour", "unit: money_an_hour", "money_per_hour"),
        ("pay.yaml", "posts: [客服经理]", "posts: [客服主任]", "客服经理"),
        ("pay.yaml", "reviewers: [客服经理]", "reviewers: [客服主任]", "客服经理"),
        ("pay.yaml", "closing_day: 5", "closing_days: 5", "closing_day"),
        ("pay.yaml", "kind: deduction", "kind: deducted", "deduction"),
        ("pay.yaml", '["judgement~in', '["judgment~in', "judgement"),
        ("charts.yaml", "kind: stacked", "kind: staked", "stacked"),
        ("charts.yaml", "axis: category", "axis: catgory", "catgory"),
        ("charts.yaml", "call_log.reply", "call_log.repli", "call_log.repli"),
        ("template.yaml", "- call_log", "- calls_log", "call_log"),
        ("posts.yaml", "order_type: board", "order_type: boards", "修板"),
        ("posts.yaml", "headcount: 2", "head_count: 2", "headcount"),
    ],
)
def test_a_misspelt_word_is_told_with_file_line_and_the_nearest(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    line = spoil(folder / file, old, new)

    found = faults()

    places = {(one.file, one.line) for one in found}
    assert (f"after_sales/{file}", line) in places
    assert said in found[0].label.zh
    assert said in found[0].label.en or file == "posts.yaml"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("how_long: day 5 later", "how_long: soon", "时限写法"),
        ("warn_before: 4h", "warn_before: friday", "2h"),
        ("order_type in ('installation', 'repair')", "order_type +", "公式"),
        ("order_type in ('installation', 'repair')", "order_typ = 'x'", "order_typ"),
        ("clauses: [S0-04-06]", "clauses: [S0-04-66]", "S0-04-66"),
        ('[["09:00", "12:00"]', '[["09:00", "25:00"]', "weekly"),
        ("valid_from: 2020-01-01", "valid_from: 昨天", "日期"),
    ],
)
def test_a_time_limit_that_makes_no_sense_is_told(
    folder: Path, old: str, new: str, said: str
) -> None:
    spoil(folder / "time.yaml", old, new)

    assert any(said in one.label.zh for one in faults())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rate.hour", "rate.hours", "rate.hour"),
        ("line.hours * rate.hour", "line.hours", "小时"),
        ("satisfaction in ('5', '4')", "lookup(a, b)", "lookup"),
        ("target: business_trip.report", "target: trip.report", "business_trip.report"),
    ],
)
def test_pay_that_cannot_be_reckoned_is_told(
    folder: Path, old: str, new: str, said: str
) -> None:
    spoil(folder / "pay.yaml", old, new)

    assert any(said in one.label.zh for one in faults())


def test_a_key_written_twice_is_told_at_its_second_place(folder: Path) -> None:
    file = folder / "template.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}  extends: [common]\n", encoding="utf-8")

    (found,) = faults()

    assert (found.line, found.key) == (text.count("\n") + 1, "template.extends")


def test_what_is_no_yaml_is_told_with_its_line(folder: Path) -> None:
    line = spoil(folder / "pay.yaml", "measures:", "measures: [")

    (found,) = faults()

    assert found.file == "after_sales/pay.yaml"
    assert found.line >= line
    assert "YAML" in found.label.zh


def test_several_mistakes_are_told_at_once(folder: Path) -> None:
    spoil(folder / "time.yaml", "start: finished_at", "start: finish_at")
    spoil(folder / "pay.yaml", "rate.hour ", "rate.hoor ")

    assert {one.file for one in faults()} == {
        "after_sales/time.yaml",
        "after_sales/pay.yaml",
    }


def test_a_template_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(TemplateError, match="after_sales"):
        read_template("aftersales")


def test_figures_are_exact_decimals() -> None:
    rates = {
        one.stanza.code: one.stanza.value for one in read_template("after_sales").rates
    }

    assert str(rates["hour"]) == "18.00"
    assert str(rates["joint_share"]) == "0.30"
