"""The registers that a template turns on: its own share of the one menu there is.

Templates stand side by side in one company, so each remembers what it turned on itself,
and what an admin turned off of it stays off.
"""

from sqlalchemy.orm import Session

from models import preferences
from models.history import Writer
from models.preferences import REGISTERS_ON
from models.words import Label
from seed.items import Item, Remembered, Values


class MenuItem(Item):
    """Which of a template's registers are on; each under its code."""

    kind = "menu"
    kind_label = Label("菜单", "menu")

    def read(self, session: Session, scope: int) -> Values | None:
        """Return those of its registers that are on."""
        del scope
        on = preferences.get(session, REGISTERS_ON)
        return None if on is None else {one: True for one in self.wanted if one in on}

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Turn its registers on after those that are on already."""
        del scope, writer
        on = preferences.get(session, REGISTERS_ON) or []
        new = [one for one in self.wanted if values.get(one) and one not in on]
        preferences.put(session, REGISTERS_ON, [*on, *new])

    def last(self, remembered: Remembered, scope: int) -> Values | None:
        """Return what the template turned on last, also as it was kept at first.

        Then one setting held the registers of whichever template came last.
        """
        found = super().last(remembered, scope)
        old = remembered.get(("preference", REGISTERS_ON, scope))
        if found is not None or old is None:
            return found
        return {one: True for one in old["value"] if one in self.wanted}


def menu_item(template: str, codes: list[str]) -> MenuItem:
    """Return what a template turns on, in its order."""
    label = Label("启用的台账", "registers in the menu")
    return MenuItem(template, label, dict.fromkeys(codes, True))
