"""What a difference comes from, in sentences: which figure moved, who changed what."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import catalogue, references
from models.history import from_plain
from models.register import CHOICE, INSTANT, YES_NO, Field
from models.words import Label

_DONE = {
    "created": Label("新建", "entered"),
    "changed": Label("修改", "changed"),
    "binned": Label("删除", "deleted"),
    "restored": Label("恢复", "restored"),
    "deleted": Label("从数据库中删除", "deleted from the database"),
    "replaced": Label("从数据库中替换", "replaced in the database"),
}
_OUTSIDE = Label("（直接写数据库）", " (straight into the database)")
_YES, _NO = Label("是", "yes"), Label("否", "no")
_NOTHING = Label("空", "empty")


class CauseWords:
    """Says causes in one language; looks each referenced entry up once."""

    def __init__(self, session: Session, language: str, zone: ZoneInfo) -> None:
        """Keep what the words depend on."""
        self.session = session
        self.language = language
        self.zone = zone
        self._called: dict[tuple[str, int], str] = {}

    def said(self, cause: Mapping[str, Any]) -> str:
        """Return one cause as a sentence."""
        if cause["what"] == "formula":
            old, new = (cause[key] or self._text(_NOTHING) for key in ("old", "new"))
            return self._text(Label(f"公式 {old} → {new}", f"formula {old} → {new}"))
        if cause["what"] == "figure":
            return self._figure(cause)
        return self._entry(cause)

    def every(self, causes: Iterable[Mapping[str, Any]], more: int = 0) -> list[str]:
        """Return all causes of one difference, and how many are not listed."""
        found = [self.said(one) for one in causes]
        if more:
            found.append(self._text(Label(f"另有 {more} 条", f"and {more} more")))
        return found

    def _figure(self, cause: Mapping[str, Any]) -> str:
        key = "en" if self.language.startswith("en") else "zh"
        name = cause.get(key) or cause["name"]
        old, new = (
            cause[side][key] if cause[side] else self._text(_NOTHING)
            for side in ("old", "new")
        )
        return f"{name} {old} → {new}"

    def _entry(self, cause: Mapping[str, Any]) -> str:
        at = datetime.fromisoformat(cause["at"]).astimezone(self.zone)
        action = cause["action"]
        done = self._text(_DONE.get(action, Label(action, action)))
        by = cause["by"]
        if cause["origin"] == "outside":
            by += self._text(_OUTSIDE)
        known = catalogue.current()
        register = cause["register"]
        title = self._text(known[register].title) if register in known else register
        changes = self._changes(register, cause["fields"])
        colon = ": " if self.language.startswith("en") else "："
        head = f"{title} {cause['entry']}{colon}{by} {at:%Y-%m-%d %H:%M} {done}"
        return f"{head} {changes}".rstrip()

    def _changes(self, register: str, fields: Mapping[str, list[Any]]) -> str:
        known = catalogue.current()
        if register not in known:
            return ""
        declared = known[register]
        parts = []
        for name, (old, new) in fields.items():
            if not declared.has(name):
                continue
            one = declared.field(name)
            sides = (self._value(one, old), self._value(one, new))
            parts.append(f"{self._text(one.label)} {sides[0]} → {sides[1]}")
        return (", " if self.language.startswith("en") else "，").join(parts)

    def _value(self, one: Field, raw: Any) -> str:
        """Return one side of a change as people read it."""
        if raw is None or raw == "":
            return self._text(_NOTHING)
        if one.refers_to is not None:
            return self._reference(one.refers_to, int(raw))
        if one.type is CHOICE:
            return self._text(one.option_label(str(raw)))
        if one.type is YES_NO:
            return self._text(_YES if raw else _NO)
        if one.type is INSTANT:
            at: datetime = from_plain(one, raw)
            return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"
        return str(raw)

    def _reference(self, register: str, key: int) -> str:
        if (register, key) not in self._called:
            found = references.labels(self.session, register, [key])
            self._called[register, key] = found.get(key, f"#{key}")
        return self._called[register, key]

    def _text(self, label: Label) -> str:
        return label.text(self.language)
