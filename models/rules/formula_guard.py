"""Keep a text of a CSV file from being run as a formula, and take the guard away.

Spreadsheets run a CSV field that starts like a formula. An export puts one apostrophe
before such a text, an import takes exactly one away, so a text comes back as it was.
Numbers are never guarded: "-5" stays a number.
"""

GUARDED = frozenset("=+-@'\t\r")
"""First characters of a text that gets an apostrophe (design, section 9, Export)."""


def guard_text(text: str) -> str:
    """Put one apostrophe before a text that a spreadsheet could run."""
    return f"'{text}" if text[:1] in GUARDED else text


def unguard_text(text: str) -> str:
    """Take away the apostrophe that `guard_text` put there; leave any other.

    An apostrophe before any other character was never put there by a guard ('tis),
    so files of other programs keep theirs.
    """
    return text[1:] if text[:1] == "'" and text[1:2] in GUARDED else text
