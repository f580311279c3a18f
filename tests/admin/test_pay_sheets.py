"""Pay as files: the month for the accountant, and the month beside the one before."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from admin.command_line import main
from models import payroll
from models.accounts import ReadEvent
from models.pay_tables import PayRate, PaySlip
from tests.admin.test_pay_pages import CALL, RATE, paid
from tests.company import NOON, Company, writer

__all__ = ["paid"]


def rows_of(data: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return book.get_sheet_by_index(0).to_python()


def exports(company: Company) -> list[str]:
    with company.database.read() as session:
        query = select(ReadEvent.detail).where(ReadEvent.kind == "export")
        return list(session.scalars(query))


def test_month_has_the_accountants_columns_then_one_a_line_and_a_sum(
    paid: Company,
) -> None:
    answer = paid.client("A01").get("/pay/2026-10/export/xlsx/")

    rows = rows_of(answer.data)
    heads = ["工号", "姓名", "部门", "应发", "扣款", "实发绩效", "备注", "三分之一"]
    assert rows[0] == heads
    assert rows[2] == ["A02", "王敏", "客服部", 0.83, 0.0, 0.83, "", 0.83]
    assert rows[-1] == ["合计 4 人", "", "", 0.83, 0.0, 0.83, "", 0.83]
    assert [row[0] for row in rows[1:-1]] == ["A01", "A02", "A03", "N01"]
    sheet = ZipFile(io.BytesIO(answer.data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>0.83</v>" in sheet
    assert 'state="frozen"' in sheet


def test_name_that_looks_like_a_formula_stays_a_text(paid: Company) -> None:
    with paid.database.write() as session:
        session.execute(update(PaySlip).values(name="=1+1"))

    client = paid.client("A01")
    book = client.get("/pay/2026-10/export/xlsx/").data
    text = client.get("/pay/2026-10/export/csv/").data.decode("utf-8-sig")

    sheet = ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert rows_of(book)[1][1] == "=1+1"
    assert "A02,'=1+1,客服部,0.83,0.00,0.83," in text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_is_written_down(paid: Company, kind: str) -> None:
    paid.client("A01").get(f"/pay/2026-10/export/{kind}/")

    assert exports(paid) == [f"4 rows; pay sheet; {kind} period=2026-10"]


def november(company: Company) -> None:
    """Reckon November: no call for A02, two for A01, each worth three yuan."""
    later = NOON.replace(month=11)
    for _ in range(2):
        company.create("call_log", CALL | {"received_at": later, "first_asked": 1})
    with company.database.write() as session:
        rate = RATE | {"value": "3.00", "starts_on": later.date().replace(day=1)}
        session.add(PayRate(**rate))
        session.flush()
        payroll.calculate(session, "2026-11", writer(company.person("A01")))


def test_comparison_tells_who_gets_more_or_less_than_the_month_before(
    paid: Company,
) -> None:
    november(paid)
    client = paid.client("A01")

    page = client.get("/pay/2026-11/compare/").text
    rows = rows_of(client.get("/pay/2026-11/compare/export/").data)

    assert rows[1:] == [
        ["A01", "林主管", "客服部", "三分之一", 0.0, 2.0, 2.0],
        ["A01", "林主管", "客服部", "实发绩效", 0.0, 2.0, 2.0],
        ["A02", "王敏", "客服部", "三分之一", 0.83, 0.0, -0.83],
        ["A02", "王敏", "客服部", "实发绩效", 0.83, 0.0, -0.83],
    ]
    assert "+2.00" in page
    assert "-0.83" in page
    assert "+1.17" in page  # all who differ
    assert "周工" not in page


def test_first_run_has_nothing_to_compare_with(paid: Company) -> None:
    page = paid.client("A01").get("/pay/2026-10/compare/").text

    assert "没有上期" in page


def test_command_line_writes_the_month_and_its_log(
    paid: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(paid.database.url))
    monkeypatch.setenv("TAIZHANG_DATA_FOLDER", str(tmp_path))
    out = tmp_path / "month.xlsx"

    done = CliRunner().invoke(main, ["pay", "export", "2026-10", "--out", str(out)])
    wrong = CliRunner().invoke(main, ["pay", "export", "2026-10", "--out", "a.pdf"])

    assert done.exit_code == 0, done.output
    rows = rows_of(out.read_bytes())
    assert [row[0] for row in rows[1:]] == [
        "A01",
        "A02",
        "A03",
        "B01",
        "N01",
        "合计 5 人",
    ]
    assert Decimal(str(rows[-1][5])) == Decimal("0.83")
    assert exports(paid) == ["5 rows; pay sheet; xlsx period=2026-10"]
    assert wrong.exit_code == 2
