"""A value of an entry in words, that of a reference by what it is called."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from admin.column_converters import show
from models import references
from models.register import Field


def words(
    session: Session, one: Field, value: Any, language: str, zone: ZoneInfo
) -> str:
    """Return a value in words; "" for nothing."""
    if value is None:
        return ""
    if one.refers_to is not None:
        return references.labels(session, one.refers_to, [value]).get(value, str(value))
    return show(one, value, language, zone)
