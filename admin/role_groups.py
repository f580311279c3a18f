"""The groups in which rights are set: what is not named, each menu, rights apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from admin.menu import in_menu_order
from models import catalogue, rights
from models.access import EVERYTHING
from models.rights import Matrix, Preset
from models.words import Label

REST = "rest"  # registers that a role does not name
OWN = "own"  # rights with a dot in their name
CUSTOM = "custom"  # in place of a preset's word


@dataclass(frozen=True, slots=True)
class Group:
    """Some registers that are set together."""

    key: str
    label: Label
    codes: tuple[str, ...]
    presets: tuple[Preset, ...]

    def preset(self, said: Matrix) -> Preset | None:
        """Return the preset that all of them have; None where they differ."""
        found = {self._preset(said, code) for code in self.codes}
        return found.pop() if len(found) == 1 else None

    def _preset(self, said: Matrix, code: str) -> Preset | None:
        if code == EVERYTHING and code not in said:
            return Preset.NONE
        return rights.preset_of(said.get(code))


def groups(said: Matrix) -> list[Group]:
    """Return the groups for a role; registers that are there no more are left out."""
    known = in_menu_order(catalogue.current())
    without = tuple(one for one in Preset if one is not Preset.INHERIT)
    rest = Label("其余台账（下面没有单独设置的）", "All other registers, not set below")
    found = [Group(REST, rest, (EVERYTHING,), without)]
    for index, (label, some) in enumerate(groupby(known, key=lambda one: one.menu)):
        codes = tuple(one.code for one in some)
        found.append(Group(f"m{index}", label, codes, tuple(Preset)))
    own = [one.code for one in rights.own_rights()]
    own += [one for one in _dotted(said) if one not in own]
    label = Label(
        "单独的权限（绩效、系统设置等）", "Rights of their own: pay, settings"
    )
    return [*found, Group(OWN, label, tuple(own), ())]


def _dotted(said: Iterable[str]) -> Iterable[str]:
    return (code for code in said if "." in code)
