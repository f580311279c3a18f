"""Damaged, locked, exploding and endless files are refused with the reason."""

import io
import struct
import tracemalloc
from pathlib import Path

import openpyxl
import pytest
import xlwt

from models.sheets import LIMITS, SheetError, SheetLimits, read_workbook
from models.workbook_guard import MEGABYTE
from tests.sheet_files import (
    Rows,
    archive,
    entries,
    one_sheet,
    with_sheet_xml,
    workbook,
)

GOOD = one_sheet([["客户"], ["恒越"]])
BOMB_SIZE = 60 * MEGABYTE


def refusal(data: bytes, limits: SheetLimits = LIMITS) -> str:
    with pytest.raises(SheetError) as caught:
        read_workbook(data, "表.xlsx", limits=limits)
    assert caught.value.text("en")
    return caught.value.text("zh")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "文件是空的"),
        (GOOD[:-200], "已损坏"),
        (GOOD[:600] + b"\x00" * 200 + GOOD[800:], "已损坏"),
        (b"PK\x03\x04" + b"garbage" * 100, "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 2000, "已损坏"),
        (with_sheet_xml(b"<worksheet><sheetData><row"), "已损坏"),
        (archive({"a.txt": b"a"}), "压缩包"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + "EncryptedPackage".encode("utf-16-le"),
            "密码",
        ),
        (b"%PDF-1.7\n", "不是表格文件"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "不是表格文件"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b'a,b\n1,2\n"3,4\n5,6\n', "第 3 行的引号"),
        (b"\xff\xff\x81\x20,\x80\xff\n", "文字编码"),
    ],
    ids=[
        "empty",
        "cut off",
        "overwritten",
        "no archive",
        "no xls",
        "broken xml",
        "another archive",
        "password",
        "pdf",
        "picture",
        "web page",
        "quote without end",
        "no encoding",
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    assert reason in refusal(data)


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with path.open("wb") as file:
        file.truncate(50 * MEGABYTE + 1)
    tracemalloc.start()

    with pytest.raises(SheetError, match="文件有 51 MB，最多 50 MB"):
        read_workbook(path)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEGABYTE


def test_limits_are_settings() -> None:
    assert "最多 0 MB" in refusal(GOOD, limits=SheetLimits(file_bytes=1000))
    assert "解压后" in refusal(GOOD, limits=SheetLimits(unpacked_bytes=1000))


def test_a_zip_bomb_is_refused_by_what_it_claims() -> None:
    bomb = with_sheet_xml(b"<worksheet>" + b" " * BOMB_SIZE)

    assert len(bomb) < MEGABYTE
    assert "解压后超过" in refusal(bomb)


def test_a_zip_bomb_that_claims_to_be_small_is_refused_too() -> None:
    xml = b"<worksheet>" + b" " * BOMB_SIZE
    claimed = len(xml).to_bytes(4, "little")
    bomb = with_sheet_xml(xml)
    assert bomb.count(claimed) == 2
    lying = bomb.replace(claimed, (1000).to_bytes(4, "little"))
    tracemalloc.start()

    message = refusal(lying, limits=SheetLimits(unpacked_bytes=10 * MEGABYTE))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "解压后超过 10 MB" in message
    assert peak < 8 * MEGABYTE


def test_one_stray_cell_far_out_does_not_end_the_process() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.worksheets[0]["A1"] = "客户"
        book.worksheets[0]["XFD1048576"] = " "

    assert "XFD1048576" in refusal(workbook(fill))


def test_formatted_but_empty_cells_far_out_do_no_harm() -> None:
    xml = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData></worksheet>'
    )

    [sheet] = read_workbook(with_sheet_xml(xml), "a.xlsx")

    assert [list(row) for _, row in sheet.rows()] == [[1.0]]


@pytest.mark.parametrize(
    "row",
    [
        b'<row r="1048576"><c><v>1</v></c><c/><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c r='xfd1048576' ><v>1</v></c></row>",
        b'<x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
    ],
)
def test_a_far_cell_is_seen_however_it_is_written(row: bytes) -> None:
    xml = b"<worksheet><sheetData>" + row + b"</sheetData></worksheet>"

    assert "1048576" in refusal(with_sheet_xml(xml))


