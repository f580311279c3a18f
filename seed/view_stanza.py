"""What a template may say of a list as it is looked at often."""

from urllib.parse import urlencode

from pydantic import Field

from seed.stanza_base import Stanza, Words


class ViewStanza(Stanza):
    """A list as it is looked at often; conditions as a list's address writes them.

    Conditions of a group are joined the other way than the view's own. `sort` is a
    field with a minus for downwards; a register without it keeps its own order.
    """

    code: str = Field(pattern=r"[a-z][a-z0-9_]{0,40}")
    title: Words
    registers: tuple[str, ...] = Field(min_length=1)
    where: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    any: bool = False
    sort: str | None = None
    columns: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()  # none: everybody's
    opens: bool = False

    @property
    def query(self) -> str:
        """Return the view as an address has it."""
        pairs = [("match", "any")] if self.any else []
        pairs += [("w", word) for word in self.where]
        for number, group in enumerate(self.groups, 1):
            pairs += [(f"g{number}", word) for word in group]
        if self.sort is not None:
            pairs.append(("sort", self.sort))
        return urlencode(pairs + [("column", one) for one in self.columns])
