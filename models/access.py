"""Who may do what to which rows: the criteria that every read of a register carries.

Every read starts from `visible`; its mark travels with the statement as an execution
option, and `marks.demand_marks` (used by the tests) fails whatever comes without one.
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Executable,
    ForeignKey,
    Select,
    String,
    Table,
    Text,
    and_,
    false,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.sql.functions import FunctionElement

from models import catalogue
from models.column_types import BigId
from models.database import Base
from models.keeping import kept
from models.register import Declaration, Field
from models.words import Label

EVERYTHING = "*"
MOST_SECRET = 99  # above the levels of any register


class Action(StrEnum):
    """What a person may do with a register."""

    LIST = "list"
    READ = "read"
    CREATE = "create"
    CHANGE = "change"
    DELETE = "delete"
    EXPORT = "export"
    IMPORT = "import"
    APPROVE = "approve"


class Rows(IntEnum):
    """Over which rows, from none to all; a wider one contains the narrower."""

    NONE = 0
    OWN = 1
    DEPARTMENT = 2
    BRANCH = 3
    ALL = 4


ROWS_LABELS = {
    Rows.NONE: Label("不可见", "None"),
    Rows.OWN: Label("本人", "Own"),
    Rows.DEPARTMENT: Label("本部门", "Department"),
    Rows.BRANCH: Label("本公司", "Branch"),
    Rows.ALL: Label("全部", "All"),
}


class Role(Base):
    """A named bundle of grants, as presets bring it or an admin makes it."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name_zh: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80))
    clauses: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    grants: Mapped[list["RoleGrant"]] = relationship(
        cascade="all, delete-orphan", lazy="select"
    )

    @property
    def name(self) -> str:
        """The role's code, by the name under which Flask-Security asks for it."""
        return self.code

    @staticmethod
    def get_permissions() -> frozenset[str]:
        """Return none: Flask-Security asks, but rights are grants, not its words."""
        return frozenset()

    @property
    def label(self) -> Label:
        """The role's name in both languages."""
        return Label(self.name_zh, self.name_en)


