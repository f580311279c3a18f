"""Where a clock stands: whether the promise is broken, and what is awaited next."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict so far, and when the clock is to be looked at again."""

    breached_at: datetime | None  # the due instant, if that passed unmet
    next_at: datetime | None  # None: nothing more can happen by time alone


def standing(
    due_at: datetime,
    warn_at: datetime | None,
    *,
    met_at: datetime | None,
    breached_at: datetime | None,
    warned_at: datetime | None,
    settled_before: datetime | None,
    escalate_at: datetime | None = None,
) -> Standing:
    """Return where a clock stands by the facts of its entry.

    Meeting it at the due instant itself is in time. Work that was done in time and
    entered late counts as done in time: the facts decide, not who found them first.

    Args:
        due_at: The last instant that is in time.
        warn_at: When to warn, before the due instant; None for no warning.
        met_at: When the promise was kept; None if it is still to be.
        breached_at: The verdict recorded for this very due instant.
        warned_at: When a warning for it was given.
        settled_before: What was due before this is broken at once, without waiting for
            the sweep and so without a message, now or later.
        escalate_at: When the next step of escalation is to be taken, if one is left.
    """
    if met_at is not None:
        return Standing(due_at if met_at > due_at else None, None)
    if breached_at is not None:
        return Standing(breached_at, escalate_at)
    if settled_before is not None and due_at < settled_before:
        return Standing(due_at, None)
    awaited = [due_at]
    if warn_at is not None and warned_at is None:
        awaited.append(warn_at)
    if escalate_at is not None:
        awaited.append(escalate_at)
    return Standing(None, min(awaited))
