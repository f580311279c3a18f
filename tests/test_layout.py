"""The layout holds: imports point one way, rules are pure, no register is special.

Read from the source, not from what happens to be imported: a line inside a function or
behind an `if` counts as well.
"""

import ast
import re
import sys
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    "models": {"models"},
    "jobs": {"models", "jobs"},
    "seed": {"models", "seed"},
    "admin": {"models", "jobs", "seed", "admin"},
    "wsgi.py": {"models", "jobs", "seed", "admin"},
}
OURS = {"models", "jobs", "seed", "admin", "wsgi", "tests"}

WEB = {"flask", "flask_admin", "flask_security", "flask_wtf", "werkzeug", "wtforms"}

PURE = sys.stdlib_module_names | {"lark", "chinese_calendar"}
"""A grammar's parser and the table of official days touch nothing outside either."""

NOUNS = {"staff", "branch", "department", "post", "regulation", "deputising"}
"""Codes of registers that are nouns of the panel itself: who a person is and where they
belong, which every right rests on (and `post` is a method of forms); the rulebook."""

REASONED = re.compile(
    r"# noqa: [A-Z]+[0-9]+(, [A-Z]+[0-9]+)* - \S"
    r"|# type: ignore\[[a-z-]+(, ?[a-z-]+)*\]  # \S"
)


@cache
def sources(part: str) -> tuple[Path, ...]:
    """Return the Python files of one part of the project."""
    path = ROOT / part
    return (path,) if path.is_file() else tuple(sorted(path.rglob("*.py")))


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imported(file: Path) -> Iterator[tuple[int, str]]:
    """Return line and full module name of everything a file imports."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}:{node.lineno} imports relative to itself"
            yield node.lineno, str(node.module)


def place(file: Path, line: int) -> str:
    return f"{file.relative_to(ROOT)}:{line}"


@cache
def registers() -> dict[str, str]:
    """Return the code of every register written as a class, with the class's name."""
    return {
        line.value.value: declared.name
        for file in sources("models/registers")
        for declared in ast.walk(tree(file))
        if isinstance(declared, ast.ClassDef)
        for line in declared.body
        if isinstance(line, ast.Assign)
        and ast.unparse(line.targets[0]) == "code"
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    }


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_one_way(part: str) -> None:
    wrong = [
        f"{place(file, line)} {module}"
        for file in sources(part)
        for line, module in imported(file)
        if module.split(".")[0] in OURS - MAY_IMPORT[part]
    ]

    assert wrong == []


@pytest.mark.parametrize("part", ["models", "jobs", "seed"])
def test_only_the_panel_knows_the_web(part: str) -> None:
    wrong = [
        f"{place(file, line)} {module}"
        for file in sources(part)
        for line, module in imported(file)
        if module.split(".")[0] in WEB
    ]

    assert wrong == []


def test_rules_import_nothing_that_reaches_outside() -> None:
    wrong = [
        f"{place(file, line)} {module}"
        for file in sources("models/rules")
        for line, module in imported(file)
        if module.split(".")[0] not in PURE
        and module != "models.words"
        and not f"{module}.".startswith("models.rules.")
    ]

    assert wrong == []


def test_rules_have_no_clock_of_their_own() -> None:
    wrong = [
        f"{place(file, node.lineno)} {ast.unparse(node)}"
        for file in sources("models/rules")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
    ]

    assert wrong == []


def test_panel_names_no_register() -> None:
    names = {name for code, name in registers().items() if code not in NOUNS}
    codes = registers().keys() - NOUNS
    wrong = [
        f"{place(file, node.lineno)} {ast.unparse(node)}"
        for file in sources("admin")
        for node in ast.walk(tree(file))
        if (isinstance(node, ast.Constant) and node.value in codes)
        or (isinstance(node, ast.Name) and node.id in names)
        or (isinstance(node, ast.Attribute) and node.attr in names)
    ]

    assert len(codes) > len(NOUNS)
    assert wrong == []


def test_panel_imports_no_register() -> None:
    wrong = [
        place(file, line)
        for file in sources("admin")
        for line, module in imported(file)
        if module.startswith("models.registers.")
    ]

    assert wrong == []


@pytest.mark.parametrize("ending", ["html", "js"])
def test_pages_name_no_register(ending: str) -> None:
    codes = "|".join(sorted(registers().keys() - NOUNS))
    named = re.compile(rf"""["'](?:{codes})["']""")
    wrong = [
        f"{file.relative_to(ROOT)}: {found}"
        for file in sorted((ROOT / "admin").rglob(f"*.{ending}"))
        if "vendor" not in file.parts
        for found in named.findall(file.read_text(encoding="utf-8"))
    ]

    assert wrong == []


@pytest.mark.parametrize("name", ["utils.py", "util.py", "helpers.py", "common.py"])
def test_every_file_has_found_its_noun(name: str) -> None:
    parts = (*MAY_IMPORT, "tests")

    assert not [file for part in parts for file in sources(part) if file.name == name]


@pytest.mark.parametrize("part", [*MAY_IMPORT, "tests"])
def test_every_exception_to_the_checks_has_its_reason(part: str) -> None:
    wrong = []
    for file in sources(part):
        with file.open("rb") as text:
            comments = [
                token
                for token in tokenize.tokenize(text.readline)
                if token.type == tokenize.COMMENT
                and re.search(r"\bnoqa\b|\btype: ignore\b", token.string)
            ]
        wrong += [
            f"{place(file, comment.start[0])} {comment.string}"
            for comment in comments
            if not REASONED.match(comment.string)
        ]

    assert wrong == []


def test_every_ignored_warning_has_its_reason() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("filterwarnings = [") + 1
    filters = lines[start : lines.index("]", start)]
    before = ["", *filters]

    assert filters[0].strip() == '"error",'
    for above, line in zip(before, filters, strict=False):
        if '"ignore' in line:
            assert above.strip().startswith("#"), line
