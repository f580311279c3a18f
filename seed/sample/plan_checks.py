"""Whether a sample plan makes sense: registers, fields, words, posts, steps, order.

Asked before anything is written, with the registers that the template declares known;
every mistake is told at once with its file, line and key.
"""

from collections.abc import Iterator, Mapping, Sequence

from models import catalogue
from models.register import Declaration
from models.words import Label
from seed.sample.literals import literal
from seed.sample.plan import SamplePlan
from seed.sample.plan_schema import (
    BeginsStanza,
    DelayStanza,
    FollowStanza,
    PlanStanza,
    RowsStanza,
    StepStanza,
)
from seed.sample.value_checks import ValueChecks
from seed.sample.words import list_name, places, pool
from seed.sample.writing import link
from seed.template import Template
from seed.template_error import Fault, TemplateError, one_of
from seed.yaml_source import Path_


def check_plan(plan: SamplePlan, template: Template) -> None:
    """Check a plan as a whole.

    Raises:
        TemplateError: With every mistake there is.
    """
    faults = list(_Checks(plan, template).faults())
    if faults:
        raise TemplateError(faults)


class _Checks(ValueChecks):
    """Goes through a plan and tells what does not fit."""

    def faults(self) -> Iterator[Fault]:
        yield from self._sample()
        for index, someone in enumerate(self.file.people):
            path: Path_ = ("people", index)
            yield from self.among(
                someone.role, self.roles, "角色", "a role", *path, "role"
            )
            if someone.department is not None:
                words = ("样例的部门", "a department of the sample")
                yield from self.among(
                    someone.department, self.departments, *words, *path, "department"
                )
            staff = catalogue.current()["staff"]
            for name in someone.fields:
                yield from self.named(staff, name, *path, "fields", name)
        for name, wordings in self.file.words.items():
            for at, one in enumerate(wordings):
                yield from self.places(None, one.text, ("words", name, at))
        yield from self._loops()
        planned: list[str] = []
        for index, stanza in enumerate(self.file.entries):
            yield from self._plan(stanza, ("entries", index), planned)

    def _sample(self) -> Iterator[Fault]:
        said = self.file.sample
        for hour in said.hours:
            yield from self._hour(hour, "sample", "hours", str(hour))
        if said.late[0] > said.late[1]:
            yield self.fault(
                "下限大于上限，请对调。",
                "The lower bound is above the upper one. Swap them.",
                *("sample", "late"),
            )

    def _hour(self, hour: int, *path: str | int) -> Iterator[Fault]:
        if hour not in range(24):
            yield self.fault(
                f"“{hour}”不是钟点，应是 0 到 23。",
                f"“{hour}” is no hour; 0 to 23 are.",
                *path,
            )

    def _plan(
        self, stanza: PlanStanza, path: Path_, planned: list[str]
    ) -> Iterator[Fault]:
        said = [stanza.count is not None, stanza.per_day is not None]
        if sum([*said, bool(stanza.rows)]) != 1:
            yield self.fault(
                "count、per_day 和 rows 要写一个，也只写一个。",
                "Say either count, per_day or rows.",
                *path,
            )
        for hour in stanza.hours or ():
            yield from self._hour(hour, *path, "hours", str(hour))
        later = [one.register_ for one in self.file.entries]
        del later[: len(planned)]
        yield from self._rows(stanza, path, later)
        planned.append(stanza.register_)

    def _rows(
        self, stanza: RowsStanza, path: Path_, later: Sequence[str]
    ) -> Iterator[Fault]:
        known = catalogue.current().codes
        code = stanza.register_
        yield from self.among(
            code, list(known), "台账代号", "a register", *path, "register"
        )
        yield from self.of_posts(stanza.by, *path, "by")
        if code not in known:
            return
        declared = known[code]
        yield from self._given(declared, stanza, path)
        yield from self.fields(declared, stanza.fields, (*path, "fields"))
        yield from self._order(declared, stanza, path, later)
        for index, step in enumerate(stanza.steps):
            yield from self._step(declared, step, (*path, "steps", index))
        for index, follow in enumerate(stanza.then):
            yield from self._follow(declared, follow, (*path, "then", index), later)

    def _given(
        self, declared: Declaration, stanza: RowsStanza, path: Path_
    ) -> Iterator[Fault]:
        """Yield the mistakes in rows that say themselves what they are."""
        for index, row in enumerate(stanza.rows):
            for name, value in row.items():
                here = (*path, "rows", index, name)
                yield from self.named(declared, name, *here)
                if declared.has(name):
                    found = literal(declared.field(name), value)
                    if isinstance(found, Label):
                        yield self.plan.fault(found, *here)

    def _order(
        self,
        declared: Declaration,
        stanza: RowsStanza,
        path: Path_,
        later: Sequence[str],
    ) -> Iterator[Fault]:
        """Yield a mistake for each reference to what is planned further down only."""
        after = set(later) - self._before(later)
        for one in declared.fields:
            if one.refers_to in after and (one.required or one.name in stanza.fields):
                yield self.fault(
                    f"“{one.label.zh}”用到后面才有的 {one.refers_to}，请把它移到前面。",
                    f"“{one.label.en}” needs {one.refers_to}, which comes further "
                    "down. Move that up.",
                    *path,
                )

    def _before(self, later: Sequence[str]) -> set[str]:
        done = len(self.file.entries) - len(later)
        return set(_registers(self.file.entries[: done + 1]))

    def _follow(
        self,
        declared: Declaration,
        stanza: FollowStanza,
        path: Path_,
        later: Sequence[str],
    ) -> Iterator[Fault]:
        known = catalogue.current().codes
        if stanza.register_ in known:
            try:
                link(declared, known[stanza.register_], stanza.via)
            except LookupError:
                names = [
                    one.name
                    for one in known[stanza.register_].fields
                    if one.refers_to == declared.code
                ]
                what = Label(
                    f"指回{declared.title.zh}的字段", f"a field for {declared.title.en}"
                )
                yield self.plan.fault(one_of(stanza.via, names, what), *path, "via")
        if stanza.each[0] > stanza.each[1] or stanza.each[0] < 0:
            yield self.fault(
                "应是从少到多的两个数。",
                "Two numbers, the smaller first.",
                *path,
                "each",
            )
        yield from self.when(declared, stanza.when, (*path, "when"))
        yield from self._delay(declared, stanza.after, (*path, "after"))
        if stanza.needed_for is not None:
            yield from self._is_step(declared, stanza.needed_for, *path, "needed_for")
        if stanza.begins is not None:
            yield from self._begins(declared, stanza.begins, (*path, "begins"))
        yield from self._rows(stanza, path, later)

    def _begins(
        self, declared: Declaration, said: BeginsStanza, path: Path_
    ) -> Iterator[Fault]:
        """Yield the mistakes of what says which parts others are made of."""
        yield from self.named(declared, said.by, *path, "by")
        known = catalogue.current().codes
        whole = declared.field(said.by).refers_to if declared.has(said.by) else None
        parts = [one.code for one in known.values() if _is_part(one, whole)]
        what = ("明细台账", "parts of it")
        yield from self.among(said.register_, parts, *what, *path, "register")
        if said.register_ in parts:
            for name, of in said.carry.items():
                if of == "id":
                    continue
                yield from self.named(known[said.register_], of, *path, "carry", name)

    def _delay(
        self, declared: Declaration, said: DelayStanza | None, path: Path_
    ) -> Iterator[Fault]:
        if said is None:
            return
        yield from self.length(said.about, *path, "about")
        yield from self.length(said.late_about, *path, "late_about")
        if said.field is not None:
            yield from self.time(declared, said.field, *path, "field")

    def _step(
        self, declared: Declaration, said: StepStanza, path: Path_
    ) -> Iterator[Fault]:
        yield from self._is_step(declared, said.step, *path, "step")
        yield from self.of_posts(said.by, *path, "by")
        yield from self.when(declared, said.when, (*path, "when"))
        yield from self._delay(declared, said.after, (*path, "after"))
        yield from self.fields(declared, said.fields, (*path, "fields"))
        known = catalogue.current().codes
        parts = [one.code for one in known.values() if _is_part(one, declared.code)]
        what = (f"{declared.title.zh}的明细台账", f"parts of {declared.title.en}")
        for code, fields in said.parts.items():
            yield from self.among(code, parts, *what, *path, "parts", code)
            if code in parts:
                yield from self.fields(known[code], fields, (*path, "parts", code))

    def _is_step(
        self, declared: Declaration, code: str, *path: str | int
    ) -> Iterator[Fault]:
        steps = declared.flow.transitions if declared.flow is not None else ()
        what = (f"{declared.title.zh}的步骤", f"a step of {declared.title.en}")
        yield from self.among(code, [one.code for one in steps], *what, *path)

    def _loops(self) -> Iterator[Fault]:
        """Yield a mistake for each list of words that comes back to itself."""
        lists = {**pool(), **self.file.words}
        for name in self.file.words:
            if name in _reached(lists, name):
                yield self.fault(
                    f"词表“{name}”绕回了自己。",
                    f"The list “{name}” comes back to itself.",
                    *("words", name),
                )


def _is_part(one: Declaration, whole: str | None) -> bool:
    return one.part_of is not None and one.field(one.part_of).refers_to == whole


def _registers(stanzas: Sequence[RowsStanza]) -> Iterator[str]:
    for one in stanzas:
        yield one.register_
        yield from _registers(one.then)


def _reached(lists: Mapping[str, Sequence[object]], name: str) -> set[str]:
    found: set[str] = set()
    fresh = {name}
    while fresh:
        named = {
            list_name(place)
            for each in fresh
            for one in lists.get(each, ())
            for place in places(str(getattr(one, "text", "")))
        }
        fresh = (named & lists.keys()) - found
        found |= fresh
    return found
