"""Every job there is; adding one is adding its entry here."""

from collections.abc import Mapping

from jobs import (
    absences,
    calendar_moves,
    clock_sweep,
    duty_check,
    official_days,
    outbox,
    outside,
    pay_retention,
    undo_retention,
)
from jobs.work import Job
from models.words import Label, PersonError


class UnknownJobError(PersonError):
    """A job was asked for that is not there."""

    def __init__(self, name: str) -> None:
        """Name those there are."""
        super().__init__(
            "没有名为“{name}”的任务，可用的有：{known}。",
            "There is no job '{name}'; there are {known}.",
            name=name,
            known=", ".join(JOBS),
        )


JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        # Before the clocks: an entry that another program wrote gets its own here.
        Job(
            "outside",
            Label("外部程序写入", "Other programs' writes"),
            "* * * * *",
            outside.take_over_next,
        ),
        # Before the clocks: none is late by a calendar that has changed.
        Job(
            "calendar_moves",
            Label("日历变动", "Changed calendars"),
            "* * * * *",
            calendar_moves.move_next,
        ),
        Job(
            "clock_sweep",
            Label("时限巡检", "Clock sweep"),
            "* * * * *",
            clock_sweep.sweep_next,
        ),
        Job(
            "absences",
            Label("离岗移交", "Absences"),
            "* * * * *",
            absences.hand_next,
        ),
        Job(
            "official_days",
            Label("放假安排", "Official days"),
            "20 5 * * *",
            official_days.publish_next,
        ),
        # The State Council publishes the next year's days in autumn.
        Job(
            "calendar_check",
            Label("日历年检", "Yearly check of calendars"),
            "0 9 20 11 *",
            official_days.ask_for_next_year,
        ),
        Job(
            "undo_retention",
            Label("撤销期限", "Time to undo"),
            "40 3 * * *",
            undo_retention.drop_next,
        ),
        Job(
            "duty_check",
            Label("定期任务核对", "Duty check"),
            "*/10 * * * *",
            duty_check.check_next,
        ),
        Job(
            "pay_retention",
            Label("工资条保存期限", "How long slips are kept"),
            "40 3 * * *",
            pay_retention.clear_next,
        ),
        Job(
            "outbox",
            Label("消息发送", "Outbox"),
            "* * * * *",
            outbox.deliver_next,
        ),
    )
}


def job_named(name: str) -> Job:
    """Return a job; UnknownJobError if there is none of that name."""
    try:
        return JOBS[name]
    except KeyError:
        raise UnknownJobError(name) from None
