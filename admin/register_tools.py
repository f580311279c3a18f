"""What a list offers beside its rows: tabs, buttons, menus; part of `RegisterView`."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import request

from admin import visit
from admin.addresses import fixed
from admin.register_actions import RegisterActions
from admin.view_pages import RegisterViews
from models import merging
from models.access import Action


class RegisterTools(RegisterActions, RegisterViews):
    """The tools of a list that the person may use."""

    def _list_tools(self, shown: Sequence[int], *, binned: bool) -> dict[str, Any]:
        """Return what stands above a list and at its rows, by the person's rights."""
        person, code = visit.person(), self.declared.code
        may = partial(person.may, code)
        arguments = request.query_string.decode()
        kept = f"?{arguments}" if arguments else ""
        exports = [
            {"label": label, "url": self._page_url("export", export_type=kind) + kept}
            for kind, label in (("xlsx", "Excel (.xlsx)"), ("csv", "CSV"))
            if may(Action.EXPORT)
        ]
        return {
            "views": self._tabs(),
            "save_view": self._save_view_form(),
            "can": {
                "create_url": self._page_url("create_view")
                if may(Action.CREATE)
                else None,
                "import_url": visit.address_of("importing.upload", register=code)
                if may(Action.IMPORT)
                else None,
                "exports": exports,
                "grid_url": visit.address_of("grid.index", register=code)
                if self.declared.grid is not None
                else None,
                "board_url": visit.address_of("dispatch.index", register=code)
                if self.declared.dispatch_board is not None
                else None,
                "spot_check_url": None,
                "suspects_url": fixed("merging.index", register=code)
                if merging.may_merge(person, self.declared)
                else None,
            },
            "bulk": self._bulk(shown, binned=binned),
            "bulk_url": self._page_url("action_view") + kept,
            "row_menu": self._row_menu(binned=binned),
            "notice": visit.t(
                "这里是回收站：内容已从台账中移出，可以恢复。",
                "This is the bin: what was deleted can be restored.",
            )
            if binned
            else None,
        }

    def _row_menu(self, *, binned: bool) -> list[dict[str, Any]]:
        may = partial(visit.person().may, self.declared.code)
        items: list[tuple[str, str, str, str, str | None]] = []
        if may(Action.READ) and not binned:
            items.append(("eye", visit.t("查看", "Open"), "details_view", "get", None))
        if may(Action.CHANGE) and not binned:
            items.append(
                ("pencil", visit.t("修改", "Change"), "edit_view", "get", None)
            )
        if may(Action.DELETE):
            ask = visit.t("删除「{number}」？", "Delete “{number}”?")
            items.append(
                (
                    "arrow-back-up",
                    visit.t("恢复", "Restore"),
                    "restore_view",
                    "post",
                    None,
                )
                if binned
                else ("trash", visit.t("删除", "Delete"), "delete_view", "post", ask)
            )
        return [
            {
                "icon": icon,
                "label": label,
                "url": self._page_url(view) + "?id={pk}",
                "method": method,
                "confirm": confirm,
                "danger": view == "delete_view",
            }
            for icon, label, view, method, confirm in items
        ]
