"""The views of lists that a template brings, one for each register it names."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from models import list_views
from models.history import Writer
from models.list_views import ListView
from models.words import Label
from seed.items import Item, Values, titles
from seed.view_stanza import ViewStanza


class ViewItem(Item):
    """One view of one register, for everybody or for one role."""

    kind = "view"
    kind_label = Label("常用查询", "saved view")

    def read(self, session: Session, scope: int) -> Values | None:
        """Return what it says now."""
        del scope
        found = list_views.by_code(session, self.code)
        if found is None:
            return None
        return {name: getattr(found, name) for name in self.wanted}

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Make or change it."""
        del scope
        found = list_views.by_code(session, self.code)
        if found is None:
            found = ListView(code=self.code, at=writer.now)
        for name, value in values.items():
            setattr(found, name, value)
        list_views.save(session, found)


def view_items(stanza: ViewStanza, position: int) -> Iterator[ViewItem]:
    """Yield a stanza's items."""
    said = {"query": stanza.query, "opens": stanza.opens, "position": position}
    for register in stanza.registers:
        for role in stanza.roles or (None,):
            code = " ".join(filter(None, (stanza.code, register, role)))
            values = titles(stanza.title) | said
            values |= {"register": register, "role": role, "for_all": role is None}
            yield ViewItem(code, stanza.title.label, values)
