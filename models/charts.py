"""Charts: what is counted by what, over which rows, drawn how; data like measures.

An axis is a field of the register, or a part of a day or an instant such as
`received_at.day`. What a chart comes to is the matter of `chart_figures.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId
from models.database import Base
from models.words import Label, PersonError

KINDS = (
    "bars",
    "stacked",
    "pareto",
    "kept",
    "heat",
    "ranking",
    "share",
    "funnel",
    "trend",
)
AGGREGATES = ("count", "sum", "average", "share")
LONGEST = 24
"""Months that one chart may be about."""


class ChartError(PersonError):
    """A chart that is not there, or not for this person."""


class Chart(Base):
    """One chart of the boards.

    `kept` shows the share of promises kept, of `targets`, month by month; every other
    kind counts rows of a register. `months` is how many months end with the one that
    is looked at. `previous` draws the month before as a line, `mark` a level to reach,
    `most` cuts an axis after so many.
    """

    __tablename__ = "chart"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(Integer, default=0)
    kind: Mapped[str] = mapped_column(String(12))
    register: Mapped[str | None] = mapped_column(String(41))
    date_field: Mapped[str | None] = mapped_column(String(41))
    axis: Mapped[str | None] = mapped_column(String(60))
    series: Mapped[str | None] = mapped_column(String(60))
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    condition: Mapped[str | None] = mapped_column(Text)
    targets: Mapped[list[str]] = mapped_column(JSON, default=list)
    months: Mapped[int] = mapped_column(Integer, default=1)
    previous: Mapped[bool] = mapped_column(Boolean(name=None), default=False)
    mark: Mapped[int | None] = mapped_column(Integer)
    most: Mapped[int | None] = mapped_column(Integer)

    @property
    def label(self) -> Label:
        """What people call it."""
        return Label(self.name_zh, self.name_en)

    @property
    def taken(self) -> tuple["Figure", ...]:
        """What is counted, in the order it is drawn in; a count where nothing is said.

        A chart of promises has none.
        """
        if self.kind == "kept":
            return ()
        return tuple(Figure.read(one) for one in self.figures) or (Figure(),)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a chart: how many rows, the sum or mean of a field, or a share.

    A share is the part of the rows meeting `condition` that `share_of` holds for too.
    """

    zh: str = "数量"
    en: str = "Number"
    aggregate: str = "count"
    field: str | None = None
    condition: str | None = None
    share_of: str | None = None

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Figure":
        """Return a figure as a chart keeps it."""
        return cls(**said)

    @property
    def label(self) -> Label:
        """What people call it."""
        return Label(self.zh, self.en)

    @property
    def adds_up(self) -> bool:
        """Whether figures of parts come to the figure of the whole."""
        return self.aggregate in ("count", "sum")


def every(session: Session) -> Sequence[Chart]:
    """Return all charts in their order."""
    query = select(Chart).order_by(Chart.position, Chart.id)
    return session.scalars(query).all()


def by_code(session: Session, code: str) -> Chart:
    """Return one chart; ChartError where there is none."""
    found = session.scalar(select(Chart).where(Chart.code == code))
    if found is None:
        raise ChartError("没有这张图表。", "There is no such chart.")
    return found
