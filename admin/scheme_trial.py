"""What a change of a pay scheme would have meant for a month, for those who see pay."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import select

from admin import pay_file_pages, pay_looking, scheme_form, visit
from models import pay_comparison, pay_reading, scheme_preview
from models.access import Action, Rows
from models.pay_comparison import Paid
from models.pay_tables import PayRun, PayScheme
from models.rules.periods import (
    PeriodKind,
    parse_period,
    period_of,
    previous_period,
)
from models.words import PersonError

OFFERED = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 6}


def periods(every: str) -> list[tuple[str, str]]:
    """Return the periods that a change can be tried on, the latest first."""
    kind = PeriodKind(every)
    found = [period_of(kind, scheme_form.today())]
    while len(found) < OFFERED[kind]:
        found.append(previous_period(found[-1]))
    return [(one.text, one.label.text(visit.language())) for one in found]


def period(every: str) -> str:
    """Return the period asked for; else the last that was run, else the last whole."""
    offered = [text for text, _ in periods(every)]
    asked = request.form.get("month", "")
    if asked in offered:
        return asked
    run = visit.session().scalars(select(PayRun.period)).all()
    return next((one for one in offered if one in run), offered[1])


def preview(wanted: PayScheme, base: PayScheme | None) -> dict[str, Any]:
    """Return who would have got more or less; see settings/scheme.html."""
    text = period(wanted.every)
    seen = scheme_preview.reader(visit.person())
    if seen is None:
        said = visit.t(
            "您没有查看绩效的权限，所以不能试算；仍可保存。",
            "You may not see pay, so there is no trial; you can save all the same.",
        )
        return {"note": said}
    sees_all = visit.person().rows(pay_reading.SLIPS, Action.LIST) is Rows.ALL
    if not sees_all and scheme_preview.reaches_further(base, wanted):
        said = visit.t(
            "公式用到了现有工资条上没有的数据，试算需要查看全部工资条的权限；仍可保存。",
            "The formulas read what no slip shows now; a trial takes the right to see "
            "all slips. You can save all the same.",
        )
        return {"note": said}
    try:
        was, now = scheme_preview.as_if(visit.session(), wanted, text, visit.zone())
    except PersonError as error:
        return {"note": error.text(visit.language())}
    before, after = (
        [one for one in pay_comparison.reckoned(some) if seen(one)]
        for some in (was, now)
    )
    pay_looking.at_trial(text, len({one.staff_id for one in (*before, *after)}))
    return _shown(text, before, after)


def _shown(text: str, before: Sequence[Paid], after: Sequence[Paid]) -> dict[str, Any]:
    t = visit.t
    found = pay_comparison.compare(before, after)
    total = pay_file_pages.in_all(found)
    label = parse_period(text).label.text(visit.language())
    gains = [one for one in found if one.total.change > 0]
    loses = [one for one in found if one.total.change < 0]
    return {
        "label": t(f"{label}试算", f"Had it held in {label}"),
        "figures": [
            (t("计薪人数", "People"), str(len(after))),
            (t("增加", "Gain"), str(len(gains))),
            (t("减少", "Lose"), str(len(loses))),
            (t("合计增减", "In all"), f"{total.change:+,.2f}"),
        ],
        "people": [pay_file_pages.person_shown(one) for one in found],
        "total": pay_file_pages.changed_shown(total),
        "errors": _errors(after),
        "note": t(
            "按这个月现在的登记，用现行方案和改后的方案各算一遍。还没有保存。",
            "The month's entries of now, by the present rules and by these. Nothing "
            "is saved yet.",
        ),
    }


def _errors(after: Sequence[Paid]) -> str | None:
    wrong = [one.name for one in after if one.total is None]
    if not wrong:
        return None
    names = "、".join(wrong[:10])
    return visit.t(
        f"{len(wrong)} 人有项目算不出来：{names}。",
        f"Lines of {len(wrong)} people cannot be reckoned: {names}.",
    )


def takes_over(wanted: PayScheme, versions: Sequence[PayScheme]) -> str | None:
    """Say that a later version there is already takes over on its day."""
    later = [one for one in versions if one.starts_on > wanted.starts_on]
    if not later:
        return None
    first: date = min(one.starts_on for one in later)
    one = next(it for it in later if it.starts_on == first)
    return visit.t(
        f"已有第 {one.version} 版从 {first} 起用，到那天仍由它接替。",
        f"Version {one.version} takes over on {first}, as it is.",
    )
