"""The year and month that names and titles of sheets tell."""

import re
from dataclasses import dataclass

from models.rules.cell_basics import plain

_YEAR_AND_MONTH = re.compile(
    r"(?<!\d)(20\d\d)(?:年|[-./_]?)(1[0-2]|0?[1-9])(?:月|(?!\d))"
)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年|(?!\d))")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月")
_CHINESE_MONTH = re.compile(r"(十[一二]?|(?<!十)[一二三四五六七八九])月")
_BARE_MONTH = re.compile(r"(1[0-2]|0?[1-9])")
_CHINESE_MONTHS = [*"一二三四五六七八九十", "十一", "十二"]


@dataclass(frozen=True, slots=True)
class Period:
    """The year and month in which days written without them fall, where known."""

    year: int | None = None
    month: int | None = None

    def filled_from(self, other: "Period") -> "Period":
        """Take what is missing here from a less certain source."""
        return Period(self.year or other.year, self.month or other.month)


def period_of_name(name: str) -> Period:
    """Read a sheet's name: 9月, 九月, 09, 2026年9月, 2026.9, 202609."""
    text = "".join(plain(name).split())
    if found := _YEAR_AND_MONTH.search(text):
        return Period(int(found[1]), int(found[2]))
    if found := _BARE_MONTH.fullmatch(text):
        return Period(month=int(found[1]))
    year = _YEAR.search(text)
    return period_of_text(name).filled_from(Period(int(year[1]) if year else None))


def period_of_text(text: str) -> Period:
    """Read a title or file name, where only 年 and 月 say what a number means."""
    text = "".join(plain(text).split())
    year = re.search(r"(?<!\d)(20\d\d)年", text)
    month = _MONTH.search(text)
    if month:
        return Period(int(year[1]) if year else None, int(month[1]))
    if chinese := _CHINESE_MONTH.search(text):
        number = _CHINESE_MONTHS.index(chinese[1]) + 1
        return Period(int(year[1]) if year else None, number)
    return Period(int(year[1]) if year else None)
