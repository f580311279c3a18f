"""Which declared field is which column: applied before, renamed, taken over, or new."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from models.register import Field
from models.schema_conversions import Conversion, conversion
from models.schema_look import Found, Memory
from models.schema_steps import FieldMemory, SchemaRefusedError, Step, field_memory
from models.schema_tables import Wanted


@dataclass(frozen=True)
class FieldChanges:
    """The fields of one register: as declared, as they are, as they were applied."""

    wanted: Wanted
    found: Found
    memory: Memory

    @cached_property
    def declared(self) -> dict[str, tuple[Field, str]]:
        """Every field that has a column, and the column, by field id."""
        return {one.id: (one, column) for one, column in self.wanted.declared.columns}

    @cached_property
    def _applied(self) -> dict[str, FieldMemory]:
        """What was applied and is still there; others may have dropped a column."""
        return {
            key: old
            for key, old in self.memory.fields.items()
            if old.column_name in self.found.columns
        }

    @cached_property
    def known(self) -> dict[str, FieldMemory]:
        """What was applied of each declared field, renamed ones under their new id."""
        retired = {
            old.name: old
            for key, old in self._applied.items()
            if key not in self.declared
        }
        known = {}
        for key, (one, _) in self.declared.items():
            if key in self._applied:
                known[key] = self._applied[key]
            elif one.was is not None and one.was in retired:
                known[key] = retired.pop(one.was)
        return known

    @cached_property
    def taken_over(self) -> dict[str, str]:
        """{old field id: new field id} of the renames that `was` says."""
        return {
            old.field_id: key for key, old in self.known.items() if old.field_id != key
        }

    @cached_property
    def _unknown(self) -> list[tuple[Field, str]]:
        return [pair for key, pair in self.declared.items() if key not in self.known]

    @property
    def added(self) -> list[tuple[Field, str]]:
        """The fields whose column is still to be made."""
        moved_away = {old.column_name for old in self._moved}
        return [
            (one, column)
            for one, column in self._unknown
            if column not in self.found.columns or column in moved_away
        ]

    @cached_property
    def _moved(self) -> dict[FieldMemory, str]:
        """Applied fields that stand in another column than declared: the new column."""
        return {
            old: self.declared[key][1]
            for key, old in self.known.items()
            if old.column_name != self.declared[key][1]
        }

    def renames(self) -> Iterator[Step]:
        """Return the step that renames columns and takes over what was renamed.

        Raises:
            SchemaRefusedError: A new name is that of a retired field's column.
        """
        away = {old.column_name for old in self._moved}
        for column in self._moved.values():
            if column in self.found.columns and column not in away:
                raise self._occupied(column)
        renamed = [
            old._replace(field_id=key, name=one.name, column_name=column)
            for key, (one, column) in self.declared.items()
            if (old := self.known.get(key)) is not None
            and (old.field_id, old.name, old.column_name) != (key, one.name, column)
        ]
        if renamed:
            words = ", ".join(
                f"{self.known[new.field_id].name} → {new.name}" for new in renamed
            )
            yield self.wanted.step(
                f"字段改名：{words}",
                f"rename fields: {words}",
                statements=tuple(self._moves()),
                fields=tuple(renamed),
                forgotten=tuple(self.taken_over),
            )

    def _moves(self) -> Iterator[str]:
        pairs = [(old.column_name, new) for old, new in self._moved.items()]
        if {old for old, _ in pairs} & {new for _, new in pairs}:
            # Names change places: all step aside before any takes its new one.
            aside = [(old, f"{old}__moving") for old, _ in pairs]
            pairs = aside + [(f"{old}__moving", new) for old, new in pairs]
        for old, new in pairs:
            before, after = self.wanted.quoted(old), self.wanted.quoted(new)
            yield f"ALTER TABLE {self.wanted.name} RENAME COLUMN {before} TO {after}"

    def adoptions(self) -> Iterator[Step]:
        """Return the step that takes existing columns for those of new fields.

        It finishes what a stopped process began, and adopts a table made by others.

        Raises:
            SchemaRefusedError: The column is a retired field's, or of another type.
        """
        added = {column for _, column in self.added}
        adopted = [one for one, column in self._unknown if column not in added]
        for one in adopted:
            self._check_adoptable(one, str(one.column))
        if adopted:
            words = ", ".join(one.name for one in adopted)
            yield self.wanted.step(
                f"沿用已有的列：{words}",
                f"take over existing columns: {words}",
                fields=tuple(self.remembered(one) for one in adopted),
            )

    def _check_adoptable(self, one: Field, column: str) -> None:
        if any(old.column_name == column for old in self._applied.values()):
            raise self._occupied(column)
        there = self.found.columns[column]
        declared = self.wanted.table.c[column].type
        expected = declared.dialect_impl(self.wanted.dialect)
        if _kind(there) is not _kind(getattr(expected, "impl_instance", expected)):
            raise SchemaRefusedError(
                "{zh}：表中已有一列 {column}，类型是 {there}，"
                "与声明的字段类型 {declared} 不符。请给字段换一个名字。",
                "{en}: the table already has a column {column} of type {there}, which "
                "is not that of the declared field ({declared}). Name the field "
                "otherwise.",
                **self._title,
                column=column,
                there=there,
                declared=one.type.value,
            )

    @property
    def _title(self) -> dict[str, str]:
        title = self.wanted.declared.title
        return {"zh": title.zh, "en": title.en}

    def _occupied(self, column: str) -> SchemaRefusedError:
        return SchemaRefusedError(
            "{zh}：列 {column} 里还保存着一个已停用字段的值。"
            "请给新字段换一个名字，或重新启用原来的字段（使用它原来的编号 id）。",
            "{en}: column {column} still keeps the values of a retired field. Name the "
            "new field otherwise, or declare the old field again under its own id.",
            **self._title,
            column=column,
        )

    def remembered(self, one: Field) -> FieldMemory:
        """Return what will be remembered of a field as it is declared."""
        return field_memory(self.wanted.declared.code, one)

    @cached_property
    def conversions(self) -> dict[str, tuple[Field, Conversion]]:
        """How the values of fields with a changed type are turned, by column.

        Raises:
            SchemaRefusedError: Values would be lost.
        """
        found = {}
        for key, old in self.known.items():
            one, column = self.declared[key]
            new = self.remembered(one)
            if (old.type, old.size, old.refers_to) != (
                new.type,
                new.size,
                new.refers_to,
            ):
                table, quoted = self.wanted.name, self.wanted.quoted(old.column_name)
                found[column] = one, conversion(old, one, table, quoted)
        return found

    def value_before(self, column: str) -> str:
        """Return the SQL that gives a declared column's value before anything is done.

        That of a column that is still to be made is NULL.
        """
        if any(column == name for _, name in self.added):
            return "NULL"
        there = {new: old.column_name for old, new in self._moved.items()}
        quoted = self.wanted.quoted(there.get(column, column))
        if column in self.conversions and self.conversions[column][1].expression:
            _, turned = self.conversions[column]
            return f"({turned.expression.format(column=quoted)})"
        return quoted


def _kind(of: object) -> type | None:
    """Return the Python type of a column's values; None when SQLAlchemy knows none."""
    try:
        found: type = of.python_type  # type: ignore[attr-defined]  # types of SQLAlchemy have it
    except NotImplementedError:
        return None
    return found
