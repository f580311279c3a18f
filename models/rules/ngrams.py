"""Text as search sees it: letters and digits only, cut into overlapping pieces.

A Chinese word needs no blanks around it, so every two neighbouring characters are a
piece, and a text is found by any part of it from two characters on. Of digits there are
only a hundred pairs, so every four neighbouring digits are a piece as well. Traditional
and simplified forms stay apart: they are different letters to whoever typed them.
"""

import re
import unicodedata
from operator import add

PIECE = 2  # characters in a piece
FOUR = 4  # digits in a piece of a number

_NUMBER = re.compile("[0-9]{4,}")

# What punctuates Chinese and English. It goes before anything else, since NFKC passes
# over a text that needs nothing a hundred times faster than over one with a "，".
_PUNCTUATION = re.compile(r"[\s_,.;:!?'\"()/，。、；：！？“”‘’（）《》【】…—·～-]+")
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")


def normalised(text: str) -> str:
    """Return the letters and digits of a text, widths and case made alike.

    NFKC turns full-width forms, ligatures and circled digits into plain ones; the case
    is folded; blanks, punctuation and symbols go. A normalised text stays as it is.
    """
    text = _PUNCTUATION.sub("", text)
    if not text.isascii():
        text = _folded(_folded(text))
    text = text.casefold()
    return text if text.isalnum() else _NEITHER_LETTER_NOR_DIGIT.sub("", text)


def _folded(text: str) -> str:
    """Fold once; a second time finds what only folding brought together."""
    return unicodedata.normalize("NFKC", text).casefold()


def pieces(normal: str) -> list[str]:
    """Return the pieces of a normalised text, repeats included.

    A text of one character is its own only piece; an empty one has none.
    """
    if len(normal) < PIECE:
        return [normal] if normal else []
    found = list(map(add, normal, normal[1:]))
    for run in _NUMBER.findall(normal):
        found += [run[at : at + FOUR] for at in range(len(run) - FOUR + 1)]
    return found


def asked(word: str) -> list[str]:
    """Return enough pieces of a normalised word to ask an index for.

    A text that contains the word has all of them; one that has all of them may still
    not contain it. They cover the word without overlapping, and of a long number they
    are the last eight digits, since it begins like many others: with its year.
    """
    found: dict[str, None] = {}
    for part in _NUMBER.split(word):
        last = len(part) - PIECE
        starts = {*range(0, last, PIECE), last} if last >= 0 else ()
        found |= {part[at : at + PIECE]: None for at in sorted(starts)}
    for run in _NUMBER.findall(word):
        found |= {run[-FOUR:]: None, run[-2 * FOUR :][:FOUR]: None}
    return list(found)


def words(query: str) -> list[str]:
    """Return the normalised words of what a person typed; all of them must be found.

    Blanks of any width stand between words. What has neither letter nor digit is left
    out, and so is a word that another one contains.
    """
    found = dict.fromkeys(normalised(word) for word in query.split())
    return [
        word
        for word in found
        if word and not any(word in other for other in found if other != word)
    ]
