"""时限看板: how promises were kept, by person, department, register, target or month.

Every figure leads to the clocks behind it, which can be taken along as a file.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
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

from admin import board_lines, exporting, visit
from admin.board_lines import COLUMNS
from admin.list_page import desk
from admin.listing import COUNTED_TO
from admin.seeking import BadCursorError, Cursor
from admin.sheet_writing import (
    SheetColumn,
    Wording,
    blocks,
    content_disposition,
    csv_chunks,
    xlsx_chunks,
)
from models import clock_board, clock_lists
from models.access import Action
from models.clock_board import By, Narrowed, Tally, Verdict
from models.clock_lists import ClockLine, Edge
from models.rules.periods import DateRange, PeriodError, PeriodKind, parse_period
from models.words import Label

blueprint = Blueprint("board", __name__, url_prefix="/late/board")
PAGE = 100  # clocks of one page
BLOCK = 500  # clocks that an export reads at a time
MONTHS = 6  # that the board by month begins with
LONGEST = 60  # characters of a word of the address
LONGEST_ID = 18  # digits
BY: dict[By, Label] = {
    By.TARGET: Label("按时限", "By target"),
    By.PERSON: Label("按人员", "By person"),
    By.DEPARTMENT: Label("按部门", "By department"),
    By.REGISTER: Label("按台账", "By register"),
    By.MONTH: Label("按月份", "By month"),
}
# Under what name of the address a line's key narrows.
NAMES = {
    By.TARGET: "target",
    By.PERSON: "person",
    By.DEPARTMENT: "department",
    By.REGISTER: "register",
}


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the rows are those that the person may list."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show the board."""
    by = _by()
    wanted, problem = _wanted(by)
    found = clock_board.tallies(
        visit.session(), visit.person(), by, wanted, visit.zone()
    )
    names = board_lines.names(by, [one.key for one in found])
    page = render_template(
        "desk/board.html",
        page_title=visit.t("时限看板", "Time limits kept"),
        tabs=[
            {
                "label": label.text(visit.language()),
                "url": _address(".index", by=one.value),
                "active": one is by,
            }
            for one, label in BY.items()
        ],
        head=_head(by).text(visit.language()),
        lines=[_line(by, one, names[one.key], wanted) for one in found],
        total=_line(by, clock_board.total(found), visit.t("合计", "Total"), wanted)
        if len(found) > 1
        else None,
        asked=_range(wanted),
        by=by.value,
        narrowed=_narrowed(wanted),
        problem=problem,
        late_url=url_for("late.index"),
        report_url=_address(".clocks", verdict=Verdict.BREACHED),
    )
    return page, 422 if problem else 200


@blueprint.get("/clocks/")
def clocks() -> ResponseReturnValue:
    """Show the clocks behind a figure, the first due first."""
    wanted, problem = _wanted(None)
    lines, before, after = _page(wanted)
    page = render_template(
        "desk/board_clocks.html",
        page_title=_title(wanted.verdict),
        lines=board_lines.shown(lines),
        asked=_range(wanted),
        narrowed=_narrowed(wanted),
        problem=problem,
        board_url=_address(".index", verdict=""),
        files=[
            {"label": kind.upper(), "url": _address(".export", kind=kind)}
            for kind in exporting.TYPES
        ],
        prev_url=_address(".clocks", before=before) if before else None,
        next_url=_address(".clocks", after=after) if after else None,
    )
    return page, 422 if problem else 200


