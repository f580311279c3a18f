"""Files and comments of an entry: shown, added, sent, taken off; by the entry's rights.

Whoever may read the entry may open its files and comment; whoever may change it may
add and take off files. A file is sent as a download; only pictures are shown in a page.
"""

import base64
import binascii
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from admin import visit
from admin.column_converters import show_instant
from models import attachments, catalogue, entries, mentions
from models.access import Action
from models.attachments import Attachment, Comment, Storage
from models.entry_errors import NotAllowedError
from models.file_kinds import PICTURES, PNG
from models.register import ATTACHMENT, SIGNATURE, Declaration
from models.words import PersonError

blueprint = Blueprint(
    "files", __name__, url_prefix="/register/<register>/<int:entry_id>"
)
AT_ONCE = 20  # files of one upload
DRAWN = "data:image/png;base64,"
MOST_DRAWN = 500_000  # signs of a drawn signature
THUMB = 4 * 2**20  # bytes above which a picture is not shown small
# A picture is shown by itself and may load or run nothing.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
LONGEST_ID = 10**18


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through only whoever may read the entry."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    _may_or_404(Action.READ)
    return None


def storage() -> Storage:
    """Return where the contents lie."""
    return Storage(visit.house().settings.data_folder / "attachments")


def _place() -> tuple[str, int]:
    asked: Mapping[str, Any] = request.view_args or {}
    return asked["register"], asked["entry_id"]


def _may(register: str, entry_id: int, action: Action) -> bool:
    try:
        entries.get(visit.session(), visit.person(), register, entry_id, action)
    except NotAllowedError:
        return False
    return True


def _may_or_404(action: Action) -> None:
    """Answer as if there were no such entry where the person may not do it."""
    register, entry_id = _place()
    known = register in catalogue.current() and entry_id < LONGEST_ID
    if not known or not _may(register, entry_id, action):
        abort(404)


def _back() -> ResponseReturnValue:
    register, entry_id = _place()
    return redirect(url_for("register.details_view", register=register, id=entry_id))


def _file(attachment_id: int) -> Attachment:
    one = visit.session().get(Attachment, min(attachment_id, LONGEST_ID))
    if one is None or (one.register, one.entry_id) != _place() or one.removed_at:
        abort(404)
    return one


@blueprint.post("/files")
def add(register: str, entry_id: int) -> ResponseReturnValue:
    """Keep the posted files beside the entry, all or none."""
    _may_or_404(Action.CHANGE)
    try:
        sent = [one for one in request.files.getlist("file") if one.filename]
        with visit.house().database.write() as writing:
            _add(writing, (register, entry_id), [(None, one) for one in _few(sent)])
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    else:
        flash(visit.t(f"已添加 {len(sent)} 个附件。", f"{len(sent)} added."), "success")
    return _back()


def _few(sent: list[FileStorage]) -> list[FileStorage]:
    if not sent or len(sent) > AT_ONCE:
        raise PersonError(
            "选了 {count} 个文件，每次可上传 1 到 {most} 个。",
            "{count} files were chosen; 1 to {most} can be sent at once.",
            count=len(sent),
            most=AT_ONCE,
        )
    return sent


def _add(
    writing: Session,
    place: tuple[str, int],
    sent: list[tuple[str | None, FileStorage]],
) -> None:
    most = int(visit.house().settings.upload_limit)
    for field, one in sent:
        name = attachments.plain_name(one.filename or "")
        kept = storage().keep(one.stream, name, most)
        attachments.add(writing, place, kept, name, visit.writer(), field=field)


def keep_sent(writing: Session, declared: Declaration, entry_id: int) -> None:
    """Keep what a form sent for its attachment and signature fields, with its save.

    Raises:
        PersonError: A file is not taken in; the caller's transaction ends with it.
    """
    place = (declared.code, entry_id)
    for one in visit.person().fields(declared):
        if one.type is ATTACHMENT:
            files = [it for it in request.files.getlist(one.name) if it.filename]
            if files:
                _add(writing, place, [(one.name, it) for it in _few(files)])
        elif one.type is SIGNATURE and request.form.get(one.name, "").strip():
            drawn = _drawn(request.form[one.name])
            name = f"{one.label.text(visit.language())}.png"
            _replace(writing, place, one.name)
            _add(writing, place, [(one.name, FileStorage(drawn, name))])


def _drawn(text: str) -> BytesIO:
    """Return the picture that a signature's canvas posted."""
    whole = text.startswith(DRAWN) and len(text) <= MOST_DRAWN
    try:
        # A sign that cannot stand in it, where it is not even such a picture.
        coded = text[len(DRAWN) :] if whole else "?"
        return BytesIO(base64.b64decode(coded, validate=True))
    except (ValueError, binascii.Error) as error:
        raise PersonError(
            "签字没有收到完整的图片，请清除后重签。",
            "The signature did not arrive whole. Clear it and sign again.",
        ) from error


def _replace(writing: Session, place: tuple[str, int], field: str) -> None:
    for one in attachments.of_entry(writing, *place):
        if one.field == field:
            attachments.remove(writing, one, visit.writer())


@blueprint.get("/files/<int:attachment_id>")
def download(register: str, entry_id: int, attachment_id: int) -> ResponseReturnValue:
    """Send a file to be kept on the person's own disk."""
    del register, entry_id
    return _sent(_file(attachment_id), as_attachment=True)


