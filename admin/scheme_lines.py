"""The lines of a pay scheme as a form: typed, moved, struck out, with what is wrong.

What was typed stays as it was typed, also in a line that is struck out, until the
version is saved.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request

from admin import formula_words, visit
from admin.target_form import clauses
from models import pay_names
from models.made_names import made_name
from models.pay_tables import PayRuleRow, PayScheme
from models.rules.formula_names import Names
from models.rules.pay import LineKind, Part
from models.scheme_checks import Problem
from models.words import Label

LIMIT = "limit"  # beside the kinds of lines: what bounds several deductions together
LONGEST_FORMULA = 2_000
MOST_RULES = 100
ADD, ADD_LIMIT, UP, DOWN = "add", "add-limit", "up-", "down-"
FORMULAS = tuple(one.value for one in Part)
TEXTS = ("code", "name_zh", "name_en", "kind", "clause", "of", *FORMULAS)
_LONGEST = {"name_zh": 80, "name_en": 80, "code": 41, "clause": 400}
_BETWEEN = re.compile(r"[、，,;；]")


@dataclass(slots=True)
class Line:
    """One line as it stands in the form, with what is wrong with it."""

    texts: dict[str, str]
    is_gone: bool = False
    problems: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_limit(self) -> bool:
        """Whether it bounds several deductions together."""
        return self.texts["kind"] == LIMIT

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into it."""
        typed = (text for name, text in self.texts.items() if name not in _GIVEN)
        return not any(typed)

    def refuse(self, said: Label, problem: Problem | None = None) -> None:
        """Put a mistake at the line; one in a text with its place in it."""
        told = {"text": said.text(visit.language()), "hint": ""}
        mistake = problem.mistake if problem else None
        if problem is not None and problem.part is not None and mistake is not None:
            typed = self.texts[problem.part.value]
            begin, end = mistake.position, mistake.position + mistake.length
            hint = mistake.hint.text(visit.language()) if mistake.hint else ""
            told |= {"hint": hint, "part": problem.part.value}
            told |= {"before": typed[:begin], "after": typed[end:]}
            told["marked"] = typed[begin:end] or visit.t("（这里）", "(here)")
        self.problems.append(told)


_GIVEN = frozenset({"kind", "code"})


def new(kind: str = LineKind.EARNING.value) -> Line:
    """Return a line that nothing was typed into."""
    return Line(dict.fromkeys(TEXTS, "") | {"kind": kind})


def kept(base: PayScheme | None) -> list[Line]:
    """Return the lines of a version, its formulas in the words that people know."""
    if base is None:
        return [new()]
    names = pay_names.names_of(visit.session(), base)
    called = {one.code: one.rule().label.text(visit.language()) for one in base.rules}
    return [_line(one, names, called) for one in base.rules]


def _line(row: PayRuleRow, names: Names, called: dict[str, str]) -> Line:
    texts = {name: str(getattr(row, name, None) or "") for name in TEXTS}
    if visit.language().startswith("zh"):
        texts |= {one: formula_words.in_words(names, texts[one]) for one in FORMULAS}
    if row.limits is not None:
        texts["kind"] = LIMIT
        texts["of"] = "、".join(called.get(one, one) for one in row.limits)
    return Line(texts)


def sent() -> list[Line]:
    """Return the lines that were sent, in the order asked for."""
    lines = [_sent(place) for place in request.form.getlist("line")[:MOST_RULES]]
    lines = _in_order(lines)
    action = request.form.get("action", "")
    if action == ADD:
        lines.append(new())
    elif action == ADD_LIMIT:
        lines.append(new(LIMIT))
    return lines


def _sent(place: str) -> Line:
    form = request.form
    texts = {
        name: form.get(f"line-{place}-{name}", "").strip()[
            : _LONGEST.get(name, LONGEST_FORMULA)
        ]
        for name in TEXTS
    }
    if texts["kind"] not in (*LineKind, LIMIT):
        texts["kind"] = LineKind.EARNING.value
    return Line(texts, bool(form.get(f"line-{place}-gone")))


def _in_order(lines: list[Line]) -> list[Line]:
    """Return the lines by the numbers before them, and by the arrow pressed."""
    places = request.form.getlist("line")[:MOST_RULES]
    moved = []
    for at, (place, line) in enumerate(zip(places, lines, strict=True), 1):
        order = request.form.get(f"line-{place}-order", type=int)
        goes_to = at if order is None else order
        # Of two with one number, the one that was moved takes the place.
        moved.append((goes_to, (goes_to > at) - (goes_to < at), at, place, line))
    moved.sort(key=lambda one: one[:3])
    found = [one[4] for one in moved]
    action = request.form.get("action", "")
    for arrow, by in ((UP, -1), (DOWN, 1)):
        order_now = [arrow + one[3] for one in moved]
        if action in order_now:
            at = order_now.index(action)
            to = min(max(at + by, 0), len(found) - 1)
            found.insert(to, found.pop(at))
    return found


def rows(lines: Sequence[Line]) -> list[PayRuleRow]:
    """Return what the lines mean, without those struck out; mistakes stand in them."""
    counted = [one for one in lines if not one.is_gone and not one.is_empty]
    taken = {line.texts["code"] for line in lines}
    for line in counted:
        said = line.texts
        if not said["name_zh"]:
            line.refuse(Label("请填写名称。", "Give it a name."))
        if not said["formula"] and not line.is_limit:
            line.refuse(Label("请填写公式。", "Give it a formula."))
        if not said["code"]:
            said["code"] = made_name(said["name_zh"], taken)
            taken.add(said["code"])
    by_word = _deductions(counted)
    return [_row(at, line, by_word) for at, line in enumerate(counted)]


def _deductions(lines: Iterable[Line]) -> dict[str, str]:
    """Return the codes of the lines that a limit may bound, by what they are called."""
    return {
        line.texts[name]: line.texts["code"]
        for line in lines
        if line.texts["kind"] == LineKind.DEDUCTION.value
        for name in ("name_en", "name_zh", "code")
        if line.texts[name]
    }


def _row(position: int, line: Line, by_word: dict[str, str]) -> PayRuleRow:
    said = line.texts
    row = PayRuleRow(
        position=position,
        code=said["code"],
        name_zh=said["name_zh"],
        name_en=said["name_en"] or said["name_zh"],
        kind=LineKind.DEDUCTION.value if line.is_limit else said["kind"],
        # A text that is no formula yet is told of as such.
        formula=said["formula"] or ("" if line.is_limit else "0"),
        condition=said["condition"] or None,
        clause=clauses(said["clause"]),
    )
    if line.is_limit:
        named = [one.strip() for one in _BETWEEN.split(said["of"])]
        row.limits = [by_word.get(one, one) for one in named if one]
        row.leaves = said["leaves"] or None
    else:
        row.cap, row.floor = said["cap"] or None, said["floor"] or None
    return row


def shown(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the lines as settings/scheme.html takes them."""
    names = {one.value: one.label.text(visit.language()) for one in LineKind}
    names[LIMIT] = visit.t("扣减限额", "limit")
    return [
        line.texts
        | {
            "place": place,
            "is_limit": line.is_limit,
            "is_gone": line.is_gone,
            "problems": line.problems,
            "kind_label": names[line.texts["kind"]],
        }
        for place, line in enumerate(lines)
    ]


def kinds() -> list[tuple[str, str]]:
    """Return what a line may be."""
    return [(one.value, one.label.text(visit.language())) for one in LineKind]
