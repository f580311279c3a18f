"""首问负责: the page on which anyone takes something down, and 待认领 at the desk.

The first needs no right but to be an employee; the second shows and accepts only what
the person may list. Which registers have them is declared (`models.handing.Anyone`).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from admin import entry_lines, visit
from admin.clock_words import badge, most_urgent
from admin.column_converters import show_instant
from admin.form_page import EntryForm
from admin.form_shown import Shown
from admin.list_page import desk
from models import access, catalogue, clock_lists, first_asked
from models.anyone_fields import asked
from models.entry_errors import EntryRefusedError
from models.fields import CHOICE, Given
from models.first_asked import Taken
from models.preparing import Row
from models.register import Declaration
from models.words import PersonError

blueprint = Blueprint("taking", __name__)
OWN_SHOWN = 20  # entries of one's own under the form
AT_MOST = 200  # entries that wait, on the page of all
LONGEST_ID = 18  # digits
MOST_TOLD = 5  # entries that a sentence names


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; each page says itself whom it is for."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/take-down/<register>/")
def take(register: str) -> ResponseReturnValue:
    """Show the form, and what became of the person's own entries."""
    declared = _declared(register)
    return _page(declared, EntryForm(_asking(declared), None))


@blueprint.post("/take-down/<register>/")
def save(register: str) -> ResponseReturnValue:
    """Write what was taken down; on a mistake show the page with what was typed."""
    declared = _declared(register)
    page = EntryForm(_asking(declared), None)
    if page.is_valid():
        try:
            with visit.house().database.write() as session:
                row = first_asked.take_down(
                    session,
                    register,
                    page.posted(),
                    visit.writer(),
                    desk=request.form.get("desk", type=int),
                )
        except EntryRefusedError as error:
            page.refuse(error.problems)
        except PersonError as error:
            page.form.form_errors.append(error.text(visit.language()))
        else:
            number = row.get("number") or f"#{row['id']}"
            flash(
                visit.t(
                    f"已记下 {number}，等前台认领；认领之前由您负责。",
                    f"{number} is taken down and waits for the desk. Until somebody "
                    "accepts it, it is yours.",
                ),
                "success",
            )
            return redirect(url_for(".take", register=register))
    return _page(declared, page, status=422)


def _declared(register: str) -> Declaration:
    known = catalogue.current()
    if register not in known or known[register].anyone is None:
        abort(404)
    if visit.person().staff_id is None or known[register].is_retired:
        abort(403)
    return known[register]


def _asking(declared: Declaration) -> Declaration:
    """Return the register as the form of anyone shows it: what is asked, and no more.

    What is looked up elsewhere is left to the save, which tells nobody.
    """
    fields = tuple(
        replace(
            one,
            first=True,
            default=None if _is_found(one.default) else one.default,
        )
        for one in asked(declared)
    )
    return replace(
        declared,
        fields=fields,
        handed_on=(),
        anyone=None,
        flow=None,
        makes=(),
        postings=(),
    )


def _is_found(default: Any) -> bool:
    return not isinstance(default, Given | str | int | bool)


def _page(
    declared: Declaration, page: EntryForm, *, status: int = 200
) -> ResponseReturnValue:
    said, language = first_asked.page_of(declared), visit.language()
    person, session = visit.person(), visit.session()
    desks = first_asked.desks(session, person, declared)
    staff_id = 0 if person.watched_by is not None else person.staff_id or 0
    own = first_asked.taken_by(session, declared, staff_id, OWN_SHOWN)
    body = render_template(
        "desk/take_down.html",
        page_title=said.title.text(language),
        form=Shown(page),
        names=[one.name for one in page.fields if one.name not in _STANDING],
        row=page.row_anew,
        draft=f"anyone:{declared.code}",
        desks=[{"id": key, "label": label} for key, label in desks]
        if len(desks) > 1
        else [],
        desk=request.form.get("desk", type=int),
        own=_own(declared, own),
        line_problems=[],
    )
    return body, status


_STANDING = frozenset({"holder", "department"})


def _own(declared: Declaration, taken: Sequence[Taken]) -> list[dict[str, Any]]:
    """Return the lines of what one took down; what is still theirs, with its clock."""
    session, looking = visit.session(), desk()
    mine = [one.entry_id for one in taken if one.accepted_at is None]
    clocks = clock_lists.clocks_of(session, declared.code, mine)
    lines = []
    for one in taken:
        first = most_urgent([it.clock for it in clocks.get(one.entry_id, ())])
        lines.append(
            {
                "number": one.number,
                "at": show_instant(one.at, looking.zone),
                "state": _state(declared, one),
                "due": badge(first, looking.now, looking.zone, looking.language)
                if first
                else None,
                "accepted_by": one.accepted_by,
                "accepted_at": show_instant(one.accepted_at, looking.zone)
                if one.accepted_at
                else None,
            }
        )
    return lines


def _state(declared: Declaration, one: Taken) -> dict[str, str] | None:
    state = declared.state_field
    if state is None or one.state is None:
        return None
    return entry_lines.pill(state, one.state, visit.language())


