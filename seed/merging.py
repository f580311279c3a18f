"""What becomes of one thing of a template: new, changed, the same, or kept by hand."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from models.words import Label

Values = dict[str, Any]


class Outcome(StrEnum):
    """What becomes of one thing of a template."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    KEEP = "keep"  # changed, made or removed by hand, and left so

    @property
    def label(self) -> Label:
        """The word of the summary."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.CREATE: Label("新建", "new"),
    Outcome.UPDATE: Label("更新", "changed"),
    Outcome.SAME: Label("不变", "the same"),
    Outcome.KEEP: Label("保留人工修改", "kept as changed by hand"),
}


@dataclass(frozen=True, slots=True)
class Merged:
    """What becomes of one thing: its new values, and the keys that are left alone."""

    outcome: Outcome
    values: Values | None = None  # None: nothing is written
    kept: tuple[str, ...] = ()


def merged(wanted: Values, now: Values | None, last: Values | None) -> Merged:
    """Work out what becomes of one thing, key by key.

    Args:
        wanted: What the template says.
        now: What stands there; None if it is not there.
        last: What a template said when it was last applied; None if none ever did.
    """
    if now is None:
        if last is not None:  # it was there and somebody took it away
            return Merged(Outcome.KEEP)
        return Merged(Outcome.CREATE, wanted)
    if now == wanted:
        return Merged(Outcome.SAME)
    # What stood there before any template is somebody's own, too.
    known = last if last is not None else {}
    result = dict(now)
    kept = []
    missing = object()
    for key in dict.fromkeys((*wanted, *now, *known)):
        new, here, said = (some.get(key, missing) for some in (wanted, now, known))
        if new is here or new == here:
            continue
        if not _as_left(here, said, key, now, known):
            kept.append(key)
        elif key in wanted:
            result[key] = new
        else:
            result.pop(key, None)
    if result != now:
        return Merged(Outcome.UPDATE, result, tuple(kept))
    return Merged(Outcome.KEEP if kept else Outcome.SAME, None, tuple(kept))


def _as_left(here: object, said: object, key: str, now: Values, known: Values) -> bool:
    """Whether a key stands as the last template left it."""
    if key not in now and key not in known:
        return True
    return key in now and key in known and here == said
