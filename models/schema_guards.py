"""What is counted before a table is held to more: entries that would break it."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from models.schema_demands import Demand
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


def guard(demand: Demand, wanted: Wanted) -> Guard | None:
    """Return the count for a demand; None where no entry can break it."""
    if isinstance(demand.item, Index):
        if not demand.item.unique:
            return None
        return _guard(_alike(demand, wanted), _ALIKE, demand, wanted)
    if isinstance(demand.item, ForeignKeyConstraint):
        return _guard(_lost(demand.item, wanted), _LOST, demand, wanted)
    return _guard(_breaking(demand.item, wanted), _BREAKS, demand, wanted)


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


def _alike(demand: Demand, wanted: Wanted) -> str:
    columns = [wanted.quoted(one) for one in demand.columns]
    filled = " AND ".join(f"{one} IS NOT NULL" for one in columns)
    return (
        f"SELECT count(*) FROM (SELECT 1 FROM {wanted.name}"
        f" WHERE binned_at IS NULL AND {filled}"
        f" GROUP BY {', '.join(columns)} HAVING count(*) > 1) AS alike"
    )


def _lost(item: ForeignKeyConstraint, wanted: Wanted) -> str:
    [element] = item.elements
    column = wanted.quoted(element.parent.name)
    target = wanted.quoted(element.column.table.name)
    return (
        f"SELECT count(*) FROM {wanted.name} AS here WHERE {column} IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {target} AS there"
        f" WHERE there.id = here.{column})"
    )


def _breaking(item: CheckConstraint, wanted: Wanted) -> str:
    condition = item.sqltext.compile(
        dialect=wanted.dialect, compile_kwargs={"literal_binds": True}
    )
    return f"SELECT count(*) FROM {wanted.name} WHERE NOT ({condition})"
