"""Changing many entries: choose fields, look at old and new, save; part of the view."""

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_admin import expose
from werkzeug.wrappers import Response as Answer

from admin import change_lines, undo_notice, visit
from admin.column_converters import edit_text, read
from admin.form_fields import control
from admin.form_typed import typed_fields
from admin.register_reach import LONGEST_ID, RegisterReach
from models import bulk_change, choosing
from models.bulk_change import Line, Versions
from models.preparing import Row
from models.register import CHOICES, Declaration, Field
from models.words import PersonError

MOST_SHOWN = 200  # lines of each kind
SET = "set"  # which fields are to be changed
ENTRIES = "entries"  # "id:version" of each entry, as it was looked at


class RegisterBulk(RegisterReach):
    """The page on which many entries get the same values."""

    @expose("/bulk/", methods=("POST",))
    def bulk_view(self) -> Any:
        """Show what new values would do, or save them."""
        return self._bulk_page(_meant(request.form.get(ENTRIES, "")))

    def _bulk_page(self, meant: Versions) -> Answer | str:
        form = BulkForm(self.declared)
        doing = request.form.get("do", "")
        if doing == "save" and form.values and not form.errors:
            return self._save_many(meant, form)
        lines = []
        if doing and form.values and not form.errors:
            # Looked at anew: what somebody saved meanwhile is shown as it is now.
            fresh = dict.fromkeys(meant)
            lines = bulk_change.look(
                visit.session(), self.declared, fresh, form.values, visit.writer("bulk")
            )
            meant = {one.before["id"]: one.before["version"] for one in lines}
        body = render_template(
            "register/bulk.html", **_context(self.declared, meant, form, lines)
        )
        wrong = bool(form.errors) or (bool(doing) and not form.values)
        return Response(body, status=422 if wrong else 200, mimetype="text/html")

    def _save_many(self, meant: Versions, form: "BulkForm") -> Answer:
        writer = visit.editor("bulk")
        with visit.house().database.write() as session:
            lines = bulk_change.save(session, self.declared, meant, form.values, writer)
        done = [one for one in lines if not one.why_not]
        changed = [one for one in done if not one.is_same([*form.values])]
        count = len(changed)
        said = visit.t(f"已修改 {count} 条。", f"{count} changed.")
        undo_notice.told(said, writer.batch if changed else None)
        undo_notice.left(numbered([one for one in lines if one.why_not]))
        back = url_for(".index_view") + "?" + request.query_string.decode()
        return redirect(back)


def numbered(lines: Sequence[Line]) -> list[tuple[str, list[Any]]]:
    """Return the numbers of entries that stay, each with why."""
    return [
        (one.before["number"] or f"#{one.before['id']}", one.why_not) for one in lines
    ]


def _meant(text: str) -> Versions:
    """Read the entries that the page carries; what is no number is left out."""
    found: dict[int, int | None] = {}
    for word in text.split():
        key, _, version = word.partition(":")
        if key.isdecimal() and len(key) <= LONGEST_ID:
            found[int(key)] = int(version) if version.isdecimal() else None
    return found


class BulkForm:
    """The fields that may be changed for many at once, and what was typed for some."""

    def __init__(self, declared: Declaration) -> None:
        """Read what was sent; errors are kept by field."""
        state = declared.flow.field if declared.flow else None
        self.fields = [
            one
            for one in typed_fields(declared)
            if one.column and not one.unique and one.name != state
        ]
        self.chosen = set(request.form.getlist(SET)) & {it.name for it in self.fields}
        self.values: Row = {}
        self.errors: dict[str, str] = {}
        for one in self.fields:
            if one.name in self.chosen:
                self._read(one)

    def _read(self, one: Field) -> None:
        try:
            value = read(one, _sent(one), visit.zone())
        except PersonError as error:
            self.errors[one.name] = error.text(visit.language())
            return
        self.values[one.name] = value

    def controls(self) -> list[dict[str, Any]]:
        """Return what the page draws of each field."""
        return [self._control(one) for one in self.fields]

    def _control(self, one: Field) -> dict[str, Any]:
        language = visit.language()
        kind = control(one)
        text = request.form.get(one.name, "")
        if one.name in self.values and not one.refers_to:
            text = edit_text(self.values[one.name], visit.zone())
        return {
            "name": one.name,
            "label": one.label.text(language),
            "kind": {"radio": "choice"}.get(kind, kind),
            "on": one.name in self.chosen,
            "text": text,
            "several": request.form.getlist(one.name),
            "called": self._called(one),
            "choices": [[it.value, it.label.text(language)] for it in one.options],
            "picker_url": url_for(".ajax_lookup", name=one.name)
            if one.refers_to
            else None,
            "required": one.required,
            "error": self.errors.get(one.name),
        }

    def _called(self, one: Field) -> str:
        """Return the words of the entry that was picked, if it may be chosen."""
        value = self.values.get(one.name)
        if one.refers_to is None or value is None:
            return ""
        known = choosing.labels(visit.session(), visit.person(), one.refers_to, [value])
        return known.get(value, str(value))


def _sent(one: Field) -> str:
    if one.type is CHOICES:
        return ",".join(request.form.getlist(one.name))
    return request.form.get(one.name, "")


def _context(
    declared: Declaration, meant: Versions, form: BulkForm, lines: Sequence[Line]
) -> dict[str, Any]:
    """Return the template's context; see register/bulk.html."""
    title = declared.title.text(visit.language())
    names = [*form.values]
    stay = [one for one in lines if one.why_not]
    same = [one for one in lines if not one.why_not and one.is_same(names)]
    changed = [one for one in lines if not one.why_not and not one.is_same(names)]
    fields = [one for one in form.fields if one.name in form.values]
    query = request.query_string.decode()
    return {
        "page_title": visit.t(f"批量修改{title}", f"Change many: {title}"),
        "register": {"title": title, "list_url": f"{url_for('.index_view')}?{query}"},
        "action": f"{url_for('.bulk_view')}?{query}",
        "entries": " ".join(
            f"{key}:{version}" if version is not None else str(key)
            for key, version in meant.items()
        ),
        "count": len(meant),
        "controls": form.controls(),
        "looked": bool(lines),
        "nothing": request.form.get("do", "") != "" and not form.chosen,
        "changed": _shown(declared, fields, changed[:MOST_SHOWN]),
        "changed_count": len(changed),
        "same_count": len(same),
        "stay": _shown(declared, (), stay[:MOST_SHOWN]),
        "stay_count": len(stay),
    }


def _shown(
    declared: Declaration, fields: Sequence[Field], lines: Sequence[Line]
) -> list[dict[str, Any]]:
    return change_lines.shown(
        declared,
        [
            (
                one.before,
                [(it, one.before[it.name], one.after[it.name]) for it in fields],
                one.why_not,
            )
            for one in lines
        ],
    )
