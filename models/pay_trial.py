"""What a formula would come to for one person in one period; nothing is written."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from models import pay_names
from models.database import Base
from models.pay_error import PayError
from models.pay_reckoning import reckoned
from models.pay_tables import PayRuleRow, PayScheme
from models.rules.pay import LineKind, PayItem

TRIED = "formula_that_is_tried"
# What a copy that is kept nowhere does without.
_OF_THE_KEPT = frozenset({"id", "scheme_id"})


def tried(
    session: Session,
    scheme: PayScheme,
    text: str,
    staff_id: int,
    period: str,
    zone: ZoneInfo,
) -> list[PayItem]:
    """Return what a formula comes to beside a scheme's own lines, reckoned together.

    More than one where the person has several stretches in the period.

    Args:
        session: Any session; reading is enough.
        scheme: The scheme whose lines the formula may read.
        text: The formula, by codes or words.
        staff_id: For whom.
        period: As `parse_period` reads it.
        zone: Where the period's days begin and end.

    Raises:
        PayError: The scheme does not pay the person in this period.
        FormulaError: The formula cannot be read, or a word means several names.
        SchemeError: The scheme itself cannot be reckoned.
    """
    formula = pay_names.names_of(session, scheme).canonical(text)
    with session.no_autoflush:
        slips = reckoned(session, period, zone, schemes=[_with(scheme, formula)])
    items = [
        item
        for payee, slip in slips
        if payee.staff["id"] == staff_id
        for item in slip.items
        if item.rule.code == TRIED
    ]
    if not items:
        raise PayError(
            "这个月“{zh}”不给此人计薪，请另选一人或一个月。",
            "“{en}” does not pay this person in that period. Choose another one.",
            zh=scheme.name_zh,
            en=scheme.name_en,
        )
    return items


def _with(scheme: PayScheme, formula: str) -> PayScheme:
    """Return a copy of a scheme, kept nowhere, with one more line for information."""
    tried_line = PayRuleRow(
        position=len(scheme.rules),
        code=TRIED,
        name_zh="试算",
        name_en="trial",
        kind=LineKind.INFORMATION.value,
        formula=formula,
        clause="",
    )
    copy = copy_of(scheme)
    copy.rules.append(tried_line)
    return copy


def copy_of(scheme: PayScheme, **changed: Any) -> PayScheme:
    """Return a copy of a scheme with its lines, kept nowhere, changed in part."""
    rules = [PayRuleRow(**_columns(rule)) for rule in scheme.rules]
    return PayScheme(**(_columns(scheme) | changed), rules=rules)


def _columns(row: Base) -> dict[str, Any]:
    names = [one.key for one in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if name not in _OF_THE_KEPT}
