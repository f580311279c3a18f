"""以此人身份查看: see the panel as another person does, and change nothing.

The session keeps whom; each request asks anew whether it still may. Begin and end are
written down. Every POST is refused, and so is every write that a page would make.
"""

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask import session as visitor
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import visit
from models import database, rights
from models.accounts import Account, ReadEvent
from models.seeing_as import OnlyLookingError, may_see_as

blueprint = Blueprint("seeing", __name__, url_prefix="/seeing-as")
BEGUN, ENDED = "seen_as", "seen_as_end"  # kinds of events of the log
# What whoever looks does as themselves.
FREE = frozenset({"seeing.end", "account.sign_out", "account.language", "static"})


def add_seeing(app: Flask) -> None:
    """Refuse changes while somebody looks as another."""
    app.before_request(_only_look)
    app.teardown_request(_let_write)


def _only_look() -> None:
    database.refuse_writes(None)
    if request.endpoint in FREE or not current_user.is_authenticated:
        return
    if visit.person().watched_by is not None:
        database.refuse_writes(OnlyLookingError)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            raise OnlyLookingError


def _let_write(_error: BaseException | None) -> None:
    database.refuse_writes(None)


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.post("/<int:account_id>/")
def begin(account_id: int) -> ResponseReturnValue:
    """Look as the owner of an account from now on."""
    if not visit.person().may(*rights.VIEW_AS):
        abort(403)
    account = visit.session().get(Account, account_id)
    if account is None or not may_see_as(visit.session(), visit.person(), account):
        abort(404)
    visitor[visit.SEEN_AS] = account.id
    _note(BEGUN, account)
    return redirect(url_for("admin.index"))


@blueprint.post("/end/")
def end() -> ResponseReturnValue:
    """Be oneself again."""
    account = visit.session().get(Account, visitor.pop(visit.SEEN_AS, 0))
    if account is None:
        return redirect(url_for("admin.index"))
    _note(ENDED, account)
    flash(visit.t("已回到自己的身份。", "You are yourself again."), "success")
    back = visit.oneself().may(*rights.ACCOUNTS)
    if back:
        return redirect(url_for("accounts.account", account_id=account.id))
    return redirect(url_for("admin.index"))


def _note(kind: str, account: Account) -> None:
    """Write down who looks as whom."""
    oneself = visit.oneself()
    with visit.house().database.write() as session:
        session.add(
            ReadEvent(
                at=visit.now(),
                staff_id=oneself.staff_id,
                by_name=oneself.name,
                kind=kind,
                register="",
                entry_id=None,
                detail=f"{account.login} {account.name}",
                address=request.remote_addr,
            )
        )
