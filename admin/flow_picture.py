"""A flow as a picture: where its boxes and arrows stand, for an SVG made by a template.

States stand in one column in their declared order, so that the picture fits a phone.
A step to the next state is an arrow between two boxes; one that skips states runs along
a lane at the right, one that leads back along a lane at the left. All lengths are
pixels.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from models.flow import Flow

WIDE = 132  # a box
HIGH = 36  # a box that few lanes reach
PER_LANE = 15  # more height for each lane that reaches a side
BETWEEN = 40  # two boxes
NEAREST, APART = 66, 12  # lanes: from the box, from each other
EDGE = 6
LONGEST = 5  # Chinese characters of a label beside a lane; Latin ones are half as wide
Pair = tuple[int, int]  # from which state to which, by their places


@dataclass(frozen=True, slots=True)
class Box:
    """One state."""

    x: float
    y: float
    text: str
    css: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """Steps from a state to another: the path, and where the label stands."""

    path: str
    label: str
    x: float
    y: float
    anchor: str  # start or end, as SVG calls it
    css: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture, and the same in words."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    box_width: float
    box_height: float
    words: str


def draw(
    flow: Flow, now: str, taken: Collection[tuple[str, str]], language: str
) -> Picture:
    """Return the picture of a flow.

    Args:
        flow: What is drawn.
        now: The state that is marked as the present one.
        taken: The moves that were made, as from and to; they are marked.
        language: Of the labels.
    """
    return _Drawing(flow, now, taken, language).picture()


class _Drawing:
    def __init__(
        self, flow: Flow, now: str, taken: Collection[tuple[str, str]], language: str
    ) -> None:
        self.flow, self.now, self.taken, self.language = flow, now, taken, language
        self.places = {one.code: at for at, one in enumerate(flow.states)}
        self.labels = self._labels()
        self.sides = {
            side: [pair for pair in sorted(self.labels) if _side(pair) == side]
            for side in ("left", "right")
        }
        self.lanes = {side: _lanes(pairs) for side, pairs in self.sides.items()}
        most = max((self._ends(pairs) for pairs in self.sides.values()), default=0)
        self.high = max(HIGH, PER_LANE * (most + 1))
        self.left = self._margin("left")

    def picture(self) -> Picture:
        count = len(self.flow.states)
        return Picture(
            self.left + WIDE + self._margin("right"),
            count * self.high + (count - 1) * BETWEEN + 2 * EDGE,
            tuple(self._boxes()),
            tuple(self._arrow(pair) for pair in sorted(self.labels)),
            WIDE,
            self.high,
            self._words(),
        )

    def _labels(self) -> dict[Pair, str]:
        """Return what is written at each arrow; steps of one way share it."""
        found: dict[Pair, list[str]] = {}
        for one in self.flow.transitions:
            for source in one.sources:
                pair = self.places[source], self.places[one.to]
                found.setdefault(pair, []).append(one.label.text(self.language))
        return {pair: " / ".join(labels) for pair, labels in found.items()}

    def _margin(self, side: str) -> float:
        lanes = self.lanes[side]
        if not lanes:
            return EDGE
        return NEAREST + APART * max(lanes.values()) + EDGE

    def _top(self, place: int) -> float:
        return EDGE + place * (self.high + BETWEEN)

    def _boxes(self) -> Iterator[Box]:
        passed = {code for pair in self.taken for code in pair}
        for at, one in enumerate(self.flow.states):
            css = "passed" if one.code in passed else ""
            css = "now" if one.code == self.now else css
            tone = f" {one.tone}" if one.tone else ""
            text = one.label.text(self.language)
            yield Box(self.left, self._top(at), text, css + tone)

    def _arrow(self, pair: Pair) -> Arrow:
        source, to = pair
        codes = tuple(self.flow.states[at].code for at in pair)
        css = "taken" if codes in self.taken else ""
        label = self.labels[pair]
        if to == source + 1:
            x, y = self.left + WIDE / 2, self._top(source) + self.high
            path = f"M{x:g} {y:g}V{y + BETWEEN:g}"
            return Arrow(path, label, x + 8, y + BETWEEN / 2 + 4, "start", css)
        side = _side(pair)
        lane = NEAREST + APART * self.lanes[side][pair]
        edge = self.left if side == "left" else self.left + WIDE
        x = edge - lane if side == "left" else edge + lane
        out, back = self._end(side, source, pair), self._end(side, to, pair)
        path = f"M{edge:g} {out:g}H{x:g}V{back:g}H{edge:g}"
        beside, anchor = (-5, "end") if side == "left" else (5, "start")
        return Arrow(path, _short(label), edge + beside, out - 3, anchor, css)

    def _end(self, side: str, place: int, pair: Pair) -> float:
        """Return where a lane meets the side of a box; each has a point of its own.

        Those from above come first, the inner ones before the outer ones, and those
        from below the other way round: so no lane crosses another at a box.
        """

        def order(one: Pair) -> tuple[bool, int]:
            lane, is_below = self.lanes[side][one], sum(one) - place > place
            return is_below, -lane if is_below else lane

        meeting = sorted((one for one in self.sides[side] if place in one), key=order)
        share = (meeting.index(pair) + 1) / (len(meeting) + 1)
        return self._top(place) + self.high * share

    def _ends(self, pairs: Sequence[Pair]) -> int:
        return max(
            (
                sum(place in pair for pair in pairs)
                for place in range(len(self.flow.states))
            ),
            default=0,
        )

    def _words(self) -> str:
        """Return the picture for those who do not see it."""
        names = [one.label.text(self.language) for one in self.flow.states]
        comma, colon = ("; ", ": ") if self.language == "en" else ("；", "：")
        return comma.join(
            f"{names[source]} → {names[to]}{colon}{label}"
            for (source, to), label in sorted(self.labels.items())
        )


def _side(pair: Pair) -> str:
    source, to = pair
    if to == source + 1:
        return "between"
    return "left" if to < source else "right"


def _lanes(pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Return the lane of each pair, the short ones inside; none runs over another."""
    lanes: dict[Pair, int] = {}
    for pair in sorted(pairs, key=lambda one: abs(one[0] - one[1])):
        low, high = min(pair), max(pair)
        busy = {
            lane
            for other, lane in lanes.items()
            if min(other) <= high and low <= max(other)
        }
        lanes[pair] = next(lane for lane in range(len(pairs)) if lane not in busy)
    return lanes


def _short(label: str) -> str:
    """Return a label that fits between a box and its lane."""
    room = 2 * LONGEST
    for at, sign in enumerate(label):
        room -= 1 if sign.isascii() else 2
        if room < 0:
            return label[: max(at - 1, 1)] + "…"
    return label
