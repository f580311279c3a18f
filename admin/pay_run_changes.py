"""What moved, on a run's page: since the last calculation, and in locked periods."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for

from admin import visit
from admin.column_converters import show_instant
from admin.pay_parts import yuan
from models import access, catalogue, pay_changes, pay_differences
from models.access import Action
from models.amid import among
from models.pay_cause_words import CauseWords
from models.pay_run_tables import PayDifference
from models.pay_signing import kept_slips
from models.pay_tables import PayRun, PaySlip

Entry = tuple[str, int]
"""A register and the id of an entry."""
MOST_SHOWN = 200
"""Lines of either list; the command line prints them all."""


def changes(run: PayRun, slips: Collection[PaySlip]) -> dict[str, Any]:
    """Return what the last calculation changed on the slips that the person sees."""
    seen = {one.staff_id for one in slips}
    found = [
        one for one in pay_changes.last(visit.session(), run) if one.staff_id in seen
    ]
    nothing = visit.t("没有", "none")
    return {
        "count": len(found),
        "lines": [
            {
                "person": one.name,
                "number": one.staff_number,
                "label": one.label.text(visit.language()),
                "before": visit.t(one.before_zh, one.before_en) or nothing,
                "after": visit.t(one.after_zh, one.after_en) or nothing,
                "url": url_for("slips.slip", period=run.period, staff_id=one.staff_id),
            }
            for one in found[:MOST_SHOWN]
        ],
    }


def differences(run: PayRun, slips: Collection[PaySlip]) -> dict[str, Any]:
    """Return the differences of locked periods on the slips that the person sees."""
    seen = {one.staff_id for one in slips}
    session = visit.session()
    found = [
        one for one in pay_differences.of_run(session, run) if one.staff_id in seen
    ]
    shown = found[:MOST_SHOWN]
    words = CauseWords(session, visit.language(), visit.zone())
    readable = _readable(shown)
    return {
        "count": len(found),
        "total": yuan(sum((one.amount for one in found), pay_differences.NOTHING)),
        "lines": [_difference(run, one, words, readable) for one in shown],
    }


def _difference(
    run: PayRun, one: PayDifference, words: CauseWords, readable: set[Entry]
) -> dict[str, Any]:
    told = [cause for cause in one.causes if _is_told(cause, readable)]
    more = one.more_causes + len(one.causes) - len(told)
    return {
        "month": one.period,
        "person": one.name,
        "number": one.staff_number,
        "label": one.label.text(visit.language()),
        "paid": yuan(one.locked + one.settled),
        "now": yuan(one.now),
        "amount": f"{one.amount:+,.2f}",
        "causes": [
            {"text": words.said(cause), "url": _entry_url(cause)} for cause in told
        ],
        "more": words.every((), more),
        "url": url_for("slips.slip", period=run.period, staff_id=one.staff_id),
    }


def _readable(found: Sequence[PayDifference]) -> set[Entry]:
    """Return the changed entries that the person may list, those in the bin too."""
    person, known = visit.person(), catalogue.current()
    ids: dict[str, set[int]] = defaultdict(set)
    for one in found:
        for cause in one.causes:
            if cause["what"] == "entry" and cause["register"] in known:
                ids[cause["register"]].add(cause["entry_id"])
    readable = set()
    for register, keys in ids.items():
        column = known.table(register).c.id
        for binned in (False, True):
            query = access.visible(person, register, binned=binned)
            query = query.where(among(column, keys)).with_only_columns(column)
            readable |= {(register, key) for key in visit.session().scalars(query)}
        if access.sees_every_row(person, known[register], Action.LIST):
            readable |= {(register, key) for key in keys}  # those deleted as well
    return readable


def _is_told(cause: dict[str, Any], readable: set[Entry]) -> bool:
    is_entry = cause["what"] == "entry"
    return not is_entry or (cause["register"], cause["entry_id"]) in readable


def _entry_url(cause: dict[str, Any]) -> str | None:
    """Return where the changed entry is read, if it still is somewhere."""
    register = cause.get("register")
    if register is None or cause["action"] in ("deleted", "binned"):
        return None
    if not visit.person().may(register, Action.READ):
        return None
    return url_for("register.details_view", register=register, id=cause["entry_id"])


def kept(run: PayRun, slips: Collection[PaySlip]) -> list[dict[str, Any]]:
    """Return the slips as they were before the run was unlocked, by unlocking."""
    seen = {one.staff_id for one in slips}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in kept_slips(visit.session(), run):
        if one.staff_id not in seen:
            continue
        at = show_instant(one.unlocked_at, visit.zone())
        line = {
            "person": one.name,
            "number": one.staff_number,
            "total": yuan(one.total),
            "lines": [
                {
                    "label": visit.t(item["zh"], item["en"]),
                    "shown": visit.t(item["shown_zh"], item["shown_en"]),
                }
                for item in one.lines
            ],
        }
        found.setdefault(at, []).append(line)
    return [{"at": at, "slips": lines} for at, lines in found.items()]
