"""SLA targets: what is promised on the entries of a register; one row a version.

A version is never changed. It applies to clocks that start from its `valid_from` on, so
that a stricter rule judges nobody backwards. A department's own target of a code takes
the place of the company's.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import (
    catalogue,
    computing,
    proposal_checks,
    rule_versions,
    target_state_checks,
)
from models.calendars import CalendarMissingError, Calendars
from models.column_types import BigId, Seconds, UtcDateTime
from models.database import Base
from models.register import DATE, INSTANT, PERSON, Declaration, FieldType
from models.rules import formula as formulas
from models.rules.escalation import Step, parse_steps
from models.rules.how_long import HowLong, HowLongError, needed_field
from models.rules.how_long_notation import parse_how_long
from models.scopes import Departments
from models.words import Label, PersonError

_USUAL: dict[str, Any] = {
    "hard": True,
    "responsible": "holder",
    "enabled": True,
    "clauses": "",
    "note": "",
    **dict.fromkeys(("start_states", "stop_states", "pause_states", "escalation"), ""),
    **dict.fromkeys(
        (
            "condition",
            "stop_register",
            "stop_via",
            "warn_before",
            "department_id",
            "proposes",
        )
    ),
}
MOMENTS = frozenset({DATE, INSTANT})
Wrong = tuple[str, Label]
"""What is wrong: the column it is about, and the sentence."""


class TargetRefusedError(PersonError):
    """A target that could not be watched; says every problem at once."""

    def __init__(self, code: str, problems: list[Label]) -> None:
        """Join the problems under the target's code."""
        self.problems = problems
        super().__init__(
            f"时限要求 {code}：" + "".join(one.zh for one in problems),
            f"Time limit {code}: " + " ".join(one.en for one in problems),
        )


