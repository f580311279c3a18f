"""Handing entries on: whoever takes them over stands where another stood.

The one way for shifts, leavers and absent persons. The fields of `handed_on` that name
the one are changed to the other by an ordinary change, so that history, clocks and
warnings follow; all in the caller's transaction.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import access, catalogue, entries
from models.access import Action, Person
from models.amid import among
from models.entries import Change
from models.first_asked import allowed
from models.history import Writer
from models.preparing import Row
from models.register import Declaration
from models.words import PersonError

MOST_TOLD = 5  # entries that a refusal names


class CannotHoldError(PersonError):
    """Whoever was to take entries over may not work on them; nothing was changed."""

    def __init__(
        self, name: str, declared: Declaration, numbers: Sequence[str], count: int
    ) -> None:
        """Name the person, the register and some of the entries."""
        super().__init__(
            "{name} 不能接手{zh}里的 {count} 条（{some}）：没有这些记录的修改权限。"
            "请另选接手人，或请管理员调整其角色。",
            "{name} cannot take over {count} entries of {en} ({some}): they may not "
            "change them. Choose another, or ask an admin to change their role.",
            name=name,
            zh=declared.title.zh,
            en=declared.title.en,
            count=count,
            some="、".join(numbers[:MOST_TOLD])
            + ("…" if len(numbers) > MOST_TOLD else ""),
        )


def hand_on(
    session: Session,
    declared: Declaration,
    ids: Sequence[int],
    from_id: int,
    to: Person,
    writer: Writer,
) -> list[Row]:
    """Make one person answer for entries in another's stead, and return those moved.

    An entry that the other answers for no more is left alone. The caller has found out
    that the writer may do this; it need not be theirs to change.

    Args:
        session: A writing session.
        declared: The register.
        ids: The entries; those in the bin are left alone.
        from_id: Who answered for them, as a staff id.
        to: Who takes them over, with their rights; an employee.
        writer: By whom the history says that it was done.

    Raises:
        CannotHoldError: The taker may not change an entry, even as its holder.
        StaleDeclarationsError: The declaration was changed meanwhile.
    """
    table = catalogue.current().table(declared.code)
    person = allowed(writer.person, declared.code, Action.READ)
    by = Writer(person, writer.now, writer.zone, writer.origin, writer.batch)
    alive = access.visible(person, declared.code, Action.READ)
    alive = alive.where(among(table.c.id, ids)).with_only_columns(table.c.id)
    found = sorted(session.scalars(alive))
    rows = entries.lock(session, declared, table, found, by, Action.READ)
    changes = []
    for row in rows:
        names = [name for name in declared.handed_on if row[name] == from_id]
        if names:
            changes.append(Change(row["id"], dict.fromkeys(names, to.staff_id)))
    moved = entries.change_many(session, declared.code, changes, by, by_flow=True)
    _demand_held(session, declared, moved, to)
    return moved


def _demand_held(
    session: Session, declared: Declaration, moved: Sequence[Row], to: Person
) -> None:
    if not moved:
        return
    table = catalogue.current().table(declared.code)
    query = access.visible(to, declared.code, Action.CHANGE)
    query = query.where(among(table.c.id, [row["id"] for row in moved]))
    held = set(session.scalars(query.with_only_columns(table.c.id)))
    others = [row for row in moved if row["id"] not in held]
    if others:
        numbers = [str(row.get("number") or f"#{row['id']}") for row in others]
        raise CannotHoldError(to.name, declared, numbers, len(others))
