"""What the page of one entry shows: fields, clocks, relations, files, history."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import select

from admin import (
    attachments_pages,
    clause_links,
    clock_pages,
    entry_flow,
    entry_passing,
    excuse_words,
    stamp_pages,
    visit,
)
from admin.clock_words import entry_clock
from admin.column_converters import show, show_instant
from admin.form_typed import form_fields
from admin.listing import NUMERIC, TONES
from admin.value_words import words
from models import (
    access,
    catalogue,
    clock_lists,
    clock_notes,
    computing,
    masking,
    merging,
    preferences,
    references,
    samples,
)
from models.access import Action
from models.attachments import FILES
from models.clock_lists import ClockLine
from models.clock_table import ClockNote
from models.entries import load
from models.history import ChangeEvent, from_plain
from models.list_indexes import ordered_by
from models.register import (
    CHOICE,
    CHOICES,
    LONG_TEXT,
    SIGNATURE,
    WITHOUT_COLUMN,
    Declaration,
    Field,
    Makes,
)
from models.words import Label

Row = dict[str, Any]
RELATED = 20  # entries of one kind shown beside an entry
FOLDED = 4  # fields that nothing was written into are folded from so many on
RECENT = 20  # changes shown before "more"
DONE = {
    "created": (Label("新建", "Entered"), "plus"),
    "changed": (Label("修改", "Changed"), "pencil"),
    "binned": (Label("删除", "Deleted"), "trash"),
    "restored": (Label("恢复", "Restored"), "arrow-back-up"),
    merging.MERGED: (Label("合并", "Merged"), "arrows-exchange"),
    "handed_on": (
        Label("工作已移交代理人", "Work handed to the deputy"),
        "arrows-exchange",
    ),
    "deleted": (Label("从数据库中删除", "Deleted from the database"), "trash"),
}
ORIGINS = {
    "import": Label("导入", "imported"),
    "bulk": Label("批量修改", "many at once"),
    "inline": Label("列表修改", "in the list"),
    "job": Label("系统任务", "by a job"),
    "template": Label("模板", "by a template"),
    "outside": Label("外部程序", "outside"),
    "flow": Label("流程", "by a step"),
    merging.ORIGIN: Label("合并", "by merging"),
    "undo": Label("撤销改动", "undone"),
}


class EntryPage:
    """One entry for one person."""

    def __init__(self, declared: Declaration, entry: Row) -> None:
        """Keep the entry, which the person may read."""
        self.declared, self.entry = declared, entry
        self.person, self.language = visit.person(), visit.language()
        self.session, self.zone = visit.session(), visit.zone()
        self.clauses: dict[str, dict[str, Any]] = {}
        self.buttons: dict[int, list[dict[str, Any]]] = {}
        self.notes: dict[int, list[ClockNote]] = {}

    def context(self) -> dict[str, Any]:
        """Return the template's context; see register/details.html."""
        declared, entry = self.declared, self.entry
        title = declared.title.text(self.language)
        number = entry["number"] or f"#{entry['id']}"
        may_change = self._may(Action.CHANGE)
        beside = attachments_pages.context(declared, entry["id"], may_change=may_change)
        lines = clock_lists.clocks_of(self.session, declared.code, [entry["id"]])
        clocks = lines.get(entry["id"], [])
        self.buttons = clock_pages.buttons(clocks) if clocks else {}
        self.notes = clock_notes.notes_of(self.session, self.buttons)
        self.clauses = clause_links.links(
            [
                *(one.clause for one in declared.fields),
                *(one.target.clauses for one in clocks),
            ]
        )
        return {
            "page_title": f"{number} {title}",
            "register": {
                "code": declared.code,
                "title": title,
                "icon": declared.icon,
                "list_url": url_for(".index_view"),
                "print_title": title,
            },
            "entry": {
                "number": number,
                "title": self._title() or number,
                "state": self._state(),
                "version": entry["version"],
                "created": self._stamp("created", "登记", "entered"),
                "changed": self._stamp("changed", "修改", "changed")
                if entry["version"] > 1
                else "",
                "sample": self._is_sample(),
                "voided": None,
                "notice": None,
            },
            "edit_url": url_for(".edit_view", id=entry["id"])
            if may_change and not self._is_locked()
            else None,
            "moves": [
                *entry_flow.moves(declared, entry),
                *stamp_pages.moves(declared, entry),
                *entry_passing.moves(declared, entry),
            ],
            "flow": entry_flow.shown(declared, entry),
            "makes": self._makes(),
            "menu_items": self._menu(),
            "sections": [
                {"label": None, "fields": self._fields(beside.pop("signatures"))}
            ],
            "clocks": [self._clock(one) for one in clocks],
            "parents": self._parents(),
            "children": self._children(),
            **beside,
            "history": self.history(RECENT),
            "history_more_url": url_for(".history_view", id=entry["id"]),
            "print": {
                "company": visit.company(),
                "printed_at": show_instant(visit.now(), self.zone),
                "by": self.person.name,
                "signatures": [visit.t("经办人", "Holder"), visit.t("审核", "Checked")],
            },
        }

    def _is_locked(self) -> bool:
        flow = self.declared.flow
        return flow is not None and flow.is_locked(self.entry)

    def _is_sample(self) -> bool:
        if preferences.SAMPLE not in preferences.shown(self.session):
            return False
        ids = [self.entry["id"]]
        return bool(samples.among(self.session, self.declared.code, ids))

    def _may(self, action: Action) -> bool:
        """Whether the person may do something to this very entry."""
        if not self.person.may(self.declared.code, action):
            return False
        table = catalogue.current().table(self.declared.code)
        query = access.visible(self.person, self.declared.code, action)
        one = query.where(table.c.id == self.entry["id"])
        return self.session.execute(one).first() is not None

    def _title(self) -> str:
        """Return the entry in one line: what it is called, else its first reference."""
        names = [name for name in self.declared.display if name != "number"]
        if names:
            return references.called(self.declared, self.entry)
        for one in self.declared.fields:
            if one.first and one.refers_to and self.entry.get(one.name):
                return words(
                    self.session, one, self.entry[one.name], self.language, self.zone
                )
        return ""

    def _state(self) -> dict[str, str] | None:
        """Return the pill of where the entry stands."""
        flow, state = self.declared.flow, self.declared.state_field
        if state is None or not self.person.sees(self.declared, state):
            return None
        value = flow.state_of(self.entry) if flow else self.entry[state.name]
        return self._pill(state, value) if value else None

    def _pill(self, one: Field, value: str) -> dict[str, str]:
        tone = next((it.tone for it in one.options if it.value == value), "")
        text = one.option_label(value).text(self.language)
        return {"text": text, "tone": TONES.get(tone, "plain")}

    def _stamp(self, what: str, zh: str, en: str) -> str:
        by, at = self.entry[f"{what}_by"], self.entry[f"{what}_at"]
        names = references.labels(self.session, "staff", [by]) if by else {}
        when = show_instant(at, self.zone) if at else ""
        return f"{names.get(by or 0, '')} {when} {visit.t(zh, en)}".strip()

    def _clock(self, line: ClockLine) -> dict[str, Any]:
        shown = entry_clock(self.session, line, visit.now(), self.zone, self.language)
        shown["clause"] = clause_links.first(self.clauses, line.target.clauses)
        # The one that a list of late work was followed for stands open.
        shown["buttons"] = self.buttons.get(line.clock.id, [])
        shown["notes"] = excuse_words.shown(self.notes[line.clock.id])
        shown["open"] |= request.args.get("clock") == str(line.clock.id)
        return shown

    def _fields(self, signatures: Mapping[str, str]) -> list[dict[str, Any]]:
        fields = [
            one
            for one in form_fields(self.declared)
            if one.type not in WITHOUT_COLUMN or one.type is SIGNATURE
        ]
        shown = [
            self._field(one) | {"image_url": signatures.get(one.name)} for one in fields
        ]
        unfilled = [
            not (it["text"] or it["image_url"] or one.required or one.listed)
            for one, it in zip(fields, shown, strict=True)
        ]
        if sum(unfilled) >= FOLDED:
            for it, is_unfilled in zip(shown, unfilled, strict=True):
                it["folded"] = is_unfilled
        return shown

    def _field(self, one: Field) -> dict[str, Any]:
        value = self.entry.get(one.name)
        masked = value is not None and masking.masks(
            self.person, self.declared, one, self.entry
        )
        href = None
        if one.refers_to and value and self.person.may(one.refers_to, Action.READ):
            href = url_for(".details_view", register=one.refers_to, id=value)
        reveal = url_for(".reveal_view", id=self.entry["id"], field=one.name)
        return {
            "label": one.label.text(self.language),
            "text": str(masking.mask(one, value))
            if masked
            else words(self.session, one, value, self.language, self.zone),
            "wide": one.type in (LONG_TEXT, CHOICES),
            "long": one.type is LONG_TEXT,
            "pill": self._pill(one, value) if one.type is CHOICE and value else None,
            "href": href,
            "num": one.type in NUMERIC,
            "masked": {"reveal_url": reveal} if masked else None,
            "clause": clause_links.first(self.clauses, one.clause),
            "people": None,
            "image_url": None,
            "folded": False,
        }

    def _makes(self) -> list[dict[str, str]]:
        known = catalogue.current()
        return [
            {
                "label": made.label.text(self.language),
                "url": url_for(
                    ".create_view",
                    register=made.target,
                    of=self.declared.code,
                    of_id=self.entry["id"],
                    via=made.via,
                ),
                "icon": known[made.target].icon,
            }
            for made in self.declared.makes
            if made.target in known
            and self.person.may(made.target, Action.CREATE)
            and self._holds(made)
        ]

    def _holds(self, made: Makes) -> bool:
        if made.when is None:
            return True
        (context,) = computing.contexts(
            self.session, self.declared, [self.entry], [made.when], self.zone
        )
        return computing.holds(made.when, context)

    def _menu(self) -> list[dict[str, Any]]:
        if self._is_locked() or not self._may(Action.DELETE):
            return []
        return [
            *self._merging(),
            {
                "label": visit.t("删除", "Delete"),
                "url": url_for(".delete_view", id=self.entry["id"]),
                "icon": "trash",
                "method": "post",
                "confirm": visit.t(
                    "删除这条登记？它会进入回收站，可以恢复。",
                    "Delete this entry? It goes to the bin and can be restored.",
                ),
                "danger": True,
            },
        ]

    def _merging(self) -> list[dict[str, Any]]:
        if not merging.may_merge(self.person, self.declared):
            return []
        here = {"register": self.declared.code, "keep": self.entry["id"]}
        return [
            {
                "label": visit.t("合并重复", "Merge"),
                "url": url_for("merging.compare", **here),
                "icon": "arrows-exchange",
                "method": "get",
            }
        ]

    def _parents(self) -> list[dict[str, Any]]:
        """Return what this entry was made of or is a part of."""
        found = []
        for one in self.declared.fields:
            value = self.entry.get(one.name)
            target = one.refers_to
            if value is None or target is None or not self._is_parent(one, target):
                continue
            rows = self._rows(target, "id", [value])
            found += [self._related(catalogue.current()[target], row) for row in rows]
        return found

    def _is_parent(self, one: Field, target: str) -> bool:
        made = catalogue.current()[target].makes
        by_making = any(
            each.target == self.declared.code and each.via == one.name for each in made
        )
        return by_making or self.declared.part_of == one.name

    def _children(self) -> list[dict[str, Any]]:
        """Return the entries of other registers that refer to this one."""
        found = []
        for declared, one in catalogue.current().referring_to(self.declared.code):
            if one.type.value == "person" or not self.person.may(
                declared.code, Action.LIST
            ):
                continue
            rows = self._rows(declared.code, one.name, [self.entry["id"]])
            found += [self._related(declared, row) for row in rows]
        return found

    def _rows(self, register: str, name: str, values: Sequence[Any]) -> list[Row]:
        known = catalogue.current()
        table, declared = known.table(register), known[register]
        column = "id" if name == "id" else declared.field(name).column or name
        query = access.visible(self.person, register, Action.LIST)
        query = query.where(table.c[column].in_(values))
        # In the list's own order: the index of a reference has it, too.
        order = ordered_by(declared)
        newest = [table.c[order].desc()] if order is not None and column != "id" else []
        query = query.order_by(*newest, table.c.id.desc()).limit(RELATED)
        return load(self.session, declared, query)

    def _related(self, declared: Declaration, row: Row) -> dict[str, Any]:
        at = row.get("created_at")
        text = next(
            (
                str(row[one.name])
                for one in self.person.fields(declared)
                if one.type is LONG_TEXT and row.get(one.name) and not one.personal
            ),
            references.called(declared, row),
        )
        state = next(
            (
                self._pill(one, row[one.name])
                for one in self.person.fields(declared)
                if one.type is CHOICE
                and one.listed
                and row.get(one.name)
                and any(it.tone for it in one.options)
            ),
            None,
        )
        return {
            "kind": declared.title.text(self.language),
            "icon": declared.icon,
            "number": row["number"] or f"#{row['id']}",
            "url": url_for(".details_view", register=declared.code, id=row["id"]),
            "text": text,
            "state": state,
            "at": show_instant(at, self.zone) if at else "",
        }

    def history(self, most: int) -> list[dict[str, Any]]:
        """Return the entry's changes, newest first."""
        query = (
            select(ChangeEvent)
            .where(
                ChangeEvent.register == self.declared.code,
                ChangeEvent.entry_id == self.entry["id"],
            )
            .order_by(ChangeEvent.id.desc())
            .limit(most)
        )
        return [self._event(one) for one in self.session.scalars(query)]

    def _event(self, event: ChangeEvent) -> dict[str, Any]:
        what, icon = DONE[event.action]
        origin = ORIGINS.get(event.origin)
        return {
            "by": event.by_name,
            "at": show_instant(event.at, self.zone),
            "how": origin.text(self.language) if origin else None,
            "icon": icon,
            "what": what.text(self.language),
            "changes": self._told(event),
        }

    def _told(self, event: ChangeEvent) -> list[dict[str, str]]:
        if event.action == "changed":
            return self._changes(event.changes)
        if event.action != merging.MERGED:
            return []
        shown = {
            "from": visit.t("并入本条", "Into this"),
            "into": visit.t("并入", "Into"),
        }
        return [
            {"label": shown[way], "old": "", "new": str(number or "")}
            for way, (_, number) in event.changes.items()
        ]

    def _changes(self, changes: Mapping[str, Sequence[Any]]) -> list[dict[str, str]]:
        shown = []
        if FILES in changes:
            old, new = (str(value or "") for value in changes[FILES])
            shown.append({"label": visit.t("附件", "File"), "old": old, "new": new})
        for one in self.person.fields(self.declared):
            if one.name not in changes:
                continue
            old, new = (self._past(one, value) for value in changes[one.name])
            shown.append(
                {"label": one.label.text(self.language), "old": old, "new": new}
            )
        return shown

    def _past(self, one: Field, value: Any) -> str:
        """Return a value out of the history's plain JSON as people read it."""
        if value is None:
            return ""
        if masking.masks(self.person, self.declared, one, self.entry):
            return str(masking.mask(one, value))
        if one.refers_to is not None:
            known = references.labels(self.session, one.refers_to, [value])
            return known.get(value, str(value))
        return show(one, from_plain(one, value), self.language, self.zone)
