"""最近改动: what one changed in the last thirty days, and the way back."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import change_lines, undo_notice, visit
from admin.column_converters import show_instant
from models import catalogue, change_batches, choosing, undoing
from models.change_batches import ChangeBatch
from models.history import from_plain
from models.preparing import Row
from models.register import Declaration
from models.undoing import Back
from models.words import Label, PersonError

blueprint = Blueprint("recent", __name__, url_prefix="/recent")
AT_MOST = 100  # changes that are listed
MOST_SHOWN = 200  # entries of one change
DONE = {
    "changed": (Label("修改", "Changed"), "pencil"),
    "binned": (Label("删除", "Deleted"), "trash"),
    "restored": (Label("恢复", "Restored"), "arrow-back-up"),
}
HOW = {
    "bulk": Label("批量", "many at once"),
    "inline": Label("列表中", "in the list"),
    "undo": Label("撤销", "undone"),
}


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the changes are one's own."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


def _account() -> int:
    """Return whose changes are shown; nobody's to whoever looks as another."""
    person = visit.person()
    return 0 if person.watched_by is not None else person.account_id or 0


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List what can be undone, newest first."""
    found = change_batches.mine(visit.session(), _account(), visit.now(), AT_MOST)
    return render_template(
        "desk/recent.html",
        page_title=visit.t("最近改动", "Recent changes"),
        items=_items(found),
        days=change_batches.KEPT.days,
    )


def _items(found: Sequence[ChangeBatch]) -> list[dict[str, Any]]:
    known, language = catalogue.current(), visit.language()
    ids: dict[str, set[int]] = {}
    for one in found:
        if one.entries == 1 and one.register in known:
            ids.setdefault(one.register, set()).add(one.entry_id)
    names = {
        code: choosing.labels(visit.session(), visit.person(), code, some)
        for code, some in ids.items()
    }
    items = []
    for one in found:
        what, icon = DONE[one.action]
        how = HOW.get(one.origin)
        title = known[one.register].title if one.register in known else None
        items.append(
            {
                "icon": icon,
                "what": what.text(language),
                "how": how.text(language) if how else None,
                "register": title.text(language) if title else one.register,
                "called": names.get(one.register, {}).get(one.entry_id, "")
                if one.entries == 1
                else "",
                "count": one.entries,
                "at": show_instant(one.at, visit.zone()),
                "url": url_for(".change", batch=one.batch),
                "batch": one.batch,
                "undone": show_instant(one.undone_at, visit.zone())
                if one.undone_at
                else None,
            }
        )
    return items


@blueprint.get("/<batch>/")
def change(batch: str) -> ResponseReturnValue:
    """Show a change entry by entry: what would be taken back, and what stays."""
    one = _batch(batch)
    found = undoing.look(visit.session(), one, visit.writer("undo"))
    open_ = [it for it in found if it.is_open]
    stay = [it for it in found if it.why_not]
    (item,) = _items([one])
    return render_template(
        "desk/recent_change.html",
        page_title=visit.t("撤销改动", "Undo a change"),
        item=item,
        open=_shown(open_[:MOST_SHOWN]),
        open_count=len(open_),
        stay=_shown(stay[:MOST_SHOWN]),
        stay_count=len(stay),
        back_count=sum(it.is_back for it in found),
    )


@blueprint.post("/undo/")
def undo() -> ResponseReturnValue:
    """Take a change back as a whole, but for what was changed since."""
    one = _batch(request.form.get("batch", ""))
    writer = visit.editor("undo")
    try:
        with visit.house().database.write() as session:
            done = undoing.undo(session, one, writer)
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".change", batch=one.batch))
    said = visit.t(f"已撤销，恢复了 {done.done} 条。", f"Undone: {done.done} entries.")
    if done.done:
        undo_notice.told(said, writer.batch)
    if done.left:
        flash(
            visit.t(
                f"{len(done.left)} 条没有恢复，原因见下。",
                f"{len(done.left)} were not taken back; see below why.",
            ),
            "warning",
        )
        return redirect(url_for(".change", batch=one.batch))
    if not done.done:
        flash(visit.t("没有需要撤销的内容。", "There is nothing to undo."), "info")
    if one.register not in catalogue.current():
        return redirect(url_for(".index"))
    return redirect(url_for("register.index_view", register=one.register))


def _batch(batch: str) -> ChangeBatch:
    """Return one of one's own changes; 404 for others' and for older ones."""
    found = change_batches.find(visit.session(), _account(), batch, visit.now())
    if found is None:
        abort(404)
    return found


def _shown(backs: Sequence[Back]) -> list[dict[str, Any]]:
    """Return the lines of a page; entries that may not be seen have none but why."""
    known = catalogue.current()
    lines: list[dict[str, Any]] = []
    for code in dict.fromkeys(one.register for one in backs):
        some = [one for one in backs if one.register == code]
        seen = [one for one in some if one.now is not None and code in known]
        if seen:
            told = [_told(known[code], one, one.now or {}) for one in seen]
            lines += change_lines.shown(known[code], told)
        lines += [
            {
                "number": f"#{one.entry_id}",
                "url": None,
                "pairs": [],
                "why": " ".join(it.text(visit.language()) for it in one.why_not),
            }
            for one in some
            if one not in seen
        ]
    return lines


def _told(declared: Declaration, one: Back, now: Row) -> change_lines.Told:
    """Return what becomes of an entry; of one that stays, what was done to it."""
    names = [*one.again] if one.is_open else [*one.changes]
    pairs = []
    for each in visit.person().fields(declared):
        if each.name not in names or (each.standard and each.is_given):
            continue
        again = from_plain(each, one.changes[each.name][0])
        pairs.append((each, now.get(each.name), again))
    return now, pairs if one.action == undoing.CHANGED else [], one.why_not
