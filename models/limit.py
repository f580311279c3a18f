"""Bounds over several entries, and the month grid: words that a declaration uses.

What holds of one entry is a field's or a `Check`'s; a `Limit` is of all entries that
name one person, or anything else that groups, in a period. How it is reckoned stands in
`limits.py`, how it is written in `stanza_limits.py`.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.words import Label

DAY = "day"
MONTH = "month"
EVER = "ever"
PERIODS = (DAY, "week", MONTH, "quarter", "year", EVER)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What there is to be used up: a figure of another register, added up.

    `of` is that register's field for whom; `when` is asked of the database.
    """

    register: str
    of: str
    sum: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound over the entries that have the same `of` in a period.

    The entries are counted, or their `sum` is added up, or with `in_a_row` their days
    one after another are counted. `when` is a condition on an entry's own fields, asked
    of the database: only entries that meet it count. Bounds are inclusive. `least` is
    looked at once the period has an entry on each of its days, since before that it may
    still be reached. A limit refuses what would break it; one that `warns` says so
    after saving.
    """

    name: str
    of: str
    message: Label
    by: str | None = None  # the date or instant that says which period; none: ever
    per: str = MONTH
    sum: str | None = None
    in_a_row: bool = False
    when: str | None = None
    most: Decimal | None = None
    least: Decimal | None = None
    within: Allowance | None = None
    warns: bool = False

    @property
    def told_at(self) -> str:
        """The field at which a form says that the limit is broken."""
        return self.sum or self.by or self.of


@dataclass(frozen=True, slots=True)
class Grid:
    """A register shown as a month: a row for each person, a column for each day.

    `cell` is the choice, or the entry of another register, that a cell shows. Where the
    yes-or-no field `rest` is yes, there is none. `short` is the text of the other
    register's entry that fits into a cell.
    """

    rows: str
    columns: str
    cell: str
    rest: str | None = None
    short: str | None = None
    sums: tuple[str, ...] = ()
