"""Templates as they lie in `seed/templates/`: read, joined with what they extend."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from models.words import Label
from seed.chart_stanzas import ChartStanza
from seed.pay_stanzas import (
    PayCheckStanza,
    PayRunStanza,
    RateStanza,
    SchemeStanza,
    TableStanza,
)
from seed.regulation_files import RegulationText, read_regulation
from seed.scheme_words import in_codes
from seed.stanza_base import Words
from seed.template_error import Fault, TemplateError, one_of
from seed.template_schema import (
    BundleStanza,
    CalendarStanza,
    DutyStanza,
    EntriesStanza,
    Head,
    MeasureStanza,
    RoleStanza,
    TargetStanza,
    TemplateFile,
    validated,
)
from seed.view_stanza import ViewStanza
from seed.yaml_source import Path_, Source, read_yaml

FOLDER = Path(__file__).parent / "templates"
COMMON = "common"
HEAD_FILE = "template.yaml"  # where it usually stands
SAMPLE_FILE = "sample.yaml"  # of the sample department, beside what is applied

Stanza_ = TypeVar("Stanza_")


@dataclass(frozen=True, slots=True)
class Placed(Generic[Stanza_]):
    """A stanza with its place, for messages."""

    stanza: Stanza_
    source: Source
    path: Path_

    @property
    def origin(self) -> str:
        """The template whose file it stands in."""
        return self.source.name.partition("/")[0]

    def fault(self, problem: Label, *path: str | int) -> Fault:
        """Return a mistake in this stanza, or at a part of it."""
        return self.source.fault((*self.path, *path), problem)


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the department calls one thing; see models/wordings.py."""

    key: str
    words: Words


