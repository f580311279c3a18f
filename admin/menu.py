"""The left menu by the person's rights, drawn once for each person and place.

A menu is the same from page to page until the person's rights, the registers that are
on, or the declarations change; drawing it takes a fifth of a page's time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import current_app, g, request
from markupsafe import Markup

from admin import visit
from admin.addresses import fixed
from models import catalogue, first_asked, menu_registers, preferences
from models.access import Action
from models.register import Declaration
from models.register_words import MENUS

KEPT = "taizhang_menus"
MOST_KEPT = 5_000
NEW_AT_MOST = 6
TAKE_DOWN = "taking.take"  # the page on which anyone takes something down
CALLS = "calls.index"  # the list of whom to call today
OWN_LINES = (TAKE_DOWN, CALLS)  # pages of a register that stand in the menu themselves
SETTINGS = "settings"  # the group of what an admin sets and looks through
# Pages outside the registers that stand in the menu: endpoint, wording, icon, and the
# right (register or page code, action) that a person needs to see them.
PAGES: list[dict[str, Any]] = []


def add_page(
    endpoint: str,
    zh: str,
    en: str,
    icon: str,
    *,
    needs: tuple[str, Action] | None,
    settings: bool = False,
) -> None:
    """Put a page into the menu: above the registers, or below under the settings."""
    page = {
        "endpoint": endpoint,
        "zh": zh,
        "en": en,
        "icon": icon,
        "needs": needs,
        "group": SETTINGS if settings else "",
    }
    if page not in PAGES:
        PAGES.append(page)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A menu as it stands in the page, and all that it was drawn from."""

    basis: tuple[Any, ...]
    html: Markup
    new: list[dict[str, str]]


def drawn(frame: dict[str, Any]) -> Drawn:
    """Return the person's menu on this page; `frame` as the template has it."""
    if "menu" not in g:
        g.menu = _kept(frame)
    found: Drawn = g.menu
    return found


def new_links(on: list[str] | None) -> list[dict[str, str]]:
    """Return the registers that daily work begins in: those that make others.

    Who may not begin an entry there takes down what a caller wants, for the desk.
    """
    person = visit.person()
    left = [
        _anyone_link(one)
        for one in for_anyone(on)
        if not person.may(one.code, Action.CREATE)
    ]
    return (
        left
        + [
            {
                "label": declared.title.text(visit.language()),
                "url": fixed("register.create_view", register=declared.code),
                "icon": declared.icon,
            }
            for declared in in_menu_order(catalogue.current())
            if declared.in_menu
            and declared.makes
            and person.may(declared.code, Action.CREATE)
        ][: NEW_AT_MOST - len(left)]
    )


def _kept(frame: dict[str, Any]) -> Drawn:
    """Return the menu drawn before, if nothing that it shows has changed since."""
    person = visit.person()
    menus: dict[Any, Drawn] = current_app.extensions.setdefault(KEPT, {})
    register = (request.view_args or {}).get("register")
    # Of a register's pages all have the same menu, but for those that stand in it.
    shared = register in catalogue.current() and request.endpoint not in OWN_LINES
    place = register if shared else (request.endpoint, register)
    key = (person.account_id, visit.language(), request.script_root, place)
    on = preferences.shown(visit.session()).get(preferences.REGISTERS_ON)
    known = (person.grants, person.staff_id is None)
    basis = (catalogue.current(), known, on, frame["company"])
    found = menus.get(key)
    if found is None or found.basis != basis:
        if len(menus) >= MOST_KEPT:
            menus.clear()
        found = menus[key] = Drawn(basis, _draw(frame, on), new_links(on))
    return found


def places() -> list[dict[str, Any]]:
    """Return all that the person's menu leads to, and the forms they may begin.

    Each with its label, address, icon and what it is: a register, a page or a form.
    """
    on = preferences.shown(visit.session()).get(preferences.REGISTERS_ON)
    pages = [*_pages(""), *_call_lists(on), *_for_anyone(on), *_pages(SETTINGS)]
    listed = [item for group in _registers(on) for item in group["items"]]
    return [
        *(one | {"kind": visit.t("台账", "Register")} for one in listed),
        *(one | {"kind": visit.t("页面", "Page")} for one in pages),
        *(one | {"kind": visit.t("新建", "New")} for one in _forms()),
    ]


