"""Conditions on what stands beside an entry: its clocks, and whom its flow waits for.

They are asked like a choice, under names that no field can have.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from models import catalogue, flow_waiting
from models.clock_lists import Which
from models.clock_table import Clock, is_open, is_running
from models.flow_who import READ_BESIDE
from models.register import CHOICE, Declaration, Field, option
from models.words import Label

if TYPE_CHECKING:
    from admin.filters import Asker, Filter


def _field(name: str, zh: str, en: str, *options: tuple[str, str, str]) -> Field:
    """Return what is asked like a choice; it has no column."""
    return Field(
        name,
        name,
        Label(zh, en),
        CHOICE,
        options=tuple(option(*one) for one in options),
        filterable=True,
    )


CLOCK = _field(
    "_clock",
    "时限",
    "Time limit",
    ("late", "已逾期未办", "late and open"),
    ("today", "今日到期", "due today"),
    ("soon", "即将逾期", "nearly late"),
    ("running", "计时中", "running"),
    ("broken", "曾经逾期", "was late"),
    ("kept", "按时完成", "kept"),
)
STEP = _field(
    "_step",
    "流程",
    "Flow",
    ("approve", "待我审批", "waits for my approval"),
    ("do", "待我办理", "waits for my step"),
)


def is_beside(one: Field) -> bool:
    """Whether what is asked is no field of the register."""
    return one in (CLOCK, STEP)


def rests_beside(some: "Iterable[Filter]") -> bool:
    """Whether a condition rests on other registers' rights, or on this very instant."""
    return any(one.via is not None or is_beside(one.field) for one in some)


def fields(declared: Declaration) -> list[Field]:
    """Return what may be asked of a register's entries beside their fields."""
    return [CLOCK] if declared.flow is None else [CLOCK, STEP]


def marks(one: "Filter") -> set[str]:
    """Return the registers that a condition reads."""
    return set(READ_BESIDE) if one.field is STEP else set()


def criterion(
    session: Session, declared: Declaration, one: "Filter", asker: "Asker"
) -> ColumnElement[bool]:
    """Return a condition as SQL; what is no option holds of nothing."""
    if one.field is STEP:
        found = _waits(session, declared, one, asker)
    else:
        found = _clocks(declared, one, asker)
    if one.operation in ("out", "empty"):
        return not_(found)
    return found


def _waits(
    session: Session, declared: Declaration, one: "Filter", asker: "Asker"
) -> ColumnElement[bool]:
    today = asker.now.astimezone(asker.zone).date()
    words = _words(one) or [option.value for option in STEP.options]
    return or_(
        false(),
        *(
            flow_waiting.waits(
                session, asker.person, declared, today, approvals=word == "approve"
            )
            for word in words
        ),
    )


def _clocks(
    declared: Declaration, one: "Filter", asker: "Asker"
) -> ColumnElement[bool]:
    table = catalogue.current().table(declared.code)
    states = [and_(*_standing(word, asker)) for word in _words(one)]
    clocks = select(Clock.entry_id).where(
        Clock.register == declared.code, Clock.voided_at.is_(None)
    )
    if _words(one):
        clocks = clocks.where(or_(*states))
    return table.c.id.in_(clocks.correlate(None))


def _standing(word: str, asker: "Asker") -> list[ColumnElement[bool]]:
    """Return what holds of a clock that stands like that."""
    if word in (Which.LATE, Which.TODAY, Which.SOON):
        return Which(word).criteria(asker.now, asker.zone)
    late = or_(
        Clock.breached_at.is_not(None), and_(is_running(), Clock.due_at < asker.now)
    )
    match word:
        case "running":
            return [is_open()]
        case "broken":
            return [late]
        case "kept":
            return [Clock.met_at.is_not(None), Clock.breached_at.is_(None)]
        case _:
            return [false()]


def _words(one: "Filter") -> list[str]:
    if one.operation in ("empty", "filled"):
        return []
    return [word for word in one.text.split("|") if word]
