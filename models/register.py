"""What a register is: one frozen declaration from which every screen is derived.

A class, a stanza of a template or a form in the panel are three ways to write the same
`Declaration`; this module holds the class way. It keeps out what a field is
(`fields.py`, whose words are offered here as well), tables (`catalogue.py`), mistakes
in declarations (`register_checks.py`) and every screen.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal

from models.call_list import Asks, Attempts, CallList, Round
from models.dispatching import Dispatch
from models.fields import (
    ATTACHMENT,
    CHOICE,
    CHOICES,
    CUSTOMER,
    DATE,
    DECIMAL,
    DURATION,
    ENTRY,
    ID_NUMBER,
    IMPLIED_TARGETS,
    INSTANT,
    INTEGER,
    LONG_TEXT,
    MACHINE,
    ME,
    MONEY,
    MY_BRANCH,
    MY_DEPARTMENT,
    NOW,
    PERSON,
    PERSONAL_TYPES,
    PHONE,
    PLATE,
    REFERENCES,
    SIGNATURE,
    TEXT,
    TEXTUAL,
    TIME,
    TODAY,
    WITHOUT_COLUMN,
    YES_NO,
    Count,
    Field,
    FieldType,
    FirstOf,
    From,
    Given,
    Lookup,
    OnlyIf,
    Option,
    field,
    first_of,
    only_if,
    option,
)
from models.flow import Flow
from models.handing import HOLDER, Absence, Anyone, HandsOver
from models.hardens import Hardens
from models.limit import Grid, Limit
from models.stamping import Stamps
from models.words import Label

__all__ = [
    "ATTACHMENT",
    "CHOICE",
    "CHOICES",
    "CUSTOMER",
    "DATE",
    "DECIMAL",
    "DURATION",
    "ENTRY",
    "ID_NUMBER",
    "IMPLIED_TARGETS",
    "INSTANT",
    "INTEGER",
    "LONG_TEXT",
    "MACHINE",
    "ME",
    "MONEY",
    "MY_BRANCH",
    "MY_DEPARTMENT",
    "NOW",
    "PERSON",
    "PERSONAL_TYPES",
    "PHONE",
    "PLATE",
    "REFERENCES",
    "SIGNATURE",
    "STANDARD",
    "STANDARD_NAMES",
    "TEXT",
    "TEXTUAL",
    "TIME",
    "TODAY",
    "WITHOUT_COLUMN",
    "YES_NO",
    "Absence",
    "Anyone",
    "Asks",
    "Attempts",
    "BeginsWith",
    "CallList",
    "Check",
    "Count",
    "Declaration",
    "Field",
    "FieldType",
    "FirstOf",
    "From",
    "Given",
    "Grid",
    "HandsOver",
    "Limit",
    "Lookup",
    "Makes",
    "OnlyIf",
    "Option",
    "Posting",
    "Register",
    "Round",
    "again",
    "field",
    "first_of",
    "only_if",
    "option",
]


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold between two fields, or a field and a literal, when both are set.

    The database holds it as a named constraint; the form says `message` first.
    """

    name: str
    left: str
    op: Literal["<", "<=", ">", ">=", "=", "!="]
    right: str | int
    message: Label


@dataclass(frozen=True, slots=True)
class Makes:
    """What can be made of an entry in one click, and what is carried over.

    `carry` maps the new entry's field to this entry's field or one-hop path. The link
    itself goes into `via`, a field of the new entry that refers to this register.
    """

    target: str
    label: Label
    via: str
    carry: Mapping[str, str]
    when: str | None = None  # a condition on this entry


