"""`taizhang pay export`: a month's sheet as a file, without a browser."""

from pathlib import Path

import click

from admin import exporting, pay_sheets
from admin.listing import Desk
from admin.sheet_writing import Wording
from jobs.pay_commands import OPERATOR
from models import pay_reading, pay_sheet, payroll
from models.opening import Opened
from models.words import PersonError


@click.command("export")
@click.argument("month")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.pass_obj
def export(opened: Opened, month: str, out: Path) -> None:
    """Write the sheet of MONTH to a .xlsx or .csv FILE; the ending says which.

    CSV has the seven columns of the payroll program (BOM, Chinese heads); XLSX has a
    column for each line as well, and a row of sums.
    """
    kind = out.suffix.removeprefix(".").lower()
    if kind not in exporting.TYPES:
        raise PersonError(
            "文件名“{name}”应以 .xlsx 或 .csv 结尾。",
            "The file “{name}” must end in .xlsx or .csv.",
            name=out.name,
        )
    with opened.database.read() as session:
        run = payroll.find_run(session, month)
        slips = pay_reading.slips(session, OPERATOR, run)
        data = (
            pay_sheets.month(session, slips, Wording.of(opened.zone), "zh")
            if kind == "xlsx"
            else pay_sheet.sheet(session, slips).encode("utf-8-sig")
        )
        desk = Desk(OPERATOR, "zh", opened.zone, opened.now())
        said = f"{len(slips)} rows; pay sheet; {kind} period={run.period}"
    # Written down first: a file that nobody knows of is worse than a line too many.
    with opened.database.write() as session:
        exporting.log(session, desk, "", said, None)
    out.write_bytes(data)
    click.echo(f"{out}: {len(slips)} 人。")
