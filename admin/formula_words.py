"""What the editor of formulas offers: names in groups, functions and how to write them.

A formula is shown with the words of its names where these are plain, since people do
not read codes; what is kept holds codes.
"""

from typing import Any

from models.pay_inputs import MEASURE, RATE, STAFF, TABLE
from models.rules.formula import FormulaError, parse
from models.rules.formula_functions import FUNCTIONS
from models.rules.formula_names import Names
from models.rules.formula_tree import Name, walk
from models.rules.pay import LINE
from models.words import Label

GROUPS = {
    MEASURE: Label("指标", "Measures"),
    LINE: Label("本方案的项目", "Lines of the scheme"),
    RATE: Label("费率", "Rates"),
    TABLE: Label("对照表", "Tables"),
    STAFF: Label("员工信息", "The person"),
}
_OTHERS = Label("其他", "Others")


def groups(names: Names, language: str) -> list[dict[str, Any]]:
    """Return the names by what they are, each with what is put into the formula."""
    found: dict[str, list[dict[str, str]]] = {}
    for one in names.known.values():
        prefix = one.name.partition(".")[0] + "."
        word = names.word_for(one.name) if language.startswith("zh") else None
        line = {
            "insert": word or one.name,
            "label": one.label.text(language),
            "code": one.name,
            "unit": one.unit.label.text(language),
        }
        found.setdefault(prefix, []).append(line)
    order = [one for one in GROUPS if one in found]
    order += [one for one in found if one not in GROUPS]
    return [
        {"label": GROUPS.get(one, _OTHERS).text(language), "names": found[one]}
        for one in order
    ]


def functions(language: str) -> list[dict[str, str]]:
    """Return every function once, by the name of the language, with its usage."""
    listed = {one.name: one for one in FUNCTIONS.values()}
    return [
        {
            "insert": f"{one.names[-1] if language.startswith('zh') else one.name}(",
            "label": one.names[-1] if language.startswith("zh") else one.name,
            "code": one.name,
            "usage": one.usage.text(language),
        }
        for one in listed.values()
    ]


def in_words(names: Names, text: str) -> str:
    """Return a formula with words in place of codes; one that is wrong stays as is."""
    try:
        tree = parse(text).tree
    except FormulaError:
        return text
    pieces, upto = [], 0
    for node in walk(tree):
        if isinstance(node, Name) and node.name in names.known:
            word = names.word_for(node.name)
            start = text.find(node.name, node.start, node.end)
            if word is not None and start >= 0:
                pieces += [text[upto:start], word]
                upto = start + len(node.name)
    return "".join([*pieces, text[upto:]])
