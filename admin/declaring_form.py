"""The form in which a register is made or changed, and the stanza it means.

A field is a row. What the form does not ask (conditions, formulas, defaults) stays as
the stanza has it, so that a register of a template can be changed here as well.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from models.made_names import made_name
from models.register import STANDARD_NAMES, FieldType
from models.stanza_mistakes import Mistake
from models.words import Label

FLAGS = ("required", "listed", "first", "filterable", "searchable")
CHOICES = ("choice", "choices")
BLANK = 4  # rows offered beside those that are filled
AT_FIRST = 10
MOST_ROWS = 200
# What the panel offers, in the order in which people need it.
TYPES: Mapping[str, Label] = {
    "text": Label("文字", "Text"),
    "long_text": Label("长文字", "Long text"),
    "choice": Label("单选", "Choice"),
    "choices": Label("多选", "Many choices"),
    "date": Label("日期", "Day"),
    "instant": Label("日期和时间", "Day and time"),
    "time": Label("钟点", "Time of day"),
    "integer": Label("整数", "Whole number"),
    "decimal": Label("小数", "Decimal"),
    "money": Label("金额（元）", "Money (yuan)"),
    "duration": Label("时长", "Length of time"),
    "yes_no": Label("是/否", "Yes or no"),
    "person": Label("员工", "Person"),
    "customer": Label("客户", "Customer"),
    "machine": Label("设备", "Machine"),
    "phone": Label("电话", "Telephone"),
    "plate": Label("车牌", "Plate number"),
    "id_number": Label("证件号", "ID number"),
    "entry": Label("其他台账的记录", "Entry of a register"),
    "attachment": Label("附件", "Attachment"),
    "signature": Label("签名", "Signature"),
}
_OPTION = re.compile(r"(?:([A-Za-z0-9_]{1,40})\s*[:：]\s*)?(.+)", re.DOTALL)


@dataclass(slots=True)
class Row:
    """One field as the form has it."""

    name: str = ""  # empty: made of the words
    zh: str = ""
    en: str = ""
    type: str = "text"
    options: str = ""  # a line each: code: 中文 | English | tone
    register: str = ""
    flags: frozenset[str] = frozenset()
    place: int = 0
    off: bool = False
    is_new: bool = True
    wrong: list[str] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether nobody has written anything into it."""
        return self.is_new and not (self.zh.strip() or self.name.strip())


@dataclass(slots=True)
class Sheet:
    """The whole form."""

    zh: str = ""
    en: str = ""
    menu: str = "contact"
    numbering: str = "{year}{month:02}{serial:03}"
    roles: tuple[str, ...] = ()
    basis: str = ""  # what the register was when the form was drawn
    rows: list[Row] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether no mistake was found."""
        return not self.wrong and not any(one.wrong for one in self.rows)


def sheet_of(stanza: Mapping[str, Any], menu: str) -> Sheet:
    """Return the form of a register as it is declared."""
    title = stanza["title"]
    rows = [
        *(_row(one) for one in stanza["fields"]),
        *(_row(one, off=True) for one in stanza.get("retired_fields", ())),
    ]
    for place, one in enumerate(rows, 1):
        one.place = place
    numbering = stanza.get("numbering") or ""
    return Sheet(title["zh"], title["en"], menu, numbering, rows=rows)


def _row(said: Mapping[str, Any], *, off: bool = False) -> Row:
    lines = [
        " | ".join(filter(None, [_line(one), one.get("tone", "")]))
        for one in said.get("options", ())
    ]
    return Row(
        name=said["name"],
        zh=said["title"]["zh"],
        en=said["title"]["en"],
        type=said.get("type", "text"),
        options="\n".join(lines),
        register=said.get("register") or "",
        flags=frozenset(flag for flag in FLAGS if said.get(flag)),
        off=off,
        is_new=False,
    )


def _line(option: Mapping[str, Any]) -> str:
    return f"{option['code']}: {option['title']['zh']} | {option['title']['en']}"


def posted(form: MultiDict[str, str], known: Iterable[str]) -> Sheet:
    """Return the form as it was sent.

    Args:
        form: What was sent.
        known: The fields there are already, whose names and types stay.
    """
    there = set(known)
    rows = []
    for index in range(min(_whole(form.get("rows", "")), MOST_ROWS)):
        name = form.get(f"name-{index}", "").strip()
        kind = form.get(f"type-{index}", "text")
        row = Row(
            name=name,
            zh=form.get(f"zh-{index}", "").strip(),
            en=form.get(f"en-{index}", "").strip(),
            type=kind if kind in set(FieldType) else "text",
            options=form.get(f"options-{index}", "").strip(),
            register=form.get(f"register-{index}", ""),
            flags=frozenset(form.getlist(f"flags-{index}")) & set(FLAGS),
            place=_whole(form.get(f"place-{index}", "")) or index + 1,
            off=f"off-{index}" in form,
            is_new=name not in there,
        )
        if not row.is_blank:
            rows.append(row)
    return Sheet(
        zh=form.get("zh", "").strip(),
        en=form.get("en", "").strip(),
        menu=form.get("menu", "contact"),
        numbering=form.get("numbering", "").strip(),
        roles=tuple(form.getlist("roles")),
        basis=form.get("basis", ""),
        rows=sorted(rows, key=lambda one: one.place),
    )


def _whole(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) <= 4 else 0  # noqa: PLR2004 - digits


def look_over(sheet: Sheet) -> Iterator[tuple[Row | None, Label]]:
    """Yield what is missing, with the row in which it is."""
    if not sheet.zh:
        yield None, Label("请填写台账名称。", "Give the register a name.")
    if all(row.off for row in sheet.rows):
        yield None, Label("请至少填写一个字段。", "Give one field at least.")
    for row in sheet.rows:
        if not row.zh:
            yield row, Label("请填写名称。", "Give it a name.")
        if row.type in CHOICES and not row.options:
            yield row, Label("请填写选项，每行一个。", "Give options, one a line.")
        if row.is_new and row.type == "entry" and not row.register:
            yield row, Label("请选择是哪个台账。", "Choose the register.")


def named(sheet: Sheet, taken: Iterable[str]) -> None:
    """Give each new row that has none a name, made of its words."""
    names = {*taken, *STANDARD_NAMES, *(one.name for one in sheet.rows)}
    for row in sheet.rows:
        if not row.name:
            row.name = made_name(row.zh, names)
            names.add(row.name)


def stanza_of(
    sheet: Sheet, code: str, before: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the stanza that the form means.

    Args:
        sheet: The form, each of whose rows has a name.
        code: The register's code.
        before: The stanza of the register as it is; None for a new one.
    """
    said = dict(before or {"code": code, "menu": sheet.menu})
    said["title"] = _words(sheet.zh, sheet.en)
    if before is None:
        said["menu"] = sheet.menu
    said["numbering"] = sheet.numbering or None
    fields = {
        one["name"]: one
        for key in ("fields", "retired_fields")
        for one in said.get(key, ())
    }
    on = [row for row in sheet.rows if not row.off]
    off = [row for row in sheet.rows if row.off and not row.is_new]
    said["fields"] = [_field(row, fields.get(row.name)) for row in on]
    said["retired_fields"] = [_field(row, fields.get(row.name)) for row in off]
    if "display" not in said and not sheet.numbering:
        said["display"] = _called_by(on)
    return {key: value for key, value in said.items() if value not in (None, [])}


