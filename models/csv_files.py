"""CSV files as other programs leave them -> sheets: encoding, delimiter, rows."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePath

from models.rules.sheet_basics import Row, Sheet, SheetError
from models.rules.sheet_signs import unguard_formula

SAMPLE_BYTES = 65_536
SAMPLE_ROWS = 50
DELIMITERS = (",", "\t", ";", "|")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1024**2
_WEB_PAGE = re.compile(
    rb"\s*<(?:!doctype\s+html|html|head|body|table|\?xml)", re.IGNORECASE
)


def csv_sheet(data: bytes, file_name: str, encoding: str | None = None) -> Sheet:
    """Make a sheet of a CSV file; every field of it is a text or None.

    Apostrophes that guard a text from being run as a formula are taken away; those
    before 同上 and its like are left to `table_rows`.

    Args:
        data: The file.
        file_name: Its name, for the sheet's.
        encoding: What a person says it is; None finds out.

    Raises:
        SheetError: No table of texts, an unknown encoding, or quotes that do not end.
    """
    _refuse_other_files(data)
    encoding = encoding or text_encoding(data)
    delimiter = _delimiter(data, encoding)
    # Read once to the end: what is broken is said before any row is taken.
    height = sum(1 for _ in _records(data, encoding, delimiter))
    return Sheet(
        name=PurePath(file_name).stem,
        file_name=file_name,
        height=height,
        read=lambda: _rows(data, encoding, delimiter),
    )


def text_encoding(data: bytes) -> str:
    """Find the encoding: UTF-8, UTF-16, GB18030 (contains GBK) or Big5.

    Raises:
        SheetError: It is none of these.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return encoding
    if wide := _utf16_without_bom(data[:SAMPLE_BYTES]):
        return wide
    fitting = [name for name in ("utf-8", "gb18030", "big5") if _decodes(data, name)]
    if not fitting:
        raise SheetError(
            "看不出文件的文字编码（不是 UTF-8、GBK 或 Big5）。请在 Excel 里打开，另存为"
            "“CSV UTF-8”或 .xlsx 后再试。",
            "The file's encoding is none of UTF-8, GBK and Big5. Open it in Excel, save"
            " it as 'CSV UTF-8' or .xlsx and try again.",
        )
    if fitting[0] == "utf-8" or len(fitting) == 1:
        return fitting[0]
    return _likelier(data[:SAMPLE_BYTES])


def _utf16_without_bom(sample: bytes) -> str | None:
    """Windows' "Unicode text" without its mark: half of the bytes of ASCII are 0."""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) * 8 < len(sample):
        return None
    # Some Chinese characters have a zero byte as well (一 is 4E00), on the other side.
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(data), _CHUNK):
            decoder.decode(data[at : at + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likelier(sample: bytes) -> str:
    """Tell GBK from Big5, which nearly all decode as either, by common characters.

    Simplified texts use the characters of GB 2312, traditional ones the first level of
    Big5; a text read in the wrong one comes out in rare characters of both.
    """
    chinese = sample.decode("gb18030", "ignore")
    taiwanese = sample.decode("big5", "ignore")
    in_gb = _common(chinese, "gb2312", _ALL_ROWS)
    in_big5 = _common(taiwanese, "big5", _BIG5_FIRST_LEVEL)
    return "big5" if in_big5 > in_gb else "gb18030"


_ALL_ROWS = range(0x100)
_BIG5_FIRST_LEVEL = range(0xA1, 0xC7)  # first bytes of signs and common characters


def _common(text: str, encoding: str, first_bytes: range) -> float:
    """Return the part of the characters beyond ASCII that are common in `encoding`."""
    beyond = [character for character in text if not character.isascii()]
    coded = (character.encode(encoding, "ignore")[:1] for character in beyond)
    common = sum(bool(code) and code[0] in first_bytes for code in coded)
    return common / max(len(beyond), 1)


def _delimiter(data: bytes, encoding: str) -> str:
    """Choose what splits most of the first rows into one same number of fields.

    What splits the very first row goes before what does not: the lines of one long
    text may all have a semicolon, the heads of a file have none.
    """
    sample = data[:SAMPLE_BYTES].decode(encoding, "ignore")

    def fit(delimiter: str) -> tuple[bool, int, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        records = list(islice(reader, SAMPLE_ROWS))
        widths = Counter(map(len, records))
        several = [(count, width) for width, count in widths.items() if width > 1]
        splits_first = bool(records) and len(records[0]) > 1
        return (splits_first, *max(several, default=(0, 0)))

    return max(DELIMITERS, key=fit)


def _records(data: bytes, encoding: str, delimiter: str) -> Iterator[list[str]]:
    text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    # Strict: otherwise a quote that never ends swallows all rows after it in silence.
    records = csv.reader(text, delimiter=delimiter, strict=True)
    row = 0
    try:
        for record in records:
            row += 1
            yield record
    except csv.Error as error:
        raise SheetError(
            "CSV 文件第 {row} 行的引号没有配对（行内的引号应写成两个）。请在 Excel 里"
            "打开核对这一行，另存后再试。",
            "Row {row} of the CSV file has a quote without its pair (a quote inside a"
            " field is written twice). Check this row in Excel, save and try again.",
            row=row + 1,
        ) from error
    except UnicodeError as error:
        raise SheetError(
            "第 {row} 行之后的文字不是 {encoding} 编码。请选择正确的编码，或另存为"
            "“CSV UTF-8”后再试。",
            "The text after row {row} is not in the encoding {encoding}. Choose the"
            " right one, or save the file as 'CSV UTF-8' and try again.",
            row=row,
            encoding=encoding,
        ) from error


def _rows(data: bytes, encoding: str, delimiter: str) -> Iterable[Row]:
    for record in _records(data, encoding, delimiter):
        yield [
            unguard_formula(cell) if cell[:1] == "'" else cell or None
            for cell in record
        ]


def _refuse_other_files(data: bytes) -> None:
    head = data[:SAMPLE_BYTES]
    if _WEB_PAGE.match(head.removeprefix(codecs.BOM_UTF8)):
        raise SheetError(
            "这个文件其实是网页（系统导出时用了 .xls 的名字）。请在 Excel 里打开，另存"
            "为 .xlsx 后再试。",
            "This file is really a web page under the name of a workbook. Open it in"
            " Excel, save it as .xlsx and try again.",
        )
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    binary = b"\0" in head and not wide and _utf16_without_bom(head) is None
    if binary or head.startswith(b"%PDF"):
        raise SheetError(
            "这不是表格文件。可以导入 .xlsx、.xls、.xlsb、.ods 和 .csv。",
            "This is no table. Files that can be imported are .xlsx, .xls, .xlsb, .ods"
            " and .csv.",
        )
