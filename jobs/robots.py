"""The robots of group chats: by Apprise, with their answers read.

A robot answers "200 OK" also when it did not take the message, with an error code in
the text; Apprise looks at the status alone, and the message would be lost.
"""

import base64
import hashlib
import hmac
import time
from typing import Any

import requests
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.wecombot import NotifyWeComBot

HTTP_OK = 200
Asked = tuple[str, dict[str, str] | None, dict[str, Any]]
"""Address, parameters and JSON object of a post."""


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
