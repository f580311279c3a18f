"""How a foreign file's columns become a register's fields, with zone and currency."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.register import WITHOUT_COLUMN, Declaration, Field
from models.rules.sheet_headers import label_key
from models.words import PersonError


class MappingError(PersonError):
    """A mapping names a field, column or setting that does not exist."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's value comes from: a column, how it is written, or a constant."""

    column: str | None = None
    or_columns: tuple[str, ...] = ()  # the first of these that says something, else
    time_column: str | None = None  # where day and time stand in two columns
    pattern: str | None = None  # as for strptime: "%m/%d/%Y %I:%M:%S %p"
    constant: str | None = None  # what every row gets, written as in a cell
    values: Mapping[str, str] = field(default_factory=dict)  # file's word -> option
    by: str | None = None  # a reference is found by this field of the other register
    # A reference that is not found is made, with these fields from these columns.
    create: Mapping[str, str] = field(default_factory=dict)
    rounding: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the file that this field needs."""
        named = (self.column, *self.or_columns, self.time_column)
        return tuple(one for one in (*named, *self.create.values()) if one)


@dataclass(frozen=True, slots=True)
class FileMapping:
    """Everything an import knows of a kind of file."""

    fields: Mapping[str, Source]
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    key: tuple[str, ...] = ()  # fields that identify a row; else (file, line)
    nothing: tuple[str, ...] = ()  # words that mean "no value"
    sheets: tuple[str, ...] = ()  # empty: every sheet that has the columns
    header: tuple[int, int] | None = None  # first and last row; None: found
    encoding: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON and YAML keep it, without what says nothing."""
        kept = asdict(self)
        kept["fields"] = {
            name: {key: value for key, value in source.items() if value}
            for name, source in kept["fields"].items()
        }
        return {key: value for key, value in kept.items() if value}


def read_mapping(written: Any, declared: Declaration) -> FileMapping:
    """Read a mapping from YAML or JSON and check it against the register.

    Raises:
        MappingError: Names the key and what is allowed.
    """
    if not isinstance(written, dict) or not isinstance(written.get("fields"), dict):
        raise MappingError(
            "导入设置应有 fields：字段名 -> 列名。",
            "A mapping needs `fields`: field name -> column.",
        )
    _known_keys("", written, FileMapping)
    fields = {}
    for name, given in written["fields"].items():
        _known_field(declared, name)
        source = {"column": given} if isinstance(given, str) else given
        _known_keys(f"fields.{name}.", source, Source)
        fields[name] = _source(source)
    rest = {key: value for key, value in written.items() if key != "fields"}
    for key in ("key", "nothing", "sheets", "header"):
        if rest.get(key) is not None:
            rest[key] = tuple(rest[key])
    made = FileMapping(fields, **rest)
    try:
        ZoneInfo(made.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(
            "没有时区“{zone}”，应写成 Asia/Shanghai 这样的名称。",
            "There is no time zone “{zone}”; write it like Asia/Shanghai.",
            zone=made.zone,
        ) from None
    for name in made.key:
        if name not in fields:
            raise MappingError(
                "标识字段“{name}”没有对应的列。",
                "The key field “{name}” has no column.",
                name=name,
            )
    return made


def _source(written: Mapping[str, Any]) -> Source:
    given = dict(written)
    if "or_columns" in given:
        given["or_columns"] = tuple(given["or_columns"])
    return Source(**given)


def _known_keys(place: str, written: Any, kind: Any) -> None:
    allowed = kind.__dataclass_fields__
    for key in written:
        if key not in allowed:
            raise MappingError(
                "导入设置里没有“{key}”，可用的是：{allowed}。",
                "A mapping has no “{key}”; allowed are {allowed}.",
                key=f"{place}{key}",
                allowed=", ".join(allowed),
            )


def _known_field(declared: Declaration, name: str) -> None:
    fits = {one.name for one in importable(declared)}
    if name not in fits:
        raise MappingError(
            "台账“{register}”没有可导入的字段“{name}”，可用的是：{fields}。",
            "The register “{register}” has no field “{name}” to import; there are"
            " {fields}.",
            register=declared.title.zh,
            name=name,
            fields=", ".join(sorted(fits)),
        )


def importable(declared: Declaration) -> tuple[Field, ...]:
    """Return the fields a file may fill: those people fill, and the number."""
    return tuple(
        one
        for one in declared.all_fields
        if one.type not in WITHOUT_COLUMN
        and (not one.is_given or one.name in ("number", "created_at"))
    )


def guess(declared: Declaration, labels: Iterable[str], zone: str) -> FileMapping:
    """Return a first mapping by equal names: labels in either language, or the name."""
    by_key = {}
    offered = importable(declared)
    for one in offered:  # words of everybody give way to the department's own
        for word in one.label.every:
            by_key[label_key(word)] = one
    for one in offered:
        for word in (one.name, one.label.en, one.label.zh):
            by_key[label_key(word)] = one
    fields = {}
    for label in labels:
        found = by_key.get(label_key(label))
        if found is not None and found.name not in fields:
            by = None
            if found.refers_to is not None:
                by = "display"
            fields[found.name] = Source(column=label, by=by)
    key = tuple(name for name in declared.import_key if name in fields)
    if len(key) < len(declared.import_key):
        key = ()
    if not key and "number" in fields:
        key = ("number",)
    return FileMapping(fields, zone=zone, key=key)
