"""Limits over several entries: how many swaps a month, how many days in a row.

A limit is reckoned from the entries in the database, days by days, in one statement,
and from the rows of the batch that are not there yet. Only what makes a figure worse is
refused: a remark on an entry of last year never meets a limit of today. Registers
without limits ask nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import computing, limit_locks, references
from models.checking import Problem
from models.entry_errors import EntryRefusedError
from models.limit import Limit
from models.limit_figures import (
    Broken,
    Figures,
    Part,
    figures_of,
    kind_of,
    plain,
)
from models.register import Declaration
from models.rules.periods import DateRange, periods_in
from models.words import Label

Row = Mapping[str, Any]
_NOTHING = Part(None, None, counts=False)


def keep(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row] | None,
    afters: Sequence[Row],
    zone: ZoneInfo,
) -> None:
    """Refuse what breaks a limit, now that nobody else can move its figures.

    Raises:
        EntryRefusedError: With a problem for each row that would break one.
    """
    if declared.limits:
        problems = refused(session, declared, befores, afters, zone)
        if problems:
            raise EntryRefusedError(problems)


def refused(
    session: Session,
    declared: Declaration,
    befores: Sequence[Row] | None,
    afters: Sequence[Row],
    zone: ZoneInfo,
    *,
    locks: bool = True,
) -> list[Problem]:
    """Return a problem for each row that would break a limit which refuses.

    Args:
        session: A writing one with `locks`; then nobody else moves the same figures
            until it ends.
        declared: The register.
        befores: The entries that the rows change; None for new ones.
        afters: The rows as they would be saved.
        zone: In which an instant is of a day.
        locks: No for a rehearsal, which writes nothing.
    """
    problems = []
    for limit in declared.limits:
        if not limit.warns:
            moves = _moves(session, declared, limit, befores, afters, zone)
            for place, broken in _breaking(session, declared, moves, zone, locks=locks):
                said = _told(session, declared, broken)
                problems.append(Problem(limit.told_at, said, place))
    return problems


def warnings(
    session: Session, declared: Declaration, ids: Sequence[int], zone: ZoneInfo
) -> list[Label]:
    """Return a sentence for each limit that only warns and that entries are over."""
    found = []
    for limit in declared.limits:
        if not limit.warns:
            continue
        rows = references.fetch(session, declared.code, ids, _names(limit))
        parts = _parts(session, declared, limit, list(rows.values()), zone)
        moved = [one for one in parts if one.of is not None and one.is_placed(limit)]
        if moved:
            figures = figures_of(session, declared, limit, moved, zone)
            broken = [it for one in moved if (it := figures.broken(one))]
            found += [_told(session, declared, one) for one in dict.fromkeys(broken)]
    return found


def standing(
    session: Session,
    declared: Declaration,
    limits: Sequence[Limit],
    of: Sequence[int],
    within: DateRange,
    zone: ZoneInfo,
) -> dict[int, list[Broken]]:
    """Return what each one is over in some days, each limit once, where it is first."""
    found: dict[int, dict[str, Broken]] = {one: {} for one in of}
    for limit in limits:
        asked = _days(limit, within)
        parts = [Part(one, day, counts=True) for one in of for day in asked]
        figures = figures_of(session, declared, limit, parts, zone)
        for part in parts:
            if broken := figures.broken(part):
                found[broken.of].setdefault(limit.name, broken)
    return {one: [*said.values()] for one, said in found.items()}


def _days(limit: Limit, within: DateRange) -> list[date]:
    """Return a day of each figure that lies in a range."""
    kind = kind_of(limit)
    if limit.in_a_row:
        return list(within.dates())
    if kind is None:
        return [within.first]
    return [max(one.first, within.first) for one in periods_in(kind, within)]


def allowances(
    session: Session, declared: Declaration, values: Row, zone: ZoneInfo
) -> list[Label]:
    """Return what is left to whom a form is about, of each allowance."""
    said = []
    for limit in declared.limits:
        whom = values.get(limit.of)
        if limit.within is None or not isinstance(whom, int):
            continue
        part = Part(whom, None, counts=True)
        most, used = figures_of(session, declared, limit, [part], zone).left(whom)
        who = _called(session, declared, limit, whom)
        left, message = plain(most - used), limit.message
        zh = f"可用 {plain(most)}，已用 {plain(used)}，还剩 {left}"
        en = f"{plain(most)} to use, {plain(used)} used, {left} left"
        said.append(Label(f"{who}：{zh}。{message.zh}", f"{who}: {en}. {message.en}"))
    return said


@dataclass(frozen=True, slots=True)
class _Moves:
    """What the rows of a batch do to one limit."""

    limit: Limit
    befores: Sequence[Part]
    afters: Sequence[Part]
    ids: Sequence[int]  # of the entries that the rows change

    def worse(self) -> list[int]:
        """Return the places of the rows that move the limit's figure towards it."""
        pairs = enumerate(zip(self.befores, self.afters, strict=True))
        return [place for place, (old, new) in pairs if self._is_worse(old, new)]

    def _is_worse(self, old: Part, new: Part) -> bool:
        if new.of is None or not new.is_placed(self.limit):
            return False
        if self.limit.least is not None and old != new:
            return True
        if not new.counts:
            return False
        same = old.counts and old.place(self.limit) == new.place(self.limit)
        return not same or new.amount > old.amount


