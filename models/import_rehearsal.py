"""The rehearsal: what a save would say of every row; it writes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, limits, pay_hardening
from models.access import Action
from models.amid import among
from models.checking import Problem
from models.collecting import collector_resting
from models.entry_errors import NotAllowedError
from models.history import Writer, plain
from models.import_cells import Reader
from models.import_defaults import filled
from models.import_lines import Line
from models.import_mapping import FileMapping
from models.import_tables import KEYS
from models.preparing import Row, prepare
from models.register import Declaration
from models.sheets import SkippedRow
from models.unchanged import State, state_of
from models.words import Label

Progress = Callable[[str, int, int], None]  # what, done, of how many


@dataclass(slots=True)
class Rehearsal:
    """What would happen: the rows as they would be saved, and those refused."""

    lines: list[Line]
    skipped: list[SkippedRow]
    known: list[Line]  # imported before
    repeated: list[Line]  # exactly as a row above; they are good all the same
    prepared: list[Row]  # one for each good line, in order
    filled: dict[str, int]  # how many of these get a field's default
    writer: Writer  # for whom it was checked, and when
    state: State | None = None  # of all entries, as it found them

    def stands(self, session: Session, writer: Writer) -> bool:
        """Whether another rehearsal of the same lines would find the same."""
        if self.state is None or writer != self.writer:
            return False
        return state_of(session) == self.state

    @property
    def good(self) -> list[Line]:
        """The rows that would be saved."""
        known = {id(line) for line in self.known}
        return [
            line for line in self.lines if not line.problems and id(line) not in known
        ]

    @property
    def refused(self) -> list[Line]:
        """The rows with a problem."""
        return [line for line in self.lines if line.problems]


@collector_resting()
def rehearse(
    session: Session,
    register: str,
    lines: list[Line],
    skipped: list[SkippedRow],
    mapping: FileMapping,
    file_hash: str,
    writer: Writer,
    progress: Progress | None = None,
) -> Rehearsal:
    """Check every row as a save would; writes nothing.

    Raises:
        NotAllowedError: The writer may not import into this register.
    """
    if not writer.person.may(register, Action.IMPORT):
        raise NotAllowedError
    state = state_of(session)  # before anything else is read
    declared = catalogue.current()[register]
    tell = progress or (lambda *_: None)
    reader = Reader(declared, mapping)
    for index, line in enumerate(lines):
        reader.read(line)
        if index % 1_000 == 0:
            tell("read", index, len(lines))
    missing = reader.references(session, lines, writer.person)
    for line in lines:
        line.key = _key(line, mapping)
    known = _known(session, register, lines, file_hash)
    seen = {id(line) for line in known}
    fresh = [line for line in lines if not line.problems and id(line) not in seen]
    tell("check", 0, len(fresh))
    prepared, problems = prepare(
        session, declared, [line.values for line in fresh], writer
    )
    to_be_made = {(id(one.line), one.field.name) for one in missing}
    for problem in problems:
        line = fresh[problem.row]
        if (id(line), problem.field) not in to_be_made:
            line.problems.append(problem)
    _refuse_same_keys(fresh, mapping)
    _refuse_over_limits(session, declared, fresh, prepared, writer)
    sound = [line for line in fresh if not line.problems]
    good = [row for line, row in zip(fresh, prepared, strict=True) if not line.problems]
    given = filled(declared, mapping, sound, good)
    repeated = _repeated(lines)
    return Rehearsal(lines, skipped, known, repeated, good, given, writer, state)


def identity(line: Line, file_hash: str) -> str:
    """Return what tells a row from every other: its mapped key, else file and line."""
    if line.key:
        return f"key:{line.key}"
    return f"line:{file_hash}:{line.sheet}:{line.number}"


def _key(line: Line, mapping: FileMapping) -> str | None:
    """Return a row's mapped key; None if there is none or nothing stands in it."""
    held = [line.values.get(one) for one in mapping.key]
    if all(value is None for value in held):
        return None
    return "|".join(str(plain(value)) for value in held)


def _known(
    session: Session,
    register: str,
    lines: Sequence[Line],
    file_hash: str,
) -> list[Line]:
    """Return the lines that came in before, by their identity."""
    identities = [identity(line, file_hash) for line in lines]
    query = select(KEYS.c.identity).where(
        KEYS.c.register == register,
        among(KEYS.c.identity, dict.fromkeys(identities)),
    )
    found = set(session.scalars(query))
    return [line for line, one in zip(lines, identities, strict=True) if one in found]


def _refuse_same_keys(lines: Sequence[Line], mapping: FileMapping) -> None:
    """Refuse a row that has the key of a good one above: only one can be kept."""
    first: dict[str, Line] = {}
    for line in lines:
        key = None if line.problems else line.key
        if key is not None and first.setdefault(key, line) is not line:
            above = first[key]
            why = Label(
                f"标识与工作表“{above.sheet}”第 {above.number} 行相同，只能导入一行。"
                "请改正，或在导入设置里换一个标识。",
                f"Has the key of row {above.number} of sheet “{above.sheet}”; only one"
                " of them can be imported. Mend it, or choose another key.",
            )
            line.problems.append(Problem(mapping.key[0], why))


def _refuse_over_limits(
    session: Session,
    declared: Declaration,
    lines: Sequence[Line],
    rows: Sequence[Row],
    writer: Writer,
) -> None:
    """Refuse the rows that break a limit, were all good ones saved in their order.

    And those that would move figures of a period whose pay is locked.
    """
    if not declared.limits and declared.hardens is None:
        return
    pairs = [pair for pair in zip(lines, rows, strict=True) if not pair[0].problems]
    news = [row for _, row in pairs]
    for problem in pay_hardening.refused(
        session, declared, [None] * len(news), news, writer.zone
    ):
        pairs[problem.row][0].problems.append(problem)
    pairs = [pair for pair in pairs if not pair[0].problems]
    afters = [row for _, row in pairs]
    for problem in limits.refused(
        session, declared, None, afters, writer.zone, locks=False
    ):
        pairs[problem.row][0].problems.append(problem)


def _repeated(lines: Sequence[Line]) -> list[Line]:
    """Return the rows that stand above in every cell alike, kinds included."""
    seen = set()
    repeated = []
    for line in lines:
        cells = line.cells.values()
        key = (*line.cells, *cells, *map(type, cells))
        if key in seen:
            repeated.append(line)
        seen.add(key)
    return repeated
