"""The ways to a planted entry through the form of the whole that it is a part of."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from models import catalogue
from models.access import Action
from tests.admin.prober.attacker import Attacker, Request
from tests.admin.prober.planting import Plant


def looks(attacker: Attacker, plant: Plant) -> Iterator[Request]:
    """Yield the questions for the rows that are made of what a whole may refer to."""
    known = catalogue.current()
    for part in known.parts.get(plant.register, ()):
        begins = part.begins_with
        if begins is None:
            continue
        chosen = known[plant.register].field(begins.by).refers_to
        target = attacker.garden.plants[chosen or "", plant.whose]
        asked = urlencode({"part": part.code, "of": target.entry_id})
        yield Request.of("GET", f"/register/{plant.register}/lines/?{asked}")


def posts(attacker: Attacker, plant: Plant) -> Iterator[tuple[Action, Request]]:
    """Yield the changes and the removal of a planted part as a row of every whole.

    Of wholes that may be changed only the rows must stay as they are; the tests of the
    forms see to that.
    """
    declared = catalogue.current()[plant.register]
    if declared.part_of is None:
        return
    whole = declared.field(declared.part_of).refers_to or ""
    fields = {one.name: "Changed" for one in declared.fields}
    for (register, whose), other in attacker.garden.plants.items():
        if register != whole or attacker.reaches(whole, whose, Action.CHANGE):
            continue
        row: dict[str, Any] = {"id": plant.entry_id, "version": "1"}
        path = f"/register/{whole}/edit/?id={other.entry_id}"
        for action, more in (
            (Action.CHANGE, fields),
            (Action.DELETE, {"removed": "1"}),
        ):
            data = {
                f"{plant.register}-0-{name}": it for name, it in (row | more).items()
            }
            yield action, Request.of("POST", path, data=data | {"version": "1"})
