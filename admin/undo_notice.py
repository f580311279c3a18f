"""The sentence after a change, with the button that takes the change back."""

from collections.abc import Sequence

from flask import flash
from sqlalchemy.orm import Session

from admin import visit
from models import change_batches
from models.preparing import Row
from models.register import Declaration
from models.words import Label

UNDO = "undo:"  # before the batch, in the category of a flashed message
MOST_TOLD = 5  # entries that are named with why they stay


def offered(session: Session, declared: Declaration, entry: Row | None) -> str | None:
    """Offer to undo what a form has changed; None where it has changed nothing.

    In the transaction that saved it, and last of all; `entry` as the form opened it.
    """
    if entry is None:
        return None
    writer, code = visit.editor(), declared.code
    done = change_batches.offer(session, code, entry["id"], "changed", writer)
    return writer.batch if done else None


def told(text: str, batch: str | None) -> None:
    """Say what was done; with a batch, that it can be undone."""
    flash(text, f"{UNDO}{batch}" if batch else "success")


def left(stay: Sequence[tuple[str, Sequence[Label]]]) -> None:
    """Say which entries stay as they are, by their numbers, and why."""
    if not stay:
        return
    language = visit.language()
    lines = [
        f"{number} {' '.join(one.text(language) for one in why)}"
        for number, why in stay[:MOST_TOLD]
    ]
    more = len(stay) - len(lines)
    if more:
        lines.append(visit.t(f"另有 {more} 条。", f"And {more} more."))
    head = visit.t(f"{len(stay)} 条没有改动：", f"{len(stay)} left as they are: ")
    flash(head + visit.t("；", "; ").join(lines), "warning")
