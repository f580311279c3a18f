"""Stanzas as people could write them, and values that fit their fields."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Stanza = dict[str, Any]
CODE = "x_any"

WORDS = st.text(
    st.characters(categories=["Lu", "Ll", "Lo", "Nd"]), min_size=1, max_size=8
)
FIGURES = st.integers(-(10**6), 10**6)
VALUES: dict[str, SearchStrategy[Any]] = {
    "text": st.text(st.sampled_from("甲乙丙=+-'ab1"), min_size=1, max_size=12),
    "long_text": st.text(st.sampled_from("甲乙\n丙=@ab1"), min_size=1, max_size=40),
    "integer": FIGURES,
    "decimal": FIGURES.map(lambda it: Decimal(it).scaleb(-2)),
    "money": FIGURES.map(lambda it: Decimal(it).scaleb(-2)),
    "date": st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    "instant": st.integers(0, 3 * 10**9).map(
        lambda it: datetime.fromtimestamp(it, UTC)
    ),
    "time": st.times().map(lambda it: it.replace(second=0, microsecond=0)),
    "duration": st.integers(0, 10**5).map(lambda it: timedelta(minutes=it)),
    "choice": st.sampled_from(["a", "b"]),
    "choices": st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True),
    "yes_no": st.booleans(),
    "plate": st.sampled_from(["苏E12345", "粤B·D12345"]),
}
OPTIONS = [
    {"code": "a", "title": {"zh": "甲", "en": "A"}, "tone": "good"},
    {"code": "b", "title": {"zh": "乙", "en": "B"}},
]
TEXTS = ("text", "long_text", "plate")


@st.composite
def fields(draw: st.DrawFn, name: str) -> Stanza:
    """Return a field of that name."""
    kind = draw(st.sampled_from(sorted(VALUES)))
    said: Stanza = {
        "name": name,
        "type": kind,
        # Titles are the headings of exports, so no two are alike.
        "title": {"zh": f"{draw(WORDS)}{name}", "en": f"{draw(WORDS)} {name}"},
    }
    said |= dict.fromkeys(
        draw(st.sets(st.sampled_from(["listed", "filterable"]))), True
    )
    if kind in TEXTS and draw(st.booleans()):
        said["searchable"] = True
    if kind == "text" and draw(st.booleans()):
        said["max_length"] = draw(st.integers(40, 300))
    if kind in ("choice", "choices"):
        said["options"] = OPTIONS
    if kind == "choice" and draw(st.booleans()):
        said["default"] = "b"
    if kind in ("integer", "decimal", "money") and draw(st.booleans()):
        said["minimum"] = -(10**7)
    if kind in ("date", "instant") and draw(st.booleans()):
        said["default"] = {"date": "today", "instant": "now"}[kind]
    if draw(st.booleans()):
        said["help"] = {"zh": draw(WORDS), "en": draw(WORDS)}
    if draw(st.booleans()):
        said["clause"] = "S0-16-05"
    return said


@st.composite
def stanzas(draw: st.DrawFn, names: str = "f", most: int = 6) -> Stanza:
    """Return a register; its fields' names begin with `names`."""
    count = draw(st.integers(1, most))
    found = [draw(fields(f"{names}{index}")) for index in range(count)]
    said: Stanza = {
        "code": CODE,
        "title": {"zh": draw(WORDS), "en": draw(WORDS)},
        "menu": draw(st.sampled_from(["contact", "team"])),
        "numbering": draw(
            st.sampled_from(["{year}{serial:03}", "A{year}{month:02}{serial:04}"])
        ),
        "fields": found,
    }
    deciding = [one["name"] for one in found if one["type"] == "yes_no"]
    depending = [one for one in found if one["name"] not in deciding]
    is_conditional = draw(st.booleans())
    if deciding and depending and is_conditional:
        depending[0]["only_if"] = {deciding[0]: ["yes"]}
    return said


def rows(stanza: Stanza) -> SearchStrategy[list[dict[str, Any]]]:
    """Return some entries of a register, by field.

    What has a default is never left out: a file's empty cell would begin with it.
    """
    values: dict[str, SearchStrategy[Any]] = {
        one["name"]: VALUES[one["type"]]
        if "default" in one
        else st.none() | VALUES[one["type"]]
        for one in stanza["fields"]
    }
    return st.lists(st.fixed_dictionaries(values), min_size=1, max_size=4)