@dataclass(frozen=True, slots=True)
class Posting:
    """A figure of another register that this register's entries add up to.

    `match` maps the other register's fields to this entry's fields ("id" is its id);
    `add` maps the other register's number fields to a formula over this entry. The row
    is made if it is missing and `create` says so. Written, changed and binned entries
    move the figure in their own transaction; a figure with `minimum` never passes it.

    `latest` maps the other register's fields to fields of this entry whose greatest
    value they hold, among the entries outside the bin with this match. It is asked of
    the database, so `when` is then a condition on this entry's own fields.
    """

    to: str
    match: Mapping[str, str]
    add: Mapping[str, str] = dataclasses.field(default_factory=dict)
    when: str | None = None
    create: bool = False
    latest: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BeginsWith:
    """The parts an entry begins with: a line for each item of the checklist chosen.

    `by` is a field of the whole. What it refers to has parts of its own, in `register`:
    each makes one part here. `carry` maps this part's fields to those of that one;
    the form shows what was carried, and does not ask for it.
    """

    by: str
    register: str
    carry: Mapping[str, str]


# Without slots, so that what is derived from the fields is worked out once.
@dataclass(frozen=True)
class Declaration:
    """A register as everything else sees it."""

    code: str  # also the table's name
    title: Label
    menu: Label
    fields: tuple[Field, ...]  # the register's own, in the order of the paper
    source: str = ""
    icon: str = "file-text"
    numbering: str | None = None  # "{year}{month:02}{serial:03}"
    display: tuple[str, ...] = ("number",)  # the fields an entry is called by
    order: str = "-id"  # a field or "id", newest first with a minus
    checks: tuple[Check, ...] = ()
    makes: tuple[Makes, ...] = ()
    postings: tuple[Posting, ...] = ()
    unique_together: tuple[tuple[str, ...], ...] = ()
    part_of: str | None = None  # the field that holds the entry this one is a part of
    in_whole: bool = True  # a part is also entered in the form of its whole
    begins_with: BeginsWith | None = None  # parts that the whole has from the start
    in_menu: bool = True
    import_key: tuple[str, ...] = ()  # what identifies a row of a foreign file
    of_people: bool = False  # its entries are persons; one's own entry is own
    clauses: tuple[str, ...] = ()  # those it carries as a whole; fields cite their own
    is_retired: bool = False  # nobody begins an entry any more; those there are stay
    retired_fields: tuple[Field, ...] = ()  # shown no more; their values stay
    # The choice whose options, from the least secret on, narrow who sees an entry.
    secrecy: str | None = None
    flow: Flow | None = None  # its states, and who moves an entry on
    stands_in: str | None = None  # without a flow: the choice that tells its state
    open_in: tuple[str, ...] = ()  # of these, where something is still to be done
    # The persons who answer for an entry: whoever takes it over stands in these.
    handed_on: tuple[str, ...] = (HOLDER,)
    anyone: Anyone | None = None  # what every employee may take down here
    hands_over: HandsOver | None = None  # its entries are hand-overs between shifts
    absence: Absence | None = None  # its entries are absences with a deputy
    call_list: CallList | None = None  # its entries are calls of a list
    limits: tuple[Limit, ...] = ()  # what holds over several entries
    grid: Grid | None = None  # how it is shown as a month
    dispatch_board: Dispatch | None = None  # how its entries are given out on a board
    stamps: Stamps | None = None  # instants that buttons fill in as the work goes on
    hardens: Hardens | None = None  # what nobody writes once its pay is locked
    takes_calls: str | None = None  # the phone field that a softphone's address fills
    # The fields that two entries of the same thing have alike: whoever types what is
    # there already is told so.
    alike: tuple[str, ...] = ()
    merges: bool = False  # two entries of the same thing may be made one

    def __post_init__(self) -> None:
        """Leave the field of states to the flow, and what is retired off the menu."""
        if self.is_retired:
            object.__setattr__(self, "in_menu", False)
        if self.flow is not None:
            object.__setattr__(self, "fields", self.flow.governed(self.fields))

    @cached_property
    def all_fields(self) -> tuple[Field, ...]:
        """The number first, then the register's own fields, then the standard ones.

        A register that says a standard field again, by `again`, has it in its place. A
        register without numbering keeps the number out of its list.
        """
        said = {one.name for one in self.fields}
        before, after = (
            [one for one in some if one.name not in said]
            for some in (STANDARD[:1], STANDARD[1:])
        )
        if self.numbering is None:
            before = [replace(one, listed=False, filterable=False) for one in before]
        return (*before, *self.fields, *after)

    def field(self, name: str) -> Field:
        """Return a field by name; KeyError names the register too."""
        try:
            return self._by_name[name]
        except KeyError:
            raise KeyError(f"{self.code}.{name}") from None

    def has(self, name: str) -> bool:
        """Whether there is a field of that name."""
        return name in self._by_name

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {one.name: one for one in self.all_fields}

    @cached_property
    def listed(self) -> tuple[Field, ...]:
        """The fields a list shows, the number first."""
        return tuple(one for one in self.all_fields if one.listed)

    @cached_property
    def state_field(self) -> Field | None:
        """The field that tells where an entry stands.

        That is the flow's, the one that is said to, else the first listed choice whose
        options have tones.
        """
        kept_in = self.flow.field if self.flow is not None else self.stands_in
        if kept_in is not None:
            return self.field(kept_in)
        toned = (
            one
            for one in self.fields
            if one.type is CHOICE and one.listed and any(it.tone for it in one.options)
        )
        return next(toned, None)

    @cached_property
    def columns(self) -> tuple[tuple[Field, str], ...]:
        """Every field that has a column, with its column's name."""
        return tuple((one, one.column) for one in self.all_fields if one.column)


