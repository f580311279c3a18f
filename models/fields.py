"""What a field of a register is: its type, its default, what it demands.

The vocabulary in which registers are declared; `register.py` puts fields together.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any

from models.words import Label


class FieldType(StrEnum):
    """How a value is kept, shown, entered, compared and exported."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"  # stored as an integer scaled by `places`
    MONEY = "money"  # Decimal yuan in Python, whole fen in the table
    DATE = "date"
    TIME = "time"
    INSTANT = "instant"  # aware UTC in Python, the desk's zone on screens
    DURATION = "duration"  # timedelta in Python, whole seconds in the table
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    PERSON = "person"
    CUSTOMER = "customer"
    MACHINE = "machine"
    ENTRY = "entry"  # an entry of the register named by `target`
    PHONE = "phone"
    ID_NUMBER = "id_number"
    PLATE = "plate"
    ATTACHMENT = "attachment"  # kept beside the entry, no column
    SIGNATURE = "signature"  # a picture kept as an attachment, no column


TEXT = FieldType.TEXT
LONG_TEXT = FieldType.LONG_TEXT
INTEGER = FieldType.INTEGER
DECIMAL = FieldType.DECIMAL
MONEY = FieldType.MONEY
DATE = FieldType.DATE
TIME = FieldType.TIME
INSTANT = FieldType.INSTANT
DURATION = FieldType.DURATION
CHOICE = FieldType.CHOICE
CHOICES = FieldType.CHOICES
YES_NO = FieldType.YES_NO
PERSON = FieldType.PERSON
CUSTOMER = FieldType.CUSTOMER
MACHINE = FieldType.MACHINE
ENTRY = FieldType.ENTRY
PHONE = FieldType.PHONE
ID_NUMBER = FieldType.ID_NUMBER
PLATE = FieldType.PLATE
ATTACHMENT = FieldType.ATTACHMENT
SIGNATURE = FieldType.SIGNATURE

# The registers that three field types point at without saying so.
IMPLIED_TARGETS: Mapping[FieldType, str] = {
    PERSON: "staff",
    CUSTOMER: "customer_file",
    MACHINE: "machine_file",
}
REFERENCES = frozenset({PERSON, CUSTOMER, MACHINE, ENTRY})
WITHOUT_COLUMN = frozenset({ATTACHMENT, SIGNATURE})
TEXTUAL = frozenset({TEXT, LONG_TEXT, PHONE, ID_NUMBER, PLATE})


class Given(Enum):
    """Defaults that depend on who writes and when."""

    NOW = "now"
    TODAY = "today"
    ME = "me"
    MY_DEPARTMENT = "my_department"
    MY_BRANCH = "my_branch"
    NUMBER = "number"  # the next number of the register's numbering


NOW = Given.NOW
TODAY = Given.TODAY
ME = Given.ME
MY_DEPARTMENT = Given.MY_DEPARTMENT
MY_BRANCH = Given.MY_BRANCH


@dataclass(frozen=True, slots=True)
class From:
    """A default taken from an entry this one refers to: From("customer.address")."""

    path: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A default found in another register: the standard hours of this type and model.

    `match` maps the other register's fields to this entry's fields or one-hop paths; a
    side that is empty here finds nothing. Of `empty`, the other register's fields must
    be empty. Nothing is taken unless exactly one entry outside the bin is found.
    """

    register: str
    match: Mapping[str, str] = dataclasses.field(hash=False)
    take: str  # a field of the found entry, or "id" for the entry itself
    empty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A default that counts entries of another register: the calls of a day.

    `match` maps the other register's fields to this entry's fields or one-hop paths;
    `on` is the other register's instant and this entry's date: counted is what lies on
    that day of the desk's zone, outside the bin. With `within`, a whole number here or
    one hop away, it is what lies in so many months up to and with that day; the day so
    many months before no longer counts, and the other register may have a date instead.
    Nothing is counted while one of them is empty here.
    """

    register: str
    match: Mapping[str, str] = dataclasses.field(hash=False)
    on: tuple[str, str]
    within: str | None = None


