"""The frame around every page: the menu by the person's rights, bell and account."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from flask import Flask, g, request
from flask_login import current_user

from admin import start_page, visit
from admin.addresses import fixed
from models import catalogue, menu_registers, outbox, preferences
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
    language = visit.language()
    # The same wording as by `visit.t`, without asking for the language each time.
    common = {"language": language, "t": _english if language == "en" else _chinese}
    if not current_user.is_authenticated:
        return common
    return common | {"menu": menu(), "frame": frame()}


def _chinese(zh: str, _en: str) -> str:
    return zh


def _english(_zh: str, en: str) -> str:
    return en


def menu() -> list[dict[str, Any]]:
    """Return the menu's groups with what this person may open."""
    if "menu" not in g:
        g.menu = [_group("", "", _pages()), *_registers()]
    found: list[dict[str, Any]] = g.menu
    return found


def _pages() -> list[dict[str, Any]]:
    person = visit.person()
    return [
        {
            "label": visit.t(page["zh"], page["en"]),
            "url": fixed(page["endpoint"]),
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
    """Return the groups of registers that are on, and one with all the others."""
    person, language = visit.person(), visit.language()
    seen = [
        declared
        for declared in in_menu_order(catalogue.current())
        if declared.in_menu and person.may(declared.code, Action.LIST)
    ]
    on = preferences.shown(visit.session()).get(preferences.REGISTERS_ON)
    shown, folded = menu_registers.split(seen, on)
    groups = [
        _group(label.zh, label.text(language), [_register(one) for one in some])
        for label, some in groupby(in_menu_order(shown), key=lambda one: one.menu)
    ]
    more = [_register(one) for one in folded] + _switches()
    if more:
        label = visit.t("更多台账", "More registers")
        # Closed, unless one is in it, or there is nothing else.
        is_open = not shown or any(one["active"] for one in more)
        groups.append(_group("more", label, more, is_open=is_open))
    return groups


def _group(
    key: str, label: str, items: list[dict[str, Any]], *, is_open: bool = True
) -> dict[str, Any]:
    return {"key": key, "label": label, "items": items, "open": is_open}


def _register(declared: Declaration) -> dict[str, Any]:
    here = (request.view_args or {}).get("register")
    return {
        "label": declared.title.text(visit.language()),
        "url": fixed("register.index_view", register=declared.code),
        "icon": declared.icon,
        "badge": None,
        "active": declared.code == here,
    }


def _switches() -> list[dict[str, Any]]:
    """Return the link to where registers are turned on and off, for those who may."""
    url = visit.address_of("switches.index")
    if url is None or not visit.person().may(*start_page.RIGHT):
        return []
    return [
        {
            "label": visit.t("台账开关", "Registers on and off"),
            "url": url,
            "icon": "adjustments",
            "badge": None,
            "active": request.endpoint == "switches.index",
        }
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
        "home_url": fixed("admin.index"),
        "search_url": visit.address_of("search.everywhere") or "/",
        "bell_url": visit.address_of("messages.bell") or "/",
        "language_url": fixed("account.language"),
        "profile_url": fixed("account.password"),
        "password_url": fixed("account.password"),
        "sign_out_url": fixed("account.sign_out"),
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
            "url": fixed("register.create_view", register=declared.code),
            "icon": declared.icon,
        }
        for declared in in_menu_order(catalogue.current())
        if declared.in_menu
        and declared.makes
        and person.may(declared.code, Action.CREATE)
    ][:NEW_AT_MOST]
