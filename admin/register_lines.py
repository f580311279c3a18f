"""The rows that a whole begins with, for the script of its form."""

from typing import Any

from flask import abort, render_template, request
from flask_admin import expose

from admin import line_cells, line_items, visit
from admin.register_reach import LONGEST_ID, RegisterReach
from models.access import Action


class RegisterLines(RegisterReach):
    """What the form of a whole asks about its parts."""

    @expose("/lines/")
    def lines_view(self) -> Any:
        """Return the rows that are made of an entry: a line for each of its items.

        The address names the register of parts, that entry (`of`) and the first number
        that the rows may have (`from`).
        """
        person, code = visit.person(), self.declared.code
        if not (person.may(code, Action.CREATE) or person.may(code, Action.CHANGE)):
            abort(403)
        wanted = request.args.get("part")
        tables = line_items.tables(self.declared, None, None)
        table = next((one for one in tables if one.declared.code == wanted), None)
        if table is None or table.declared.begins_with is None:
            abort(404)
        given = request.args.get("of", "")
        chosen = int(given) if given.isdecimal() and len(given) <= LONGEST_ID else None
        first = max(request.args.get("from", 0, type=int), 0) % line_items.MOST_INDEX
        rows = line_cells.rows(table, table.begun(chosen, first))
        context = {"code": wanted, "is_arranged": table.is_arranged, "rows": rows}
        return render_template("register/line_begun.html", table=context)
