"""待我审批: entries of any register whose next step is the person's to take."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import entry_lines, visit
from admin.list_page import desk
from models import catalogue, flow_steps, flow_waiting

blueprint = Blueprint("waiting", __name__, url_prefix="/waiting")
AT_MOST = 200  # entries that are listed
TO_DO = "others"


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the rows are those that the person may read."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what is to be approved, or what else waits for a step."""
    approvals = request.args.get("show") != TO_DO
    items, has_more = waiting(AT_MOST, approvals=approvals)
    tabs = (
        (visit.t("待我审批", "To approve"), url_for(".index"), approvals),
        (
            visit.t("待我办理", "To do"),
            url_for(".index", show=TO_DO),
            not approvals,
        ),
    )
    return render_template(
        "desk/waiting.html",
        page_title=visit.t("待我审批", "Waits for me"),
        tabs=[{"label": label, "url": url, "active": on} for label, url, on in tabs],
        items=items,
        has_more=has_more,
    )


def waiting(most: int, *, approvals: bool = True) -> tuple[list[dict[str, Any]], bool]:
    """Return the desk's Items of what waits longest, and whether there is more."""
    session, person = visit.session(), visit.person()
    today = visit.now().astimezone(visit.zone()).date()
    found = flow_waiting.waiting(session, person, today, most, approvals=approvals)
    lines = entry_lines.of(session, desk(), found.keys)
    steps = _steps(found.keys)
    items = [
        lines[key] | {"asked": steps.get(key), "due": None}
        for key in found.keys
        if key in lines
    ]
    return items, found.has_more


def _steps(keys: tuple[tuple[str, int], ...]) -> dict[tuple[str, int], str]:
    """Return the words of the steps that are open on each entry."""
    session, person, known = visit.session(), visit.person(), catalogue.current()
    today = visit.now().astimezone(visit.zone()).date()
    words: dict[tuple[str, int], str] = {}
    for register in dict.fromkeys(register for register, _ in keys):
        ids = [entry_id for code, entry_id in keys if code == register]
        found = flow_steps.may_take_many(session, person, known[register], ids, today)
        for entry_id, open_ in found.items():
            labels = [one.transition.label.text(visit.language()) for one in open_]
            words[register, entry_id] = visit.t("、", ", ").join(labels)
    return words
