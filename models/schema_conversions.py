"""Which changes of a field's type keep every value, and how the values are turned.

Texts may grow, or shrink where nothing is longer; numbers may get more places, or fewer
where nothing is lost; a reference may be told more exactly. All else is refused with
what to do in its place.
"""

from dataclasses import dataclass

from models.register import (
    CHOICE,
    DECIMAL,
    INTEGER,
    MONEY,
    REFERENCES,
    TEXTUAL,
    Field,
    FieldType,
)
from models.schema_steps import FieldMemory, Guard, SchemaRefusedError
from models.words import Label

CHOICE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Conversion:
    """How one column's values become those of the new type."""

    retype: bool = False  # the column's own type changes, its values do not
    # The new value in SQL with a place for {column}; empty when it stays.
    expression: str = ""
    guard: Guard | None = None


def conversion(old: FieldMemory, new: Field, table: str, column: str) -> Conversion:
    """Return how to turn the values.

    Args:
        old: The field as it was applied.
        new: The field as it is declared.
        table: The table's quoted name.
        column: The quoted name under which the values are now.

    Raises:
        SchemaRefusedError: Values could be lost, or no way is known.
    """
    before, after = FieldType(old.type), new.type
    if before in REFERENCES and after in REFERENCES and old.refers_to == new.refers_to:
        return Conversion()
    if _is_text(before) and _is_text(after):
        return _text(old.size, _size(new), new, table, column)
    if _is_number(before) and _is_number(after):
        return _number((old.size or 0), _places(new), new, table, column)
    if before is after and old.refers_to == new.refers_to:
        return Conversion()
    raise SchemaRefusedError(
        "字段“{zh}”（{name}）现在的类型是 {before}，声明改成了 {after}，"
        "已有的值会丢失。请另建一个新字段并停用旧字段。",
        "Field “{en}” ({name}) is kept as {before} but declared as {after}; its values "
        "would be lost. Declare a new field beside it and retire the old one.",
        zh=new.label.zh,
        en=new.label.en,
        name=new.name,
        before=_said(before, old.refers_to),
        after=_said(after, new.refers_to),
    )


def _said(kind: FieldType, refers_to: str | None) -> str:
    return f"{kind.value} → {refers_to}" if refers_to else kind.value


def _is_text(kind: FieldType) -> bool:
    return kind in TEXTUAL or kind is CHOICE


def _is_number(kind: FieldType) -> bool:
    return kind in {INTEGER, DECIMAL, MONEY}


def _size(one: Field) -> int | None:
    if one.type is CHOICE:
        return CHOICE_SIZE
    return None if one.type is FieldType.LONG_TEXT else one.max_length


def _places(one: Field) -> int:
    return {INTEGER: 0, MONEY: 2}.get(one.type, one.places)


def _text(
    old: int | None, size: int | None, new: Field, table: str, column: str
) -> Conversion:
    if old == size:
        return Conversion()
    if size is None or (old is not None and old < size):
        return Conversion(retype=True)
    return Conversion(
        retype=True,
        guard=Guard(
            f"SELECT count(*) FROM {table} WHERE length({column}) > {size}",
            Label(
                "字段“{zh}”要缩短到 {size} 个字，但已有 {count} 条更长。"
                "请先缩短它们，或把长度改回去。",
                "Field “{en}” is to be cut to {size} characters, but {count} entries "
                "are longer. Shorten them first, or declare the old length.",
            ),
            {"zh": new.label.zh, "en": new.label.en, "size": size},
        ),
    )


def _number(old: int, places: int, new: Field, table: str, column: str) -> Conversion:
    if old == places:
        return Conversion()
    if old < places:
        return Conversion(expression=f"{{column}} * {10 ** (places - old)}")
    step = 10 ** (old - places)
    return Conversion(
        expression=f"{{column}} / {step}",
        guard=Guard(
            # Not by %, which the PostgreSQL driver takes for a parameter.
            f"SELECT count(*) FROM {table}"
            f" WHERE {column} - {column} / {step} * {step} <> 0",
            Label(
                "字段“{zh}”要改为 {places} 位小数，但已有 {count} 条的小数更长。"
                "请先修改它们，或保留原来的位数。",
                "Field “{en}” is to have {places} places, but {count} entries have "
                "more. Change them first, or keep the places.",
            ),
            {"zh": new.label.zh, "en": new.label.en, "places": places},
        ),
    )
