"""登录账号: who of the staff may sign in, with which roles; passwords to print."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import account_lists, visit
from admin.column_converters import show_instant
from models import account_changes, rights, setting_history
from models.access import Role, Rows
from models.account_changes import FirstPassword
from models.seeing_as import may_see_as
from models.setting_history import Told
from models.words import PersonError

blueprint = Blueprint("accounts", __name__, url_prefix="/settings/accounts")
LAST = 20  # changes that are told


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through whoever manages some accounts at least."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(*rights.ACCOUNTS):
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show staff with their accounts, and accounts that are nobody's."""
    return _index()


def _index(status: int = 200) -> ResponseReturnValue:
    asked = account_lists.asked()
    people, more = account_lists.staff(asked)
    page = render_template(
        "settings/accounts.html",
        page_title=visit.t("登录账号", "Accounts"),
        crumbs=[],
        text=visit.t(
            "勾选员工、选好角色，就能开通账号并打印首次登录密码。",
            "Tick staff members, choose roles, and print their first passwords.",
        ),
        people=people,
        others=account_lists.others(asked) if _manages_all() and not asked.page else [],
        search={"text": asked.text, "state": asked.state},
        states=account_lists.states(),
        roles=_roles(()),
        prev_url=account_lists.address(asked, -1) if asked.page else None,
        next_url=account_lists.address(asked, 1) if more else None,
        open_url=url_for(".open_accounts"),
    )
    return page, status


def _manages_all() -> bool:
    return visit.person().rows(*rights.ACCOUNTS) is Rows.ALL


def _roles(chosen: Sequence[Role]) -> list[dict[str, Any]]:
    held = {one.id for one in chosen}
    return [
        {
            "id": one.id,
            "label": one.label.text(visit.language()),
            "on": one.id in held,
        }
        for one in visit.session().scalars(select(Role).order_by(Role.id))
    ]


def _ids(name: str) -> list[int]:
    return [int(it) for it in request.form.getlist(name) if it.isdecimal()][:1_000]


def _chosen_roles(session: Any) -> list[Role]:
    wanted = _ids("role")
    return list(session.scalars(select(Role).where(Role.id.in_(wanted))))


@blueprint.post("/")
def open_accounts() -> ResponseReturnValue:
    """Open accounts for the ticked staff; their passwords are shown this once."""
    try:
        with visit.house().database.write() as session:
            made = account_changes.open_for(
                session, _ids("staff"), _chosen_roles(session), visit.writer()
            )
    except PersonError as problem:
        flash(problem.text(visit.language()), "danger")
        return _index(422)
    return _passwords(made)


def _passwords(made: list[FirstPassword]) -> ResponseReturnValue:
    return render_template(
        "settings/passwords.html",
        page_title=visit.t("首次登录密码", "First passwords"),
        crumbs=_crumbs(),
        company=visit.company(),
        address=visit.house().settings.public_url or request.host_url.rstrip("/"),
        people=made,
    )


@blueprint.get("/<int:account_id>/")
def account(account_id: int) -> ResponseReturnValue:
    """Show one account: its roles, whether it is open, what was changed."""
    return _page(account_id)


def _page(account_id: int, status: int = 200) -> ResponseReturnValue:
    one = account_changes.find(visit.session(), account_id, visit.person())
    told = setting_history.told(
        visit.session(), account_changes.SETTING, account_id, LAST
    )
    page = render_template(
        "settings/account.html",
        page_title=f"{one.name} {one.login}",
        crumbs=_crumbs(),
        text=None if one.active else visit.t("账号已停用。", "The account is closed."),
        roles=_roles(one.roles),
        active=one.active,
        save_url=url_for(".save", account_id=account_id),
        close_url=url_for(".close", account_id=account_id),
        reopen_url=url_for(".reopen", account_id=account_id),
        password_url=url_for(".new_password", account_id=account_id),
        view_as_url=url_for("seeing.begin", account_id=account_id)
        if may_see_as(visit.session(), visit.person(), one)
        else None,
        history=[_happened(it) for it in told],
    )
    return page, status


@blueprint.post("/<int:account_id>/")
def save(account_id: int) -> ResponseReturnValue:
    """Let the account have the ticked roles."""
    try:
        with visit.house().database.write() as session:
            chosen = _chosen_roles(session)
            account_changes.give_roles(session, account_id, chosen, visit.writer())
    except PersonError as problem:
        return _refused(account_id, problem)
    flash(visit.t("角色已保存，立即生效。", "Saved; it holds at once."), "success")
    return redirect(url_for(".account", account_id=account_id))


@blueprint.post("/<int:account_id>/close/")
def close(account_id: int) -> ResponseReturnValue:
    """Close an account."""
    try:
        with visit.house().database.write() as session:
            account_changes.close(session, account_id, visit.writer())
    except PersonError as problem:
        return _refused(account_id, problem)
    flash(visit.t("账号已停用。", "The account is closed."), "success")
    return redirect(url_for(".account", account_id=account_id))


@blueprint.post("/<int:account_id>/open/")
def reopen(account_id: int) -> ResponseReturnValue:
    """Let a closed account sign in again."""
    try:
        with visit.house().database.write() as session:
            account_changes.reopen(session, account_id, visit.writer())
    except PersonError as problem:
        return _refused(account_id, problem)
    flash(visit.t("账号已启用。", "The account is open."), "success")
    return redirect(url_for(".account", account_id=account_id))


@blueprint.post("/<int:account_id>/password/")
def new_password(account_id: int) -> ResponseReturnValue:
    """Give an account a first password again, to print."""
    try:
        with visit.house().database.write() as session:
            made = account_changes.new_password(session, account_id, visit.writer())
    except PersonError as problem:
        return _refused(account_id, problem)
    return _passwords([made])


def _refused(account_id: int, problem: PersonError) -> ResponseReturnValue:
    """Show the account again with what was wrong; the list where it is not there."""
    account_changes.find(visit.session(), account_id, visit.person())
    flash(problem.text(visit.language()), "danger")
    return _page(account_id, 422)


def _happened(one: Told) -> dict[str, str]:
    between = visit.t("、", ", ")
    parts = []
    for what, (before, after) in one.changes.items():
        if what == "roles":
            was, now = (between.join(it or ()) for it in (before, after))
            parts.append(visit.t(f"角色 {was} → {now}", f"roles {was} → {now}"))
        elif what == "active":
            on = visit.t("启用", "opened"), visit.t("停用", "closed")
            parts.append(on[0] if after else on[1])
        elif what == "password":
            parts.append(visit.t("重置首次登录密码", "new first password"))
    made = visit.t("开通账号 ", "opened ") if one.action == "created" else ""
    return {
        "at": show_instant(one.at, visit.zone()),
        "by": one.by_name,
        "text": made + visit.t("；", "; ").join(parts),
    }


def _crumbs() -> list[dict[str, str]]:
    return [{"label": visit.t("登录账号", "Accounts"), "url": url_for(".index")}]
