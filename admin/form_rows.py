"""The rows of a form, kept as text: nearly all of each is the same on every page.

What a row shows besides its value depends on the declaration, the language and the
clause. It is rendered once with a sign in place of the value and cut there; later pages
put the value between the pieces. Rows with errors, masks or more than a value in them
are rendered as they come.
"""

from collections.abc import Callable, Hashable
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup, escape

Row = Callable[[Any, Any], Markup]
"""The template's macro for one row: a control and what there is to know about it."""

SIGN = "\x02value\x03"  # in no text: forms and imports take control characters out
TEXT_SIGN = "\x02text\x03"
MOST_KEPT = 2_000  # rows of one register: fields x languages x what radios may hold
TYPED = frozenset(
    (
        *("text", "long", "integer", "decimal", "money", "duration"),
        *("date", "time", "datetime", "phone", "id_number", "plate"),
    )
)
CHOSEN = frozenset({"choice", "radio", "yes_no"})
KEPT = TYPED | CHOSEN | {"picker"}


def render(
    kept: dict[Hashable, tuple[str, ...]],
    key: Hashable,
    row: Row,
    control: Any,
    kind: str,
    meta: Callable[[], Any],
    called: Callable[[], str | None],
) -> Markup:
    """Return a row without errors and masks, from what is kept or for the first time.

    Args:
        kept: The pieces of rows rendered before; belongs to one declaration.
        key: All that the row depends on besides its value.
        row: The template's macro.
        control: The form's control with its value.
        kind: The templates' word for the control, one of `KEPT`.
        meta: Makes what the macro asks about the field.
        called: Tells what the entry that a picker holds is called.
    """
    state: Hashable
    values: tuple[Any, ...]
    if kind in TYPED:
        state, values = None, (control._value(),)  # noqa: SLF001 - WTForms' own name for what a control shows
    elif kind in CHOSEN:
        state, values = control.data, ()
    else:
        held = control.data
        state = bool(held)
        values = (held, called() or held) if held else ()
    key = (key, state)
    pieces = kept.get(key)
    if pieces is None:
        pieces = _cut(row(_signed(control, kind), _unnamed(meta())))
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = pieces
    if len(pieces) == 1:
        return Markup(pieces[0])  # noqa: S704 - rendered by the template
    # A value stands in one place, a picker's in two: its id, then what it is called.
    filled = [pieces[0]]
    for value, piece in zip(values, pieces[1:], strict=True):
        filled += (str(escape(value)), piece)
    return Markup("".join(filled))  # noqa: S704 - pieces of the template, values escaped


def _signed(control: Any, kind: str) -> Any:
    """Return a stand-in for the control that shows signs where its values belong."""
    data = control.data
    if kind == "picker" and data:
        data = SIGN
    return SimpleNamespace(
        id=control.id,
        name=control.name,
        label=control.label,
        errors=(),
        data=data,
        choices=getattr(control, "choices", None),
        _value=lambda: SIGN,
    )


def _unnamed(meta: Any) -> Any:
    meta.picker_text = TEXT_SIGN
    return meta


def _cut(row: Markup) -> tuple[str, ...]:
    return tuple(str(row).replace(TEXT_SIGN, SIGN).split(SIGN))