def _standard(
    name: str, zh: str, en: str, type_: FieldType = TEXT, **options: Any
) -> Field:
    declared: Field = field(zh, en, type_, standard=True, **options)
    return replace(declared, id=name, name=name)


# What every register has without being told. `id`, `version` and `binned_at` are kept
# by the table alone (catalogue.py): nobody enters, filters or exports them as fields.
STANDARD: tuple[Field, ...] = (
    _standard(
        "number",
        "编号",
        "No.",
        listed=True,
        filterable=True,
        searchable=True,
        read_only=True,
        unique=True,
        max_length=40,
    ),
    _standard("branch", "分公司", "Branch", ENTRY, target="branch", default=MY_BRANCH),
    _standard(
        "department",
        "部门",
        "Department",
        ENTRY,
        target="department",
        default=MY_DEPARTMENT,
        filterable=True,
    ),
    _standard(
        "holder",
        "经办人",
        "Holder",
        PERSON,
        default=ME,
        filterable=True,
        owner=True,
    ),
    _standard(
        "created_at", "登记时间", "Entered", INSTANT, read_only=True, filterable=True
    ),
    _standard("created_by", "登记人", "Entered by", PERSON, read_only=True, owner=True),
    _standard("changed_at", "修改时间", "Changed", INSTANT, read_only=True),
    _standard("changed_by", "修改人", "Changed by", PERSON, read_only=True),
)
STANDARD_NAMES = frozenset(one.name for one in STANDARD)


def again(name: str, zh: str, en: str, **changes: Any) -> Any:
    """Say a standard field in a register's own words and place, as `field` does.

    What `changes` does not name stays as it is for every register.
    """
    (standard,) = (one for one in STANDARD if one.name == name)
    return replace(standard, label=Label(zh, en), **changes)


class Register:
    """Base of registers declared as classes; a subclass is known once it is defined.

    A subclass gives `code`, `title`, `menu` and fields, and whatever else
    `Declaration` knows. `declaration` holds the frozen result.
    """

    declaration: ClassVar[Declaration]
    known: ClassVar[dict[str, Declaration]] = {}

    def __init_subclass__(cls) -> None:
        """Turn the class body into a `Declaration` and remember it."""
        own = [
            replace(value, name=name, id=value.id or name)
            for name, value in vars(cls).items()
            if isinstance(value, Field)
        ]
        said = {
            name: getattr(cls, name)
            for name in Declaration.__dataclass_fields__
            if name != "fields" and hasattr(cls, name) and name in _inherited(cls)
        }
        cls.declaration = Declaration(fields=tuple(own), **said)
        Register.known[cls.declaration.code] = cls.declaration


def _inherited(cls: type) -> set[str]:
    """Return the attribute names that subclasses of `Register` themselves give."""
    return {name for base in cls.__mro__[:-2] for name in vars(base)}
