"""The columns of what may be explained and excused, and of what was said about it.

`excuses.py` works on them; tables that are judged have them by inheriting.
"""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.column_types import BigId, UtcDateTime


class Excusable:
    """The columns of what may be explained and excused."""

    # When it was explained; None again once that was answered.
    explained_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    excused_by_id: Mapped[int | None] = mapped_column(BigId)
    excused_because: Mapped[str | None] = mapped_column(Text)


class Said:
    """The columns of what somebody said and did; written once, never changed."""

    kind: Mapped[str] = mapped_column(String(20))  # excuses.Doing
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(BigId)
    by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
