"""The one view class behind every register: Flask-Admin's, fed by a declaration.

List, form, entry page, inline edit, deletion, pickers, bulk changes and history derive
from the register; `_handle_view` is the gate that every address passes. What the stock
view does by ORM models is done here by `models.entries` and `models.access`.
"""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.model import BaseModelView
from flask_admin.model.template import BaseListRowAction
from werkzeug.wrappers import Response as Answer

from admin import (
    attachments_pages,
    call_return,
    form_anew,
    form_settling,
    line_saving,
    listing,
    register_merged,
    undo_notice,
    visit,
)
from admin.entry_page import EntryPage
from admin.form_fields import form_class
from admin.form_page import EntryForm
from admin.list_page import ListPage, ListUrls
from admin.register_actions import MOST_AT_ONCE
from admin.register_answers import RegisterAnswers
from admin.register_lines import RegisterLines
from admin.register_reach import LONGEST_ID
from admin.register_steps import RegisterSteps
from admin.register_tools import RegisterTools
from models import catalogue, entries, limits, making, masking
from models.access import Action
from models.entry_errors import EntryRefusedError, LostUpdateError, NotAllowedError
from models.register import WITHOUT_COLUMN, Declaration, Makes
from models.wholes import WholeLostError, WholeRefusedError
from models.words import PersonError

Row = dict[str, Any]
UTC_ZONE = ZoneInfo("UTC")

# Which right each address needs; an address that is not listed is refused.
GATE: dict[str, Action] = {
    "index_view": Action.LIST,
    "count_view": Action.LIST,
    "filters_view": Action.LIST,
    "sums_view": Action.LIST,
    "views_view": Action.LIST,  # a view holds no entry
    "drop_view": Action.LIST,
    "view_roles_view": Action.LIST,
    "details_view": Action.READ,
    "history_view": Action.READ,
    "reveal_view": Action.READ,
    "create_view": Action.CREATE,
    "counts_view": Action.CREATE,
    "edit_view": Action.CHANGE,
    "lines_view": Action.LIST,  # and to create parts, which the page asks for
    "ajax_update": Action.CHANGE,
    "ajax_lookup": Action.LIST,
    "alike_view": Action.LIST,
    "delete_view": Action.DELETE,
    "restore_view": Action.DELETE,
    "step_view": Action.READ,  # each step says itself who may take it
    "bulk_view": Action.CHANGE,
    "action_view": Action.LIST,  # each bulk action asks for its own right as well
    "export": Action.EXPORT,
}


