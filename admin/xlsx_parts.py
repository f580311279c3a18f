"""The fixed parts of an .xlsx file: styles, workbook, relations, content types."""

from collections.abc import Sequence
from html import escape

from admin.sheet_columns import SheetColumn
from models.register import FieldType

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

HEADER_STYLE = 1
FIRST_OWN_FORMAT = 164  # numbers below are Excel's own
LONGEST_SHEET_NAME = 31

_FORMATS: dict[FieldType, str] = {
    FieldType.INTEGER: "0",
    FieldType.MONEY: "#,##0.00",
    FieldType.DATE: "yyyy-mm-dd",
    FieldType.INSTANT: "yyyy-mm-dd hh:mm:ss",
    FieldType.TIME: "hh:mm:ss",
    FieldType.DURATION: "[h]:mm:ss",
}


def number_format(column: SheetColumn) -> str | None:
    """Return Excel's number format of a column; None for texts."""
    if column.type is FieldType.DECIMAL:
        return "0." + "0" * column.places if column.places else "0"
    return _FORMATS.get(column.type)


def styles(columns: Sequence[SheetColumn]) -> tuple[str, list[int]]:
    """Return the styles part and each column's style: 0 for texts, 1 is the header."""
    wanted = [number_format(column) for column in columns]
    formats = list(dict.fromkeys(one for one in wanted if one))
    own = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>'
        for number, code in enumerate(formats, FIRST_OWN_FORMAT)
    )
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0"'
        ' applyNumberFormat="1"/>'
        for number in range(FIRST_OWN_FORMAT, FIRST_OWN_FORMAT + len(formats))
    )
    plain = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
    part = (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        f'<numFmts count="{len(formats)}">{own}</numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="等线"/></font>'
        '<font><b/><sz val="11"/><name val="等线"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/>'
        "</border></borders>"
        f'<cellStyleXfs count="1">{plain}/></cellStyleXfs>'
        f'<cellXfs count="{2 + len(formats)}">{plain} xfId="0"/>'
        f'{plain.replace(_PLAIN_FONT, _BOLD_FONT)} xfId="0" applyFont="1"/>{cells}'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"'
        ' builtinId="0"/></cellStyles></styleSheet>'
    )
    if not formats:
        part = part.replace('<numFmts count="0"></numFmts>', "")
    return part, [formats.index(one) + 2 if one else 0 for one in wanted]


_PLAIN_FONT, _BOLD_FONT = 'fontId="0"', 'fontId="1"'


def sheet_start(widths: Sequence[int]) -> str:
    """Return a sheet's XML up to its first row: header kept in view, widths."""
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths, start=1)
    )
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView'
        ' workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
        ' state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>'
    )


SHEET_END = "</sheetData></worksheet>"

PACKAGE_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)


def workbook(names: Sequence[str]) -> str:
    """Return the workbook part with its sheets in order."""
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, start=1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews>'
        f"<workbookView/></bookViews><sheets>{sheets}</sheets></workbook>"
    )


def workbook_relations(sheets: int) -> str:
    """Return the relations of the workbook part: sheets first, then the styles."""
    parts = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet"'
        f' Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{parts}<Relationship'
        f' Id="rId{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )


def content_types(sheets: int) -> str:
    """Return the part that says what every other part is."""
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml"'
        f' ContentType="{_TYPES}.worksheet+xml"/>'
        for n in range(1, sheets + 1)
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{relations}"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>'
        f"{parts}</Types>"
    )


def sheet_name(name: str, number: int) -> str:
    """Return a name that Excel takes: no signs it forbids, at most 31 characters.

    Excel counts a character outside the basic plane twice.
    """
    clean = "".join("_" if one in r"[]:*?/\\" or one < " " else one for one in name)
    clean = clean.strip("' ") or "Sheet"
    ending = f" ({number})" if number > 1 else ""
    while len(clean.encode("utf-16-le")) // 2 + len(ending) > LONGEST_SHEET_NAME:
        clean = clean[:-1]
    return f"{clean}{ending}"