def _forms() -> list[dict[str, Any]]:
    person, language = visit.person(), visit.language()
    return [
        {
            "label": visit.t("新建", "New: ") + one.title.text(language),
            "url": fixed("register.create_view", register=one.code),
            "icon": one.icon,
        }
        for one in in_menu_order(catalogue.current())
        if one.in_menu and person.may(one.code, Action.CREATE)
    ]


def _draw(frame: dict[str, Any], on: list[str] | None) -> Markup:
    groups = [
        _group("", "", [*_pages(""), *_call_lists(on), *_for_anyone(on)]),
        *_registers(on),
    ]
    settings = _pages(SETTINGS)
    if settings:
        groups.append(_group(SETTINGS, visit.t("设置", "Settings"), settings))
    template = current_app.jinja_env.get_template("admin/menu.html")
    # What is drawn by a template of our own is escaped by it.
    return Markup(template.render(menu=groups, frame=frame))  # noqa: S704 - see above


def _pages(group: str) -> list[dict[str, Any]]:
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
        if page["group"] == group
        and (page["needs"] is None or person.may(*page["needs"]))
    ]


def for_anyone(on: list[str] | None) -> list[Declaration]:
    """Return the registers, of those on, in which the person may take something down.

    An employee needs no right for it; whoever is none could not be asked about it.
    """
    if visit.person().staff_id is None:
        return []
    return [one for one in first_asked.registers() if on is None or one.code in on]


def _for_anyone(on: list[str] | None) -> list[dict[str, Any]]:
    return [
        _anyone_link(one)
        | {
            "badge": None,
            "active": request.endpoint == TAKE_DOWN
            and (request.view_args or {}).get("register") == one.code,
        }
        for one in for_anyone(on)
    ]


def call_lists(on: list[str] | None) -> list[Declaration]:
    """Return the registers, of those on, whose calls the person makes or looks at."""
    person = visit.person()
    return [
        one
        for one in catalogue.current()
        if one.call_list is not None
        and not one.is_retired
        and (on is None or one.code in on)
        and person.may(one.code, Action.LIST)
        and (
            person.may(one.code, Action.CREATE) or person.may(one.code, Action.APPROVE)
        )
    ]


def _call_lists(on: list[str] | None) -> list[dict[str, Any]]:
    return [
        {
            "label": one.call_list.title.text(visit.language()),
            "url": fixed(CALLS, register=one.code),
            "icon": "phone-call",
            "badge": None,
            "active": request.endpoint == CALLS
            and (request.view_args or {}).get("register") == one.code,
        }
        for one in call_lists(on)
        if one.call_list is not None
    ]


def _anyone_link(declared: Declaration) -> dict[str, Any]:
    said = first_asked.page_of(declared)
    return {
        "label": said.title.text(visit.language()),
        "url": fixed(TAKE_DOWN, register=declared.code),
        "icon": declared.icon,
    }


def in_menu_order(registers: Iterable[Declaration]) -> list[Declaration]:
    """Return registers by their menu groups, in the order in which these stand."""
    order = {label: index for index, label in enumerate(MENUS)}
    return sorted(registers, key=lambda one: order.get(one.menu, len(order)))


def _registers(on: list[str] | None) -> list[dict[str, Any]]:
    """Return the groups of registers that are on, and one with all the others."""
    person, language = visit.person(), visit.language()
    seen = [
        declared
        for declared in in_menu_order(catalogue.current())
        if declared.in_menu and person.may(declared.code, Action.LIST)
    ]
    shown, folded = menu_registers.split(seen, on)
    groups = [
        _group(label.zh, label.text(language), [_register(one) for one in some])
        for label, some in groupby(in_menu_order(shown), key=lambda one: one.menu)
    ]
    more = [_register(one) for one in folded]
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
        "active": declared.code == here and request.endpoint not in OWN_LINES,
    }
