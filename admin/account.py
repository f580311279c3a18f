"""Signing in and out, the first password, the language."""

from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security import logout_user
from sqlalchemy import update

from admin import visit
from admin.column_converters import show_duration
from admin.db import db
from admin.security import let_in
from models import accounts
from models.accounts import Account, SignInEvent

blueprint = Blueprint("account", __name__, url_prefix="/account")
LEAST_LENGTH = 8


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for staff or mobile number and password."""
    error = None
    identity = request.form.get("identity", "").strip()[:80]
    if request.method == "POST":
        error = _try(identity, request.form.get("password", ""))
        if error is None:
            return redirect(_safe(request.values.get("next", "")))
    page = render_template(
        "account/sign_in.html",
        frame=visit.plain_frame(),
        form={
            "action": url_for(".sign_in"),
            "identity": identity,
            "next": _safe(request.values.get("next", "")),
            "remember": False,
        },
        error=error,
        language_url=url_for(".language"),
        language_label="English" if visit.language() == "zh" else "中文",
        single_sign_on=[],
        notice=None,
    )
    return page, 422 if error else 200


def _try(identity: str, password: str) -> str | None:
    """Sign in, or return the sentence that says why not."""
    now = visit.now()
    account = accounts.find(db.session(), identity)
    if account is not None and account.next_try_at and account.next_try_at > now:
        _note(identity, account, "waits")
        return _wait(account.next_try_at, now)
    right = accounts.verify_password(account, password)
    if account is None or not account.active or not right:
        _note(identity, account, "refused")
        return visit.t(
            "工号、手机号或密码不对，请再试一次。",
            "Staff number, mobile number or password is wrong. Try again.",
        )
    _note(identity, account, "signed in")
    session.clear()
    let_in(account.fs_uniquifier, remember=bool(request.form.get("remember")))
    return None


def _wait(until: datetime, now: datetime) -> str:
    seconds = max(int((until - now).total_seconds()) + 1, 1)
    minute = 60
    if seconds < minute:
        wait = visit.t(f"{seconds}秒", f"{seconds} s")
    else:
        wait = show_duration(until - now, visit.language())
    return visit.t(
        f"密码错误次数较多，请{wait}后再试。",
        f"Too many wrong passwords. Try again in {wait}.",
    )


def _note(identity: str, account: Account | None, outcome: str) -> None:
    """Write down the try, and count it where it was a wrong password."""
    with visit.house().database.write() as writing:
        writing.add(
            SignInEvent(
                at=visit.now(),
                login=identity,
                account_id=account.id if account else None,
                outcome=outcome,
                address=request.remote_addr or "",
            )
        )
        if account is not None and outcome == "refused":
            accounts.count_failure(writing, account, visit.now())
        elif account is not None and outcome == "signed in":
            accounts.clear_failures(writing, account)


def _safe(address: str) -> str:
    """Return a path of this application; the first page for anything else."""
    parts = urlsplit(address)
    local = address.startswith("/") and not address.startswith(("//", "/\\"))
    if not local or parts.scheme or parts.netloc or "\\" in address:
        return url_for("admin.index")
    return address


@blueprint.route("/sign-out", methods=["POST"])
def sign_out() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    session.clear()
    return redirect(url_for(".sign_in"))


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    """Set a password of one's own, at the first sign-in or later."""
    if not current_user.is_authenticated:
        return visit.ask_to_sign_in()
    first = current_user.must_set_password
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        errors = _password_errors(ask_present=not first)
        if not errors:
            _set_password(request.form["password"])
            flash(visit.t("密码已保存。", "Password saved."), "success")
            return redirect(url_for("admin.index"))
    page = render_template(
        "account/first_password.html",
        frame=visit.plain_frame(),
        person={"name": current_user.name, "number": current_user.login},
        form={"action": url_for(".password"), "ask_present": not first},
        errors=errors,
        least=LEAST_LENGTH,
        cancel_url=None if first else url_for("admin.index"),
    )
    return page, 422 if errors else 200


def _password_errors(*, ask_present: bool) -> dict[str, list[str]]:
    errors = {}
    new, again = request.form.get("password", ""), request.form.get("again", "")
    present = request.form.get("present", "")
    if ask_present and not accounts.verify_password(current_user, present):
        errors["present"] = [
            visit.t("当前密码不对。", "The present password is wrong.")
        ]
    if len(new) < LEAST_LENGTH:
        errors["password"] = [
            visit.t(
                f"只有 {len(new)} 位，至少要 {LEAST_LENGTH} 位。",
                f"Only {len(new)} characters; at least {LEAST_LENGTH} are needed.",
            )
        ]
    elif new in (current_user.login, current_user.mobile):
        errors["password"] = [
            visit.t("不能用工号或手机号作密码。", "Do not use your own number.")
        ]
    if new != again:
        errors["again"] = [visit.t("两次输入不一样。", "The two are not the same.")]
    return errors


def _set_password(new: str) -> None:
    """Keep the new password; every other session of the account ends."""
    fresh = accounts.new_uniquifier()
    with visit.house().database.write() as writing:
        writing.execute(
            update(Account)
            .where(Account.id == current_user.id)
            .values(
                password=accounts.hash_password(new),
                must_set_password=False,
                fs_uniquifier=fresh,
            )
        )
    visit.close_session()
    let_in(fresh)


@blueprint.route("/language", methods=["GET"])
def language() -> ResponseReturnValue:
    """Turn the interface to its other language and go back."""
    other = "en" if visit.language() == "zh" else "zh_Hans_CN"
    session["language"] = other
    if current_user.is_authenticated:
        with visit.house().database.write() as writing:
            writing.execute(
                update(Account)
                .where(Account.id == current_user.id)
                .values(language=other, stamp=Account.stamp + 1)
            )
    back = urlsplit(request.referrer or "")
    return redirect(_safe(back.path + ("?" + back.query if back.query else "")))
