"""The rows behind one figure of a slip or a chart, as a register's list is asked.

Only whoever may read the slip or see the chart may ask, and sees those rows that they
may list.
"""

from werkzeug.datastructures import MultiDict

from admin import chart_behind, pay_looking, visit
from admin.chart_sheets import BEHIND
from admin.listing import Behind
from admin.pay_parts import may_open
from models import measures, pay_reading, payroll
from models.pay_error import PayError
from models.register import Declaration

ARGUMENT = "behind"
_BETWEEN, _OF_LINE = ".", ":"
_PARTS = 3  # period, person, measure


def word(period: str, staff_id: int, measure: str, line: str) -> str:
    """Return the argument of a list's address: 2026-10.12.man_hours:base."""
    return _BETWEEN.join((period, str(staff_id), measure)) + _OF_LINE + line


def given(declared: Declaration, arguments: MultiDict[str, str]) -> Behind | None:
    """Read what an address asks for; None where it asks for nothing.

    Raises:
        PayError: There is no such figure on a slip that the person may read.
        ChartError: Nor on a chart.
    """
    asked = arguments.get(ARGUMENT, "")
    if not asked:
        return None
    if asked.startswith(BEHIND + _BETWEEN):
        return chart_behind.given(declared, asked)
    parts = asked.split(_BETWEEN, _PARTS - 1)
    if len(parts) < _PARTS or not parts[1].isdecimal():
        raise _no_such_figure()
    period, staff_id = parts[0], int(parts[1])
    code, _, line = parts[2].partition(_OF_LINE)
    session, person = visit.session(), visit.person()
    run = payroll.find_run(session, period)
    slip = pay_reading.slip_of(session, person, run, staff_id)
    may_open(run, staff_id)
    item = pay_reading.reader_of(slip, code, line)
    if item is None:
        raise _no_such_figure()
    measure = measures.by_code(session, [code])[code]
    if measure.register != declared.code:
        raise _no_such_figure()
    pay_looking.at_slips(run, [slip])
    span = pay_reading.days_of(run, item)
    ids, marks = measures.ids_behind(measure, span, visit.zone(), staff_id, person)
    name = measure.label.text(visit.language())
    return Behind(asked, f"{slip.name} {run.period} · {name}", ids, marks)


def _no_such_figure() -> PayError:
    return PayError("这张工资条上没有这个数。", "There is no such figure on that slip.")
