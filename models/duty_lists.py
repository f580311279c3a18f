"""Standings as pages show them: what was kept stands, the rest is reckoned just now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import duties, duty_verdicts
from models.duties import Duty
from models.duty_figures import Taken
from models.duty_standing import Reckoning, Standing, period_at, periods_of
from models.duty_verdicts import DutyVerdict
from models.rules.duty_share import Verdict
from models.rules.periods import DateRange, Period


def over(
    session: Session,
    span: DateRange,
    now: datetime,
    zone: ZoneInfo,
    *,
    codes: Iterable[str] | None = None,
    only: Sequence[int] | None = None,
) -> dict[str, list[Standing]]:
    """Return by code how people stand with the periods that end within a span.

    Of a duty whose periods are longer than the span it is the one around it.
    """
    known = _known(session, codes)
    wanted = {code: periods_of(some[-1], span) for code, some in known.items()}
    return _standings(session, known, wanted, now, zone, only)


def running(
    session: Session, now: datetime, zone: ZoneInfo, only: Sequence[int]
) -> dict[str, list[Standing]]:
    """Return by code how some people stand with the periods that run today."""
    today = now.astimezone(zone).date()
    known = {
        code: some
        for code, some in _known(session, None).items()
        if any(one.enabled for one in some)
    }
    wanted = {code: [period_at(some[-1], today)] for code, some in known.items()}
    return _standings(session, known, wanted, now, zone, only)


def _known(session: Session, codes: Iterable[str] | None) -> dict[str, list[Duty]]:
    known = duties.versions(session)
    if codes is None:
        return known
    return {code: known[code] for code in codes if code in known}


def _standings(
    session: Session,
    known: Mapping[str, list[Duty]],
    wanted: Mapping[str, Sequence[Period]],
    now: datetime,
    zone: ZoneInfo,
    only: Sequence[int] | None,
) -> dict[str, list[Standing]]:
    every = [one for some in wanted.values() for one in some]
    if not every:
        return {}
    span = DateRange(min(one.first for one in every), max(one.end for one in every))
    reckoning = Reckoning(session, span, zone, now, only)
    kept = duty_verdicts.kept(session, known, span, only)
    judged: dict[int, Duty] = {one.id: one for some in known.values() for one in some}
    found = {}
    for code, versions in known.items():
        reckoned = reckoning.standings(versions, wanted[code])
        found[code] = [
            _as_kept(one, kept.get((code, one.period.text, one.owner.id)), judged)
            for one in reckoned
        ]
    return {code: some for code, some in found.items() if some}


def _as_kept(
    one: Standing, said: DutyVerdict | None, judged: Mapping[int, Duty]
) -> Standing:
    if said is None:
        return one
    return replace(
        one,
        duty=judged.get(said.duty_id, one.duty),
        taken=Taken(
            said.figure,
            tuple(said.counted),
            tuple(said.too_short),
            frozenset(said.covered),
            tuple(said.lacking),
        ),
        owed=said.owed,
        worked=said.worked,
        planned=said.planned,
        verdict=Verdict.EXCUSED if said.excused_at else Verdict(said.verdict),
        kept_at=said.decided_at,
        kept_id=said.id,
        explained_at=said.explained_at,
    )
