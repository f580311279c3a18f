"""Parts of the frame that are alike from page to page, drawn once and filled in.

What the head and the top bar show depends on little, which is the key they are kept
under. A sign stands where each answer's own words belong: the token of its forms and
the nonce of its scripts.
"""

from collections.abc import Hashable
from functools import partial
from typing import Any, cast

from flask import current_app, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from admin import theme, visit

KEPT = "taizhang_frame_parts"
MOST_KEPT = 5_000
TOKEN, NONCE = "\x02token\x03", "\x02nonce\x03"


def head() -> Markup:
    """Return what every page loads, signed in or not."""
    return _filled("admin/head.html", (), {})


def top_bar(frame: dict[str, Any]) -> Markup:
    """Return the bar above a page; `frame` as the template has it."""
    # What was searched for is hardly ever searched for again.
    shown = None if frame["search_text"] else _frozen(frame)
    return _filled("admin/top_bar.html", shown, {"frame": frame})


def _frozen(said: Any) -> Hashable:
    """Return all that a frame says as one value."""
    if isinstance(said, dict):
        return tuple([(name, _frozen(one)) for name, one in said.items()])
    if isinstance(said, list):
        return tuple([_frozen(one) for one in said])
    return cast(Hashable, said)


def _filled(name: str, shown: Hashable | None, context: dict[str, Any]) -> Markup:
    """Return a part with this answer's own words.

    `shown` is all that it shows besides words of the interface and addresses of files;
    None for what is not to be kept.
    """
    kept: dict[Hashable, str] = current_app.extensions.setdefault(KEPT, {})
    key = (name, visit.language(), request.script_root, shown)
    text = kept.get(key) if shown is not None else None
    if text is None:
        text = _drawn(name, context)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        if shown is not None:
            kept[key] = text
    own = text.replace(NONCE, theme.nonce())
    # Drawn by a template, which escaped it.
    return Markup(own.replace(TOKEN, escape(generate_csrf())))  # noqa: S704 - see above


def _drawn(name: str, context: dict[str, Any]) -> str:
    template = current_app.jinja_env.get_template(name)
    return template.render(
        language=visit.language(),
        csrf_token=lambda: TOKEN,
        script=partial(theme.script_with, NONCE),
        **context,
    )
