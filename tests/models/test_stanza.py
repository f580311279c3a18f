"""A stanza means the same as a class; its mistakes are all found, each at its key."""

import json
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from models import catalogue
from models.catalogue import Catalogue
from models.prepare import fingerprint
from models.register import (
    CHOICES,
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    ME,
    TIME,
    Declaration,
    Field,
    FieldType,
    Register,
)
from models.stanza import REGISTER_KEYS, read_register, write_register
from models.stanza_added import (
    ADDED_KEYS,
    read_added,
    said_otherwise,
    with_added,
    write_added,
)
from models.stanza_fields import FIELD_KEYS
from models.stanza_mistakes import StanzaError
from models.words import Label

catalogue.current()
EVERY_CLASS = sorted(Register.known)

PARCEL: dict[str, Any] = {
    "code": "parcel_query",
    "title": "查件登记 | Parcel queries",
    "menu": "contact",
    "numbering": "CJ{year}{month:02}{serial:03}",
    "display": ["number", "waybill"],
    "clauses": ["S0-16-05"],
    "fields": [
        {"name": "number", "title": "查件号 | Query no."},
        {"name": "waybill", "title": "运单号 | Waybill", "required": True},
        {
            "name": "result",
            "type": "choice",
            "title": {"zh": "结果", "en": "Result"},
            "options": {"found": "已找到 | Found | good", "lost": "丢失 | Lost"},
        },
        {
            "name": "reason",
            "type": "long_text",
            "title": "原因 | Reason",
            "only_if": {"result": "lost"},
            "clause": ["S0-16-05", "S0-16-06"],
        },
    ],
}


@pytest.mark.parametrize("code", EVERY_CLASS)
def test_class_survives_being_written_as_a_stanza(code: str) -> None:
    declared = Register.known[code]

    kept = json.dumps(write_register(declared), ensure_ascii=False)

    assert read_register(json.loads(kept)) == declared


@pytest.mark.parametrize("code", EVERY_CLASS)
def test_stanza_keeps_the_exact_digits_and_kinds_of_a_class(code: str) -> None:
    declared = Register.known[code]

    found = read_register(write_register(declared))

    # Equal are also 0, 0.0 and no; tables are made alike from what has one fingerprint.
    assert fingerprint(Catalogue([found])) == fingerprint(Catalogue([declared]))


def test_every_property_of_a_declaration_has_its_key() -> None:
    said = {key.meant for key in REGISTER_KEYS}
    of_fields = {key.meant for key in FIELD_KEYS}

    assert said == {one.name for one in fields(Declaration)}
    # Whether a field is a standard one is told by its name.
    assert of_fields == {one.name for one in fields(Field)} - {"standard"}


def test_short_notation_means_what_it_says() -> None:
    found = read_register(PARCEL)

    assert found.title == Label("查件登记", "Parcel queries")
    assert found.menu == Label("客户接待", "Customer contact")
    assert [one.tone for one in found.field("result").options] == ["good", ""]
    assert found.field("reason").only_if is not None
    assert found.field("reason").clause == "S0-16-05 S0-16-06"
    assert found.field("number").standard
    assert found.field("number").label.zh == "查件号"
    assert found.field("number").unique, "what is not said stays as everywhere"


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [
        (INSTANT, "now", "<Given.NOW: 'now'>"),
        (DATE, "2026-10-01", "datetime.date(2026, 10, 1)"),
        (TIME, "08:30", "datetime.time(8, 30)"),
        (DURATION, "1h30m", "datetime.timedelta(seconds=5400)"),
        (DECIMAL, "0.50", "Decimal('0.50')"),
        (CHOICES, ["a", True], "('a', 'yes')"),
    ],
)
def test_defaults_are_said_in_the_manner_of_their_type(
    kind: FieldType, said: Any, meant: str
) -> None:
    one = {"name": "one", "title": "一 | One", "type": kind.value, "default": said}

    found = read_register(PARCEL | {"fields": [one]})

    assert repr(found.field("one").default) == meant
    assert read_register(write_register(found)) == found


