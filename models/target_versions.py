"""Which version of a target judges a clock, and which targets a save may move."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models.targets import SlaTarget
from models.words import Label

# Built once: every save asks it, and building costs more than asking.
_CONCERNING = (
    select(SlaTarget)
    .where(
        SlaTarget.code.in_(
            select(SlaTarget.code).where(
                or_(
                    SlaTarget.register == bindparam("register"),
                    SlaTarget.stop_register == bindparam("register"),
                )
            )
        )
    )
    .order_by(SlaTarget.code, SlaTarget.version)
)


def concerning(session: Session, register: str) -> list[SlaTarget]:
    """Return every version of the targets that a save in a register may move."""
    return list(session.scalars(_CONCERNING, {"register": register}))


def by_code(versions: list[SlaTarget]) -> Mapping[str, list[SlaTarget]]:
    """Group versions by their code, the oldest first."""
    grouped: dict[str, list[SlaTarget]] = {}
    for one in versions:
        grouped.setdefault(one.code, []).append(one)
    return grouped


def labels(session: Session, codes: Collection[str]) -> dict[str, Label]:
    """Return {code: its name in the newest version} of targets."""
    query = (
        select(SlaTarget.code, SlaTarget.name_zh, SlaTarget.name_en)
        .where(SlaTarget.code.in_(codes))
        .order_by(SlaTarget.version)
    )
    return {code: Label(zh, en) for code, zh, en in session.execute(query)}
