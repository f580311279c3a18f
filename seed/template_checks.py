"""Whether a template makes sense: registers, fields, formulas, lengths, links.

All of it is asked before anything changes, and every mistake is told at once with its
file, line and key. No database is needed: a template must make sense on any.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from models import catalogue, computing, measure_checks
from models.conditions import sql_column, to_sql
from models.pay_duties import DUTY
from models.pay_inputs import OF_THE_PERIOD
from models.register import Declaration
from models.rules import formula as formulas
from models.rules.business_calendar import BusinessCalendar
from models.rules.formula import NUMBER, UNITS, FormulaError, Unit, table_unit
from models.rules.pay_lookup import TableRowError, read_table
from models.stored import NOTHING
from models.targets import declared_problems
from models.words import Label, PersonError
from seed.chart_items import wrong_charts
from seed.citation_checks import wrong_citations
from seed.declared import knowing
from seed.duty_checks import unknown_posts, wrong_duty, wrong_posts
from seed.entry_items import reference_problems
from seed.labels_item import wrong_labels
from seed.pay_stanzas import (
    PayCheckStanza,
    RateStanza,
    TableStanza,
)
from seed.scheme_checks import wrong_schemes
from seed.stanza_objects import (
    measure_of,
    row_value,
    target_of,
    warning,
)
from seed.template import Placed, Template
from seed.template_error import Fault, TemplateError, one_of
from seed.template_schema import (
    EVERY_REGISTER,
    CalendarStanza,
    EntriesStanza,
    GrantStanza,
    MeasureStanza,
    TargetStanza,
)
from seed.view_stanza import ViewStanza


def check(template: Template) -> None:
    """Check a template as a whole, on whatever it may be applied.

    Raises:
        TemplateError: With every mistake there is.
    """
    with knowing(template, NOTHING, {}):
        check_beside(template)


def check_beside(template: Template) -> None:
    """Check what a template says beside what it declares, which is known already.

    Raises:
        TemplateError: With every mistake there is.
    """
    faults = list(_faults(template))
    if faults:
        raise TemplateError(faults)


def _pay(template: Template) -> Iterator[Fault]:
    for rate in template.rates:
        yield from _rate(rate)
    for table in template.tables:
        yield from _table(table)
    names = names_of_pay(template)
    for scheme in template.schemes:
        yield from wrong_posts(template, scheme)
    yield from wrong_schemes(template, names)
    for check_ in template.pay_checks:
        yield from _pay_check(check_)
    for run in template.pay_runs:
        yield from unknown_posts(template, run, run.stanza.reviewers, "reviewers")


def _faults(template: Template) -> Iterator[Fault]:
    yield from _heads(template)
    for calendar in template.calendars:
        yield from _calendar(calendar)
    for target in template.targets:
        yield from _target(template, target)
    for measure in template.measures:
        yield from _measure(template, measure)
    for duty in template.duties:
        yield from wrong_duty(template, duty)
    yield from wrong_charts(template)
    yield from _pay(template)
    for view in template.views:
        yield from _view(template, view)
    yield from _roles(template)
    rows = _rows(template)
    for entries in template.entries:
        yield from _entries(entries, rows)
    yield from wrong_labels(template)
    yield from wrong_citations(template)


def _heads(template: Template) -> Iterator[Fault]:
    for head in template.heads:
        for index, code in enumerate(head.stanza.registers_on):
            yield from _register(head, code, "registers_on", index)
        for at, carries in enumerate(head.stanza.carries):
            yield from _register(head, carries.register_, "carries", at, "register")


def _register(placed: Placed[Any], code: str, *path: str | int) -> Iterator[Fault]:
    known = list(catalogue.current().codes)
    if code not in known:
        yield placed.fault(one_of(code, known, Label("台账代号", "a register")), *path)


def _field(
    placed: Placed[Any], declared: Declaration, name: str | None, *path: str | int
) -> Iterator[Fault]:
    if name is None or declared.has(name):
        return
    names = [one.name for one in declared.all_fields]
    what = Label(f"{declared.title.zh}的字段", f"a field of {declared.title.en}")
    yield placed.fault(one_of(name, names, what), *path)


def _calendar(placed: Placed[CalendarStanza]) -> Iterator[Fault]:
    try:
        BusinessCalendar.from_object(placed.stanza.hours)
    except PersonError as error:
        yield placed.fault(error.label, "hours")


def _target(template: Template, placed: Placed[TargetStanza]) -> Iterator[Fault]:
    stanza = placed.stanza
    wrong = [*_register(placed, stanza.register_, "register")]
    if stanza.stop_register is not None:
        wrong += _register(placed, stanza.stop_register, "stop_register")
    if wrong:
        yield from wrong
        return
    known = catalogue.current()
    declared = known[stanza.register_]
    stopping = known[stanza.stop_register or stanza.register_]
    wrong += _field(placed, declared, stanza.start, "start")
    wrong += _field(placed, stopping, stanza.stop, "stop")
    wrong += _field(placed, stopping, stanza.stop_via, "stop_via")
    wrong += _field(placed, declared, stanza.responsible, "responsible")
    calendars = [one.stanza.code for one in template.calendars]
    for key in ("start", "stop"):
        if getattr(stanza, key) is None and not getattr(stanza, f"{key}_states"):
            said = Label("请写明字段或环节", "name a field, or states")
            wrong.append(placed.fault(said, key))
    if stanza.calendar not in calendars:
        what = Label("模板里的工作日历", "a calendar of the template")
        wrong.append(placed.fault(one_of(stanza.calendar, calendars, what), "calendar"))
    if wrong:
        yield from wrong
        return
    try:
        target = target_of(stanza)
    except PersonError as error:
        yield placed.fault(error.label, _in_length(stanza))
        return
    for problem in declared_problems(target):
        yield placed.fault(problem, _blamed(problem, stanza))


def _in_length(stanza: TargetStanza) -> str:
    """Return the key whose length of time is not understood."""
    try:
        warning(stanza.warn_before)
    except PersonError:
        return "warn_before"
    return "escalation"


def _blamed(problem: Label, stanza: TargetStanza) -> str:
    """Return the key whose value a problem quotes."""
    if stanza.condition and computing.formula_problem(
        catalogue.current()[stanza.register_], stanza.condition
    ):
        return "condition"
    return "how_long" if stanza.how_long.lower() in problem.zh else "code"


def _measure(template: Template, placed: Placed[MeasureStanza]) -> Iterator[Fault]:
    stanza = placed.stanza
    wrong = [*_register(placed, stanza.register_, "register")]
    if wrong:
        yield from wrong
        return
    declared = catalogue.current()[stanza.register_]
    for key in ("field", "weight", "date_field", "person_field"):
        wrong += _field(placed, declared, getattr(stanza, key), key)
    for key in ("condition", "share_of"):
        wrong += _condition(placed, declared, getattr(stanza, key), key)
    targets = [one.stanza.code for one in template.targets]
    if stanza.target is not None and stanza.target not in targets:
        what = Label("模板里的时限要求", "a time limit of the template")
        wrong.append(placed.fault(one_of(stanza.target, targets, what), "target"))
    if not wrong:
        found = measure_checks.problems(measure_of(stanza))
        wrong += [placed.fault(one, "code") for one in found]
    yield from wrong


def _condition(
    placed: Placed[Any], declared: Declaration, text: str | None, key: str
) -> Iterator[Fault]:
    """Yield why a condition cannot be asked of the database."""
    if text is None:
        return
    table = catalogue.current().table(declared.code)

    def lookup(name: str) -> Any:
        one = declared.field(name)
        return sql_column(one, table.c[one.column or ""])

    try:
        to_sql(formulas.parse(text), lookup)
    except FormulaError as error:
        yield placed.fault(error.label, key)


def _rate(placed: Placed[RateStanza]) -> Iterator[Fault]:
    if not UNITS[placed.stanza.unit].is_quantity:
        problem = Label("单价表里只能是数。", "A rate must be a figure.")
        yield placed.fault(problem, "unit")


def _table(placed: Placed[TableStanza]) -> Iterator[Fault]:
    stanza = placed.stanza
    try:
        read_table(stanza.rows, UNITS[stanza.key], UNITS[stanza.unit])
    except TableRowError as error:
        yield placed.fault(error.label, "rows", error.index)


def names_of_pay(template: Template) -> dict[str, Unit]:
    """Return the unit of every name that a pay formula of the template may read."""
    staff = catalogue.current()["staff"]
    names = {
        f"measure.{one.stanza.code}": UNITS[one.stanza.unit]
        for one in template.measures
    }
    names |= {
        f"rate.{one.stanza.code}": UNITS[one.stanza.unit] for one in template.rates
    }
    names |= {
        f"table.{one.code}": table_unit(UNITS[one.key], UNITS[one.unit])
        for one in (placed.stanza for placed in template.tables)
    }
    names |= dict.fromkeys((DUTY + one.stanza.code for one in template.duties), NUMBER)
    return (
        names
        | dict(OF_THE_PERIOD)
        | {
            f"staff.{one.name}": computing.unit_of(one)
            for one in staff.fields
            if one.column
        }
    )


def _pay_check(placed: Placed[PayCheckStanza]) -> Iterator[Fault]:
    """Check that a list can be narrowed by these fields; how is the list's matter."""
    wrong = [*_register(placed, placed.stanza.register_, "register")]
    if wrong:
        yield from wrong
        return
    declared = catalogue.current()[placed.stanza.register_]
    names = [one.name for one in declared.all_fields if one.filterable]
    what = Label(
        f"{declared.title.zh}可筛选的字段", f"a field {declared.title.en} filters by"
    )
    for index, word in enumerate(placed.stanza.where):
        name = word.partition("~")[0]
        if name not in names:
            yield placed.fault(one_of(name, names, what), "where", index)


