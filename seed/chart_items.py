"""Charts as items of a template, and whether they make sense."""

from collections.abc import Iterator
from typing import Any

from models.chart_checks import wrong_keys
from models.charts import Chart
from models.words import Label
from seed.chart_stanzas import ChartStanza
from seed.items import CodedItem, plainly
from seed.template import Template
from seed.template_error import Fault


class ChartItem(CodedItem):
    """A chart; it shows everybody their own rows."""

    kind = "chart"
    kind_label = Label("图表", "chart")
    table = Chart


def chart_values(stanza: ChartStanza, position: int) -> dict[str, Any]:
    """Return the columns of a chart."""
    figures = [
        {
            "zh": one.title.zh,
            "en": one.title.en,
            **one.model_dump(exclude={"title"}, exclude_none=True),
        }
        for one in stanza.figures
    ]
    return {
        "name_zh": stanza.title.zh,
        "name_en": stanza.title.en,
        "position": position,
        "kind": stanza.kind,
        "register": stanza.register_,
        "date_field": stanza.date_field,
        "axis": stanza.axis,
        "series": stanza.series,
        "figures": figures,
        "condition": stanza.condition,
        "targets": list(stanza.targets),
        "months": stanza.months,
        "previous": stanza.previous,
        "mark": stanza.mark,
        "most": stanza.most,
    }


def chart_of(stanza: ChartStanza) -> Chart:
    """Return a chart that was never saved."""
    return Chart(code=stanza.code, **chart_values(stanza, 0))


def chart_item(stanza: ChartStanza, position: int) -> ChartItem:
    """Return a stanza as an item."""
    values = plainly(chart_values(stanza, position))
    return ChartItem(stanza.code, stanza.title.label, values)


def wrong_charts(template: Template) -> Iterator[Fault]:
    """Yield what keeps the charts of a template from being drawn."""
    targets = {one.stanza.code for one in template.targets}
    for placed in template.charts:
        for key, problem in wrong_keys(chart_of(placed.stanza), targets):
            at = key if getattr(placed.stanza, key, None) is not None else "code"
            yield placed.fault(problem, at)
