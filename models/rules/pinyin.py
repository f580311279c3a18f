"""Names by the first letters of their pinyin, as people type them: 金锐激光 is jrjg."""

from itertools import islice, product

from models.rules.pinyin_letters import FIRST, LETTERS

FEWEST = 2  # Chinese characters that make initials worth looking for
MOST_READINGS = 4  # of one text with characters that are read in two ways
LONGEST = 40  # characters that are read

# Characters of names of people and places that are read in two ways.
_TWO_WAYS = {
    "重": "zc",
    "长": "cz",
    "行": "xh",
    "单": "ds",
    "曾": "zc",
    "乐": "ly",
    "解": "jx",
    "仇": "qc",
    "朴": "pb",
    "盖": "gg",
    "查": "cz",
    "翟": "zd",
    "尉": "wy",
    "覃": "qt",
    "区": "qo",
    "折": "zs",
    "会": "hk",
    "厦": "xs",
    "都": "du",
    "石": "sd",
}


def initials(text: str) -> list[str]:
    """Return the initials of a text in each of its readings; none for other texts.

    Letters and digits stand for themselves, everything else is passed over.
    """
    letters = [_letters(one) for one in text[:LONGEST]]
    chinese = sum(not one.isascii() and bool(_letters(one)) for one in text[:LONGEST])
    if chinese < FEWEST:
        return []
    every = product(*filter(None, letters))
    return ["".join(one) for one in islice(every, MOST_READINGS)]


def _letters(one: str) -> str:
    """Return the letters that a character may be read by."""
    if one.isascii():
        return one.lower() if one.isalnum() else ""
    at = ord(one) - FIRST
    if not 0 <= at < len(LETTERS):
        return ""
    found = _TWO_WAYS.get(one, LETTERS[at])
    return "".join(dict.fromkeys(found)).strip("-")