@blueprint.get("/export/<export_type>/")
def export(export_type: str) -> ResponseReturnValue:
    """Stream the clocks behind a figure as a file, and log it."""
    wanted, problem = _wanted(None)
    if export_type not in exporting.TYPES or problem:
        abort(404)
    many = clock_lists.count(
        visit.session(),
        visit.person(),
        wanted.criteria(visit.zone()),
        up_to=COUNTED_TO + 1,
        action=Action.EXPORT,
    )
    rows = f"{COUNTED_TO}+" if many > COUNTED_TO else str(many)
    with visit.house().database.write() as session:
        detail = (
            f"{rows} rows; {' '.join(COLUMNS)}; {export_type} {urlencode(_asked())}"
        )
        exporting.log(session, desk(), "", detail, request.remote_addr)
    title = _title(wanted.verdict)
    day = visit.now().astimezone(visit.zone()).strftime("%Y%m%d-%H%M")
    return Response(
        stream_with_context(_file(export_type, wanted, title)),
        mimetype=exporting.TYPES[export_type],
        headers={
            "Content-Disposition": content_disposition(f"{title}-{day}.{export_type}")
        },
    )


def _file(kind: str, wanted: Narrowed, title: str) -> Iterator[bytes]:
    language = visit.language()
    columns = [
        SheetColumn(label.text(language), type_) for label, type_ in COLUMNS.values()
    ]
    wording = Wording.of(visit.zone(), language)
    parts = blocks(_rows(wanted), columns)
    if kind == "csv":
        return csv_chunks(columns, parts, wording)
    return xlsx_chunks(columns, parts, wording, title=title)


def _rows(wanted: Narrowed) -> Iterator[tuple[Any, ...]]:
    after: Edge | None = None
    while lines := clock_lists.page(
        visit.session(),
        visit.person(),
        wanted.criteria(visit.zone()),
        limit=BLOCK,
        after=after,
        action=Action.EXPORT,
    ):
        for line in board_lines.values(lines):
            yield tuple(line[name] for name in COLUMNS)
        after = lines[-1].edge


def _page(wanted: Narrowed) -> tuple[list[ClockLine], str | None, str | None]:
    """Return a page of clocks, and where the ones before and after it begin."""
    after, before = _edge("after"), _edge("before")
    found = clock_lists.page(
        visit.session(),
        visit.person(),
        wanted.criteria(visit.zone()),
        limit=PAGE + 1,
        after=after,
        before=before,
    )
    more = len(found) > PAGE
    lines = found[-PAGE:] if before is not None else found[:PAGE]
    if not lines:
        return [], None, None
    has_before = more if before is not None else after is not None
    has_after = more if before is None else True
    first, last = (Cursor(*one.edge).encode() for one in (lines[0], lines[-1]))
    return lines, first if has_before else None, last if has_after else None


def _edge(name: str) -> Edge | None:
    word = request.args.get(name)
    if not word:
        return None
    cursor = Cursor.decode(word)
    if not isinstance(cursor.value, datetime) or cursor.value.tzinfo is None:
        raise BadCursorError
    return cursor.value, cursor.entry_id


# What is asked for --------------------------------------------------------------------


def _asked() -> dict[str, str]:
    """Return the conditions of the address, as they were typed."""
    names = ("by", "from", "to", *NAMES.values(), "verdict")
    found = {name: request.args.get(name, "").replace("\x00", "") for name in names}
    return {name: it.strip()[:LONGEST] for name, it in found.items() if it.strip()}


def _address(endpoint: str, kind: str | None = None, **changed: str) -> str:
    """Return an address with the present conditions and some others."""
    asked = {name: it for name, it in (_asked() | changed).items() if it}
    path = url_for(endpoint, export_type=kind) if kind else url_for(endpoint)
    return f"{path}?{urlencode(asked)}" if asked else path


def _by() -> By:
    asked = _asked().get("by", "")
    return By(asked) if asked in set(By) else By.TARGET


def _wanted(by: By | None) -> tuple[Narrowed, str | None]:
    """Read the address; what is wrong with it is said, and left out."""
    asked = _asked()
    days, problem = _days(asked, by)
    numbers = {}
    for name in ("person", "department"):
        given = asked.get(name, "")
        is_number = given.isascii() and given.isdecimal() and len(given) <= LONGEST_ID
        numbers[name] = int(given) if is_number else -1 if given else None
    verdict = asked.get("verdict", "")
    return (
        Narrowed(
            days,
            asked.get("register"),
            asked.get("target"),
            numbers["person"],
            numbers["department"],
            Verdict(verdict) if verdict in set(Verdict) else None,
        ),
        problem,
    )


