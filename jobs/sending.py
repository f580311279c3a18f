"""One letter by one channel, through Apprise: taken, or why not.

What Apprise says of it holds addresses with their secrets, and people's mail addresses,
so none of it reaches our log: only the error code in it is read.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import apprise
from apprise.plugins.custom_json import NotifyJSON
from apprise.plugins.email import NotifyEmail

from jobs.outgoing import public_only
from jobs.robot_address import robot_key
from jobs.robots import DingTalkRobot, FeishuRobot, WeComRobot
from jobs.ways import Letter, Way
from models.channels import ChannelKind

# As Apprise writes the code of an answer by HTTP, and by SMTP.
_CODE = re.compile(r"error=(\d{1,6})\b|\((\d{3}), b['\"]")
_LATE = "timed out"
_LOG = logging.getLogger("apprise")
_LOG.propagate = False
_LOG.addHandler(logging.NullHandler())
_LOG.setLevel(logging.DEBUG)  # heard below, written nowhere
logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it writes out whole addresses


class _Heard(logging.Handler):
    """Hears what Apprise says in this thread, for the code of an error."""

    def __init__(self) -> None:
        super().__init__()
        self.code: str | None = None
        self.is_slow = False
        self._thread = get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Take the last code that was named, and whether something took too long."""
        if record.thread != self._thread:
            return
        said = record.getMessage()
        found = _CODE.search(said)
        self.code = (found.group(1) or found.group(2)) if found else self.code
        self.is_slow = self.is_slow or _LATE in said


def send(
    way: Way, letter: Letter, internal: Sequence[str], seconds: float
) -> str | None:
    """Send a letter; None when it was taken, else a word of `deliveries.FAILED`."""
    with _hearing() as heard, public_only(internal, seconds) as watched:
        broken = False
        try:
            if _BY_KIND[way.kind](way, letter).notify(
                body=letter.body, title=letter.title, body_format="text"
            ):
                return None
        except Exception as error:  # noqa: BLE001 - whatever a channel does, it is told
            broken = not isinstance(error, OSError)
        if watched.is_inside:
            return "inside"
        if watched.is_slow or heard.is_slow:
            return "slow"
        if heard.code is not None:
            return f"status {heard.code}"
        if broken:
            return "settings"
        return "refused" if watched.was_connected() else "unreachable"


@contextmanager
def _hearing() -> Iterator[_Heard]:
    heard = _Heard()
    _LOG.addHandler(heard)
    try:
        yield heard
    finally:
        _LOG.removeHandler(heard)


def _mail(way: Way, letter: Letter) -> Any:
    address = way.address
    user = address.get("user") or None
    return NotifyEmail(
        schema="mailto",
        host=address["host"],
        smtp_host=address["host"],
        port=int(address["port"]),
        user=user,
        password=way.secret.get("password") if user else None,
        secure_mode=address["safety"],
        from_addr=address["sender"],
        targets=[letter.to],
        headers={"X-Taizhang-Key": letter.key},
        format="text",
    )


def _webhook(way: Way, letter: Letter) -> Any:
    url = urlsplit(way.secret["url"])
    host = url.hostname or ""
    return NotifyJSON(
        secure=url.scheme == "https",
        host=f"[{host}]" if ":" in host else host,
        port=url.port,
        user=url.username,
        password=url.password,
        fullpath=url.path,
        params=dict(parse_qsl(url.query)),
        headers={"Idempotency-Key": letter.key},
    )


def _plain(way: Way, _letter: Letter) -> Any:
    found = apprise.Apprise()
    found.add(way.secret["url"])
    return found


def _key(way: Way) -> str:
    return robot_key(way.kind.value, way.secret["url"])


def _signature(way: Way) -> str | None:
    return way.secret.get("sign") or None


_BY_KIND: dict[ChannelKind, Callable[[Way, Letter], Any]] = {
    ChannelKind.MAIL: _mail,
    ChannelKind.WECOM: lambda way, _: WeComRobot(_key(way)),
    ChannelKind.DINGTALK: lambda way, _: DingTalkRobot(
        _key(way), secret=_signature(way)
    ),
    ChannelKind.FEISHU: lambda way, _: FeishuRobot(_key(way), _signature(way)),
    ChannelKind.WEBHOOK: _webhook,
    ChannelKind.PLAIN: _plain,
}
