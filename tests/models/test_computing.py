"""Computed fields of many rows at once."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.computing import compute
from models.register import DECIMAL, INTEGER, TEXT, Declaration, Field
from models.words import Label


def declared(**formulas: str) -> Declaration:
    typed = {"ratio": DECIMAL, "said": TEXT}
    fields = [
        Field(id=name, name=name, label=Label(name, name), type=type_)
        for name, type_ in {"count": INTEGER, "word": TEXT}.items()
    ]
    fields += [
        Field(
            id=name, name=name, label=Label(name, name), type=typed[name], computed=it
        )
        for name, it in formulas.items()
    ]
    return Declaration(
        code="tallies",
        title=Label("计数", "Tallies"),
        menu=Label("甲", "A"),
        fields=tuple(fields),
    )


def computed(some: Declaration, *rows: dict[str, Any]) -> tuple[list[Any], list[int]]:
    blank = dict.fromkeys(one.name for one in some.fields)
    filled = [blank | row for row in rows]
    problems = compute(Session(), some, filled, ZoneInfo("Asia/Shanghai"))
    names = [one.name for one in some.fields if one.computed]
    found = [row[name] for row in filled for name in names]
    return found, [one.row for one in problems]


def test_rows_that_say_the_same_get_the_same_and_no_other_does() -> None:
    some = declared(said="if(is_empty(word), 'none', word)")
    rows: list[dict[str, Any]] = [{"word": word} for word in ("x", None, "x", "y")]
    assert computed(some, *rows) == (["x", "none", "x", "y"], [])


def test_what_cannot_be_computed_is_told_of_every_row() -> None:
    some = declared(ratio="10 / count")
    found, told = computed(some, {"count": 0}, {"count": 4}, {"count": 0}, {})
    assert found == [None, 2.5, None, None]
    assert told == [0, 2]
