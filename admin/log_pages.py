"""查看日志: who saw personal data, exported rows or signed in; for who sets up.

The page can be exported, too, and that is written down like any export.
"""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from admin import exporting, filters, log_events, log_lines, start_page, visit
from admin.filter_words import PERIODS
from admin.list_page import desk
from admin.log_events import Wanted
from admin.menu import in_menu_order
from admin.seeking import Cursor
from admin.sheet_writing import (
    CSV_TYPE,
    SheetColumn,
    Wording,
    blocks,
    content_disposition,
    csv_chunks,
)
from models import catalogue
from models.rules.periods import DateRange, parse_period
from models.words import PersonError

blueprint = Blueprint("logs", __name__, url_prefix="/settings/logs")
PAGE = 100  # events of one page
BLOCK = 500  # events that an export reads at a time
COUNTED_TO = 10_000  # events of an export, as it is written down
LONGEST = 80  # characters of a name or a code
Page = tuple[list[log_events.Event], Cursor | None, Cursor | None]
"""Events, and where the newer and the older ones begin."""


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Let through only whoever may set the installation up."""
    if visit.person().account_id is None:
        return visit.ask_to_sign_in()
    if not visit.person().may(*start_page.RIGHT):
        abort(403)
    return None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show a page of what happened, the newest first."""
    found: Page = [], None, None
    problem = None
    try:
        found = _page(_wanted())
    except PersonError as error:
        problem = error.text(visit.language())
    events, newer, older = found
    page = render_template(
        "settings/logs.html",
        page_title=visit.t("查看日志", "Logs"),
        crumbs=[],
        text=visit.t(
            "谁查看了隐藏的个人信息、导出了数据、登录过系统。",
            "Who saw personal data, exported rows or signed in.",
        ),
        lines=log_lines.lines(events),
        problem=problem,
        filters=_filters(),
        clear_url=url_for(".index") if _asked() else None,
        csv_url=_address(".export"),
        prev_url=_address(".index", before=newer) if newer else None,
        next_url=_address(".index", after=older) if older else None,
    )
    return page, 422 if problem else 200


@blueprint.get("/csv/")
def export() -> ResponseReturnValue:
    """Stream all events of the present filter as CSV, and log it."""
    wanted = _wanted()
    many = log_events.count(visit.session(), wanted, COUNTED_TO + 1)
    rows = f"{COUNTED_TO}+" if many > COUNTED_TO else str(many)
    detail = f"{rows} rows; {' '.join(_columns())}; csv {urlencode(_asked())}"
    with visit.house().database.write() as session:
        exporting.log(session, desk(), "", detail, request.remote_addr)
    columns = [SheetColumn(label) for label in _columns().values()]
    wording = Wording.of(visit.zone(), visit.language())
    parts = csv_chunks(columns, blocks(_rows(wanted), columns), wording)
    day = visit.now().astimezone(visit.zone()).strftime("%Y%m%d-%H%M")
    name = f"{visit.t('查看日志', 'Logs')}-{day}.csv"
    return Response(
        stream_with_context(parts),
        mimetype=CSV_TYPE,
        headers={"Content-Disposition": content_disposition(name)},
    )


def _page(wanted: Wanted) -> Page:
    """Return a page of events, and where the newer and the older ones begin."""
    after, before = _cursor("after"), _cursor("before")
    found, more = log_events.find(
        visit.session(), wanted, PAGE, after=after, before=None if after else before
    )
    if not found:
        return [], None, None
    newer = found[0].cursor if after or (before and more) else None
    older = found[-1].cursor if more or (before and not after) else None
    return found, newer, older


def _cursor(name: str) -> Cursor | None:
    word = request.args.get(name)
    return Cursor.decode(word) if word else None


# What is asked for --------------------------------------------------------------------


def _asked() -> dict[str, str]:
    """Return the conditions of the address, as they were typed."""
    names = ("kind", "who", "register", "period", "from", "to")
    found = {name: request.args.get(name, "").replace("\x00", "") for name in names}
    return {name: it.strip()[:LONGEST] for name, it in found.items() if it.strip()}


def _wanted() -> Wanted:
    """Read the address; PersonError for days that there are not."""
    asked = _asked()
    first, after = _days(asked)
    zone = visit.zone()
    return Wanted(
        kind=asked.get("kind", ""),
        who=asked.get("who", ""),
        register=asked.get("register", ""),
        begin=DateRange(first, first).instants(zone)[0] if first else None,
        end=DateRange(after, after).instants(zone)[0] if after else None,
    )


def _days(asked: dict[str, str]) -> tuple[date | None, date | None]:
    """Return the first day and the day after the last; typed days go first."""
    if "from" in asked or "to" in asked:
        first = parse_period(asked["from"]).first if "from" in asked else None
        after = parse_period(asked["to"]).end if "to" in asked else None
        return first, after
    if "period" in asked:
        today = visit.now().astimezone(visit.zone()).date()
        span = filters.days_of(asked["period"], today)
        return span.first, span.end
    return None, None


def _address(endpoint: str, **edge: Cursor) -> str:
    asked = _asked() | {name: at.encode() for name, at in edge.items()}
    return f"{url_for(endpoint)}?{urlencode(asked)}"


def _filters() -> dict[str, Any]:
    """Return what may be asked for, and what is; see settings/logs.html."""
    language = visit.language()
    registers = [
        (one.code, one.title.text(language))
        for one in in_menu_order(catalogue.current())
    ]
    return {
        "asked": _asked(),
        "kinds": [
            (kind, label.text(language)) for kind, (label, _) in log_lines.KINDS.items()
        ],
        "registers": registers,
        "periods": [(key, visit.t(zh, en)) for key, zh, en in PERIODS],
    }


# The file -----------------------------------------------------------------------------


def _columns() -> dict[str, str]:
    return {
        "at": visit.t("时间", "When"),
        "kind": visit.t("事项", "What"),
        "who": visit.t("人员", "Who"),
        "typed": visit.t("输入的账号", "Typed account"),
        "address": visit.t("来源地址", "From where"),
        "register": visit.t("台账", "Register"),
        "number": visit.t("单号", "No."),
        "text": visit.t("内容", "Detail"),
    }


def _rows(wanted: Wanted) -> Iterator[tuple[str, ...]]:
    every = log_events.every(visit.session(), wanted, BLOCK)
    for line in chain.from_iterable(map(log_lines.lines, every)):
        shown = line | {"kind": line["kind"]["text"]}
        yield tuple(shown[name] for name in _columns())
