"""The frame around every page: menu, search, bell and account."""

from typing import Any

from flask import Flask, g, request
from flask_login import current_user

from admin import frame_parts, menu, start_page, visit
from admin.addresses import fixed
from models import preferences


def add_frame(app: Flask) -> None:
    """Give every template what the frame shows."""
    app.add_template_global(visit.t, "t")
    app.add_template_global(frame_parts.head, "frame_head")
    app.add_template_global(frame_parts.top_bar, "frame_top_bar")
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    language = visit.language()
    # The same wording as by `visit.t`, without asking for the language each time.
    common = {"language": language, "t": _english if language == "en" else _chinese}
    if not current_user.is_authenticated:
        return common
    shown = frame()
    return common | {"menu_html": menu.drawn(shown).html, "frame": shown}


def _chinese(zh: str, _en: str) -> str:
    return zh


def _english(_zh: str, en: str) -> str:
    return en


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
            # What is typed while looking is nobody's draft.
            "key": f"{'w' if person.watched_by else 'p'}{person.account_id}",
        },
        "home_url": fixed("admin.index"),
        "search_url": visit.address_of("search.everywhere") or "/",
        "quick_url": visit.address_of("quick.page"),
        "palette_url": visit.address_of("palette.places") or "/",
        "replies_url": visit.address_of("replies.offered") or "/",
        "reply_page_url": visit.address_of("replies.index") or "/",
        "bell_url": visit.address_of("messages.bell") or "/",
        "language_url": fixed("account.language"),
        "profile_url": fixed("account.password"),
        "password_url": fixed("account.password"),
        "recent_url": fixed("recent.index"),
        "sign_out_url": fixed("account.sign_out"),
        "search_text": searched,
        # What was written to somebody is not for whoever looks as them.
        "bell_count": 0 if person.watched_by is not None else current_user.unread,
        "language_label": other,
        "sample": preferences.SAMPLE in preferences.shown(session),
        "sample_url": visit.address_of("start.index")
        if person.may(*start_page.RIGHT)
        else None,
        "seen_as": {"name": person.name, "end_url": fixed("seeing.end")}
        if person.watched_by is not None
        else None,
        "watermark": None,
    }
    made["new"] = menu.drawn(made).new
    g.frame = made
    return made
