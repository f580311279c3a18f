"""Mistakes in a template, told with file, line and key."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from models.words import Label, PersonError


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake: where it stands, and what is wrong."""

    file: str
    line: int
    path: tuple[str | int, ...]
    problem: Label

    @property
    def key(self) -> str:
        """The path as people read it; items of a list are counted from one."""
        words = [
            f"[{part + 1}]" if isinstance(part, int) else f".{part}"
            for part in self.path
        ]
        return "".join(words).removeprefix(".")

    @property
    def label(self) -> Label:
        """The whole sentence."""
        at = f"{self.key}：" if self.path else ""
        at_en = f"{self.key}: " if self.path else ""
        return Label(
            f"{self.file} 第 {self.line} 行，{at}{self.problem.zh}",
            f"{self.file} line {self.line}, {at_en}{self.problem.en}",
        )


class TemplateError(PersonError):
    """A template that cannot be applied; nothing was changed. Tells every mistake."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Keep the mistakes, in the order they were found."""
        self.faults = tuple(faults)
        super().__init__(
            "\n".join(one.label.zh for one in faults),
            "\n".join(one.label.en for one in faults),
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