# Each reading is its own, so that what is worked out of one can be kept for it.
@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A template with all it extends; of two stanzas of a code the later stands."""

    name: str
    head: Placed[Head]
    heads: tuple[Placed[Head], ...]  # of all it extends and its own, the last
    regulations: tuple[RegulationText, ...]
    calendars: tuple[Placed[CalendarStanza], ...]
    targets: tuple[Placed[TargetStanza], ...]
    measures: tuple[Placed[MeasureStanza], ...]
    duties: tuple[Placed[DutyStanza], ...]
    charts: tuple[Placed[ChartStanza], ...]
    rates: tuple[Placed[RateStanza], ...]
    tables: tuple[Placed[TableStanza], ...]
    schemes: tuple[Placed[SchemeStanza], ...]
    pay_checks: tuple[Placed[PayCheckStanza], ...]
    pay_runs: tuple[Placed[PayRunStanza], ...]
    views: tuple[Placed[ViewStanza], ...]
    bundles: tuple[Placed[BundleStanza], ...]
    roles: tuple[Placed[RoleStanza], ...]
    entries: tuple[Placed[EntriesStanza], ...]
    registers: tuple[Placed[dict[str, Any]], ...]  # as docs/registers.md has them
    fields: tuple[Placed[dict[str, Any]], ...]  # added to registers declared elsewhere
    labels: tuple[Placed[Labelled], ...] = ()  # words of the department's own

    @property
    def title(self) -> Label:
        """What kind of organisation it is for."""
        return self.head.stanza.title.label


_CODED = (
    "calendars",
    "targets",
    "measures",
    "duties",
    "charts",
    "rates",
    "tables",
    "schemes",
    "pay_checks",
    "pay_runs",
    "views",
    "bundles",
    "roles",
)


def template_names() -> list[str]:
    """Return the templates that can be applied; `common` is only built on."""
    return sorted(
        one.name
        for one in FOLDER.iterdir()
        if one.name != COMMON
        and any(file.name != SAMPLE_FILE for file in one.glob("*.yaml"))
    )


def read_template(name: str, folder: Path | None = None) -> Template:
    """Read a template and what it extends; nothing is checked against registers yet.

    Args:
        name: As its own folder is called.
        folder: Where it lies; left out: among those that can be applied.

    Raises:
        TemplateError: There is none, or a file of it is written wrongly.
    """
    folder = folder or FOLDER
    known = sorted(one.name for one in folder.iterdir() if one.is_dir())
    if name not in known:
        problem = one_of(name, known, Label("已有的行业模板", "a template"))
        raise TemplateError([Fault("templates", 1, (), problem)])
    parts = list(_parts(folder, name, ()))
    heads = [
        Placed(one.template, source, ("template",))
        for source, one in parts
        if one.template is not None
    ]
    found = {kind: _joined(parts, kind) for kind in _CODED}
    found["schemes"] = in_codes(found)
    lists = {
        kind: tuple(
            Placed(stanza, source, (kind, index))
            for source, part in parts
            for index, stanza in enumerate(getattr(part, kind))
        )
        for kind in ("entries", "registers", "fields")
    }
    codes = dict.fromkeys(code for one in heads for code in one.stanza.regulations)
    regulations = tuple(read_regulation(code) for code in codes)
    # Of two words for one thing the later stands, as of two stanzas of a code.
    labels = {
        key: Placed(Labelled(key, words), source, ("labels", key))
        for source, part in parts
        for key, words in part.labels.items()
    }
    return Template(
        name,
        heads[-1],
        tuple(heads),
        regulations,
        **lists,
        **found,
        labels=tuple(labels.values()),
    )


def read_head(name: str) -> Head:
    """Read what a template says of itself, without what it brings.

    Raises:
        TemplateError: As `read_template`.
    """
    file = FOLDER / name / HEAD_FILE
    if file.is_file():
        found = validated(read_yaml(file, f"{name}/{file.name}"), TemplateFile).template
        if found is not None:
            return found
    return read_template(name).head.stanza


def _parts(
    folder: Path, name: str, above: tuple[str, ...]
) -> Iterator[tuple[Source, TemplateFile]]:
    """Yield the files of what a template extends, then its own."""
    own = [
        (source, validated(source, TemplateFile))
        for source in (
            read_yaml(file, f"{name}/{file.name}")
            for file in sorted((folder / name).glob("*.yaml"))
            if file.name != SAMPLE_FILE
        )
    ]
    heads = [(source, one.template) for source, one in own if one.template]
    if len(heads) != 1:
        problem = Label(
            f"应有且只有一个 template 段，现有 {len(heads)} 个。",
            f"There must be one template stanza; there are {len(heads)}.",
        )
        raise TemplateError([Fault(f"{name}/", 1, ("template",), problem)])
    source, head = heads[0]
    for index, other in enumerate(head.extends):
        path = ("template", "extends", index)
        if other in (*above, name):
            problem = Label(
                f"“{other}”又引用了自己。", f"“{other}” extends itself in the end."
            )
            raise TemplateError([source.fault(path, problem)])
        if not (folder / other).is_dir():
            problem = Label(f"没有模板“{other}”。", f"There is no template “{other}”.")
            raise TemplateError([source.fault(path, problem)])
        yield from _parts(folder, other, (*above, name))
    yield from own


def _joined(
    parts: list[tuple[Source, TemplateFile]], kind: str
) -> tuple[Placed[Any], ...]:
    """Return the stanzas of a kind; the later one of a code takes its place."""
    found: dict[object, Placed[Any]] = {}
    for source, part in parts:
        here: set[object] = set()
        for index, stanza in enumerate(getattr(part, kind)):
            placed = Placed(stanza, source, (kind, index))
            # A rate or a table has one row for each day it starts on.
            key = (stanza.code, getattr(stanza, "starts_on", None))
            if key in here:
                problem = Label(
                    f"代号“{stanza.code}”重复，请改掉一个。",
                    f"The code “{stanza.code}” is there twice. Change one.",
                )
                raise TemplateError([placed.fault(problem, "code")])
            here.add(key)
            found[key] = placed
    return tuple(found.values())
