"""The settings of pay changed by hand: checked against what they were, and told."""

from typing import Any

from sqlalchemy.orm import Session

from models import pay_retention, pay_settings, setting_history
from models.history import Writer
from models.pay_settings import PaySettings
from models.rule_errors import RuleChangedError

SETTING = "rules.pay"
KEEP_YEARS = "keep_years"
TITLE = "绩效设置"
_ONE = 0  # there is one set of them


def said(session: Session) -> dict[str, Any]:
    """Return all that is set, in values that JSON keeps."""
    kept_for = pay_retention.years(session)
    return pay_settings.read(session).kept() | {KEEP_YEARS: kept_for}


def say(
    session: Session,
    settings: PaySettings,
    kept_for: int | None,
    known: dict[str, Any],
    writer: Writer,
) -> None:
    """Keep the settings and who changed which.

    Args:
        session: A writing session.
        settings: How runs are signed, closed and compared.
        kept_for: For how many years slips are kept; None: for ever.
        known: What was set when the form was opened.
        writer: Who changes it.

    Raises:
        RuleChangedError: Somebody has changed a setting since.
    """
    before = said(session)
    if before != known:
        raise RuleChangedError
    pay_settings.put(session, settings)
    pay_retention.put(session, kept_for)
    after = said(session)
    changes = {
        name: [before[name], after[name]]
        for name in after
        if before[name] != after[name]
    }
    if changes:
        named = {"of": [TITLE, TITLE]} | changes
        setting_history.keep(session, SETTING, _ONE, named, writer)
