"""Checks of limits over several entries, of the month grid and the dispatch board."""

from collections import Counter
from collections.abc import Iterator

from models.limit import EVER, Grid, Limit
from models.register import (
    CHOICE,
    DATE,
    DECIMAL,
    DURATION,
    ENTRY,
    INSTANT,
    INTEGER,
    MONEY,
    PERSON,
    TEXT,
    YES_NO,
    Declaration,
    Field,
    FieldType,
)
from models.register_checks_formulas import asked, wants
from models.register_findings import (
    Codes,
    Finding,
    column_of,
    no_field,
    no_register,
    own_field,
    rule,
)
from models.rules import formula as formulas
from models.words import Label

FIGURES = (INTEGER, DECIMAL, MONEY, DURATION)
MOST_IN_A_ROW = 366
GRID = "grid"
DISPATCH = "dispatch"


@rule("R090")
def limits_are_over_what_is_there(
    codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """A limit names fields that group, place and add up, and sound conditions."""
    for limit in declared.limits:
        place = _place(limit)
        whom = column_of(declared, limit.of)
        if whom is None:
            yield no_field(place, limit.of, declared.code)
        elif whom.refers_to is None:
            yield _unfit(place, limit.of, "须是人员或其他条目", "refer to an entry")
        if limit.by is not None:
            yield from _typed(declared, place, limit.by, (DATE, INSTANT))
        if limit.sum is not None:
            yield from _typed(declared, place, limit.sum, FIGURES)
        if limit.when is not None:
            yield from _condition(codes, declared, place, limit.when)
        yield from _allowance(codes, declared, limit)


def _allowance(codes: Codes, declared: Declaration, limit: Limit) -> Iterator[Finding]:
    """Find what is wrong with the figure of another register that bounds this one."""
    within, place = limit.within, _place(limit)
    if within is None:
        return
    target = codes.get(within.register)
    if target is None:
        yield no_register(place, within.register)
        return
    theirs, ours = column_of(target, within.of), column_of(declared, limit.of)
    if theirs is None:
        yield no_field(place, within.of, target.code)
    elif ours is not None and theirs.refers_to != ours.refers_to:
        yield _unfit(
            place,
            f"{target.code}.{within.of}",
            f"须和 {limit.of} 是同一种条目",
            f"refer to the same register as {limit.of}",
        )
    yield from _typed(target, place, within.sum, FIGURES)
    if within.when is not None:
        yield from _condition(codes, target, place, within.when)


def _condition(
    codes: Codes, declared: Declaration, place: str, text: str
) -> Iterator[Finding]:
    found = list(wants(codes, declared, place, text, formulas.YES_NO))
    yield from found or asked(codes, declared, place, text)


@rule("R091")
def limits_say_one_bound(_codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A limit has a name of its own and bounds that its way of counting can have."""
    named = Counter(one.name for one in declared.limits)
    for name, times in named.items():
        if times > 1:
            yield Finding(
                f"limit {name}",
                Label("名称重复，请改名。", "has another's name; give it its own."),
            )
    for limit in declared.limits:
        wrong = _bounds(limit)
        if wrong is not None:
            yield Finding(_place(limit), wrong)


def _bounds(limit: Limit) -> Label | None:
    """Say what is wrong with a limit's bounds; None if nothing."""
    bounds = [limit.most, limit.least, limit.within]
    ever = limit.per == EVER or limit.by is None
    wrong = None
    if sum(one is not None for one in bounds) != 1:
        wrong = Label(
            "most、least、within 须写且只写一个。",
            "says one of most, least and within, and no more.",
        )
    elif limit.in_a_row and not _counts_days(limit):
        wrong = Label(
            f"in_a_row 要有 by 和 most（1 到 {MOST_IN_A_ROW} 的整数），不能有 sum。",
            f"with in_a_row says by and most, a whole number from 1 to "
            f"{MOST_IN_A_ROW}, and no sum.",
        )
    elif limit.least is not None and ever:
        wrong = Label(
            "least 要有 by 和周期，排满才能判断。",
            "with least says by and a period, which can be filled.",
        )
    elif limit.within is not None and not ever:
        wrong = Label(
            "within 是全部累计，请写 per: ever。",
            "with within counts for ever; say per: ever.",
        )
    elif limit.by is None and limit.per != EVER:
        wrong = Label(
            "没有 by 就没有周期，请写 by，或写 per: ever。",
            "has no by, so no period: say by, or per: ever.",
        )
    return wrong


def _counts_days(limit: Limit) -> bool:
    most = limit.most
    return (
        limit.by is not None
        and limit.sum is None
        and most is not None
        and most == int(most)
        and 1 <= most <= MOST_IN_A_ROW
    )


@rule("R092")
def grid_shows_what_is_there(codes: Codes, declared: Declaration) -> Iterator[Finding]:
    """A month grid has a person, a day, a cell that shows something, figures."""
    grid = declared.grid
    if grid is None:
        return
    yield from _typed(declared, GRID, grid.rows, (PERSON,))
    yield from _typed(declared, GRID, grid.columns, (DATE,))
    yield from _typed(declared, GRID, grid.cell, (CHOICE, ENTRY))
    if grid.rest is not None:
        yield from _typed(declared, GRID, grid.rest, (YES_NO,))
    for name in grid.sums:
        yield from _typed(declared, GRID, name, FIGURES)
    yield from _one_a_day(declared, grid)
    cell = own_field(declared, grid.cell)
    if grid.short is not None and cell is not None:
        target = codes.get(cell.refers_to or "")
        if target is None:
            yield _unfit(
                GRID, grid.cell, "须是条目，才有 short", "refer to entries to say short"
            )
        else:
            yield from _typed(target, GRID, grid.short, (TEXT,))


@rule("R103")
def board_gives_out_what_is_there(
    codes: Codes, declared: Declaration
) -> Iterator[Finding]:
    """A dispatch board has a person and a day to be set, and a sound condition."""
    board = declared.dispatch_board
    if board is None:
        return
    yield from _typed(declared, DISPATCH, board.person, (PERSON,))
    yield from _typed(declared, DISPATCH, board.at, (DATE, INSTANT))
    if board.by is not None:
        yield from _typed(declared, DISPATCH, board.by, (PERSON,))
    for name in board.shows:
        if column_of(declared, name) is None:
            yield no_field(DISPATCH, name, declared.code)
    for name in (board.person, board.at):
        one = column_of(declared, name)
        if one is not None and (one.computed or one.read_only):
            yield _unfit(DISPATCH, name, "须能填写", "be a field people fill in")
    yield from _condition(codes, declared, DISPATCH, board.settled)


def _one_a_day(declared: Declaration, grid: Grid) -> Iterator[Finding]:
    """A cell is one entry, which the register has to see to."""
    key = {grid.rows, grid.columns}
    if not any(set(one) == key for one in declared.unique_together):
        yield Finding(
            GRID,
            Label(
                f"{grid.rows} 和 {grid.columns} 须合起来唯一（unique_together）。",
                f"{grid.rows} and {grid.columns} must be unique together "
                "(unique_together).",
            ),
        )


def _typed(
    declared: Declaration, place: str, name: str, types: tuple[FieldType, ...]
) -> Iterator[Finding]:
    one: Field | None = column_of(declared, name)
    if one is None:
        yield no_field(place, name, declared.code)
    elif one.type not in types:
        allowed = ", ".join(each.value for each in types)
        yield _unfit(
            place,
            f"{declared.code}.{name}",
            f"须是以下类型之一：{allowed}",
            f"be of one of these types: {allowed}",
        )


def _unfit(place: str, name: str, zh: str, en: str) -> Finding:
    return Finding(place, Label(f"{name} {zh}。", f"{name} must {en}."))


def _place(limit: Limit) -> str:
    return f"limit {limit.name}"
