"""What of a register a request can reach: an entry by its address, fields to change."""

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template
from werkzeug.wrappers import Response as Answer

from admin import form_settling, visit
from admin.addresses import fixed
from models import entries
from models.access import Action
from models.entry_errors import NotAllowedError
from models.preparing import Row
from models.register import Declaration, Field

LONGEST_ID = 18  # digits


class RegisterReach:
    """One register, as far as the person who asks may go."""

    declared: Declaration

    def _page_url(self, view: str, **values: str) -> str:
        """Return the address of one of the register's pages, the same on every page."""
        return fixed(f"register.{view}", register=self.declared.code, **values)

    def _entry(self, given: Any, action: Action) -> Row:
        """Return the entry of an address; NotAllowedError where there is none."""
        ids = self._ids([str(given or "")])
        if not ids:
            raise NotAllowedError
        return entries.get(
            visit.session(), visit.person(), self.declared.code, ids[0], action
        )

    @staticmethod
    def _ids(given: Iterable[str]) -> list[int]:
        """Return the ids among what an address or a form said, each once."""
        fits = (one for one in given if one.isdecimal() and len(one) <= LONGEST_ID)
        return sorted({int(one) for one in fits})

    def _kept(self, message: str, back: str, label: str) -> Answer:
        """Return a page with what was typed into a form that has no place any more."""
        body = render_template(
            "register/kept.html",
            page_title=self.declared.title.text(visit.language()),
            message=message,
            left=list(form_settling.everything()),
            back={"url": back, "label": label},
        )
        return Response(body, status=409, mimetype="text/html")

    def _settable(self) -> list[Field]:
        return [
            one
            for one in visit.person().fields(self.declared)
            if one.editable and not one.is_given and one.column
        ]
