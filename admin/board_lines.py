"""Lines of the board of time limits, and the clocks behind them, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for

from admin import visit
from admin.clock_words import length
from admin.column_converters import show_instant
from models import catalogue, clock_board, clock_notes, references, target_versions
from models.clock_board import By, Tally, Verdict
from models.clock_lists import ClockLine
from models.clock_table import Clock, ClockNote
from models.excuses import Doing
from models.register import DURATION, INSTANT, TEXT, FieldType
from models.words import Label

NOBODY = Label("（空）", "(none)")
HARD, SOFT = Label("必须", "hard"), Label("力争", "aim")
VERDICTS: Mapping[Verdict, tuple[Label, str]] = {
    Verdict.KEPT: (Label("按时", "in time"), "ok"),
    Verdict.BROKEN: (Label("逾期", "late"), "late"),
    Verdict.EXCUSED: (Label("逾期已剔除", "late, excused"), "calm"),
    Verdict.RUNNING: (Label("进行中", "running"), "info"),
}
COLUMNS: Mapping[str, tuple[Label, FieldType]] = {
    "number": (Label("单号", "No."), TEXT),
    "register": (Label("台账", "Register"), TEXT),
    "target": (Label("时限要求", "Target"), TEXT),
    "hard": (Label("必须/力争", "Hard or aim"), TEXT),
    "person": (Label("经办人", "Holder"), TEXT),
    "department": (Label("部门", "Department"), TEXT),
    "started_at": (Label("起算", "Started"), INSTANT),
    "due_at": (Label("到期", "Due"), INSTANT),
    "met_at": (Label("完成", "Done"), INSTANT),
    "verdict": (Label("结果", "Verdict"), TEXT),
    "late_by": (Label("超时", "Late by"), DURATION),
    "explanation": (Label("说明", "Explanation"), TEXT),
    "excused_by": (Label("剔除人", "Excused by"), TEXT),
    "because": (Label("剔除理由", "Excused because"), TEXT),
}


def names(by: By, keys: Sequence[Any]) -> dict[Any, str]:
    """Return what the keys of a board's lines are called."""
    language, session = visit.language(), visit.session()
    wanted = [key for key in keys if key is not None]
    found: dict[Any, str] = {None: NOBODY.text(language)}
    known = catalogue.current()
    match by:
        case By.MONTH:
            found |= {one: f"{one:%Y-%m}" for one in wanted}
        case By.REGISTER:
            found |= {
                one: known[one].title.text(language) for one in wanted if one in known
            }
        case By.TARGET:
            labels = target_versions.labels(session, wanted)
            found |= {one: label.text(language) for one, label in labels.items()}
        case By.PERSON:
            found |= references.labels(session, "staff", wanted)
        case By.DEPARTMENT:
            found |= references.labels(session, "department", wanted)
    return {one: found.get(one, str(one)) for one in (*keys, None)}


def tally(one: Tally) -> dict[str, Any]:
    """Return the figures of a line; see desk/board.html."""
    share = round(one.kept * 1000 / one.judged) if one.judged else None
    return {
        "counts": {
            verdict.value: getattr(one, verdict.value)
            for verdict in clock_board.VERDICTS
        },
        "all": one.all,
        "share": None if share is None else f"{share / 10:.1f} %",
        "permille": share,
        "mean": _length(one.mean),
        "most": _length(one.most),
        "late_by": _length(one.late_by),
    }


def values(lines: Sequence[ClockLine]) -> list[dict[str, Any]]:
    """Return clocks as the columns of a file: texts, instants, lengths of time."""
    language, session, now = visit.language(), visit.session(), visit.now()
    people = {line.clock.holder_id for line in lines} - {None}
    places = {line.clock.department_id for line in lines} - {None}
    held = {"staff": people, "department": places}
    called = references.labels_of(session, held)  # type: ignore[arg-type]  # without None
    known = catalogue.current()
    breached = [one.clock.id for one in lines if one.clock.breached_at is not None]
    said = clock_notes.notes_of(session, breached)
    found = []
    for line in lines:
        clock, target = line.clock, line.target
        verdict = _verdict(clock)
        found.append(
            {
                "number": clock.number or f"#{clock.entry_id}",
                "register": known[clock.register].title.text(language),
                "target": target.label.text(language),
                "hard": (HARD if target.hard else SOFT).text(language),
                "person": called["staff"].get(clock.holder_id or 0),
                "department": called["department"].get(clock.department_id or 0),
                "started_at": clock.started_at,
                "due_at": clock.due_at,
                "met_at": clock.met_at,
                "verdict": VERDICTS[verdict][0].text(language),
                "late_by": _late_by(clock, now),
                **_said(clock, said.get(clock.id, ())),
            }
        )
    return found


def _said(clock: Clock, notes: Sequence[ClockNote]) -> dict[str, str | None]:
    """Return what was said about a breach: every explanation, and the last excuse."""
    explained = [one.text for one in notes if one.kind == Doing.EXPLAIN]
    excused = [one.by_name for one in notes if one.kind == Doing.EXCUSE]
    is_excused = clock.excused_at is not None
    return {
        "explanation": "；".join(explained) or None,
        "excused_by": excused[-1] if is_excused and excused else None,
        "because": clock.excused_because if is_excused else None,
    }


def shown(lines: Sequence[ClockLine]) -> list[dict[str, Any]]:
    """Return clocks as a page shows them; see desk/board_clocks.html."""
    zone = visit.zone()
    found = []
    for line, held in zip(lines, values(lines), strict=True):
        clock = line.clock
        moments = {
            name: show_instant(held[name], zone) if held[name] else ""
            for name, (_, type_) in COLUMNS.items()
            if type_ is INSTANT
        }
        tone = VERDICTS[_verdict(clock)][1]
        found.append(
            held
            | moments
            | {
                "late_by": _length(held["late_by"]),
                "verdict": {"text": held["verdict"], "tone": tone},
                "is_hard": line.target.hard,
                "url": url_for(
                    "register.details_view",
                    register=clock.register,
                    id=clock.entry_id,
                    clock=clock.id,
                ),
            }
        )
    return found


def _verdict(clock: Clock) -> Verdict:
    if clock.breached_at is None:
        return Verdict.RUNNING if clock.met_at is None else Verdict.KEPT
    return Verdict.BROKEN if clock.excused_at is None else Verdict.EXCUSED


def _late_by(clock: Clock, now: datetime) -> timedelta | None:
    if clock.breached_at is None:
        return None
    return (clock.met_at or now) - clock.due_at


def _length(span: timedelta | None) -> str:
    return "" if span is None else length(span, visit.language())
