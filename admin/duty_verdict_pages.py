"""One kept verdict of a duty: 说明 by who owed it, 剔除 by somebody above."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import duty_words, visit
from admin.clock_pages import LARGEST_ID
from admin.column_converters import show_instant
from admin.excuse_words import DONE, OF_DUTIES, forms, shown
from models import duty_lists, duty_notes
from models.attachments import COMMENT_LENGTH
from models.duty_notes import Seen
from models.duty_standing import Standing
from models.entry_errors import NotAllowedError
from models.excuses import Doing
from models.rules.periods import PeriodKind, parse_period, period_of
from models.words import PersonError

blueprint = Blueprint("duty_verdicts", __name__, url_prefix="/duty-verdicts")
ADDRESS = f"/<int(max={LARGEST_ID}):verdict_id>"


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; what may be done is asked of each verdict."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get(ADDRESS)
def show(verdict_id: int) -> ResponseReturnValue:
    """Show a verdict with all that the person may do about it."""
    asked = request.args.get("do", "")
    return _page(verdict_id, Doing(asked) if asked in set(Doing) else None, "")


@blueprint.post(f"{ADDRESS}/<any({', '.join(duty_notes.WAYS)}):way>")
def do(verdict_id: int, way: str) -> ResponseReturnValue:
    """Do one thing about a verdict, or say why not with all that was typed."""
    what, text = Doing(way), request.form.get("text", "")
    try:
        with visit.house().database.write() as session:
            duty_notes.do(session, verdict_id, what, text, visit.writer())
    except NotAllowedError:
        abort(404)  # that there is such a verdict is not told either
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
        return _page(verdict_id, what, text, status=422)
    flash(DONE[what].text(visit.language()), "success")
    return redirect(url_for(".show", verdict_id=verdict_id))


def _page(
    verdict_id: int, first: Doing | None, text: str, status: int = 200
) -> ResponseReturnValue:
    session = visit.session()
    try:
        seen = duty_notes.see(session, visit.person(), verdict_id)
    except NotAllowedError:
        abort(404)
    row, duty = seen.row, seen.duty
    one = _standing(seen)
    ways = duty_notes.open_to(session, seen, visit.writer())
    urls = {it: url_for(".do", verdict_id=row.id, way=it.value) for it in ways}
    kept = show_instant(row.decided_at, visit.zone())
    body = render_template(
        "duty/verdict.html",
        page_title=duty.label.text(visit.language()),
        who=seen.owner.name,
        period=parse_period(row.period).label.text(visit.language()),
        back={
            "label": seen.owner.name,
            "url": url_for(
                "duties.one", code=row.code, staff_id=row.staff_id, month=_month(seen)
            ),
        },
        **_came_to(one, seen),
        kept=visit.t(f"{kept} 已记录", f"kept {kept}"),
        notes=shown(duty_notes.notes_of(session, row.id)),
        forms=forms(ways, urls, first, text, OF_DUTIES),
        most=COMMENT_LENGTH,
    )
    return body, status


def _standing(seen: Seen) -> Standing | None:
    """Return the verdict as the matrix has it; None if it is owed no more at all."""
    period = parse_period(seen.row.period)
    found = duty_lists.over(
        visit.session(),
        period,
        visit.now(),
        visit.zone(),
        codes=[seen.row.code],
        only=[seen.row.staff_id],
    )
    every = found.get(seen.row.code, [])
    return next((one for one in every if one.kept_id == seen.row.id), None)


def _came_to(one: Standing | None, seen: Seen) -> dict[str, Any]:
    if one is None:
        figure = duty_words.amount(seen.row.figure, seen.measure)
        return {"text": figure, "word": "", "tone": "plain", "small": ""}
    return {
        "text": duty_words.done([one], seen.measure),
        "word": duty_words.word(one.verdict),
        "tone": duty_words.TONES[one.verdict],
        "small": duty_words.lacking(one, seen.measure),
    }


def _month(seen: Seen) -> str:
    return period_of(PeriodKind.MONTH, parse_period(seen.row.period).last).text
