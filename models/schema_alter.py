"""Which steps turn the table there is into the declared one.

Order: renames, what is taken away, columns, types, constraints, indexes. Nothing with
values in it is ever dropped: a field that is no longer declared keeps its column and
the constraints that speak of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial

from sqlalchemy.schema import CreateColumn

from models.schema_demands import (
    Demand,
    Kind,
    constraint_sql,
    index_sql,
    inline_sql,
    marked,
)
from models.schema_fields import FieldChanges
from models.schema_guards import guard
from models.schema_look import Found, Memory
from models.schema_rewrite import rewrite
from models.schema_steps import Guard, Step
from models.schema_tables import Wanted

WITHOUT_FIELD = frozenset({"id", "version", "binned_at"})


@dataclass(frozen=True, slots=True)
class Made:
    """A demand the planner met before, as the database and the memory know it."""

    signature: str  # in today's field ids
    kept_as: str  # the signature in memory, from before a field took over another
    kind: Kind
    name: str
    field_ids: frozenset[str]


@dataclass(frozen=True)
class Alteration:
    """One register's table: as declared, as it is, and what was done to it before."""

    wanted: Wanted
    found: Found
    memory: Memory

    def steps(self) -> Iterator[Step]:
        """Return the steps in their order; none when the table is as declared.

        Raises:
            SchemaRefusedError: The declaration asks for what would lose values.
        """
        yield from self.fields.renames()
        yield from self._renamed_demands()
        yield from self.fields.adoptions()
        yield from self._adopted_demands()
        yield from self._dropped_indexes()
        if self._needs_rewrite:
            yield self._rewrite()
        else:
            yield from self._dropped_constraints()
            yield from self._columns()
            yield from self._conversions()
            yield from self._constraints()
        yield from self._indexes()

    @cached_property
    def fields(self) -> FieldChanges:
        """Which declared field is which column."""
        return FieldChanges(self.wanted, self.found, self.memory)

    @property
    def touches_columns(self) -> bool:
        """Whether columns there are get other names or types."""
        return bool(
            any(self.fields.renames()) or self.fields.conversions or self._needs_rewrite
        )

    # What is demanded, and what of it is there

    @cached_property
    def _demands(self) -> dict[str, Demand]:
        return self.wanted.demands()

    @cached_property
    def _there(self) -> set[str]:
        """The names of the indexes and constraints the database has."""
        return (self.found.indexes - self.found.broken) | self.found.constraints

    @cached_property
    def _made(self) -> dict[str, Made]:
        """What was made before and is still there, by signature in today's ids."""
        found = {}
        taken = self.fields.taken_over
        for kept_as, one in self.memory.constraints.items():
            signature = kept_as
            for old, new in taken.items():
                signature = signature.replace(marked(old), marked(new))
            # SQLAlchemy does not see the names of constraints that SQLite got together
            # with a column; nobody can drop them there either.
            sure = self.wanted.is_sqlite and one.kind != "index"
            if sure or one.name in self._there:
                ids = frozenset(taken.get(key, key) for key in one.field_ids)
                found[signature] = Made(signature, kept_as, one.kind, one.name, ids)
        return found

    @cached_property
    def _adopted(self) -> list[Demand]:
        """What is there under the right name without being remembered."""
        ours = {one.name for one in self.memory.constraints.values()}
        return [
            one
            for one in self._demands.values()
            if one.signature not in self._made and one.name in self._there - ours
        ]

    @cached_property
    def _missing(self) -> list[Demand]:
        return [
            one
            for one in self._demands.values()
            if one.signature not in self._made and one not in self._adopted
        ]

    @cached_property
    def _gone(self) -> list[Made]:
        """What was made and is no longer demanded, though its fields are declared."""
        declared = self.fields.declared.keys() | WITHOUT_FIELD
        return [
            made
            for made in self._made.values()
            if made.signature not in self._demands and made.field_ids <= declared
        ]

    # What stays

    def _renamed_demands(self) -> Iterator[Step]:
        """Let indexes and constraints follow their fields' new names and ids."""
        renamed = []
        for made in self._made.values():
            demand = self._demands.get(made.signature)
            if demand is not None:
                named = self._as_named(made, demand)
                if (made.name, made.kept_as) != (named.name, named.signature):
                    renamed.append((made, named))
        if renamed:
            yield self.wanted.step(
                "索引和约束随字段改名",
                "name indexes and constraints after their fields",
                statements=tuple(self._name_anew(renamed)),
                made=tuple(named for _, named in renamed),
                dropped=tuple(made.kept_as for made, _ in renamed),
            )

    def _as_named(self, made: Made, demand: Demand) -> Demand:
        """Return the demand by the name the database will know it by."""
        if self.wanted.is_sqlite and made.kind != "index":
            return replace(demand, name=made.name)
        return demand

    def _name_anew(self, renamed: list[tuple[Made, Demand]]) -> Iterator[str]:
        quoted, table = self.wanted.quoted, self.wanted.name
        moved = [pair for pair in renamed if pair[0].name != pair[1].name]
        if self.wanted.is_sqlite:
            # An index has no other name there before it is made again.
            yield from (f"DROP INDEX {quoted(made.name)}" for made, _ in moved)
            yield from (index_sql(one, self.wanted.dialect) for _, one in moved)
            return
        for made, demand in moved:
            before, after = quoted(made.name), quoted(demand.name)
            if made.kind == "index":
                yield f"ALTER INDEX {before} RENAME TO {after}"
            else:
                yield f"ALTER TABLE {table} RENAME CONSTRAINT {before} TO {after}"

    def _adopted_demands(self) -> Iterator[Step]:
        if self._adopted:
            yield self.wanted.step(
                "沿用已有的索引和约束",
                "take over existing indexes and constraints",
                made=tuple(self._adopted),
            )

    # What goes

    def _dropped_indexes(self) -> Iterator[Step]:
        gone = [one for one in self._gone if one.kind == "index"]
        if gone:
            yield self.wanted.step(
                f"去掉 {len(gone)} 个不再需要的索引",
                f"drop {len(gone)} indexes no longer needed",
                statements=tuple(
                    f"DROP INDEX {self.wanted.quoted(one.name)}" for one in gone
                ),
                dropped=tuple(one.kept_as for one in gone),
            )

    def _dropped_constraints(self) -> Iterator[Step]:
        gone = [one for one in self._gone if one.kind != "index"]
        if gone:
            yield self.wanted.step(
                f"去掉 {len(gone)} 个不再需要的约束",
                f"drop {len(gone)} constraints no longer needed",
                statements=tuple(
                    f"ALTER TABLE {self.wanted.name}"
                    f" DROP CONSTRAINT {self.wanted.quoted(one.name)}"
                    for one in gone
                ),
                dropped=tuple(one.kept_as for one in gone),
            )

    # What comes

    def _columns(self) -> Iterator[Step]:
        added = self.fields.added
        if added:
            words = "、".join(one.label.zh for one, _ in added)
            english = ", ".join(one.label.en for one, _ in added)
            yield self.wanted.step(
                f"新增字段：{words}",
                f"add fields: {english}",
                statements=tuple(self._column_sql(column) for _, column in added),
                fields=tuple(self.fields.remembered(one) for one, _ in added),
                made=tuple(self._inline),
            )

    def _column_sql(self, column: str) -> str:
        made = CreateColumn(self.wanted.table.c[column])
        said = [str(made.compile(dialect=self.wanted.dialect))]
        said += [
            inline_sql(one, self.wanted.dialect)
            for one in self._inline
            if self._last_new(one) == column
        ]
        return f"ALTER TABLE {self.wanted.name} ADD COLUMN {' '.join(said)}"

    @cached_property
    def _inline(self) -> list[Demand]:
        """The constraints that SQLite gets together with a new column."""
        if not self.wanted.is_sqlite:
            return []
        return [
            one
            for one in self._missing
            if one.kind != "index" and self._last_new(one) is not None
        ]

    def _last_new(self, demand: Demand) -> str | None:
        """Return the column after whose making all columns of a demand are there."""
        new = [column for _, column in self.fields.added if column in demand.columns]
        return new[-1] if new else None

    def _conversions(self) -> Iterator[Step]:
        for column, (one, turned) in self.fields.conversions.items():
            quoted, table = self.wanted.quoted(column), self.wanted.name
            kind = self.wanted.table.c[column].type.compile(self.wanted.dialect)
            statements = []
            if turned.retype and not self.wanted.is_sqlite:
                statements.append(
                    f"ALTER TABLE {table} ALTER COLUMN {quoted} TYPE {kind}"
                )
            if turned.expression:
                value = turned.expression.format(column=quoted)
                # With a new version, as no other program writes it.
                statements.append(
                    f"UPDATE {table} SET {quoted} = {value}, version = version + 1"
                )
            yield self.wanted.step(
                f"字段“{one.label.zh}”改类型",
                f"change the type of {one.label.en}",
                guards=(turned.guard,) if turned.guard else (),
                statements=tuple(statements),
                fields=(self.fields.remembered(one),),
            )

    def _constraints(self) -> Iterator[Step]:
        """Add constraints: first for new writes, then for what is already there."""
        for one in self._missing:
            if one.kind == "index" or one in self._inline:
                continue
            table, name = self.wanted.name, self.wanted.quoted(one.name)
            said = constraint_sql(one, self.wanted.dialect)
            yield self.wanted.step(
                f"新增约束 {one.name}",
                f"add constraint {one.name}",
                guards=self._guards(one),
                statements=(
                    # Left not validated by a process that was stopped.
                    f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
                    f"ALTER TABLE {table} ADD {said} NOT VALID",
                ),
            )
            yield self.wanted.step(
                f"核对已有记录是否满足 {one.name}",
                f"check existing entries against {one.name}",
                statements=(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}",),
                made=(one,),
            )

    def _indexes(self) -> Iterator[Step]:
        concurrently = self.found.has_rows and not self.wanted.is_sqlite
        for one in self._missing:
            if one.kind != "index":
                continue
            name = self.wanted.quoted(one.name)
            drop = "DROP INDEX CONCURRENTLY" if concurrently else "DROP INDEX"
            yield self.wanted.step(
                f"新建索引 {one.name}",
                f"make index {one.name}",
                guards=self._guards(one),
                statements=(
                    f"{drop} IF EXISTS {name}",
                    index_sql(one, self.wanted.dialect, concurrently=concurrently),
                ),
                made=(one,),
                dropped=tuple(self._undeclared(one.name)),
                concurrently=concurrently,
            )

    def _undeclared(self, name: str) -> Iterator[str]:
        """Find what is kept of an index of that name over fields no longer declared."""
        declared = self.fields.declared.keys() | WITHOUT_FIELD
        for made in self._made.values():
            if made.name == name and not made.field_ids <= declared:
                yield made.kept_as

    def _guards(self, demand: Demand) -> tuple[Guard, ...]:
        if not self.found.has_rows or self._last_new(demand) is not None:
            return ()
        found = guard(demand, self.wanted, self.fields.value_before)
        return () if found is None else (found,)

    # What SQLite can do only by copying the table

    @property
    def _needs_rewrite(self) -> bool:
        if not self.wanted.is_sqlite:
            return False
        missing = [one for one in self._missing if one.kind != "index"]
        return (
            len(missing) > len(self._inline)
            or any(one.kind != "index" for one in self._gone)
            or any(turned.expression for _, turned in self.fields.conversions.values())
        )

    def _rewrite(self) -> Step:
        constraints = [one for one in self._missing if one.kind != "index"]
        turned = self.fields.conversions
        changed = [one for one, _ in turned.values()]
        return self.wanted.step(
            "重建表以更改约束或类型（先备份数据库文件）",
            "copy the table to change constraints or types (the file is backed up)",
            guards=(
                *(one.guard for _, one in turned.values() if one.guard),
                *(found for one in constraints for found in self._guards(one)),
            ),
            rewrite=partial(
                rewrite,
                wanted=self.wanted,
                expressions={
                    column: one.expression.format(column=self.wanted.quoted(column))
                    for column, (_, one) in turned.items()
                    if one.expression
                },
            ),
            fields=tuple(
                self.fields.remembered(one)
                for one in (*changed, *(one for one, _ in self.fields.added))
            ),
            made=tuple(constraints),
            dropped=tuple(one.kept_as for one in self._gone if one.kind != "index"),
        )