def _moves(
    session: Session,
    declared: Declaration,
    limit: Limit,
    befores: Sequence[Row] | None,
    afters: Sequence[Row],
    zone: ZoneInfo,
) -> _Moves:
    new = _parts(session, declared, limit, afters, zone)
    if befores is None:
        return _Moves(limit, [_NOTHING] * len(new), new, ())
    old = _parts(session, declared, limit, befores, zone)
    return _Moves(limit, old, new, [row["id"] for row in befores])


def _breaking(
    session: Session,
    declared: Declaration,
    moves: _Moves,
    zone: ZoneInfo,
    *,
    locks: bool,
) -> Iterator[tuple[int, Broken]]:
    """Yield the rows that break the limit, each once, as if the others were saved."""
    worse, limit = moves.worse(), moves.limit
    if not worse:
        return
    moved = [moves.afters[place] for place in worse]
    if locks:
        limit_locks.take(session, declared.code, limit, [one.of for one in moved])
    figures = figures_of(session, declared, limit, moved, zone, without=moves.ids)
    for part in moves.afters:
        figures.add(part)
    last = {moves.afters[place].place(limit): place for place in worse}
    over = {
        broken: place
        for place in last.values()
        if (broken := figures.broken(moves.afters[place]))
    }
    if limit.least is not None:
        yield from ((place, broken) for broken, place in over.items())
    elif over:
        yield from _one_by_one(figures, [(at, moves.afters[at]) for at in worse])


def _one_by_one(
    figures: Figures, parts: Sequence[tuple[int, Part]]
) -> Iterator[tuple[int, Broken]]:
    """Yield the parts that go too far, as they come; they do not count for others."""
    for _, part in parts:
        figures.add(part, -1)
    for place, part in parts:
        figures.add(part)
        if broken := figures.broken(part):
            yield place, broken
            figures.add(part, -1)


def _names(limit: Limit) -> list[str]:
    own = computing.names_of((limit.when,)) if limit.when else ()
    names = (limit.of, limit.by, limit.sum, *own)
    return list(dict.fromkeys(one for one in names if one is not None))


def _parts(
    session: Session,
    declared: Declaration,
    limit: Limit,
    rows: Sequence[Row],
    zone: ZoneInfo,
) -> list[Part]:
    texts = [one for one in (limit.when, limit.sum) if one]
    found = computing.contexts(session, declared, rows, texts, zone)
    return [
        Part(
            row.get(limit.of),
            day_of(row.get(limit.by) if limit.by else None, zone),
            counts=limit.when is None or computing.holds(limit.when, context),
            amount=computing.number(limit.sum, context) if limit.sum else Decimal(1),
        )
        for row, context in zip(rows, found, strict=True)
    ]


def _told(session: Session, declared: Declaration, broken: Broken) -> Label:
    """Say which limit is broken, by whom, and by how much."""
    who = _called(session, declared, broken.limit, broken.of)
    return Label(f"{who}：{broken.label.zh}", f"{who}: {broken.label.en}")


def _called(session: Session, declared: Declaration, limit: Limit, whom: int) -> str:
    register = declared.field(limit.of).refers_to or ""
    return references.labels(session, register, [whom]).get(whom, "")


def day_of(value: Any, zone: ZoneInfo) -> date | None:
    """Return the day of a date or an instant, at the desk."""
    moved = value.astimezone(zone).date() if hasattr(value, "astimezone") else value
    return moved if isinstance(moved, date) else None
