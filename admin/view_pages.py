"""常用查询 of a list: tabs above it, saving and dropping them; part of the view."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Answer

from admin import filters, start_page, visit
from admin.list_page import wanted
from admin.register_reach import LONGEST_ID, RegisterReach
from models import list_views
from models.access import Action, Role
from models.entry_errors import NotAllowedError
from models.list_views import ListView, View
from models.words import Label, PersonError

VIEW = "view"  # in an address: the view that it was opened by
ALL = "all"
KEPT = frozenset({"q", "w", "match", "sort", "size", "column", *filters.GROUPS})
LONGEST_NAME = 40
LONGEST_QUERY = 4_000
MINE, DEPARTMENT, EVERYBODY, ROLE = "mine", "department", "all", "role:"


class RegisterViews(RegisterReach):
    """The views of a register that the person has."""

    @expose("/views/", methods=("POST",))
    def views_view(self) -> Any:
        """Keep the list as it stands under a name."""
        query = _kept(request.form.get("query", ""))
        try:
            saved = self._save_view(query)
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
            return redirect(url_for(".index_view") + f"?{query}")
        flash(visit.t("已存为常用查询。", "View saved."), "success")
        return redirect(self._address_of(query, saved))

    @expose("/views/drop/", methods=("POST",))
    def drop_view(self) -> Any:
        """Drop a view of one's own; whoever sets the panel up drops any."""
        given = request.args.get("id", "")
        person = visit.person()
        own = None if person.may(*start_page.RIGHT) else person.account_id
        with visit.house().database.write() as session:
            found = given.isdecimal() and len(given) <= LONGEST_ID
            gone = found and list_views.drop(session, int(given), own)
        if gone:
            flash(visit.t("常用查询已删除。", "View dropped."), "success")
        else:
            flash(NotAllowedError().text(visit.language()), "danger")
        return redirect(url_for(".index_view", view=ALL))

    def _save_view(self, query: str) -> int:
        """Keep a view, or the present conditions under the name of one's own."""
        wanted(self.declared, MultiDict(parse_qsl(query)))
        name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
        if not name or len(query) > LONGEST_QUERY:
            raise PersonError("请给常用查询起个名字。", "Give the view a name.")
        person = visit.person()
        with visit.house().database.write() as session:
            old = session.scalar(
                select(ListView).where(
                    ListView.register == self.declared.code,
                    ListView.account_id == person.account_id,
                    ListView.name_zh == name,
                )
            )
            view = old or ListView(
                register=self.declared.code,
                name_zh=name,
                name_en=name,
                account_id=person.account_id,
                position=len(list_views.of(session, person, self.declared.code)),
            )
            view.query, view.at = query, visit.now()
            view.opens = request.form.get("opens") == "1"
            _share(view, request.form.get("share", MINE))
            list_views.save(session, view)
            return view.id

    def _address_of(self, query: str, view_id: int) -> str:
        marked = urlencode({VIEW: view_id})
        return f"{url_for('.index_view')}?{query}{'&' if query else ''}{marked}"

    def _opening(self) -> Answer | None:
        """Return the way to the view that the register opens with, if there is one."""
        if request.args:
            return None
        found = list_views.opening(visit.session(), visit.person(), self.declared.code)
        if found is None:
            return None
        return redirect(self._address_of(found.query, found.id))

    def _tabs(self) -> list[dict[str, Any]]:
        """Return all, then the views, then the bin."""
        person, code = visit.person(), self.declared.code
        views = list_views.of(visit.session(), person, code)
        now = request.args.get(VIEW, "")
        binned = request.args.get("bin") == "1"
        known = {str(one.id) for one in views}
        opens = any(one.opens for one in views)
        bare = url_for(".index_view", view=ALL) if opens else url_for(".index_view")
        tabs = [_tab(visit.t("全部", "All"), bare, not binned and now not in known)]
        any_drop = person.may(*start_page.RIGHT)
        for one in views:
            tab = _tab(
                one.label.text(visit.language()),
                self._address_of(one.query, one.id),
                not binned and now == str(one.id),
            )
            if one.is_own or any_drop:
                tab["delete_url"] = url_for(".drop_view", id=one.id)
            tab["is_changed"] = tab["active"] and one.is_own and _changed(one)
            tabs.append(tab)
        if person.may(code, Action.DELETE):
            bin_ = url_for(".index_view", bin="1")
            tabs.append(_tab(visit.t("回收站", "Bin"), bin_, binned))
        return tabs if len(tabs) > 1 else []

    def _save_view_form(self) -> dict[str, Any] | None:
        """Return what the dialog offers that keeps the list under a name."""
        person = visit.person()
        if person.account_id is None or request.args.get("bin") == "1":
            return None
        shares = [(MINE, visit.t("只有我", "Only me"))]
        if person.department_id is not None:
            shares.append((DEPARTMENT, visit.t("本部门", "My department")))
        now = request.args.get(VIEW, "")
        views = list_views.of(visit.session(), person, self.declared.code)
        own = next((one for one in views if str(one.id) == now and one.is_own), None)
        return {
            "url": url_for(".views_view"),
            "shares": shares,
            "may_set_up": person.may(*start_page.RIGHT),
            "roles_url": url_for(".view_roles_view"),
            "name": own.label.text(visit.language()) if own else "",
            "opens": own.opens if own else False,
        }

    @expose("/views/roles/")
    def view_roles_view(self) -> Any:
        """Return the roles that a view can be shared with, for who may do that."""
        if not visit.person().may(*start_page.RIGHT):
            raise NotAllowedError
        return {"roles": _roles()}


def _tab(label: str, url: str, active: bool) -> dict[str, Any]:  # noqa: FBT001 - a row
    return {
        "label": label,
        "url": url,
        "active": active,
        "count": None,
        "delete_url": None,
        "is_changed": False,
    }


def _kept(query: str) -> str:
    """Return of an address what a view keeps: no page, no bin, no mark of a view."""
    pairs = parse_qsl(query.removeprefix("?"))
    return urlencode([(name, value) for name, value in pairs if name in KEPT])


def _changed(view: View) -> bool:
    """Whether the list was narrowed or sorted otherwise since the view was opened."""
    now = _kept(request.query_string.decode())
    return sorted(parse_qsl(now)) != sorted(parse_qsl(view.query))


def _share(view: ListView, share: str) -> None:
    """Say for whom a view is; for roles and everybody only who sets the panel up."""
    person = visit.person()
    view.department_id, view.role, view.for_all = None, None, False
    if share == DEPARTMENT:
        view.department_id = person.department_id
    elif share != MINE and not person.may(*start_page.RIGHT):
        raise NotAllowedError
    elif share == EVERYBODY:
        view.for_all = True
    elif share.startswith(ROLE):
        view.role = share.removeprefix(ROLE)


def _roles() -> list[list[str]]:
    language = visit.language()
    query = select(Role).order_by(Role.id)
    return [
        [f"{ROLE}{one.code}", Label(one.name_zh, one.name_en).text(language)]
        for one in visit.session().scalars(query)
    ]
