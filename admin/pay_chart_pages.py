"""Charts of pay: departments over periods, how a period is spread, who changed most."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, url_for
from flask import render_template as render
from flask.typing import ResponseReturnValue

from admin import pay_looking, visit
from admin.pay_parts import exports_runs, find, gate, sees_runs, yuan
from models import pay_comparison, pay_history, pay_reading
from models.pay_comparison import Difference
from models.pay_tables import PayRun, PaySlip
from models.rules.pay_spread import median, spread
from models.rules.periods import parse_period

blueprint = Blueprint("pay_charts", __name__, url_prefix="/pay")
blueprint.before_request(gate)
PERIODS = 12
MOST_CHANGED = 10
Card = dict[str, Any]


@blueprint.get("/<period>/charts/")
def charts(period: str) -> ResponseReturnValue:
    """Show a run as charts, each beside its table, of the slips that one may read."""
    if not sees_runs():
        abort(403)
    run = find(period)
    session, person = visit.session(), visit.person()
    slips = pay_reading.slips(session, person, run)
    pay_looking.at_sheet(run, slips, "charts ")
    label = _label(run.period)
    return render(
        "pay/charts.html",
        page_title=visit.t(f"{label} 绩效图表", f"Pay of {label} in charts"),
        crumbs=[
            {
                "label": visit.t(f"{label} 绩效核算", f"Pay run of {label}"),
                "url": url_for("pay.run", period=run.period),
            }
        ],
        cards=[_departments(run), _spread(run, slips), _changes(run, slips)],
    )


def _label(period: str) -> str:
    return parse_period(period).label.text(visit.language())


def _card(code: str, title: str, span: str, head: str, heads: list[str]) -> Card:
    return {
        "code": code,
        "title": title,
        "span": span,
        "head": head,
        "heads": heads,
        "is_wide": False,
        "stays": not exports_runs(),
        "export_url": None,
    }


def _cells(texts: Sequence[str], url: str | None = None) -> list[dict[str, Any]]:
    return [{"text": text, "url": url} for text in texts]


def _picture(title: str, labels: list[str], series: list[Any], **more: Any) -> Any:
    usual = {"kind": "bars", "title": title, "labels": labels, "series": series}
    return usual | {"sideways": False, "mark": None} | more


def _series(name: str, values: list[float], urls: list[str], stack: str = "") -> Any:
    return {
        "name": name,
        "type": "bar",
        "stack": stack or None,
        "share": False,
        "dots": False,
        "values": values,
        "urls": urls,
    }


def _departments(run: PayRun) -> Card:
    """Return what each department was paid, this period and those before."""
    t, language = visit.t, visit.language()
    paid = pay_history.by_department(visit.session(), visit.person(), run, PERIODS)
    title = t("各部门实发绩效", "Paid by department")
    names = {key: label.text(language) for key, label in paid.departments.items()}
    labels = [_label(one) for one in paid.periods]
    urls = [url_for("pay.run", period=one) for one in paid.periods]
    zero = Decimal("0.00")
    series = [
        _series(
            name,
            [float(paid.amounts.get((one, key), zero)) for one in paid.periods],
            urls,
            "paid",
        )
        for key, name in names.items()
    ]
    span = f"{labels[0]} – {labels[-1]}" if labels else ""
    heads = [*names.values(), t("合计", "Total")]
    card = _card("departments", title, span, t("期间", "Period"), heads)
    sums = [
        sum((paid.amounts.get((one, key), zero) for one in paid.periods), zero)
        for key in names
    ]
    return card | {
        "is_wide": True,
        "picture": _picture(title, labels, series) if labels else None,
        "rows": [
            {
                "label": label,
                "cells": _cells(
                    [
                        *(yuan(paid.amounts.get((one, key))) or "–" for key in names),
                        yuan(paid.of_period(one)),
                    ],
                    url,
                ),
            }
            for one, label, url in zip(paid.periods, labels, urls, strict=True)
        ],
        "total": {
            "label": t("合计", "Total"),
            "cells": _cells([*map(yuan, sums), yuan(sum(sums, zero))]),
        },
    }


def _spread(run: PayRun, slips: Sequence[PaySlip]) -> Card:
    """Return how many people get how much."""
    t = visit.t
    totals = [one.total for one in slips if one.total is not None]
    ranges = spread(totals)
    title = t("实发绩效分布", "How pay is spread")
    labels = [f"{one.low:,.0f}–{one.high:,.0f}" for one in ranges]
    middle = yuan(median(totals))
    span = (
        t(
            f"{min(totals):,.2f}–{max(totals):,.2f} · 中位 {middle}",
            f"{min(totals):,.2f}–{max(totals):,.2f} · median {middle}",
        )
        if totals
        else _label(run.period)
    )
    people = t("人数", "People")
    counts = [float(one.people) for one in ranges]
    card = _card("spread", title, span, t("实发绩效（元）", "Paid (yuan)"), [people])
    return card | {
        "picture": _picture(title, labels, [_series(people, counts, [])])
        if ranges
        else None,
        "rows": [
            {"label": label, "cells": _cells([str(one.people)])}
            for label, one in zip(labels, ranges, strict=True)
        ],
        "total": {
            "label": t("合计", "Total"),
            "cells": _cells([str(len(totals))]),
        },
    }


def _changes(run: PayRun, slips: Sequence[PaySlip]) -> Card:
    """Return who got most more or less than in the period before."""
    t, session = visit.t, visit.session()
    before = pay_comparison.run_before(session, run)
    earlier = (
        pay_reading.slips(session, visit.person(), before) if before is not None else []
    )
    found = [
        one
        for one in pay_comparison.compare(
            pay_comparison.kept(earlier), pay_comparison.kept(slips)
        )
        if one.total.change
    ]
    most = sorted(found, key=_by_change)[:MOST_CHANGED] if before is not None else []
    title = t("比上期增减最多", "Changed most")
    change = t("增减", "Change")
    heads = [t("上期", "Before"), t("本期", "Now"), change]
    span = _label(before.period) if before is not None else t("没有上期", "none before")
    labels = [f"{one.who.name} {one.who.number}" for one in most]
    urls = [_slip_url(run, before, one) for one in most]
    values = [float(one.total.change) for one in most]
    card = _card("changes", title, span, t("姓名", "Name"), heads)
    return card | {
        "picture": _picture(
            title, labels, [_series(change, values, urls)], sideways=True
        )
        if most
        else None,
        "rows": [
            {
                "label": label,
                "cells": _cells(
                    [
                        yuan(one.total.before) or "–",
                        yuan(one.total.after) or "–",
                        f"{one.total.change:+,.2f}",
                    ],
                    url,
                ),
            }
            for one, label, url in zip(most, labels, urls, strict=True)
        ],
        "total": {
            "label": t("合计", "Total"),
            "cells": _cells(["", "", f"{_sum(most):+,.2f}"]),
        },
    }


def _by_change(one: Difference) -> tuple[Decimal, str]:
    return -abs(one.total.change), one.who.number


def _sum(found: Sequence[Difference]) -> Decimal:
    return sum((one.total.change for one in found), Decimal("0.00"))


def _slip_url(run: PayRun, before: PayRun | None, one: Difference) -> str:
    """Return the slip of this period; of the one before where there is none now."""
    is_gone = one.total.after is None and before is not None
    period = before.period if is_gone and before is not None else run.period
    return url_for("slips.slip", period=period, staff_id=one.who.staff_id)
