"""公式: written with the names at hand, checked while typing, tried on a real month."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import formula_words, pay_words, visit
from models import pay_looks, pay_names, pay_reading, pay_trial, rights
from models.access import Action, Rows
from models.pay_tables import PayScheme
from models.rules.formula import FormulaError
from models.rules.formula_names import Names
from models.rules.pay import LINE, PayItem
from models.rules.periods import PeriodKind, period_at, previous_period
from models.words import Label, PersonError

blueprint = Blueprint("formulas", __name__, url_prefix="/pay/formulas")
MONTHS_OFFERED = 12
STAFF = "staff"


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let in whoever may change by which rules people are paid."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(*rights.SCHEMES):
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the editor, with the formula of a scheme's line if one is named."""
    schemes = _schemes()
    scheme = _scheme(request.args.get("scheme", ""), schemes)
    if scheme is None and schemes:
        scheme = schemes[0]
    line = request.args.get("line", "")
    rule = None
    if scheme is not None:
        rule = next((one for one in scheme.rules if one.code == line), None)
    names = pay_names.names_of(visit.session(), scheme, rule.code if rule else None)
    language = visit.language()
    return render_template(
        "pay/formula.html",
        page_title=visit.t("公式", "Formulas"),
        schemes=[
            (one.id, f"{one.label.text(language)} v{one.version}") for one in schemes
        ],
        scheme=scheme,
        lines=[
            (one.code, one.rule().label.text(language))
            for one in (scheme.rules if scheme else ())
        ],
        line=rule.code if rule else "",
        formula=_shown(names, rule.formula) if rule else "",
        groups=formula_words.groups(names, language),
        functions=formula_words.functions(language),
        months=_months(),
        may_try=scheme is not None and _may_try(),
        picker_url=url_for("register.ajax_lookup", register=STAFF, name="superior"),
        check_url=url_for(".check"),
        try_url=url_for(".try_out"),
    )


@blueprint.post("/check")
def check() -> ResponseReturnValue:
    """Say what a formula comes to, or what is wrong with it and where."""
    asked = _asked()
    scheme = _scheme(asked["scheme"], _schemes())
    names = pay_names.names_of(visit.session(), scheme, asked["line"] or None)
    language = visit.language()
    try:
        unit = names.check(asked["text"])
        canonical = names.canonical(asked["text"])
        if scheme is not None and asked["line"]:
            pay_names.refuse_circle(scheme, asked["line"], canonical)
    except PersonError as error:
        return {"ok": False, **_told(error, asked["text"])}
    return {"ok": True, "unit": unit.label.text(language), "canonical": canonical}


@blueprint.post("/try")
def try_out() -> ResponseReturnValue:
    """Say what a formula comes to for one person in one month, and why."""
    asked = _asked()
    scheme = _scheme(asked["scheme"], _schemes())
    if scheme is None or not _may_try():
        abort(403)
    try:
        items = _tried(scheme, asked)
    except PersonError as error:
        return {"ok": False, **_told(error, asked["text"])}
    lines = {LINE + one.code: one.rule().label for one in scheme.rules}
    return {"ok": True, "results": [_result(one, lines) for one in items]}


def _tried(scheme: PayScheme, asked: dict[str, str]) -> list[PayItem]:
    """Return what the formula comes to; the look is written down first."""
    period = asked["period"]
    if period not in dict(_months()):
        raise PersonError("请选择月份。", "Choose a month.")
    if not asked["person"].isascii() or not asked["person"].isdigit():
        raise PersonError("请选择员工。", "Choose a person.")
    staff_id = int(asked["person"][:18])
    session = visit.session()
    pay_names.names_of(session, scheme).canonical(asked["text"])
    with visit.house().database.write() as writing:
        pay_looks.note_slips(
            writing,
            visit.oneself(),
            visit.now(),
            period,
            [staff_id],
            request.remote_addr,
        )
    return pay_trial.tried(
        session, scheme, asked["text"], staff_id, period, visit.zone()
    )


def _shown(names: Names, formula: str) -> str:
    """Return a formula as people write it: the words of names are Chinese ones."""
    is_chinese = visit.language().startswith("zh")
    return formula_words.in_words(names, formula) if is_chinese else formula


def _result(item: PayItem, lines: dict[str, Label]) -> dict[str, Any]:
    """Return a value and the way to it, in words; the way alone where it fails."""
    language = visit.language()
    why = item.why(language)
    words = pay_words.words_among(visit.session(), why, lines, language)
    said = [words.said(line) for line in why]
    if item.value is None:
        return {"value": None, "why": said}
    exact = item.value.text(language)
    return {
        "value": pay_words.shorter(exact),
        "exact": exact,
        "unit": item.value.unit.label.text(language),
        # The last line says once more what it came to.
        "why": said[:-1],
    }


def _told(error: PersonError, text: str) -> dict[str, Any]:
    """Return a mistake for the script: the words and, if it is known, the place."""
    language = visit.language()
    if not isinstance(error, FormulaError):
        return {"message": error.text(language), "hint": "", "start": None, "end": None}
    start = min(error.position, len(text))
    return {
        "message": error.problem.text(language),
        "hint": error.hint.text(language) if error.hint else "",
        "start": start,
        "end": min(start + error.length, len(text)),
    }


def _asked() -> dict[str, str]:
    """Return what the script sent; 400 for what it never sends."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        abort(400)
    found = {
        name: said.get(name, "")
        for name in ("scheme", "line", "text", "person", "period")
    }
    if not all(isinstance(one, str) for one in found.values()):
        abort(400)
    return found


def _schemes() -> list[PayScheme]:
    """Return every scheme, its newest version first."""
    query = select(PayScheme).order_by(PayScheme.code, PayScheme.version.desc())
    return list(visit.session().scalars(query))


def _scheme(scheme_id: str, schemes: list[PayScheme]) -> PayScheme | None:
    return next((one for one in schemes if str(one.id) == scheme_id), None)


def _may_try() -> bool:
    """Whether the person may see what anybody is paid: a formula reads everything."""
    return visit.person().rows(pay_reading.SLIPS, Action.LIST) is Rows.ALL


def _months() -> list[tuple[str, str]]:
    month = period_at(PeriodKind.MONTH, visit.now(), visit.zone())
    months = [month]
    while len(months) < MONTHS_OFFERED:
        months.append(previous_period(months[-1]))
    return [(one.text, one.label.text(visit.language())) for one in months]
