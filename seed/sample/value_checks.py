"""Whether the values of a sample plan make sense: fields, words, lengths, posts."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from models import catalogue
from models.computing import unit_of_path
from models.fields import (
    DATE,
    DECIMAL,
    DURATION,
    INSTANT,
    INTEGER,
    MONEY,
    PERSON,
    TEXTUAL,
    TIME,
    WITHOUT_COLUMN,
    YES_NO,
    Field,
)
from models.register import Declaration
from models.words import Label
from seed.sample.desk_hours import minutes
from seed.sample.literals import literal
from seed.sample.plan import SamplePlan
from seed.sample.plan_schema import (
    Values,
    ValueStanza,
    When,
)
from seed.sample.words import DIGITS, list_name, places, pool
from seed.template import Template
from seed.template_error import Fault, one_of
from seed.yaml_source import Path_

ENTERED = "entered"  # stands for the moment an entry came in
TIMES = frozenset({DATE, INSTANT})
LENGTHS = frozenset({TIME, DURATION})
FIGURES = frozenset({INTEGER, DECIMAL, MONEY})
OWN_WORDS = "phone"  # what each plan has of its own without saying it


class ValueChecks:
    """Tells what does not fit in the fields of a plan."""

    def __init__(self, plan: SamplePlan, template: Template) -> None:
        """Note what the plan and its template have to offer."""
        self.plan, self.file = plan, plan.file
        self.roles = [one.stanza.code for one in template.roles]
        self.posts = list(dict.fromkeys(one.post for one in self.file.people))
        self.lists = [*pool(), *self.file.words, OWN_WORDS]
        self.departments = [
            self.file.sample.department,
            *self.file.sample.departments,
        ]

    def fault(self, zh: str, en: str, *path: str | int) -> Fault:
        """Return a mistake at a part of the plan."""
        return self.plan.fault(Label(zh, en), *path)

    def among(
        self, found: str, allowed: Sequence[str], zh: str, en: str, *path: str | int
    ) -> Iterator[Fault]:
        """Yield a mistake if a word is not among the allowed ones."""
        if found not in allowed:
            yield self.plan.fault(one_of(found, allowed, Label(zh, en)), *path)

    def of_posts(
        self, posts: Sequence[str] | None, *path: str | int
    ) -> Iterator[Fault]:
        """Yield a mistake for each post that nobody of the sample has."""
        for one in posts or ():
            yield from self.among(
                one, self.posts, "样例里的岗位", "a post of the sample", *path
            )

    def when(self, declared: Declaration, when: When, path: Path_) -> Iterator[Fault]:
        """Yield the mistakes of a condition: fields, and what they may be."""
        for name, values in when.items():
            yield from self.named(declared, name, *path, name)
            if not declared.has(name):
                continue
            allowed = values_of(declared.field(name))
            for value in values if allowed else ():
                yield from self.among(
                    value, allowed, "可选的值", "one of its values", *path, name
                )

    def named(
        self, declared: Declaration, name: str, *path: str | int
    ) -> Iterator[Fault]:
        """Yield a mistake if a register has no such field."""
        names = [one.name for one in declared.all_fields]
        what = (f"{declared.title.zh}的字段", f"a field of {declared.title.en}")
        yield from self.among(name, names, *what, *path)

    def time(
        self, declared: Declaration, name: str, *path: str | int
    ) -> Iterator[Fault]:
        """Yield a mistake if a register has no such day or moment."""
        names = [one.name for one in declared.all_fields if one.type in TIMES]
        what = (f"{declared.title.zh}的日期或时间", f"a time of {declared.title.en}")
        yield from self.among(name, names, *what, *path)

    def fields(
        self, declared: Declaration, fields: Values, path: Path_
    ) -> Iterator[Fault]:
        """Yield the mistakes in what is said of a register's fields."""
        for name, said in fields.items():
            here = (*path, name)
            yield from self.named(declared, name, *here)
            if not declared.has(name):
                continue
            one = declared.field(name)
            if one.is_given or one.type in WITHOUT_COLUMN:
                yield self.fault(
                    f"“{one.label.zh}”不由人填写，请去掉。",
                    f"Nobody fills in “{one.label.en}”. Leave it out.",
                    *here,
                )
            else:
                yield from self.value(declared, one, said, here)

    def value(
        self, declared: Declaration, one: Field, said: ValueStanza, path: Path_
    ) -> Iterator[Fault]:
        """Yield the mistakes in how one value comes about."""
        if len(said.kinds) > 1:
            words = "、".join(said.kinds)
            yield self.fault(
                f"{words} 只能写一个。",
                f"Say only one of {', '.join(said.kinds)}.",
                *path,
            )
            return
        yield from self.when(declared, said.when, (*path, "when"))
        fits = _FITS.get(said.kind)
        if fits is not None and one.type not in fits:
            yield self.fault(
                f"“{one.label.zh}”不能用 {said.kind}。",
                f"{said.kind} does not go with “{one.label.en}”.",
                *(*path, said.kind),
            )
            return
        for text in [said.text, *(said.one_of or ())]:
            if text is not None:
                yield from self.wording(declared, one, text, (*path, said.kind))
        if said.kind == "value" and said.value is not None:
            found = literal(one, said.value)
            if isinstance(found, Label):
                yield self.plan.fault(found, *path)
        yield from self.sizes(one, said, path)
        yield from self.of_posts(said.person, *path, "person")
        yield from self.pointing(declared, one, said, path)

    def wording(
        self, declared: Declaration, one: Field, text: str, path: Path_
    ) -> Iterator[Fault]:
        """Yield the mistakes of a text, or of a word that stands for a value."""
        if one.type in TEXTUAL:
            yield from self.places(declared, text, path)
            return
        found = literal(one, text)
        if isinstance(found, Label):
            yield self.plan.fault(found, *path)

    def places(
        self, declared: Declaration | None, text: str, path: Path_
    ) -> Iterator[Fault]:
        """Yield a mistake for each place of a text that nothing fills."""
        for place in places(text):
            head, _, tail = place.partition(".")
            if DIGITS.fullmatch(place) or (not tail and list_name(place) in self.lists):
                continue
            if declared is None:
                # A list may be used by any register, so it may name fields of any.
                if any(one.has(head) for one in catalogue.current()):
                    continue
            elif declared.has(head):
                yield from self.path(declared, place, *path)
                continue
            names = [one.name for one in declared.fields] if declared else []
            what = Label("词表或字段", "a list of words or a field")
            yield self.plan.fault(one_of(place, [*self.lists, *names], what), *path)

    def path(
        self, declared: Declaration, said: str, *path: str | int
    ) -> Iterator[Fault]:
        """Yield the mistakes of a field or of one behind a reference."""
        try:
            unit_of_path(declared, said)
        except KeyError:
            head, _, tail = said.partition(".")
            register = declared.field(head).refers_to if declared.has(head) else None
            target = declared if register is None else catalogue.current()[register]
            yield from self.named(target, tail or head, *path)
            if register is None and declared.has(head):
                yield self.fault(
                    f"“{head}”不指向别的记录，不能写“{said}”。",
                    f"“{head}” refers to nothing; “{said}” makes no sense.",
                    *path,
                )

    def sizes(self, one: Field, said: ValueStanza, path: Path_) -> Iterator[Fault]:
        """Yield the mistakes of numbers and lengths."""
        yield from self.length(said.late_about, *path, "late_about")
        if said.about is not None:
            if said.kind == "about" and one.type in FIGURES:
                yield from self.figure(said.about, *path, "about")
            else:
                yield from self.length(str(said.about), *path, "about")
        for each in said.between or ():
            if one.type in FIGURES:
                yield from self.figure(each, *path, "between")
            elif ":" not in str(each):
                yield from self.length(str(each), *path, "between")

    def figure(self, said: Decimal | str, *path: str | int) -> Iterator[Fault]:
        """Yield a mistake if this is no number."""
        try:
            Decimal(said)
        except InvalidOperation:
            yield self.fault(
                f"“{said}”应是数字，请改正。",
                f"“{said}” should be a figure. Correct it.",
                *path,
            )

    def length(self, said: str, *path: str | int) -> Iterator[Fault]:
        """Yield a mistake if this is no length."""
        try:
            minutes(said)
        except ValueError:
            yield self.fault(
                f"“{said}”不是时长，应写成 30s、40m、2h、1h30m 或 3d。",
                f"“{said}” is no length; write 30s, 40m, 2h, 1h30m or 3d.",
                *path,
            )

    def pointing(
        self, declared: Declaration, one: Field, said: ValueStanza, path: Path_
    ) -> Iterator[Fault]:
        """Yield the mistakes where a value points at other fields."""
        moved = said.after or said.before
        if moved is not None and moved != ENTERED:
            yield from self.time(declared, moved, *path, said.kind)
        if said.same is not None:
            yield from self.path(declared, said.same, *path, "same")
        if said.where and one.refers_to is not None:
            target = catalogue.current()[one.refers_to]
            mine = {name: () if "me" in it else it for name, it in said.where.items()}
            yield from self.when(target, mine, (*path, "where"))
        if said.case is None:
            return
        yield from self.named(declared, said.case, *path, "case")
        if declared.has(said.case):
            allowed = values_of(declared.field(said.case))
            for key, inner in said.of.items():
                yield from self.among(
                    *(key, allowed or [key], "可选的值", "one of its values"),
                    *(*path, "of", key),
                )
                yield from self.value(declared, one, inner, (*path, "of", key))
        if said.otherwise is not None:
            yield from self.value(declared, one, said.otherwise, (*path, "otherwise"))


_FITS: Mapping[str, frozenset[object]] = {
    "between": FIGURES | LENGTHS,
    "about": FIGURES | {DURATION},
    "after": TIMES,
    "before": TIMES,
    "person": frozenset({PERSON}),
}


def values_of(one: Field) -> list[str]:
    """Return what a field may be, as conditions write it; empty if it may be much."""
    codes = [it.value for it in one.options]
    if one.type is YES_NO:
        codes = ["yes", "no"]
    return [*codes, "any", "none"] if codes or one.refers_to is not None else []