def _view(template: Template, placed: Placed[ViewStanza]) -> Iterator[Fault]:
    """Check for whom a view is, and of which registers; how is the list's matter."""
    stanza = placed.stanza
    for index, code in enumerate(stanza.registers):
        yield from _register(placed, code, "registers", index)
    roles = [one.stanza.code for one in template.roles]
    for index, code in enumerate(stanza.roles):
        if code not in roles:
            what = Label("已有的角色", "a role of the template")
            yield placed.fault(one_of(code, roles, what), "roles", index)


def _roles(template: Template) -> Iterator[Fault]:
    bundles = [one.stanza.code for one in template.bundles]
    granting: list[Placed[Any]] = [*template.bundles, *template.roles]
    for placed in granting:
        for index, grant in enumerate(placed.stanza.grants):
            yield from _grant(placed, grant, "grants", index)
    for role in template.roles:
        for index, code in enumerate(role.stanza.bundles):
            if code not in bundles:
                what = Label("权限组", "a bundle")
                yield role.fault(one_of(code, bundles, what), "bundles", index)


def _grant(
    placed: Placed[Any], grant: GrantStanza, *path: str | int
) -> Iterator[Fault]:
    known = catalogue.current()
    for index, code in enumerate(grant.registers):
        if code == EVERY_REGISTER or "." in code:
            continue
        at = partial(_register, placed, code)
        yield from at(*path, "registers", index)
        if code in known:
            for place, name in enumerate(grant.secrets):
                yield from _field(placed, known[code], name, *path, "secrets", place)


