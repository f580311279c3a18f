"""Addresses that are the same on every page, built once: a page needs some ninety.

For what depends on nothing but the address itself: the menu, files, fixed links.
"""

from flask import current_app, request, url_for

KEPT = "taizhang_addresses"
MOST_KEPT = 10_000


def fixed(endpoint: str, **values: str) -> str:
    """Return `url_for` of an absolute endpoint, remembered for this application."""
    made: dict[tuple[object, ...], str]
    made = current_app.extensions.setdefault(KEPT, {})
    # An application may be reached below more than one address.
    key = (request.script_root, endpoint, *values.items())
    found = made.get(key)
    if found is None:
        if len(made) >= MOST_KEPT:
            made.clear()
        found = made[key] = url_for(endpoint, **values)  # type: ignore[arg-type]  # values are texts
    return found
