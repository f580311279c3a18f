"""Names for what people call in Chinese: codes of registers, fields and options.

`x_` stands before what the panel makes, so that a register or field that the engine or
a template brings later never meets it.
"""

import re
from collections.abc import Container

MADE = "x_"
LONGEST_CODE = 56  # characters of a code before its number, of 60 that a table keeps
LONGEST = 30  # characters; a number behind still fits where two are alike


def made_name(
    words: str, taken: Container[str], before: str = MADE, longest: int = LONGEST
) -> str:
    """Return a name of letters, digits and underscores that is not taken.

    Chinese characters become their pinyin; of words without any letter "field" is made.
    At most `longest` characters come after `before`, not counting such a number.
    """
    # Its dictionary takes a moment to load, and names are seldom made.
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - loaded when needed

    said = "".join(lazy_pinyin(words.lower().replace(" ", "_")))
    plain = re.sub(r"[^a-z0-9_]+", "", said).strip("_0123456789") or "field"
    name = first = before + plain[:longest].rstrip("_")
    number = 1
    while name in taken:
        number += 1
        name = f"{first}_{number}"
    return name


def made_code(
    words: str, register: str, taken: Container[str], between: str = f".{MADE}"
) -> str:
    """Return a code with a register's before it, as templates write them."""
    before = register + between
    return made_name(words, taken, before, min(LONGEST, LONGEST_CODE - len(before)))
