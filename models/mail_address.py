"""What counts as a mail address: one recipient, and nothing that is read otherwise."""

import re

LONGEST = 254  # characters, RFC 5321
_PLAIN = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)


def is_mail(text: str) -> bool:
    """Whether a text is one plain mail address, without a name or quotes around it."""
    return len(text) <= LONGEST and _PLAIN.fullmatch(text) is not None
