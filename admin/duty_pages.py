"""达标情况: how people stand with their duties, and the rows behind each figure."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import clause_links, duty_matrix, duty_words, entry_lines, visit
from admin.column_converters import show_instant
from admin.list_page import desk
from models import duty_lists, duty_people, duty_rights
from models.duty_standing import Standing
from models.measures import Measure
from models.rules.duty_share import Verdict
from models.rules.periods import (
    Period,
    PeriodError,
    PeriodKind,
    next_period,
    parse_period,
    period_at,
    previous_period,
)

blueprint = Blueprint("duties", __name__, url_prefix="/duties")
MOST_ROWS = 500  # entries that one page lists
LONGEST_ID = 18  # digits


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; everybody may see how they stand themselves."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the matrix of people and duties of a month."""
    month, department = _month(), _department()
    found = duty_matrix.seen(month, department)
    return render_template(
        "duty/matrix.html",
        page_title=visit.t("达标情况", "Duties met"),
        month=_month_bar(month, department),
        departments=[
            {"id": key, "label": name, "active": key == department}
            for key, name in found.departments
        ],
        has_more=found.has_more,
        **duty_matrix.drawn(found),
    )


@blueprint.get("/<code>/<int:staff_id>")
def one(code: str, staff_id: int) -> ResponseReturnValue:
    """Show one person's duty in a month, period by period, with the rows behind it."""
    if len(str(staff_id)) > LONGEST_ID:
        abort(404)
    month, session, person = _month(), visit.session(), visit.person()
    known = duty_matrix.known_duties([code])
    owners = duty_people.owners(session, month, [staff_id])
    if code not in known or not owners:
        abort(404)
    duty, measure = known[code]
    if not duty_rights.may_see(person, owners[0], measure.register):
        abort(404)  # that there is such a person is not told either
    found = duty_lists.over(
        session, month, visit.now(), visit.zone(), codes=[code], only=[staff_id]
    )
    some = found.get(code, [])
    links = clause_links.links([duty.clauses])
    return render_template(
        "duty/one.html",
        page_title=duty.label.text(visit.language()),
        back={
            "label": visit.t("达标情况", "Duties met"),
            "url": url_for(".index", month=month.text),
        },
        who=owners[0].name,
        month=month.label.text(visit.language()),
        asked=duty_words.asked(duty, measure),
        note=duty.note,
        clauses=list(links.values()),
        periods=_periods(some, measure),
    )


def _periods(some: Sequence[Standing], measure: Measure) -> list[dict[str, Any]]:
    """Return the periods that owe something, each with its rows."""
    ids = [key for it in some for key in (*it.taken.counted, *it.taken.too_short)]
    keys = [(measure.register, key) for key in ids[:MOST_ROWS]]
    owed = [
        (each.register, key)
        for it in some
        if (each := it.duty.each_entry) is not None
        for key in it.taken.lacking
    ]
    lines = entry_lines.of(visit.session(), desk(), [*keys, *owed[:MOST_ROWS]])
    shown = [it for it in some if it.verdict is not Verdict.FREE or it.taken.counted]
    return [_period(it, measure, lines) for it in shown or some[-1:]]


def _period(
    one: Standing, measure: Measure, lines: dict[tuple[str, int], dict[str, Any]]
) -> dict[str, Any]:
    t = visit.t
    rows = [
        {
            "number": line["number"],
            "text": line["text"],
            "at": line["at"],
            "url": line["url"],
            "counts": t("计入", "counts") if is_good else t("太短不计", "too short"),
            "is_good": is_good,
        }
        for is_good, some in ((True, one.taken.counted), (False, one.taken.too_short))
        for key in some
        if (line := lines.get((measure.register, key))) is not None
    ]
    every = len(one.taken.counted) + len(one.taken.too_short)
    due = duty_words.due(one)
    parts = [t(f"截至 {due}", f"by {due}"), duty_words.days(one)]
    if one.kept_at is not None:
        kept = show_instant(one.kept_at, visit.zone())
        parts.append(t(f"{kept} 已记录", f"kept {kept}"))
    return {
        "label": one.period.label.text(visit.language()),
        "text": duty_words.done([one], measure),
        "tone": duty_words.TONES[one.verdict],
        "word": duty_words.word(one.verdict),
        "small": duty_words.lacking(one, measure),
        "about": " · ".join(parts),
        "rows": rows,
        "lacking": _lacking(one, lines),
        "hidden": every - len(rows),
        "verdict": _verdict(one),
        "open": one.verdict is not Verdict.MET,
    }


def _verdict(one: Standing) -> dict[str, str] | None:
    """Return where a missed duty is explained and excused; None where nothing is."""
    if one.kept_id is None or one.verdict not in (Verdict.MISSED, Verdict.EXCUSED):
        return None
    label = visit.t("说明与剔除", "Explain or excuse")
    if one.explained_at is not None:
        label = visit.t("已有说明，待答复", "Explained, waits for an answer")
    return {
        "label": label,
        "url": url_for("duty_verdicts.show", verdict_id=one.kept_id),
    }


def _lacking(
    one: Standing, lines: dict[tuple[str, int], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the entries owed for that are not done yet, as far as one sees them."""
    each = one.duty.each_entry
    if each is None:
        return []
    found = (lines.get((each.register, key)) for key in one.taken.lacking)
    return [
        {"number": it["number"], "text": it["text"], "url": it["url"]}
        for it in found
        if it is not None
    ]


def _month() -> Period:
    """Return the month asked for; today's where none is, or it is no month."""
    asked = request.args.get("month", "")
    now = period_at(PeriodKind.MONTH, visit.now(), visit.zone())
    try:
        found = parse_period(asked) if asked else now
    except PeriodError:
        return now
    return found if found.kind is PeriodKind.MONTH else now


def _department() -> int | None:
    asked = request.args.get("department", "")
    return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_ID else None


def _month_bar(month: Period, department: int | None) -> dict[str, Any]:
    return {
        "text": month.text,
        "label": month.label.text(visit.language()),
        "before_url": url_for(
            ".index", month=previous_period(month).text, department=department
        ),
        "after_url": url_for(
            ".index", month=next_period(month).text, department=department
        ),
    }
