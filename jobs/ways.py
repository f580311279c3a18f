"""A channel, a letter, and the sending of one by the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.channels import ChannelKind

SECONDS = 20.0
"""How long a channel may take over one letter, whatever it does meanwhile."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as it is sent by, apart from the database."""

    kind: ChannelKind
    address: dict[str, Any]
    secret: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent at once, to whom it matters by which key."""

    title: str
    body: str
    key: str  # the same when it is sent again
    to: str | None = None  # a mail address


def send(
    way: Way, letter: Letter, internal: Sequence[str], seconds: float = SECONDS
) -> str | None:
    """Send a letter; None when it was taken, else a word of `deliveries.FAILED`."""
    # Apprise and what it needs hold 12 MB, and many a process never sends a letter.
    from jobs import sending  # noqa: PLC0415 - loaded when needed

    return sending.send(way, letter, internal, seconds)
