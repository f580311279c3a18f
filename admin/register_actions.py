"""Deleting, restoring and changing many entries at once; a part of `RegisterView`."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response as Answer

from admin import bulk_steps, listing, visit
from admin.column_converters import read
from admin.list_page import desk, wanted
from admin.register_reach import RegisterReach
from models import catalogue, entries
from models.access import Action
from models.entries import Change
from models.entry_errors import NotAllowedError
from models.preparing import Row
from models.words import PersonError

MOST_AT_ONCE = 5_000  # rows of one bulk change


class RegisterActions(RegisterReach):
    """What changes entries from their list."""

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        """Put one entry into the bin."""
        return self._move(entries.bin_many, visit.t("已删除。", "Deleted."))

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> Any:
        """Take one entry out of the bin."""
        return self._move(entries.restore_many, visit.t("已恢复。", "Restored."))

    def _move(self, move: Callable[..., None], done: str) -> Answer:
        ids = self._ids([request.values.get("id", "")])
        try:
            with visit.house().database.write() as session:
                move(session, self.declared.code, ids, visit.writer())
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
        else:
            flash(done, "success")
        return redirect(url_for(".index_view"))

    def _bulk(self, shown: Sequence[int], *, binned: bool) -> list[dict[str, Any]]:
        """Return what can be done to many rows at once.

        Of the flow that is every step which is open on some row that is shown.
        """
        person, code, language = visit.person(), self.declared.code, visit.language()
        actions: list[dict[str, Any]] = []
        if binned:
            return actions
        actions += bulk_steps.offered(self.declared, shown)
        if person.may(code, Action.CHANGE):
            actions += [
                {
                    "name": f"set:{one.name}",
                    "label": visit.t("改", "Set ") + one.label.text(language),
                    "icon": "pencil",
                    "confirm": None,
                    "danger": False,
                    "fields": [
                        {
                            "name": "value",
                            "label": one.label.text(language),
                            "kind": "picker"
                            if one.refers_to
                            else "choice"
                            if one.options
                            else "text",
                            "choices": [
                                [it.value, it.label.text(language)]
                                for it in one.options
                            ],
                            "picker_url": self._page_url("ajax_lookup", name=one.name)
                            if one.refers_to
                            else None,
                        }
                    ],
                }
                for one in self._settable()
            ]
        if person.may(code, Action.DELETE):
            actions.append(
                {
                    "name": "bin",
                    "label": visit.t("删除", "Delete"),
                    "icon": "trash",
                    "confirm": visit.t(
                        # The page puts in how many are ticked.
                        "删除所选的 {count} 条登记？可从回收站恢复。",
                        "Delete {count} entries? They can be taken out of the bin.",
                    ),
                    "danger": True,
                    "fields": [],
                }
            )
        return actions

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Do one thing to every ticked row, or to every row of the present filter."""
        name = request.form.get("action", "")
        back = url_for(".index_view") + "?" + request.query_string.decode()
        try:
            ids = self._ticked(name)
            batch = f"bulk-{visit.now():%Y%m%d%H%M%S%f}"
            writer = visit.writer("bulk", batch)
            with visit.house().database.write() as session:
                if name == "bin":
                    entries.bin_many(session, self.declared.code, ids, writer)
                elif bulk_steps.is_step(name):
                    bulk_steps.take(session, self.declared, ids, name, writer)
                else:
                    value = self._bulk_value(name)
                    changes = [Change(one, value) for one in ids]
                    entries.change_many(session, self.declared.code, changes, writer)
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
        else:
            flash(visit.t(f"已处理 {len(ids)} 条。", f"{len(ids)} done."), "success")
        return redirect(back)

    def _ticked(self, name: str) -> list[int]:
        action = Action.DELETE if name == "bin" else Action.CHANGE
        if bulk_steps.is_step(name):
            action = Action.READ
        if not visit.person().may(self.declared.code, action):
            raise NotAllowedError
        if request.form.get("all_matching") != "1":
            return self._ids(request.form.getlist("rowid"))
        asked = wanted(self.declared, request.args)
        table = catalogue.current().table(self.declared.code)
        query = listing.conditioned(
            visit.session(), self.declared, asked, desk(), action
        )
        ids = query.with_only_columns(table.c.id, maintain_column_froms=True)
        found = list(visit.session().scalars(ids.limit(MOST_AT_ONCE + 1)))
        if len(found) > MOST_AT_ONCE:
            raise PersonError(
                "符合条件的超过 {most} 条，请缩小范围后再批量处理。",
                "More than {most} match. Narrow the conditions first.",
                most=MOST_AT_ONCE,
            )
        return found

    def _bulk_value(self, name: str) -> Row:
        kind, _, field = name.partition(":")
        one = next((it for it in self._settable() if it.name == field), None)
        if kind != "set" or one is None:
            raise NotAllowedError
        return {field: read(one, request.form.get("value", ""), visit.zone())}
