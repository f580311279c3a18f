"""The import's four steps: a file, its columns, the rehearsal, the result."""

from collections import Counter
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from admin import import_files, import_shown, visit
from admin.import_columns import (
    common,
    mapping_page,
    offered,
    posted_mapping,
    signature,
    the_register,
)
from admin.import_sheets import empty_sheet, refused_sheet
from models import access, catalogue, importing
from models.access import Action
from models.import_mapping import FileMapping, read_mapping
from models.import_tables import (
    APPLIED,
    REFUSED,
    REHEARSED,
    ImportBatch,
    ImportLine,
    ImportMapping,
)
from models.sheets import read_workbook
from models.words import PersonError

blueprint = Blueprint("importing", __name__, url_prefix="/register/<register>/import")
SHOWN = 200  # problems on a page
MOST_IDS = 10**18


@blueprint.url_value_preprocessor
def take_register(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the register out of the address."""
    g.register = (values or {}).pop("register", "")


@blueprint.url_defaults
def give_register(_endpoint: str, values: dict[str, Any]) -> None:
    """Put the register into relative addresses."""
    values.setdefault("register", g.get("register", ""))


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let in whoever may import into the register."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if g.register not in catalogue.current():
        abort(404)
    if not visit.person().may(g.register, Action.IMPORT):
        abort(403)
    return None


@blueprint.route("/", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Take a file."""
    error = None
    if request.method == "POST":
        try:
            kept, name = _take()
        except PersonError as wrong:
            error = wrong.text(visit.language())
        else:
            return redirect(url_for(".columns", file=kept, name=name))
    limit = f"{int(visit.house().settings.upload_limit) // 2**20} MB"
    page = render(
        "import/upload.html",
        **common(
            upload_url=url_for(".upload"),
            sample_url=url_for(".empty_table"),
            limit=limit,
            error=error,
            earlier=[import_shown.earlier(one) for one in _earlier()],
        ),
    )
    return page, 422 if error else 200


def _take() -> tuple[str, str]:
    """Keep the file that was sent, if it can be read; return its hash and name."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise PersonError("请先选择一个文件。", "Choose a file first.")
    data = sent.read()
    read_workbook(data, sent.filename)
    return import_files.keep(visit.house().settings, data), sent.filename[-150:]


def _earlier() -> list[ImportBatch]:
    query = select(ImportBatch).where(
        ImportBatch.register == g.register, ImportBatch.state != REHEARSED
    )
    if not _sees_others():
        query = query.where(_is_own())
    query = query.order_by(ImportBatch.id.desc()).limit(20)
    return list(visit.session().scalars(query))


@blueprint.route("/empty.csv")
def empty_table() -> ResponseReturnValue:
    """Send an empty table with the register's heads."""
    return empty_sheet(the_register(), offered(the_register()))


@blueprint.route("/columns", methods=["GET", "POST"])
def columns() -> ResponseReturnValue:
    """Say which column is which field; then rehearse."""
    file_hash, name = request.args.get("file", ""), request.args.get("name", "")
    try:
        data = import_files.content(visit.house().settings, file_hash)
        if request.method == "POST":
            if "reread" in request.form:
                row = request.form.get("header_row", type=int)
                return redirect(
                    url_for(".columns", file=file_hash, name=name, header_row=row)
                )
            mapping = posted_mapping()
            batch_id = _rehearse(data, name, file_hash, mapping)
            return redirect(url_for(".rehearsal", batch_id=batch_id))
        sheets = [one for one in read_workbook(data, name) if one.height]
        return render("import/mapping.html", **mapping_page(sheets, name, len(data)))
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        if request.method == "POST":
            return redirect(request.full_path)
        return redirect(url_for(".upload"))


def _rehearse(data: bytes, name: str, file_hash: str, mapping: FileMapping) -> int:
    """Rehearse a file and keep the rehearsal; return its batch."""
    lines, skipped = importing.read_lines(data, name, mapping)
    writer = visit.writer("import")
    found = importing.rehearse(
        visit.session(), g.register, lines, skipped, mapping, file_hash, writer
    )
    with visit.house().database.write() as session:
        batch = importing.stage(
            session, g.register, name, file_hash, mapping, found, writer
        )
        _remember(session, mapping)
        return int(batch.id)


def _remember(session: Any, mapping: FileMapping) -> None:
    heads = request.form.getlist("head")
    if not heads:
        return
    here = (
        ImportMapping.register == g.register,
        ImportMapping.columns == signature(heads),
    )
    session.execute(delete(ImportMapping).where(*here))
    session.execute(
        insert(ImportMapping).values(
            register=g.register,
            columns=signature(heads),
            mapping=mapping.plain(),
            at=visit.now(),
        )
    )


def _batch(batch_id: int) -> ImportBatch:
    """Return a batch of this register that the person may deal with; 404 for others."""
    query = select(ImportBatch).where(
        ImportBatch.id == min(batch_id, MOST_IDS), ImportBatch.register == g.register
    )
    if not _sees_others():
        query = query.where(_is_own())
    batch = visit.session().scalar(query)
    if batch is None:
        abort(404)
    return batch


def _still_there(session: Session, batch: ImportBatch) -> ImportBatch:
    """Return the batch in a writing session; 404 where it was dropped meanwhile."""
    found = session.get(ImportBatch, batch.id)
    if found is None:
        abort(404)
    return found


def _is_own() -> ColumnElement[bool]:
    """Return the condition that keeps to the person's own imports."""
    staff_id = visit.person().staff_id
    by_name = ImportBatch.by_name == visit.person().name
    return by_name & (
        ImportBatch.staff_id.is_(None)
        if staff_id is None
        else ImportBatch.staff_id == staff_id
    )


def _sees_others() -> bool:
    """Whether others' files are the person's to read: only with every row.

    A file holds whatever stands in it, for whichever department.
    """
    person = visit.person()
    every = (Action.READ, Action.IMPORT, Action.DELETE)
    declared = catalogue.current()[g.register]
    return all(access.sees_every_row(person, declared, one) for one in every)


@blueprint.route("/<int:batch_id>")
def rehearsal(batch_id: int) -> ResponseReturnValue:
    """Show what a save would say of every row."""
    batch = _batch(batch_id)
    if batch.state != REHEARSED:
        return redirect(url_for(".result", batch_id=batch.id))
    refused = _refused_lines(batch)
    problems = [(line, one) for line in refused for one in line.problems]
    reason = request.args.get("reason")
    language = "en" if visit.language() == "en" else "zh"
    reasons = Counter(one[language] for _, one in problems)
    shown = [(line, one) for line, one in problems if reason in (None, one[language])]
    return render(
        "import/rehearsal.html",
        **common(
            file={"name": batch.file_name, "rows": f"{batch.rows:,}"},
            running=None,
            counts=import_shown.counts(batch),
            reasons=[
                {
                    "label": label[:60],
                    "count": f"{count:,}",
                    "url": url_for(".rehearsal", batch_id=batch.id, reason=label),
                    "active": label == reason,
                }
                for label, count in reasons.most_common(8)
            ],
            problems=[import_shown.problem(line, one) for line, one in shown[:SHOWN]],
            repair_url=url_for(".repair", batch_id=batch.id),
            problems_more=visit.t(
                f"还有 {len(shown) - SHOWN:,} 处未显示", f"{len(shown) - SHOWN:,} more"
            )
            if len(shown) > SHOWN
            else None,
            preview=import_shown.preview(batch),
            filled=import_shown.filled(batch),
            apply_url=url_for(".apply", batch_id=batch.id),
            apply_label=visit.t(
                f"导入 {batch.good:,} 行", f"Import {batch.good:,} rows"
            ),
            refused_url=url_for(".refused", batch_id=batch.id) if refused else None,
            back_url=url_for(".columns", file=batch.file_hash, name=batch.file_name),
        ),
    )


@blueprint.route("/<int:batch_id>/repair", methods=["POST"])
def repair(batch_id: int) -> ResponseReturnValue:
    """Put mended cells into the kept rows and rehearse again."""
    batch = _batch(batch_id)
    if batch.state != REHEARSED:
        return redirect(url_for(".result", batch_id=batch.id))
    mended: dict[int, dict[str, str]] = {}
    for key, value in request.form.items():
        parts = key.split(".", 3)  # cell.<row>.<line id>.<column>
        if len(parts) == 4 and parts[0] == "cell" and parts[2].isdecimal():  # noqa: PLR2004 - as above
            mended.setdefault(int(parts[2]), {})[parts[3]] = value
    staged = list(
        visit.session().scalars(
            select(ImportLine).filter_by(batch_id=batch.id).order_by(ImportLine.id)
        )
    )
    lines = importing.lines_of(staged)
    for kept, line in zip(staged, lines, strict=True):
        cells = mended.get(kept.id, {})
        line.cells.update({head: cells[head] for head in cells if head in line.cells})
    mapping = read_mapping(batch.mapping, the_register())
    writer = visit.writer("import")
    found = importing.rehearse(
        visit.session(),
        g.register,
        lines,
        importing.skipped_of(batch),
        mapping,
        batch.file_hash,
        writer,
    )
    with visit.house().database.write() as session:
        fresh = importing.stage(
            session,
            g.register,
            batch.file_name,
            batch.file_hash,
            mapping,
            found,
            writer,
        )
        session.execute(
            delete(ImportBatch).where(
                ImportBatch.id == batch.id, ImportBatch.state == REHEARSED
            )
        )
        new_id = int(fresh.id)
    return redirect(url_for(".rehearsal", batch_id=new_id))


@blueprint.route("/<int:batch_id>/refused.csv")
def refused(batch_id: int) -> ResponseReturnValue:
    """Send the refused rows with their reasons, to be mended and sent again."""
    batch = _batch(batch_id)
    return refused_sheet(_refused_lines(batch), batch.file_name)


def _refused_lines(batch: ImportBatch) -> list[ImportLine]:
    query = select(ImportLine).where(
        ImportLine.batch_id == batch.id, ImportLine.state == REFUSED
    )
    return list(visit.session().scalars(query.order_by(ImportLine.id)))


@blueprint.route("/<int:batch_id>/apply", methods=["POST"])
def apply(batch_id: int) -> ResponseReturnValue:
    """Import the good rows in one transaction."""
    batch = _batch(batch_id)
    try:
        with visit.house().database.write() as session:
            importing.apply_batch(
                session,
                _still_there(session, batch),
                visit.writer("import", f"import-{batch.id}"),
            )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    return redirect(url_for(".result", batch_id=batch_id))


@blueprint.route("/<int:batch_id>/result")
def result(batch_id: int) -> ResponseReturnValue:
    """Say what came of it."""
    batch = _batch(batch_id)
    if batch.state == REHEARSED:
        return redirect(url_for(".rehearsal", batch_id=batch.id))
    undone = batch.state != APPLIED
    return render(
        "import/result.html",
        **common(
            file={"name": batch.file_name},
            running=None,
            counts=import_shown.counts(batch),
            summary=visit.t(
                f"已导入 {batch.imported:,} 行。", f"{batch.imported:,} rows imported."
            ),
            list_url=url_for("register.index_view", register=g.register),
            refused_url=url_for(".refused", batch_id=batch.id)
            if batch.refused
            else None,
            undo_url=None if undone else url_for(".undo", batch_id=batch.id),
            again_url=url_for(".upload"),
            undone=visit.t("这次导入已整批撤销。", "This import was undone.")
            if undone
            else None,
        ),
    )


@blueprint.route("/<int:batch_id>/undo", methods=["POST"])
def undo(batch_id: int) -> ResponseReturnValue:
    """Put everything an import made into the bin."""
    batch = _batch(batch_id)
    try:
        with visit.house().database.write() as session:
            count = importing.undo_batch(
                session,
                _still_there(session, batch),
                visit.writer("import", f"undo-{batch.id}"),
            )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    else:
        flash(
            visit.t(f"已撤销，{count} 条移入回收站。", f"Undone: {count}."), "success"
        )
    return redirect(url_for(".result", batch_id=batch_id))
