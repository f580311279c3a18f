"""Three public record files, as published, through mapping, rehearsal and import.

What is expected was counted with Python's csv module alone; tests/data/README.md says
where the files come from.
"""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from models import calendars, targets
from models.clock_table import Clock
from models.targets import SlaTarget
from tests.admin.import_desk import DATA, exported, import_file, plain_rows
from tests.clock_desk import CALENDAR, CALENDAR_NAME
from tests.company import NOON, ZONE, Company

NEW_YORK = "nyc311_service_requests.csv"
TAIPEI = "taipei_1999_hotline_202604.csv"
RETAIL = "online_retail_2011-12-05.csv"
TWELVE_HOURS = "%m/%d/%Y %I:%M:%S %p"

COMPLAINTS = {
    "zone": "America/New_York",
    "nothing": ["N/A", "Unspecified"],
    "key": ["external_key"],
    "fields": {
        "external_key": "Unique Key",
        "received_at": {"column": "Created Date", "pattern": TWELVE_HOURS},
        "closed_at": {"column": "Closed Date", "pattern": TWELVE_HOURS},
        "customer_due_at": {"column": "Due Date", "pattern": TWELVE_HOURS},
        "channel": {"constant": "transferred"},
        "origin": {"constant": "referred"},
        "category": {"constant": "other"},
        "category_text": "Complaint Type",
        "content": {"column": "Descriptor", "or_columns": ["Complaint Type"]},
        "measures": "Resolution Description",
        "place": "Incident Address",
        "against_text": "Agency Name",
    },
}
CALLS = {
    "zone": "Asia/Taipei",
    "key": ["external_key"],
    "fields": {
        "external_key": "案件編號",
        "received_at": {"column": "立案日期", "time_column": "立案時間"},
        "content": "派工項目",
        "place": "案件地址",
        "channel": {"constant": "transferred"},
        "category": {"constant": "other"},
        "result": {"constant": "pending"},
    },
}
OPENING = {
    "fields": {
        "kind": {"constant": "盘"},
        "moved_at": {"constant": "2011-12-05 08:00"},
        "to_place": {"constant": "总仓"},
        "item": {"column": "编码", "by": "item_code", "create": {"name": "编码"}},
        "counted": "实盘数",
    }
}
SALES = {
    "zone": "Europe/London",
    "currency": "GBP",
    "fields": {
        "kind": {"constant": "用"},
        "from_place": {"constant": "总仓"},
        "item": {
            "column": "StockCode",
            "by": "item_code",
            "create": {"name": "Description"},
        },
        "quantity": "Quantity",
        "moved_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "document": "InvoiceNo",
        "counterparty": "CustomerID",
        "remark": "Description",
    },
}


def _here(text: str, pattern: str, zone: str) -> str:
    """Return a local time of a zone as the desk's clock and the export show it."""
    if not text:
        return ""
    moment = datetime.strptime(text, pattern).replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _said(*cells: str) -> str:
    """Return the first cell that says something."""
    said = [cell.strip() for cell in cells if cell not in ("", "N/A", "Unspecified")]
    return said[0] if said else ""


def _promise_the_files_own_due_times(company: Company) -> None:
    with company.database.write() as session:
        calendars.save(session, "desk", CALENDAR_NAME, CALENDAR, NOON)
        promise = SlaTarget(
            code="complaint_log.promised",
            name_zh="按承诺办结",
            name_en="Closed as promised",
            register="complaint_log",
            start_field="received_at",
            stop_field="closed_at",
            how_long="value of customer_due_at",
            calendar="desk",
            valid_from=date(2010, 1, 1),
        )
        targets.save(session, promise, NOON)


def test_new_yorks_service_requests_become_complaints(company: Company) -> None:
    _promise_the_files_own_due_times(company)
    data = (DATA / NEW_YORK).read_bytes()
    first = import_file(company, "complaint_log", data, COMPLAINTS)
    assert first.counts == {
        "rows": 2_000,
        "imported": 1_999,
        "refused": 1,
        "known": 0,
        "repeated": 0,
    }
    # Key 19944912, created 2011-03-02, closed "01/01/1900 12:00:00 AM".
    assert first.refused == [
        (1604, "Closed Date", "办结时间早于受理时间，请核对这两个时间。")
    ]

    good = [row for row in plain_rows(NEW_YORK) if row["Unique Key"] != "19944912"]
    with company.database.read() as session:
        clocks = session.scalars(select(Clock)).all()
    late = [one for one in clocks if one.met_at and one.breached_at]
    still_open = [one for one in clocks if not one.met_at and one.breached_at]
    in_time = [one for one in clocks if one.met_at and not one.breached_at]
    no_due = sum(not row["Due Date"] for row in good)
    assert (len(late), len(still_open), len(in_time), no_due) == (304, 42, 1_636, 17)

    back = {row["原系统编号"]: row for row in exported(company, "complaint_log")}
    assert {key: _complaint(row) for key, row in back.items()} == {
        row["Unique Key"]: {
            "受理时间": _here(row["Created Date"], TWELVE_HOURS, "America/New_York"),
            "办结时间": _here(row["Closed Date"], TWELVE_HOURS, "America/New_York"),
            "承诺期限": _here(row["Due Date"], TWELVE_HOURS, "America/New_York"),
            "投诉细类": row["Complaint Type"],
            "内容": _said(row["Descriptor"], row["Complaint Type"]),
            "处理措施": _said(row["Resolution Description"]),
            "地点": _said(row["Incident Address"]),
            "被投诉方": _said(row["Agency Name"]),
            "渠道": "平台转办",
            "状态": "已办结" if row["Closed Date"] else "待回复",
        }
        for row in good
    }

    again = import_file(company, "complaint_log", data, COMPLAINTS)
    assert (again.imported, again.counts["known"]) == (0, 1_999)
    assert len(exported(company, "complaint_log")) == 1_999