class RoleGrant(Base):
    """One line of the matrix: role x register x actions x rows x unmasked."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id", ondelete="CASCADE"))
    register: Mapped[str] = mapped_column(String(41))  # a code, or "*"
    actions: Mapped[str] = mapped_column(Text)  # "list read create"
    rows: Mapped[int] = mapped_column(BigId)
    unmasked: Mapped[bool] = mapped_column(Boolean(name=None), default=False)
    secrets: Mapped[str] = mapped_column(Text, default="")  # names of secret fields
    # Up to which level of secrecy, counted from the lowest; see `Declaration.secrecy`.
    secrecy: Mapped[int] = mapped_column(BigId, default=0, server_default="0")

    def grant(self) -> "Grant":
        """Return the plain value that `Person` carries."""
        return Grant(
            self.register,
            frozenset(Action(one) for one in self.actions.split()),
            Rows(self.rows),
            unmasked=self.unmasked,
            secrets=frozenset(self.secrets.split()),
            secrecy=self.secrecy or 0,  # None only before it was ever saved
        )


@dataclass(frozen=True, slots=True)
class Grant:
    """Some actions on a register over some rows; a register's own beats "*"."""

    register: str
    actions: frozenset[Action]
    rows: Rows
    unmasked: bool = False
    secrets: frozenset[str] = frozenset()
    secrecy: int = 0  # the highest level of secrecy of its rows; 0 is the lowest


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever reads or writes, with all that decides what they may."""

    name: str
    staff_id: int | None = None
    account_id: int | None = None
    branch_id: int | None = None
    department_id: int | None = None
    departments: frozenset[int] = frozenset()  # own and below
    grants: tuple[Grant, ...] = ()
    roles: frozenset[str] = frozenset()
    titles: tuple[Label, ...] = ()  # what the roles are called
    language: str = "zh_Hans_CN"
    # Whoever looks as this person (`seeing_as.py`); of the two the narrower counts.
    watched_by: "Person | None" = None
    # Not an argument: a person made by `replace` must not share another's answers.
    _by_register: dict[str, tuple[Grant, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    _seen: dict[str, tuple[Declaration, tuple[Field, ...]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def grants_on(self, register: str) -> tuple[Grant, ...]:
        """Return the grants that count: the register's own, else those on "*".

        A right with a dot in its name (pay.slip) is no register's, and "*" never gives
        it: whoever administers every register still does not see pay.
        """
        found = self._by_register.get(register)
        if found is None:
            found = tuple(one for one in self.grants if one.register == register)
            if not found and "." not in register:
                found = tuple(one for one in self.grants if one.register == EVERYTHING)
            self._by_register[register] = found
        return found

    def rows(self, register: str, action: Action) -> Rows:
        """Return the widest rows on which the action is granted."""
        return max(
            (one.rows for one in self.grants_on(register) if action in one.actions),
            default=Rows.NONE,
        )

    def may(self, register: str, action: Action) -> bool:
        """Whether the action is granted on any row at all."""
        return self.rows(register, action) > Rows.NONE

    def reach(self, register: str, action: Action) -> frozenset[tuple[Rows, int]]:
        """Return over which rows, up to which level of secrecy, an action is granted.

        Several at once where one grant is wide and low, another narrow and high.
        """
        return frozenset(
            (one.rows, one.secrecy)
            for one in self.grants_on(register)
            if action in one.actions and one.rows > Rows.NONE
        )

    def is_unmasked(self, register: str) -> bool:
        """Whether personal data of the register's rows is always shown in full."""
        return any(one.unmasked for one in self.grants_on(register))

    def sees(self, declared: Declaration, one: Field) -> bool:
        """Whether the field exists for this person; secret ones are given by name."""
        if not one.secret:
            return True
        return any(
            one.name in grant.secrets or EVERYTHING in grant.secrets
            for grant in self.grants_on(declared.code)
        )

    def fields(self, declared: Declaration) -> tuple[Field, ...]:
        """Return the fields that exist for this person."""
        known, found = self._seen.get(declared.code, (None, ()))
        # A register may be declared anew, or worded otherwise, in a person's life.
        if known is not declared:
            found = tuple(
                one for one in declared.all_fields if self.sees(declared, one)
            )
            self._seen[declared.code] = (declared, found)
        return found


SYSTEM = Person(
    name="系统",
    grants=(
        Grant(
            EVERYTHING,
            frozenset(Action),
            Rows.ALL,
            unmasked=True,
            secrets=frozenset({EVERYTHING}),
            secrecy=MOST_SECRET,
        ),
    ),
)


class Walked(FunctionElement[Any]):
    """A column that SQLite is not to look up in its index.

    Most rows are of one's own department, which SQLite does not know: it would fetch
    all of them by that index and sort them, where walking the list's order finds a page
    at once. PostgreSQL keeps statistics and decides by itself.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        """Take the column's type, so that values are bound alike."""
        super().__init__(column)
        self.type = column.type


