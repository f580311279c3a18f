"""What is counted before a table is held to more: entries that would break it."""

from collections.abc import Callable, Mapping

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from models.schema_demands import Demand, sql_with
from models.schema_steps import Guard
from models.schema_tables import Wanted
from models.words import Label

_ALIKE = Label(
    "{zh}：{count} 组记录在“{fields}”上重复，不能再要求不重复。"
    "请先改掉或删除重复的记录，再更新。",
    "{en}: {count} groups of entries are alike in {fields}, which is to be unique. "
    "Change or bin the repeated ones first, then update.",
)
_BREAKS = Label(
    "{zh}：{count} 条记录不满足“{fields}”的新要求。请先改正这些记录，再更新。",
    "{en}: {count} entries break what is newly demanded of {fields}. "
    "Correct them first, then update.",
)
_LOST = Label(
    "{zh}：{count} 条记录的“{fields}”引用了不存在的记录。请先改正或清空，再更新。",
    "{en}: {count} entries refer by {fields} to what does not exist. "
    "Correct or empty it first, then update.",
)


def guard(demand: Demand, wanted: Wanted, before: Callable[[str], str]) -> Guard | None:
    """Return the count for a demand; None where no entry can break it.

    Args:
        demand: What is to be demanded of existing entries.
        wanted: The table.
        before: Gives the SQL of a column's value as it is before the plan is run.
    """
    values = {column: before(column) for column in demand.columns}
    if isinstance(demand.item, Index):
        if not demand.item.unique:
            return None
        return _guard(_alike(values, wanted), _ALIKE, demand, wanted)
    if isinstance(demand.item, ForeignKeyConstraint):
        return _guard(_lost(demand.item, values, wanted), _LOST, demand, wanted)
    return _guard(_breaking(demand.item, values, wanted), _BREAKS, demand, wanted)


def _guard(count: str, label: Label, demand: Demand, wanted: Wanted) -> Guard:
    title = wanted.declared.title
    names = {column: one.label for one, column in wanted.declared.columns}
    said = [names[one] for one in demand.columns if one in names]
    return Guard(
        count,
        label,
        {
            "zh": title.zh,
            "en": title.en,
            "fields": "、".join(dict.fromkeys(one.zh for one in said)),
        },
    )


def _alike(values: Mapping[str, str], wanted: Wanted) -> str:
    filled = " AND ".join(f"{one} IS NOT NULL" for one in values.values())
    return (
        f"SELECT count(*) FROM (SELECT 1 FROM {wanted.name}"
        f" WHERE binned_at IS NULL AND {filled}"
        f" GROUP BY {', '.join(values.values())} HAVING count(*) > 1) AS alike"
    )


def _lost(item: ForeignKeyConstraint, values: Mapping[str, str], wanted: Wanted) -> str:
    [element] = item.elements
    target = wanted.quoted(element.column.table.name)
    value = values[element.parent.name]
    return (
        f"SELECT count(*) FROM {wanted.name} WHERE {value} IS NOT NULL"
        f" AND {value} NOT IN (SELECT there.id FROM {target} AS there)"
    )


def _breaking(item: CheckConstraint, values: Mapping[str, str], wanted: Wanted) -> str:
    condition = sql_with(item.sqltext, values, wanted.dialect)
    return f"SELECT count(*) FROM {wanted.name} WHERE NOT ({condition})"
