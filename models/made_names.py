"""Names for what people call in Chinese: codes of registers, fields and options.

`x_` stands before what the panel makes, so that a register or field that the engine or
a template brings later never meets it.
"""

import re
from collections.abc import Container

MADE = "x_"
LONGEST = 30  # characters; a number behind still fits where two are alike


def made_name(words: str, taken: Container[str], before: str = MADE) -> str:
    """Return a name of letters, digits and underscores that is not taken.

    Chinese characters become their pinyin; of words without any letter "field" is made.
    """
    # Its dictionary takes a moment to load, and names are seldom made.
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loaded when needed

    said = "".join(lazy_pinyin(words.lower().replace(" ", "_")))
    plain = re.sub(r"[^a-z0-9_]+", "", said).strip("_0123456789") or "field"
    name = first = before + plain[:LONGEST].rstrip("_")
    number = 1
    while name in taken:
        number += 1
        name = f"{first}_{number}"
    return name