def _rows(template: Template) -> dict[str, list[Mapping[str, Any]]]:
    """Return every row the template brings, by register."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in template.entries:
        found.setdefault(one.stanza.register_, []).extend(one.stanza.rows)
    return found


def _entries(
    placed: Placed[EntriesStanza], rows: Mapping[str, list[Mapping[str, Any]]]
) -> Iterator[Fault]:
    stanza = placed.stanza
    wrong = [*_register(placed, stanza.register_, "register")]
    if wrong:
        yield from wrong
        return
    declared = catalogue.current()[stanza.register_]
    for index, name in enumerate(stanza.key):
        yield from _field(placed, declared, name, "key", index)
    for index, row in enumerate(stanza.rows):
        for name, value in row.items():
            yield from _value(placed, declared, name, value, index, rows)
        for name in stanza.key:
            if name not in row:
                problem = Label(
                    f"缺少“{name}”，它是查找这一行的依据。",
                    f"“{name}” is missing; the row is found by it.",
                )
                yield placed.fault(problem, "rows", index)


def _value(
    placed: Placed[Any],
    declared: Declaration,
    name: str,
    value: Any,
    index: int,
    rows: Mapping[str, list[Mapping[str, Any]]],
) -> Iterator[Fault]:
    wrong = [*_field(placed, declared, name, "rows", index, name)]
    if wrong or value is None:
        yield from wrong
        return
    one = declared.field(name)
    if one.refers_to:
        target = catalogue.current()[one.refers_to]
        for problem in reference_problems(target, one, value, rows):
            yield placed.fault(problem, "rows", index, name)
        return
    cleaned = row_value(one, value)
    if isinstance(cleaned, Label):
        yield placed.fault(cleaned, "rows", index, name)
