"""The keys of a chart's axes in order, and what they are called."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from admin import visit
from models import references
from models.chart_axes import Axis
from models.chart_figures import Taken
from models.register import REFERENCES, YES_NO
from models.rules.wall_clock import WEEKDAYS_ZH

_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OPENING = range(8, 18)  # hours that an empty axis of hours shows
_SORTED = ("pareto", "ranking", "share")  # kinds whose largest part comes first
MANY = 40
"""Values of a field that one axis shows; the rest is drawn as one."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of an axis: a key, or all that are too many to be shown."""

    label: str
    keys: tuple[Any, ...]
    word: str | None  # the key as an address has it; None leads nowhere


def along(found: Taken) -> list[Slot]:
    """Return the places of the axis, each with its label."""
    chart, axis = found.chart, found.axis
    there = found.keys()
    if axis.part is None:
        sort = chart.kind in _SORTED or axis.field.type in REFERENCES
        every = found.series_keys()
        keys = _values(
            axis,
            there,
            (lambda key: found.value(0, [key], every)) if sort else None,
            whole=chart.kind == "funnel",
        )
        return _cut(_slots(axis, keys), chart.most or MANY)
    if axis.part == "hour":
        hours = sorted(there) or list(_OPENING)
        return _slots(axis, range(hours[0], hours[-1] + 1))
    keys = axis.keys()
    if chart.previous:
        keys = [key for key in keys if key >= found.span.first]
    return _slots(axis, keys)


def across(found: Taken) -> list[Slot]:
    """Return the places of the series; one for everything where there are none."""
    if found.series is None:
        return [Slot("", (None,), None)]
    there = found.series_keys()
    if found.series.part is not None:
        return _slots(found.series, found.series.keys())
    every = found.keys()
    of_people = found.series.field.type in REFERENCES
    keys = _values(
        found.series,
        there,
        (lambda key: found.value(0, every, [key])) if of_people else None,
    )
    return _cut(_slots(found.series, keys), MANY)


def _values(
    axis: Axis,
    there: Collection[Any],
    size: Callable[[Any], Decimal | None] | None,
    *,
    whole: bool = False,
) -> list[Any]:
    """Return the values of a field: by size, or as the field has them; empty last."""
    options = axis.keys()
    filled = [key for key in there if key is not None]
    if size is not None:
        large = {key: size(key) or Decimal(0) for key in filled}
        filled.sort(key=lambda key: (-large[key], str(key)))
    elif options:
        known = [key for key in options if whole or key in there]
        filled = known + sorted(key for key in filled if key not in options)
    else:
        filled.sort()
    return filled + [key for key in there if key is None]


def _slots(axis: Axis, keys: Iterable[Any]) -> list[Slot]:
    wanted = list(keys)
    names = _names(axis, wanted)
    return [Slot(names[key], (key,), axis.text(key)) for key in wanted]


def _cut(slots: list[Slot], most: int) -> list[Slot]:
    if len(slots) <= most:
        return slots
    rest = tuple(key for one in slots[most:] for key in one.keys)
    label = visit.t(f"其余 {len(rest)} 项", f"{len(rest)} others")
    return [*slots[:most], Slot(label, rest, None)]


def _names(axis: Axis, keys: list[Any]) -> dict[Any, str]:
    t, language, field = visit.t, visit.language(), axis.field
    found: dict[Any, str] = {}
    if axis.part is None and field.type in REFERENCES and field.refers_to:
        ids = [key for key in keys if key is not None]
        called = references.labels(visit.session(), field.refers_to, ids)
        found = {key: called.get(key, f"#{key}") for key in ids}
    elif axis.part is None and field.type is YES_NO:
        found = {True: t("是", "yes"), False: t("否", "no")}
    elif axis.part is None:
        labels = {one.value: one.label.text(language) for one in field.options}
        found = {key: labels.get(key, str(key)) for key in keys}
    else:
        found = {key: _day(axis.part, key) for key in keys if key is not None}
    found[None] = t("（空）", "(empty)")
    return found


def _day(part: str, key: Any) -> str:
    match part:
        case "weekday":
            return visit.t(f"周{WEEKDAYS_ZH[key]}", _WEEKDAYS_EN[key])
        case "hour":
            return f"{key}:00"
        case "month":
            return f"{key:%Y-%m}"
        case "week":
            return visit.t(f"{key.month}/{key.day}起", f"{key.month}/{key.day}–")
    return f"{key.month}/{key.day}"