@dataclass(frozen=True, slots=True)
class FirstOf:
    """Defaults tried in order until one gives something."""

    defaults: tuple[Given | From | Lookup | Count, ...]


def first_of(*defaults: Given | From | Lookup | Count) -> FirstOf:
    """Return a default that is the first of these to give something."""
    return FirstOf(defaults)


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice: what is stored, what people read."""

    value: str
    label: Label
    tone: str = ""  # "", "good", "warn", "bad" or "busy": the colour of its pill


def option(value: str, zh: str, en: str, tone: str = "") -> Option:
    """Return a choice's option with its two wordings."""
    return Option(value, Label(zh, en), tone)


@dataclass(frozen=True, slots=True)
class OnlyIf:
    """While another field has one of some values; yes/no count as "yes" and "no"."""

    field: str
    values: frozenset[str]


def only_if(field_name: str, *values: str) -> OnlyIf:
    """Return the condition that a field has one of these values."""
    return OnlyIf(field_name, frozenset(values))


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a register; `id` never changes, also when the name does."""

    id: str
    name: str
    label: Label
    type: FieldType
    required: bool = False
    unique: bool = False  # among what is not in the bin
    default: Any = None  # a literal, `Given`, `From`, `Lookup`, `Count`, `FirstOf`
    help: Label | None = None
    options: tuple[Option, ...] = ()
    target: str | None = None
    only_of: str | None = None  # offered is what is of this field's entry: its machines
    places: int = 2
    unit: Label | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 200
    pattern: str | None = None  # a regular expression for the whole text
    listed: bool = False
    first: bool = False  # among the six usual fields of the form
    filterable: bool = False
    searchable: bool = False
    editable: bool = False  # in the list
    personal: bool = False  # masked, never in the search text
    secret: bool = False  # seen only by roles that are given the field by name
    owner: bool = False  # a person field whose person counts the entry as own
    read_only: bool = False
    only_if: OnlyIf | None = None  # shown, and demanded if required, only then
    required_if: OnlyIf | None = None  # always shown, demanded only then
    computed: str | None = None  # a formula over this entry and what it refers to
    clause: str | None = None
    was: str | None = None  # the name before a rename, said and never guessed
    standard: bool = False

    @property
    def column(self) -> str | None:
        """The column's name; None for what is kept beside the entry."""
        if self.type in WITHOUT_COLUMN:
            return None
        if self.type is MONEY:
            return f"{self.name}_fen"
        if self.type is DECIMAL:
            return f"{self.name}_e{self.places}"
        if self.type in REFERENCES:
            return f"{self.name}_id"
        return self.name

    @property
    def refers_to(self) -> str | None:
        """The register whose entry this field holds, if it holds one."""
        return self.target or IMPLIED_TARGETS.get(self.type)

    @property
    def is_given(self) -> bool:
        """Whether people never type it: the panel computes or numbers it."""
        return self.read_only or self.computed is not None

    def option_label(self, value: str) -> Label:
        """Return the words of one stored option; the value itself if unknown."""
        for one in self.options:
            if one.value == value:
                return one.label
        return Label(value, value)


PERSONAL_TYPES = frozenset({PHONE, ID_NUMBER})


def field(zh: str, en: str, type_: FieldType = TEXT, **options: Any) -> Any:
    """Declare one field of a register class; its name is the attribute's.

    Options are those of `Field`. `options` and `choices` both give a choice's options;
    bounds, and defaults of decimals and money, may be whole numbers or text ("0.5").
    Phones and ID numbers are personal data unless `personal=False` says otherwise.
    Returns `Any` since the class attribute is read only through the declaration.
    """
    if "choices" in options:
        options["options"] = tuple(options.pop("choices"))
    for bound in ("minimum", "maximum"):
        if options.get(bound) is not None:
            options[bound] = Decimal(str(options[bound]))
    if type_ in (DECIMAL, MONEY) and isinstance(options.get("default"), int | str):
        options["default"] = Decimal(options["default"])
    options.setdefault("personal", type_ in PERSONAL_TYPES)
    options.setdefault("id", "")
    return Field(name="", label=Label(zh, en), type=type_, **options)
