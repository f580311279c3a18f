"""Search over every register the person may list: number, name, complete phone.

A few hits of each register, and no more registers than a moment allows, so that one
search never holds up the desk.
"""

import time
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import entry_lines, menu, register_merged, visit
from admin.list_page import desk
from admin.listing import searching
from models import access, catalogue
from models.access import Action
from models.register import Declaration
from models.rules.ngrams import PIECE, normalised

blueprint = Blueprint("search", __name__, url_prefix="/search")
HITS = 5  # shown of each register
LONGEST = 100  # characters that are looked at
SECONDS = 3.0  # after which no further register is begun


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def everywhere() -> ResponseReturnValue:
    """Show what was found; a complete number leads straight to its entry."""
    text = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST]
    groups: list[dict[str, Any]] = []
    hint = None
    if 0 < len(normalised(text)) < PIECE:
        hint = visit.t(
            "请输入两个字以上，或完整的电话号码。",
            "Type two letters or more, or a complete phone number.",
        )
    elif text:
        groups, left = _found(text)
        if left:
            hint = visit.t(
                f"搜索时间较长，还有 {left} 本台账没有搜索。请输入更多的字。",
                f"{left} registers were not searched in time. Type more of it.",
            )
    hits = [hit for group in groups for hit in group["hits"]]
    if len(hits) == 1 and hits[0]["number"].casefold() == text.casefold():
        return redirect(hits[0]["url"])
    stays = register_merged.of_number(text) if text and not hits else None
    if stays is not None:
        return redirect(stays)
    title = visit.t("搜索", "Search")
    return render_template(
        "desk/search.html",
        page_title=f"{title}{visit.t('：', ': ')}{text}" if text else title,
        text=text,
        groups=groups,
        hint=hint,
    )


def first_hits(text: str, most: int) -> list[dict[str, Any]]:
    """Return the lines of some entries that a text finds, at most so many."""
    text = text.strip()[:LONGEST]
    if len(normalised(text)) < PIECE:
        return []
    groups, _ = _found(text)
    return [hit for group in groups for hit in group["hits"]][:most]


def _registers() -> list[Declaration]:
    """Return what the person may list, in the menu's order."""
    person = visit.person()
    return [
        one
        for one in menu.in_menu_order(catalogue.current())
        if one.in_menu and person.may(one.code, Action.LIST)
    ]


def _found(text: str) -> tuple[list[dict[str, Any]], int]:
    """Return the hits by register, and how many registers were left out."""
    began = time.monotonic()
    groups: list[dict[str, Any]] = []
    registers = _registers()
    for place, declared in enumerate(registers):
        if time.monotonic() - began > SECONDS:
            return groups, len(registers) - place
        hits = _hits(declared, text)
        if hits:
            groups.append(
                {
                    "register": declared.title.text(visit.language()),
                    "icon": declared.icon,
                    "url": url_for(
                        "register.index_view", register=declared.code, q=text
                    ),
                    "more": len(hits) > HITS,
                    "hits": hits[:HITS],
                }
            )
    return groups, 0


def _hits(declared: Declaration, text: str) -> list[dict[str, Any]]:
    person, session = visit.person(), visit.session()
    found = searching(session, person, declared, text, for_page=True)
    if found is None:
        return []
    table = catalogue.current().table(declared.code)
    query = access.visible(person, declared.code, Action.LIST).where(found)
    query = query.order_by(table.c.id.desc()).limit(HITS + 1)
    # Most registers have no hit, so the words of a line are asked for afterwards.
    ids = session.scalars(query.with_only_columns(table.c.id)).all()
    keys = [(declared.code, entry_id) for entry_id in ids]
    lines = entry_lines.of(session, desk(), keys)
    return [lines[key] for key in keys if key in lines]