@blueprint.get("/to-accept/")
def waiting() -> ResponseReturnValue:
    """Show what waits to be accepted, over all registers."""
    groups = []
    for declared in _accepted_by_me():
        items, count = waiting_in(declared, AT_MOST)
        if items:
            groups.append(
                {
                    "label": declared.title.text(visit.language()),
                    "register": declared.code,
                    "url": url_for("taking.accept", register=declared.code),
                    "items": items,
                    "count": count,
                }
            )
    return render_template(
        "desk/to_accept.html",
        page_title=visit.t("待认领", "To be accepted"),
        groups=groups,
    )


@blueprint.post("/to-accept/<register>/")
def accept(register: str) -> ResponseReturnValue:
    """Accept one entry or many; who accepts is their holder from now on."""
    if register not in catalogue.current():
        abort(404)
    given = request.form.getlist("id") or request.args.getlist("id")
    ids = sorted(
        {int(one) for one in given if one.isdecimal() and len(one) <= LONGEST_ID}
    )
    if not ids:
        flash(visit.t("请先勾选要认领的。", "Tick what you accept first."), "warning")
        return redirect(url_for(".waiting"))
    try:
        with visit.house().database.write() as session:
            done = first_asked.accept(session, register, ids[:AT_MOST], visit.writer())
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return redirect(url_for(".waiting"))
    _tell(done)
    if len(ids) == 1 and done.done and request.form.get("open") == "1":
        return redirect(url_for("register.details_view", register=register, id=ids[0]))
    return redirect(url_for(".waiting"))


def _tell(done: first_asked.Accepted) -> None:
    """Say what was accepted, and what somebody else had accepted before."""
    if done.done:
        count, numbers = len(done.done), _numbers(done.done)
        flash(
            visit.t(f"已认领 {count} 条：{numbers}。", f"{count} accepted: {numbers}."),
            "success",
        )
    if done.before:
        count, numbers = len(done.before), _numbers(done.before)
        flash(
            visit.t(
                f"{count} 条已先被别人认领：{numbers}。",
                f"{count} were accepted by others before: {numbers}.",
            ),
            "warning",
        )


def _numbers(rows: Sequence[Row]) -> str:
    """Return what entries are called; of many only the first ones."""
    told = [str(row.get("number") or f"#{row['id']}") for row in rows[:MOST_TOLD]]
    more = visit.t(" 等", " and more") if len(rows) > MOST_TOLD else ""
    return visit.t("、", ", ").join(told) + more


def _accepted_by_me() -> list[Declaration]:
    person = visit.person()
    return [
        one for one in first_asked.registers() if first_asked.may_accept(person, one)
    ]


def waiting_for_me(limit: int) -> tuple[list[dict[str, Any]], int]:
    """Return the desk's Items of what waits to be accepted, the oldest first."""
    items: list[dict[str, Any]] = []
    total = 0
    for declared in _accepted_by_me():
        found, count = waiting_in(declared, limit)
        items += found
        total += count
    return items[:limit], total


def waiting_in(declared: Declaration, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Return the desk's Items of one register, the oldest first, and how many wait."""
    session, looking = visit.session(), desk()
    table = catalogue.current().table(declared.code)
    query = first_asked.waiting(looking.person, declared)
    found = entry_lines.described(
        session, looking, declared, query.order_by(table.c.id).limit(limit)
    )
    count = len(found)
    if count == limit:
        counted = select(func.count()).select_from(
            query.with_only_columns(table.c.id).subquery()
        )
        count = session.scalar(access.marked(counted, declared.code)) or 0
    clocks = clock_lists.clocks_of(session, declared.code, (one["id"] for one in found))
    urgent = _urgent(declared, [one["id"] for one in found])
    items = []
    for line in found:
        running = [it.clock for it in clocks.get(line["id"], ())]
        first = most_urgent(running)
        items.append(
            line
            | {
                "due": badge(first, looking.now, looking.zone, looking.language)
                if first
                else None,
                "state": None,
                "urgent": urgent.get(line["id"], []),
                "asked": line["at"],
                "accept_url": url_for("taking.accept", register=declared.code),
            }
        )
    return items, count


def _urgent(declared: Declaration, ids: list[int]) -> dict[int, list[dict[str, str]]]:
    """Return the pills of what was said on the page and has a tone of its own."""
    toned = [
        one
        for one in asked(declared)
        if one.type is CHOICE and any(it.tone for it in one.options)
    ]
    if not toned or not ids:
        return {}
    table = catalogue.current().table(declared.code)
    columns = [table.c[one.column or ""] for one in toned]
    query = access.visible(visit.person(), declared.code)
    query = query.with_only_columns(table.c.id, *columns).where(table.c.id.in_(ids))
    found: dict[int, list[dict[str, str]]] = {}
    for entry_id, *values in visit.session().execute(query):
        found[entry_id] = [
            entry_lines.pill(one, value, visit.language())
            for one, value in zip(toned, values, strict=True)
            if any(it.value == value and it.tone for it in one.options)
        ]
    return found