def test_a_wide_sheet_is_not_taken_for_a_far_one() -> None:
    rows: Rows = [[f"列{n}" for n in range(200)], list(range(200))]

    [sheet] = read_workbook(one_sheet(rows), "a.xlsx")

    assert len(entries(sheet)[0][1]) == 200


ODS = (
    b'<?xml version="1.0"?><office:document-content'
    b' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    b' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    b'<office:body><office:spreadsheet><table:table table:name="S">%s</table:table>'
    b"</office:spreadsheet></office:body></office:document-content>"
)
ODS_CELL = (
    b'<table:table-cell office:value-type="string" table:number-columns-repeated="%d">'
    b"<text:p>x</text:p></table:table-cell>"
)


def ods(rows: bytes) -> bytes:
    manifest = (
        b'<?xml version="1.0"?><manifest:manifest'
        b' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": manifest,
            "content.xml": ODS % rows,
        }
    )


def test_an_opendocument_sheet_is_read_and_its_far_cells_refused() -> None:
    near = b"<table:table-row>" + ODS_CELL % 2 + b"</table:table-row>"
    rows = b'<table:table-row table:number-rows-repeated="%d">'
    far = rows % 30 + ODS_CELL % 50 + b"</table:table-row>"
    farthest = rows % 1_048_576 + ODS_CELL % 16_384 + b"</table:table-row>"

    [sheet] = read_workbook(ods(near), "a.ods")

    assert [list(row) for _, row in sheet.rows()] == [["x", "x"]]
    assert "AX30" in refusal(ods(far), SheetLimits(sheet_cells=1_000))
    assert "无法打开" in refusal(ods(farthest))


def record(kind: int, content: bytes = b"") -> bytes:
    """A record of a binary workbook: its type in one or two bytes, its length."""
    low, high = kind & 0x7F, kind >> 7
    head = bytes([low | 0x80, high]) if high else bytes([low])
    return head + bytes([len(content)]) + content


def xlsb(*cells: tuple[int, int]) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    rows = (
        record(0, struct.pack("<I", row) + bytes(13))
        + record(5, struct.pack("<IId", column, 0, 1.5))
        for row, column in cells
    )
    names = record(156, struct.pack("<II", 0, 1) + text("rId1") + text("表"))
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        b'relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats'
        b'.org/officeDocument/2006/relationships/worksheet"'
        b' Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return archive(
        {
            "xl/workbook.bin": record(131)
            + record(143)
            + names
            + record(144)
            + record(132),
            "xl/_rels/workbook.bin.rels": relation,
            "xl/worksheets/sheet1.bin": record(129)
            + record(148, bytes(16))
            + record(145)
            + b"".join(rows)
            + record(146)
            + record(130),
        }
    )


def test_a_binary_workbook_is_read_and_its_far_cells_refused() -> None:
    [sheet] = read_workbook(xlsb((0, 0), (1, 1)), "a.xlsb")

    assert [list(row) for _, row in sheet.rows()] == [[1.5, ""], ["", 1.5]]
    assert "Ctrl+End" in refusal(xlsb((0, 0), (1_048_575, 16_383)))


def test_a_damaged_xls_that_takes_all_memory_ends_only_its_own_process() -> None:
    book = xlwt.Workbook()
    old = book.add_sheet("a")
    old.write(0, 0, "客户")
    old.write(1, 0, 1.23456789)
    out = io.BytesIO()
    book.save(out)
    # A number, 14 bytes long, in the second row and first column.
    number = struct.pack("<4H", 0x0203, 14, 1, 0)
    far_out = struct.pack("<4H", 0x0203, 14, 0xFFFF, 0xFFFF)
    assert out.getvalue().count(number) == 1

    message = refusal(out.getvalue().replace(number, far_out))

    assert "无法读取" in message
