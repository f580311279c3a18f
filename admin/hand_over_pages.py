"""交接班: the page on which a shift is handed over, and the one on which it is taken.

Open entries are proposed and ticked, not typed; the next shift confirms them one by one
or all at once. Which registers have it is declared (`models.handing.HandsOver`).
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import attachments_pages, entry_lines, visit
from admin.clock_words import badge, most_urgent
from admin.column_converters import show_instant
from admin.form_page import EntryForm
from admin.form_shown import Shown
from admin.list_page import desk
from models import catalogue, clock_lists, entries, hand_over, references
from models.attachments import COMMENT_LENGTH
from models.entry_errors import EntryRefusedError, NotAllowedError
from models.hand_over import Matter, Source
from models.preparing import Row
from models.register import STANDARD_NAMES, Declaration
from models.words import PersonError

blueprint = Blueprint("hand_over", __name__, url_prefix="/hand-over")
LARGEST_ID = 2**63 - 1
LONGEST_ID = 18  # digits


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; each page says itself whom it is for."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


def _declared(register: str) -> Declaration:
    known = catalogue.current()
    if register not in known or known[register].hands_over is None:
        abort(404)
    if known[register].is_retired:
        abort(403)
    return known[register]


# Handing over ---------------------------------------------------------------------


@blueprint.get("/<register>/new")
def begin(register: str) -> ResponseReturnValue:
    """Show the form with the person's open entries, all ticked."""
    declared = _giving(register)
    return _form(declared, EntryForm(_asking(declared), None), None)


@blueprint.post("/<register>/new")
def save(register: str) -> ResponseReturnValue:
    """Write the hand-over with what is ticked; on a mistake show the page again."""
    declared = _giving(register)
    page = EntryForm(_asking(declared), None)
    ticked = set(request.form.getlist("matter"))
    if page.is_valid():
        offered = [it for group in _offered(declared) for it in group["items"]]
        matters = [_matter(it) for it in offered if it["key"] in ticked]
        gone = ticked - {it["key"] for it in offered}
        matters += [_lost(declared, key) for key in sorted(gone)]
        try:
            with visit.house().database.write() as session:
                made = hand_over.make(
                    session, declared, page.posted(), matters, visit.writer()
                )
                attachments_pages.keep_sent(session, declared, made)
        except EntryRefusedError as error:
            page.refuse(error.problems)
        except PersonError as error:
            page.form.form_errors.append(error.text(visit.language()))
        else:
            flash(
                visit.t(
                    f"已交班，{len(matters)} 项待接班人确认。",
                    f"Handed over; {len(matters)} matters wait for the next shift.",
                ),
                "success",
            )
            return redirect(
                url_for("register.details_view", register=register, id=made)
            )
    return _form(declared, page, ticked)


def _giving(register: str) -> Declaration:
    declared = _declared(register)
    if not hand_over.may_hand_over(visit.person(), declared):
        abort(403)
    return declared


def _asking(declared: Declaration) -> Declaration:
    """Return the register as its giver fills it in: without what the taker says."""
    said = hand_over.said_of(declared)
    left = {said.by, said.confirmed_at, said.remark}
    fields = tuple(
        one for one in declared.fields if one.name not in left and not one.is_given
    )
    return replace(
        declared, fields=fields, makes=(), postings=(), flow=None, hands_over=None
    )


def _form(
    declared: Declaration, page: EntryForm, ticked: set[str] | None
) -> ResponseReturnValue:
    names = [it.name for it in page.fields if it.name not in STANDARD_NAMES]
    usual = [it.name for it in page.fields if it.first and it.name in names]
    groups = _offered(declared)
    for group in groups:
        for it in group["items"]:
            it["ticked"] = ticked is None or it["key"] in ticked
    body = render_template(
        "desk/hand_over.html",
        page_title=hand_over.said_of(declared).title.text(visit.language()),
        form=Shown(page),
        row=page.row_anew,
        first=usual,
        more=[it for it in names if it not in usual],
        groups=groups,
        draft=f"hand-over:{declared.code}",
        cancel_url=url_for("register.index_view", register=declared.code),
        line_problems=[],
    )
    return body, 422 if page.is_wrong else 200


def _offered(declared: Declaration) -> list[dict[str, Any]]:
    """Return the person's open entries, by what they are, the oldest first."""
    groups = []
    for source in hand_over.sources(declared):
        items = _items(source)
        if items:
            label = source.declared.title.text(visit.language())
            groups.append({"label": label, "items": items})
    return groups


def _items(source: Source) -> list[dict[str, Any]]:
    session, looking = visit.session(), desk()
    query = hand_over.proposed(looking.person, source)
    if query is None:
        return []
    code = source.declared.code
    table = catalogue.current().table(code)
    lines = entry_lines.described(
        session,
        looking,
        source.declared,
        query.order_by(table.c.id).limit(hand_over.MOST),
    )
    clocks = clock_lists.clocks_of(session, code, (one["id"] for one in lines))
    items = []
    for line in lines:
        running = [
            it.clock for it in clocks.get(line["id"], ()) if it.clock.met_at is None
        ]
        first = most_urgent(running)
        items.append(
            line
            | {
                "key": f"{source.field.name}:{line['id']}",
                "via": source.field.name,
                "due_at": first.due_at if first else None,
                "due": badge(first, looking.now, looking.zone, looking.language)
                if first
                else None,
                "matter": _words(source, line),
            }
        )
    return items


def _words(source: Source, line: dict[str, Any]) -> str:
    """Return how a matter is written down; personal data is not copied into it."""
    declared = source.declared
    tells = any(declared.field(name).personal for name in declared.display)
    text = "" if tells else f" {line['text']}"
    return f"{line['number']}{text}"


