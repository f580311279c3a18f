"""制度库: the regulations, what each clause says, and what in the panel rests on it."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from admin import clause_links, start_page, visit
from models import catalogue, citations, rulebook
from models.access import Action
from models.citations import Citation, Kind
from models.rulebook import RulebookClause, RulebookRegulation

blueprint = Blueprint("rulebook", __name__, url_prefix="/rulebook")
HITS = 50  # clauses one search shows
LONGEST = 60  # characters that are looked for
# What has a list of its own, where it links back to its clauses.
LISTED = (Kind.REGISTER, Kind.FIELD)


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
    citing = citations.citations(session)
    items = [
        {
            "code": one.code,
            "title": one.title.text(language),
            "text": one.summary.text(language),
            "url": url_for(".regulation", code=one.code),
            "clauses": clauses.get(one.code, 0),
            "rules": sum(map(citations.cites(one.code), citing)),
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
        rules_url=url_for(".rules"),
        packs_url=url_for("packs.index")
        if visit.person().may(*start_page.RIGHT)
        else None,
        hits=_hits(text) if text else None,
    )


def _hits(text: str) -> list[dict[str, Any]]:
    language = visit.language()
    found = rulebook.search(visit.session(), text, HITS)
    return [
        {
            "code": one.code,
            "text": one.text.text(language),
            "url": url_for(".clause", code=one.code),
            "regulation": one.regulation.title.text(language),
        }
        for one in found
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
    language = visit.language()
    resting = citations.by_clause(citations.citations(visit.session()))
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
                        "rules": [_rule(it) for it in resting.get(one.code, [])],
                    }
                    for one in found.clauses
                ],
            }
        ],
    )


@blueprint.get("/rules/")
def rules() -> ResponseReturnValue:
    """Show every rule of the house with the clauses it rests on."""
    found = citations.citations(visit.session())
    return _rules_page(
        visit.t("规则与依据", "Rules and their sources"),
        [one for one in found if one.kind not in LISTED],
    )


@blueprint.get("/register/<register>/")
def of_register(register: str) -> ResponseReturnValue:
    """Show what rests on clauses in one register: itself, its fields, its rules."""
    known = catalogue.current()
    if register not in known or not visit.person().may(register, Action.LIST):
        abort(404)
    title = known[register].title.text(visit.language())
    return _rules_page(
        visit.t(f"{title}的制度依据", f"Sources of {title}"),
        [
            one
            for one in citations.citations(visit.session())
            if one.register == register
        ],
    )


def _rules_page(title: str, found: list[Citation]) -> str:
    clauses = clause_links.links(code for one in found for code in one.clauses)
    # Of one code in several departments the first is led to.
    first = {one.anchor: one for one in reversed(found)}
    groups = [
        {
            "label": kind.label.text(visit.language()),
            "icon": kind.icon,
            "lines": [
                _line(one, clauses)
                | {"anchor": one.anchor if first[one.anchor] is one else None}
                for one in some
            ],
        }
        for kind, some in groupby(found, key=attrgetter("kind"))
    ]
    return render_template(
        "rulebook/rules.html",
        page_title=title,
        list_url=url_for(".index"),
        groups=groups,
    )


def _line(one: Citation, clauses: dict[str, dict[str, Any]]) -> dict[str, Any]:
    known, code = catalogue.current(), one.register or ""
    title = known[code].title.text(visit.language()) if code in known else ""
    return {
        "label": one.label.text(visit.language()),
        "register": title,
        "url": _register_url(one.register),
        "clauses": [clauses[code] for code in one.clauses],
    }


def _rule(one: Citation) -> dict[str, str | None]:
    """Return what rests on a clause; a link is given to what the person may open."""
    listed = one.kind in LISTED
    url = url_for(".rules", _anchor=one.anchor)
    return {
        "kind": one.kind.label.text(visit.language()),
        "label": one.label.text(visit.language()),
        "url": _register_url(one.register) if listed else url,
        "icon": one.kind.icon,
    }


def _register_url(register: str | None) -> str | None:
    known = register is not None and register in catalogue.current()
    if not known or not visit.person().may(str(register), Action.LIST):
        return None
    return url_for("register.index_view", register=register)
