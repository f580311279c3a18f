"""What the pages that declare share: the plan or the deed, and where mistakes go."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import abort, request

from admin import visit
from models import catalogue, declaring
from models.declaring import Edit, Proposed, UnsoundError
from models.register import Declaration, Register
from models.stanza import write_register
from models.stanza_added import said_otherwise, write_added
from models.stanza_mistakes import Mistake, StanzaError
from models.stored import PANEL, Stored
from models.words import PersonError


@dataclass(frozen=True, slots=True)
class Told:
    """Where a form takes its mistakes."""

    mistakes: Callable[[Sequence[Mistake]], None]  # of the stanza
    place: Callable[[str, str], None]  # a place of the register, and the sentence
    whole: Callable[[str], None]  # of no place in particular


def carry_out(
    code: str, edit: Edit, told: Told, *, is_deed: bool | None = None
) -> Proposed | None:
    """Make the change, or return its plan if only that was asked for.

    Mistakes are told to the form: whether there were any is known there. Whether it is
    to be done is said by the form's own button, where `is_deed` does not say it.
    """
    if is_deed is None:
        is_deed = request.form.get("action") == "apply"
    language, database = visit.language(), visit.house().database
    try:
        if not is_deed:
            return declaring.propose(database, edit)
        visit.close_session()  # an index made concurrently waits for its snapshot
        declaring.apply(database, edit)
    except StanzaError as error:
        told.mistakes(error.mistakes)
    except UnsoundError as error:
        for one in error.problems:
            place = one.place if one.place.partition(".")[0] == code else ""
            told.place(place, one.label.text(language))
    except PersonError as error:
        for line in error.text(language).splitlines():
            told.whole(line)
    return None


def changed(there: Stored, code: str, wanted: Declaration) -> Stored:
    """Return what is stored once a register is to be as wanted.

    A stored register to which nobody adds is written anew; of any other is kept what
    the panel says otherwise.
    """
    own = {key: it for key, it in there.additions.items() if key != (code, PANEL)}
    kept = there.registers.get(code)
    if kept is not None and not any(
        register == code for register, _ in there.additions
    ):
        return there.with_register(write_register(wanted), kept.origin)
    bare = Stored(there.registers, own)
    base = next(one for one in bare(Register.known.values()) if one.code == code)
    said = write_added(said_otherwise(base, wanted, code))
    return there.with_additions(code, PANEL, [said] if len(said) > 1 else [])


def known(code: str) -> Declaration:
    """Return a register; 404 if there is none of that code."""
    if code not in catalogue.current():
        abort(404)
    return catalogue.current()[code]


def basis(declared: Declaration) -> str:
    """Return what tells whether a register was changed since a form was drawn."""
    said = json.dumps(write_register(declared), ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]
