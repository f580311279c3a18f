"""What a letter says: a heading, and for each message a sentence with its link."""

from collections.abc import Sequence
from urllib.parse import quote

from models.outbox import Message
from models.settings import Settings
from models.words import Label

DIGEST = Label("台账每日提醒（{count} 条）", "Taizhang, today: {count}")
AT_ONCE = Label("台账提醒（{count} 条）", "Taizhang: {count} reminders")
MORE = Label("另有 {count} 条，见 {url}", "{count} more: {url}")

LATE = Label(
    "您名下逾期未办共 {count} 项：{url}", "You have {count} overdue in all: {url}"
)

MOST_IN_MAIL = 100
MOST_IN_GROUP = 8
"""Messages that are spelled out; robots take about two thousand bytes."""


def title(count: int, *, is_digest: bool, language: str) -> str:
    """Return a letter's heading."""
    return (DIGEST if is_digest else AT_ONCE).format(count=count).text(language)


def body(
    messages: Sequence[Message],
    settings: Settings,
    language: str,
    *,
    personal: bool,
    late: int = 0,
) -> str:
    """Return a letter's text: a paragraph for each message, each with its key.

    Args:
        messages: What is told.
        settings: Zone and the panel's address.
        language: The reader's.
        personal: Whether it is one's own letter, not that of a group.
        late: How much the reader has overdue in all; 0 says nothing of it.
    """
    most = MOST_IN_MAIL if personal else MOST_IN_GROUP
    told = [
        _paragraph(one, settings, language, personal=personal)
        for one in messages[:most]
    ]
    rest = len(messages) - most
    if rest > 0:
        where = "messages/" if personal else "late/"
        url = f"{settings.public_url}/{where}"
        told.append(MORE.format(count=rest, url=url).text(language))
    if late:
        url = f"{settings.public_url}/late/"
        told.append(LATE.format(count=late, url=url).text(language))
    return "\n\n".join(told)


def _paragraph(
    message: Message, settings: Settings, language: str, *, personal: bool
) -> str:
    said = message.line(settings.zone).text(language)
    return f"{said}\n{settings.public_url}{path(message, personal=personal)}"


def path(message: Message, *, personal: bool) -> str:
    """Return where a message leads, with its key; who opens it is asked for rights.

    A person's own goes through the bell, where it counts as read by that.
    """
    where = "/messages/"
    if personal:
        where = f"/messages/{message.id}"
    elif message.register is not None and message.entry_id is not None:
        where = f"/register/{message.register}/details/?id={message.entry_id}"
    return f"{where}{'&' if '?' in where else '?'}message={quote(message.key)}"
