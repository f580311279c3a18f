"""The calls of a list as lines: whom, about what, by which number, and what to press.

Only what the person may list has a line. Numbers are masked as everywhere.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from admin import entry_lines, visit
from admin.clock_words import badge
from admin.column_converters import show_instant
from admin.list_page import desk
from models import access, call_recording, catalogue, clock_lists, entries, masking
from models.access import Action
from models.amid import among
from models.call_list import Asks, CallList, Round
from models.call_shares import Today
from models.calling import Key, Trying
from models.preparing import Row
from models.register import PHONE, Declaration, Field

Line = dict[str, Any]


@dataclass(slots=True)
class Lines:
    """Makes the lines of one list; rows and clocks are read a register at a time."""

    today: Today
    _trying: Mapping[Key, Trying] = field(init=False)

    def __post_init__(self) -> None:
        """Know what is tried again."""
        self._trying = {one.key: one for one in self.today.trying}

    @property
    def said(self) -> CallList:
        """Return what the register says of its list."""
        return self.today.said

    def of(self, keys: Iterable[Key]) -> list[Line]:
        """Return the lines of some calls in their order."""
        wanted = list(keys)
        looking = desk()
        known = entry_lines.of(visit.session(), looking, wanted)
        rows = _rows(known)
        due = self._due(known)
        return [
            self._line(key, known[key], rows[key], due.get(key))
            for key in wanted
            if key in known and key in rows
        ]

    def _line(self, key: Key, known: Line, row: Row, due: Any) -> Line:
        register, entry_id = key
        declared = catalogue.current()[register]
        trying = self._trying.get(key)
        source = None if trying else self._source(register)
        return {
            "key": f"{register}:{entry_id}",
            "register": register,
            "id": entry_id,
            "text": known["text"],
            "icon": known["icon"],
            "number": known["number"],
            "url": known["url"],
            "phone": self._phone(declared, row, source),
            "note": self._note(row, source, trying),
            "tries": trying.standing.tries if trying else 0,
            "next": self._next(trying),
            "due": due,
            "call_url": self._call_url(source, entry_id),
        }

    def _source(self, register: str) -> Asks | Round | None:
        return next((it for it in self.said.sources if it.register == register), None)

    def _call_url(self, source: Asks | Round | None, entry_id: int) -> str | None:
        """Return where the call's form opens; None for a retry, which is posted."""
        if source is None:
            return None
        return url_for(
            "register.create_view",
            register=self.today.declared.code,
            of=source.register,
            of_id=entry_id,
            via=source.via,
            list=1,
        )

    def _phone(
        self, declared: Declaration, row: Row, source: Asks | Round | None
    ) -> dict[str, Any] | None:
        """Return the number to dial, masked where the person may not read it."""
        one = phone_field(self.today.declared, declared, source)
        value = row.get(one.name) if one is not None else None
        if one is None or not value:
            return None
        masked = masking.masks(visit.person(), declared, one, row)
        text = str(masking.mask(one, value) if masked else value)
        key = (declared.code, row["id"])
        mine = self.today.shares.get(key) == visit.person().staff_id
        return {
            "text": text,
            "dial": None if masked else text,
            "reveal_url": url_for(
                "call_steps.number",
                register=self.today.declared.code,
                about=f"{declared.code}:{row['id']}",
            )
            if masked and mine and visit.person().staff_id is not None
            else None,
        }

    def _note(
        self, row: Row, source: Asks | Round | None, trying: Trying | None
    ) -> str:
        """Return why it is called."""
        zone, t = visit.zone(), visit.t
        if trying is not None:
            shown = show_instant(trying.last_at, zone)
            outcome = self.today.declared.field(self.said.outcome)
            label = outcome.option_label(trying.outcome).text(visit.language())
            tries = trying.standing.tries
            return t(
                f"已拨 {tries} 次，{shown} {label}",
                f"tried {tries} times, {shown} {label}",
            )
        if isinstance(source, Asks):
            there = catalogue.current()[source.register]
            label = there.field(source.at).label.text(visit.language())
            return f"{label} {show_instant(row[source.at], zone)}"
        last = row[source.last] if source is not None else None
        if last is None:
            return t("从未联系过", "never called")
        return t("上次 ", "last ") + show_instant(last, zone)

    def _next(self, trying: Trying | None) -> str | None:
        """Return when a retry is due."""
        if trying is None or trying.standing.next_at is None:
            return None
        at = trying.standing.next_at.astimezone(visit.zone())
        today = at.date() == self.today.day
        return f"{at:%H:%M}" if today else f"{at:%m-%d %H:%M}"

    def _due(self, keys: Collection[Key]) -> dict[Key, Any]:
        """Return how long the calls may still take, where a time limit says so."""
        looking, found = desk(), {}
        for one in self.said.asks:
            ids = [key[1] for key in keys if key[0] == one.register]
            clocks = clock_lists.clocks_of(visit.session(), one.register, ids)
            for entry_id, some in clocks.items():
                its = [
                    it.clock
                    for it in some
                    if it.target.stop_register == self.today.declared.code
                    and it.target.stop_via == one.via
                    and it.clock.met_at is None
                ]
                if its:
                    found[one.register, entry_id] = badge(
                        its[0], looking.now, looking.zone, looking.language
                    )
        return found


def _rows(keys: Iterable[Key]) -> dict[Key, Row]:
    """Return the rows of entries whose lines the person sees."""
    ids: dict[str, list[int]] = defaultdict(list)
    for register, entry_id in keys:
        ids[register].append(entry_id)
    known, found = catalogue.current(), {}
    for register, some in ids.items():
        query = access.visible(visit.person(), register, Action.LIST)
        query = query.where(among(known.table(register).c.id, some))
        for row in entries.load(visit.session(), known[register], query):
            found[register, row["id"]] = row
    return found


def phone_field(
    calls: Declaration, there: Declaration, source: Asks | Round | None
) -> Field | None:
    """Return the field that holds the number: what the call's own is carried from."""
    own = next((one for one in calls.fields if one.type is PHONE), None)
    if own is None or source is None:
        return own
    path = call_recording.made_of(calls, source).carry.get(own.name)
    seen = {one.name for one in visit.person().fields(there)}
    return there.field(path) if path in seen else None