def test_text_that_looks_like_a_source_stays_a_text() -> None:
    one = {"name": "one", "title": "一 | One", "default": "me"}
    other = {"name": "two", "title": "二 | Two", "default": {"given": "me"}}

    found = read_register(PARCEL | {"fields": [one, other]})

    assert found.field("one").default == "me"
    assert found.field("two").default is ME
    assert read_register(write_register(found)) == found


def test_every_mistake_is_told_with_its_key() -> None:
    broken = PARCEL | {
        "menu": "contct",
        "colour": "red",
        "fields": [
            {"name": "a", "type": "txt", "title": "甲 | A"},
            {"title": "乙 | B", "required": "perhaps"},
            {"name": "c", "title": "丙", "minimum": "few"},
            {"name": "d", "title": "丁 | D", "type": "date", "default": "soon"},
            {"name": "e", "title": "戊 | E", "default": {"form": "a.b"}},
        ],
        "checks": [{"name": "x", "must": "a is b", "message": "文 | Words"}],
    }

    with pytest.raises(StanzaError) as caught:
        read_register(broken)

    assert [one.key for one in caught.value.mistakes] == [
        "menu",
        "fields[1].type",
        "fields[2].required",
        "fields[2].name",
        "fields[3].title",
        "fields[3].minimum",
        "fields[4].default",
        "fields[5].default",
        "colour",
        "checks[1].must",
    ]
    said = caught.value.text("en")
    assert "“txt” is not a type of field. Did you mean “text”?" in said
    assert "“contct” is not a group of the menu" in said


@pytest.mark.parametrize("said", [None, [], "register", 3])
def test_what_is_no_stanza_at_all_is_refused(said: Any) -> None:
    with pytest.raises(StanzaError):
        read_register(said)


def test_added_fields_stand_after_the_field_they_name() -> None:
    added = read_added(
        {
            "register": "complaint_log",
            "after": "category",
            "fields": [{"name": "parcel", "title": "运单号 | Waybill"}],
            "options": {"category": {"lost": "丢件 | Parcel lost | bad"}},
            "clauses": ["S0-16-09"],
        }
    )

    found = with_added(Register.known["complaint_log"], added)

    names = [one.name for one in found.fields]
    assert names[names.index("category") + 1] == "parcel"
    assert found.field("category").options[-1].value == "lost"
    assert found.clauses == ("S0-16-09",)
    assert read_added(json.loads(json.dumps(write_added(added)))) == added


def test_added_stanza_has_a_key_for_each_of_its_parts() -> None:
    assert {key.meant for key in ADDED_KEYS} == set(
        read_added({"register": "a"}).__dataclass_fields__
    )


def test_register_becomes_another_by_what_is_said_otherwise() -> None:
    base = Register.known["problem_log"]
    first, second, *rest = base.fields
    new = replace(second, id="x_new", name="x_new")
    other = replace(
        base,
        title=Label("问题登记", "Problems"),
        fields=(*rest[:2], replace(first, listed=not first.listed), new, *rest[3:]),
        retired_fields=(second, rest[2]),
    )

    said = json.loads(json.dumps(write_added(said_otherwise(base, other, "problem"))))
    found = with_added(base, read_added(said))

    assert found.fields == other.fields
    assert found.title == other.title
    assert set(found.retired_fields) == set(other.retired_fields)


def test_numbers_keep_their_digits_in_json() -> None:
    one = {
        "name": "one",
        "title": "一 | One",
        "type": "decimal",
        "minimum": Decimal("0.10"),
        "maximum": 12,
    }

    found = read_register(PARCEL | {"fields": [one]})

    assert repr(found.field("one").minimum) == "Decimal('0.10')"
    assert repr(found.field("one").maximum) == "Decimal('12')"
    again = read_register(json.loads(json.dumps(write_register(found))))
    assert repr(again) == repr(found)
