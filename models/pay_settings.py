"""How an installation runs its pay: who signs, when a period closes, how far it looks.

Kept as one preference, so that a template may bring it and an admin change it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import preferences
from models.rules.how_long import Roll

NAME = "pay.run"
LAST_CLOSING_DAY = 28  # every month has it
MOST_BACK = 12


@dataclass(frozen=True, slots=True)
class PaySettings:
    """The settings of pay runs; each has a value where nobody said any.

    `four_eyes`: who calculated a run may not approve it. `reviewers`: the ids of the
    posts whose people must review; empty: whoever has the right. `closing_day`: of
    the month after the period, rolled over rest days as `closing_roll` says.
    `periods_back`: how many locked periods a run calculates again.
    """

    four_eyes: bool = False
    reviewers: tuple[int, ...] = ()
    closing_day: int = 5
    closing_roll: Roll = Roll.LATER
    periods_back: int = 3

    def kept(self) -> dict[str, Any]:
        """Return them as they are kept."""
        return {
            "four_eyes": self.four_eyes,
            "reviewers": list(self.reviewers),
            "closing_day": self.closing_day,
            "closing_roll": self.closing_roll.value,
            "periods_back": self.periods_back,
        }

    def closing_date(self, period_end: date) -> date:
        """Return the closing day, not yet rolled, of a period; its end is excluded."""
        return period_end.replace(day=self.closing_day)


def read(session: Session) -> PaySettings:
    """Return what is set; what nobody set, or no longer fits, as it is by itself."""
    said = preferences.get(session, NAME) or {}
    own = PaySettings()
    return PaySettings(
        four_eyes=bool(said.get("four_eyes", own.four_eyes)),
        reviewers=tuple(int(one) for one in said.get("reviewers", own.reviewers)),
        closing_day=min(
            int(said.get("closing_day", own.closing_day)), LAST_CLOSING_DAY
        ),
        closing_roll=Roll(said.get("closing_roll", own.closing_roll)),
        periods_back=min(int(said.get("periods_back", own.periods_back)), MOST_BACK),
    )


def put(session: Session, settings: PaySettings) -> None:
    """Keep the settings."""
    preferences.put(session, NAME, settings.kept())
