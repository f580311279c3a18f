"""制度库: the regulations, what each clause says, and what in the panel rests on it."""

from collections import defaultdict
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload

from admin import visit
from models import catalogue, rulebook
from models.access import Action
from models.measures import Measure
from models.pay_tables import PayRuleRow
from models.rulebook import RulebookClause, RulebookRegulation
from models.targets import SlaTarget

blueprint = Blueprint("rulebook", __name__, url_prefix="/rulebook")
HITS = 50  # clauses one search shows
LONGEST = 60  # characters that are looked for
Rule = dict[str, str | None]


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; whoever works here may read the rules of the house."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the regulations, and the clauses that a search finds."""
    session, language = visit.session(), visit.language()
    text = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST]
    counted = select(RulebookClause.regulation_code, func.count()).group_by(
        RulebookClause.regulation_code
    )
    clauses: dict[str, int] = {code: count for code, count in session.execute(counted)}  # noqa: C416 - rows are no pairs for mypy
    resting = rules(with_fields=False)
    items = [
        {
            "code": one.code,
            "title": one.title.text(language),
            "text": one.summary.text(language),
            "url": url_for(".regulation", code=one.code),
            "clauses": clauses.get(one.code, 0),
            "rules": sum(
                len(some)
                for code, some in resting.items()
                if code.startswith(f"{one.code}-")
            ),
            "on": True,
            "toggle_url": None,
            "state": None,
        }
        for one in rulebook.regulations(session)
    ]
    label = visit.t("适用的制度", "Regulations in use")
    return render_template(
        "rulebook/index.html",
        page_title=visit.t("制度库", "Rulebook"),
        search={"text": text, "action": url_for(".index")},
        groups=[{"label": label, "items": items}] if items else [],
        hits=_hits(text) if text else None,
    )


def _hits(text: str) -> list[dict[str, Any]]:
    language = visit.language()
    said = or_(
        RulebookClause.text_zh.icontains(text, autoescape=True),
        RulebookClause.text_en.icontains(text, autoescape=True),
        RulebookClause.code.icontains(text, autoescape=True),
    )
    query = (
        select(RulebookClause)
        .options(selectinload(RulebookClause.regulation))
        .where(said)
        .order_by(RulebookClause.regulation_code, RulebookClause.position)
        .limit(HITS)
    )
    return [
        {
            "code": one.code,
            "text": one.text.text(language),
            "url": url_for(".clause", code=one.code),
            "regulation": one.regulation.title.text(language),
        }
        for one in visit.session().scalars(query)
    ]


@blueprint.get("/clause/<code>")
def clause(code: str) -> ResponseReturnValue:
    """Lead to where a clause stands in its regulation."""
    found = rulebook.clause(visit.session(), code)
    if found is None:
        abort(404)
    return redirect(
        url_for(
            ".regulation",
            code=found.regulation_code,
            clause=found.code,
            _anchor=found.code,
        )
    )


@blueprint.get("/<code>/")
def regulation(code: str) -> ResponseReturnValue:
    """Show a regulation's clauses, and under each what rests on it."""
    found = visit.session().get(
        RulebookRegulation, code, options=[selectinload(RulebookRegulation.clauses)]
    )
    if found is None:
        abort(404)
    language, resting = visit.language(), rules()
    asked = request.args.get("clause")
    return render_template(
        "rulebook/regulation.html",
        page_title=found.title.text(language),
        regulation={
            "code": found.code,
            "title": found.title.text(language),
            "list_url": url_for(".index"),
            "text": found.summary.text(language),
            "source": None,
            "effective": None,
        },
        chapters=[
            {
                "label": None,
                "clauses": [
                    {
                        "code": one.code,
                        "number": visit.t(f"第 {one.section} 条", f"§ {one.section}"),
                        "text": one.text.text(language),
                        "anchor": one.code,
                        "marked": one.code == asked,
                        "rules": resting.get(one.code, []),
                    }
                    for one in found.clauses
                ],
            }
        ],
    )


def rules(*, with_fields: bool = True) -> dict[str, list[Rule]]:
    """Return what rests on each clause: targets, measures, pay rules, fields.

    What is linked is what the person may open; the rest is only named.
    """
    found: dict[str, list[Rule]] = defaultdict(list)
    fields = _fields() if with_fields else []
    for codes, rule in [*_targets(), *_measures(), *_pay_rules(), *fields]:
        for code in dict.fromkeys((codes or "").split()):
            found[code].append(rule)
    return found


Resting = list[tuple[str | None, Rule]]


def _register_url(register: str) -> str | None:
    known = register in catalogue.current()
    if not known or not visit.person().may(register, Action.LIST):
        return None
    return url_for("register.index_view", register=register)


def _targets() -> Resting:
    """Return the newest version of each target that is switched on."""
    newest = select(func.max(SlaTarget.id)).group_by(
        SlaTarget.code, SlaTarget.department_id
    )
    query = select(SlaTarget).where(SlaTarget.id.in_(newest), SlaTarget.enabled)
    return [
        (
            one.clauses,
            {
                "kind": visit.t("时限要求", "Time limit"),
                "label": one.label.text(visit.language()),
                "url": _register_url(one.register),
                "icon": "clock-hour-4",
            },
        )
        for one in visit.session().scalars(query.order_by(SlaTarget.code))
    ]


def _measures() -> Resting:
    query = select(Measure).where(Measure.clause != "").order_by(Measure.code)
    return [
        (
            one.clause,
            {
                "kind": visit.t("考核指标", "Measure"),
                "label": one.label.text(visit.language()),
                "url": _register_url(one.register),
                "icon": "chart-bar",
            },
        )
        for one in visit.session().scalars(query)
    ]


def _pay_rules() -> Resting:
    """Return pay rules by their names; a rule of several versions counts once."""
    query = (
        select(PayRuleRow.clause, PayRuleRow.name_zh, PayRuleRow.name_en)
        .where(PayRuleRow.clause != "")
        .distinct()
        .order_by(PayRuleRow.name_zh)
    )
    return [
        (
            codes,
            {
                "kind": visit.t("计薪项目", "Pay rule"),
                "label": visit.t(zh, en),
                "url": None,
                "icon": "coin-yuan",
            },
        )
        for codes, zh, en in visit.session().execute(query)
    ]


def _fields() -> Resting:
    language = visit.language()
    return [
        (
            one.clause,
            {
                "kind": declared.title.text(language),
                "label": one.label.text(language),
                "url": _register_url(declared.code),
                "icon": "forms",
            },
        )
        for declared in catalogue.current()
        for one in declared.fields
        if one.clause and not one.secret
    ]
