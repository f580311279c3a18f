"""The names a formula may read, by code and by the Chinese words people know them by.

核定工时 stands for `measure.hours` where that is the only name so called. What is
kept is always the code (`canonical`), so that a name may be reworded without a formula
losing what it reads.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.rules.formula_check import check
from models.rules.formula_error import Fault, FormulaError
from models.rules.formula_parse import RESERVED_WORDS, parse
from models.rules.formula_tree import Formula, Name, walk
from models.rules.formula_units import Unit
from models.words import Label

# As NAME in formula.lark, without dots: they part the pieces of a code.
_ONE_WORD = re.compile(r"[A-Za-z_\u3400-\u9fff][A-Za-z0-9_\u3400-\u9fff]*")
_AROUND_NAME = "()（） \t\r\n\u00a0\u3000"


class Words:
    """What names are called in Chinese, as far as a formula can say it."""

    def __init__(self, labels: Mapping[str, Label]) -> None:
        """Keep the words that could be names; `labels` is by name."""
        called: dict[str, list[str]] = {}
        for name, label in labels.items():
            if is_word(label.zh) and label.zh not in labels:
                called.setdefault(label.zh, []).append(name)
        self.called: Mapping[str, list[str]] = MappingProxyType(called)

    def canonical(self, text: str) -> str:
        """Return a formula with the code in place of each word; the rest stays.

        Raises:
            FormulaError: It cannot be read, or a word means several names.
        """
        formula = parse(text)
        self.refuse_ambiguous(formula)
        pieces, upto = [], 0
        for node in walk(formula.tree):
            names = self.called.get(node.name) if isinstance(node, Name) else None
            if names is None:
                continue
            start, end = _written_at(text, node.start, node.end)
            pieces += [text[upto:start], names[0]]
            upto = end
        return "".join([*pieces, text[upto:]])

    def refuse_ambiguous(self, formula: Formula) -> None:
        """Refuse a word that several names are called, and tell their codes.

        Raises:
            FormulaError: At the first such word.
        """
        for node in walk(formula.tree):
            if not isinstance(node, Name):
                continue
            names = self.called.get(node.name, ())
            if len(names) > 1:
                codes = "、".join(names)
                problem = Label(
                    f"有 {len(names)} 个名称都叫“{node.name}”",
                    f"{len(names)} names are called “{node.name}”",
                )
                hint = Label(f"请写代码：{codes}", f"Write a code: {', '.join(names)}")
                start, end = _written_at(formula.text, node.start, node.end)
                raise FormulaError(formula.text, Fault(start, end, problem, hint))


@dataclass(frozen=True, slots=True)
class Known:
    """A name that a formula may read."""

    name: str  # measure.hours
    label: Label
    unit: Unit


class Names:
    """All names that a formula may read, with their units and words."""

    def __init__(self, known: Iterable[Known]) -> None:
        """Keep them; of several by the same code the last one counts."""
        self.known: Mapping[str, Known] = MappingProxyType(
            {one.name: one for one in known}
        )
        self.words = Words({name: one.label for name, one in self.known.items()})

    def word_for(self, name: str) -> str | None:
        """Return the word by which a formula may call a name; None without one."""
        word = self.known[name].label.zh
        return word if self.words.called.get(word) == [name] else None

    def check(self, text: str) -> Unit:
        """Return the unit a formula of a pay scheme comes to.

        Raises:
            FormulaError: It cannot be read, a name or word that is not there or means
                several, units that do not go together; all at the place as typed.
        """
        formula = parse(text)
        self.words.refuse_ambiguous(formula)
        units = {name: one.unit for name, one in self.known.items()}
        for word, names in self.words.called.items():
            units[word] = self.known[names[0]].unit
        return check(formula, units, has_world=True)

    def canonical(self, text: str) -> str:
        """Return a formula with the code in place of each word; see `Words`."""
        return self.words.canonical(text)


def is_word(word: str) -> bool:
    """Whether a formula could have this as a name of one piece."""
    return bool(_ONE_WORD.fullmatch(word)) and word.lower() not in RESERVED_WORDS


def _written_at(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the name itself stands, without the brackets around it."""
    piece = text[start:end]
    before = len(piece) - len(piece.lstrip(_AROUND_NAME))
    return start + before, start + len(piece.rstrip(_AROUND_NAME))