class RegisterView(
    RegisterTools, RegisterSteps, RegisterAnswers, RegisterLines, BaseModelView
):
    """Every screen of one register."""

    list_template = "register/list.html"
    create_template = edit_template = "register/form.html"
    details_template = "register/details.html"
    can_view_details = True
    can_export = True
    export_types = ("csv", "xlsx")

    def __init__(self, declared: Declaration, endpoint: str) -> None:
        """Derive every setting from the declaration."""
        self.declared = declared
        super().__init__(
            declared,
            name=declared.title.zh,
            category=declared.menu.zh,
            endpoint=endpoint,
        )

    # What Flask-Admin asks of a model view ------------------------------------------

    def get_pk_value(self, model: Row) -> int:
        """Return an entry's id."""
        return int(model["id"])

    def scaffold_list_columns(self) -> list[str]:
        """Return the names of the listed fields."""
        return [one.name for one in self.declared.listed]

    def scaffold_sortable_columns(self) -> dict[str, str]:
        """Return the fields that have an index to sort by."""
        return {one.name: one.name for one in self.declared.listed if one.column}

    def scaffold_form(self) -> Any:
        """Return a form with exactly the declared fields that people fill in."""
        fields = [
            one
            for one in self.declared.fields
            if not one.is_given and one.type not in WITHOUT_COLUMN
        ]
        return form_class(fields, "zh", UTC_ZONE)

    def scaffold_list_form(self, widget: Any = None, validators: Any = None) -> Any:
        """Inline edits are read field by field in `ajax_update`."""
        del widget, validators
        return self.scaffold_form()

    def init_search(self) -> bool:
        """Whether the register has anything to search in."""
        return any(one.searchable for one in self.declared.all_fields)

    def scaffold_filters(self, name: Any) -> None:
        """Filters are named conditions, see filters.py."""
        del name

    def get_list_row_actions(self) -> list[BaseListRowAction]:
        """Row actions stand in one menu for the page, see list.html."""
        return []

    def get_list(self, *args: Any, **more: Any) -> tuple[int | None, list[Row]]:
        """Return one page; kept for callers of the stock view."""
        del args, more
        page = ListPage(self.declared)
        found = listing.find(
            visit.session(), self.declared, page.wanted, page.desk, page.fields
        )
        return None, found.rows

    def get_one(self, id: Any) -> Row | None:  # noqa: A002 - Flask-Admin's name
        """Return an entry the person may read, by the same criteria as the list."""
        try:
            return self._entry(id, Action.READ)
        except NotAllowedError:
            return None

    # The gate -----------------------------------------------------------------------

    def is_accessible(self) -> bool:
        """Whether the person may do anything here."""
        return visit.person().may(self.declared.code, Action.LIST)

    def is_visible(self) -> bool:
        """Whether the register stands in the person's menu."""
        return self.declared.in_menu and self.is_accessible()

    def _handle_view(self, name: str, **_more: Any) -> Answer | None:
        """Let through only what the person's rights name for this address."""
        person = visit.person()
        if person.account_id is None:
            return visit.ask_to_sign_in()
        action = GATE.get(name)
        if action is None or not person.may(self.declared.code, action):
            abort(403)
        return None

    def _run_view(self, fn: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Call the view once: the stock one calls again after any TypeError."""
        return fn(self, *args, **more)

    # Pages --------------------------------------------------------------------------

    @expose("/")
    def index_view(self) -> Any:
        """Show one page of the list, at first as the person's own view has it."""
        opening = self._opening()
        if opening is not None:
            return opening
        try:
            page = ListPage(self.declared)
            entry = self._page_url("details_view") + "?id="
            urls = ListUrls(entry, self._page_url("ajax_update"))
            context = page.context(urls)
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
            return redirect(url_for(".index_view"))
        shown = [row[0] for row in context["rows"]]
        tools = self._list_tools(shown, binned=page.wanted.binned)
        return self.render(self.list_template, **context, **tools)

    @expose("/details/")
    def details_view(self) -> Any:
        """Show one entry."""
        entry = self._entry_or_leave(Action.READ)
        if isinstance(entry, Answer):
            return entry
        return self.render(
            self.details_template, **EntryPage(self.declared, entry).context()
        )

    @expose("/history/")
    def history_view(self) -> Any:
        """Show one entry with its whole history."""
        entry = self._entry_or_leave(Action.READ)
        if isinstance(entry, Answer):
            return entry
        page = EntryPage(self.declared, entry)
        context = page.context()
        context["history"] = page.history(MOST_AT_ONCE)
        context["history_more_url"] = None
        return self.render(self.details_template, **context)

    def _entry_or_leave(self, action: Action) -> Row | Answer:
        """Return the address's entry, or the way back with a sentence."""
        given = request.args.get("id")
        try:
            return self._entry(given, action)
        except NotAllowedError as error:
            stays = register_merged.instead_of(self.declared, given)
            if stays is not None:
                return redirect(stays)
            message, url = error.text(visit.language()), url_for(".index_view")
            if any(form_settling.everything()):
                return self._kept(message, url, visit.t("回到列表", "Back to the list"))
            flash(message, "danger")
            return redirect(url)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """Show an empty form, or one filled from what it is made of; save it."""
        try:
            first, source, hidden = self._made_of()
        except NotAllowedError as error:
            flash(error.text(visit.language()), "danger")
            return redirect(url_for(".index_view"))
        page = EntryForm(self.declared, None, first, hidden)
        if request.method == "POST" and page.is_valid():
            answer = self._save(
                page,
                lambda session: entries.create(
                    session,
                    self.declared.code,
                    self._complete(first, page.posted(), hidden),
                    visit.writer(),
                    vouched=first,
                ),
            )
            if answer is not None:
                return answer
        context = page.context(None)
        context["from_entry"] = source
        return self._form(context, page)

    def _complete(
        self, first: Row, posted: Row, hidden: Mapping[str, Mapping[str, str]]
    ) -> Row:
        """Return what was typed, with what the form did not show.

        That is the link to what the entry was made of, and what was carried masked.
        """
        kept = {request.args.get("via"), *hidden} & first.keys()
        return {name: first[name] for name in kept if name} | posted

    def _made_of(
        self,
    ) -> tuple[Row, dict[str, Any] | None, dict[str, dict[str, str]]]:
        """Return the first values of an entry that is made of another one.

        With the entry, and the masks of what of it this person may not read.
        """
        code, via = request.args.get("of"), request.args.get("via")
        known = catalogue.current()
        if code is None or code not in known:
            return form_anew.first_values(self.declared), None, {}
        declared = known[code]
        made = next(
            (
                one
                for one in declared.makes
                if one.target == self.declared.code and one.via == via
            ),
            None,
        )
        given = request.args.get("of_id", "")
        if made is None or not given.isdecimal() or len(given) > LONGEST_ID:
            raise NotAllowedError
        session, person = visit.session(), visit.person()
        entry = entries.get(session, person, code, int(given))
        first = making.prefill(session, declared, entry, made)
        first |= call_return.first_values(self.declared)
        source = {
            "label": declared.title.text(visit.language()),
            "number": entry["number"] or f"#{entry['id']}",
            "url": url_for(".details_view", register=code, id=entry["id"]),
            "carried": sorted(made.carry),
        }
        return first, source, self._hidden(declared, entry, made, first)

    def _hidden(
        self, declared: Declaration, entry: Row, made: Makes, first: Row
    ) -> dict[str, dict[str, str]]:
        """Return the masks of what is carried from an entry that is somebody else's."""
        hidden = {}
        for name, path in made.carry.items():
            head, _, tail = path.partition(".")
            one, holder, key = declared.field(head), entry, entry["id"]
            source = declared
            if tail:
                source = catalogue.current()[one.refers_to or ""]
                one, holder, key = source.field(tail), {}, entry.get(head)
            if name in first and masking.masks(visit.person(), source, one, holder):
                reveal = url_for(
                    ".reveal_view", register=source.code, id=key, field=one.name
                )
                text = str(masking.mask(one, first[name]))
                hidden[name] = {"text": text, "reveal_url": reveal}
        return hidden

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Show an entry's form; save it under the version it was opened with."""
        entry = self._entry_or_leave(Action.CHANGE)
        if isinstance(entry, Answer):
            return entry
        page = EntryForm(self.declared, entry)
        if request.method == "POST" and page.is_valid():
            answer = self._save(
                page, lambda session: self._change(session, page, entry)
            )
            if answer is not None:
                return answer
        url = url_for(".details_view", id=entry["id"])
        return self._form(page.context(url), page)

    def _change(self, session: Any, page: EntryForm, entry: Row) -> int:
        version = request.form.get("version", type=int)
        values = {
            name: value
            for name, value in page.posted().items()
            if request.form.get(f"keep_{name}") != "theirs"
        }
        if version is None:
            raise LostUpdateError(entry)
        entries.change(
            session,
            self.declared.code,
            entry["id"],
            values,
            visit.editor(),
            version=version,
        )
        return int(entry["id"])

    def _save(self, page: EntryForm, write: Callable[[Any], int]) -> Answer | None:
        """Save in one transaction; on a mistake put it on the page and return None."""
        try:
            with visit.house().database.write() as session:
                entry_id = line_saving.save(page, session, write)
                attachments_pages.keep_sent(session, self.declared, entry_id)
                batch = undo_notice.offered(session, self.declared, page.entry)
                over = limits.warnings(session, self.declared, [entry_id], visit.zone())
        except EntryRefusedError as error:
            page.refuse(error.problems)
        except LostUpdateError as error:
            page.lost(error)
        except WholeRefusedError as error:
            line_saving.refuse(page, error)
        except WholeLostError as error:
            line_saving.lost(page, error)
        except PersonError as error:  # not allowed, or a file that is not taken in
            page.form.form_errors.append(error.text(visit.language()))
        else:
            undo_notice.told(visit.t("已保存。", "Saved."), batch)
            for one in over:
                flash(one.text(visit.language()), "warning")
            if "save_next" in request.form:
                return redirect(form_anew.address(entry_id))
            back = call_return.back(self.declared)
            return redirect(back or url_for(".details_view", id=entry_id))
        return None

    def _form(self, context: Row, page: EntryForm) -> Any:
        found = limits.allowances(
            visit.session(), self.declared, page.values, visit.zone()
        )
        context["allowances"] = [one.text(visit.language()) for one in found]
        body = self.render(self.create_template, **context)
        status = 422 if request.method == "POST" and page.is_wrong else 200
        return Response(body, status=status, mimetype="text/html")
