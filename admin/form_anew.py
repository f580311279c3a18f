"""保存并新建: the next form of a row of like entries keeps what its writer ticked.

The address names the entry saved before and the fields, never their values; these are
read again by the person's rights.
"""

from flask import request, url_for

from admin import visit
from admin.form_typed import typed_fields
from models import entries, masking
from models.entry_errors import NotAllowedError
from models.preparing import Row
from models.register import Declaration

AFTER = "after"  # in the address of a new form: the entry whose fields are kept
KEEP = "keep"  # which of them, parted by commas; as a form posts it, too
LONGEST_ID = 18  # digits


def address(entry_id: int) -> str:
    """Return where the next form opens, with the ticked fields of the one saved."""
    ticked = request.form.get(KEEP, "")
    kept = {AFTER: entry_id, KEEP: ticked} if ticked else {}
    return url_for(".create_view", **kept)  # type: ignore[arg-type]  # texts and an id


def first_values(declared: Declaration) -> Row:
    """Return what the new form keeps of the entry before it; nothing if none is said.

    A field that is masked for the person is not kept: it would be posted unread.
    """
    before, ticked = request.args.get(AFTER, ""), request.args.get(KEEP, "")
    if not before.isdecimal() or len(before) > LONGEST_ID or not ticked:
        return {}
    person, names = visit.person(), frozenset(ticked.split(","))
    try:
        entry = entries.get(visit.session(), person, declared.code, int(before))
    except NotAllowedError:
        return {}
    return {
        one.name: entry[one.name]
        for one in typed_fields(declared)
        if one.name in names
        and not one.unique
        and entry.get(one.name) is not None
        and not masking.masks(person, declared, one, entry)
    }
