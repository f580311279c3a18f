"""The frame around every page: the menu by the person's rights, bell and account."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Flask, g, request, url_for
from flask_login import current_user

from admin import start_page, visit
from models import catalogue, outbox, preferences
from models.access import Action
from models.register import Declaration
from models.register_words import MENUS

NEW_AT_MOST = 6
# Pages outside the registers that stand in the menu: endpoint, wording, icon, and the
# right (register or page code, action) that a person needs to see them.
PAGES: list[dict[str, Any]] = []


def add_frame(app: Flask) -> None:
    """Give every template what the frame shows."""
    app.add_template_global(visit.t, "t")
    app.context_processor(_context)


def add_page(
    endpoint: str, zh: str, en: str, icon: str, *, needs: tuple[str, Action] | None
) -> None:
    """Put a page into the menu, above the registers."""
    page = {"endpoint": endpoint, "zh": zh, "en": en, "icon": icon, "needs": needs}
    if page not in PAGES:
        PAGES.append(page)


def _context() -> dict[str, Any]:
    common = {"language": visit.language()}
    if not current_user.is_authenticated:
        return common
    return common | {"menu": menu(), "frame": frame()}


def menu() -> list[dict[str, Any]]:
    """Return the menu's groups with what this person may open."""
    if "menu" not in g:
        g.menu = [{"label": "", "items": _pages()}, *_registers()]
    found: list[dict[str, Any]] = g.menu
    return found


def _pages() -> list[dict[str, Any]]:
    person = visit.person()
    return [
        {
            "label": visit.t(page["zh"], page["en"]),
            "url": url_for(page["endpoint"]),
            "icon": page["icon"],
            "badge": None,
            "active": request.endpoint == page["endpoint"],
        }
        for page in PAGES
        if page["needs"] is None or person.may(*page["needs"])
    ]


def in_menu_order(registers: Iterable[Declaration]) -> list[Declaration]:
    """Return registers by their menu groups, in the order in which these stand."""
    order = {label: index for index, label in enumerate(MENUS)}
    return sorted(registers, key=lambda one: order.get(one.menu, len(order)))


def _registers() -> list[dict[str, Any]]:
    person, language = visit.person(), visit.language()
    here = (request.view_args or {}).get("register")
    seen = [
        declared
        for declared in in_menu_order(catalogue.current())
        if declared.in_menu and person.may(declared.code, Action.LIST)
    ]
    return [
        {
            "label": label,
            "items": [
                {
                    "label": declared.title.text(language),
                    "url": url_for("register.index_view", register=declared.code),
                    "icon": declared.icon,
                    "badge": None,
                    "active": declared.code == here,
                }
                for declared in group
            ],
        }
        for label, group in groupby(seen, key=lambda one: one.menu.text(language))
    ]


def frame() -> dict[str, Any]:
    """Return what the top bar and the brand show."""
    if "frame" in g:
        kept: dict[str, Any] = g.frame
        return kept
    person, session = visit.person(), visit.session()
    other = visit.t("English", "中文")
    searching = request.endpoint == "search.everywhere"
    searched = request.args.get("q", "") if searching else ""
    made: dict[str, Any] = {
        "name": visit.t("台账", "Taizhang"),
        "company": visit.company(),
        "person": {
            "name": person.name,
            "initial": person.name[:1],
            "post": "、".join(it.text(visit.language()) for it in person.titles),
            "key": f"p{person.account_id}",
        },
        "home_url": url_for("admin.index"),
        "search_url": visit.address_of("search.everywhere") or "/",
        "bell_url": visit.address_of("messages.bell") or "/",
        "language_url": url_for("account.language"),
        "profile_url": url_for("account.password"),
        "password_url": url_for("account.password"),
        "sign_out_url": url_for("account.sign_out"),
        "search_text": searched,
        "bell_count": outbox.unread_count(session, person.staff_id or 0),
        "language_label": other,
        "new": _new(),
        "sample": preferences.SAMPLE in preferences.shown(session),
        "sample_url": visit.address_of("start.index")
        if person.may(*start_page.RIGHT)
        else None,
        "watermark": None,
    }
    g.frame = made
    return made


def _new() -> list[dict[str, str]]:
    """Return the registers that daily work begins in: those that make others."""
    person = visit.person()
    return [
        {
            "label": declared.title.text(visit.language()),
            "url": url_for("register.create_view", register=declared.code),
            "icon": declared.icon,
        }
        for declared in in_menu_order(catalogue.current())
        if declared.in_menu
        and declared.makes
        and person.may(declared.code, Action.CREATE)
    ][:NEW_AT_MOST]
