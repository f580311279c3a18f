"""The rows behind one figure of a chart, as their register's list is asked for them."""

from admin import visit
from admin.chart_sheets import NOT_SAID
from admin.listing import Behind
from models import chart_figures, charts
from models.charts import ChartError
from models.register import Declaration
from models.rules.periods import PeriodError, PeriodKind, parse_period

_PARTS = 6  # "chart", its code, month, figure, key of the axis, key of the series


def given(declared: Declaration, asked: str) -> Behind:
    """Read what an address asks for.

    Raises:
        ChartError: There is no such figure on a chart that the person may see.
    """
    parts = asked.split(".", _PARTS - 1)
    if len(parts) < _PARTS or not parts[3].isdecimal():
        raise _no_such_figure()
    _, code, month, place, *keys = parts
    chart = charts.by_code(visit.session(), code)
    figures = chart.taken
    is_other = chart.register != declared.code or len(place) > 1
    if is_other or int(place) >= len(figures):
        raise _no_such_figure()
    if chart_figures.hidden_from(visit.person(), chart):
        raise _no_such_figure()
    said = dict(zip(("axis", "series"), keys, strict=True))
    said = {name: key for name, key in said.items() if key != NOT_SAID}
    try:
        period = parse_period(month)
        if period.kind is not PeriodKind.MONTH:
            raise _no_such_figure()
        ids = chart_figures.ids_behind(
            chart, period, visit.zone(), visit.person(), int(place), said
        )
    except (ValueError, PeriodError) as error:
        raise _no_such_figure() from error
    language = visit.language()
    title = f"{chart.label.text(language)} {month}"
    if len(figures) > 1:
        title += f" · {figures[int(place)].label.text(language)}"
    return Behind(asked, title, ids, (declared.code,))


def _no_such_figure() -> ChartError:
    return ChartError("图表上没有这个数。", "There is no such figure on a chart.")
