"""What rests on a clause: every rule of this database that names one as its source.

A new kind of rule adds its reader to `READERS`; screens then show it beside the clauses
and link back. Penalties and the like come here with their tables.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import catalogue, pay_checks, preferences
from models.access import Role
from models.duties import Duty
from models.measures import Measure
from models.pay_tables import PayRuleRow
from models.targets import SlaTarget
from models.words import Label


class Kind(Enum):
    """What sort of rule cites: its word in addresses, its name, its picture."""

    REGISTER = ("register", Label("台账", "Register"), "notebook")
    FIELD = ("field", Label("字段", "Field"), "forms")
    FLOW = ("flow", Label("流程", "Flow"), "arrows-right-left")
    TARGET = ("target", Label("时限要求", "Time limit"), "clock-hour-4")
    DUTY = ("duty", Label("定期任务", "Duty"), "list-check")
    MEASURE = ("measure", Label("考核指标", "Measure"), "chart-bar")
    PAY_RULE = ("pay", Label("计薪项目", "Pay rule"), "coin-yuan")
    RIGHT = ("role", Label("角色与权限", "Rights"), "users")
    CHECK = ("check", Label("关账检查", "Check before closing"), "clipboard-check")

    def __init__(self, word: str, label: Label, icon: str) -> None:
        """Keep the three apart."""
        self.word = word
        self.label = label
        self.icon = icon


@dataclass(frozen=True, slots=True)
class Citation:
    """One rule with the clauses that it names."""

    kind: Kind
    code: str
    label: Label
    clauses: tuple[str, ...]
    register: str | None  # the register it is about, if it is about one

    @property
    def anchor(self) -> str:
        """Where it stands on the page of all rules."""
        return f"{self.kind.word}-{self.code}"


Reader = Callable[[Session], Iterator[Citation]]


def citations(session: Session) -> list[Citation]:
    """Return everything that cites a clause, kind after kind."""
    return [one for read in READERS for one in read(session) if one.clauses]


def cites(regulation: str) -> Callable[[Citation], bool]:
    """Return what tells whether a rule names a clause of a regulation."""
    return lambda one: any(code.startswith(f"{regulation}-") for code in one.clauses)


def by_clause(found: list[Citation]) -> dict[str, list[Citation]]:
    """Return what rests on each clause."""
    resting: dict[str, list[Citation]] = defaultdict(list)
    for one in found:
        for code in dict.fromkeys(one.clauses):
            resting[code].append(one)
    return resting


def _registers(_session: Session) -> Iterator[Citation]:
    for one in catalogue.current():
        yield Citation(Kind.REGISTER, one.code, one.title, one.clauses, one.code)


def _fields(_session: Session) -> Iterator[Citation]:
    """Yield fields; that a secret one is there is not told to everybody."""
    for declared in catalogue.current():
        for one in declared.fields:
            if one.clause and not one.secret:
                label = Label(
                    f"{declared.title.zh}·{one.label.zh}",
                    f"{declared.title.en}: {one.label.en}",
                )
                code = f"{declared.code}.{one.name}"
                clauses = tuple(one.clause.split())
                yield Citation(Kind.FIELD, code, label, clauses, declared.code)


def _flows(_session: Session) -> Iterator[Citation]:
    for declared in catalogue.current():
        for step in declared.flow.transitions if declared.flow else ():
            label = Label(
                f"{declared.title.zh}·{step.label.zh}",
                f"{declared.title.en}: {step.label.en}",
            )
            code = f"{declared.code}.{step.code}"
            yield Citation(Kind.FLOW, code, label, step.clauses, declared.code)


def _targets(session: Session) -> Iterator[Citation]:
    """Yield the newest version of each target that is switched on."""
    newest = select(func.max(SlaTarget.id)).group_by(
        SlaTarget.code, SlaTarget.department_id
    )
    query = select(SlaTarget).where(SlaTarget.id.in_(newest), SlaTarget.enabled)
    for one in session.scalars(query.order_by(SlaTarget.code, SlaTarget.id)):
        clauses = tuple(one.clauses.split())
        yield Citation(Kind.TARGET, one.code, one.label, clauses, one.register)


def _duties(session: Session) -> Iterator[Citation]:
    """Yield the newest version of each duty that is switched on."""
    newest = select(func.max(Duty.id)).group_by(Duty.code, Duty.department_id)
    query = (
        select(Duty, Measure.register)
        .join(Measure, Measure.code == Duty.measure)
        .where(Duty.id.in_(newest), Duty.enabled)
    )
    for one, register in session.execute(query.order_by(Duty.code, Duty.id)):
        clauses = tuple(one.clauses.split())
        yield Citation(Kind.DUTY, one.code, one.label, clauses, register)


def _measures(session: Session) -> Iterator[Citation]:
    query = select(Measure).where(Measure.clause != "").order_by(Measure.code)
    for one in session.scalars(query):
        clauses = tuple(one.clause.split())
        yield Citation(Kind.MEASURE, one.code, one.label, clauses, one.register)


def _pay_rules(session: Session) -> Iterator[Citation]:
    """Yield pay rules by their names; a rule of several versions counts once."""
    query = (
        select(
            PayRuleRow.code,
            PayRuleRow.clause,
            PayRuleRow.name_zh,
            PayRuleRow.name_en,
        )
        .where(PayRuleRow.clause != "")
        .distinct()
        .order_by(PayRuleRow.name_zh, PayRuleRow.code)
    )
    for code, clauses, zh, en in session.execute(query):
        label = Label(zh, en)
        yield Citation(Kind.PAY_RULE, code, label, tuple(clauses.split()), None)


def _checks(session: Session) -> Iterator[Citation]:
    for one in pay_checks.declared(preferences.shown(session)):
        yield Citation(Kind.CHECK, one.code, one.label, one.clauses, one.register)


def _roles(session: Session) -> Iterator[Citation]:
    for one in session.scalars(select(Role).where(Role.clauses != "")):
        clauses = tuple(one.clauses.split())
        yield Citation(Kind.RIGHT, one.code, one.label, clauses, None)


READERS: tuple[Reader, ...] = (
    _registers,
    _fields,
    _flows,
    _targets,
    _duties,
    _measures,
    _pay_rules,
    _roles,
    _checks,
)
