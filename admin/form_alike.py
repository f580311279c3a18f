"""Told while somebody types: the customer of this name or number is there already."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from admin import entry_lines, visit
from admin.addresses import fixed
from admin.list_page import desk
from models import alike
from models.access import Action
from models.register import Declaration

LONGEST = 200  # characters of a typed value that are looked at
LONGEST_ID = 18  # digits


def context(declared: Declaration, entry_id: int | None) -> dict[str, Any] | None:
    """Return what the form asks while it is typed in; None where nothing is alike."""
    if not declared.alike or not visit.person().may(declared.code, Action.LIST):
        return None
    there = [one.name for one in alike.fields(visit.person(), declared)]
    url = fixed("register.alike_view", register=declared.code)
    return {"url": url, "of": there, "but": entry_id}


def answer(declared: Declaration, asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a sentence for each field that others have alike, with links to them."""
    typed = {name: asked.get(name, "")[:LONGEST] for name in declared.alike}
    but = asked.get("but", "")
    found = alike.found(
        visit.session(),
        visit.person(),
        declared,
        typed,
        but=int(but) if but.isdecimal() and len(but) <= LONGEST_ID else None,
    )
    keys = [(declared.code, key) for ids in found.values() for key in ids]
    lines = entry_lines.of(visit.session(), desk(), keys)
    title, language = declared.title.text(visit.language()), visit.language()
    return [
        {
            "field": name,
            "message": visit.t(
                f"已有“{declared.field(name).label.text(language)}”相同的{title}：",
                f"The same {declared.field(name).label.text(language)} is in {title}: ",
            ),
            "links": [
                {
                    "label": f"{line['number']} {line['text']}",
                    "url": url_for(
                        "register.details_view", register=declared.code, id=key
                    ),
                }
                for key in ids
                if (line := lines.get((declared.code, key)))
            ],
        }
        for name, ids in found.items()
    ]