@compiles(Walked)
def _plainly(element: Walked, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(Walked, "sqlite")
def _without_index(element: Walked, compiler: Any, **more: Any) -> str:
    return "+" + str(compiler.process(element.clauses, **more))


def row_criteria(
    person: Person,
    declared: Declaration,
    table: Table,
    action: Action,
    right: str | None = None,
) -> ColumnElement[bool]:
    """Return the condition that keeps a statement to the rows a person may act on.

    `right` asks for a right of its own, with a dot, over this register's rows.
    """
    if person.watched_by is not None:
        return and_(
            row_criteria(
                replace(person, watched_by=None), declared, table, action, right
            ),
            row_criteria(person.watched_by, declared, table, action, right),
        )
    asked = right or declared.code
    if declared.secrecy is None:
        return rows_criteria(person, declared, table, person.rows(asked, action))
    parts = (
        and_(
            rows_criteria(person, declared, table, rows),
            _level_criteria(declared, table, level),
        )
        for rows, level in sorted(person.reach(asked, action))
    )
    return or_(false(), *parts)


def sees_every_row(person: Person, declared: Declaration, action: Action) -> bool:
    """Whether the action is granted on all rows of a register, however secret."""
    watcher = person.watched_by
    if watcher is not None and not sees_every_row(watcher, declared, action):
        return False
    if declared.secrecy is None:
        return person.rows(declared.code, action) is Rows.ALL
    top = len(declared.field(declared.secrecy).options) - 1
    return any(
        rows is Rows.ALL and level >= top
        for rows, level in person.reach(declared.code, action)
    )


def _level_criteria(
    declared: Declaration, table: Table, level: int
) -> ColumnElement[bool]:
    """Return the condition that rows are no more secret than a level; none is least."""
    one = declared.field(declared.secrecy or "")
    values = [option.value for option in one.options]
    if level >= len(values) - 1:
        return true()
    column = Walked(table.c[one.column or one.name])
    return or_(column.is_(None), column.in_(values[: level + 1]))


def rows_criteria(
    person: Person, declared: Declaration, table: Table, rows: Rows
) -> ColumnElement[bool]:
    """Return the condition that keeps a statement to these rows, seen by a person."""
    if rows is Rows.ALL:
        return true()
    if rows is Rows.NONE:
        return false()
    mine = [
        table.c[one.column] == person.staff_id
        for one in declared.all_fields
        if one.owner and one.column and person.staff_id is not None
    ]
    if declared.of_people and person.staff_id is not None:
        mine.append(table.c.id == person.staff_id)
    if rows is Rows.OWN:
        return or_(*mine) if mine else false()
    wide: list[ColumnElement[bool]] = []
    if person.departments:
        wide.append(Walked(table.c.department_id).in_(sorted(person.departments)))
    if rows >= Rows.BRANCH and person.branch_id is not None:
        wide.append(Walked(table.c.branch_id) == person.branch_id)
    return or_(*wide, *mine) if wide or mine else false()


Marked = TypeVar("Marked", bound=Executable)


def marked(statement: Marked, *registers: str) -> Marked:
    """Mark a statement as checked for these registers' tables.

    For code that has checked the rights itself (a write under a version, labels of
    referenced entries, jobs); reads for people start from `visible`.
    """
    return statement.execution_options(access=frozenset(registers))


def depends_on(
    person: Person, declared: Declaration, action: Action
) -> tuple[Any, ...]:
    """Return all of a person that decides which rows they may act on."""
    return (
        person.rows(declared.code, action),
        None if declared.secrecy is None else person.reach(declared.code, action),
        person.staff_id,
        person.departments,
        person.branch_id,
        depends_on(person.watched_by, declared, action) if person.watched_by else None,
    )


def visible(
    person: Person,
    register: str,
    action: Action = Action.LIST,
    *,
    binned: bool = False,
) -> Select[Any]:
    """Return the select of a register's rows on which a person may do something.

    Args:
        person: Who asks.
        register: The register's code.
        action: What the rows are wanted for.
        binned: The rows in the bin instead of those outside it.

    Returns:
        A select of all columns; narrow it with `with_only_columns`. Marked.
    """
    known = catalogue.current()
    table = known.table(register)
    key = (depends_on(person, known[register], action), binned)

    def select_them() -> Select[Any]:
        criteria = row_criteria(person, known[register], table, action)
        bin_ = table.c.binned_at
        in_bin = bin_.is_not(None) if binned else bin_.is_(None)
        return marked(select(table).where(in_bin, criteria), register)

    # Building one outlasts its page.
    return kept(table, "visible", key, select_them)
