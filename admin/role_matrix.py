"""高级: the rows of every action on every register of a group, field by field."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin import role_groups, role_pages, role_words, visit
from admin.role_groups import OWN, Group
from models import catalogue, rights, role_changes
from models.access import EVERYTHING, ROWS_LABELS, Action, Rows
from models.register import Declaration
from models.rights import ACTION_LABELS, Line

blueprint = Blueprint("role_matrix", __name__, url_prefix="/settings/roles")
blueprint.before_request(role_pages.gate)
INHERIT = "inherit"


@blueprint.get("/<int:role_id>/<group>/")
def matrix(role_id: int, group: str) -> ResponseReturnValue:
    """Show a group's part of the matrix."""
    return _page(role_id, group)


@blueprint.post("/<int:role_id>/<group>/")
def save(role_id: int, group: str) -> ResponseReturnValue:
    """Put a group's part of the matrix into force."""
    said = rights.matrix(role_changes.find(visit.session(), role_id))
    after = dict(said)
    for code in _group(said, group).codes:
        line = _read(code, after.get(code))
        if line is None:
            after.pop(code, None)
        else:
            after[code] = line
    return role_pages.say(role_id, after) or _page(role_id, group, 422)


def _group(said: rights.Matrix, key: str) -> Group:
    found = (one for one in role_groups.groups(said) if one.key == key)
    return next(found, None) or abort(404)


def _page(role_id: int, key: str, status: int = 200) -> ResponseReturnValue:
    one, language = role_changes.find(visit.session(), role_id), visit.language()
    said = rights.matrix(one)
    group = _group(said, key)
    actions = _actions(group)
    page = render_template(
        "settings/role_matrix.html",
        page_title=group.label.text(language),
        crumbs=[
            {
                "label": visit.t("角色与权限", "Roles and rights"),
                "url": url_for("roles.index"),
            },
            {
                "label": one.label.text(language),
                "url": url_for("roles.role", role_id=role_id),
            },
        ],
        text=visit.t(
            "每个操作选它能用在哪些行；没有选的就不能做。",
            "For each action choose the rows it may be used on; none is not at all.",
        ),
        basis=role_changes.basis(one),
        heads=[ACTION_LABELS[it].text(language) for it in actions],
        rows_choices=[(it.value, ROWS_LABELS[it].text(language)) for it in Rows],
        lines=[_line(code, said.get(code), actions) for code in group.codes],
        save_url=url_for(".save", role_id=role_id, group=key),
        cancel_url=url_for("roles.role", role_id=role_id),
    )
    return page, status


def _actions(group: Group) -> list[Action]:
    if group.key != OWN:
        return list(Action)
    used = {it for one in rights.own_rights() for it in one.actions}
    return [one for one in Action if one in used]


def _allowed(code: str) -> tuple[Action, ...]:
    """Return the actions that mean something for a register or a right."""
    own = {one.code: one.actions for one in rights.own_rights()}
    return own.get(code, tuple(Action))


def _line(code: str, line: Line | None, actions: list[Action]) -> dict[str, Any]:
    known, language = catalogue.current(), visit.language()
    declared = known.codes.get(code)
    shown = line or Line()
    allowed = _allowed(code)
    return {
        "code": code,
        "label": role_words.title(code),
        "inherits": line is None if declared is not None else None,
        "cells": [
            {
                "name": f"rows.{code}.{one.value}",
                "label": ACTION_LABELS[one].text(language),
                "rows": shown.rows.get(one, Rows.NONE).value,
            }
            if one in allowed
            else None
            for one in actions
        ],
        "unmasked": shown.unmasked if _has_personal(code, declared) else None,
        "secrets": [
            (one.name, one.label.text(language), one.name in shown.secrets)
            for one in (declared.all_fields if declared else ())
            if one.secret
        ],
        "levels": _levels(declared, shown),
        "secrecy": shown.secrecy,
    }


def _has_personal(code: str, declared: Declaration | None) -> bool:
    if declared is None:
        return code == EVERYTHING
    return any(one.personal for one in declared.all_fields)


def _levels(declared: Declaration | None, line: Line) -> list[tuple[int, str]]:
    """Return the levels of secrecy to choose from, the lowest first."""
    if declared is None or declared.secrecy is None:
        return []
    options = declared.field(declared.secrecy).options
    found = [
        (index, one.label.text(visit.language())) for index, one in enumerate(options)
    ]
    if line.secrecy >= len(found):  # above all there are
        found.append((line.secrecy, visit.t("全部密级", "All levels")))
    return found


def _read(code: str, before: Line | None) -> Line | None:
    """Read what was posted of a register; what the page did not show stays."""
    form, known = request.form, catalogue.current()
    declared = known.codes.get(code)
    if declared is not None and form.get(f"mode.{code}") == INHERIT:
        return None
    rows = {
        one: width
        for one in _allowed(code)
        if (width := _width(form.get(f"rows.{code}.{one.value}", ""))) > Rows.NONE
    }
    was = before or Line()
    secret = (
        {one.name for one in declared.all_fields if one.secret} if declared else set()
    )
    chosen = secret & set(form.getlist(f"secret.{code}"))
    line = Line(
        rows,
        f"unmasked.{code}" in form if _has_personal(code, declared) else was.unmasked,
        frozenset(chosen | (was.secrets - secret)),
        _level(declared, was),
    )
    # A right, or "*", of which nothing is granted need not be said.
    return None if declared is None and not rows else line


def _width(word: str) -> Rows:
    return Rows(int(word)) if word in {str(one.value) for one in Rows} else Rows.NONE


def _level(declared: Declaration | None, was: Line) -> int:
    levels = {str(level): level for level, _ in _levels(declared, was)}
    code = declared.code if declared else ""
    return levels.get(request.form.get(f"secrecy.{code}", ""), was.secrecy)
