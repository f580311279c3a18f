"""Mistakes in a stanza: where each stands, what was found, what is allowed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from models.words import Label, PersonError

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake, at a key of the stanza."""

    path: Path
    label: Label

    @property
    def key(self) -> str:
        """The path as people read it; items of a list are counted from one."""
        words = [
            f"[{part + 1}]" if isinstance(part, int) else f".{part}"
            for part in self.path
        ]
        return "".join(words).removeprefix(".")

    def text(self, language: str = "zh") -> str:
        """Return the line for a language code."""
        said = self.label.text(language)
        return f"{self.key}: {said}" if self.path else said


class StanzaError(PersonError):
    """A stanza that cannot be taken; `mistakes` has every one that was found."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        """Keep the mistakes; the message is one line for each."""
        self.mistakes = tuple(mistakes)
        super().__init__(
            "\n".join(one.text("zh") for one in self.mistakes),
            "\n".join(one.text("en") for one in self.mistakes),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands in a stanza, with the mistakes found so far."""

    path: Path
    mistakes: list[Mistake]

    def at(self, *more: str | int) -> "Place":
        """Return a place further in."""
        return Place((*self.path, *more), self.mistakes)

    def wrong(self, label: Label) -> None:
        """Note a mistake here."""
        self.mistakes.append(Mistake(self.path, label))

    def expected(self, found: object, zh: str, en: str) -> None:
        """Note that something else was expected here than what was found."""
        self.wrong(
            Label(
                f"“{found}”应是{zh}，请改正。",
                f"“{found}” should be {en}. Correct it.",
            )
        )


def one_of(found: object, allowed: Sequence[str], what: Label) -> Label:
    """Say that a word is not among the allowed ones, with the nearest suggested."""
    near = get_close_matches(str(found), allowed, 1)
    hint = (
        Label(f"是否要写“{near[0]}”？", f" Did you mean “{near[0]}”?")
        if near
        else Label("", "")
    )
    words = ", ".join(allowed)
    return Label(
        f"“{found}”不是{what.zh}。{hint.zh}可用：{words}。",
        f"“{found}” is not {what.en}.{hint.en} Allowed: {words}.",
    )
