"""Deleting, restoring and changing many entries at once; a part of `RegisterView`."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response as Answer

from admin import bulk_steps, listing, undo_notice, visit
from admin.bulk_page import RegisterBulk, numbered
from admin.list_page import desk, wanted
from models import bulk_change, catalogue, change_batches, entries
from models.access import Action
from models.entry_errors import NotAllowedError
from models.words import PersonError

MOST_AT_ONCE = 5_000  # rows of one bulk change
CHANGE = "change"
BIN = "bin"


class RegisterActions(RegisterBulk):
    """What changes entries from their list."""

    @expose("/delete/", methods=("POST",))
    def delete_view(self) -> Any:
        """Put one entry into the bin."""
        done = visit.t("已删除，可从回收站恢复。", "Deleted; the bin still has it.")
        return self._move(entries.bin_many, "binned", done)

    @expose("/restore/", methods=("POST",))
    def restore_view(self) -> Any:
        """Take one entry out of the bin."""
        done = visit.t("已恢复。", "Restored.")
        return self._move(entries.restore_many, "restored", done)

    def _move(self, move: Callable[..., None], action: str, done: str) -> Answer:
        code, writer = self.declared.code, visit.editor()
        ids = self._ids([request.values.get("id", "")])
        try:
            with visit.house().database.write() as session:
                move(session, code, ids, writer)
                for one in ids:
                    change_batches.offer(session, code, one, action, writer)
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
        else:
            undo_notice.told(done, writer.batch if ids else None)
        return redirect(url_for(".index_view"))

    def _bulk(self, shown: Sequence[int], *, binned: bool) -> list[dict[str, Any]]:
        """Return what can be done to many rows at once.

        Of the flow that is every step which is open on some row that is shown.
        """
        person, code = visit.person(), self.declared.code
        actions: list[dict[str, Any]] = []
        if binned:
            return actions
        actions += bulk_steps.offered(self.declared, shown)
        if person.may(code, Action.CHANGE):
            actions.append(
                {
                    "name": CHANGE,
                    "label": visit.t("批量修改", "Change"),
                    "icon": "pencil",
                    "confirm": None,
                    "danger": False,
                    "fields": [],
                }
            )
        if person.may(code, Action.DELETE):
            actions.append(
                {
                    "name": BIN,
                    "label": visit.t("删除", "Delete"),
                    "icon": "trash",
                    "confirm": visit.t(
                        # The page puts in how many are ticked.
                        "删除所选的 {count} 条登记？30 天内可撤销。",
                        "Delete {count} entries? It can be undone for 30 days.",
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
            if name == CHANGE:
                return self._bulk_page(dict.fromkeys(ids))
            if name == BIN:
                self._put_away(ids)
            else:
                self._step_many(ids, name)
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
        return redirect(back)

    def _step_many(self, ids: Sequence[int], name: str) -> None:
        if not bulk_steps.is_step(name):
            raise NotAllowedError
        writer = visit.editor("bulk")
        with visit.house().database.write() as session:
            bulk_steps.take(session, self.declared, ids, name, writer)
        flash(visit.t(f"已处理 {len(ids)} 条。", f"{len(ids)} done."), "success")

    def _put_away(self, ids: Sequence[int]) -> None:
        """Put into the bin what can be; tell what stays, and offer to undo it."""
        writer = visit.editor("bulk")
        with visit.house().database.write() as session:
            lines = bulk_change.put_away(session, self.declared, ids, writer)
        stay = [one for one in lines if one.why_not]
        gone = len(lines) - len(stay)
        said = visit.t(f"已删除 {gone} 条。", f"{gone} deleted.")
        if gone or not stay:
            undo_notice.told(said, writer.batch if gone else None)
        undo_notice.left(numbered(stay))

    def _ticked(self, name: str) -> list[int]:
        """Return the entries meant; which of them may be changed is told later."""
        needed = {BIN: Action.DELETE, CHANGE: Action.CHANGE}.get(name, Action.READ)
        if not visit.person().may(self.declared.code, needed):
            raise NotAllowedError
        if request.form.get("all_matching") != "1":
            return self._ids(request.form.getlist("rowid"))
        asked = wanted(self.declared, request.args)
        table = catalogue.current().table(self.declared.code)
        query = listing.conditioned(
            visit.session(), self.declared, asked, desk(), Action.LIST
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
