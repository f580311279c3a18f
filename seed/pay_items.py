"""What a template brings for pay beside schemes: rates, tables, lists to be empty."""

from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import pay_checks
from models.history import Writer
from models.pay_tables import PayRate, PayTable
from models.words import Label
from seed.items import Item, PreferenceItem, Values, titles
from seed.pay_stanzas import PayCheckStanza, RateStanza, TableStanza

Dated = TypeVar("Dated", PayRate, PayTable)
_ROW = "row "  # before a key of a table, so that rows are merged one by one


class _DatedItem(Item, Generic[Dated]):
    """What stands from a day on; its code names the day behind a blank."""

    table: type[Dated]

    def _found(self, session: Session) -> Dated | None:
        code, _, day = self.code.partition(" ")
        query = select(self.table).where(
            self.table.code == code, self.table.starts_on == date.fromisoformat(day)
        )
        return session.scalar(query)

    def read(self, session: Session, scope: int) -> Values | None:
        """Return its columns."""
        del scope
        found = self._found(session)
        return None if found is None else self.said(found)

    def write(
        self, session: Session, scope: int, values: Values, writer: Writer
    ) -> None:
        """Make or change the row."""
        del scope, writer
        found = self._found(session)
        if found is None:
            code, _, day = self.code.partition(" ")
            found = self.table(code=code, starts_on=date.fromisoformat(day))
            session.add(found)
        for name, value in self.columns(values).items():
            setattr(found, name, value)
        session.flush()

    def said(self, found: Dated) -> Values:
        """Return what stands there as a template says it."""
        return {name: getattr(found, name) for name in self.wanted}

    def columns(self, values: Values) -> Values:
        """Return values as they are kept."""
        return values


class RateItem(_DatedItem[PayRate]):
    """A rate from a day on."""

    kind = "rate"
    kind_label = Label("单价", "rate")
    table = PayRate


def rate_item(stanza: RateStanza) -> RateItem:
    """Return a stanza as an item; one code may have a row for each first day."""
    values = titles(stanza.title) | {
        "unit": stanza.unit,
        "value": "" if stanza.value is None else format(stanza.value, "f"),
        "is_invented": stanza.invented,
        "note": stanza.note,
    }
    return RateItem(_dated(stanza), stanza.title.label, values)


class TableItem(_DatedItem[PayTable]):
    """A table from a day on, each of its rows under a key of its own."""

    kind = "table"
    kind_label = Label("对照表", "table")
    table = PayTable

    def said(self, found: PayTable) -> Values:
        """Return what stands there as a template says it."""
        names = [name for name in self.wanted if not name.startswith(_ROW)]
        values = {name: getattr(found, name) for name in names}
        return values | {f"{_ROW}{key}": value for key, value in found.rows}

    def columns(self, values: Values) -> Values:
        """Return values as they are kept, the rows in their order."""
        rows = [
            [name.removeprefix(_ROW), value]
            for name, value in values.items()
            if name.startswith(_ROW)
        ]
        plain = {
            name: value for name, value in values.items() if not name.startswith(_ROW)
        }
        return plain | {"rows": rows}


def table_item(stanza: TableStanza) -> TableItem:
    """Return a stanza as an item; one code may have a table for each first day."""
    values = titles(stanza.title) | {
        "key_unit": stanza.key,
        "value_unit": stanza.unit,
        "is_invented": stanza.invented,
        "note": stanza.note,
    }
    values |= {f"{_ROW}{key}": value for key, value in stanza.rows}
    return TableItem(_dated(stanza), stanza.title.label, values)


def _dated(stanza: RateStanza | TableStanza) -> str:
    return f"{stanza.code} {stanza.starts_on.isoformat()}"


def pay_check_item(stanza: PayCheckStanza, position: int) -> PreferenceItem:
    """Return a line of the list before closing, each a setting of its own."""
    said = titles(stanza.title) | {
        "position": position,
        "register": stanza.register_,
        "where": list(stanza.where),
        "clauses": list(stanza.clauses),
        "blocks": stanza.blocks,
    }
    code = f"{pay_checks.PREFIX}{stanza.code}"
    return PreferenceItem(code, stanza.title.label, {"value": said})
