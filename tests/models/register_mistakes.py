"""Registers with one mistake each, and the id under which it must be found."""

from dataclasses import replace
from typing import Any

import pytest

from models.catalogue import Catalogue
from models.hardens import Hardens
from models.register import (
    ATTACHMENT,
    CHOICE,
    CHOICES,
    CUSTOMER,
    DATE,
    DECIMAL,
    DURATION,
    ENTRY,
    INSTANT,
    INTEGER,
    ME,
    MONEY,
    NOW,
    PERSON,
    PHONE,
    YES_NO,
    BeginsWith,
    Check,
    Count,
    Declaration,
    Field,
    From,
    Lookup,
    Makes,
    Posting,
    first_of,
    only_if,
    option,
)
from models.register_checks import check
from models.words import Label
from tests.changing_registers import named

WORDS = Label("文字", "Words")
RED = option("red", "红", "Red")
BLUE = option("blue", "蓝", "Blue")


def declare(code: str, *fields: Field, **options: Any) -> Declaration:
    """Return a sound declaration around these fields."""
    given: dict[str, Any] = {
        "title": WORDS,
        "menu": WORDS,
        "numbering": "{year}{serial:03}",
    }
    return Declaration(code=code, fields=fields, **(given | options))


OTHERS = (
    *(declare(code) for code in ("branch", "department", "staff")),
    declare(
        "shelf",
        named("name"),
        named("secret_price", MONEY, secret=True),
        named("phone", PHONE),
        named("colour", CHOICE, options=(RED, BLUE)),
        named("stock", DECIMAL, read_only=True),
        named("typed", DECIMAL),
        named("seen_at", INSTANT, read_only=True),
        named("box", ENTRY, target="box"),
    ),
    declare("box", named("work", ENTRY, target="work"), named("note")),
    declare(
        "slip",
        named("box", ENTRY, target="box", required=True),
        named("note"),
        named("phone", PHONE),
        part_of="box",
    ),
)
SHELF = named("shelf", ENTRY, target="shelf")
SEEN_AT = named("seen_at", INSTANT)
COUNTED_ON = ("seen_at", "day")  # the shelf's instant, one's own date


def mistakes(*fields: Field, **options: Any) -> list[tuple[str, str]]:
    """Return id and place of everything wrong with a register called work."""
    code = options.pop("code", "work")
    known = Catalogue((*OTHERS, declare(code, *fields, **options)))
    if code != "work":
        known = Catalogue((*known, declare("work")))
    return [(one.id, one.place.removeprefix(code).lstrip(".")) for one in check(known)]


def makes(target: str = "box", via: str = "work", **options: Any) -> dict[str, Any]:
    carry = options.pop("carry", {})
    return {"makes": (Makes(target, WORDS, via, carry, **options),)}


def posting(**changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "to": "shelf",
        "match": {"id": "shelf"},
        "add": {"stock": "1"},
    }
    return {"postings": (Posting(**(given | changes)),)}


def latest(**changes: Any) -> dict[str, Any]:
    return posting(**({"add": {}, "latest": {"seen_at": "seen_at"}} | changes))


def checked(left: str, op: Any, right: Any, name: str = "order") -> dict[str, Any]:
    return {"checks": (Check(name, left, op, right, WORDS),)}


def begins(**changes: Any) -> dict[str, Any]:
    given = {"by": "box", "register": "slip", "carry": {"note": "note"}} | changes
    return {"part_of": "shelf", "begins_with": BeginsWith(**given)}


def case(number: str, place: str, what: str, *fields: Field, **options: Any) -> Any:
    return pytest.param(number, place, fields, options, id=f"{number} {what}")


