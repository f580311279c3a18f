"""Checks of what points elsewhere: other fields, other registers, names and orders."""

from collections.abc import Iterator

from models.numbering import pattern_problem
from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    ENTRY,
    INSTANT,
    INTEGER,
    MONEY,
    REFERENCES,
    TEXTUAL,
    Count,
    Declaration,
    Field,
    FirstOf,
    From,
    Lookup,
)
from models.register_findings import (
    Codes,
    Finding,
    Reached,
    column_of,
    copied,
    fits,
    matched,
    misfit,
    no_field,
    no_register,
    reach,
    rule,
)
from models.words import Label

FIGURES = frozenset({INTEGER, DECIMAL, MONEY})
SAYABLE = TEXTUAL | {INTEGER, DECIMAL, DATE}  # what reads well as an entry's name


@rule("R010")
def targets_are_known(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A reference says which register it points at, nothing else says so."""
    for one in declared.all_fields:
        if one.type in REFERENCES and one.refers_to not in codes:
            yield no_register(one.name, one.refers_to)
        if one.target and one.type is not ENTRY:
            yield Finding(
                one.name,
                Label(
                    "只有“登记表条目”字段能指定登记表。",
                    "has a target, which only a field of type entry may have.",
                ),
            )


@rule("R020")
def taken_defaults_fit(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """What is taken from another entry must exist there and fit here."""
    for one in declared.fields:
        tried = one.default
        for each in tried.defaults if isinstance(tried, FirstOf) else (tried,):
            if isinstance(each, From):
                yield from copied(
                    one.name,
                    each.path,
                    reach(codes, declared, each.path),
                    declared.code,
                    Reached(one),
                )
            if isinstance(each, Lookup):
                yield from _looked_up(codes, declared, one, each)
            if isinstance(each, Count):
                yield from _counted(codes, declared, one, each)


def _looked_up(
    codes: Codes, declared: Declaration, one: Field, lookup: Lookup
) -> Iterator[Finding]:
    target = codes.get(lookup.register)
    if target is None:
        yield no_register(one.name, lookup.register)
        return
    yield from matched(codes, declared, target, lookup.match, one.name)
    for name in lookup.empty:
        if column_of(target, name) is None:
            yield no_field(one.name, name, target.code)
    taken = reach(codes, target, lookup.take)
    yield from copied(one.name, lookup.take, taken, target.code, Reached(one))


def _counted(
    codes: Codes, declared: Declaration, one: Field, counted: Count
) -> Iterator[Finding]:
    """Check what is counted, and that a count of a day can stand here."""
    target = codes.get(counted.register)
    if target is None:
        yield no_register(one.name, counted.register)
        return
    yield from matched(codes, declared, target, counted.match, one.name)
    theirs, ours = counted.on
    there, here = reach(codes, target, theirs), reach(codes, declared, ours)
    dated = there is not None and there.field is not None and there.field.type is DATE
    needed = [
        (theirs, target.code, there, DATE if dated else INSTANT),
        (ours, declared.code, here, DATE),
        (one.name, declared.code, Reached(one), INTEGER),
    ]
    if counted.within is not None:
        months = reach(codes, declared, counted.within)
        needed.append((counted.within, declared.code, months, INTEGER))
    for path, register, found, wanted in needed:
        if found is None:
            yield no_field(one.name, path, register)
        elif found.field is None or found.field.type is not wanted:
            yield Finding(
                one.name,
                Label(
                    f"按天计数：{register}.{path} 的类型须是 {wanted.value}。",
                    f"counts by day, so {register}.{path} must be of type "
                    f"{wanted.value}.",
                ),
            )


@rule("R025")
def checks_can_be_made(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A check compares two fields of one type, or a number with a literal."""
    for check in declared.checks:
        left = column_of(declared, check.left)
        if left is None:
            yield no_field(check.name, check.left, declared.code)
            continue
        if not isinstance(check.right, str):
            if left.type not in FIGURES:
                yield misfit(check.name, check.left, str(check.right))
            continue
        right = column_of(declared, check.right)
        if right is None:
            yield no_field(check.name, check.right, declared.code)
        elif not fits(Reached(left), Reached(right)):
            yield misfit(check.name, check.left, check.right)


@rule("R027")
def makes_can_be_made(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """What is made of an entry refers back to it and takes over what fits."""
    for made in declared.makes:
        place = f"makes {made.target}"
        target = codes.get(made.target)
        if target is None:
            yield no_register(place, made.target)
            continue
        via = column_of(target, made.via)
        if via is None or via.refers_to != declared.code:
            yield Finding(
                place,
                Label(
                    f"{made.target}.{made.via} 须是指向 {declared.code} 的字段。",
                    f"{made.target}.{made.via} must be a field that refers to "
                    f"{declared.code}.",
                ),
            )
        for name, path in made.carry.items():
            there = column_of(target, name)
            if there is None or there.is_given:
                yield no_field(place, name, target.code)
                continue
            source = reach(codes, declared, path)
            yield from copied(place, path, source, declared.code, Reached(there))


@rule("R028")
def numbering_is_readable(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A pattern has places the engine fills and one serial."""
    wrong = declared.numbering and pattern_problem(declared.numbering)
    if wrong:
        yield Finding(
            "numbering",
            Label(f"编号规则写错了：{wrong}。", f"the pattern is wrong: {wrong}."),
        )


@rule("R029")
def name_can_be_said(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """An entry is called by words that exist and that everybody may read."""
    for name in declared.display:
        one = column_of(declared, name)
        if one is None:
            yield no_field("display", name, declared.code)
        elif one.type not in SAYABLE or one.personal or one.secret:
            yield Finding(
                "display",
                Label(
                    f"{name} 须是人人可见的文字、数字或日期。",
                    f"{name} must be a text, number or date that is not hidden.",
                ),
            )
        elif name == "number" and declared.numbering is None:
            yield Finding(
                "display",
                Label(
                    "没有编号规则，条目就没有名称，请另选字段。",
                    "there is no numbering, so an entry would have no name.",
                ),
            )


@rule("R030")
def named_fields_exist(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """The order, keys and the whole that an entry is part of are fields."""
    wanted = [("order", declared.order.removeprefix("-"))]
    wanted += [("import_key", name) for name in declared.import_key]
    for together in declared.unique_together:
        wanted += [("unique_together", name) for name in together]
    for place, name in wanted:
        if name != "id" and column_of(declared, name) is None:
            yield no_field(place, name, declared.code)


@rule("R031")
def part_belongs_to_a_whole(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A part refers to its whole and cannot be without it."""
    if declared.part_of is None:
        return
    whole = column_of(declared, declared.part_of)
    if whole is None or whole.refers_to is None or not whole.required:
        yield Finding(
            "part_of",
            Label(
                f"{declared.part_of} 须是必填的、指向另一登记表的字段。",
                f"{declared.part_of} must be a required field that refers to another "
                "register.",
            ),
        )


@rule("R071")
def secrecy_is_a_choice(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """The levels of secrecy are the options of one choice, from the lowest on."""
    if declared.secrecy is None:
        return
    levels = column_of(declared, declared.secrecy)
    if levels is None or levels.type is not CHOICE:
        yield Finding(
            "secrecy",
            Label(
                f"{declared.secrecy} 须是单选字段，选项从最低密级排起。",
                f"{declared.secrecy} must be a choice whose options go from the least "
                "secret on.",
            ),
        )


@rule("R032")
def offers_can_be_narrowed(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A reference narrowed by another one points at what has that one as well."""
    for one in declared.fields:
        target = codes.get(one.refers_to or "")
        if one.only_of is None or target is None:
            continue
        ways = (declared, target)
        found = {
            way.field(one.only_of).refers_to for way in ways if way.has(one.only_of)
        }
        if not all(way.has(one.only_of) for way in ways) or len(found - {None}) != 1:
            yield Finding(
                one.name,
                Label(
                    f"只列出所选“{one.only_of}”的条目，但本表和 {target.code} "
                    "要有同名、指向同一登记表的字段。",
                    f"offers only what is of “{one.only_of}”, so this register "
                    f"and {target.code} both need a reference of that name to one "
                    "register.",
                ),
            )
