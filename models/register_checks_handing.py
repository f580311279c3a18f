"""Checks of what passes from one person to another: it can be filled in and taken."""

from collections.abc import Iterator

from models.anyone_fields import is_typed_freely, left_open
from models.fields import (
    CHOICE,
    DATE,
    INSTANT,
    LONG_TEXT,
    PERSON,
    TEXT,
    YES_NO,
    FieldType,
)
from models.flow import Said
from models.register import Declaration
from models.register_checks_flow import flow_field, may_be_set
from models.register_findings import (
    Codes,
    Finding,
    column_of,
    no_field,
    no_register,
    rule,
)
from models.words import Label

ANYONE = "anyone"


def of_type(
    declared: Declaration, place: str, name: str, *types: FieldType
) -> Iterator[Finding]:
    """Check that a field is there and of one of some types."""
    one = column_of(declared, name)
    if one is None:
        yield no_field(place, name, declared.code)
    elif one.type not in types or (one.computed and one.type is PERSON):
        zh = "、".join(it.value for it in types)
        en = " or ".join(it.value for it in types)
        yield Finding(
            place,
            Label(
                f"{name} 的类型须是 {zh}，人员不由公式计算。",
                f"{name} must be of type {en}; a person is not computed.",
            ),
        )


@rule("R072")
def persons_can_be_handed_on(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Whoever takes an entry over can be written into these fields."""
    for name in declared.handed_on:
        yield from of_type(declared, "handed_on", name, PERSON)


@rule("R076")
def state_is_a_choice(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Where an entry stands is told by a choice; a flow has one of its own."""
    if declared.stands_in is not None:
        yield from of_type(declared, "stands_in", declared.stands_in, CHOICE)


@rule("R077")
def open_states_are_there(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """What is still to be done stands in states that there are."""
    if not declared.open_in:
        return
    state = column_of(declared, declared.stands_in or "")
    there = [one.value for one in state.options] if state else []
    for value in declared.open_in:
        if value not in there:
            yield Finding(
                "open_in",
                Label(
                    f"stands_in 里没有状态“{value}”；有 {'、'.join(there) or '—'}。",
                    f"there is no state “{value}” in stands_in; there are "
                    f"{', '.join(there) or '—'}.",
                ),
            )


@rule("R073")
def anyone_can_fill_it_in(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """What anyone is asked needs no right to look anything up, and tells nothing."""
    said = declared.anyone
    for name in said.fields if said else ():
        one = column_of(declared, name)
        if one is None:
            yield no_field(ANYONE, name, declared.code)
        elif not is_typed_freely(declared, one):
            yield Finding(
                ANYONE,
                Label(
                    f"{name} 不能在代记页面上填写：引用、附件、唯一、保密或系统填写的"
                    "字段都不行，请去掉。",
                    f"{name} cannot be asked of anyone: no reference, file, unique or "
                    "secret field, nothing the panel fills in. Leave it out.",
                ),
            )
    if said is not None and not said.fields:
        yield Finding(
            ANYONE, Label("没有写要填的字段。", "does not say what is asked for.")
        )


@rule("R074")
def anyone_leaves_whole_entries(
    _codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """What the page sets fits its field; what must be filled in is asked for or set."""
    said = declared.anyone
    if said is None:
        return
    for name, value in said.sets.items():
        one = column_of(declared, name)
        if one is None:
            yield no_field(ANYONE, name, declared.code)
        elif (
            name in (*said.fields, *said.notes)
            or one.refers_to is not None
            or one.computed
            or name == flow_field(declared)
            or isinstance(value, Said)
            or not may_be_set(one, value)
        ):
            yield Finding(
                ANYONE,
                Label(
                    f"{name} 不能设为“{getattr(value, 'value', value)}”。",
                    f"{name} cannot be set to “{getattr(value, 'value', value)}”.",
                ),
            )
    for one in left_open(declared):
        if not is_typed_freely(declared, one):
            yield Finding(
                ANYONE,
                Label(
                    f"{one.name} 必填，“{said.title.zh}”页面却不能填写，请给默认值，"
                    "或不设必填。",
                    f"{one.name} must be filled in, which the page “{said.title.en}” "
                    "cannot ask for. Give it a default, or do not require it.",
                ),
            )


@rule("R075")
def acceptance_is_noted(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """Who took it down, who accepted it and when are noted where nobody types."""
    said = declared.anyone
    if said is None:
        return
    for name, type_ in zip(said.notes, (PERSON, PERSON, INSTANT), strict=True):
        before = list(of_type(declared, ANYONE, name, type_))
        yield from before
        one = column_of(declared, name)
        if not before and one is not None and not one.read_only:
            yield Finding(
                ANYONE,
                Label(
                    f"{name} 由系统填写，须是只读字段（read_only）。",
                    f"{name} is filled in by the panel and must be read-only.",
                ),
            )
    if len(set(said.notes)) < len(said.notes):
        yield Finding(
            ANYONE,
            Label(
                "代记人和认领人须是两个字段。",
                "who took it down and who accepted it are two fields.",
            ),
        )


@rule("R078")
def hand_over_can_be_made(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A hand-over has two persons and an instant, and parts with what they need."""
    said = declared.hands_over
    if said is None:
        return
    place = "hands_over"
    yield from of_type(declared, place, said.by, PERSON)
    yield from of_type(declared, place, said.to, PERSON)
    yield from of_type(declared, place, said.confirmed_at, INSTANT)
    if said.remark is not None:
        yield from of_type(declared, place, said.remark, TEXT, LONG_TEXT)
    items = codes.get(said.items)
    if items is None:
        yield no_register(place, said.items)
        return
    whole = column_of(items, items.part_of or "")
    if whole is None or whole.refers_to != declared.code:
        yield Finding(
            place,
            Label(
                f"{said.items} 不是本登记表的组成部分（part_of）。",
                f"{said.items} holds no parts (part_of) of this register.",
            ),
        )
    yield from of_type(items, place, said.matter, TEXT, LONG_TEXT)
    yield from of_type(items, place, said.ticked, YES_NO)
    if said.due_at is not None:
        yield from of_type(items, place, said.due_at, INSTANT)
    for name in said.entries:
        one = column_of(items, name)
        if one is None:
            yield no_field(place, name, items.code)
        elif one.refers_to is None or one.type is PERSON:
            yield Finding(
                place,
                Label(
                    f"{name} 里不是其他登记表的条目。",
                    f"{name} does not hold an entry of a register.",
                ),
            )


@rule("R079")
def absence_can_be_told(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """An absence has a person, a beginning, an end, and states of its flow."""
    said = declared.absence
    if said is None:
        return
    place = "absence"
    for name in (said.person, said.deputy):
        if name is not None:
            yield from of_type(declared, place, name, PERSON)
    for name in (said.from_at, said.until_at):
        yield from of_type(declared, place, name, INSTANT, DATE)
    state = declared.state_field
    there = [one.value for one in state.options] if state else []
    for value in (*said.states, *said.over):
        if value not in there:
            yield Finding(
                place,
                Label(
                    f"没有状态“{value}”；有 {'、'.join(there) or '—'}。",
                    f"there is no state “{value}”; there are "
                    f"{', '.join(there) or '—'}.",
                ),
            )
