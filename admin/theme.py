"""The panel's look for Flask-Admin: theme folder, addresses of static files.

Templates live in `admin/templates`, style and script in `admin/static`. Every address
of a static file carries a piece of the file's hash, so browsers may keep it for ever
and still see a new release at once.
"""

from collections.abc import MutableMapping
from functools import cache, lru_cache
from hashlib import blake2b
from html import escape
from pathlib import Path
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Any, cast

from flask import Flask, g, request
from flask.templating import Environment
from flask_admin.theme import Theme
from markupsafe import Markup

from admin.addresses import fixed

STATIC = Path(__file__).parent / "static"
SPRITE = "vendor/tabler-icons/sprite.svg"
YEAR = 365 * 24 * 3600  # seconds

# The folder exists nowhere: Flask-Admin looks into it first, finds nothing and falls
# back to the app's own `templates/admin`, so that none of its stock pages slips in.
THEME = Theme(folder="taizhang", base_template="admin/base.html")


class Templates(Environment):
    """Jinja's environment, in which no template has globals of its own."""

    def make_globals(
        self, d: MutableMapping[str, Any] | None
    ) -> MutableMapping[str, Any]:
        """Return the globals of a template: these, unchanged, if it has no more.

        Jinja chains two mappings, and walks the keys of the chain in Python for every
        part that a page includes: a twentieth of a page's time.
        """
        if d:
            return super().make_globals(d)
        return cast(MutableMapping[str, Any], MappingProxyType(self.globals))


@cache
def version(name: str) -> str:
    """Return eight letters that change with the file's content."""
    content = (STATIC / name).read_bytes()
    return blake2b(content, digest_size=4).hexdigest()


def asset(name: str) -> str:
    """Return the address of a file below `admin/static`, with its version."""
    return fixed("static", filename=name, v=version(name))


def icon(name: str, css: str = "") -> Markup:
    """Return an icon of the sprite; a function, since a page has some hundred."""
    # An application may be reached below more than one address.
    return _drawn(request.script_root, name, css)


@lru_cache(maxsize=2_000)
def _drawn(_root: str, name: str, css: str) -> Markup:
    more = f" {escape(css)}" if css else ""
    address = f"{escape(asset(SPRITE))}#{escape(name)}"
    return Markup(  # noqa: S704 - what was put in is escaped
        f'<svg class="icon{more}" aria-hidden="true" focusable="false">'
        f'<use href="{address}"></use></svg>'
    )


def nonce() -> str:
    """Return the word that tells this answer's own scripts from any others."""
    if "nonce" not in g:
        g.nonce = token_urlsafe(16)
    made: str = g.nonce
    return made


def script(name: str, *, defer: bool = True) -> Markup:
    """Return the element that loads a script of ours; no other one would run."""
    return script_with(nonce(), name, defer=defer)


def script_with(word: str, name: str, *, defer: bool = True) -> Markup:
    """Return the element that loads a script of ours in an answer with this nonce."""
    when, address = "defer " if defer else "", escape(asset(name))
    return Markup(  # noqa: S704 - what was put in is escaped, or made here
        f'<script {when}nonce="{word}" src="{address}"></script>'
    )


def add_theme(app: Flask) -> None:
    """Give the templates `asset` and `script`; let browsers keep what they point to."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = YEAR
    app.add_template_global(asset)
    app.add_template_global(script)
    app.add_template_global(icon, "theme_icon")
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
