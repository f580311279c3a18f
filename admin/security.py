"""Sessions and passwords with Flask-Security, tokens and protective headers."""

from typing import Any

from flask import Flask, Response, flash, g, redirect, request, url_for
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import (
    Security,
    SQLAlchemySessionUserDatastore,
    UserMixin,
    login_user,
)
from flask_wtf.csrf import CSRFError, CSRFProtect

from admin import theme, visit
from admin.db import db
from models import visitors
from models.access import Role
from models.accounts import Account
from models.visitors import Visitor

# What the theme needs and no more; data: is for the small images in its style sheet.
# Scripts run by the answer's own nonce alone: a file that somebody uploaded has none,
# though it comes from this very host.
POLICY = (
    "default-src 'self'; script-src 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# One year, in seconds: once the desk is served by https, no browser goes back.
TRANSPORT = "max-age=31536000"
# Where one may go before one's own password is set.
BEFORE_PASSWORD = frozenset(
    {"account.password", "account.sign_out", "account.language", "static"}
)


class SignedIn(UserMixin, Visitor):  # type: ignore[misc]  # Flask-Security has no types
    """An account as Flask-Security's session keeping sees it."""


def signed_in(key: str) -> SignedIn | None:
    """Return whoever a session belongs to; None where it has ended."""
    found = visitors.visitor(visit.session(), key, SignedIn)
    return found if found is not None and found.active else None


def let_in(key: str, *, remember: bool = False) -> None:
    """Begin a session of the account with this key, unless it was closed just now."""
    found = signed_in(key)
    if found is not None:
        login_user(found, remember=remember)


class Json(DefaultJSONProvider):
    """JSON of which too many brackets within brackets are a mistake, not a fault."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Read a text; ValueError for what is none or nested too deeply."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def protect(app: Flask) -> None:
    """Put sessions, tokens and headers on every answer of an application."""
    settings = visit.of(app).settings
    secure = settings.public_url.startswith("https")
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the scheme, not a password
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT=app.secret_key,
        SECURITY_REGISTERABLE=False,
        SECURITY_TRACKABLE=False,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=secure,
        REMEMBER_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SECURE=secure,
        # A cookie of this name is refused by browsers unless it is this very host's.
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        WTF_CSRF_TIME_LIMIT=None,  # a form may stay open all day
    )
    store = SQLAlchemySessionUserDatastore(db.session, Account, Role)  # type: ignore[arg-type]  # no mixin needed
    Security(app, store, register_blueprint=False)
    app.login_manager.user_loader(signed_in)  # type: ignore[attr-defined]  # set by Flask-Login
    app.login_manager.unauthorized_handler(visit.ask_to_sign_in)  # type: ignore[attr-defined]  # set by Flask-Login
    app.json = Json(app)  # in place of Flask-Security's, none of whose pages is served
    CSRFProtect(app)
    app.register_error_handler(CSRFError, _token_missing)
    app.before_request(_own_password_first)
    app.after_request(_add_headers)


def _own_password_first() -> ResponseReturnValue | None:
    """Lead a first sign-in to the page where a password of one's own is set."""
    if not current_user.is_authenticated or request.endpoint in BEFORE_PASSWORD:
        return None
    if current_user.must_set_password:
        return redirect(url_for("account.password"))
    return None


def _token_missing(_error: CSRFError) -> ResponseReturnValue:
    """Say that a form had no valid token; nothing was changed."""
    sentence = visit.t(
        "页面已过期，内容没有保存。请刷新页面后再提交。",
        "The page has expired and nothing was saved. Reload it and send again.",
    )
    if request.is_json:
        return {"message": sentence}, 400
    if current_user.is_authenticated:
        return Response(visit.error_page(400, sentence), 400, mimetype="text/html")
    flash(sentence, "danger")
    return redirect(url_for("account.sign_in"), 303)


def _add_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    policy = POLICY.format(nonce=theme.nonce())
    answer.headers.setdefault("Content-Security-Policy", policy)
    if visit.house().settings.public_url.startswith("https"):
        answer.headers.setdefault("Strict-Transport-Security", TRANSPORT)
    if "person" in g and answer.mimetype in ("text/html", "application/json"):
        # What a person may see must not wait in a shared computer's cache.
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
