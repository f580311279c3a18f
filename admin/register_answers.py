"""Exports, and what scripts on the pages ask; a part of `RegisterView`."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_admin import expose

from admin import (
    cells,
    exporting,
    filter_words,
    form_alike,
    form_counts,
    list_joins,
    list_sums,
    listing,
    pickers,
    visit,
)
from admin.column_converters import read
from admin.form_typed import form_fields
from admin.list_page import ListPage, desk, wanted
from admin.register_reach import LONGEST_ID, RegisterReach
from admin.sheet_writing import content_disposition
from models import accounts, catalogue, change_batches, entries, masking
from models.access import Action
from models.entry_errors import NotAllowedError, StateByStepsError
from models.register import Field
from models.words import PersonError


class RegisterAnswers(RegisterReach):
    """Downloads and small answers of one register."""

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Stream the rows of the present filter as CSV or .xlsx, and log it."""
        looking = desk()
        fields = exporting.exported(looking, self.declared)
        try:
            asked = wanted(self.declared, request.args)
            chosen = request.args.getlist("column")
            if chosen:
                fields = [one for one in fields if one.name in chosen]
            engine = visit.house().database.reading
            parts = exporting.chunks(
                engine, self.declared, asked, looking, fields, export_type
            )
        except PersonError as error:
            flash(error.text(visit.language()), "danger")
            return redirect(url_for(".index_view"))
        said = f"{export_type} {request.query_string.decode('utf-8', 'replace')}"
        detail = exporting.described(
            visit.session(), self.declared, asked, looking, fields, said
        )
        with visit.house().database.write() as session:
            code, address = self.declared.code, request.remote_addr
            exporting.log(session, looking, code, detail, address)
        name = exporting.file_name(self.declared, looking, export_type)
        return Response(
            parts,
            mimetype=exporting.TYPES[export_type],
            headers={"Content-Disposition": content_disposition(name)},
        )

    @expose("/count/")
    def count_view(self) -> Any:
        """Count the list exactly, since somebody asked."""
        try:
            asked = wanted(self.declared, request.args)
        except PersonError as error:
            return {"message": error.text(visit.language())}, 422
        count, _ = listing.count(
            visit.session(), self.declared, asked, desk(), exact=True
        )
        return {"text": f"{count:,}"}

    @expose("/sums/")
    def sums_view(self) -> Any:
        """Add up the number columns of the present list, since somebody asked."""
        looking = desk()
        try:
            page = ListPage(self.declared)
        except PersonError as error:
            return {"message": error.text(visit.language())}, 422
        found = list_sums.sums(
            visit.session(), self.declared, page.wanted, looking, page.fields
        )
        if found is None:
            most = f"{list_sums.MOST_ROWS:,}"
            message = visit.t(
                f"超过 {most} 条，请先缩小范围再合计。",
                f"More than {most} match. Narrow the conditions first.",
            )
            return {"message": message}, 422
        count, sums = found
        return {
            "count": visit.t(f"合计 {count:,} 条", f"Sum of {count:,}"),
            "sums": [[one.label.text(visit.language()), text] for one, text in sums],
        }

    @expose("/filters/")
    def filters_view(self) -> Any:
        """Return what conditions may be put on, for the builder on the page."""
        try:
            named = wanted(self.declared, request.args).every
        except PersonError:
            named = []
        return filter_words.builder(self.declared, visit.person(), named)

    @expose("/ajax/lookup/")
    def ajax_lookup(self) -> Any:
        """Return entries that a reference field may hold, for what was typed."""
        name = request.args.get("name", "")
        one = next(
            (it for it in visit.person().fields(self.declared) if it.name == name), None
        )
        if one is None or one.refers_to is None:
            abort(404)
        page = max(request.args.get("page", 1, type=int), 1)
        found, more = pickers.find(
            visit.session(),
            visit.person(),
            one.refers_to,
            request.args.get("q", ""),
            page,
            _of(one),
        )
        return {"results": found, "more": more}

    @expose("/alike/")
    def alike_view(self) -> Any:
        """Say which entries there are with the name or number that is being typed."""
        return {"found": form_alike.answer(self.declared, request.args)}

    @expose("/ajax/update/", methods=("POST",))
    def ajax_update(self) -> Any:
        """Save one cell of the list, unless somebody changed it in between."""
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict):
            abort(400)
        one = next(
            (it for it in self._settable() if it.name == asked.get("field")), None
        )
        flow = self.declared.flow
        if one is None and flow is not None and asked.get("field") == flow.field:
            error = StateByStepsError(self.declared.field(flow.field).label)
            return {"message": error.text(visit.language())}, 422
        if one is None:
            abort(404)
        try:
            entry = self._entry(asked.get("pk"), Action.CHANGE)
            now = self._cell(one, entry["id"])
            if str(asked.get("was", "")) != now["text"]:
                message = visit.t(
                    "这一格刚被别人修改过。", "Somebody just changed this cell."
                )
                return {"message": message, **now}, 409
            value = read(one, str(asked.get("value", "")), visit.zone())
            writer, code = visit.editor("inline"), self.declared.code
            with visit.house().database.write() as session:
                entries.change(
                    session,
                    code,
                    entry["id"],
                    {one.name: value},
                    writer,
                    version=entry["version"],
                )
                change_batches.offer(session, code, entry["id"], "changed", writer)
        except PersonError as error:
            return {"message": error.text(visit.language())}, 422
        visit.close_session()
        return self._cell(one, entry["id"])

    def _cell(self, one: Field, entry_id: int) -> dict[str, Any]:
        table = catalogue.current().table(self.declared.code)
        query = listing.conditioned(
            visit.session(), self.declared, listing.Wanted(), desk()
        ).where(table.c.id == entry_id)
        columns, query = list_joins.joined(self.declared, query, [one])
        row = (
            visit.session()
            .execute(query.with_only_columns(*columns, maintain_column_froms=True))
            .mappings()
            .first()
        )
        if row is None:
            raise NotAllowedError
        (make,) = cells.makers(self.declared, [one], desk(), "")
        css, text, href = make(dict(row))
        return {"css": css, "text": text, "href": href}

    @expose("/counts/")
    def counts_view(self) -> Any:
        """Return the numbers that a new entry's form suggests for what it holds."""
        fields = form_fields(self.declared)
        return form_counts.answer(self.declared, fields, request.args)

    @expose("/reveal/", methods=("POST",))
    def reveal_view(self) -> Any:
        """Return personal data in full, and write down who read it and why."""
        one = next(
            (
                it
                for it in visit.person().fields(self.declared)
                if it.name == request.args.get("field")
            ),
            None,
        )
        if one is None or not one.personal:
            abort(404)
        try:
            entry = self._entry(request.args.get("id"), Action.READ)
        except NotAllowedError as error:
            return {"message": error.text(visit.language())}, 404
        asked = request.get_json(silent=True)
        given = asked.get("reason", "") if isinstance(asked, dict) else ""
        reason = str(given).strip()[:200]
        needed = masking.masks(visit.person(), self.declared, one, entry)
        if needed and not reason:
            message = visit.t("请写明查看原因。", "Say why you need it.")
            return {"message": message}, 422
        with visit.house().database.write() as session:
            session.add(
                accounts.ReadEvent(
                    at=visit.now(),
                    staff_id=visit.person().staff_id,
                    by_name=visit.person().name,
                    kind="reveal",
                    register=self.declared.code,
                    entry_id=entry["id"],
                    detail=f"{one.name}: {reason}",
                    address=request.remote_addr,
                )
            )
        return {"text": entry[one.name]}


def _of(one: Field) -> tuple[str, int] | None:
    """Return what the form's other field holds, of which entries are offered."""
    given = request.args.get("of", "")
    if one.only_of is None or not given.isdecimal() or len(given) > LONGEST_ID:
        return None
    return one.only_of, int(given)
