"""What a role says of each register, as a matrix that people set and the table keeps.

A role's grants may overlap; the matrix holds what comes of them: for every register the
rows of each action. Only what was changed is written anew, so that a template still
finds its own words in the rest.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy.orm import Session

from models import catalogue
from models.access import EVERYTHING, Action, Grant, Role, RoleGrant, Rows
from models.flow import WhoKind
from models.rules.pay_run import RIGHTS as PAY_RIGHTS
from models.words import Label

SETUP = ("setup.run", Action.CREATE)  # system administration
ACCOUNTS = ("account.run", Action.CHANGE)  # who may sign in, with which roles
VIEW_AS = ("account.view_as", Action.READ)
SCHEMES = ("pay.scheme", Action.CHANGE)  # by which rules everybody is paid

ACTION_LABELS: Mapping[Action, Label] = {
    Action.LIST: Label("列表", "List"),
    Action.READ: Label("查看", "Read"),
    Action.CREATE: Label("新建", "Create"),
    Action.CHANGE: Label("修改", "Change"),
    Action.DELETE: Label("删除", "Delete"),
    Action.EXPORT: Label("导出", "Export"),
    Action.IMPORT: Label("导入", "Import"),
    Action.APPROVE: Label("审核", "Approve"),
}


@dataclass(frozen=True, slots=True)
class Right:
    """A right of its own, with a dot in its name, which "*" never gives."""

    code: str
    label: Label
    actions: tuple[Action, ...]


_OWN_RIGHTS = (
    Right(
        "pay.slip",
        Label("绩效工资条", "Pay slips"),
        (Action.LIST, Action.READ, Action.EXPORT),
    ),
    *(Right(code, label, (Action.APPROVE,)) for code, label in PAY_RIGHTS.items()),
    Right(
        SCHEMES[0],
        Label("绩效方案与公式", "Pay schemes and formulas"),
        (SCHEMES[1],),
    ),
    Right("clock.excuse", Label("准予逾期免责", "Excuse breaches"), (Action.APPROVE,)),
    Right(SETUP[0], Label("系统设置", "Set the system up"), (SETUP[1],)),
    Right(ACCOUNTS[0], Label("登录账号", "Accounts"), (ACCOUNTS[1],)),
    Right(VIEW_AS[0], Label("以他人身份查看", "See as another"), (VIEW_AS[1],)),
)


def own_rights() -> list[Right]:
    """Return every right with a dot that the engine or a flow asks for."""
    found = {one.code: one for one in _OWN_RIGHTS}
    for declared in catalogue.current():
        for step in declared.flow.transitions if declared.flow else ():
            for who in step.who:
                if who.kind is WhoKind.RIGHT and who.on and who.on not in found:
                    label = Label(
                        f"{declared.title.zh}·{step.label.zh}",
                        f"{declared.title.en}: {step.label.en}",
                    )
                    found[who.on] = Right(who.on, label, (Action.APPROVE,))
    return list(found.values())


@dataclass(frozen=True)
class Line:
    """What a role says of one register; an action that is not named is not granted."""

    rows: Mapping[Action, Rows] = field(default_factory=dict)
    unmasked: bool = False
    secrets: frozenset[str] = frozenset()
    secrecy: int = 0

    @property
    def plain(self) -> dict[str, Any]:
        """The line as JSON keeps it, for the history."""
        return {
            "rows": {
                one.value: self.rows[one].value for one in Action if one in self.rows
            },
            "unmasked": self.unmasked,
            "secrets": sorted(self.secrets),
            "secrecy": self.secrecy,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Line":
        """Return the line that `plain` wrote."""
        return cls(
            {Action(one): Rows(rows) for one, rows in plain["rows"].items()},
            plain["unmasked"],
            frozenset(plain["secrets"]),
            plain["secrecy"],
        )

    def grants(self, register: str) -> list[Grant]:
        """Return the grants that say this: the widest rows first, at least one.

        A line that grants nothing is said, too: without it "*" would hold.
        """
        widths = sorted(set(self.rows.values()) - {Rows.NONE}, reverse=True)
        grants = [
            Grant(
                register,
                frozenset(one for one, rows in self.rows.items() if rows is width),
                width,
                secrecy=self.secrecy,
            )
            for width in widths
        ] or [Grant(register, frozenset(), Rows.NONE)]
        first = grants[0]
        grants[0] = Grant(
            register,
            first.actions,
            first.rows,
            self.unmasked,
            self.secrets,
            self.secrecy,
        )
        return grants


Matrix = dict[str, Line]
"""What a role says: by register, "*" or a right with a dot."""


def line_of(grants: Iterable[Grant]) -> Line:
    """Return what some grants on one register come to."""
    rows: dict[Action, Rows] = {}
    some = list(grants)
    for one in some:
        if one.rows > Rows.NONE:
            for action in one.actions:
                rows[action] = max(rows.get(action, Rows.NONE), one.rows)
    return Line(
        rows,
        any(one.unmasked for one in some),
        frozenset().union(*(one.secrets for one in some)),
        max((one.secrecy for one in some), default=0),
    )


def matrix(role: Role) -> Matrix:
    """Return what a role says."""
    by_register: dict[str, list[Grant]] = {}
    for stored in role.grants:
        by_register.setdefault(stored.register, []).append(stored.grant())
    return {code: line_of(some) for code, some in by_register.items()}


def grants_of(said: Matrix) -> tuple[Grant, ...]:
    """Return the grants of a matrix."""
    return tuple(one for code, line in said.items() for one in line.grants(code))


def differing(before: Matrix, after: Matrix) -> Iterator[str]:
    """Yield the registers of which two matrices do not say the same."""
    for code in dict.fromkeys((*before, *after)):
        if before.get(code) != after.get(code):
            yield code


def store(session: Session, role: Role, after: Matrix) -> None:
    """Make a role say this; grants of registers that stay the same are left alone."""
    changed = set(differing(matrix(role), after))
    role.grants = [one for one in role.grants if one.register not in changed] + [
        RoleGrant(
            register=one.register,
            actions=" ".join(it.value for it in Action if it in one.actions),
            rows=one.rows.value,
            unmasked=one.unmasked,
            secrets=" ".join(sorted(one.secrets)),
            secrecy=one.secrecy,
        )
        for code in after
        if code in changed
        for one in after[code].grants(code)
    ]
    session.flush()


class Preset(Enum):
    """What most roles say of a register, under one word."""

    INHERIT = ("inherit", Label("同其余台账", "As the others"))
    NONE = ("none", Label("不可见", "Hidden"))
    READ = ("read", Label("只读", "Read only"))
    OWN = ("own", Label("本人", "Own"))
    DEPARTMENT = ("department", Label("本部门", "Department"))
    ALL = ("all", Label("全部", "All"))

    def __init__(self, word: str, label: Label) -> None:
        """Keep the word of forms apart from the wording."""
        self.word = word
        self.label = label


_SEEING = (Action.LIST, Action.READ)
_DAILY = (*_SEEING, Action.CREATE, Action.CHANGE)
PRESETS: Mapping[Preset, Mapping[Action, Rows]] = {
    Preset.NONE: {},
    Preset.READ: dict.fromkeys(_SEEING, Rows.ALL),
    Preset.OWN: dict.fromkeys(_DAILY, Rows.OWN),
    Preset.DEPARTMENT: dict.fromkeys((*_DAILY, Action.EXPORT), Rows.DEPARTMENT),
    Preset.ALL: dict.fromkeys(Action, Rows.ALL),
}


def preset_of(line: Line | None) -> Preset | None:
    """Return the preset that a line is; None for one made by hand."""
    if line is None:
        return Preset.INHERIT
    return next((one for one, rows in PRESETS.items() if rows == line.rows), None)


def with_preset(line: Line | None, preset: Preset) -> Line | None:
    """Return a line under a preset; what is masked and secret stays as it was."""
    if preset is Preset.INHERIT:
        return None
    rows = PRESETS[preset]
    if line is None or preset is Preset.NONE:
        return Line(rows)
    return Line(rows, line.unmasked, line.secrets, line.secrecy)


def registers_of(said: Matrix) -> list[str]:
    """Return the registers of which something is said, without "*" and rights."""
    return [one for one in said if one != EVERYTHING and "." not in one]
