"""The day on which a period's pay is to be closed."""

from datetime import date

from sqlalchemy.orm import Session

from models import calendars
from models.pay_settings import PaySettings
from models.pay_tables import PayRun
from models.rules.how_long import Roll
from models.rules.periods import parse_period
from models.scopes import Departments


def closing_day(session: Session, run: PayRun, settings: PaySettings) -> date:
    """Return the closing day of a run, rolled over the rest days of its department.

    Without a calendar the day stands as it is set.
    """
    on = settings.closing_date(parse_period(run.period).end)
    calendar = calendars.of_department(session, run.scope or None, Departments(session))
    if calendar is None or settings.closing_roll is Roll.AS_IS:
        return on
    if calendar.is_workday(on):
        return on
    if settings.closing_roll is Roll.EARLIER:
        return calendar.previous_workday(on)
    return calendar.next_workday(on)