def _complaint(row: dict[str, str]) -> dict[str, str]:
    heads = "受理时间 办结时间 承诺期限 投诉细类 内容 处理措施 地点 被投诉方 渠道 状态"
    return {head: row[head] for head in heads.split()}


@pytest.mark.databases("sqlite")
def test_taipeis_hotline_month_becomes_calls(company: Company) -> None:
    data = (DATA / TAIPEI).read_bytes()
    first = import_file(company, "call_log", data, CALLS)
    assert first.counts == {
        "rows": 13_266,
        "imported": 13_266,
        "refused": 0,
        "known": 0,
        "repeated": 0,
    }
    back = {
        row["原系统编号"]: (row["来电时间"], row["内容"], row["地点"])
        for row in exported(company, "call_log")
    }
    assert back == {
        row["案件編號"]: (
            _here(row["立案日期"] + row["立案時間"], "%Y%m%d%H%M%S", "Asia/Taipei"),
            row["派工項目"],
            row["案件地址"].strip(),
        )
        for row in plain_rows(TAIPEI)
    }
    # 2,099 times of day begin with 0, which a reader of numbers would lose.
    assert sum(time[11] == "0" for time, _, _ in back.values()) == 2_099

    again = import_file(company, "call_log", data, CALLS)
    assert (again.imported, again.counts["known"]) == (0, 13_266)


@pytest.mark.databases("sqlite")
def test_retail_lines_move_stock_after_an_opening_count(company: Company) -> None:
    rows = plain_rows(RETAIL)
    sold: Counter[str] = Counter()
    for row in rows:
        sold[row["StockCode"]] += int(row["Quantity"])
    shelf = {code: max(0, sum_) + 5 for code, sum_ in sold.items() if code != "CRUK"}
    company.create("stock_place", {"name": "总仓", "kind": "main"})
    count = "".join(f"{code},{number}\n" for code, number in shelf.items())
    opened = import_file(
        company, "stock_movement", f"编码,实盘数\n{count}".encode(), OPENING
    )
    assert opened.imported == 1_773

    data = (DATA / RETAIL).read_bytes()
    first = import_file(company, "stock_movement", data, SALES)
    assert first.counts == {
        "rows": 5_331,
        "imported": 5_331,
        "refused": 0,
        "known": 0,
        "repeated": 39,
    }

    lines = [row for row in exported(company, "stock_movement") if row["类型"] == "用"]
    assert Counter(map(_sale, lines)) == Counter(
        (
            row["InvoiceNo"],
            row["StockCode"],
            _here(row["InvoiceDate"], "%Y-%m-%d %H:%M:%S", "Europe/London"),
            Decimal(row["Quantity"]),
            Decimal(row["UnitPrice"]),
            row["CustomerID"],
            row["Description"].strip(),
        )
        for row in rows
    )
    assert sum(Decimal(row["数量"]) < 0 for row in lines) == 29
    assert sum(row["外部单据号"].startswith("C") for row in lines) == 26

    items = {row["编码"]: row for row in exported(company, "inventory")}
    assert {code: Decimal(row["总仓数"]) for code, row in items.items()} == {
        code: shelf.get(code, 0) - number for code, number in sold.items()
    }
    # Its one line takes something back; the count did not know it.
    assert items["CRUK"]["名称"] == "CRUK Commission"

    again = import_file(company, "stock_movement", data, SALES)
    assert (again.imported, again.counts["known"]) == (0, 5_331)


def _sale(row: dict[str, str]) -> tuple[str, str, str, Decimal, Decimal, str, str]:
    return (
        row["外部单据号"],
        row["备件"].split()[0],
        row["日期"],
        Decimal(row["数量"]),
        Decimal(row["单价"]),
        row["往来单位"],
        row["备注"],
    )