@blueprint.get("/files/<int:attachment_id>/picture")
def picture(register: str, entry_id: int, attachment_id: int) -> ResponseReturnValue:
    """Send a picture to be shown in a page; anything else is not shown."""
    del register, entry_id
    one = _file(attachment_id)
    if one.content_type not in PICTURES:
        abort(404)
    return _sent(one, as_attachment=False)


def _sent(one: Attachment, *, as_attachment: bool) -> ResponseReturnValue:
    path = storage().path(one.sha256)
    if not path.exists():
        raise PersonError(
            "“{name}”的文件不在服务器上，请让管理员从备份中恢复。",
            "The content of “{name}” is missing. Ask an admin for the backup.",
            name=one.name,
        )
    answer = send_file(
        path,
        mimetype=one.content_type,
        as_attachment=as_attachment,
        download_name=one.name,
        max_age=0,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/files/<int:attachment_id>/remove")
def remove(register: str, entry_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a file off its entry."""
    del register, entry_id
    _may_or_404(Action.CHANGE)
    one = _file(attachment_id)
    with visit.house().database.write() as writing:
        attachments.remove(writing, one, visit.writer())
    flash(visit.t("附件已删除。", "The attachment is gone."), "success")
    return _back()


@blueprint.post("/comments")
def comment(register: str, entry_id: int) -> ResponseReturnValue:
    """Write a comment under the entry."""
    try:
        with visit.house().database.write() as writing:
            said = request.form.get("text", "")
            place, by = (register, entry_id), visit.writer()
            made = attachments.say(writing, place, said, by)
            missed = mentions.call(writing, made, _number(), by)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return _back()
    if missed:
        names = visit.t("、", ", ").join(missed)
        told = visit.t(
            f"已发表。{names}无权查看本条，没有收到提醒。",
            f"Posted. {names} may not see this entry and was not told.",
        )
        flash(told, "warning")
    return _back()


def _number() -> str | None:
    entry = entries.get(visit.session(), visit.person(), *_place())
    number: str | None = entry["number"]
    return number


@blueprint.get("/mentions")
def mentionable(register: str, entry_id: int) -> ResponseReturnValue:
    """Return colleagues who see the entry and whose name begins as typed."""
    typed = request.args.get("q", "")
    found = mentions.offered(
        visit.session(), register, entry_id, typed, visit.person().staff_id
    )
    alike = [one.name for one in found]
    return {
        "texts": [
            {
                "code": one.name,
                "title": one.login,
                "text": f"@{one.name}"
                + (f"({one.login}) " if alike.count(one.name) > 1 else " "),
            }
            for one in found
        ]
    }


@blueprint.post("/comments/<int:comment_id>/remove")
def uncomment(register: str, entry_id: int, comment_id: int) -> ResponseReturnValue:
    """Take back a comment of one's own."""
    del register, entry_id
    one = visit.session().get(Comment, min(comment_id, LONGEST_ID))
    if one is None or (one.register, one.entry_id) != _place() or not _mine(one):
        abort(404)
    with visit.house().database.write() as writing:
        attachments.unsay(writing, one, visit.writer())
    return _back()


def _mine(one: Comment) -> bool:
    person = visit.person()
    return person.staff_id == one.staff_id and person.name == one.by_name


# What the entry page shows -----------------------------------------------------------


def context(
    declared: Declaration, entry_id: int, *, may_change: bool
) -> dict[str, Any]:
    """Return the entry page's files and comments; see register/details.html."""
    session = visit.session()
    at: dict[str, Any] = {"register": declared.code, "entry_id": entry_id}
    files = attachments.of_entry(session, declared.code, entry_id)
    signed = {one.name for one in declared.fields if one.type is SIGNATURE}
    return {
        "attachments": [
            _shown(one, at, may_change=may_change)
            for one in files
            if one.field not in signed
        ],
        "attach_url": url_for("files.add", **at) if may_change else None,
        "comments": [
            _said(one, at)
            for one in attachments.comments_of(session, declared.code, entry_id)
        ],
        "comment_url": url_for("files.comment", **at),
        "mentions_url": url_for("files.mentionable", **at),
        "signatures": {
            one.field: url_for("files.picture", attachment_id=one.id, **at)
            for one in files
            if one.field in signed and one.content_type == PNG
        },
    }


def _shown(one: Attachment, at: dict[str, Any], *, may_change: bool) -> dict[str, Any]:
    here = at | {"attachment_id": one.id}
    small = one.content_type in PICTURES and one.size <= THUMB
    return {
        "name": one.name,
        "size": file_size(one.size),
        "at": show_instant(one.added_at, visit.zone()),
        "by": one.by_name,
        "url": url_for("files.download", **here),
        "thumb_url": url_for("files.picture", **here) if small else None,
        "delete_url": url_for("files.remove", **here) if may_change else None,
    }


def _said(one: Comment, at: dict[str, Any]) -> dict[str, Any]:
    gone = url_for("files.uncomment", comment_id=one.id, **at)
    return {
        "by": {"name": one.by_name, "initial": one.by_name[:1], "url": None},
        "at": show_instant(one.at, visit.zone()),
        "text": one.text,
        "mine": _mine(one),
        "delete_url": gone if _mine(one) else None,
    }


def file_size(size: int) -> str:
    """Return a size as people read it: 812 B, 34 KB, 2.1 MB."""
    kilo = 1024
    if size < kilo:
        return f"{size} B"
    if size < kilo * kilo:
        return f"{size // kilo} KB"
    return f"{size / kilo / kilo:.1f} MB"
