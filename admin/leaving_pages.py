"""全部移交: what somebody has in hand, and one click that gives it to another.

For those who may change the staff entry, and the manager of the department.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import visit
from models import catalogue, entries, flow_waiting, leaving, references
from models.access import EVERYTHING, MOST_SECRET, Action, Grant, Person, Rows
from models.entry_errors import NotAllowedError
from models.leaving import STAFF, Held, Portion
from models.preparing import Row
from models.register import Declaration
from models.words import PersonError

blueprint = Blueprint("leaving", __name__, url_prefix="/staff-work")
LARGEST_ID = 2**63 - 1
ADDRESS = f"/<int(max={LARGEST_ID}):staff_id>"
COUNTED_TO = 1_000  # approvals that wait


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; each page says itself whom it is for."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get(ADDRESS)
def show(staff_id: int) -> ResponseReturnValue:
    """Show what a person has in hand, and ask who takes it over."""
    row = _staff(staff_id)
    return _page(row, row.get("deputy"), leads=True)


@blueprint.post(ADDRESS)
def hand(staff_id: int) -> ResponseReturnValue:
    """Hand all of it over in one transaction, or none."""
    row = _staff(staff_id)
    to_id, leads = request.form.get("to", type=int), request.form.get("leads") == "1"
    if to_id is None:
        flash(visit.t("请选择接手人。", "Choose who takes it over."), "danger")
        return _page(row, None, leads=leads, status=422)
    try:
        with visit.house().database.write() as session:
            to = leaving.taker(session, to_id, staff_id)
            batch = f"leaving-{staff_id}-{int(visit.now().timestamp())}"
            moved = leaving.hand_all(
                session, staff_id, to, visit.writer("bulk", batch), leads=leads
            )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return _page(row, to_id, leads=leads, status=422)
    flash(
        visit.t(
            f"{row['name']} 的 {moved.count} 条已移交给 {to.name}，"
            f"其中计时中的时限 {moved.clocks} 个。",
            f"{moved.count} entries of {row['name']} went to {to.name}, with "
            f"{moved.clocks} running clocks.",
        ),
        "success",
    )
    return redirect(url_for(".show", staff_id=staff_id))


def _staff(staff_id: int) -> Row:
    """Return a staff entry that the person may hand the work of, or stop."""
    session = visit.session()
    try:
        row = entries.get(session, visit.person(), STAFF, staff_id)
    except NotAllowedError:
        abort(404)
    if not leaving.may_hand_all(session, visit.writer(), staff_id):
        abort(403)
    return row


def _page(
    row: Row, to_id: int | None, *, leads: bool, status: int = 200
) -> ResponseReturnValue:
    session, language = visit.session(), visit.language()
    found = leaving.held(session, row["id"])
    names = references.labels(session, STAFF, [to_id] if to_id else [])
    body = render_template(
        "desk/leaving.html",
        page_title=visit.t(f"移交 {row['name']} 的工作", f"Hand over {row['name']}"),
        name=row["name"],
        url=url_for("register.details_view", register=STAFF, id=row["id"]),
        lines=_lines(found),
        count=found.count,
        clocks=found.clocks,
        own_clocks=found.own_clocks,
        approvals=_waiting(row),
        leads=[
            {"label": one.declared.title.text(language), "count": len(one.ids)}
            for one in found.leads
        ],
        with_leads=leads,
        to={"id": to_id, "text": names.get(to_id, "")} if to_id else None,
        picker_url=url_for("register.ajax_lookup", register=STAFF, name="deputy"),
    )
    return body, status


def _lines(found: Held) -> list[dict[str, Any]]:
    """Return what would move by register; what one may not list is one line."""
    parts: list[Portion] = [*found.portions, *found.hand_overs]
    parts += [one for one, _ in found.approvals]
    lines: dict[str, dict[str, Any]] = {}
    for one in parts:
        declared = one.declared
        seen = visit.person().may(declared.code, Action.LIST)
        key = declared.code if seen else ""
        line = lines.setdefault(
            key,
            {
                "label": declared.title.text(visit.language())
                if seen
                else visit.t("其他（您不能查看的）", "Others, which you do not see"),
                "icon": declared.icon if seen else "lock",
                "count": 0,
            },
        )
        line["count"] += len(one.ids)
    return list(lines.values())


def _waiting(row: Row) -> int:
    """Return how many approvals wait for a person by name, lead or post."""
    grant = Grant(EVERYTHING, frozenset({Action.READ}), Rows.ALL, secrecy=MOST_SECRET)
    person = Person(row["name"], staff_id=row["id"], grants=(grant,))
    today = visit.now().astimezone(visit.zone()).date()
    found = flow_waiting.waiting(
        visit.session(), person, today, COUNTED_TO, approvals=True
    )
    return len(found.keys)


def move(declared: Declaration, entry: Row) -> list[dict[str, Any]]:
    """Return the button of a staff entry's page, for those who may use it."""
    if declared.code != STAFF or declared.code not in catalogue.current():
        return []
    if not leaving.may_hand_all(visit.session(), visit.writer(), entry["id"]):
        return []
    url = url_for("leaving.show", staff_id=entry["id"])
    return [
        {
            "label": visit.t("全部移交", "Hand all over"),
            "url": url,
            "form_url": url,
            "icon": "arrows-exchange",
            "primary": False,
            "confirm": None,
            "danger": False,
        }
    ]
