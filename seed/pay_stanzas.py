"""What the stanzas of pay may say: rates, tables, schemes, checks before closing."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from models.history import plain
from models.pay_settings import LAST_CLOSING_DAY, MOST_BACK
from models.rules.formula import UNITS
from seed.stanza_base import Stanza, Words


class RateStanza(Stanza):
    """A figure that people edit in a table."""

    code: str
    title: Words
    unit: Literal[tuple(UNITS)] = "number"  # type: ignore[valid-type]  # one list for both
    value: Decimal | None  # null: there is a rate, and no figure yet
    starts_on: date
    invented: bool = False
    note: str = ""


def _as_written(cell: object) -> object:
    """Read a cell of a table as text, whatever the file took it for."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(plain(cell)) if isinstance(cell, int | Decimal | date) else cell


Cell = Annotated[str, BeforeValidator(_as_written)]


class TableStanza(Stanza):
    """A table that people edit: what a key leads to, such as pay by grade."""

    code: str
    title: Words
    key: Literal[tuple(UNITS)] = "text"  # type: ignore[valid-type]  # as above
    unit: Literal[tuple(UNITS)] = "number"  # type: ignore[valid-type]  # as above
    rows: tuple[tuple[Cell, Cell], ...] = Field(min_length=1)
    starts_on: date
    invented: bool = False
    note: str = ""


class RuleStanza(Stanza):
    """One line of a pay scheme."""

    code: str
    title: Words
    kind: Literal["earning", "deduction", "information"]
    formula: str
    condition: str | None = None
    cap: str | None = None
    floor: str | None = None
    clauses: tuple[str, ...] = ()


class LimitStanza(Stanza):
    """The most that some deductions may come to, or the least they leave of pay."""

    code: str
    title: Words
    of: tuple[str, ...] = ()  # the codes of deductions; none is all of them
    at_most: str = ""
    leaves: str | None = None
    condition: str | None = None
    clauses: tuple[str, ...] = ()


class SchemeStanza(Stanza):
    """A pay scheme and whom it pays: posts, grades, or all."""

    code: str
    title: Words
    starts_on: date
    ends_on: date | None = None
    every: Literal["month", "quarter"] = "month"
    posts: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    rules: tuple[RuleStanza, ...] = Field(min_length=1)
    limits: tuple[LimitStanza, ...] = ()


class PayCheckStanza(Stanza):
    """What is looked at before a pay run is closed: a list that should be empty.

    `where` holds conditions as a list's address writes them, field~operation~value; in
    them {period} is the period of the run. One that `blocks` keeps the run from being
    locked; the others are told, and locking past them takes a reason.
    """

    code: str = Field(pattern=r"[a-z][a-z0-9_]{0,29}")
    title: Words
    register_: str = Field(alias="register")
    where: tuple[str, ...] = Field(min_length=1)
    clauses: tuple[str, ...] = ()
    blocks: bool = False


class PayRunStanza(Stanza):
    """How pay is run: who signs, when a period closes, how far a run looks back."""

    code: Literal["run"] = "run"
    title: Words
    four_eyes: bool = False
    reviewers: tuple[str, ...] = ()
    closing_day: int = Field(default=5, ge=1, le=LAST_CLOSING_DAY)
    closing_roll: Literal["later", "earlier", "as_is"] = "later"
    periods_back: int = Field(default=3, ge=0, le=MOST_BACK)
