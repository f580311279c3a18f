"""What a role says, in words: for its page and for its history."""

from typing import Any

from admin import visit
from admin.column_converters import show_instant
from models import catalogue, rights
from models.access import EVERYTHING, ROWS_LABELS, Action, Rows
from models.rights import ACTION_LABELS, Line
from models.setting_history import Told

NAMES = frozenset({"name", "name_en", "of"})


def title(code: str) -> str:
    """Return what a register, "*" or a right of its own is called."""
    known, language = catalogue.current(), visit.language()
    if code == EVERYTHING:
        return visit.t("其余台账", "All other registers")
    if code in known:
        return known[code].title.text(language)
    own = {one.code: one.label.text(language) for one in rights.own_rights()}
    return own.get(code, code)


def said(line: Line | None, code: str) -> str:
    """Return a line of the matrix in words."""
    language = visit.language()
    if line is None:
        inherits = code != EVERYTHING and "." not in code
        return rights.Preset.INHERIT.label.text(language) if inherits else _nothing()
    between, last = visit.t("、", ", "), visit.t("；", "; ")
    parts = []
    for width in sorted(set(line.rows.values()), reverse=True):
        actions = [one for one in Action if line.rows.get(one) is width]
        words = between.join(ACTION_LABELS[one].text(language) for one in actions)
        parts.append(f"{ROWS_LABELS[width].text(language)} {words}")
    if line.unmasked:
        parts.append(visit.t("个人信息完整显示", "personal data in full"))
    if line.secrets:
        names = between.join(_field(code, one) for one in sorted(line.secrets))
        parts.append(visit.t(f"保密字段 {names}", f"secret fields {names}"))
    if line.secrecy:
        parts.append(visit.t(f"密级至 {line.secrecy}", f"secrecy up to {line.secrecy}"))
    return last.join(parts) or _nothing()


def _nothing() -> str:
    return ROWS_LABELS[Rows.NONE].text(visit.language())


def _field(code: str, name: str) -> str:
    known = catalogue.current()
    if code in known and known[code].has(name):
        return known[code].field(name).label.text(visit.language())
    return name


def happened(one: Told) -> dict[str, str]:
    """Return a change of a role as settings/history.html shows it."""
    parts = []
    for what, (before, after) in one.changes.items():
        if what in NAMES:
            parts.append(_named(what, before, after))
        else:
            was, now = (
                said(Line.of(it) if it else None, what) for it in (before, after)
            )
            parts.append(f"{title(what)}：{was} → {now}")
    actions = {
        "created": visit.t("新建 ", "made "),
        "deleted": visit.t("删除 ", "deleted "),
    }
    return {
        "at": show_instant(one.at, visit.zone()),
        "by": one.by_name,
        "text": actions.get(one.action, "") + visit.t("；", "; ").join(parts),
    }


def _named(what: str, before: Any, after: Any) -> str:
    if what == "of":
        return visit.t(f"复制自{after}", f"copied from {after}")
    if before is None or after is None:
        return str(after or before)
    return visit.t(f"改名 {before} → {after}", f"renamed {before} to {after}")
