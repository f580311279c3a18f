"""The picture of a flow fits a phone, and nothing in it lies over something else."""

import re

import pytest

from admin.flow_picture import Picture, draw
from models import catalogue
from models.flow import Flow, right, state, step

PHONE = 390 - 2 * 12 - 2 * 16  # pixels between the margins of the page and the sheet
FLOWS = {one.code: one.flow for one in catalogue.current() if one.flow is not None}
ANYBODY = (right("change"),)
LONG = Flow(
    "state",
    tuple(
        state(f"s{at}", f"第{at}环节", f"State {at}", final=at == 7) for at in range(8)
    ),
    (
        *(
            step(f"on{at}", "下一步", "On", f"s{at}", f"s{at + 1}", who=ANYBODY)
            for at in range(7)
        ),
        step("skip", "不需研究", "No research", "s3", "s5", who=ANYBODY),
        step("jump", "直接办结", "Close", "s1", "s7", who=ANYBODY),
        step("back", "退回重办", "Back", "s4 s6", "s0", who=ANYBODY),
    ),
)


def lanes(picture: Picture) -> list[tuple[float, float, float]]:
    """Return the upright line of each arrow: where, from where, to where."""
    found = []
    for one in picture.arrows:
        out, x, end = re.fullmatch(
            r"M[\d.]+ ([\d.]+)(?:H([\d.]+))?V([\d.]+)(?:H[\d.]+)?", one.path
        ).groups()  # type: ignore[union-attr]  # another path fails the test
        if x is not None:
            low, high = sorted((float(out), float(end)))
            found.append((float(x), low, high))
    return found


@pytest.mark.parametrize("flow", [*FLOWS.values(), LONG], ids=[*FLOWS, "long"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_picture_fits_a_phone(flow: Flow, language: str) -> None:
    picture = draw(flow, flow.first, set(), language)

    assert picture.width <= PHONE
    for box in picture.boxes:
        assert 0 < box.x < picture.width - picture.box_width
        assert 0 < box.y < picture.height - picture.box_height
    for x, low, high in lanes(picture):
        assert 0 < x < picture.width
        assert 0 < low < high < picture.height


@pytest.mark.parametrize("flow", [*FLOWS.values(), LONG], ids=[*FLOWS, "long"])
def test_no_lane_runs_over_another_or_through_a_box(flow: Flow) -> None:
    picture = draw(flow, flow.first, set(), "zh")

    found = lanes(picture)
    for at, (x, low, high) in enumerate(found):
        for other, begins, ends in found[at + 1 :]:
            assert x != other or high < begins or ends < low
        for box in picture.boxes:
            assert not box.x <= x <= box.x + picture.box_width


def test_present_state_and_steps_taken_are_marked() -> None:
    picture = draw(LONG, "s1", {("s0", "s1")}, "zh")

    assert [one.css for one in picture.boxes][:3] == ["passed", "now", ""]
    assert [one.css for one in picture.arrows].count("taken") == 1


def test_picture_is_told_in_words() -> None:
    picture = draw(LONG, "s0", set(), "zh")

    assert "第3环节 → 第5环节：不需研究" in picture.words
    assert picture.words.count("→") == len(picture.arrows)
