"""What a person is told about a formula: the place, what is wrong there, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

from models.words import Label, PersonError

# How much of a long formula is quoted on either side of the place.
_AROUND = 30
_NEAR_ENOUGH = 0.5
_OFFERED = 5


class Fault(Exception):  # noqa: N818 - never reaches a person: it becomes FormulaError
    """Something wrong at a place, raised where the whole text is not at hand."""

    def __init__(
        self, start: int, end: int, problem: Label, hint: Label | None = None
    ) -> None:
        """Keep the place and the words."""
        super().__init__(problem.en)
        self.start, self.end = start, end
        self.problem, self.hint = problem, hint


class Misuse(Exception):  # noqa: N818 - never reaches a person: it becomes FormulaError
    """A function was given the wrong thing; `index` says as which argument.

    None for an index means the call as a whole.
    """

    def __init__(
        self, index: int | None, problem: Label, hint: Label | None = None
    ) -> None:
        """Keep which argument and the words."""
        super().__init__(problem.en)
        self.index, self.problem, self.hint = index, problem, hint


class FormulaError(PersonError):
    """A formula cannot be read, checked or reckoned.

    `position` and `length` count characters of the text, so that an editor can
    underline the place; `problem` and `hint` are the parts of the sentence, which
    quotes the formula with the place in 【】.
    """

    def __init__(self, text: str, fault: Fault) -> None:
        """Make the sentence from the parts."""
        self.position = min(max(fault.start, 0), len(text))
        self.length = max(min(fault.end, len(text)) - self.position, 0)
        self.problem, self.hint = fault.problem, fault.hint
        self.quoted = _quoted(text, self.position, self.position + self.length)
        hint = self.hint or Label("", "")
        super().__init__(
            f"{self.problem.zh}。{_ended(hint.zh, '。')}"
            f"（公式第 {self.position + 1} 个字符：{self.quoted}）",
            f"{self.problem.en}. {_ended(hint.en, '. ')}"
            f"(Character {self.position + 1} of the formula: {self.quoted})",
        )


def unknown_name(name: str, known: Iterable[str]) -> tuple[Label, Label | None]:
    """Return the problem and the hint for a name that nothing has."""
    problem = Label(f"没有名为“{name}”的数据", f"There is nothing by the name “{name}”")
    return problem, nearest(name, known)


def nearest(word: str, known: Iterable[str]) -> Label | None:
    """Return a hint with the most similar known word, else a few that there are."""
    words = sorted(set(known))
    near = get_close_matches(word, words, n=1, cutoff=_NEAR_ENOUGH)
    if near:
        return Label(f"是否要写“{near[0]}”？", f"Did you mean “{near[0]}”?")
    if not words:
        return None
    some = words[:_OFFERED]
    more = len(words) > _OFFERED
    return Label(
        f"可用的有：{'、'.join(some)}{'……' if more else ''}",
        f"There are: {', '.join(some)}{'…' if more else ''}",
    )


def _ended(sentence: str, stop: str) -> str:
    if not sentence:
        return ""
    if sentence[-1] in "？?…":
        return sentence + (" " if stop.endswith(" ") else "")
    return sentence + stop


def _quoted(text: str, start: int, end: int) -> str:
    """Quote the formula with the place marked, at most some characters around it."""
    before, place, after = text[:start], text[start:end], text[end:]
    if len(before) > _AROUND:
        before = "…" + before[-_AROUND:]
    if len(place) > 2 * _AROUND:
        place = place[:_AROUND] + "…" + place[-_AROUND:]
    if len(after) > _AROUND:
        after = after[:_AROUND] + "…"
    return f"{before}【{place}】{after}"
