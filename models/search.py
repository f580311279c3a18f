"""Search: an entry is found by any part of its texts, from two characters on fast.

The search text of an entry is made of its searchable fields that are neither personal
nor secret, so nothing masked can be found out by it; what it is called is also spelt by
its pinyin's first letters. A personal field matches on its
complete value only, for those whom the caller names it for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, select, union_all
from sqlalchemy.orm import Session

from models.list_indexes import NUMBERS
from models.register import (
    CHOICE,
    CHOICES,
    PHONE,
    REFERENCES,
    TEXT,
    Declaration,
    Field,
)
from models.rules.cell_basics import CellError
from models.rules.cell_phones import read_phone
from models.rules.ngrams import PIECE, normalised, words
from models.rules.pinyin import initials
from models.search_store import CHUNK, SEPARATOR, store

LONGEST = 200  # characters of a query that are looked at
FEWEST_DIGITS = 5  # of what may be a complete phone, document or plate number

More = Callable[[Mapping[str, Any]], Iterable[str]]
"""Further texts an entry is to be found by, such as its customer's name."""


def searched(declared: Declaration) -> tuple[Field, ...]:
    """Return the fields that the search text of a register is made of."""
    return tuple(
        one
        for one in declared.all_fields
        if one.searchable
        and one.column is not None
        and not (one.personal or one.secret)
        and one.type not in REFERENCES
    )


def search_text(
    declared: Declaration, row: Mapping[str, Any], more: More | None = None
) -> str:
    """Return the normalised text of one entry, given by field name."""
    return _text(searched(declared), spelt(declared), row, more)


def spelt(declared: Declaration) -> tuple[Field, ...]:
    """Return the fields that are also found by the first letters of their pinyin.

    They are what an entry is called: names of people, firms, parts.
    """
    return tuple(
        one
        for one in searched(declared)
        if one.name in declared.display and one.type is TEXT and not one.standard
    )


def _text(
    fields: Iterable[Field],
    names: Iterable[Field],
    row: Mapping[str, Any],
    more: More | None,
) -> str:
    said = [text for one in fields for text in _texts(one, row[one.name])]
    for one in names:
        said += initials(row[one.name] or "")
    if more is not None:
        said += more(row)
    return SEPARATOR.join(filter(None, map(normalised, said)))


def _texts(one: Field, value: Any) -> Iterable[str]:
    if value is None:
        return ()
    if one.type not in (CHOICE, CHOICES):
        return (str(value),)
    # In everybody's words: the same entry has one text, whoever saves it.
    said = value if one.type is CHOICES else [value]
    labels = [one.option_label(it).house for it in said]
    return [word for label in labels for word in dict.fromkeys((label.zh, label.en))]


def index_entries(
    session: Session,
    declared: Declaration,
    rows: Sequence[Mapping[str, Any]],
    more: More | None = None,
) -> None:
    """Keep the search text of written entries, inside the writing transaction.

    Args:
        session: The open writing transaction.
        declared: The register.
        rows: Whole entries by field name, with their `id`; any number of them.
        more: Gives an entry's further texts; the same for every write of a register.
    """
    kept = store(declared.code, _dialect(session))
    fields, names = searched(declared), spelt(declared)
    texts = [(row["id"], _text(fields, names, row, more)) for row in rows]
    for start in range(0, len(texts), CHUNK):
        kept.write(session, texts[start : start + CHUNK])


def drop_entries(session: Session, declared: Declaration, ids: Sequence[int]) -> None:
    """Forget entries that went into the bin; in the writing transaction."""
    kept = store(declared.code, _dialect(session))
    for start in range(0, len(ids), CHUNK):
        kept.remove(session, ids[start : start + CHUNK])


def criteria(
    declared: Declaration,
    table: Table,
    text: str,
    dialect_name: str,
    *,
    complete: Iterable[str] = (),
) -> ColumnElement[bool] | None:
    """Return the condition on the register's table that what is typed stands for.

    Several words between blanks must all be found, in any fields. A word of one
    character is looked for in every text.

    Args:
        declared: The register.
        table: Its table, as the select has it.
        text: What a person typed.
        dialect_name: Which database.
        complete: Names of personal fields that may be matched by their complete value.

    Returns:
        None if the text has neither letter nor digit: there is nothing to look for.
    """
    return _condition(
        declared, table, text, dialect_name, complete=complete, walking=False
    )


def first_page_criteria(
    session: Session,
    declared: Declaration,
    table: Table,
    text: str,
    *,
    complete: Iterable[str] = (),
) -> ColumnElement[bool] | None:
    """Return the same condition in the form that is fastest for one page of a list.

    Counts and exports read everything that matches and take `criteria`. A page with an
    order and a limit reads little of it: when the index knows the words of very many
    entries, walking the list and looking at each text comes to the page's end sooner.
    """
    dialect_name = _dialect(session)
    said = [word for word in words(text[:LONGEST]) if len(word) >= PIECE]
    walking = bool(said) and store(declared.code, dialect_name).are_common(
        session, said
    )
    return _condition(
        declared, table, text, dialect_name, complete=complete, walking=walking
    )


def _condition(
    declared: Declaration,
    table: Table,
    text: str,
    dialect_name: str,
    *,
    complete: Iterable[str],
    walking: bool,
) -> ColumnElement[bool] | None:
    text = text[:LONGEST]
    said = words(text)
    if not said:
        return None
    kept = store(declared.code, dialect_name)
    twin = table.alias()
    equal = list(_equalities(declared, twin, text, complete))
    if equal:
        # One list of ids: with OR, PostgreSQL would look at every entry.
        others = (select(twin.c.id).where(one) for one in equal)
        return table.c.id.in_(union_all(kept.ids(said), *others))
    if walking:
        return and_(*(kept.read(table.c.id, word) for word in said))
    return kept.having(table.c.id, said)


def _equalities(
    declared: Declaration, table: FromClause, text: str, names: Iterable[str]
) -> Iterator[ColumnElement[bool]]:
    """Return what a complete number must be equal to, in columns with an index."""
    for name in names:
        same = equality(declared.field(name), table, text)
        if same is not None:
            yield same


def equality(one: Field, table: FromClause, text: str) -> ColumnElement[bool] | None:
    """Return the condition that a number is the one typed; None for a part of one."""
    if sum(map(str.isdigit, text)) < FEWEST_DIGITS:
        return None
    if one.column is None or one.type not in NUMBERS:
        return None
    return table.c[one.column].in_(sorted(_forms(one, text)))


def _forms(one: Field, text: str) -> set[str]:
    """Return the ways in which the same number may have been kept."""
    plain = normalised(text)
    forms = {text.strip(), plain, plain.upper()}
    if one.type is PHONE:
        # What is no phone number may still be kept as it was typed.
        with suppress(CellError):
            forms.add(read_phone(text) or plain)
    return forms


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