class SlaTarget(Base):
    """One version of a promise: what starts it, how long it may take, what stops it.

    The clock runs on entries of `register`, from the moment in `start_field` to the one
    in `stop_field`. With `stop_register` the stop is a field of another register: of
    the first entry there whose field `stop_via` holds ours and whose moment is not
    before the start. A callback due 24 h after a repair is a clock of the repair order
    that the callback log stops.
    """

    __tablename__ = "sla_target"
    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("ix_sla_target_register", "register"),
        Index("ix_sla_target_stop_register", "stop_register"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(Integer)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    register: Mapped[str] = mapped_column(String(41))
    condition: Mapped[str | None] = mapped_column(Text)  # a formula over the entry
    start_field: Mapped[str] = mapped_column(String(41))
    stop_field: Mapped[str] = mapped_column(String(41))
    stop_register: Mapped[str | None] = mapped_column(String(41))
    stop_via: Mapped[str | None] = mapped_column(String(41))
    # States of the flow, with blanks between; then the field above keeps the state.
    start_states: Mapped[str] = mapped_column(Text, server_default=text("''"))
    stop_states: Mapped[str] = mapped_column(Text, server_default=text("''"))
    # While the entry stands in one of these, the clock stands still.
    pause_states: Mapped[str] = mapped_column(Text, server_default=text("''"))
    how_long: Mapped[str] = mapped_column(String(100))  # rules/how_long_notation.py
    calendar: Mapped[str] = mapped_column(String(40))
    hard: Mapped[bool] = mapped_column(Boolean(name=None))  # 必须, 力争
    # Business time before the due instant; None: no warning.
    warn_before: Mapped[timedelta | None] = mapped_column(Seconds)
    # rules/escalation.py, a step a line.
    escalation: Mapped[str] = mapped_column(Text, server_default=text("''"))
    # The entry that a breach proposes, as proposals.py reads it; None: none.
    proposes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # The person field that says who answers for it.
    responsible: Mapped[str] = mapped_column(String(41))
    department_id: Mapped[int | None] = mapped_column(BigId)  # None: the whole company
    valid_from: Mapped[date] = mapped_column(Date)
    enabled: Mapped[bool] = mapped_column(Boolean(name=None))
    clauses: Mapped[str] = mapped_column(Text)  # ids, with blanks between
    note: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def __init__(self, **values: Any) -> None:
        """Fill what is the same for most targets."""
        super().__init__(**(_USUAL | values))

    @property
    def label(self) -> Label:
        """The promise in people's words."""
        return Label(self.name_zh, self.name_en)

    @property
    def length(self) -> HowLong:
        """How long it may take."""
        return _length(self.how_long)

    @property
    def steps(self) -> tuple[Step, ...]:
        """How it escalates."""
        return _steps(self.escalation)

    @property
    def needed_field(self) -> str | None:
        """The field of the entry that the due instant depends on, if it does."""
        return _needed_field(self.how_long)


_length = lru_cache(maxsize=1_000)(parse_how_long)
_steps = lru_cache(maxsize=1_000)(parse_steps)


@lru_cache(maxsize=1_000)
def _needed_field(how_long: str) -> str | None:
    return needed_field(_length(how_long))


def save(session: Session, target: SlaTarget, now: datetime) -> SlaTarget:
    """Save a target as the next version of its code, unless it says nothing new.

    Args:
        session: A writing session.
        target: A new object that was never saved; its version is given here.
        now: When it is saved.

    Returns:
        The saved target, or the newest one of its scope if that says the same.

    Raises:
        TargetRefusedError: It names what is not there, or cannot be understood.
    """
    found = list(problems(session, target))
    if found:
        raise TargetRefusedError(target.code, found)
    return rule_versions.save(session, target, now)


def problems(session: Session, target: SlaTarget) -> Iterator[Label]:
    """Yield what is wrong with a target, each as a sentence."""
    return (said for _, said in wrong_columns(session, target))


def wrong_columns(session: Session, target: SlaTarget) -> Iterator[Wrong]:
    """Yield what is wrong with a target, each with the column it is about."""
    yield from _declared_wrong(target)
    yield from _stored_wrong(session, target)


def declared_problems(target: SlaTarget) -> Iterator[Label]:
    """Yield what does not go with the declared registers; asks no database."""
    return (said for _, said in _declared_wrong(target))


def _declared_wrong(target: SlaTarget) -> Iterator[Wrong]:
    known = catalogue.current()
    missing = [
        column
        for column in ("register", "stop_register")
        if getattr(target, column) is not None and getattr(target, column) not in known
    ]
    for column in missing:
        code = getattr(target, column)
        yield (
            column,
            Label(
                f"没有台账“{code}”，请核对台账代号。",
                f"There is no register '{code}'; check its code.",
            ),
        )
    if not missing:
        declared = known[target.register]
        if not target.start_states:
            yield from _field_wrong(target, "start_field", declared, MOMENTS)
        yield from _field_wrong(target, "responsible", declared, frozenset({PERSON}))
        yield from _stop_wrong(declared, target)
        stopping = known[target.stop_register or target.register]
        yield from target_state_checks.wrong(declared, stopping, target)
        yield from _length_wrong(declared, target)
        if target.proposes is not None:
            for said in proposal_checks.wrong(declared, target.proposes):
                yield "proposes", said
        if target.condition:
            for said in condition_problems(declared, target.condition):
                yield "condition", said


def _stop_wrong(declared: Declaration, target: SlaTarget) -> Iterator[Wrong]:
    if target.stop_register is None:
        yield from _field_wrong(target, "stop_field", declared, None)
        return
    stopping = catalogue.current()[target.stop_register]
    if not target.stop_states:
        yield from _field_wrong(target, "stop_field", stopping, MOMENTS)
    via = target.stop_via or ""
    if not stopping.has(via) or stopping.field(via).refers_to != target.register:
        yield (
            "stop_via",
            Label(
                f"{stopping.title.zh}的字段“{via}”应当指向{declared.title.zh}。",
                f"Field '{via}' of {stopping.title.en} must refer to an entry of "
                f"{declared.title.en}.",
            ),
        )


def _length_wrong(declared: Declaration, target: SlaTarget) -> Iterator[Wrong]:
    try:
        needed = target.needed_field
    except HowLongError as error:
        yield "how_long", error.label
        return
    if needed is not None:
        for said in _field_problem(declared, needed, MOMENTS):
            yield "how_long", said
    try:
        parse_steps(target.escalation)
    except HowLongError as error:
        yield "escalation", error.label
    if target.warn_before is not None and target.warn_before <= timedelta():
        yield (
            "warn_before",
            Label(
                "提前提醒的时间应当大于零。",
                "The warning must come before the due time.",
            ),
        )


def _stored_wrong(session: Session, target: SlaTarget) -> Iterator[Wrong]:
    """Yield what does not go with what the database has."""
    try:
        Calendars(session, [target.calendar]).at(
            target.calendar, None, target.department_id, Departments(session)
        )
    except CalendarMissingError as error:
        yield "calendar", error.label
    other = session.scalar(
        select(SlaTarget.register)
        .where(SlaTarget.code == target.code, SlaTarget.register != target.register)
        .limit(1)
    )
    if other is not None:
        yield (
            "code",
            Label(
                f"这个代号已用于台账“{other}”，请换一个代号。",
                f"This code is used by register '{other}'; choose another.",
            ),
        )


def _field_wrong(
    target: SlaTarget,
    column: str,
    declared: Declaration,
    types: frozenset[FieldType] | None,
) -> Iterator[Wrong]:
    for said in _field_problem(declared, getattr(target, column), types):
        yield column, said


def _field_problem(
    declared: Declaration, name: str, types: frozenset[FieldType] | None
) -> Iterator[Label]:
    """Yield a sentence if there is no such field, or none of these types."""
    if not declared.has(name) or declared.field(name).column is None:
        yield Label(
            f"{declared.title.zh}没有字段“{name}”。",
            f"{declared.title.en} has no field '{name}'.",
        )
    elif types is not None and declared.field(name).type not in types:
        expected = Label(
            "人员" if PERSON in types else "日期或时间",
            "a person" if PERSON in types else "a date or an instant",
        )
        label = declared.field(name).label
        yield Label(
            f"字段“{label.zh}”不是{expected.zh}，请另选一个。",
            f"Field '{label.en}' is not {expected.en}; choose another.",
        )


def condition_problems(declared: Declaration, text: str) -> Iterator[Label]:
    """Yield a sentence if a text is no condition over a register's entries."""
    wrong = computing.formula_problem(declared, text)
    if wrong is not None:
        yield wrong
        return
    parsed = formulas.parse(text)
    units = {name: computing.unit_of_path(declared, name) for name in parsed.names}
    if formulas.check(parsed, units) != formulas.YES_NO:
        yield Label(
            f"条件“{text}”的结果不是“是”或“否”，请写成比较，如 类型 = 'repair'。",
            f"Condition '{text}' does not give yes or no; write a comparison.",
        )
