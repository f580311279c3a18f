"""How a person has laid out a board: what stands on it, in which order, how wide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.column_types import BigId
from models.database import Base

CHARTS = "charts"  # the board of charts
WIDTHS = (1, 2)  # of the two columns of a board


@dataclass(frozen=True, slots=True)
class Place:
    """One thing of a board."""

    code: str
    width: int = 1
    shown: bool = True


class BoardLayout(Base):
    """The places of one person's board."""

    __tablename__ = "board_layout"

    account_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    page: Mapped[str] = mapped_column(String(40), primary_key=True)
    places: Mapped[list[list[object]]] = mapped_column(JSON)


def places(
    session: Session, account_id: int, page: str, codes: Sequence[str]
) -> list[Place]:
    """Return where each of a board's things stands for somebody.

    What the person has not seen yet comes last; what is gone is left out.
    """
    kept = session.scalar(
        select(BoardLayout.places).filter_by(account_id=account_id, page=page)
    )
    found = [
        Place(str(code), 2 if width == WIDTHS[-1] else 1, shown is True)
        for code, width, shown in kept or ()
        if code in codes
    ]
    there = {one.code for one in found}
    return found + [Place(code) for code in codes if code not in there]


def keep(
    session: Session, account_id: int, page: str, wanted: Iterable[Place] | None
) -> None:
    """Keep a layout; None takes it away. Needs a writing session."""
    found = session.get(BoardLayout, (account_id, page))
    if wanted is None:
        if found is not None:
            session.delete(found)
        return
    said: list[list[object]] = [[one.code, one.width, one.shown] for one in wanted]
    if found is None:
        session.add(BoardLayout(account_id=account_id, page=page, places=said))
    else:
        found.places = said
    session.flush()
