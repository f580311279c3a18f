"""The robots of group chats: by Apprise, with their answers read.

A robot answers "200 OK" also when it did not take the message, with an error code in
the text; Apprise looks at the status alone, and the message would be lost.
"""

import base64
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

from models.words import PersonError

HTTP_OK = 200
Asked = tuple[str, dict[str, str] | None, dict[str, Any]]
"""Address, parameters and JSON object of a post."""

# Where each robot lives, and how its key stands in the address that people copy.
HOSTS = {
    "wecom": "qyapi.weixin.qq.com",
    "dingtalk": "oapi.dingtalk.com",
    "feishu": "open.feishu.cn",
}


class RobotAddressError(PersonError):
    """What was typed is not the address of such a robot."""

    def __init__(self, host: str) -> None:
        """Say where the address is found; not what was typed, which may be a secret."""
        super().__init__(
            "这不是该机器人的 Webhook 地址，应以 https://{host}/ 开头；"
            "请在群设置的机器人里复制完整地址。",
            "This is no such robot's address, which begins with https://{host}/. "
            "Copy all of it from the group's settings.",
            host=host,
        )


def robot_key(kind: str, url: str) -> str:
    """Return the key in a robot's address.

    Raises:
        RobotAddressError: There is none.
    """
    try:
        seen = urlsplit(url.strip())
    except ValueError:
        raise RobotAddressError(HOSTS[kind]) from None
    asked = parse_qs(seen.query)
    key = (asked.get("key") or asked.get("access_token") or [""])[0]
    if kind == "feishu":
        key = seen.path.rstrip("/").rpartition("/hook/")[2]
    plain = key.replace("-", "").replace("_", "")
    right = plain.isalnum() and plain.isascii()
    if seen.scheme != "https" or seen.hostname != HOSTS[kind] or not right:
        raise RobotAddressError(HOSTS[kind])
    return key


class _Answering(NotifyBase):  # type: ignore[misc]  # Apprise has no types
    """Posts a text as a robot wants it and reads the error code in the answer."""

    def send(self, body: str, title: str = "", *_: Any, **__: Any) -> bool:
        """Return whether the robot took the message."""
        url, params, payload = self.asked(f"{title}\n{body}" if title else body)
        self.throttle()
        answer = requests.post(
            url,
            json=payload,
            params=params,
            verify=self.verify_certificate,
            timeout=self.request_timeout,
            allow_redirects=self.redirects,
        )
        code = answer.status_code
        if code == HTTP_OK:
            said = answer.json()
            code = said.get("errcode", said.get("code", 0))
        if code in (0, "0"):
            return True
        self.logger.warning("A robot did not take a message: error=%s.", code)
        return False

    def asked(self, text: str) -> Asked:
        """Return what is posted to say a text."""
        raise NotImplementedError


class WeComRobot(_Answering, NotifyWeComBot):  # type: ignore[misc]  # Apprise has no types
    """A robot of 企业微信."""

    def asked(self, text: str) -> Asked:
        """Return the robot's address and the text."""
        return self.api_url, None, {"msgtype": "text", "text": {"content": text}}


class DingTalkRobot(_Answering, NotifyDingTalk):  # type: ignore[misc]  # Apprise has no types
    """A robot of 钉钉, signed where it asks for that."""

    def asked(self, text: str) -> Asked:
        """Return the robot's address, its signature and the text."""
        params = None
        if self.secret:
            stamp = str(round(time.time() * 1000))
            signed = f"{stamp}\n{self.secret}".encode()
            params = {"timestamp": stamp, "sign": _hmac(self.secret.encode(), signed)}
        payload = {"msgtype": "text", "text": {"content": text}}
        return self.notify_url.format(token=self.token), params, payload


class FeishuRobot(_Answering, NotifyFeishu):  # type: ignore[misc]  # Apprise has no types
    """A robot of 飞书, signed where it asks for that."""

    def __init__(self, token: str, secret: str | None = None, **kwargs: Any) -> None:
        """Keep the word that signs."""
        super().__init__(token, **kwargs)
        self._secret = secret

    def asked(self, text: str) -> Asked:
        """Return the robot's address and the text, with its signature."""
        payload: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if self._secret:
            stamp = str(int(time.time()))
            key = f"{stamp}\n{self._secret}".encode()
            payload |= {"timestamp": stamp, "sign": _hmac(key, b"")}
        return self.notify_url.format(token=self.token), None, payload


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
