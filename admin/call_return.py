"""A call's form as its list opens it: first values, and the way back to the list."""

from flask import request, url_for

from admin import visit
from models import call_recording
from models.preparing import Row
from models.register import Declaration

LIST = "list"  # in the address of a form: it was opened from the call list


def first_values(declared: Declaration) -> Row:
    """Return what a form begins with that a call list has opened; else nothing."""
    said = declared.call_list
    if said is None or LIST not in request.args:
        return {}
    source = said.source(request.args.get("of"), request.args.get("via"))
    if source is None:
        return {}
    reached = {said.outcome: said.reached[0]} if said.reached else {}
    return call_recording.sets(source, visit.writer()) | reached


def back(declared: Declaration) -> str | None:
    """Return the address of the list that opened the form; None if none did."""
    if declared.call_list is None or LIST not in request.args:
        return None
    return url_for("calls.index", register=declared.code)
