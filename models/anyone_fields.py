"""Which fields of a register anyone can be asked for, and which must be."""

from models.fields import WITHOUT_COLUMN, Field
from models.register import Declaration


def is_typed_freely(declared: Declaration, one: Field) -> bool:
    """Whether filling it in needs no right to look anything up, and tells nothing."""
    is_ours = one.is_given or (declared.flow and declared.flow.field == one.name)
    tells = one.unique or one.secret or one.refers_to is not None
    return not (is_ours or tells or one.type in WITHOUT_COLUMN)


def left_open(declared: Declaration) -> list[Field]:
    """Return what must be filled in and what the declared page neither asks nor sets.

    A template or an admin may demand more of a register than its page knew of.
    """
    said = declared.anyone
    if said is None:
        return []
    filled = {*said.fields, *said.sets, declared.flow.field if declared.flow else ""}
    return [
        one
        for one in declared.fields
        if one.required
        and one.name not in filled
        and one.default is None
        and one.only_if is None
        and not one.is_given
    ]


def asked(declared: Declaration) -> list[Field]:
    """Return the fields of the page, in its order; those demanded beside come last."""
    said = declared.anyone
    if said is None:
        return []
    return [*(declared.field(name) for name in said.fields), *left_open(declared)]
