"""A row that is several people's: whose shares stand in another register, and how.

An amount earned together is entered once; the shares say whose it is, from which day to
which. A row to which no share belongs on its day counts in full for its own person.
Nothing is rounded here, so that shares of a hundred per cent add up to the amount.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, or_

from models import catalogue
from models.register import (
    DATE,
    DECIMAL,
    INTEGER,
    PERSON,
    Declaration,
    FieldType,
)
from models.words import Label

KEYS = (
    *("register", "of", "person", "share"),
    *("via", "since", "until", "condition", "whole_when"),
)
NEEDED = KEYS[:4]


@dataclass(frozen=True, slots=True)
class Split:
    """Where the shares are; read from a measure's column of that name."""

    register: str  # each of its entries is one person's share
    of: str  # its field that names what is shared
    person: str
    share: str  # in per cent
    via: str | None = None  # the counted field that names the same; None: the row
    since: str | None = None  # the first day on which a share holds
    until: str | None = None  # and the last
    condition: str | None = None  # a formula over the share's entry
    whole_when: str | None = None  # and one over the entry that is shared


@dataclass(frozen=True, slots=True)
class Shared:
    """The rows of a measure beside the shares in them."""

    rows: Select[Any]
    person: ColumnElement[Any]  # NULL: the row has no share, it is a whole one
    share: ColumnElement[Any]  # in per cent; NULL like the person


def read(said: Mapping[str, Any]) -> Split:
    """Return what the column says."""
    return Split(**{key: value for key, value in said.items() if value})


def parts_of(split: Split) -> FromClause:
    """Return the register of the shares as it is joined."""
    return catalogue.current().table(split.register).alias("shares")


def shared(
    split: Split,
    parts: FromClause,
    rows: Select[Any],
    whole: ColumnElement[Any],
    day: ColumnElement[Any],
    *conditions: ColumnElement[bool] | None,
) -> Shared:
    """Join to a measure's rows the shares that hold on their day.

    Args:
        split: Where the shares are.
        parts: As `parts_of` has it.
        rows: The measure's rows.
        whole: What of them the shares name.
        day: The day of a row.
        conditions: What must hold besides, if anything.
    """
    declared = catalogue.current()[split.register]
    person = parts.c[column_of(declared, split.person)]
    holds = [
        parts.c[column_of(declared, split.of)] == whole,
        parts.c.binned_at.is_(None),
        person.is_not(None),
    ]
    if split.since is not None:
        since = parts.c[column_of(declared, split.since)]
        holds.append(or_(since.is_(None), since <= day))
    if split.until is not None:
        until = parts.c[column_of(declared, split.until)]
        holds.append(or_(until.is_(None), until >= day))
    holds += [one for one in conditions if one is not None]
    share = parts.c[column_of(declared, split.share)]
    return Shared(rows.outerjoin(parts, and_(*holds)), person, share)


def column_of(declared: Declaration, name: str) -> str:
    """Return the column that a field is kept in."""
    column = declared.field(name).column
    if column is None:
        raise ValueError(f"{declared.code}.{name} has no column")
    return column


def shared_register(split: Split, counted: Declaration) -> str:
    """Return the register of what is shared: the counted one, or what it names."""
    if split.via is None:
        return counted.code
    return counted.field(split.via).refers_to or ""


def wrong(said: Mapping[str, Any], counted: Declaration) -> Iterator[Label]:
    """Yield what keeps a measure of a register from being split so."""
    strange = [key for key in said if key not in KEYS]
    if strange or not all(said.get(key) for key in NEEDED):
        yield Label(
            f"分成要写 {'、'.join(NEEDED)}，可加 {'、'.join(KEYS[len(NEEDED) :])}。",
            f"A split has {', '.join(NEEDED)}, and may have"
            f" {', '.join(KEYS[len(NEEDED) :])}.",
        )
        return
    split = read(said)
    if split.register not in catalogue.current():
        yield Label(
            f"没有台账“{split.register}”。", f"There is no register “{split.register}”."
        )
        return
    declared = catalogue.current()[split.register]
    via = split.via
    if via and (not counted.has(via) or counted.field(via).refers_to is None):
        yield Label(
            f"{counted.title.zh}没有指向别的记录的字段“{via}”。",
            f"{counted.title.en} has no field “{via}” that names an entry.",
        )
        return
    whole = shared_register(split, counted)
    if not declared.has(split.of) or declared.field(split.of).refers_to != whole:
        title = catalogue.current()[whole].title
        yield Label(
            f"{declared.title.zh}没有指向{title.zh}的字段“{split.of}”。",
            f"{declared.title.en} has no field “{split.of}” of {title.en}.",
        )
    yield from _wrong_fields(split, declared)


def _wrong_fields(split: Split, declared: Declaration) -> Iterator[Label]:
    wanted: tuple[tuple[str | None, tuple[FieldType, ...]], ...] = (
        (split.person, (PERSON,)),
        (split.share, (INTEGER, DECIMAL)),
        (split.since, (DATE,)),
        (split.until, (DATE,)),
    )
    for name, types in wanted:
        if name is not None and not _fits(declared, name, types):
            yield Label(
                f"{declared.title.zh}的“{name}”不存在或类型不对。",
                f"“{name}” of {declared.title.en} is missing or of another type.",
            )
    if declared.has(split.share) and not declared.field(split.share).required:
        yield Label(
            f"{declared.title.zh}的“{split.share}”应为必填。",
            f"“{split.share}” of {declared.title.en} must be a required field.",
        )


def _fits(declared: Declaration, name: str, types: tuple[FieldType, ...]) -> bool:
    return declared.has(name) and declared.field(name).type in types
