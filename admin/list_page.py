"""What the list page shows: the address read, the page found, the context made."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from admin import (
    behind,
    cells,
    clock_words,
    filter_words,
    filters,
    list_rows,
    list_sums,
    listing,
    visit,
)
from admin.addresses import fixed
from admin.form_fields import editor
from admin.listing import Desk, Found, Wanted
from admin.seeking import Cursor
from models import clock_due
from models.access import Action
from models.register import Declaration, Field

PAGE_SIZE = 50
LAST_PAGE = 1_000_000  # no list is longer


def desk() -> Desk:
    """Return whoever looks at this request's list."""
    return Desk(visit.person(), visit.language(), visit.zone(), visit.now())


def wanted(declared: Declaration, arguments: MultiDict[str, str]) -> Wanted:
    """Read an address; raises PersonError for what no list can mean."""
    size = arguments.get("size", PAGE_SIZE, type=int)
    person = visit.person()
    groups = (
        tuple(filters.given(person, declared, arguments.getlist(name)))
        for name in filters.GROUPS
    )
    after, before = arguments.get("after"), arguments.get("before")
    return Wanted(
        text=arguments.get("q", "")[:100],
        filters=tuple(filters.given(person, declared, arguments.getlist("w"))),
        groups=tuple(filter(None, groups)),
        match="any" if arguments.get("match") == "any" else "all",
        sort=arguments.get("sort", ""),
        size=size if size in listing.SIZES else PAGE_SIZE,
        after=Cursor.decode(after) if after else None,
        before=Cursor.decode(before) if before and not after else None,
        page=min(max(arguments.get("page", 1, type=int), 1), LAST_PAGE),
        binned=arguments.get("bin") == "1",
        behind=behind.given(declared, arguments),
    )


