"""Events of the log in words, without what the reader may not see.

Whoever reads the log need not be somebody who may read the entries: what may not be
listed has neither number nor link, and nothing is told that was typed about it; masked
data that a filter carries stays masked.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs

from flask import url_for

from admin import caller, filter_words, filters, visit
from admin.column_converters import show_instant
from admin.log_events import SIGNED_IN, TRIES, Event
from models import access, catalogue, masking, pay_looks
from models.access import Action, Person
from models.pay_retention import CLEARED
from models.pay_signing import UNLOCKED
from models.register import PHONE, TEXT, Declaration, Field
from models.words import Label, PersonError

KINDS = {
    "reveal": (Label("查看隐藏信息", "Personal data shown"), "warn"),
    "typed": (Label("按号码查询", "Number looked up"), "plain"),
    "seen_as": (Label("以他人身份查看", "Seen as another"), "warn"),
    "seen_as_end": (Label("结束以他人身份查看", "No longer as another"), "plain"),
    "export": (Label("导出", "Export"), "info"),
    pay_looks.ONE: (Label("查看他人工资条", "Another's slip"), "warn"),
    pay_looks.MANY: (Label("查看绩效明细", "Everybody's pay"), "warn"),
    UNLOCKED: (Label("绩效反关账", "Pay period unlocked"), "warn"),
    CLEARED: (Label("到期清除工资条", "Old slips cleared"), "warn"),
    "sign_in": (Label("登录", "Sign-in"), "ok"),
    "refused": (Label("登录未成功", "Sign-in refused"), "late"),
}
OUTCOMES = {
    SIGNED_IN: Label("", ""),
    "refused": Label("账号或密码不对", "Wrong number or password"),
    "waits": Label("多次失败，尚在等待时间内", "Too soon after wrong passwords"),
}
WHOLE = (
    "seen_as",
    "seen_as_end",
    pay_looks.MANY,
    UNLOCKED,
    CLEARED,
)  # whose detail is for everybody who reads the log
_NUMBER = Field("number", "number", Label("号码", "Number"), PHONE)
_WORD = Field("word", "word", Label("文字", "Text"), TEXT)
DETAIL_PARTS = 3  # of an export: rows; fields; format and address


@dataclass(frozen=True, slots=True)
class Reached:
    """What the reader may see of an event's entry."""

    number: str
    url: str | None  # None: it is in the bin, or may not be opened


def lines(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the template's lines; see settings/logs.html."""
    reached = _reached(events)
    return [_line(one, reached.get((one.register, one.entry_id))) for one in events]


def register_title(code: str) -> str:
    """Return what a register is called, also one that is there no more."""
    known = catalogue.current()
    if not code:
        return visit.t("日志", "Logs")
    return known[code].title.text(visit.language()) if code in known else code


def _reached(events: Sequence[Event]) -> dict[tuple[str, int | None], Reached]:
    """Return what may be listed of what the events are about; bin included."""
    known, person, session = catalogue.current(), visit.person(), visit.session()
    ids: dict[str, set[int]] = defaultdict(set)
    for one in events:
        if one.entry_id is not None and one.register in known:
            ids[one.register].add(one.entry_id)
    found: dict[tuple[str, int | None], Reached] = {}
    for register, some in ids.items():
        table = known.table(register)
        for binned in (False, True):
            query = access.visible(person, register, Action.LIST, binned=binned)
            query = query.where(table.c.id.in_(sorted(some)))
            query = query.with_only_columns(table.c.id, table.c.number)
            for row in session.execute(query):
                key = int(row.id)
                url = None
                if not binned and person.may(register, Action.READ):
                    url = url_for("register.details_view", register=register, id=key)
                found[register, key] = Reached(row.number or f"#{key}", url)
    return found


def _line(one: Event, entry: Reached | None) -> dict[str, Any]:
    tried = one.kind in TRIES
    kind = "refused" if tried and one.detail != SIGNED_IN else one.kind
    label, tone = KINDS.get(kind, (Label(kind, kind), "plain"))
    return {
        "at": show_instant(one.at, visit.zone()),
        "kind": {"text": label.text(visit.language()), "tone": tone},
        "who": one.who or visit.t("未知账号", "No such account"),
        "typed": "" if one.who else _mask_typed(one.typed),
        "address": one.address or "",
        "register": "" if tried or kind in WHOLE else register_title(one.register),
        "number": entry.number if entry else "",
        "url": entry.url if entry else None,
        "text": _told(one, entry),
    }


def _told(one: Event, entry: Reached | None) -> str:
    """Return what was written down, as far as the reader may know of it."""
    if one.kind in TRIES:
        outcome = OUTCOMES.get(one.detail, Label(one.detail, one.detail))
        return outcome.text(visit.language())
    if one.kind == "export":
        return _exported(one)
    known, person = catalogue.current(), visit.person()
    if one.register not in known:
        return one.detail if one.kind in WHOLE else ""
    declared = known[one.register]
    everything = access.sees_every_row(person, declared, Action.LIST)
    if one.entry_id is not None and entry is None and not everything:
        return ""
    if one.kind == "reveal":
        return _revealed(known[one.register], person, one.detail)
    return one.detail


def _revealed(declared: Declaration, person: Person, detail: str) -> str:
    """Return the field and the reason; nothing of a field that is not the reader's."""
    name, _, reason = detail.partition(": ")
    for one in person.fields(declared):
        if one.name == name:
            between = visit.t("：", ": ")
            return f"{one.label.text(visit.language())}{between}{reason}"
    return ""


def _exported(one: Event) -> str:
    parts = one.detail.split("; ", DETAIL_PARTS - 1)
    if len(parts) < DETAIL_PARTS:
        return ""
    rows, _, asked = parts
    many = rows.removesuffix(" rows")
    kind, _, address = asked.partition(" ")
    said = [kind.upper(), visit.t(f"{many} 行", f"{many} rows")]
    known = catalogue.current()
    if one.register in known and visit.person().may(one.register, Action.LIST):
        said += _conditions(known[one.register], visit.person(), address)
    return " · ".join(said)


def _conditions(declared: Declaration, person: Person, address: str) -> list[str]:
    """Return the filter of an export, masked for the reader."""
    asked = parse_qs(address)
    clear = person.is_unmasked(declared.code)
    said = []
    for text in asked.get("q", []):
        shown = _mask_typed(text) if _is_number(text) and not clear else text
        said.append(visit.t(f"搜索“{shown}”", f"searched “{shown}”"))
    for word in asked.get("w", []):
        try:
            read = filters.given(person, declared, [word])
        except PersonError:
            said.append(visit.t("其他条件", "another condition"))
            continue
        for one in read:
            masked = one.field.personal and not clear
            text = str(masking.mask(one.field, one.text)) if masked else one.text
            said.append(filter_words.chip(replace(one, text=text), person))
    return said


def _mask_typed(text: str) -> str:
    """Mask what somebody typed: anybody's number, or a password in the wrong place."""
    return str(masking.mask(_NUMBER if _is_number(text) else _WORD, text))


def _is_number(text: str) -> bool:
    """Whether a phone number or an ID number was searched for, or most of one."""
    digits = text.strip().upper().removesuffix("X")
    most = sum(map(str.isdigit, digits)) >= caller.FEWEST_DIGITS
    return most and not any(map(str.isalpha, digits))
