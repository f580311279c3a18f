"""Channels set, switched and taken away; kept in the history without their secrets."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from models import setting_history
from models.channels import Channel
from models.history import Writer
from models.words import PersonError

SETTING = "message.channel"
HIDDEN = "***"


class ChannelGoneError(PersonError):
    """Somebody took the channel away meanwhile."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "这个渠道已被删除，没有保存。",
            "The channel was deleted; nothing was saved.",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A channel as it is to be."""

    kind: str
    name: str
    department_id: int | None
    address: dict[str, Any]
    secret: dict[str, str]  # empty texts keep what there is
    gets: str
    digest_minute: int


def find(session: Session, channel_id: int) -> Channel:
    """Return a channel.

    Raises:
        ChannelGoneError: It is not there.
    """
    found = session.get(Channel, channel_id)
    if found is None:
        raise ChannelGoneError
    return found


def save(
    session: Session, channel_id: int | None, wanted: Wanted, by: Writer
) -> Channel:
    """Make or change a channel; the kind of one that is there stays.

    Raises:
        ChannelGoneError: It is not there any more.
    """
    if channel_id is None:
        one = Channel(kind=wanted.kind, secret={}, enabled=True, **_values(wanted))
        before: dict[str, Any] = {}
    else:
        one = find(session, channel_id)
        before = _told(one)
        for name, value in _values(wanted).items():
            setattr(one, name, value)
    given = {name: text for name, text in wanted.secret.items() if text}
    changed = any(one.secret.get(name) != text for name, text in given.items())
    one.secret = one.secret | given
    one.saved_at = by.now
    session.add(one)
    session.flush()
    changes: setting_history.Changes = {
        name: [before.get(name), value]
        for name, value in _told(one).items()
        if before.get(name) != value
    }
    if changed:
        changes["secret"] = [HIDDEN if before else None, HIDDEN]
    if changes:
        changes["of"] = [before.get("name"), one.name]
    action = "created" if channel_id is None else "changed"
    setting_history.keep(session, SETTING, one.id, changes, by, action)
    return one


def switch(session: Session, channel_id: int, by: Writer) -> Channel:
    """Switch a channel off, or on again."""
    one = find(session, channel_id)
    one.enabled = not one.enabled
    changes: setting_history.Changes = {
        "enabled": [not one.enabled, one.enabled],
        "of": [one.name, one.name],
    }
    setting_history.keep(session, SETTING, one.id, changes, by)
    return one


def delete(session: Session, channel_id: int, by: Writer) -> None:
    """Take a channel away; what waits for it is dropped when it would be sent."""
    one = find(session, channel_id)
    changes: setting_history.Changes = {"of": [one.name, None]}
    setting_history.keep(session, SETTING, one.id, changes, by, "deleted")
    session.delete(one)


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "department_id": wanted.department_id,
        "address": wanted.address,
        "gets": wanted.gets,
        "digest_minute": wanted.digest_minute,
    }


def _told(one: Channel) -> dict[str, Any]:
    """Return what the history tells of a channel: all but its secrets."""
    return {
        "kind": one.kind,
        "name": one.name,
        "department_id": one.department_id,
        **one.address,
        "gets": one.gets,
        "digest_minute": one.digest_minute,
    }
