"""Checks of names and words: identifiers, reserved names, labels in both languages."""

import re
from collections import Counter
from collections.abc import Iterator

from sqlalchemy.dialects import postgresql, sqlite

from models.engine_tables import engine_metadata
from models.register import STANDARD, Declaration, Field
from models.register_findings import Codes, Finding, rule
from models.words import Label

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,40}")
# What a form does or holds by the name, and could not do or hold beside such a field.
_OF_FORMS = {
    "data",
    "errors",
    "form_errors",
    "meta",
    "populate_obj",
    "post_process",
} | {
    "process",
    "validate",
}
# What the table keeps for itself, and what a register class means by the name.
RESERVED = (
    frozenset({"id", "version", "binned_at"})
    | frozenset(Declaration.__dataclass_fields__)
    | _OF_FORMS
)
# Other programs write plain SQL to these tables, so no name may need quotes.
_RESERVED_COLUMNS = frozenset().union(
    *(one.dialect().identifier_preparer.reserved_words for one in (postgresql, sqlite))
)
# Words that other databases reserve, so that a table need not be renamed to move there.
# Their dialects know them all, but loading those takes longer than starting the panel.
_RESERVED_TABLES = _RESERVED_COLUMNS | {
    *("call", "date", "file", "function", "key", "level", "number", "option"),
    *("procedure", "rank", "role", "row", "rows", "schema", "session", "share"),
    *("size", "start", "system", "trigger", "usage", "user", "value", "values", "view"),
}
VIEW = "v_"
LONGEST = 63  # of a name in PostgreSQL, which cuts off the rest


@rule("R001")
def code_is_identifier(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A register's code is its table's name and part of addresses."""
    if not IDENTIFIER.fullmatch(declared.code):
        yield _not_identifier("", declared.code)


@rule("R002")
def field_is_identifier(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A field's name is a column's name and a name in formulas."""
    for one in declared.fields:
        if not IDENTIFIER.fullmatch(one.name):
            yield _not_identifier(one.name, one.name)


def _not_identifier(place: str, name: str) -> Finding:
    return Finding(
        place,
        Label(
            f"名称“{name}”不合规则，请以小写字母开头，"
            "只用小写字母、数字和下划线，最多 41 个字符。",
            f"“{name}” is no name; begin with a small letter, then use small letters, "
            "digits and underscores, 41 characters at most.",
        ),
    )


@rule("R004")
def name_is_not_reserved(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Some names belong to the engine; a standard field is said again by `again`."""
    standard = {one.name: one for one in STANDARD}
    for one in declared.fields:
        again = standard.get(one.name)
        if one.name in RESERVED:
            yield Finding(
                one.name,
                Label(
                    "这个名称由系统使用，请换一个。",
                    "the name is used by the engine; choose another.",
                ),
            )
        elif again and (not one.standard or one.type is not again.type):
            yield Finding(
                one.name,
                Label(
                    "每个登记表都有这个字段，改用 again() 改写它的名称。",
                    "every register has this field; reword it with again().",
                ),
            )


@rule("R005")
def name_is_no_sql_word(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Words of SQL would have to be quoted by everybody who writes plain SQL."""
    if declared.code in _RESERVED_TABLES:
        yield _sql_word("", declared.code)
    for one, column in declared.columns:
        if column in _RESERVED_COLUMNS:
            yield _sql_word(one.name, column)


def _sql_word(place: str, word: str) -> Finding:
    return Finding(
        place,
        Label(
            f"“{word}”是 SQL 的保留字，请换一个名称。",
            f"“{word}” is a reserved word of SQL; choose another name.",
        ),
    )


@rule("R006")
def words_in_both_languages(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Nothing on the screen may be blank after the switch of language."""
    for place, label in _labels(declared):
        if not isinstance(label, Label):
            text = Label("不是文字对。", "is no pair of words, but " + repr(label))
            yield Finding(place, text)
        elif not label.zh.strip():
            yield Finding(
                place, Label("缺中文文字。", "the Chinese words are missing.")
            )
        elif not label.en.strip():
            yield Finding(
                place, Label("缺英文文字。", "the English words are missing.")
            )


def _labels(declared: Declaration) -> Iterator[tuple[str, object]]:
    yield "title", declared.title
    yield "menu", declared.menu
    for one in declared.fields:
        yield one.name, one.label
        yield from ((one.name, said) for said in (one.help, one.unit) if said)
        for option in one.options:
            yield f"{one.name}.{option.value}", option.label
    for check in declared.checks:
        yield check.name, check.message
    for made in declared.makes:
        yield f"makes {made.target}", made.label


@rule("R007")
def nothing_twice(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Ids, names, columns and checks are each one thing."""
    for what, values in (
        ("id", [one.id for one in declared.all_fields]),
        ("name", [one.name for one in declared.all_fields]),
        ("column", [column for _, column in declared.columns]),
        ("check", [one.name for one in declared.checks]),
    ):
        for value, count in Counter(values).items():
            if count > 1:
                yield Finding(
                    value,
                    Label(
                        f"{what} “{value}”用了 {count} 次，只能用一次。",
                        f"the {what} “{value}” is used {count} times.",
                    ),
                )


@rule("R008")
def made_names_are_short(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Names of indexes and constraints are made of the register's and the field's."""
    for place, name in _made_names(declared):
        if len(name) > LONGEST:
            yield Finding(
                place,
                Label(
                    f"由此生成的名称 {name} 有 {len(name)} 个字符，"
                    f"数据库最多 {LONGEST} 个，请改短。",
                    f"makes the name {name} of {len(name)} characters; the database "
                    f"takes {LONGEST}. Shorten it.",
                ),
            )


def _made_names(declared: Declaration) -> Iterator[tuple[str, str]]:
    for one, column in declared.columns:
        yield one.name, f"ix_{declared.code}_{column}"
        if one.minimum is not None:
            yield one.name, f"ck_{declared.code}_{one.name}_min"
    for check in declared.checks:
        yield check.name, f"ck_{declared.code}_{check.name}"
    for together in declared.unique_together:
        columns = "_".join(_column(declared, name) for name in together)
        yield "unique_together", f"uq_{declared.code}_{columns}"


def _column(declared: Declaration, name: str) -> str:
    named: dict[str, Field] = {one.name: one for one in declared.all_fields}
    found = named.get(name)
    return (found.column if found else None) or name


@rule("R009")
def table_is_free(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """The engine keeps tables of its own beside those of the registers."""
    if declared.code in engine_metadata().tables:
        yield Finding(
            "",
            Label(
                "系统自己有同名的表，请换一个名称。",
                "the engine has a table of that name; choose another.",
            ),
        )
    if declared.code.startswith(VIEW):
        yield Finding(
            "",
            Label(
                f"以 {VIEW} 开头的名称是供其他程序读取的视图，请换一个。",
                f"names that begin with {VIEW} are views for other programs; "
                "choose another.",
            ),
        )
