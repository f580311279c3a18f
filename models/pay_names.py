"""The names that the formulas of a scheme may read, with units and words.

A formula that is saved goes through `names_of(...).canonical`, so that what is kept
holds codes, whatever words it was written with.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, computing, pay_duties
from models.measures import Measure
from models.pay_inputs import (
    MEASURE,
    OF_THE_PERIOD,
    RATE,
    STAFF,
    STAFF_REGISTER,
    TABLE,
    words_of_the_period,
)
from models.pay_tables import PayRate, PayScheme, PayTable
from models.rules.formula import NUMBER, UNITS, Unit, table_unit
from models.rules.formula_names import Known, Names
from models.rules.pay import LINE, Scheme, SchemeError
from models.rules.pay_rules import unit_of_line
from models.words import Label


def names_of(
    session: Session, scheme: PayScheme | None = None, line: str | None = None
) -> Names:
    """Return what a formula may read.

    Args:
        session: Any session; reading is enough.
        scheme: Its own lines may be read as well; None: what all schemes may read.
        line: The code of the line the formula is of, which cannot read itself.
    """
    words = words_of_the_period()
    days = [Known(name, words[name], unit) for name, unit in OF_THE_PERIOD.items()]
    found = [*_stored(session), *_staff(), *days]
    if scheme is None:
        return Names(found)
    units = {one.name: one.unit for one in found}
    return Names([*found, *_lines(scheme.scheme(), units, line)])


def _stored(session: Session) -> Iterator[Known]:
    for measure in session.scalars(select(Measure).order_by(Measure.code)):
        yield Known(MEASURE + measure.code, measure.label, UNITS[measure.unit])
    # In the order of their dates: as the newest has it.
    for rate in session.scalars(
        select(PayRate).order_by(PayRate.code, PayRate.starts_on)
    ):
        yield Known(
            RATE + rate.code, Label(rate.name_zh, rate.name_en), UNITS[rate.unit]
        )
    for table in session.scalars(
        select(PayTable).order_by(PayTable.code, PayTable.starts_on)
    ):
        unit = table_unit(UNITS[table.key_unit], UNITS[table.value_unit])
        yield Known(TABLE + table.code, table.label, unit)
    for name, label in pay_duties.labels(session).items():
        yield Known(name, label, NUMBER)


def _staff() -> Iterator[Known]:
    declared = catalogue.current()[STAFF_REGISTER]
    for one in declared.fields:
        if one.column:
            yield Known(STAFF + one.name, one.label, computing.unit_of(one))


def _lines(scheme: Scheme, known: dict[str, Unit], line: str | None) -> Iterator[Known]:
    """Yield the lines of a scheme whose own formulas are right."""
    units = dict(known)
    for rule in scheme.order:
        with suppress(SchemeError):
            unit = units[LINE + rule.code] = unit_of_line(rule, units)
            if rule.code != line:
                yield Known(LINE + rule.code, rule.label, unit)


def refuse_circle(scheme: PayScheme, line: str, formula: str) -> None:
    """Refuse a formula that makes lines of its scheme wait for each other.

    Raises:
        SchemeError: With the way round.
    """
    whole = scheme.scheme()
    rules = [
        replace(one, formula=formula) if one.code == line else one
        for one in whole.rules
    ]
    replace(whole, rules=tuple(rules))