def _days(asked: dict[str, str], by: By | None) -> tuple[DateRange, str | None]:
    """Return the months that are asked for; without any, the present one."""
    today = visit.now().astimezone(visit.zone()).date()
    usual = _months(today, MONTHS if by is By.MONTH else 1)
    try:
        first = _month(asked["from"]) if "from" in asked else None
        last = _month(asked["to"]) if "to" in asked else None
    except PeriodError:
        said = visit.t("月份请写成 2026-10 这样。", "Write a month as 2026-10.")
        return usual, said
    first = first or last or usual
    last = last or (first if "from" in asked and first.first > usual.first else usual)
    if first.first > last.first:
        said = visit.t(
            "开始月份晚于结束月份，请核对。", "The first month is after the last one."
        )
        return usual, said
    return DateRange(first.first, last.end), None


def _month(text: str) -> DateRange:
    found = parse_period(text)
    if found.kind is not PeriodKind.MONTH:
        raise PeriodError(f"“{text}”不是月份。", f"“{text}” is no month.")
    return found


def _months(today: date, count: int) -> DateRange:
    first = today.replace(day=1)
    end = (first + timedelta(days=31)).replace(day=1)
    for _ in range(count - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return DateRange(first, end)


def _range(wanted: Narrowed) -> dict[str, str]:
    first, last = wanted.days.first, wanted.days.last
    return {"from": f"{first:%Y-%m}", "to": f"{last:%Y-%m}"}


def _narrowed(wanted: Narrowed) -> list[dict[str, str]]:
    """Return the conditions besides the months, each with the way to take it off."""
    is_known = clock_lists.count(
        visit.session(), visit.person(), wanted.criteria(visit.zone()), up_to=1
    )
    found = []
    values = {
        By.TARGET: wanted.target,
        By.PERSON: wanted.holder_id,
        By.DEPARTMENT: wanted.department_id,
        By.REGISTER: wanted.register,
    }
    for by, value in values.items():
        if value is not None:
            # Who or what a number stands for is told only beside clocks of theirs.
            text = board_lines.names(by, [value])[value] if is_known else f"{value}"
            found.append(
                {
                    "name": NAMES[by],
                    "text": text,
                    "value": str(value),
                    "url": _address(request.endpoint or ".index", **{NAMES[by]: ""}),
                }
            )
    return found


def _head(by: By) -> Label:
    return COLUMNS[NAMES[by]][0] if by in NAMES else Label("月份", "Month")


def _title(verdict: Verdict | None) -> str:
    return {
        None: visit.t("时限明细", "Clocks"),
        Verdict.KEPT: visit.t("按时完成", "In time"),
        Verdict.BROKEN: visit.t("逾期明细", "Breaches"),
        Verdict.EXCUSED: visit.t("已剔除的逾期", "Excused breaches"),
        Verdict.RUNNING: visit.t("未到期未完成", "Running"),
        Verdict.BREACHED: visit.t("逾期报告", "Breach report"),
    }[verdict]


def _line(by: By, one: Tally, name: str, wanted: Narrowed) -> dict[str, Any]:
    """Return a line of the board, each figure with the address of its clocks."""
    if one.key is None and name != visit.t("合计", "Total"):
        narrower: dict[str, str] | None = None  # of nobody: no address says so
    elif one.key is None:
        narrower = {}
    elif by is By.MONTH:
        narrower = dict.fromkeys(("from", "to"), f"{one.key:%Y-%m}")
    else:
        narrower = {NAMES[by]: str(one.key)}
    rows = None if narrower is None else _range(wanted) | narrower
    return board_lines.tally(one) | {
        "name": name,
        "urls": {
            verdict: _address(".clocks", **rows, verdict=verdict)
            if rows is not None
            else None
            for verdict in ("", *clock_board.VERDICTS)
        },
    }
