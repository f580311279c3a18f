"""The sheet of a run for the payroll program."""

import csv
import io
from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import references
from models.pay_tables import PaySlip
from models.rules.formula_guard import guard_text


def sheet(session: Session, slips: Sequence[PaySlip]) -> str:
    """Return the sheet for the payroll program as CSV text, one line a person."""
    departments = references.labels(
        session, "department", {one.department_id for one in slips if one.department_id}
    )
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(["工号", "姓名", "部门", "应发", "扣款", "实发绩效", "备注"])
    for one in slips:
        texts = [
            one.staff_number,
            one.name,
            departments.get(one.department_id or 0, ""),
        ]
        figures = [
            "" if figure is None else f"{figure:.2f}"
            for figure in (one.earnings, one.deductions, one.total)
        ]
        remark = f"有 {one.errors} 项没有算出来" if one.errors else ""
        rows.writerow([*(guard_text(text) for text in texts), *figures, remark])
    return out.getvalue()
