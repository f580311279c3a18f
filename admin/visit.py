"""The present request: who asks, in which language, at what instant, of what database.

The clock is read once here, at the edge, and passed down from here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex
from typing import cast
from zoneinfo import ZoneInfo

from flask import (
    Flask,
    current_app,
    g,
    has_request_context,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as visitor
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError
from werkzeug.wrappers import Response

from admin.addresses import fixed
from admin.db import db
from models import catalogue, generations, preferences, wordings
from models.access import Person
from models.accounts import Account, person_of
from models.database import Database
from models.history import Writer
from models.seeing_as import may_see_as, seen_as
from models.settings import Settings

KEY = "taizhang"
SETTINGS = "/settings/"
SEEN_AS = "seen_as"  # in the session: the account that one looks as
NOBODY = Person(name="")


@dataclass(frozen=True, slots=True)
class House:
    """What one running application works with."""

    settings: Settings
    database: Database
    zone: ZoneInfo


def settle(app: Flask, settings: Settings, database: Database) -> None:
    """Give an application its house, and every request what is declared by then."""
    app.extensions[KEY] = House(settings, database, settings.zone)
    app.before_request(_know_declarations)
    app.teardown_request(_forget_declarations)


def _know_declarations() -> None:
    """Let the request see one catalogue from its beginning to its end.

    What others declared since is found out first; what they declare meanwhile is seen
    by the next request, and a save of this one is then refused with its text kept.
    """
    if request.endpoint != "static":
        database = house().database
        generations.refresh(database)
        # The generation first: an older one refuses, a newer one would let through.
        generation = database.generation
        catalogue.pin(catalogue.installed(), generation)
        # Whoever sets the house up changes what everybody calls things.
        if not request.path.startswith(SETTINGS):
            words = wordings.of_department(session(), _department())
            catalogue.pin(wordings.worded(catalogue.current(), words), generation)


def _department() -> int | None:
    """Return the department of whoever asks."""
    return person().department_id


def _forget_declarations(_error: BaseException | None) -> None:
    catalogue.pin(None)


def house() -> House:
    """Return the present application's house."""
    return of(current_app)


def of(app: Flask) -> House:
    """Return an application's house."""
    return cast(House, app.extensions[KEY])


def session() -> Session:
    """Return the request's reading session, closed when the request ends."""
    return db.session()


def close_session() -> None:
    """Close the reading session, so that the next one sees what was just written."""
    db.session.remove()


def person() -> Person:
    """Return whoever is signed in; a person with no rights if nobody is.

    Whoever looks as another is that one, as far as both may see.
    """
    if "person" not in g:
        g.person = _seen_as(oneself())
    return cast(Person, g.person)


def oneself() -> Person:
    """Return whoever is signed in, also while they look as another."""
    if "oneself" not in g:
        signed_in = current_user.is_authenticated
        g.oneself = person_of(session(), current_user) if signed_in else NOBODY
    return cast(Person, g.oneself)


def _seen_as(viewer: Person) -> Person:
    """Return whom the session says that one looks as, if one still may."""
    wanted = visitor.get(SEEN_AS) if has_request_context() else None
    if wanted is None:
        return viewer
    account = session().get(Account, wanted)
    if account is None or not may_see_as(session(), viewer, account):
        visitor.pop(SEEN_AS)
        return viewer
    return seen_as(viewer, person_of(session(), account))


def addressee() -> int:
    """Return whose messages are shown: one's own staff entry, or 0 for nobody's.

    What was written to somebody is not for whoever looks as them.
    """
    reader = person()
    return 0 if reader.watched_by is not None else reader.staff_id or 0


def language() -> str:
    """Return the interface's language: "zh" or "en"."""
    if "language" not in g:
        chosen = house().settings.language
        if current_user.is_authenticated:
            chosen = current_user.language
        elif has_request_context():
            chosen = visitor.get("language", chosen)
        g.language = "en" if chosen.startswith("en") else "zh"
    return cast(str, g.language)


def t(zh: str, en: str) -> str:
    """Return the wording in the person's language."""
    return en if language() == "en" else zh


def zone() -> ZoneInfo:
    """Return the desk's zone."""
    return house().zone


def now() -> datetime:
    """Return the instant of this request, the same all through it."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast(datetime, g.now)


def writer(origin: str = "form", batch: str | None = None) -> Writer:
    """Return the signed-in person as whoever writes now."""
    return Writer(person(), now(), zone(), origin, batch)


def editor(origin: str = "form") -> Writer:
    """Return the writer of a change that can be undone; all of a request is one."""
    if "batch" not in g:
        g.batch = f"{origin}-{token_hex(12)}"
    return writer(origin, g.batch)


def ask_to_sign_in() -> Response:
    """Send a visitor who is not signed in to the sign-in page and back afterwards."""
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(message=t("请先登录。", "Sign in first.")), 401)
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))


def address_of(endpoint: str, **values: str) -> str | None:
    """Return an address, or None where this installation has no such page."""
    try:
        return fixed(endpoint, **values)
    except BuildError:
        return None


def company() -> str:
    """Return the name of the company that the registers belong to."""
    return str(preferences.shown(session()).get(preferences.COMPANY, ""))


def plain_frame() -> dict[str, str]:
    """Return what stands on pages without a menu: the product and the company."""
    return {"name": t("台账", "Taizhang"), "company": company()}


def error_page(status: int, sentence: str) -> str:
    """Return the page that tells a person what went wrong."""
    end = t("。", ". ")
    first, _, rest = sentence.partition(end)
    page = render_template(
        "errors/error.html",
        frame=plain_frame(),
        code=status,
        title=first if rest else sentence,
        text=rest,
        reference=None,
        home_url=url_for("admin.index"),
        back=request.method == "GET",
    )
    return str(page)
