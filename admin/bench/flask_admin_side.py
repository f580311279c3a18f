"""A stock Flask-Admin view over the same table, set up as its documentation advises.

Relations by joined loads, pickers by ajax, fifty rows a page, the same columns, filters
and searched texts as Taizhang's. It has no rights, clocks or history to look after.
"""

import importlib.util
import re
import warnings
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_babel import Babel
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Table
from sqlalchemy.orm import relationship

from admin.bench.questions import (
    EXPORTED,
    FILTERED,
    LISTED,
    PAGE,
    SEARCHED,
    STATUS,
    Questions,
)
from admin.bench.side import (
    Answer,
    RefusedError,
    Side,
    csv_lines,
    streamed,
    without_head,
    workbook,
)
from models import catalogue
from models.register import ATTACHMENT, Declaration
from seed import bench_rows as made
from seed.bench_rows import REGISTER

HERE = "/admin/complaint"
_ROW = re.compile(r'name="rowid"[^>]*value="(\d+)"')


def open_side(asked: Questions) -> Side:
    """Start the stock panel over the store."""
    # Flask-Admin's own; with WTForms 3.3 there are thousands of them.
    warnings.simplefilter("ignore", DeprecationWarning)
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = asked.url
    if asked.url.startswith("postgresql"):
        utc = {"connect_args": {"options": "-c timezone=UTC"}}
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = utc
    app.secret_key = "for-trials-only"  # noqa: S105 - nobody signs in here
    Babel(app, default_locale="zh_Hans_CN")
    database = SQLAlchemy(app)
    with app.app_context():
        models = _models(database)
        panel = Admin(app, name="stock")
        view = _view(models)(models[REGISTER], database, endpoint="complaint")
        panel.add_view(view)
    return FlaskAdmin(app, asked, view).operations()


def _models(database: Any) -> dict[str, Any]:
    """Map the table and what it refers to, as they stand in the database."""
    declared = catalogue.current()[REGISTER]
    targets = dict.fromkeys(
        one.refers_to for one in declared.all_fields if one.refers_to
    )
    models: dict[str, Any] = {}
    tables = {
        code: Table(code, database.metadata, autoload_with=database.engine)
        for code in (REGISTER, *targets)
    }
    for code in targets:
        if code != REGISTER:
            models[code] = _model(database, catalogue.current()[code], tables[code], {})
    links = {
        one.name: relationship(
            models[one.refers_to], foreign_keys=[tables[REGISTER].c[one.column]]
        )
        for one in declared.all_fields
        if one.refers_to in models and one.column
    }
    models[REGISTER] = _model(database, declared, tables[REGISTER], links)
    return models


def _model(
    database: Any, declared: Declaration, table: Table, more: dict[str, Any]
) -> Any:
    shown = declared.field(declared.display[0]).column or "id"

    def called(self: Any) -> str:
        return str(getattr(self, shown))

    return type(
        declared.code.title().replace("_", ""),
        (database.Model,),
        {"__table__": table, "__str__": called, **more},
    )


def _attribute(name: str) -> str:
    """Return the model's attribute for a field: the relation, or the column."""
    one = catalogue.current()[REGISTER].field(name)
    return one.name if one.refers_to else str(one.column)


def _view(models: dict[str, Any]) -> type[Any]:
    """Return the view's class, set up by the same declaration as ours."""
    declared = catalogue.current()[REGISTER]
    edited = [
        one
        for one in declared.fields
        if not one.is_given and one.computed is None and one.type is not ATTACHMENT
    ]
    picked = {
        one.name: {
            "fields": (catalogue.current()[one.refers_to].display[0],),
            "page_size": 10,
        }
        for one in edited
        if one.refers_to in models
    }
    settings: dict[str, Any] = {
        "page_size": PAGE,
        "can_export": True,
        "export_types": ["csv", "xlsx"],
        "export_max_rows": 0,
        "column_list": [_attribute(name) for name in LISTED],
        "column_export_list": [_attribute(name) for name in EXPORTED],
        "column_select_related_list": [
            getattr(models[REGISTER], name)
            for name in LISTED
            if declared.field(name).refers_to
        ],
        "column_default_sort": [("received_at", True), ("id", True)],
        "column_searchable_list": [_attribute(name) for name in SEARCHED],
        "column_filters": [str(declared.field(name).column) for name in FILTERED],
        "named_filter_urls": True,
        "form_columns": [_attribute(one.name) for one in edited],
        "form_ajax_refs": picked,
        "form_choices": {
            str(one.column): [(it.value, it.label.zh) for it in one.options]
            for one in edited
            if one.options
        },
    }
    return type("StockView", (ModelView,), settings)


class FlaskAdmin:
    """The stock view, through a client without a network."""

    def __init__(self, app: Flask, asked: Questions, view: Any) -> None:
        """Keep whom to ask."""
        self.client = app.test_client()
        self.asked = asked
        self.view = view

    def operations(self) -> Side:
        """Return everything that is measured; the stock view has no import."""
        first, last = (f"{one:%Y-%m-%d %H:%M:%S}" for one in self.asked.month_in_utc())
        mine = {
            self._filter("status", "equals"): STATUS,
            self._filter("received_by_id", "equals"): self.asked.owner,
            self._filter("received_at", "between"): f"{first} to {last}",
        }
        here = {
            f"flt{at}_{name}": value for at, (name, value) in enumerate(mine.items())
        }
        since = f"{self.asked.since_in_utc():%Y-%m-%d %H:%M:%S}"
        recent = {f"flt0_{self._filter('received_at', 'greater than')}": since}
        side: Side = {
            "first_page": self.page,
            "deep_page": lambda: self.page(page=self.asked.page - 1),
            "filter": lambda: self.page(**here),
            "search_common": lambda: self.page(search=made.COMMON_WORD),
            "search_rare": lambda: self.page(search=made.RARE_WORDS),
            "search_nothing": lambda: self.page(search=made.NOWHERE),
            "edit_form": self.form,
            "csv": lambda: without_head(
                streamed(lambda: self._download("csv"), csv_lines)
            ),
            "xlsx": lambda: workbook(lambda: self._download("xlsx", **recent)),
        }
        if importlib.util.find_spec("tablib") is None:
            del side["xlsx"]  # which Flask-Admin writes by it
        return side

    def _filter(self, column: str, operation: str) -> str:
        """Return what an address calls a filter of the view."""
        return next(
            str(self.view.get_filter_arg(index, one))
            for index, one in enumerate(self.view._filters)  # noqa: SLF001 - its only list
            if one.column.name == column and str(one.operation()) == operation
        )

    def page(self, **arguments: Any) -> Answer:
        """Show one page of the list."""
        data = self._get(f"{HERE}/?{urlencode(arguments)}")
        return Answer(len(data), [int(one) for one in _ROW.findall(data.decode())])

    def form(self) -> Answer:
        """Open the form of an entry."""
        data = self._get(f"{HERE}/edit/?id={self.asked.entry}")
        return Answer(len(data), data.count(b'name="content"'))

    def _get(self, address: str) -> bytes:
        answer = self.client.get(address)
        if answer.status_code != 200:  # noqa: PLR2004 - the page itself
            raise RefusedError(f"{address}: {answer.status}")
        return answer.get_data()

    def _download(self, kind: str, **arguments: Any) -> Iterable[bytes]:
        address = f"{HERE}/export/{kind}/?{urlencode(arguments)}"
        return self.client.get(address).iter_encoded()