def _matter(item: dict[str, Any]) -> Matter:
    return Matter(item["via"], item["id"], item["matter"], item["due_at"])


def _lost(declared: Declaration, key: str) -> Matter:
    """Return what was ticked and is not offered any more; the save says why."""
    via, _, entry_id = key.partition(":")
    known = hand_over.said_of(declared).entries
    if via not in known or not entry_id.isdecimal() or len(entry_id) > LONGEST_ID:
        abort(400)
    return Matter(via, int(entry_id), key)


# Taking over ----------------------------------------------------------------------


@blueprint.get(f"/<register>/<int(max={LARGEST_ID}):entry_id>")
def take(register: str, entry_id: int) -> ResponseReturnValue:
    """Show the matters of a hand-over, to be ticked by the next shift."""
    declared = _declared(register)
    row = _row(declared, entry_id)
    return _taking(declared, row)


@blueprint.post(f"/<register>/<int(max={LARGEST_ID}):entry_id>")
def confirm(register: str, entry_id: int) -> ResponseReturnValue:
    """Confirm what is ticked; with `end` the shift is taken over with it."""
    declared = _declared(register)
    row = _row(declared, entry_id)
    given = request.form.getlist("id")
    ids = {int(it) for it in given if it.isdecimal() and len(it) <= LONGEST_ID}
    try:
        with visit.house().database.write() as session:
            after, moved = hand_over.confirm(
                session,
                declared,
                row["id"],
                ids,
                visit.writer(),
                ends=request.form.get("end") == "1",
                remark=request.form.get("remark", "")[:COMMENT_LENGTH],
            )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".take", register=register, entry_id=entry_id))
    count = len(moved)
    if after[hand_over.said_of(declared).confirmed_at] is None:
        flash(
            visit.t(
                f"已确认，{count} 条登记转到您名下；其余还待确认。",
                f"Confirmed; {count} entries are yours now. The others still wait.",
            ),
            "success",
        )
        return redirect(url_for(".take", register=register, entry_id=entry_id))
    flash(
        visit.t(
            f"已接班，{count} 条登记转到您名下。",
            f"The shift is yours; {count} entries with it.",
        ),
        "success",
    )
    return redirect(url_for("admin.index"))


def _row(declared: Declaration, entry_id: int) -> Row:
    try:
        return entries.get(visit.session(), visit.person(), declared.code, entry_id)
    except NotAllowedError:
        abort(404)


def _taking(declared: Declaration, row: Row) -> ResponseReturnValue:
    said, session = hand_over.said_of(declared), visit.session()
    people = {row[said.by], row[said.to]} - {None}
    names = references.labels(session, "staff", people)
    matters = hand_over.matters_of(session, declared, row["id"])
    number = row.get("number") or f"#{row['id']}"
    may = hand_over.may_confirm(visit.person(), declared, row)
    return render_template(
        "desk/take_over.html",
        page_title=visit.t("接班确认", "Take the shift over"),
        number=number,
        url=url_for("register.details_view", register=declared.code, id=row["id"]),
        by=names.get(row[said.by], ""),
        at=_shown(row["created_at"]),
        to=names.get(row[said.to] or 0),
        confirmed_at=_shown(row[said.confirmed_at]),
        may_confirm=may,
        items=[_item(declared, one) for one in matters],
        remark_field=said.remark if may else None,
        remark=row[said.remark] if said.remark else None,
        remark_length=COMMENT_LENGTH,
    )


def _item(declared: Declaration, one: Row) -> dict[str, Any]:
    said = hand_over.said_of(declared)
    via = next((it for it in said.entries if one[it] is not None), None)
    link = None
    if via is not None:
        items = catalogue.current()[said.items]
        register = items.field(via).refers_to or ""
        link = url_for("register.details_view", register=register, id=one[via])
    return {
        "id": one["id"],
        "text": one[said.matter],
        "due_at": _shown(one[said.due_at]) if said.due_at else None,
        "ticked": bool(one[said.ticked]),
        "url": link,
    }


def _shown(value: datetime | None) -> str | None:
    return show_instant(value, visit.zone()) if value is not None else None


# For the desk -----------------------------------------------------------------------


def last_to_confirm() -> dict[str, Any] | None:
    """Return the latest hand-over that waits for this person, for the desk."""
    session, person = visit.session(), visit.person()
    if person.staff_id is None:
        return None
    for declared in hand_over.registers():
        query = hand_over.to_confirm(person, declared).limit(1)
        found = entries.load(session, declared, query)
        if found:
            return _last(declared, found[0])
    return None


def _last(declared: Declaration, row: Row) -> dict[str, Any]:
    said, session = hand_over.said_of(declared), visit.session()
    names = references.labels(session, "staff", [row[said.by]])
    return {
        "number": row.get("number") or f"#{row['id']}",
        "by": names.get(row[said.by], ""),
        "at": _shown(row["created_at"]),
        "open": hand_over.open_matters(session, declared, row["id"]),
        "url": url_for("hand_over.take", register=declared.code, entry_id=row["id"]),
    }


def links(on: list[str] | None) -> list[dict[str, str]]:
    """Return where the person hands a shift over, in the registers that are on."""
    person = visit.person()
    return [
        {
            "label": hand_over.said_of(one).title.text(visit.language()),
            "url": url_for("hand_over.begin", register=one.code),
        }
        for one in hand_over.registers()
        if hand_over.may_hand_over(person, one) and (on is None or one.code in on)
    ]
