"""What the stanzas of charts may say."""

from typing import Literal

from pydantic import Field

from models.charts import AGGREGATES, KINDS, LONGEST
from seed.stanza_base import Stanza, Wording


class FigureStanza(Stanza):
    """One number of a chart, told in words of its own."""

    title: Wording
    aggregate: Literal[AGGREGATES] = "count"  # type: ignore[valid-type]  # one list for both
    field: str | None = None
    condition: str | None = None
    share_of: str | None = None


class ChartStanza(Stanza):
    """A chart of the boards; see models/charts.py."""

    code: str = Field(pattern=r"[a-z][a-z0-9_]{0,59}")
    title: Wording
    kind: Literal[KINDS]  # type: ignore[valid-type]  # one list for both
    register_: str | None = Field(default=None, alias="register")
    date_field: str | None = None
    axis: str | None = None
    series: str | None = None
    figures: tuple[FigureStanza, ...] = ()
    condition: str | None = None
    targets: tuple[str, ...] = ()
    months: int = Field(default=1, ge=1, le=LONGEST)
    previous: bool = False
    mark: int | None = None
    most: int | None = Field(default=None, ge=1)
