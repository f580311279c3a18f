"""Duties in people's words: figures, periods, verdicts, what is still lacking."""

from collections.abc import Sequence
from decimal import Decimal

from admin import visit
from admin.column_converters import show_instant
from models import catalogue
from models.duties import Duty
from models.duty_standing import Standing
from models.measures import Measure
from models.register import CHOICE, CHOICES
from models.rules.duty_share import HALVES, LEFT_OUT, VERDICT_LABELS, Verdict, worst
from models.rules.formula import PERCENT, UNITS
from models.rules.periods import KIND_LABELS, PeriodKind
from models.words import Label

# Colours of the pages; a word stands beside each.
TONES = {
    Verdict.MET: "ok",
    Verdict.BEHIND: "warn",
    Verdict.MISSED: "late",
    Verdict.EXCUSED: "plain",
    Verdict.FREE: "plain",
}
UNITS_OF_PERIODS = {
    PeriodKind.DAY: Label("天", "days"),
    PeriodKind.WORKDAY: Label("天", "days"),
    PeriodKind.WEEK: Label("周", "weeks"),
    PeriodKind.FORTNIGHT: Label("个两周", "fortnights"),
    PeriodKind.MONTH: Label("个月", "months"),
}


def word(verdict: Verdict) -> str:
    """Return what a verdict is called."""
    return VERDICT_LABELS[verdict].text(visit.language())


def amount(value: Decimal | None, measure: Measure) -> str:
    """Return a figure as people read it."""
    if value is None:
        return "–"
    if UNITS[measure.unit] == PERCENT:
        return f"{(value * 100).normalize():f}%"
    return f"{value.normalize():,f}"


def asked(duty: Duty, measure: Measure) -> str:
    """Return what a duty asks for in one period."""
    t, parts = visit.t, []
    if duty.at_least is not None:
        least = amount(duty.at_least, measure)
        parts.append(t(f"至少 {least}", f"at least {least}"))
    if duty.at_most is not None:
        most = amount(duty.at_most, measure)
        parts.append(t(f"至多 {most}", f"at most {most}"))
    if duty.times is not None:
        parts.append(t("每名下属", "for each subordinate"))
    if duty.each_field is not None:
        field = _field(duty.each_field, measure)
        parts.append(f"{field} ≥ {duty.each_least}")
    if (each := duty.each_entry) is not None:
        parts.append(_each(each.register))
    period = KIND_LABELS[duty.kind].text(visit.language())
    return t("，", ", ").join((period, *parts))


def _each(register: str) -> str:
    """Return that a duty is owed once for each entry of a register."""
    if register not in catalogue.current():
        return visit.t("每条记录", "for each entry")
    title = catalogue.current()[register].title
    return visit.t(f"{title.zh}逐条", f"for each entry of {title.en}")


def _field(name: str, measure: Measure) -> str:
    declared = catalogue.current()[measure.register]
    if not declared.has(name):
        return name
    return declared.field(name).label.text(visit.language())


def done(some: Sequence[Standing], measure: Measure) -> str:
    """Return how one person stands: of several periods, in how many it was met."""
    if len(some) == 1:
        (one,) = some
        figure = amount(one.taken.figure, measure)
        if one.verdict is Verdict.FREE:
            return figure
        if one.owed is not None:
            return f"{figure}/{amount(one.owed, measure)}"
        return figure
    owing = [one for one in some if one.verdict not in LEFT_OUT]
    met = sum(one.verdict is Verdict.MET for one in owing)
    unit = UNITS_OF_PERIODS[some[0].duty.kind].text(visit.language())
    return f"{met}/{len(owing)} {unit}" if owing else "–"


def lacking(one: Standing, measure: Measure) -> str:
    """Return what one period lacks, and what was too short to count."""
    t, parts = visit.t, []
    if one.verdict in (Verdict.BEHIND, Verdict.MISSED) and one.left:
        left = amount(one.left, measure)
        parts.append(t(f"还差 {left}", f"lacks {left}"))
    if one.verdict in (Verdict.BEHIND, Verdict.MISSED) and one.uncovered:
        names = t("、", ", ").join(topics(one.duty, measure, one.uncovered))
        parts.append(t(f"未含 {names}", f"without {names}"))
    if one.owed is None and one.duty.at_most is not None:
        most = amount(one.duty.at_most, measure)
        parts.append(t(f"应不超过 {most}", f"at most {most}"))
    if one.taken.too_short:
        count = len(one.taken.too_short)
        parts.append(t(f"{count} 次太短不计", f"{count} too short"))
    if one.worked < one.planned:
        parts.append(days(one))
    return t("，", ", ").join(parts)


def due(one: Standing) -> str:
    """Return when it is due: the due point, else the last day of the period."""
    if one.duty.due_length is None:
        return one.period.last.isoformat()
    return show_instant(one.due_at, visit.zone())


def days(one: Standing) -> str:
    """Return on how many of the planned days a person worked."""
    worked, planned = (
        f"{(Decimal(halves) / HALVES).normalize():f}"
        for halves in (one.worked, one.planned)
    )
    return visit.t(f"出勤 {worked}/{planned} 天", f"{worked} of {planned} days")


def topics(duty: Duty, measure: Measure, codes: Sequence[str]) -> list[str]:
    """Return what topics are called."""
    declared = catalogue.current()[measure.register]
    name = duty.topics_field or ""
    if not declared.has(name) or declared.field(name).type not in (CHOICE, CHOICES):
        return list(codes)
    labels = {one.value: one.label for one in declared.field(name).options}
    language = visit.language()
    return [labels[one].text(language) if one in labels else one for one in codes]


def together(some: Sequence[Standing]) -> Verdict:
    """Return what several periods of one person come to."""
    return worst(one.verdict for one in some)
