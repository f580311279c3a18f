"""YAML files as plain data that knows its lines, so that a mistake can be pointed at.

Figures with a point become `Decimal`, never a float; a repeated key is a mistake. A
part may begin with another one (`<<: *name`) and say anew what differs.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

import yaml

from models.words import Label
from seed.template_error import Fault, TemplateError

Path_ = tuple[str | int, ...]
DEEPEST = 20
MERGE = "tag:yaml.org,2002:merge"  # <<: *another
# The one in C is ten times as fast; a wheel without it does as well.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Source:
    """One file: what it says, and the line of each part by its path."""

    name: str  # after_sales/targets.yaml
    data: Any
    lines: dict[Path_, int] = field(repr=False)

    def line(self, path: Path_) -> int:
        """Return the line of a part, or of the nearest part that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path_, problem: Label) -> Fault:
        """Return a mistake at a part of this file."""
        return Fault(self.name, self.line(path), path, problem)


def read_yaml(file: Path, name: str) -> Source:
    """Read a file.

    Raises:
        TemplateError: It is no YAML, repeats a key, or cannot be read.
    """
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        said = error.problem or "?"
        raise TemplateError(
            [
                Fault(
                    name,
                    mark.line + 1 if mark else 1,
                    (),
                    Label(
                        f"不是正确的 YAML（{said}），请检查缩进和引号。",
                        f"This is no YAML ({said}). Check indents and quotes.",
                    ),
                )
            ]
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        label = Label(f"读不出来：{error}。", f"It cannot be read: {error}.")
        raise TemplateError([Fault(name, 1, (), label)]) from None
    reader = _Reader(name)
    data = reader.value(node, ()) if node is not None else {}
    if reader.faults:
        raise TemplateError(reader.faults)
    return Source(name, data, reader.lines)


class _Reader:
    """Turns nodes into data and notes the line of each."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.faults: list[Fault] = []

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > DEEPEST:
            self._fault(
                node, path, "嵌套太深，请写得平一些。", "Too deep; write it flatter."
            )
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(one, (*path, index)) for index, one in enumerate(node.value)
            ]
        return self._scalar(cast("yaml.ScalarNode", node), path)

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        merged: set[str] = set()
        for key, value in node.value:
            if key.tag == MERGE:  # what is said here goes before what is merged in
                taken = self._merged(value, path)
                merged |= taken.keys() - found.keys()
                found = taken | found
                continue
            name = str(key.value)
            here = (*path, name)
            if name in found and name not in merged:
                self._fault(
                    key,
                    here,
                    f"“{name}”写了两次，请留下一处。",
                    f"“{name}” is written twice. Leave one of them.",
                )
            merged.discard(name)
            self.lines[here] = key.start_mark.line + 1
            found[name] = self.value(value, here)
        return found

    def _merged(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        self._fault(
            node,
            path,
            "“<<”后面要写 *名称，指另一处带 &名称 的内容。",
            "“<<” is followed by *name, another part that is marked &name.",
        )
        return {}

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        text = str(node.value)
        kind = node.tag.rpartition(":")[2]
        try:
            if kind == "int":
                return int(text.replace("_", ""))
            if kind == "float":
                return Decimal(text)
            if kind == "timestamp":
                return date.fromisoformat(text)
        except (ValueError, InvalidOperation):
            self._fault(
                node,
                path,
                f"“{text}”不是数字或日期；如果是文字，请加引号。",
                f"“{text}” is no figure or day. Quote it if it is a text.",
            )
            return None
        if kind == "bool":
            return text.lower() in ("yes", "true", "on")
        return None if kind == "null" else text

    def _fault(self, node: yaml.Node, path: Path_, zh: str, en: str) -> None:
        line = node.start_mark.line + 1
        self.faults.append(Fault(self.name, line, path, Label(zh, en)))
