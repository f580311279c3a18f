"""离线速记: entries written without a line, kept in the browser and sent later.

The page itself shows nobody's data and is the same for everybody, so that a browser may
keep it; what it asks comes as data, by the rights of whoever is signed in.
"""

import json
from datetime import datetime
from hashlib import blake2b
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from admin import frame, quick_forms, security, sent_answers, theme, visit
from models import catalogue, entries, sent_entries
from models.access import Action
from models.entry_errors import EntryRefusedError

blueprint = Blueprint("quick", __name__)
OPEN = frozenset({"quick.page", "quick.worker", "quick.manifest"})
FILES = (
    "vendor/tabler/tabler.min.css",
    "css/tokens.css",
    "css/parts.css",
    "css/quick.css",
    "js/quick.js",
    "brand.svg",
)


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in, but for what a browser keeps and nobody owns."""
    if request.endpoint in OPEN or visit.person().account_id is not None:
        return None
    return visit.ask_to_sign_in()


@blueprint.get("/quick/")
def page() -> ResponseReturnValue:
    """Show the page that a browser keeps."""
    answer = Response(render_template("quick/page.html", name=_name()))
    answer.headers["Cache-Control"] = "no-cache"
    policy = security.POLICY.format(nonce=theme.nonce())
    answer.headers["Content-Security-Policy"] = f"{policy}; worker-src 'self'"
    return answer


def _name() -> str:
    return visit.t("台账", "Taizhang")


@blueprint.get("/quick/worker.js")
def worker() -> ResponseReturnValue:
    """Send the script that keeps the page and its files, and nothing else."""
    files = [theme.asset(one) for one in FILES]
    kept = blake2b(" ".join(files).encode(), digest_size=4).hexdigest()
    body = render_template(
        "quick/worker.js", files=files, page=url_for(".page"), version=kept
    )
    answer = Response(body, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = request.script_root + "/"
    return answer


@blueprint.get("/quick/manifest.webmanifest")
def manifest() -> ResponseReturnValue:
    """Describe the panel to a phone that installs it."""
    icon = {"src": theme.asset("brand.svg"), "type": "image/svg+xml", "sizes": "any"}
    said = {
        "name": _name(),
        "short_name": _name(),
        "lang": "en" if visit.language() == "en" else "zh-Hans-CN",
        "start_url": url_for("admin.index"),
        "scope": request.script_root + "/",
        "display": "standalone",
        "background_color": "#f3f5f8",
        "theme_color": "#0b5a86",
        "icons": [icon | {"purpose": "any"}, icon | {"purpose": "maskable"}],
        "shortcuts": [
            {"name": visit.t("离线速记", "Quick entry"), "url": url_for(".page")}
        ],
    }
    answer = Response(json.dumps(said), mimetype="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/quick/forms/")
def forms() -> ResponseReturnValue:
    """Return what the person may enter, their key, and a token to send with."""
    return {
        "person": frame.frame()["person"]["key"],
        "token": generate_csrf(),
        "registers": [quick_forms.form(one) for one in quick_forms.offered()],
    }


@blueprint.post("/quick/entries/")
def send() -> ResponseReturnValue:
    """Write an entry that waited in a browser; the same one a second time adds none."""
    asked: Any = request.get_json(silent=True)
    key, register, written_at = _asked(asked)
    declared = catalogue.current()[register]
    try:
        values = quick_forms.values(declared, asked["values"], written_at)
        with visit.house().database.write() as session:
            entry_id, is_new = sent_entries.once(
                session,
                key,
                visit.person().account_id or 0,
                register,
                visit.now(),
                lambda: entries.create(session, register, values, visit.writer()),
            )
    except EntryRefusedError as error:
        return sent_answers.refused(declared, error), 422
    visit.close_session()  # what was just written is to be read
    return sent_answers.written(register, entry_id, is_new=is_new)


def _asked(asked: Any) -> tuple[str, str, datetime]:
    """Return key, register and instant of what was sent; anything else is no entry."""
    if not isinstance(asked, dict) or not isinstance(asked.get("values"), dict):
        abort(400)
    key, register = str(asked.get("key")), str(asked.get("register"))
    if not sent_entries.KEY.fullmatch(key):
        abort(400)
    if register not in {one.code for one in quick_forms.offered()}:
        may = register in catalogue.current() and visit.person().may(
            register, Action.CREATE
        )
        abort(404 if may else 403)
    try:
        written_at = datetime.fromisoformat(str(asked.get("at")))
    except ValueError:
        abort(400)
    if written_at.tzinfo is None:
        abort(400)
    return key, register, written_at