def _called_by(rows: Sequence[Row]) -> list[str]:
    """Return what an entry without a number is called by: its first text."""
    return [one.name for one in rows if one.type == "text"][:1]


def _field(row: Row, before: Mapping[str, Any] | None) -> dict[str, Any]:
    said: dict[str, Any] = dict(before or {"name": row.name, "type": row.type})
    said["title"] = _words(row.zh, row.en)
    for flag in FLAGS:
        if flag in row.flags:
            said[flag] = True
        elif said.get(flag):
            said[flag] = False
    if row.type in CHOICES:
        said["options"] = _options(row.options, said.get("options", ()))
    if before is None and row.type == "entry":
        said["register"] = row.register
    return said


def _words(zh: str, en: str) -> dict[str, str]:
    """Return a wording; who gives no English words sees the Chinese ones there."""
    return {"zh": zh, "en": en or zh}


def _options(text: str, before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the options of the lines; one that was there keeps its code."""
    known = {one["title"]["zh"]: one["code"] for one in before}
    found: list[dict[str, Any]] = []
    codes: set[str] = set(known.values())
    for line in filter(None, (one.strip() for one in text.splitlines())):
        matched = _OPTION.fullmatch(line)
        code, words = matched.groups() if matched else (None, line)
        zh, en, tone = [*(one.strip() for one in words.split("|")), "", ""][:3]
        code = code or known.get(zh) or made_name(zh, codes, before="")
        codes.add(code)
        one: dict[str, Any] = {"code": code, "title": _words(zh, en)}
        found.append(one | ({"tone": tone} if tone else {}))
    return found


def tell(sheet: Sheet, mistakes: Iterable[Mistake], language: str) -> None:
    """Put the mistakes of the stanza beside the rows they are in."""
    shown = [row for row in sheet.rows if not row.off]
    for one in mistakes:
        said = one.label.text(language)
        match one.path:
            case ("fields", int(index), *_) if index < len(shown):
                shown[index].wrong.append(said)
            case _:
                sheet.wrong.append(one.text(language))


def tell_place(sheet: Sheet, place: str, sentence: str) -> None:
    """Put one mistake beside the field that a place of the register names."""
    name = place.partition(".")[2].partition(".")[0]
    for row in sheet.rows:
        if row.name == name and name:
            row.wrong.append(sentence)
            return
    sheet.wrong.append(sentence)


def with_blanks(sheet: Sheet, count: int = BLANK) -> list[Row]:
    """Return the rows with some to write new fields into."""
    last = max((one.place for one in sheet.rows), default=0)
    return [*sheet.rows, *(Row(place=last + 1 + one) for one in range(count))]