class ListPage:
    """One list page of one register, for one address and person."""

    def __init__(self, declared: Declaration) -> None:
        """Read the address."""
        self.declared = declared
        self.desk = desk()
        self.person = self.desk.person
        self.wanted = wanted(declared, request.args)
        self.fields = self._fields()
        self.editable = self._editable()

    def context(self, url: "ListUrls") -> dict[str, Any]:
        """Return the template's context; see register/list.html."""
        session = visit.session()
        found = listing.find(
            session, self.declared, self.wanted, self.desk, self.fields
        )
        due = self._due(found)
        count, exact = listing.count(
            session, self.declared, self.wanted, self.desk, shown=found
        )
        asked = self.wanted
        filtered = bool(asked.text or asked.every or asked.behind)
        return {
            "page_title": self.declared.title.text(self.desk.language),
            "register": self._register(),
            "columns": _with_due(self._columns(), _due_column() if due else []),
            "rows": self._rows(found, url, due),
            "rows_html": list_rows.rows_html,
            "counted": {
                "text": f"{count:,}" if exact else f"{count:,}+",
                "exact": exact,
                "url": None if exact else self._url(page="count"),
            },
            "span": self._span(found),
            "search": {
                "text": self.wanted.text,
                "hidden": self._kept(without=("q",)),
                "clear_url": self._address(without=("q",)),
            },
            "filters": self._filters(),
            "chosen_columns": self._column_choice(),
            "sums_url": fixed("register.sums_view", register=self.declared.code)
            + self._address()
            if list_sums.summed(self.fields)
            else None,
            "edit_cell_url": url.edit_cell if self.editable else None,
            "empty": self._empty(filtered=filtered),
        }

    def _fields(self) -> list[Field]:
        chosen = request.args.getlist("column")
        seen = self.person.fields(self.declared)
        by_name = {one.name: one for one in seen if one.column}
        if chosen:
            picked = [by_name[name] for name in chosen if name in by_name]
            if picked:
                return picked
        return [one for one in seen if one.listed and one.column]

    def _column_choice(self) -> dict[str, Any]:
        """Return the columns: those shown, in their order, then the others."""
        language = self.desk.language
        shown = {one.name for one in self.fields}
        rest = [
            one
            for one in self.person.fields(self.declared)
            if one.column and one.name not in shown
        ]
        return {
            "action": self._url(),
            "hidden": self._kept(without=("column",)),
            "reset_url": self._address(without=("column",)),
            "all": [
                [one.name, one.label.text(language), one.name in shown]
                for one in (*self.fields, *rest)
            ],
        }

    def _editable(self) -> frozenset[str]:
        if self.wanted.binned or not self.person.may(self.declared.code, Action.CHANGE):
            return frozenset()
        return frozenset(one.name for one in self.fields if editor(one, "zh"))

    def _register(self) -> dict[str, Any]:
        return {
            "code": self.declared.code,
            "title": self.declared.title.text(self.desk.language),
            "description": None,
            "icon": self.declared.icon,
            "rules_url": self._rules_url(),
        }

    def _rules_url(self) -> str | None:
        """Return where the clauses are that the register and its fields rest on."""
        one = self.declared
        if not one.clauses and not any(it.clause for it in one.fields):
            return None
        return fixed("rulebook.of_register", register=one.code)

    def _columns(self) -> list[dict[str, Any]]:
        sort = self.wanted.sort or self.declared.order
        now, downwards = sort.removeprefix("-"), sort.startswith("-")
        columns = []
        for one in self.fields:
            turned = one.name if downwards or one.name != now else f"-{one.name}"
            state = ("desc" if downwards else "asc") if one.name == now else None
            url = self._address(
                set_to={"sort": turned}, without=("after", "before", "from", "page")
            )
            columns.append(
                {
                    "key": one.name,
                    "label": one.label.text(self.desk.language),
                    "css": listing.css_of(one),
                    "sort": state,
                    "sort_url": url
                    if listing.is_sortable(self.person, self.declared, one)
                    else None,
                    "editor": editor(one, self.desk.language)
                    if one.name in self.editable
                    else None,
                }
            )
        return columns

    def _rows(
        self,
        found: Found,
        url: "ListUrls",
        due: Mapping[int, cells.Cell],
    ) -> list[tuple[int, str, Any]]:
        columns = cells.makers(
            self.declared, self.fields, self.desk, url.entry, self.editable
        )
        none = ("due", "", None)
        return [
            (
                row["id"],
                "",
                _with_due(
                    [make(row) for make in columns],
                    [due.get(row["id"], none)] if due else [],
                ),
            )
            for row in found.rows
        ]

    def _due(self, found: Found) -> dict[int, cells.Cell]:
        """Return a cell for each entry of the page that has a clock: the urgent one."""
        if self.wanted.binned:
            return {}
        ids = [row["id"] for row in found.rows]
        shown_of: dict[int, cells.Cell] = {}
        found_of = clock_due.standings(visit.session(), self.declared.code, ids)
        for entry_id, some in found_of.items():
            one = clock_words.most_urgent(some)
            if one is not None:
                text, tone = clock_words.told(one, self.desk.now, self.desk.language)
                shown_of[entry_id] = (f"due {tone}", text, None)
        return shown_of

    def _span(self, found: Found) -> dict[str, Any]:
        typed = (self.wanted.page - 1) * self.wanted.size + 1
        first = request.args.get("from", 1, type=int) if self._turned() else typed
        first = max(first, 1)
        size = len(found.rows)
        after = found.last.encode() if found.last and found.has_next else None
        before = found.first.encode() if found.first and found.has_previous else None
        edges = ("after", "before", "from", "page")
        following = {"after": after or "", "from": str(first + size)}
        earlier = max(first - self.wanted.size, 1)
        preceding = {"before": before or "", "from": str(earlier)}
        return {
            "first": first if size else 0,
            "last": first + size - 1 if size else 0,
            "prev_url": self._address(preceding, edges) if before else None,
            "next_url": self._address(following, edges) if after else None,
            "first_url": self._address(without=edges) if before else None,
            "page": (first - 1) // self.wanted.size + 1,
            "hidden": self._kept(without=()),
            "sizes": [
                {
                    "size": one,
                    "url": self._address({"size": str(one)}, edges),
                    "active": one == self.wanted.size,
                }
                for one in listing.SIZES
            ],
        }

    def _turned(self) -> bool:
        return self.wanted.after is not None or self.wanted.before is not None

    def _filters(self) -> dict[str, Any]:
        asked, edges = self.wanted, ("after", "before", "from", "page")
        chips = []
        if asked.behind is not None:
            off = self._address(without=(behind.ARGUMENT, *edges))
            chips.append({"label": asked.behind.label, "remove_url": off})
        for one in asked.filters:
            rest = [word for word in request.args.getlist("w") if word != one.word]
            off = self._address({"w": rest}, edges)
            chips.append(
                {"label": filter_words.chip(one, self.person), "remove_url": off}
            )
        chips += self._group_chips(edges)
        gone = ("w", *filters.GROUPS, "q", behind.ARGUMENT, "view", *edges)
        kept = ("w", *filters.GROUPS, "match", *edges)
        return {
            "chips": chips,
            "clear_url": self._address(without=gone),
            "is_offered": True,
            "fields_url": fixed("register.filters_view", register=self.declared.code)
            + self._address(),
            "current": filter_words.current(asked),
            "match": asked.match,
            "action": self._url(),
            "hidden": self._kept(without=kept),
        }

    def _group_chips(self, edges: Sequence[str]) -> list[dict[str, str]]:
        asked = self.wanted
        if not asked.groups:
            return []
        names = [
            name
            for name in filters.GROUPS
            if filters.given(self.person, self.declared, request.args.getlist(name))
        ]
        return [
            {
                "label": filter_words.group_chip(group, self.person, asked.match),
                "remove_url": self._address(without=(name, *edges)),
            }
            for name, group in zip(names, asked.groups, strict=True)
        ]

    def _empty(self, *, filtered: bool) -> dict[str, Any]:
        title = self.declared.title.text(self.desk.language)
        if filtered:
            return {
                "title": visit.t("没有符合条件的登记", "Nothing matches"),
                "text": visit.t("换个条件试试。", "Try other conditions."),
                "filtered": True,
            }
        return {
            "title": visit.t(f"还没有{title}", f"No {title.lower()} yet"),
            "text": visit.t(
                "登记第一条后会显示在这里。", "The first entry will show here."
            ),
            "filtered": False,
        }

    def _kept(self, without: Iterable[str]) -> list[list[str]]:
        gone = {*without, "after", "before", "from", "page"}
        return [
            [name, value]
            for name, value in request.args.items(multi=True)
            if name not in gone
        ]

    def _address(
        self,
        set_to: dict[str, Any] | None = None,
        without: Sequence[str] = (),
    ) -> str:
        """Return this list's address with some arguments set and some left out."""
        new = set_to or {}
        gone = {*without, *new}
        parts = [part for name, part in self._said if name not in gone]
        if new:
            parts.append(urlencode(new, doseq=True))
        return "?" + "&".join(filter(None, parts))

    @cached_property
    def _said(self) -> list[tuple[str, str]]:
        """The arguments of this page's address, each by its name, as others carry it.

        A page leads to some twenty addresses that differ in one or two of them.
        """
        return [
            (name, urlencode([(name, value)]))
            for name, value in request.args.items(multi=True)
        ]

    def _url(self, page: str = "") -> str:
        names = {"": "index_view", "count": "count_view"}
        address = fixed(f"register.{names[page]}", register=self.declared.code)
        if page == "count":
            return address + self._address()
        return address


class ListUrls:
    """The addresses that every row of a list needs, made once a page."""

    def __init__(self, entry: str, edit_cell: str) -> None:
        """Keep the address that an entry's id is put behind, and the editor's."""
        self.entry = entry
        self.edit_cell = edit_cell


def _with_due(columns: list[Any], due: list[Any]) -> list[Any]:
    """Put what stands about time after the first column: a wide list hides its end."""
    return [*columns[:1], *due, *columns[1:]]


def _due_column() -> list[dict[str, Any]]:
    return [
        {
            "key": "due",
            "label": visit.t("时限", "Due"),
            "css": "due",
            "sort": None,
            "sort_url": None,
            "editor": None,
        }
    ]
