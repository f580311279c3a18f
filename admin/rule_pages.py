"""What the pages of time limits and measures have in common: gate, forms, history."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from admin import rule_choices, start_page, visit
from admin.asked import Sheet
from admin.column_converters import show_instant
from models import catalogue, setting_history
from models.applied import AppliedItem
from models.history import plain
from models.register import Declaration
from models.setting_history import Told
from models.words import Label, PersonError

LAST = 10  # changes that are told
PREVIEW, SAVE = "preview", "save"


def gate() -> ResponseReturnValue | None:
    """Let through only whoever may set the installation up."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(*start_page.RIGHT):
        abort(403)
    return None


def register_asked_for() -> Declaration | None:
    """Return the register of the address; None where none is named, 404 if unknown."""
    code = request.args.get("register", "")
    if not code:
        return None
    if code not in catalogue.current():
        abort(404)
    return catalogue.current()[code]


def index_page(
    endpoint: str,
    titles: tuple[str, str],
    text: str,
    tables: list[dict[str, Any]],
    changes: list[dict[str, str]],
) -> str:
    """Return the lists of all rules of a kind, or of the register asked for.

    Args:
        endpoint: The blueprint of the kind's pages.
        titles: What the kind is called, and the button that makes one.
        text: What the kind is for.
        tables: The rules, a table for each register.
        changes: What was changed last.
    """
    only = register_asked_for()
    back = rule_choices.crumbs(f"{endpoint}.index", titles[0], titles[0])
    add = {
        "label": titles[1],
        "url": url_for(f"{endpoint}.new", register=only.code if only else None),
        "icon": "plus",
        "primary": True,
    }
    return render_template(
        "settings/table.html",
        page_title=titles[0],
        crumbs=back if only else [],
        text=text,
        actions=[add],
        notes=[],
        tables=tables,
        history=changes,
    )


def choose_register(title: str, endpoint: str, crumbs: list[Any]) -> str:
    """Return the page that asks which register a new rule is about."""
    return choose(
        title,
        endpoint,
        crumbs,
        visit.t("先选它管哪个台账。", "Choose its register first."),
        {
            "name": "register",
            "label": visit.t("台账", "Register"),
            "options": rule_choices.registers(),
        },
    )


def choose(
    title: str, endpoint: str, crumbs: list[Any], text: str, asked: dict[str, Any]
) -> str:
    """Return the page that asks what a new rule is about; see settings/choose.html."""
    return render_template(
        "settings/choose.html",
        page_title=title,
        crumbs=crumbs,
        text=text,
        asked=asked,
        cancel_url=url_for(endpoint),
    )


def page(
    sheet: Sheet,
    sections: list[dict[str, Any]],
    *,
    title: str,
    text: str,
    crumbs: list[dict[str, str]],
    preview: dict[str, Any] | None,
    notes: list[dict[str, str]],
    history: list[dict[str, str]],
    cancel_url: str,
    basis: str,
    status: int,
) -> ResponseReturnValue:
    """Return a form with what is wrong in it, or what it would come to."""
    drawn = render_template(
        "settings/form.html",
        page_title=title,
        crumbs=crumbs,
        text=text,
        form=sheet.form,
        meta=sheet.meta,
        sections=sections,
        notes=notes,
        preview=preview,
        cancel_url=cancel_url,
        history=history,
        basis=basis,
    )
    return drawn, status


def is_to_be_saved() -> bool:
    """Whether the form was sent to be saved, and not to be looked at first."""
    return request.form.get("action") == SAVE


def applied(kind: str) -> dict[tuple[str, int], AppliedItem]:
    """Return what templates said of each rule of a kind, by code and scope."""
    query = select(AppliedItem).where(AppliedItem.kind == kind)
    return {(one.code, one.scope): one for one in visit.session().scalars(query)}


def origin(item: AppliedItem | None, rule: object) -> dict[str, Any]:
    """Return the cell that says where a rule comes from, and whether by hand since."""
    if item is None:
        return {"text": visit.t("面板", "the panel")}
    changed = any(
        plain(getattr(rule, name, None)) != value for name, value in item.said.items()
    )
    by_hand = visit.t("手动改过", "changed by hand")
    words = visit.t(f"模板 {item.template}", f"template {item.template}")
    return {"text": words, "small": by_hand if changed else None}


def cell(text: str, **more: Any) -> dict[str, Any]:
    """Return a cell of settings/table.html."""
    return {"text": text, **more}


def history(
    setting: str, key: int | None, words: Callable[[str, Any], tuple[str, str]]
) -> list[dict[str, str]]:
    """Return the last changes of rules of a kind, as settings/history.html does.

    Args:
        setting: The kind's name in the history.
        key: Of which one; None: of all.
        words: Gives what a column and its value are called.
    """
    found = setting_history.told(visit.session(), setting, key, LAST)
    return [_happened(one, words) for one in found]


def _happened(
    one: Told, words: Callable[[str, Any], tuple[str, str]]
) -> dict[str, str]:
    was, now = one.changes.get("of", [None, None])
    actions = {
        "created": visit.t("新建", "made"),
        "deleted": visit.t("删除", "deleted"),
    }
    parts = [f"{actions.get(one.action, visit.t('修改', 'changed'))} {now or was}"]
    if one.action == "changed":
        parts += [_changed(name, pair, words) for name, pair in _pairs(one.changes)]
    return {
        "at": show_instant(one.at, visit.zone()),
        "by": one.by_name,
        "text": visit.t("；", "; ").join(parts),
    }


def _pairs(changes: Mapping[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    return [(name, pair) for name, pair in changes.items() if name != "of"]


def _changed(
    name: str, pair: list[Any], words: Callable[[str, Any], tuple[str, str]]
) -> str:
    (label, was), (_, now) = (words(name, value) for value in pair)
    nothing = visit.t("无", "nothing")
    return f"{label} {was or nothing} → {now or nothing}"


def sentence(error: PersonError) -> list[dict[str, str]]:
    """Return a refusal as a note at the head of the form."""
    return [{"tone": "late", "text": error.text(visit.language())}]


def unread_note(label: Label) -> dict[str, str]:
    """Say why there is no preview: its figures would tell what is hidden."""
    return {
        "tone": "info",
        "text": visit.t(
            f"“{label.zh}”里有您看不到的内容，所以不能预览；仍可保存。",
            f"There is no preview: you may not read “{label.en}”. You can save all "
            "the same.",
        ),
    }
