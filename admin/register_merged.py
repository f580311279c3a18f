"""The old number of an entry that went into another leads to that one, by rights."""

from flask import flash, url_for

from admin import visit
from models import catalogue, entries, merge_table
from models.entry_errors import NotAllowedError
from models.register import Declaration

LONGEST_ID = 18  # digits


def instead_of(declared: Declaration, given: str | None) -> str | None:
    """Return the address of what an entry went into; None for one that did not."""
    if not given or not given.isdecimal() or len(given) > LONGEST_ID:
        return None
    stays = merge_table.into(visit.session(), declared.code, int(given))
    if stays is None or not _may_read(declared.code, stays):
        return None
    flash(visit.t("这条记录已并入本条。", "The entry went into this one."), "info")
    return url_for("register.details_view", register=declared.code, id=stays)


def of_number(number: str) -> str | None:
    """Return where an old number leads; None for no old number one may follow."""
    for one in merge_table.of_number(visit.session(), number):
        if one.register in catalogue.current() and _may_read(one.register, one.into_id):
            return url_for(
                "register.details_view", register=one.register, id=one.into_id
            )
    return None


def _may_read(register: str, entry_id: int) -> bool:
    try:
        entries.get(visit.session(), visit.person(), register, entry_id)
    except NotAllowedError:
        return False
    return True
