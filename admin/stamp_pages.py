"""Big buttons on an entry's page: 出发, 到场, 完工. Each fills in the instant.

Whoever stands in a person field of the entry has them; the rest is as in the form:
rights, checks, history, and the version that was shown.
"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import visit
from models import catalogue, computing, entries
from models.access import Action
from models.entry_errors import LostUpdateError
from models.preparing import Row
from models.register import Declaration
from models.stamping import Stamp
from models.words import PersonError

blueprint = Blueprint("stamps", __name__, url_prefix="/stamps")


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Ask a visitor to sign in; the register's rights decide the rest."""
    return visit.ask_to_sign_in() if visit.person().account_id is None else None


@blueprint.post("/<register>/<int:entry_id>")
def give(register: str, entry_id: int) -> ResponseReturnValue:
    """Fill in the next instant, if it is the one that the button said."""
    known = catalogue.current()
    if register not in known or known[register].stamps is None:
        abort(404)
    person, now = visit.person(), visit.now()
    try:
        with visit.house().database.write() as session:
            entry = entries.get(session, person, register, entry_id)
            stamp = _asked_for(known[register], entry)
            entries.change(
                session,
                register,
                entry_id,
                {stamp.field: now},
                visit.writer(),
                version=entry["version"],
            )
        label = stamp.label.text(visit.language())
        flash(label + visit.t("：已记下时间。", ": noted."), "success")
    except LostUpdateError:
        flash(
            visit.t(
                "这一条刚有变化，请看最新内容后再点。",
                "The entry has changed meanwhile. Look at it and press again.",
            ),
            "warning",
        )
    except PersonError as error:
        flash(error.text(visit.language()), "danger")
    return redirect(url_for("register.details_view", register=register, id=entry_id))


def _asked_for(declared: Declaration, entry: Row) -> Stamp:
    """Return the stamp that the button said, if it may be given now.

    Raises:
        LostUpdateError: The entry is not as it was shown.
        PersonError: Something is to be filled in before.
    """
    stamp, version = following(declared, entry), request.form.get("version", type=int)
    is_other = stamp is None or stamp.field != request.form.get("field")
    if stamp is None or is_other or version != entry["version"]:
        raise LostUpdateError(entry)
    if lacking(stamp, entry):
        raise PersonError(
            "还有要填的内容，请先点“修改”填写。",
            "Something is still to be filled in. Press Change first.",
        )
    return stamp


def following(declared: Declaration, entry: Row) -> Stamp | None:
    """Return the stamp that this person may give next; None for none."""
    said, person = declared.stamps, visit.person()
    if (
        said is None
        or person.staff_id is None
        or person.watched_by is not None
        or not person.may(declared.code, Action.CHANGE)
        or all(entry.get(name) != person.staff_id for name in said.by)
        or not _holds(declared, entry, said.when)
    ):
        return None
    for one in said.given:
        if entry.get(one.field) is None and _holds(declared, entry, one.when):
            return one
    return None


def lacking(stamp: Stamp, entry: Row) -> list[str]:
    """Return the fields that are to be filled in before."""
    return [name for name in stamp.needs if entry.get(name) in (None, "")]


def moves(declared: Declaration, entry: Row) -> list[dict[str, Any]]:
    """Return the button as register/details.html takes it; mostly none."""
    stamp = following(declared, entry)
    if stamp is None:
        return []
    language, missing = visit.language(), lacking(stamp, entry)
    label = stamp.label.text(language)
    url = url_for("stamps.give", register=declared.code, entry_id=entry["id"])
    form = None
    if missing:
        names = "、".join(declared.field(one).label.text(language) for one in missing)
        label = visit.t(f"填写{names}，再{label}", f"{label}: first {names}")
        form = url_for("register.edit_view", register=declared.code, id=entry["id"])
    return [
        {
            "label": label,
            "url": url,
            "form_url": form,
            "icon": "pencil" if missing else "check",
            "primary": True,
            "confirm": None,
            "danger": False,
            "fields": {"field": stamp.field},
        }
    ]


def _holds(declared: Declaration, entry: Row, text: str | None) -> bool:
    if text is None:
        return True
    (context,) = computing.contexts(
        visit.session(), declared, [entry], [text], visit.zone()
    )
    return computing.holds(text, context)
