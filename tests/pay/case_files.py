"""Worked cases as they are written: read strictly, so that no word of one is idle."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from seed.yaml_source import read_yaml

CASES = Path(__file__).with_name("cases")
Said: TypeAlias = dict[str, Any]
Figure: TypeAlias = Decimal | int | str
_FIGURE = re.compile(r"\d")


class Strict(BaseModel):
    """A part of a case: other keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Deed(Strict):
    """One thing that happens before the run; which one, its first key says."""

    write: str | None = None  # a register
    change: str | None = None  # and below: the name of a row
    take: str | None = None
    bin: str | None = None
    calculate: str | None = None  # and below: a period
    sign: str | None = None
    values: Said = {}
    called: str | None = Field(default=None, alias="as")
    step: str | None = None
    comment: str = ""
    actions: tuple[str, ...] = ()
    by: str | None = None
    at: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Deed":
        if len(self.model_fields_set & KINDS) != 1:
            raise ValueError(f"a deed is one of {', '.join(sorted(KINDS))}")
        return self


KINDS = frozenset({"write", "change", "take", "bin", "calculate", "sign"})


class Expected(Strict):
    """A slip as reckoned by hand."""

    lines: dict[str, Figure] = {}
    total: Decimal | int | Literal["error"]


class Case(Strict):
    """One case, with what its file says for all of them."""

    id: str = Field(pattern=r"[a-z][a-z0-9_]*")
    because: str
    template: str | None = None
    period: str = "2026-10"
    people: dict[str, Said] = Field(min_length=1)
    figures: dict[str, dict[str, Figure]] = {}
    rates: dict[str, Figure | dict[str, Figure] | None] = {}
    tables: tuple[Said, ...] = ()
    measures: tuple[Said, ...] = ()
    schemes: tuple[Said, ...] = ()
    rules: tuple[Said, ...] = ()
    given: tuple[Deed, ...] = ()
    deeds: tuple[Deed, ...] = ()
    expects: dict[str, Expected | Literal["none"]] = Field(min_length=1)

    @field_validator("because")
    @classmethod
    def _shows_figures(cls, text: str) -> str:
        if not _FIGURE.search(text):
            raise ValueError("the arithmetic has no figures")
        return text

    @model_validator(mode="after")
    def _names_people(self) -> "Case":
        strange = (self.expects.keys() | self.figures.keys()) - self.people.keys()
        if strange:
            raise ValueError(f"nobody is called {', '.join(sorted(strange))}")
        return self


def read_cases(folder: Path = CASES) -> list[Case]:
    """Return all cases of a folder.

    Raises:
        ValueError: A file that is no YAML, a key that is not known, a case that lacks
            what it must have, an id used twice.
    """
    found = [one for file in sorted(folder.glob("*.yaml")) for one in _of(file)]
    ids = [one.id for one in found]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        raise ValueError(f"cases of one name: {', '.join(sorted(twice))}")
    return found


def _of(file: Path) -> Iterator[Case]:
    said = dict(read_yaml(file, file.name).data)
    cases = said.pop("cases", [])
    if not cases:
        raise ValueError(f"{file.name} has no cases")
    for one in cases:
        try:
            yield Case.model_validate(_joined(said, one))
        except ValueError as wrong:
            raise ValueError(f"{file.name}, {one.get('id')}: {wrong}") from None


def _joined(file: Mapping[str, Any], case: Mapping[str, Any]) -> Said:
    joined = {**file, **case}
    for name in file.keys() & case.keys():
        if isinstance(file[name], dict) and isinstance(case[name], dict):
            joined[name] = _joined(file[name], case[name])
    return joined
