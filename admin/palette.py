"""Ctrl+K: registers, pages, forms and entries by a few letters, strictly by rights.

What the person's menu does not lead to is not offered; entries are those of the search.
"""

from functools import lru_cache
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from admin import menu, search_pages, visit

blueprint = Blueprint("palette", __name__, url_prefix="/palette")
MOST = 8  # entries that are offered


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def places() -> ResponseReturnValue:
    """Return where the person may go, each with the initials of its pinyin."""
    return {"places": [_place(one) for one in menu.places()]}


def _place(one: dict[str, Any]) -> dict[str, str]:
    return {
        "label": one["label"],
        "kind": one["kind"],
        "url": one["url"],
        "initials": initials(one["label"]),
    }


@lru_cache(maxsize=4096)
def initials(words: str) -> str:
    """Return the first letters of a Chinese wording: "lddj" for 来电登记."""
    # Its dictionary takes a moment to load, and few ask for it.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - loaded when needed

    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).lower()


@blueprint.get("/entries/")
def entries() -> ResponseReturnValue:
    """Return entries with a number, a name or a complete phone number."""
    found = search_pages.first_hits(request.args.get("q", ""), MOST)
    return {
        "places": [
            {
                "label": f"{one['number']} {one['text']}",
                "kind": one["kind"],
                "url": one["url"],
                "initials": "",
            }
            for one in found
        ]
    }
