"""What of a register a request can reach: an entry by its address, fields to change."""

from typing import Any

from admin import visit
from models import entries
from models.access import Action
from models.entry_errors import NotAllowedError
from models.preparing import Row
from models.register import Declaration, Field


class RegisterReach:
    """One register, as far as the person who asks may go."""

    declared: Declaration

    def _entry(self, given: Any, action: Action) -> Row:
        """Return the entry of an address; NotAllowedError where there is none."""
        text = str(given or "")
        if not text.isdecimal() or len(text) > 18:  # noqa: PLR2004 - an id's longest
            raise NotAllowedError
        return entries.get(
            visit.session(), visit.person(), self.declared.code, int(text), action
        )

    def _settable(self) -> list[Field]:
        return [
            one
            for one in visit.person().fields(self.declared)
            if one.editable and not one.is_given and one.column
        ]
