"""What an installation says of itself: its company, whether samples are loaded."""

import time
from typing import Any

from sqlalchemy import JSON, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.database import Base, address_of

COMPANY = "company"
REGISTERS_ON = "registers_on"  # the codes of the registers that stand in the menu
SAMPLE = "sample"  # the samples that are loaded, and the company each one named


class Preference(Base):
    """One word with its value."""

    __tablename__ = "preference"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


def get(session: Session, name: str, default: Any = None) -> Any:
    """Return a preference; `default` where none is set."""
    found = session.scalar(select(Preference.value).where(Preference.name == name))
    return default if found is None else found


_KEPT_SECONDS = 5.0
_kept: dict[str, tuple[float, dict[str, Any]]] = {}


def shown(session: Session) -> dict[str, Any]:
    """Return all preferences, at most five seconds old: every page shows some."""
    key = address_of(session)
    kept = _kept.get(key)
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        found = session.execute(select(Preference.name, Preference.value)).all()
        kept = _kept[key] = (time.monotonic(), {row.name: row.value for row in found})
    return kept[1]


def put(session: Session, name: str, value: Any) -> None:
    """Set a preference; None takes it away."""
    _kept.clear()
    session.execute(delete(Preference).where(Preference.name == name))
    if value is not None:
        session.execute(insert(Preference).values(name=name, value=value))
