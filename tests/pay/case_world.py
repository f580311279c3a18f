"""A case carried out: its people, figures and deeds written, its run calculated."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import access, catalogue, entries, flow_steps, payroll, rights
from models.access import SYSTEM, Grant, Person, Rows
from models.history import Writer
from models.measures import Measure
from models.pay_tables import PayRate, PayRun, PaySlip
from models.register import INSTANT, PERSON, Field
from models.rules.formula import PERCENT, UNITS, Value, evaluate, parse
from models.rules.periods import parse_period
from seed.entry_items import named, referred
from seed.items import Item, measure_item
from seed.pay_items import table_item
from seed.scoped_items import scheme_item
from seed.stanza_objects import row_value
from seed.template_schema import TemplateFile
from tests.pay.case_files import Case, Deed, Figure, Said

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 2, 9, tzinfo=ZONE)
POST, DEPARTMENT = "岗位", "客服部"
FIRST = date(2026, 1, 1)  # later than those of the templates, so that a case goes first
FIGURES = "case_figure"
# Where figures that a case gives are kept, so that they are measured like any other.
FIGURE_REGISTER: Said = {
    "code": FIGURES,
    "title": {"zh": "工作例数字", "en": "Figures of a case"},
    "menu": "team",
    "numbering": "GZ{year}{serial:04}",
    "fields": [
        {"name": "number", "title": {"zh": "编号", "en": "No."}},
        {
            "name": "person",
            "title": {"zh": "员工", "en": "Person"},
            "type": "person",
            "required": True,
            "owner": True,
        },
        {
            "name": "day",
            "title": {"zh": "日期", "en": "Day"},
            "type": "date",
            "required": True,
        },
        {
            "name": "measure",
            "title": {"zh": "指标", "en": "Measure"},
            "max_length": 60,
            "required": True,
        },
        {
            "name": "figure",
            "title": {"zh": "数字", "en": "Figure"},
            "type": "decimal",
            "places": 4,
            "required": True,
        },
    ],
}


def every_right() -> tuple[Grant, ...]:
    """Return grants for all that may be done, the rights that flows name among them."""
    named_rights = rights.own_rights()
    return (
        *SYSTEM.grants,
        *(Grant(one.code, frozenset(one.actions), Rows.ALL) for one in named_rights),
    )


def value(said: Figure) -> Value:
    """Return a figure as formulas have it: 3, 500元, 12.5小时, 96%."""
    return evaluate(parse(str(said)), {}).result


@dataclass
class World:
    """The database of one case, and what its rows and people are called."""

    session: Session
    names: dict[str, tuple[str, int]] = field(default_factory=dict)

    def play(self, case: Case) -> tuple[PayRun, dict[str, PaySlip]]:
        """Carry a case out and return its run, and the slips by name."""
        self.hire(case.people)
        self.declare(case)
        self.measure(case)
        for deed in (*case.given, *case.deeds):
            self.do(deed)
        run = payroll.calculate(self.session, case.period, self.writer())
        slips = self.session.scalars(select(PaySlip).filter_by(run_id=run.id))
        staff = {
            key: name for name, (_, key) in self.names.items() if name in case.people
        }
        return run, {staff[one.staff_id]: one for one in slips if one.staff_id in staff}

    def writer(self, by: str | None = None, at: str | None = None) -> Writer:
        """Return who writes, and when."""
        now = NOW if at is None else _moment(at)
        grants = every_right()
        if by is None:
            return Writer(Person(name="算薪人", grants=grants), now, ZONE, "template")
        person = Person(name=by, staff_id=self.names[by][1], grants=grants)
        return Writer(person, now, ZONE)

    def hire(self, people: Mapping[str, Said]) -> None:
        """Write the staff files, superiors afterwards: they may come later."""
        for serial, (name, said) in enumerate(people.items(), 1):
            values = {"staff_number": f"W{serial:03}", "name": name, **said}
            values.pop("superior", None)
            values["post"] = self._made("post", values.get("post", POST))
            department = values.get("department", DEPARTMENT)
            values["department"] = self._made("department", department)
            key = self._create("staff", values)
            self.names[name] = ("staff", key)
        for name, said in people.items():
            if "superior" in said:
                self._change(name, {"superior": said["superior"]}, self.writer())

    def declare(self, case: Case) -> None:
        """Write the case's rates, tables, measures and schemes."""
        for code, said in case.rates.items():
            dated = said if isinstance(said, dict) else {FIRST.isoformat(): said}
            for day, figure in dated.items():
                self._rate(code, date.fromisoformat(str(day)), figure)
        self.session.flush()
        for item in _items(case):
            item.write(self.session, 0, item.wanted, self.writer())

    def measure(self, case: Case) -> None:
        """Let measures come to the figures that the case gives."""
        day = parse_period(case.period).first
        units = {
            code: value(said).unit
            for figures in case.figures.values()
            for code, said in figures.items()
        }
        for code, unit in units.items():
            self._measure(code, next(n for n, one in UNITS.items() if one == unit))
        for name, figures in case.figures.items():
            for code, said in figures.items():
                row = {"person": name, "day": day, "measure": code}
                self._create(FIGURES, {**row, "figure": value(said).content})

    def do(self, deed: Deed) -> None:
        """Let one deed happen."""
        writer = self.writer(deed.by, deed.at)
        if deed.write is not None:
            key = self._create(deed.write, deed.values, writer)
            if deed.called is not None:
                self.names[deed.called] = (deed.write, key)
        elif deed.change is not None:
            self._change(deed.change, deed.values, writer)
        elif deed.take is not None:
            self._take(deed, writer)
        elif deed.bin is not None:
            register, key = self.names[deed.bin]
            entries.bin_many(self.session, register, [key], writer)
        elif deed.calculate is not None:
            payroll.calculate(self.session, deed.calculate, writer)
        elif deed.sign is not None:
            for action in deed.actions:
                payroll.sign(self.session, deed.sign, action, writer)

    def _take(self, deed: Deed, writer: Writer) -> None:
        register, key = self.names[deed.take or ""]
        row = entries.get(self.session, SYSTEM, register, key)
        flow_steps.take(
            self.session,
            register,
            key,
            deed.step or "",
            writer,
            version=row["version"],
            values=self._values(register, deed.values),
            comment=deed.comment,
        )

    def _create(self, register: str, values: Said, writer: Writer | None = None) -> int:
        found = self._values(register, values)
        return entries.create(self.session, register, found, writer or self.writer())

    def _change(self, name: str, values: Said, writer: Writer) -> None:
        register, key = self.names[name]
        found = self._values(register, values)
        entries.change(self.session, register, key, found, writer)

    def _values(self, register: str, values: Said) -> Said:
        declared = catalogue.current()[register]
        return {
            name: self._value(declared.field(name), said)
            for name, said in values.items()
        }

    def _value(self, one: Field, said: Any) -> Any:
        if said is None or (one.refers_to and isinstance(said, int)):
            return said
        if one.refers_to:
            return self._referred(one, said)
        if one.type is INSTANT:
            return _moment(said)
        found = row_value(one, said)
        return said if found is None else found

    def _referred(self, one: Field, said: Any) -> int:
        if isinstance(said, str) and said in self.names:
            return self.names[said][1]
        found = None
        if one.type is not PERSON:
            found = referred(self.session, one, named(one, said))
        if found is None:
            raise KeyError(f"{one.name}: nothing is called {said}")
        return found

    def _made(self, register: str, name: str) -> int:
        """Return a post or department by name, made when it is missing."""
        table = catalogue.current().table(register)
        query = select(table.c.id).where(table.c.name == name)
        found = self.session.scalar(access.marked(query, register))
        return int(found) if found else self._create(register, {"name": name})

    def _rate(self, code: str, starts_on: date, figure: Figure | None) -> None:
        rates = list(self.session.scalars(select(PayRate).filter_by(code=code)))
        row = next((one for one in rates if one.starts_on == starts_on), None)
        if row is None:
            row = PayRate(code=code, starts_on=starts_on, name_zh=code, name_en=code)
            self.session.add(row)
        if figure is None:
            row.unit, row.value = rates[0].unit, ""
            return
        said = value(figure)
        row.unit = next(name for name, one in UNITS.items() if one == said.unit)
        row.value = str(said.content)

    def _measure(self, code: str, unit: str) -> None:
        row = self.session.scalar(select(Measure).filter_by(code=code))
        if row is None:
            row = Measure(code=code, name_zh=code, name_en=code)
            self.session.add(row)
        row.register, row.field, row.date_field = FIGURES, "figure", "day"
        # A percentage of nothing is empty, as of a share without rows.
        row.aggregate = "average" if UNITS[unit] == PERCENT else "sum"
        row.condition, row.person_field = f"measure = '{code}'", "person"
        row.share_of = row.target = row.verdict = row.weight = row.split = None
        row.whose, row.unit = "person", unit
        self.session.flush()


def _items(case: Case) -> Iterable[Item]:
    """Return what the case declares as a template would."""
    schemes = [dict(one) for one in case.schemes]
    if case.rules:
        schemes.append({"code": "case", "rules": case.rules})
    for scheme in schemes:
        scheme["rules"] = [_titled(one, kind="earning") for one in scheme["rules"]]
    said = TemplateFile.model_validate(
        {
            "tables": [_titled(one, starts_on=FIRST) for one in case.tables],
            "measures": [_titled(one) for one in case.measures],
            "schemes": [_titled(one, starts_on=FIRST) for one in schemes],
        }
    )
    yield from map(table_item, said.tables)
    yield from map(measure_item, said.measures)
    yield from map(scheme_item, said.schemes)


def _titled(said: Mapping[str, Any], **usual: Any) -> Said:
    title = {"zh": said["code"], "en": said["code"]}
    return {"title": title, **usual, **said}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)
