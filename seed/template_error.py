"""Mistakes in a template, told with file, line and key."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.stanza_mistakes import one_of
from models.words import Label, PersonError

__all__ = ["Fault", "TemplateError", "one_of"]


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
