"""The addresses of the robots of group chats, and the keys in them."""

from urllib.parse import parse_qs, urlsplit

from models.words import PersonError

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