HARDENS = Hardens(fields=("note",), by="no_such")
CASES = [
    case("R001", "", "code with a capital", code="Work"),
    case("R001", "", "code too long", code="w" * 42),
    case("R002", "Name", "field with a capital", named("Name")),
    case("R002", "1st", "field that begins with a digit", named("1st")),
    case(
        "R003",
        "due_at",
        "required but read-only",
        named("due_at", INSTANT, required=True, read_only=True),
    ),
    case(
        "R003",
        "kind",
        "sometimes required but computed",
        named("flag", YES_NO),
        named("kind", computed="'a'", required_if=only_if("flag", "yes")),
    ),
    case("R004", "version", "the engine's column", named("version")),
    case("R004", "order", "what a class means by the name", named("order", MONEY)),
    case("R004", "process", "what a form does by the name", named("process")),
    case("R004", "holder", "a standard field of one's own", named("holder", PERSON)),
    case("R005", "", "table of an SQL word", code="function"),
    case("R100", "hardens", "by no field", named("note"), hardens=HARDENS),
    case("R005", "group", "column of an SQL word", named("group")),
    case("R006", "title", "no English title", title=Label("登记", " ")),
    case("R006", "shown", "no Chinese help", named("shown", help=Label("", "Help"))),
    case(
        "R006",
        "colour.red",
        "no English option",
        named("colour", CHOICE, options=(option("red", "红", ""),)),
    ),
    case("R006", "menu", "a plain text as the menu", menu="Menu"),
    case("R007", "same", "an id twice", named("a", id="same"), named("b", id="same")),
    case(
        "R007",
        "order",
        "a check's name twice",
        named("a", DATE),
        named("b", DATE),
        checks=(
            Check("order", "a", "<", "b", WORDS),
            Check("order", "b", ">", "a", WORDS),
        ),
    ),
    case("R007", "at_e2", "a column twice", named("at_e2"), named("at", DECIMAL)),
    case("R008", "x" * 41, "index name too long", named("x" * 41), code="w" * 21),
    case("R009", "", "the engine's own table", code="number_counter"),
    case("R009", "", "the name of a view", code="v_calls"),
    case("R010", "whose", "unknown target", named("whose", ENTRY, target="nowhere")),
    case("R010", "whose", "no target", named("whose", ENTRY)),
    case("R010", "customer", "implied target unknown", named("customer", CUSTOMER)),
    case("R010", "who", "target of a person", named("who", PERSON, target="staff")),
    case("R011", "kind", "no options", named("kind", CHOICE)),
    case("R011", "kind", "options of a text", named("kind", options=(RED,))),
    case("R011", "kind", "option twice", named("kind", CHOICE, options=(RED, RED))),
    case(
        "R012",
        "kind.a,b",
        "comma in an option",
        named("kind", CHOICES, options=(option("a,b", "甲乙", "A and B"),)),
    ),
    case(
        "R012",
        "kind.red",
        "unknown tone",
        named("kind", CHOICE, options=(option("red", "红", "Red", "pink"),)),
    ),
    case(
        "R013",
        "kind",
        "default is no option",
        named("kind", CHOICE, options=(RED,), default="blue"),
    ),
    case(
        "R013",
        "size",
        "default under the minimum",
        named("size", DECIMAL, minimum=1, default=0),
    ),
    case("R013", "made_on", "now for a date", named("made_on", DATE, default=NOW)),
    case("R013", "who", "me for a text", named("who", default=ME)),
    case("R014", "zip", "broken pattern", named("zip", pattern="[0-9")),
    case("R014", "size", "pattern of a number", named("size", INTEGER, pattern="1")),
    case(
        "R015",
        "size",
        "bounds crossed",
        named("size", INTEGER, minimum=3, maximum=2),
    ),
    case("R015", "name", "bound of a text", named("name", minimum=3)),
    case("R015", "size", "seven places", named("size", DECIMAL, places=7)),
    case(
        "R016", "phone", "masked but searchable", named("phone", PHONE, searchable=True)
    ),
    case(
        "R016",
        "note",
        "secret but searchable",
        named("note", secret=True, searchable=True),
    ),
    case("R016", "size", "searchable number", named("size", INTEGER, searchable=True)),
    case(
        "R017",
        "",
        "seven fields first",
        *(named(f"field_{index}", first=True) for index in range(7)),
    ),
    case(
        "R018", "a", "depends on nothing known", named("a", only_if=only_if("b", "x"))
    ),
    case(
        "R018",
        "a",
        "depends on no option",
        named("kind", CHOICE, options=(RED,)),
        named("a", required_if=only_if("kind", "blue")),
    ),
    case(
        "R018",
        "a",
        "depends on itself",
        named("a", YES_NO, only_if=only_if("a", "yes")),
    ),
    case("R019", "a", "given but editable", named("a", read_only=True, editable=True)),
    case(
        "R019",
        "paper",
        "attachment filtered",
        named("paper", ATTACHMENT, filterable=True),
    ),
    case(
        "R019", "a", "computed with a default", named("a", computed="'x'", default="y")
    ),
    case(
        "R019",
        "a",
        "required always and sometimes",
        named("flag", YES_NO),
        named("a", required=True, required_if=only_if("flag", "yes")),
    ),
    case("R020", "a", "no such path", SHELF, named("a", default=From("shelf.size"))),
    case(
        "R020",
        "a",
        "path of two hops",
        SHELF,
        named("a", default=From("shelf.box.note")),
    ),
    case(
        "R020", "a", "other type", SHELF, named("a", DATE, default=From("shelf.name"))
    ),
    case(
        "R020", "a", "phone in the open", SHELF, named("a", default=From("shelf.phone"))
    ),
    case(
        "R020",
        "a",
        "secret in the open",
        SHELF,
        named("a", MONEY, default=first_of(From("shelf.secret_price"))),
    ),
    case(
        "R020",
        "a",
        "fewer options",
        SHELF,
        named("a", CHOICE, options=(RED,), default=From("shelf.colour")),
    ),
    case("R020", "a", "looked up nowhere", named("a", default=Lookup("no", {}, "x"))),
    case(
        "R020",
        "a",
        "looked up by another type",
        named("day", DATE),
        named("a", default=Lookup("shelf", {"name": "day"}, "name")),
    ),
    case(
        "R020",
        "a",
        "entry of another register looked up",
        named("b"),
        named("a", PERSON, default=Lookup("shelf", {"name": "b"}, "id")),
    ),
    case(
        "R020",
        "a",
        "looked up where an unknown field is empty",
        named("b"),
        named("a", default=Lookup("shelf", {"name": "b"}, "name", empty=("no",))),
    ),
    case(
        "R020",
        "a",
        "counted nowhere",
        named("a", INTEGER, default=Count("no", {}, COUNTED_ON)),
    ),
    case(
        "R020",
        "a",
        "counted on a day that is none",
        named("day", INSTANT),
        named("a", INTEGER, default=Count("shelf", {}, COUNTED_ON)),
    ),
    case(
        "R020",
        "a",
        "counted by no instant",
        named("day", DATE),
        named("a", INTEGER, default=Count("shelf", {}, ("stock", "day"))),
    ),
    case(
        "R020",
        "a",
        "counted on an unknown day",
        named("a", INTEGER, default=Count("shelf", {}, COUNTED_ON)),
    ),
    case(
        "R020",
        "a",
        "counted by another type",
        named("day", DATE),
        named("a", INTEGER, default=Count("shelf", {"name": "day"}, COUNTED_ON)),
    ),
    case(
        "R020",
        "a",
        "counted within a length that is no number of months",
        named("day", DATE),
        named("a", INTEGER, default=Count("shelf", {}, COUNTED_ON, within="day")),
    ),
    case(
        "R020",
        "a",
        "a count for a text",
        named("day", DATE),
        named("a", default=first_of(Count("shelf", {}, COUNTED_ON))),
    ),
    case("R021", "a", "formula that does not parse", named("a", computed="1 +")),
    case("R021", "a", "formula over nothing known", named("a", computed="b")),
    case("R021", "a", "formula of another unit", named("a", MONEY, computed="1 + 1")),
    case(
        "R021",
        "a",
        "formula over an attachment",
        named("f", ATTACHMENT),
        named("a", computed="f"),
    ),
    case("R021", "a", "days for a length", named("a", DURATION, computed="3")),
    case(
        "R022",
        "a",
        "a circle",
        named("a", INTEGER, computed="b + 1"),
        named("b", INTEGER, computed="a - 1"),
    ),
    case(
        "R023",
        "a",
        "pay in the open",
        SHELF,
        named("a", MONEY, computed="shelf.secret_price * 2"),
    ),
    case("R023", "a", "phone in the open", SHELF, named("a", computed="shelf.phone")),
    case("R024", "makes box", "a figure as the condition", **makes(when="1")),
    case("R024", "posting shelf", "an unknown name", SHELF, **posting(when="size > 1")),
    case(
        "R024",
        "posting shelf",
        "money for a number",
        SHELF,
        named("fee", MONEY),
        **posting(add={"stock": "fee"}),
    ),
    case(
        "R024",
        "posting shelf",
        "a condition the database cannot be asked",
        SHELF,
        SEEN_AT,
        **latest(when="shelf.colour = 'red'"),
    ),
    case("R025", "order", "left unknown", named("a", DATE), **checked("b", "<", "a")),
    case("R025", "order", "right unknown", named("a", DATE), **checked("a", "<", "b")),
    case(
        "R025",
        "order",
        "date and instant",
        named("a", DATE),
        named("b", INSTANT),
        **checked("a", "<", "b"),
    ),
    case("R025", "order", "a text and a figure", named("a"), **checked("a", "<", 3)),
    case("R026", "posting no", "register unknown", SHELF, **posting(to="no", match={})),
    case(
        "R026", "posting shelf", "match unknown", SHELF, **posting(match={"id": "box"})
    ),
    case(
        "R026",
        "posting shelf",
        "match of another type",
        named("a"),
        **posting(match={"box": "a"}),
    ),
    case(
        "R026",
        "posting shelf",
        "a figure people type",
        SHELF,
        **posting(add={"typed": "1"}),
    ),
    case("R026", "posting shelf", "figure unknown", SHELF, **posting(add={"no": "1"})),
    case(
        "R026",
        "posting shelf",
        "the latest in an unknown field",
        SHELF,
        SEEN_AT,
        **latest(latest={"no": "seen_at"}),
    ),
    case("R026", "posting shelf", "the latest of nothing", SHELF, **latest()),
    case(
        "R026",
        "posting shelf",
        "the latest in a field people type",
        SHELF,
        named("size", DECIMAL),
        **latest(latest={"typed": "size"}),
    ),
    case(
        "R026",
        "posting shelf",
        "the latest of a text",
        SHELF,
        named("a"),
        **latest(latest={"seen_at": "a"}),
    ),
    case(
        "R026",
        "posting shelf",
        "the latest of another type",
        SHELF,
        named("day", DATE),
        **latest(latest={"seen_at": "day"}),
    ),
    case(
        "R026",
        "posting shelf",
        "the latest with other decimals",
        SHELF,
        named("size", DECIMAL, places=1),
        **latest(latest={"stock": "size"}),
    ),
    case(
        "R026",
        "posting shelf",
        "the latest of what is secret",
        SHELF,
        named("seen_at", INSTANT, secret=True),
        **latest(),
    ),
    case(
        "R026",
        "posting shelf",
        "an entry made for the latest alone",
        SHELF,
        SEEN_AT,
        **latest(create=True),
    ),
    case("R027", "makes no", "register unknown", **makes("no")),
    case("R027", "makes shelf", "no way back", **makes("shelf", "box")),
    case(
        "R027",
        "makes box",
        "carried to nothing",
        named("a"),
        **makes(carry={"no": "a"}),
    ),
    case("R027", "makes box", "nothing carried", **makes(carry={"note": "no"})),
    case(
        "R027",
        "makes box",
        "phone in the open",
        named("a", PHONE),
        **makes(carry={"note": "a"}),
    ),
    case("R028", "numbering", "unknown place", numbering="{shop}{serial}"),
    case("R028", "numbering", "no serial", numbering="{year}"),
    case("R029", "display", "unknown", display=("no",)),
    case("R029", "display", "masked", named("phone", PHONE), display=("phone",)),
    case("R029", "display", "a reference", SHELF, display=("shelf",)),
    case("R029", "display", "number without numbering", numbering=None),
    case("R030", "order", "unknown", order="-no"),
    case(
        "R030", "unique_together", "unknown", named("a"), unique_together=(("a", "no"),)
    ),
    case(
        "R030", "import_key", "kept beside", named("f", ATTACHMENT), import_key=("f",)
    ),
    case("R031", "part_of", "no reference", named("a", required=True), part_of="a"),
    case("R031", "part_of", "not required", SHELF, part_of="shelf"),
    case("R071", "secrecy", "no choice", named("a"), secrecy="a"),
    case("R071", "secrecy", "no field", named("a"), secrecy="b"),
    case(
        "R032",
        "box",
        "narrowed by nothing",
        named("box", ENTRY, target="box", only_of="no"),
    ),
    case(
        "R032",
        "shelf",
        "narrowed by what the other has not",
        replace(SHELF, only_of="a"),
        named("a"),
    ),
    case(
        "R033",
        "seen_at",
        "the latest of two postings",
        named("seen_at", INSTANT, read_only=True),
        named("work", ENTRY, target="work"),
        named("came_at", INSTANT),
        postings=(
            Posting("work", {"id": "work"}, latest={"seen_at": "came_at"}),
            Posting("work", {"number": "number"}, latest={"seen_at": "came_at"}),
        ),
    ),
    *(
        case(
            "R070",
            "begins_with",
            what,
            named("shelf", ENTRY, target="shelf", required=True),
            named("note"),
            **(begins() | changes),
        )
        for what, changes in {
            "of no whole": {"part_of": None},
            "by what the whole has not": begins(by="no"),
            "by what refers to nothing": begins(by="name"),
            "from an unknown register": begins(register="no"),
            "from what has another whole": begins(register="box"),
            "carried into nothing": begins(carry={"no": "note"}),
            "carried from nothing": begins(carry={"note": "no"}),
            "carried from what is masked": begins(carry={"note": "phone"}),
        }.items()
    ),
]
